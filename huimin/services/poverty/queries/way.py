"""What waits on the way: groups for meetings and notices, and the facts a decision at a step looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction, Step, StepKind
from huimin.kit.area import DIGITS, WIDTH
from huimin.kit.refusal import NotFound
from huimin.services.poverty.models import Guarantee, GuaranteeKind
from huimin.services.poverty.programme import CODE, KINDS, PROGRAMME
from huimin.services.poverty.queries import finding

NOTICES = (StepKind.NOTICE, StepKind.ANNOUNCE)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Households of one place that wait for the same thing: a meeting, a notice, a check."""

    direction: str
    step: Step
    area: str
    area_name: str
    households: int
    since: datetime

    @property
    def leaving(self) -> bool:
        """Whether they are on their way out."""
        return self.direction == Direction.EXIT


@dataclass(frozen=True, kw_only=True)
class Line:
    """One household at a step with the facts that matter there; amounts in yuan per head and year."""

    procedure: UUID
    household: UUID
    name: str
    area: str
    village: str
    group_no: int
    size: int
    kind: str
    since: datetime
    per_head: Decimal | None
    year: int | None
    line: Decimal | None
    missing: tuple[str, ...]
    causes: tuple[str, ...]
    agree: int | None
    present: int | None
    disputed: int
    settled: int
    returned: bool

    @property
    def gap(self) -> Decimal | None:
        """How far the income lies below the line (negative) or above it."""
        return None if self.per_head is None or self.line is None else self.per_head - self.line


def direction_name(direction: str) -> str:
    """The direction in words."""
    return _("退出") if direction == Direction.EXIT else _("纳入")


def my_steps(viewer: Viewer, *kinds: StepKind) -> list[tuple[str, Step]]:
    """The steps of some kinds this viewer may take, with their direction."""
    return [(d, step) for d, step in programmes.steps_of(viewer, PROGRAMME) if step.kind in kinds]


def waiting_at(direction: str, step: Step, area: Q | None = None) -> Any:
    """The households that wait for somebody to begin this step: not those already on an open notice or list."""
    if step.kind is StepKind.REVIEW:
        return programmes.unheard(CODE, direction, step.code, area)
    if step.kind in NOTICES:
        return programmes.unposted(CODE, direction, step.code, area)
    return programmes.waiting(CODE, direction, step.code, area)


def groups(viewer: Viewer, *kinds: StepKind) -> list[Group]:
    """What waits for this viewer at steps of some kinds, by place at the step's level, the longest waiting first."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    current = places.answering()
    for direction, step in my_steps(viewer, *kinds):
        rows = waiting_at(direction, step).order_by().values_list("division_code", "group_no")
        for code, group, number, since in rows.annotate(n=Count("id"), oldest=Min("since")):
            area = current(code, group)[: DIGITS[step.level]].ljust(WIDTH, "0")
            one = found.setdefault((direction, step.code, area), [step, 0, since])
            one[1] += number
            one[2] = min(one[2], since)
    names = places.paths({area for _direction, _step, area in found})
    made = [
        Group(
            direction=direction,
            step=step,
            area=area,
            area_name=" ".join(names.get(area, (area,))[-2:]),
            households=number,
            since=since,
        )
        for (direction, _code, area), (step, number, since) in found.items()
    ]
    return sorted(made, key=lambda one: (one.since, one.area))


def count_waiting(viewer: Viewer, *kinds: StepKind) -> int:
    """How many households wait for this viewer at steps of some kinds."""
    return sum(waiting_at(direction, step).count() for direction, step in my_steps(viewer, *kinds))


def missing_guarantees(households: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The words for what each household lacks, by the latest finding of each guarantee."""
    rows = (
        Guarantee.objects.filter(household_id__in=households)
        .order_by("household_id", "kind", "-on", "-recorded")
        .distinct("household_id", "kind")
        .values_list("household_id", "kind", "secure")
    )
    order = GuaranteeKind.values
    found: dict[UUID, list[str]] = {}
    for household, kind, secure in sorted(rows, key=lambda row: order.index(row[1])):
        if not secure:
            found.setdefault(household, []).append(str(GuaranteeKind(kind).label))
    return {household: tuple(words) for household, words in found.items()}


def lines(rows: Sequence[Any]) -> list[Line]:
    """Procedures with the facts that matter at a step; one query for each kind of fact."""
    households = [row.household_id for row in rows]
    procedures = [row.id for row in rows]
    incomes, causes = finding.incomes(households), finding.causes(households)
    missing, homes = missing_guarantees(households), people.households_by_id(households)
    votes, disputes = programmes.last_votes(procedures), programmes.disputed(procedures)
    codes = {row.id: places.current(row.division_code, row.group_no) for row in rows}
    names = places.names(set(codes.values()))
    found = []
    for row in rows:
        income, home, vote = incomes.get(row.household_id), homes.get(row.household_id), votes.get(row.id)
        waiting, settled = disputes.get(row.id, (0, 0))
        found.append(
            Line(
                procedure=row.id,
                household=row.household_id,
                name=row.name,
                area=codes[row.id],
                village=names.get(codes[row.id], ""),
                group_no=row.group_no,
                size=home.size if home else 0,
                kind=str(KINDS.get(row.kind, "")),
                since=row.since,
                per_head=income.per_head if income else None,
                year=income.year if income else None,
                line=income.line if income else None,
                missing=missing.get(row.household_id, ()),
                causes=tuple(causes.get(row.household_id, ())),
                agree=vote.agree if vote else None,
                present=vote.meeting.present if vote else None,
                disputed=waiting,
                settled=settled,
                returned=bool(row.resume),
            )
        )
    return found


def step_of(viewer: Viewer, direction: str, code: str) -> Step | None:
    """A step of the way if the viewer may take it, else None."""
    for known, step in programmes.steps_of(viewer, PROGRAMME):
        if known == direction and step.code == code:
            return step
    return None


def office_area(viewer: Viewer, needs: str) -> str:
    """The place for which the viewer holds a right; his own area where he holds it nowhere."""
    return next((held.area for held in viewer.held if needs in held.actions), viewer.area)


def known_place(area: str, direction: str) -> None:
    """Raise NotFound where an address names no division or no direction."""
    if direction not in tuple(Direction) or area not in places.divisions([area]):
        raise NotFound(_("没有找到这个地方。"), code="no_place")
