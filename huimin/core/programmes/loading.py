"""Bulk ways that have been gone, enrolments and what was done in them, by COPY inside an action.

Rows are taken as they are: order and rights are not checked, so this is for demo data and for taking over another
system's records, never for the daily work. The history of each row is set back to the days it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from huimin.core.facts.api import values
from huimin.core.journal.api import Act, backdate, backdate_to_entries, copy_rows, plain
from huimin.core.programmes.catalogue import PROGRAMMES
from huimin.core.programmes.models import (
    Assignment,
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
from huimin.core.rules.api import rule_on
from huimin.kit.clock import BEIJING

HISTORIES = (Procedure, Meeting, Vote, Notice, NoticeItem, Objection, Enrolment, Assignment, Measure, Visit)


@dataclass(slots=True, kw_only=True)
class NewStep:
    """A step that was done: by whom, when."""

    step: str
    outcome: str
    at: datetime
    by_label: str
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class NewProcedure:
    """A way in or out that came to its end."""

    id: UUID
    direction: str
    route: str
    kind: str
    decision: UUID
    steps: list[NewStep]


@dataclass(slots=True, kw_only=True)
class NewAssignment:
    """An officer's term for a household."""

    id: UUID
    officer: UUID
    name: str
    unit: str
    phone: str
    start: date
    end: date | None = None


@dataclass(slots=True, kw_only=True)
class NewMeasure:
    """One piece of help."""

    id: UUID
    kind: str
    title: str
    cost: Decimal
    fund: str
    executor: str
    start: date
    end: date | None = None
    state: str = "running"
    result: str = ""


@dataclass(slots=True, kw_only=True)
class NewVisit:
    """A visit."""

    id: UUID
    officer: str
    on: date
    met: str
    found: str
    promised: str = ""
    promised_by: date | None = None


@dataclass(slots=True, kw_only=True)
class NewEnrolment:
    """A household's time in a programme with everything that belongs to it; snapshots are (moment, day, facts as of)."""

    id: UUID
    household: UUID
    area: str
    group: int
    name: str
    kind: str
    decision: UUID
    entered: date
    exited: date | None
    next_visit: date | None
    procedures: list[NewProcedure] = field(default_factory=list)
    assignments: list[NewAssignment] = field(default_factory=list)
    measures: list[NewMeasure] = field(default_factory=list)
    visits: list[NewVisit] = field(default_factory=list)
    snapshots: list[tuple[str, date, date]] = field(default_factory=list)


def morning(day: date, hour: int = 9) -> datetime:
    """An hour of a day in Beijing."""
    return datetime.combine(day, time(hour), BEIJING)


