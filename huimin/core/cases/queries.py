"""Reading cases."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from huimin.core.cases.models import Case, CaseNote
from huimin.core.cases.types import CaseMark, CaseView
from huimin.kit.ref import Ref


def view(row: Case, *, with_marks: bool = False) -> CaseView:
    """A case as pages see it."""
    marks: tuple[CaseMark, ...] = ()
    if with_marks:
        events = CaseNote.objects.filter(case=row)
        marks = tuple(CaseMark(at=e.at, what=e.what, by=e.by_label, text=e.text) for e in events)
    return CaseView(
        id=row.id, number=row.number, service=row.service, kind=row.kind, topic=row.topic, area=row.division_code,
        subject=f"{row.subject_kind}:{row.subject_id}", name=row.name, text=row.text, about=row.about, state=row.state,
        level=row.level, received=row.received, due=row.due, calendar=row.calendar, outcome=row.outcome, answer=row.answer,
        closed=row.closed, handler=row.handler, marks=marks,
    )  # fmt: skip


def case(id: UUID | str) -> CaseView | None:
    """One case with its history within the viewer's sight, or None."""
    row = Case.objects.filter(id=id).first()
    return view(row, with_marks=True) if row else None


def open_cases(service: str, kind: str, limit: int = 200) -> tuple[CaseView, ...]:
    """Cases that wait within the viewer's sight, the most urgent first."""
    rows = Case.objects.filter(service=service, kind=kind, state__in=["received", "accepted"]).order_by(
        "due", "received"
    )
    return tuple(view(row) for row in rows[:limit])


def every_case(service: str, kind: str) -> QuerySet[Case]:
    """Cases of a kind within the viewer's sight, waiting or answered; for long lists, page by page."""
    return Case.objects.filter(service=service, kind=kind)


def cases_about(subject: Ref, service: str) -> tuple[CaseView, ...]:
    """A subject's cases in a service, newest first, with their history."""
    rows = Case.objects.filter(service=service, subject_id=subject.id, subject_kind=subject.kind).order_by(
        "-received"
    )
    return tuple(view(row, with_marks=True) for row in rows[:50])
