"""Reading many rows at once, for lists that officers work through: one query for each column, not for each row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huimin.core.access.api import Viewer
from huimin.core.places import api as places
from huimin.core.programmes.actions.notices import draft
from huimin.core.programmes.catalogue import PROGRAMMES
from huimin.core.programmes.models import (
    BulkItem,
    BulkRun,
    Meeting,
    Notice,
    NoticeItem,
    Objection,
    Procedure,
    Vote,
)
from huimin.core.programmes.queries import OPEN_OBJECTIONS, notice_view, waiting
from huimin.core.programmes.types import NoticeView
from huimin.kit import clock


def unposted(programme: str, direction: str, step: str, area: Q | None = None) -> QuerySet[Procedure]:
    """Households that wait for a notice and are on none that is open, within the viewer's sight."""
    posted = NoticeItem.objects.filter(notice__step=step, notice__state="open").values("procedure_id")
    return waiting(programme, direction, step, area).exclude(id__in=posted)


def unheard(programme: str, direction: str, step: str, area: Q | None = None) -> QuerySet[Procedure]:
    """Households that wait for a review and are on no open meeting's list, within the viewer's sight."""
    listed = Vote.objects.filter(meeting__state="open").values("procedure_id")
    return waiting(programme, direction, step, area).exclude(id__in=listed)


def last_votes(procedures: Collection[UUID]) -> dict[UUID, Vote]:
    """What the last closed meeting said about each household, by procedure."""
    rows = Vote.objects.filter(procedure_id__in=procedures, meeting__state="closed").select_related("meeting")
    return {row.procedure_id: row for row in rows.order_by("meeting__closed")}


def disputed(procedures: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many objections each household had, open and settled, by procedure."""
    rows = (
        Objection.objects.filter(item__procedure_id__in=procedures)
        .order_by()
        .values_list("item__procedure_id")
        .annotate(waiting=Count("id", filter=Q(state="open")), settled=Count("id", filter=~Q(state="open")))
    )
    return {number: (waiting, settled) for number, waiting, settled in rows}


def objections_on(notice: UUID) -> list[Objection]:
    """The objections to a notice within the viewer's sight, open ones first."""
    rows = Objection.objects.filter(item__notice_id=notice).select_related("item__procedure")
    return sorted(rows, key=lambda one: (one.state != "open", one.received))


def objection(id: UUID | str) -> Objection | None:
    """One objection within the viewer's sight, or None."""
    return Objection.objects.filter(id=id).select_related("item__procedure", "item__notice").first()


def last_notice(programme: str, step: str, area: str) -> Notice | None:
    """The latest notice of a step in a division, from which the next one takes its place."""
    return (
        Notice.objects.filter(programme=programme, step=step, division_code=area)
        .order_by("-start", "-id")
        .first()
    )


def notices_about(procedure: UUID) -> list[NoticeItem]:
    """The notices a household was on in a procedure, newest first, within the viewer's sight."""
    rows = NoticeItem.objects.filter(procedure_id=procedure).select_related("notice")
    return list(rows.order_by("-notice__start"))


def open_meeting_in(programme: str, direction: str, area: str) -> Meeting | None:
    """A village's meeting that is still open, or None."""
    rows = Meeting.objects.filter(programme=programme, direction=direction, division_code=area, state="open")
    return rows.order_by("-opened").first()


def bulk_run(viewer: Viewer, id: UUID | str) -> BulkRun | None:
    """One bulk run of the viewer himself, or None."""
    return BulkRun.objects.filter(id=id, actor=viewer.id).first()


def bulk_runs(viewer: Viewer, programme: str, limit: int = 10) -> list[BulkRun]:
    """The viewer's latest bulk runs."""
    return list(BulkRun.objects.filter(actor=viewer.id, programme=programme).order_by("-opened")[:limit])


def bulk_failures(run: BulkRun) -> QuerySet[BulkItem]:
    """The households of a run that could not be done, with the reason, in their order."""
    return BulkItem.objects.filter(~Q(reason=""), run=run).order_by("position")


def every_notice_seen(viewer: Viewer, programme: str) -> QuerySet[Any]:
    """Notices posted in the viewer's places or naming a household of them, with their open objections as `disputed`."""
    mine = NoticeItem.objects.filter(notice__programme=programme).values("notice_id")
    here = Q(id__in=mine) | places.q(viewer.spans(), group=None)
    return Notice.objects.filter(here, programme=programme).annotate(disputed=OPEN_OBJECTIONS)


def notices_seen(viewer: Viewer, programme: str, limit: int = 200) -> list[NoticeView]:
    """The same as notices, newest first."""
    rows = every_notice_seen(viewer, programme)
    return [notice_view(row, row.disputed) for row in rows.order_by("-start", "-id")[:limit]]


def preview_notice(
    programme: str, direction: str, step: str, *, area: str, place: str, start: date, procedures: Collection[UUID]
) -> NoticeView:  # fmt: skip
    """The notice that posting would make of these households, not kept."""
    declared = PROGRAMMES[programme]
    rows = waiting(programme, direction, step).filter(id__in=list(procedures))
    made = draft(
        declared, declared.step(direction, step), direction=direction, area=area, place=place, start=start,
        rows=list(rows.order_by("division_code", "opened", "id")), today=clock.today(),
    )  # fmt: skip
    return notice_view(made)
