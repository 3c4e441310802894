"""The levels above check what came up: approve, return with the wrong fields, or refuse with a written reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.journal.types import Actor
from huimin.core.programmes.actions.way import forward, lock, must_stand_at, record, refuse, send_back
from huimin.core.programmes.models import Objection, Procedure
from huimin.core.programmes.types import Outcome, StepKind
from huimin.kit.refusal import NotFound, Refused

VERDICTS = ("approve", "return", "refuse")


def check(
    act: Act, *, procedure: UUID, verdict: str, reason: str = "", wrong: dict[str, str] | None = None
) -> dict[str, Any]:
    """Approve, return or refuse one household at the check that stands under this action's right."""
    if verdict not in VERDICTS:
        raise Refused(
            _("请选择同意、退回或不同意。"), code="no_verdict", fields={"verdict": _("请选择一项。")}
        )
    programme, row = lock(act, procedure)
    must_stand_at(programme, row, StepKind.CHECK, needs=act.name)
    if Objection.objects.filter(item__procedure=row, state="open").exists():
        raise Refused(_("%(name)s户有未处理的异议，请先处理。") % {"name": row.name}, code="objection_open")
    if verdict == "return":
        send_back(act, programme, row, reason=reason, wrong=wrong or {})
    elif verdict == "refuse":
        refuse(act, row, reason=reason)
    else:
        record(act, row, "done", reason=reason, verdict="approve")
        forward(act, programme, row)
    return {"procedure": row.id, "verdict": verdict}


def each(
    run: Callable[..., Any], actor: Actor, key: str, procedures: tuple[UUID, ...], **arguments: Any
) -> Iterator[Outcome]:
    """Run an action for each household in a transaction of its own: done or refused with the reason, never half.

    Stopped and run again with the same key it goes on where it was: what is done is not done twice.
    """
    names = dict(Procedure.objects.filter(id__in=procedures).values_list("id", "name"))
    for number in dict.fromkeys(procedures):
        name = names.get(number, "")
        try:
            run(actor, key=f"{key}/{number}", procedure=number, **arguments)
        except NotFound as refusal:
            yield Outcome(procedure=number, name=name or "—", done=False, reason=str(refusal))
        except Refused as refusal:
            yield Outcome(procedure=number, name=name, done=False, reason=str(refusal))
        else:
            yield Outcome(procedure=number, name=name, done=True)
