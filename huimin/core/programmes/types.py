"""Programmes: the steps of a way in or out, declared once per programme; and what pages see of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from huimin.kit.area import Level


class StepKind(StrEnum):
    """What happens in a step."""

    SURVEY = "survey"
    REVIEW = "review"
    NOTICE = "notice"
    CHECK = "check"
    ANNOUNCE = "announce"


class Direction(StrEnum):
    """Whether a way leads in or out."""

    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a way: what happens, at which level, under which right, and what it must record.

    `days` is how long a notice stays up; `quorum` the share of those entitled who must be present at a review,
    `majority` the share of those present who must agree.
    """

    code: str
    kind: StepKind
    title: object
    level: Level
    needs: str
    days: int = 0
    quorum: Fraction = Fraction(2, 3)
    majority: Fraction = Fraction(1, 2)


@dataclass(frozen=True, kw_only=True)
class MeasureKind:
    """A kind of help, with the name of its icon."""

    code: str
    title: object
    icon: str = "tool"


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A programme: who may come in by which steps, what is done, how it ends.

    `columns` are the fields of a public notice's list and `public_row` makes one masked row of it from a household's
    id and the outcome that was decided; `article` is what notices name as their basis.
    """

    code: str
    title: object
    entry: tuple[Step, ...]
    exit: tuple[Step, ...]
    kinds: Mapping[str, object]
    rule: str
    exit_rule: str
    article: object
    measures: tuple[MeasureKind, ...] = ()
    columns: tuple[tuple[str, object], ...] = ()
    public_row: Callable[[UUID, str], Mapping[str, str]] | None = None
    visit_days: int = 90
    routes: Mapping[str, object] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The service it belongs to: the code's first word."""
        return self.code.partition(".")[0]

    def way(self, direction: str) -> tuple[Step, ...]:
        """The steps of a direction, in order."""
        return self.entry if direction == Direction.ENTRY else self.exit

    def step(self, direction: str, code: str) -> Step:
        """A step by its code; raise LookupError where the way has none."""
        for step in self.way(direction):
            if step.code == code:
                return step
        raise LookupError(f"{self.code} has no step {code!r} on its way {direction}")

    def after(self, direction: str, code: str) -> Step | None:
        """The step that follows, or None after the last."""
        way = self.way(direction)
        place = [step.code for step in way].index(code)
        return way[place + 1] if place + 1 < len(way) else None


@dataclass(frozen=True, kw_only=True)
class StepMark:
    """A step of one household's way as the page draws it."""

    code: str
    title: str
    level: int
    state: str
    at: datetime | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcedureView:
    """Where one household stands on a way."""

    id: UUID
    programme: str
    direction: str
    household: UUID
    area: str
    name: str
    route: str
    state: str
    step: str
    step_title: str
    level: int
    kind: str
    kind_title: str
    opened: datetime
    since: datetime
    closed: datetime | None
    reason: str
    wrong: Mapping[str, str]
    marks: tuple[StepMark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """A public notice: the masked list as it was posted, where, from when to when, and how to object."""

    id: UUID
    programme: str
    direction: str
    step: str
    title: str
    area: str
    area_name: str
    place: str
    start: date
    end: date
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, str], ...]
    basis: str
    office: str
    phone: str
    state: str
    is_announcement: bool
    objections: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one household of a bulk action: done, or refused with the reason."""

    procedure: UUID
    name: str
    done: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One figure before and after help."""

    name: str
    title: str
    unit: str
    before: Any
    after: Any
    before_on: date
    after_on: date
