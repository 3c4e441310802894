"""Searching for duplicates: asked for by an officer or by the night, done by the worker, kept as pairs to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import acting_as, system
from huimin.core.journal.api import Act, action
from huimin.core.people.matching import engine, source
from huimin.core.people.models import MatchRun, Pair
from huimin.core.people.types import PairState, RunState
from huimin.core.places import api as places
from huimin.kit.area import DIGITS, WIDTH, Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import Refused

STALE = timedelta(hours=2)
_outcome: ContextVar[tuple[engine.Outcome, dict[str, bytes]]] = ContextVar(
    "what a search found, with digests by person", default=(engine.Outcome(), {})
)


@action("people.find_duplicates", title=gettext_lazy("查找重复人员"))
def find_duplicates(act: Act, *, area: str) -> dict[str, Any]:
    """Ask for a search in an area; the worker does it. Refused while one is under way there."""
    act.on(Ref.of("division", area), area=area)
    running = MatchRun.objects.select_for_update().filter(area_code=area, finished=None).first()
    if running is not None and running.beat > act.now - STALE:
        raise Refused(_("这里正在查找重复人员，完成后再开始新的一次。"), code="running")
    if running is not None:
        running.state, running.finished, running.error = RunState.FAILED, act.now, "stopped"
        running.save()
    row = MatchRun(area_code=area, asked_by=act.actor.label, asked_at=act.now, beat=act.now)
    row.save(force_insert=True)
    _defer(row.id)
    return {"run": row.id}


def _defer(run: UUID) -> None:
    from huimin.core.people.tasks import match

    match.defer(run=str(run))


@action("people.record_duplicates", title=gettext_lazy("登记疑似重复人员"))
def record_duplicates(act: Act, *, area: str, run: UUID | None) -> dict[str, Any]:
    """Keep what a search found: new pairs open, known ones with their new probability, those not found any more gone.

    A pair that was kept apart stays so unless what was compared has changed since.
    """
    act.on(Ref.of("division", area), area=area)
    outcome, stamps = _outcome.get()
    rows, fresh = outcome.found, 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('people.pairs'))")
    known = {(str(one.first_id), str(one.second_id)): one for one in _known(area)}
    places_of = source.places_of({id for one in rows for id in (one.first, one.second)})
    new, changed = [], []
    for one in rows:
        key = (one.first, one.second)
        if one.first not in places_of or one.second not in places_of:
            continue  # gone or merged while the search ran
        stamp = stamps[one.first] + stamps[one.second]
        reasons = [list(reason) for reason in one.reasons]
        common = common_division(places_of[one.first], places_of[one.second])
        row = known.pop(key, None)
        if row is None:
            new.append(
                Pair(
                    first_id=UUID(one.first), second_id=UUID(one.second), division_code=common, stamp=stamp,
                    probability=one.probability, reasons=reasons, found_at=act.now,
                )
            )  # fmt: skip
            continue
        if row.state != PairState.OPEN:
            if bytes(row.stamp) == stamp:
                continue
            row.state, row.found_at, row.decided_at, row.decided_by = PairState.OPEN, act.now, None, ""
            row.reason, fresh = "", fresh + 1
        row.probability, row.reasons, row.division_code, row.stamp = one.probability, reasons, common, stamp
        changed.append(row)
    Pair.objects.bulk_create(new, batch_size=2000)
    columns = [
        "probability", "reasons", "division_code", "stamp", "state", "found_at", "decided_at", "decided_by", "reason",
    ]  # fmt: skip
    Pair.objects.bulk_update(changed, columns, batch_size=1000)
    gone = [row.id for row in known.values() if row.state == PairState.OPEN]
    Pair.objects.filter(id__in=gone).delete()
    counts = {
        "persons": outcome.records,
        "pairs": len(new) + len(changed),
        "fresh": len(new) + fresh,
        "gone": len(gone),
    }
    row_of_run = MatchRun.objects.select_for_update().filter(id=run).first() if run else None
    if row_of_run is None:  # a search by command, done at once
        row_of_run = MatchRun(area_code=area, asked_by=act.actor.label, asked_at=act.now, beat=act.now)
    row_of_run.state, row_of_run.finished, row_of_run.persons = RunState.DONE, act.now, outcome.records
    row_of_run.pairs, row_of_run.fresh = counts["pairs"], counts["fresh"]
    row_of_run.save()
    act.note(**counts)
    return counts


def _known(area: str) -> Iterable[Pair]:
    """Pairs of an area that were found before: both of their persons are in it."""
    rows: Iterable[Pair] = Pair.objects.select_for_update(of=("self",)).filter(
        places.q(places.spans(area), column="division_code", group=None)
    )
    return rows


def common_division(one: str, other: str) -> str:
    """The smallest division that holds both codes; the nation's where they are of two provinces."""
    for level in sorted(Level, reverse=True):
        digits = DIGITS[level]
        if one[:digits] == other[:digits]:
            return one[:digits].ljust(WIDTH, "0")
    return "0" * WIDTH


@action("people.fail_duplicates", title=gettext_lazy("查找重复人员没有完成"))
def fail_duplicates(act: Act, *, run: UUID, error: str) -> dict[str, Any]:
    """Note that a search ended without a result, and why."""
    row = MatchRun.objects.select_for_update().get(id=run)
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    row.state, row.finished, row.error = RunState.FAILED, act.now, error[:300]
    row.save()
    return {"run": row.id}


@action("people.start_duplicates", title=gettext_lazy("开始查找重复人员"))
def start_duplicates(act: Act, *, run: UUID) -> dict[str, Any]:
    """Note that a search has begun."""
    row = MatchRun.objects.select_for_update().get(id=run)
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    if row.finished is None:
        row.state, row.beat = RunState.RUNNING, act.now
        row.save()
    return {"run": row.id, "open": row.finished is None}


def work_off(run: UUID | str) -> dict[str, Any]:
    """Do a search that was asked for; one that failed says so and can be asked for again."""
    viewer = system("find duplicates")
    with acting_as(viewer):
        row = MatchRun.objects.filter(id=run).first()
        if (
            row is None
            or row.finished is not None
            or not start_duplicates(viewer, key=f"{run}/start", run=row.id)["open"]
        ):
            return {}
        try:
            return search(row.area_code, run=row.id)
        except Exception as error:
            fail_duplicates(viewer, key=f"{run}/failed", run=row.id, error=f"{type(error).__name__}: {error}")
            raise


def search(area: str, *, run: UUID | None = None, key: str = "", seed: int = 1) -> dict[str, Any]:
    """Search an area and keep the pairs; for whoever sees all of it. Returns persons, pairs, fresh, gone."""
    stamps: dict[str, bytes] = {}
    outcome = engine.search(source.tables(area, stamps), seed=seed)
    token = _outcome.set((outcome, stamps))
    try:
        return record_duplicates(
            system("find duplicates"), key=key or (f"{run}/record" if run else ""), area=area, run=run
        )
    finally:
        _outcome.reset(token)