def load(
    act: Act, programme: str, rows: Sequence[NewEnrolment], heard: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Store enrolments with their ways, officers, measures, visits and snapshots; how many rows of each."""
    made = {"enrolments": _enrolments(programme, rows)}
    made["procedures"] = _procedures(act, programme, rows)
    made["assignments"] = _assignments(rows)
    made["measures"] = _measures(rows)
    made["visits"] = _visits(rows)
    made["snapshots"] = _snapshots(programme, rows, heard)
    return made


def _enrolments(programme: str, rows: Sequence[NewEnrolment]) -> int:
    """Each first as it entered, then those that left as they left: two versions in the history, at their days."""
    columns = ("id", "programme", "household_id", "division_code", "group_no", "kind", "state", "name", "entered",
               "suspended_reason", "decision_id", "next_visit")  # fmt: skip
    stored = copy_rows(
        Enrolment, columns,
        ((r.id, programme, r.household, r.area, r.group, r.kind, "active", r.name, r.entered, "", r.decision, r.next_visit)
         for r in rows),
    )  # fmt: skip
    left = [r for r in rows if r.exited]
    days: dict[date, list[UUID]] = {}
    for row in left:
        days.setdefault(row.exited, []).append(row.id)  # type: ignore[arg-type]
    for day, ids in days.items():
        Enrolment.objects.filter(id__in=ids).update(state="exited", exited=day, next_visit=None)
    backdate(Enrolment, (*((r.id, "insert", morning(r.entered, 10)) for r in rows),
                         *((r.id, "update", morning(r.exited, 10)) for r in left if r.exited)))  # fmt: skip
    return stored


def _procedures(act: Act, programme: str, rows: Sequence[NewEnrolment]) -> int:
    columns = ("id", "programme", "household_id", "division_code", "group_no", "direction", "route", "state", "step", "level",
               "resume", "name", "kind", "decision_id", "enrolment_id", "reason", "wrong", "opened", "since", "closed",
               "opened_by")  # fmt: skip
    declared = PROGRAMMES[programme]
    ways = [(r, p) for r in rows for p in r.procedures]

    def row(r: NewEnrolment, p: NewProcedure) -> tuple[Any, ...]:
        last, first = p.steps[-1], p.steps[0]
        level = int(declared.step(p.direction, last.step).level)
        return (
            p.id, programme, r.household, r.area, r.group, p.direction, p.route, "done", last.step, level, "", r.name, p.kind,
            p.decision, r.id, "", {}, first.at, last.at, last.at, first.by_label,
        )  # fmt: skip

    stored = copy_rows(Procedure, columns, (row(r, p) for r, p in ways))
    copy_rows(
        StepRecord, ("procedure_id", "step", "outcome", "reason", "data", "by", "by_label", "at", "entry_id"),
        ((p.id, s.step, s.outcome, s.reason, {}, act.actor.id, s.by_label, s.at, act.entry) for _r, p in ways for s in p.steps),
    )  # fmt: skip
    backdate(Procedure, ((p.id, "insert", p.steps[-1].at) for _r, p in ways))
    return stored


def _assignments(rows: Sequence[NewEnrolment]) -> int:
    columns = (
        "id",
        "division_code",
        "enrolment_id",
        "officer_id",
        "officer_name",
        "unit",
        "phone",
        "start",
        "end",
    )
    terms = [(r, a) for r in rows for a in r.assignments]
    stored = copy_rows(
        Assignment,
        columns,
        ((a.id, r.area, r.id, a.officer, a.name, a.unit, a.phone, a.start, a.end) for r, a in terms),
    )
    backdate(Assignment, ((a.id, "insert", morning(a.start)) for _r, a in terms))
    return stored


def _measures(rows: Sequence[NewEnrolment]) -> int:
    columns = ("id", "division_code", "enrolment_id", "kind", "title", "cost", "fund", "executor",
               "start", "end", "state", "result")  # fmt: skip
    done = [(r, m) for r in rows for m in r.measures]
    stored = copy_rows(
        Measure, columns,
        ((m.id, r.area, r.id, m.kind, m.title, m.cost, m.fund, m.executor, m.start, m.end, m.state, m.result) for r, m in done),
    )  # fmt: skip
    backdate(Measure, ((m.id, "insert", morning(m.start)) for _r, m in done))
    return stored


def _visits(rows: Sequence[NewEnrolment]) -> int:
    columns = ("id", "division_code", "enrolment_id", "officer_name", "on", "met", "found", "promised",
               "promised_by", "recorded", "offline")  # fmt: skip
    made = [(r, v) for r in rows for v in r.visits]
    stored = copy_rows(
        Visit, columns,
        ((v.id, r.area, r.id, v.officer, v.on, v.met, v.found, v.promised, v.promised_by, morning(v.on, 17), False)
         for r, v in made),
    )  # fmt: skip
    backdate(Visit, ((v.id, "insert", morning(v.on, 17)) for _r, v in made))
    return stored


def _snapshots(programme: str, rows: Sequence[NewEnrolment], heard: Callable[[str, int], None] | None) -> int:
    declared = PROGRAMMES[programme]
    rules = (rule_on(declared.rule), rule_on(declared.exit_rule))
    names = tuple(dict.fromkeys(fact for rule in rules for fact in rule.inputs.values()))
    days: dict[date, list[tuple[NewEnrolment, str, date]]] = {}
    for row in rows:
        for moment, on, facts_of in row.snapshots:
            days.setdefault(facts_of, []).append((row, moment, on))
    made: list[tuple[Any, ...]] = []
    for day, wanted in sorted(days.items()):
        known = values(names, [str(r.household) for r, _moment, _on in wanted], day)
        for row, moment, on in wanted:
            facts = [
                {
                    "name": f.name,
                    "title": f.title,
                    "value": plain(f.value),
                    "unit": f.unit,
                    "source": f.source,
                    "at": plain(f.at),
                }
                for f in known[str(row.household)].values()
            ]
            made.append((_id(row.id, moment, on), row.area, row.id, moment, on, facts))
        if heard:
            heard("snapshots", len(made))
    return copy_rows(Snapshot, ("id", "division_code", "enrolment_id", "moment", "on", "facts"), made)


def _id(enrolment: UUID, moment: str, on: date) -> UUID:
    """An id of a snapshot that is the same every time."""
    return UUID(int=enrolment.int ^ (hash_of(f"{moment}{on}") << 8), version=4)


def hash_of(text: str) -> int:
    """A number of 64 bits from a text, the same in every process."""
    import hashlib

    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def settle_history(models: Iterable[Any] = HISTORIES) -> int:
    """Set back the history of what actions did while the clock was held in the past; how many versions."""
    return sum(backdate_to_entries(model) for model in models)


def year_ends(entered: date, exited: date | None, today: date) -> list[date]:
    """The ends of years within a time in the programme."""
    last = (exited or today) - timedelta(days=1)
    return [date(y, 12, 31) for y in range(entered.year, last.year + 1) if entered <= date(y, 12, 31) <= last]
