"""Reading programmes: what waits, where a household stands, what was done with what effect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.journal.api import as_of as versions
from huimin.core.programmes.catalogue import PROGRAMMES
from huimin.core.programmes.models import (
    Assignment,
    Attachment,
    Enrolment,
    Measure,
    Meeting,
    Notice,
    NoticeItem,
    Objection,
    Procedure,
    Snapshot,
    StepRecord,
    Visit,
    Vote,
)
from huimin.core.programmes.types import (
    Direction,
    Effect,
    NoticeView,
    ProcedureView,
    Programme,
    Step,
    StepKind,
    StepMark,
)

# Counted for the notices that are shown: joined, all notices in sight would be counted before the first was taken.
OPEN_OBJECTIONS: Any = Subquery(
    Notice.objects.filter(pk=OuterRef("pk"))
    .order_by()
    .values("pk")
    .annotate(n=Count("items__objections", filter=Q(items__objections__state="open")))
    .values("n")
)


def steps_of(viewer: Viewer, programme: Programme) -> list[tuple[str, Step]]:
    """The steps the viewer may take, with their direction."""
    return [
        (direction, step)
        for direction in (Direction.ENTRY, Direction.EXIT)
        for step in programme.way(direction)
        if viewer.may(step.needs)
    ]


def waiting(programme: str, direction: str, step: str, area: Q | None = None) -> QuerySet[Procedure]:
    """Open procedures that stand at a step, within the viewer's sight, oldest first."""
    rows = Procedure.objects.filter(programme=programme, direction=direction, step=step, state="open")
    return (rows.filter(area) if area is not None else rows).order_by("since", "id")


def waiting_by_village(programme: str, direction: str, step: str) -> list[dict[str, Any]]:
    """How many wait at a step in each village, and since when, within the viewer's sight."""
    rows: Iterable[Any] = (
        waiting(programme, direction, step)
        .order_by()
        .values("division_code")
        .annotate(households=Count("id"), since=Min("since"))
        .order_by("since")
    )
    return list(rows)


def marks(row: Procedure) -> tuple[StepMark, ...]:
    """The steps of a procedure's way: done, current, returned or still to come."""
    programme = PROGRAMMES[row.programme]
    records = list(StepRecord.objects.filter(procedure=row).order_by("at", "id"))
    last = {r.step: r for r in records if r.outcome != "opened"}
    way = programme.way(row.direction)
    here = [s.code for s in way].index(row.step)
    found = []
    for place, step in enumerate(way):
        record = last.get(step.code)
        if row.state == "open" and place == here:
            state = "returned" if row.resume else "current"
        elif (
            record is not None
            and record.outcome == "done"
            and (place < here or row.state == "done" or row.resume)
        ):
            state = "done"
        elif record is not None and record.outcome in ("refused", "withdrawn"):
            state = record.outcome
        else:
            state = "next"
        done = record if state in ("done", "refused", "withdrawn") else None
        found.append(
            StepMark(
                code=step.code, title=str(step.title), level=int(step.level), state=state, at=done.at if done else None,
                by=done.by_label if done else "", note=done.reason if done else "",
            )
        )  # fmt: skip
    return tuple(found)


def view(row: Procedure, *, with_marks: bool = False) -> ProcedureView:
    """A procedure as pages see it."""
    programme = PROGRAMMES[row.programme]
    step = programme.step(row.direction, row.step)
    return ProcedureView(
        id=row.id, programme=row.programme, direction=row.direction, household=row.household_id, area=row.division_code,
        name=row.name, route=row.route, state=row.state, step=row.step, step_title=str(step.title), level=row.level,
        kind=row.kind, kind_title=str(programme.kinds.get(row.kind, "")), opened=row.opened, since=row.since,
        closed=row.closed, reason=row.reason, wrong=row.wrong, marks=marks(row) if with_marks else (),
    )  # fmt: skip


def procedure(id: UUID | str) -> ProcedureView | None:
    """One procedure with its steps, within the viewer's sight, or None."""
    row = Procedure.objects.filter(id=id).first()
    return view(row, with_marks=True) if row else None


