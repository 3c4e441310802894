"""The levels above check what came up: approve, return with the wrong fields, or refuse with a written reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.journal.types import Actor
from huimin.core.programmes.actions.way import (
    forward,
    lock,
    must_stand_at,
    programme_of,
    refuse,
    send_back,
)
from huimin.core.programmes.actions.writing import record, together
from huimin.core.programmes.models import Objection, Procedure
from huimin.core.programmes.types import Outcome, Programme, StepKind
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

VERDICTS = ("approve", "return", "refuse")


def check(
    act: Act,
    *,
    procedure: UUID | None = None,
    procedures: tuple[UUID, ...] = (),
    area: str = "",
    verdict: str,
    reason: str = "",
    wrong: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Approve, return or refuse one household at the check that stands under this action's right.

    With `procedures` instead of one, all that can be done are done and named as subjects, in one entry of the office's
    `area`; `refused` says of each of the others why not. The rules are the same ones, asked of each household.
    """
    if verdict not in VERDICTS:
        raise Refused(
            _("请选择同意、退回或不同意。"), code="no_verdict", fields={"verdict": _("请选择一项。")}
        )
    if procedure is None:
        return _check_each(act, procedures, area, verdict, reason, wrong or {})
    programme, row = lock(act, procedure)
    disputed = Objection.objects.filter(item__procedure=row, state="open").exists()
    _check(act, programme, row, verdict, reason, wrong or {}, disputed=disputed)
    return {"procedure": row.id, "verdict": verdict}


def _check(
    act: Act,
    programme: Programme,
    row: Procedure,
    verdict: str,
    reason: str,
    wrong: dict[str, str],
    *,
    disputed: bool,
) -> None:
    """The check of one locked household; raise Refused where it cannot be done."""
    must_stand_at(programme, row, StepKind.CHECK, needs=act.name)
    if disputed:
        raise Refused(_("%(name)s户有未处理的异议，请先处理。") % {"name": row.name}, code="objection_open")
    if verdict == "return":
        send_back(act, programme, row, reason=reason, wrong=wrong)
    elif verdict == "refuse":
        refuse(act, row, reason=reason)
    else:
        record(act, row, "done", reason=reason, verdict="approve")
        forward(act, programme, row)


def _check_each(
    act: Act, procedures: tuple[UUID, ...], area: str, verdict: str, reason: str, wrong: dict[str, str]
) -> dict[str, Any]:
    """The check of many households: locked by one statement in one order, written by few."""
    act.on(Ref.of("division", area), area=area)
    asked = RawSQL("SELECT unnest(%s::uuid[])", [list(procedures)])
    found = Procedure.objects.select_for_update(of=("self",)).filter(id__in=asked).order_by("id")
    rows = {row.id: row for row in found}
    disputed = set(
        Objection.objects.filter(item__procedure__in=asked, state="open").values_list(
            "item__procedure_id", flat=True
        )
    )
    refused: dict[str, str] = {}
    with together() as writing:
        for number in dict.fromkeys(procedures):
            row = rows.get(number)
            try:
                if row is None:
                    raise NotFound(
                        _("没有找到这一户的办理记录，或者不在您的管辖范围内。"), code="no_procedure"
                    )
                home = Ref.of("household", row.household_id)
                act.check_right(home, area=row.division_code)
                programme = programme_of(act, row.programme)
                with writing.one(row):
                    _check(act, programme, row, verdict, reason, wrong, disputed=number in disputed)
            except Refused as refusal:
                refused[str(number)] = str(refusal)
            else:
                act.on(home, area=row.division_code)
    return {"verdict": verdict, "done": len(set(procedures)) - len(refused), "refused": refused}


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
