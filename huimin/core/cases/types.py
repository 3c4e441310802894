"""Cases: what waits for a person, with a place, a topic and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class CaseMark:
    """One thing that happened to a case."""

    at: datetime
    what: str
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case as the reporter and the officer see it."""

    id: UUID
    number: str
    service: str
    kind: str
    topic: str
    subject: str
    area: str
    name: str
    text: str
    about: str
    state: str
    level: int
    received: datetime
    due: date
    calendar: str
    outcome: str
    answer: str
    closed: datetime | None
    handler: str
    marks: tuple[CaseMark, ...] = ()