def procedures_of(household: UUID | str, programme: str) -> tuple[ProcedureView, ...]:
    """A household's procedures in a programme, newest first."""
    rows = Procedure.objects.filter(household_id=household, programme=programme).order_by("-opened")
    return tuple(view(row, with_marks=True) for row in rows)


def enrolment_of(household: UUID | str, programme: str) -> Enrolment | None:
    """A household's latest enrolment in a programme, or None."""
    return Enrolment.objects.filter(household_id=household, programme=programme).order_by("-entered").first()


def enrolment(id: UUID | str) -> Enrolment | None:
    """One enrolment within the viewer's sight, or None."""
    return Enrolment.objects.filter(id=id).first()


def enrolments(programme: str, area: Q | None = None) -> QuerySet[Enrolment]:
    """Enrolments within the viewer's sight, those in the programme now and those that have left."""
    rows = Enrolment.objects.filter(programme=programme)
    return rows.filter(area) if area is not None else rows


def is_enrolled(programme: str, household: UUID | str) -> bool:
    """Whether a household in sight is in a programme now."""
    return (
        Enrolment.objects.filter(programme=programme, household_id=household).exclude(state="exited").exists()
    )


def meeting(id: UUID | str) -> Meeting | None:
    """One review meeting within the viewer's sight, or None."""
    return Meeting.objects.filter(id=id).first()


def votes_of(meeting_id: UUID | str) -> list[Vote]:
    """The households on a meeting's list with their votes, in order."""
    return list(
        Vote.objects.filter(meeting_id=meeting_id).select_related("procedure").order_by("place", "id")
    )


def photos_of(of_kind: str, of_id: UUID) -> list[Attachment]:
    """The photos of a thing within the viewer's sight, without their content."""
    return list(Attachment.objects.filter(of_kind=of_kind, of_id=of_id).defer("content").order_by("at"))


def photos_of_each(of_kind: str, ids: Iterable[UUID]) -> dict[UUID, list[Attachment]]:
    """The photos of several things within the viewer's sight, without their content, by thing; one query."""
    found: dict[UUID, list[Attachment]] = {}
    for row in (
        Attachment.objects.filter(of_kind=of_kind, of_id__in=list(ids)).defer("content").order_by("at")
    ):
        found.setdefault(row.of_id, []).append(row)
    return found


def photo(id: UUID | str) -> Attachment | None:
    """One photo with its content within the viewer's sight, or None."""
    return Attachment.objects.filter(id=id).first()


def responsible(enrolment: UUID) -> Assignment | None:
    """The assignment in force, or None."""
    return Assignment.objects.filter(enrolment_id=enrolment, end__isnull=True).first()


def measures_of(enrolment: UUID) -> list[Measure]:
    """The measures of an enrolment, newest first."""
    return list(Measure.objects.filter(enrolment_id=enrolment).order_by("-start", "-id"))


def running_measures(enrolments: Iterable[UUID]) -> dict[UUID, list[Measure]]:
    """The measures under way of several enrolments, newest first, by enrolment; one query."""
    found: dict[UUID, list[Measure]] = {}
    rows = Measure.objects.filter(enrolment_id__in=list(enrolments), state="running")
    for row in rows.order_by("-start", "-id"):
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def visits_of(enrolment: UUID) -> list[Visit]:
    """The visits of an enrolment, newest first."""
    return list(Visit.objects.filter(enrolment_id=enrolment).order_by("-on", "-recorded"))


def due_visits(officer: UUID | None, until: date, programme: str) -> QuerySet[Enrolment]:
    """Households whose next visit is due by a day: of one officer, or of everyone in the viewer's sight."""
    rows = Enrolment.objects.filter(programme=programme, state="active", next_visit__lte=until)
    if officer is not None:
        mine = Assignment.objects.filter(officer_id=officer, end__isnull=True).values("enrolment_id")
        rows = rows.filter(id__in=mine)
    return rows.order_by("next_visit", "id")


