"""One step for hundreds of households: run in the background, stopped, continued, every failure kept with its reason."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from huimin.core.access.api import beyond, viewer_of_id
from huimin.core.journal.api import ACTIONS, Act
from huimin.core.programmes.actions.checking import each
from huimin.core.programmes.actions.way import programme_of
from huimin.core.programmes.models import BulkRun
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

CHUNK = 20
AT_ONCE = 50  # so many are done while the officer waits; more go to the worker


def bulk_id(actor: str, key: str) -> UUID:
    """The id a run has that this actor starts under this key: pressed twice, it is found again."""
    return uuid5(NAMESPACE_URL, f"{actor}/{key}")


def start_bulk(
    act: Act, *, programme: str, step: str, area: str, procedures: tuple[UUID, ...], arguments: dict[str, Any]
) -> dict[str, Any]:
    """Keep what is to be done to which households; `step` names the action, and its right is asked for now and each time."""
    programme_of(act, programme)
    act.on(Ref.of("division", area), area=area)
    if not act.actor.may(step):
        raise NotAllowed(_("您没有这一步的权限。"), code="no_right")
    if not procedures:
        raise Refused(_("请至少勾选一户。"), code="nobody", fields={"rows": _("请至少勾选一户。")})
    if str(arguments.get("verdict", "approve")) != "approve" and not str(arguments.get("reason", "")).strip():
        raise Refused(
            _("退回或不同意时请写明理由，理由会告知申请户。"),
            code="reason_needed",
            fields={"reason": _("请写明理由。")},
        )
    rows = list(dict.fromkeys(str(one) for one in procedures))
    row = BulkRun.objects.create(
        id=bulk_id(act.actor.id, act.key),
        programme=programme, step=step, division_code=area, actor=act.actor.id, actor_label=act.actor.label,
        procedures=rows, arguments=arguments, total=len(rows), opened=act.now, beat=act.now,
    )  # fmt: skip
    if len(rows) > AT_ONCE:
        _defer(row.id)
    return {"run": row.id, "total": len(rows)}


def _defer(run: UUID) -> None:
    from huimin.core.programmes.tasks import bulk

    bulk.defer(run=str(run))


def _mine(act: Act, run: UUID) -> BulkRun:
    row = BulkRun.objects.select_for_update().filter(id=run).first()
    if row is None or row.actor != act.actor.id:
        raise NotFound(_("没有找到这次批量办理。"), code="no_run")
    act.on(Ref.of("division", row.division_code), area=row.division_code)
    return row


def stop_bulk(act: Act, *, run: UUID) -> dict[str, Any]:
    """Stop before the next household; what is done stays done."""
    row = _mine(act, run)
    if row.state == "running":
        row.state = "stopped"
        row.save(update_fields=["state"])
    return {"run": row.id, "state": row.state}


def continue_bulk(act: Act, *, run: UUID) -> dict[str, Any]:
    """Go on where it was stopped; no household is done twice."""
    row = _mine(act, run)
    if row.state == "done":
        raise Refused(_("这次批量办理已经完成。"), code="done")
    row.state, row.beat = "running", act.now
    row.save(update_fields=["state", "beat"])
    _defer(row.id)
    return {"run": row.id, "state": row.state}


def work_off(run: UUID | str, limit: int | None = None) -> str:
    """Do the rest of a run in chunks, looking before each whether it was stopped; return its state.

    Each household is a transaction of its own under a key made from the run and the household, so a worker that
    died in the middle leaves nothing half done and the next one repeats nothing. `limit` ends after so many.
    """
    with beyond("work off a bulk run"):
        first = BulkRun.objects.filter(id=run).first()
    if first is None:
        return "gone"
    viewer = viewer_of_id(first.actor)
    done = 0
    while True:
        with beyond("work off a bulk run"):
            row = BulkRun.objects.get(id=run)
        if row.state != "running":
            return str(row.state)
        if viewer is None:  # the officer's account was closed meanwhile
            return _advance(run, 0, [], state="stopped")
        todo = row.procedures[row.done : row.done + CHUNK]
        if not todo:
            return _advance(run, 0, [])
        with viewer.acting():
            outcomes = list(
                each(
                    ACTIONS[row.step],
                    viewer,
                    f"bulk/{row.id}",
                    tuple(UUID(one) for one in todo),
                    **row.arguments,
                )
            )
        failed = [
            {"procedure": str(o.procedure), "name": o.name, "reason": o.reason}
            for o in outcomes
            if not o.done
        ]
        _advance(run, len(outcomes), failed)
        done += len(outcomes)
        if limit is not None and done >= limit:
            return "running"


def _advance(run: UUID | str, by: int, failed: list[dict[str, str]], state: str = "") -> str:
    with beyond("work off a bulk run"), transaction.atomic():
        row = BulkRun.objects.select_for_update().get(id=run)
        row.done, row.failed, row.beat = row.done + by, [*row.failed, *failed], clock.now()
        row.state = state or row.state
        if row.done >= row.total:
            row.state, row.closed = "done", clock.now()
        row.save()
        return str(row.state)
