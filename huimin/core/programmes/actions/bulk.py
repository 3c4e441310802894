"""One step for thousands of households: run in the background, stopped, continued, every failure kept with its reason.

A run is worked off in chunks. A chunk is one call of the step's own action for its households: one transaction with the
run's progress in it, one journal entry that names those that were done. Killed in it, nothing of the chunk is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from huimin.core.access.api import Viewer, beyond, viewer_of_id
from huimin.core.journal.api import ACTIONS, Act
from huimin.core.places import api as places
from huimin.core.programmes.actions.way import programme_of
from huimin.core.programmes.models import BulkItem, BulkRun, Procedure
from huimin.core.programmes.queries import waiting
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

CHUNK = 2000
AT_ONCE = 500  # so many are done while the officer waits; more go to the worker
DEADLOCKS = 2


def bulk_id(actor: str, key: str) -> UUID:
    """The id a run has that this actor starts under this key: pressed twice, it is found again."""
    return uuid5(NAMESPACE_URL, f"{actor}/{key}")


def start_bulk(
    act: Act,
    *,
    programme: str,
    step: str,
    area: str,
    procedures: tuple[UUID, ...] = (),
    everything: dict[str, str] | None = None,
    arguments: dict[str, Any],
) -> dict[str, Any]:
    """Keep what is to be done to which households; `step` names the action, and its right is asked for now and each time.

    `everything` takes all that wait instead of `procedures`: by `direction` and `step`, perhaps `within` a place, of a
    `kind`, and not come since `until` (a moment), so that nobody is included whom the officer has not been shown.
    """
    programme_of(act, programme)
    act.on(Ref.of("division", area), area=area)
    if not act.actor.may(step):
        raise NotAllowed(_("您没有这一步的权限。"), code="no_right")
    if str(arguments.get("verdict", "approve")) != "approve" and not str(arguments.get("reason", "")).strip():
        raise Refused(
            _("退回或不同意时请写明理由，理由会告知申请户。"),
            code="reason_needed",
            fields={"reason": _("请写明理由。")},
        )
    row = BulkRun.objects.create(
        id=bulk_id(act.actor.id, act.key),
        programme=programme, step=step, division_code=area, actor=act.actor.id, actor_label=act.actor.label,
        arguments=arguments, total=0, opened=act.now, beat=act.now,
    )  # fmt: skip
    if everything is not None:
        row.total = _take_all(row, _all_that_wait(programme, everything))
    else:
        listed = list(dict.fromkeys(UUID(str(one)) for one in procedures))
        BulkItem.objects.bulk_create(
            [BulkItem(run=row, position=n, procedure_id=one) for n, one in enumerate(listed)]
        )
        row.total = len(listed)
    if not row.total:
        raise Refused(_("请至少勾选一户。"), code="nobody", fields={"rows": _("请至少勾选一户。")})
    row.save(update_fields=["total"])
    if row.total > AT_ONCE:
        _defer(row.id)
    return {"run": row.id, "total": row.total}


def _all_that_wait(programme: str, asked: Mapping[str, str]) -> QuerySet[Procedure]:
    """The households in the actor's sight that a filter takes."""
    rows = waiting(programme, asked["direction"], asked["step"])
    if asked.get("within"):
        rows = rows.filter(places.q(places.spans(asked["within"])))
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("until"):
        rows = rows.filter(since__lte=datetime.fromisoformat(asked["until"]))
    return rows


def _take_all(run: BulkRun, rows: QuerySet[Procedure]) -> int:
    """Make them the items of a run, the longest waiting first, without reading them."""
    chosen, values = rows.order_by().values("id", "since").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programmes_bulkitem (run_id, position, procedure_id) "
            f"SELECT %s, row_number() OVER (ORDER BY since, id) - 1, id FROM ({chosen}) chosen",
            [run.id, *values],
        )
        return int(cursor.rowcount)


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

    A chunk and the run's progress are one transaction, so a worker that died in the middle leaves nothing half done, the
    next one repeats nothing, and two at once wait for each other. `limit` ends after so many households.
    """
    done = 0
    while True:
        for attempt in range(DEADLOCKS + 1):
            try:
                state, by = _one_chunk(run, CHUNK if limit is None else min(CHUNK, limit - done))
                break
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected) or attempt == DEADLOCKS:
                    raise
        done += by
        if state != "running" or (limit is not None and done >= limit):
            return state


def _one_chunk(run: UUID | str, most: int) -> tuple[str, int]:
    """Do the next households of a run; its state after it, and how many were done or refused."""
    with transaction.atomic():
        with beyond("work off a bulk run"):
            row = BulkRun.objects.select_for_update().filter(id=run).first()
            if row is None:
                return "gone", 0
            if row.state != "running":
                return row.state, 0
            items = list(
                BulkItem.objects.filter(run=row, position__gte=row.done, position__lt=row.done + most)
                .order_by("position")
                .values_list("procedure_id", flat=True)
            )
        viewer = viewer_of_id(row.actor)
        if viewer is None:  # the officer's account was closed meanwhile
            row.state = "stopped"
        else:
            refused = _do(row, viewer, tuple(items)) if items else {}
            _keep_failures(row, viewer, refused)
            row.done += len(items)
            row.failed += len(refused)
        row.beat = clock.now()
        if row.state == "running" and row.done >= row.total:
            row.state, row.closed = "done", clock.now()
        with beyond("work off a bulk run"):
            row.save(update_fields=["state", "done", "failed", "beat", "closed"])
        return row.state, len(items)


def _do(row: BulkRun, viewer: Viewer, items: tuple[UUID, ...]) -> dict[str, str]:
    """Call the step's action for these households; the reasons of those it refused, by id."""
    key = f"bulk/{row.id}/{row.done}"
    try:
        made = ACTIONS[row.step](viewer, key=key, procedures=items, area=row.division_code, **row.arguments)
    except Refused as refusal:  # the officer no longer has the right: it is refused for each of them
        return {str(one): str(refusal) for one in items}
    return dict(made["refused"])


def _keep_failures(row: BulkRun, viewer: Viewer, refused: Mapping[str, str]) -> None:
    """Write each reason beside its household, with its name where the officer may see it."""
    if not refused:
        return
    with viewer.acting():
        names = dict(Procedure.objects.filter(id__in=list(refused)).values_list("id", "name"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programmes_bulkitem i SET reason = new.reason, name = new.name "
            "FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new(id, reason, name) "
            "WHERE i.run_id = %s AND i.procedure_id = new.id AND i.position >= %s",
            [
                list(refused),
                list(refused.values()),
                [names.get(UUID(one), "—") for one in refused],
                row.id,
                row.done,
            ],
        )