def households_of(officer: UUID, programme: str) -> QuerySet[Enrolment]:
    """The households an officer is responsible for."""
    mine = Assignment.objects.filter(officer_id=officer, end__isnull=True).values("enrolment_id")
    return (
        Enrolment.objects.filter(id__in=mine, programme=programme)
        .exclude(state="exited")
        .order_by("next_visit", "id")
    )


def held_by(household: UUID | str) -> str:
    """What keeps a household from being closed, in words: a programme it is in, a procedure under way; "" for nothing."""
    if Enrolment.objects.filter(household_id=household).exclude(state="exited").exists():
        return _("正在享受帮扶")
    return (
        _("有程序正在办理") if Procedure.objects.filter(household_id=household, state="open").exists() else ""
    )


def open_procedures(programme: str) -> QuerySet[Procedure]:
    """Every procedure that is under way within the viewer's sight."""
    return Procedure.objects.filter(programme=programme, state="open")


def assigned(on: date | None = None, officer: UUID | str | None = None) -> QuerySet[Assignment]:
    """The assignments in force, today or on a past day, of everyone or of one officer."""
    rows = Assignment.objects.filter(officer_id=officer) if officer else Assignment.objects.all()
    if on is None:
        return rows.filter(end__isnull=True)
    return rows.filter(Q(end__isnull=True) | Q(end__gt=on), start__lte=on)


def responsibles(enrolments: Iterable[UUID], on: date | None = None) -> dict[UUID, Assignment]:
    """Who is (or was, on a day) responsible, by enrolment; one query."""
    return {row.enrolment_id: row for row in assigned(on).filter(enrolment_id__in=list(enrolments))}


def without_officer(programme: str) -> QuerySet[Enrolment]:
    """Households in the programme that nobody is responsible for, the longest in first."""
    held = Assignment.objects.filter(end__isnull=True).values("enrolment_id")
    rows = Enrolment.objects.filter(programme=programme, state="active").exclude(id__in=held)
    return rows.order_by("entered", "id")


def last_visits(enrolments: Iterable[UUID]) -> dict[UUID, Visit]:
    """The latest visit of each enrolment; one query."""
    rows = Visit.objects.filter(enrolment_id__in=list(enrolments)).order_by(
        "enrolment_id", "-on", "-recorded"
    )
    return {row.enrolment_id: row for row in rows.distinct("enrolment_id")}


def promises_due(officer: UUID | None, until: date, programme: str) -> QuerySet[Visit]:
    """Promises due by a day that no later visit has looked after: of one officer, or of everyone in sight."""
    later = Visit.objects.filter(enrolment_id=OuterRef("enrolment_id"), on__gt=OuterRef("on"))
    rows = Visit.objects.filter(
        ~Exists(later), promised_by__lte=until, enrolment__programme=programme, enrolment__state="active"
    )
    if officer is not None:
        rows = rows.filter(enrolment_id__in=assigned(officer=officer).values("enrolment_id"))
    return rows.select_related("enrolment").order_by("promised_by", "id")


def measure(id: UUID | str) -> Measure | None:
    """One measure with its enrolment within the viewer's sight, or None."""
    return Measure.objects.select_related("enrolment").filter(id=id).first()


def number(value: Any) -> Decimal | None:
    """A kept fact as a number, or None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def effects_of(enrolment: UUID, now: dict[str, Any], today: date) -> tuple[Effect, ...]:
    """Each fact at entry beside the same fact at exit, or today where help goes on; unchanged unknowns are left out."""
    kept = {s.moment: s for s in Snapshot.objects.filter(enrolment_id=enrolment).order_by("on")}
    base, end = kept.get("baseline"), kept.get("exit")
    if base is None:
        return ()
    after = {f["name"]: f["value"] for f in end.facts} if end else now
    found = []
    for fact in base.facts:
        later = after.get(fact["name"])
        if fact["value"] is None and later is None:
            continue
        found.append(
            Effect(
                name=fact["name"], title=fact["title"], unit=fact["unit"], before=fact["value"], after=later, before_on=base.on,
                after_on=end.on if end else today,
            )
        )  # fmt: skip
    return tuple(found)


def notice_view(row: Notice, objections: int = 0) -> NoticeView:
    """A notice as pages and prints show it."""
    return NoticeView(
        id=row.id, programme=row.programme, direction=row.direction, step=row.step, title=row.title, area=row.division_code,
        area_name=row.area_name, place=row.place, start=row.start, end=row.end,
        columns=tuple((code, title) for code, title in row.columns), rows=tuple(row.rows), basis=row.basis, office=row.office,
        phone=row.phone, state=row.state, is_announcement=row.announcement, objections=objections,
    )  # fmt: skip


def notice(id: UUID | str) -> NoticeView | None:
    """One notice: public, it carries masked rows only."""
    row = Notice.objects.filter(id=id).first()
    return notice_view(row) if row else None


def public_notices(
    area: Q | None = None, *, open_only: bool = True, after: tuple[date, str] | None = None, limit: int = 50
) -> list[NoticeView]:
    """Notices for everybody, newest first; `after` is the start and id of the last one seen."""
    rows = Notice.objects.all()
    if open_only:
        rows = rows.filter(state="open")
    if area is not None:
        rows = rows.filter(area)
    if after:
        rows = rows.filter(Q(start__lt=after[0]) | Q(start=after[0], id__lt=after[1]))
    return [notice_view(row) for row in rows.order_by("-start", "-id")[:limit]]


def notices_in(area: Q, programme: str, *, state: str | None = None) -> list[NoticeView]:
    """Notices posted in places, with how many open objections each has, newest first."""
    rows = Notice.objects.filter(area, programme=programme)
    if state:
        rows = rows.filter(state=state)
    rows = rows.annotate(disputed=OPEN_OBJECTIONS)
    return [notice_view(row, row.disputed) for row in rows.order_by("-start", "-id")[:200]]


def items_of(notice_id: UUID) -> list[NoticeItem]:
    """The households on a notice within the viewer's sight, in order of the list."""
    return list(NoticeItem.objects.filter(notice_id=notice_id).select_related("procedure").order_by("row"))


def open_objections() -> QuerySet[Objection]:
    """Objections that wait for an outcome, within the viewer's sight."""
    return (
        Objection.objects.filter(state="open")
        .select_related("item__procedure", "item__notice")
        .order_by("received")
    )


def visits(programme: str) -> QuerySet[Visit]:
    """Every visit within the viewer's sight, with its enrolment; for long lists, page by page."""
    return Visit.objects.filter(enrolment__programme=programme).select_related("enrolment")


def measures(programme: str) -> QuerySet[Measure]:
    """Every measure within the viewer's sight, with its enrolment; for long lists, page by page."""
    return Measure.objects.filter(enrolment__programme=programme).select_related("enrolment")


def meetings(area: Q, programme: str) -> QuerySet[Meeting]:
    """Review meetings in places; for long lists, page by page."""
    return Meeting.objects.filter(area, programme=programme)


def procedures(programme: str) -> QuerySet[Procedure]:
    """Every procedure within the viewer's sight, under way or over."""
    return Procedure.objects.filter(programme=programme)


def meetings_in(area: Q, programme: str) -> list[Meeting]:
    """Review meetings in places, newest first."""
    return list(meetings(area, programme).order_by("-held_on")[:100])


def enrolled_as_of(programme: str, moment: Any, area: Q | None = None) -> QuerySet[Any]:
    """The enrolments as they were recorded at a past moment, within the viewer's sight."""
    rows = versions(Enrolment, moment).filter(programme=programme).exclude(state="exited")
    return rows.filter(area) if area is not None else rows


def counts(programme: str, areas: Iterable[Q]) -> list[dict[str, int]]:
    """Published counts for places: households in by kind; for the platform's own duty, not for a viewer."""
    found = []
    for area in areas:
        rows = Enrolment.objects.filter(area, programme=programme).exclude(state="exited")
        found.append(dict(rows.order_by().values_list("kind").annotate(n=Count("id"))))
    return found


def step_kinds(programme: Programme) -> dict[str, StepKind]:
    """The kinds of a programme's steps by direction and code."""
    return {f"{d}.{s.code}": s.kind for d in (Direction.ENTRY, Direction.EXIT) for s in programme.way(d)}
