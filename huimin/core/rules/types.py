"""Decisions and why they came out as they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class FactUsed:
    """A fact as a decision used it: the value as text for reading, raw for comparing."""

    name: str
    title: str
    value: Any
    unit: str
    source: str
    at: date | None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A row of a table that matched: where, and what its annotations say (the article among them)."""

    decision: str
    row: int
    annotations: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a fact would have to be: `operator` is one of =, >=, <."""

    title: str
    operator: str
    bound: Any
    unit: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A smallest change of facts that would give another outcome."""

    outcome: Any
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a rule decided about one subject: outcome, reasons, facts, version."""

    id: UUID
    rule: str
    version: str
    subject: str
    area: str
    outcome: Any
    hits: tuple[Hit, ...]
    facts: tuple[FactUsed, ...]
    articles: tuple[str, ...]
    changes: tuple[Change, ...]
    as_of: date
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A registered rule: its name, title, legal text in force and the facts it reads."""

    name: str
    title: str
    hash: str
    facts: tuple[str, ...]
    decision: str


@dataclass(frozen=True, kw_only=True)
class Flow:
    """How many subjects of a county (six digits) went from one outcome of a rule to another; '' is the rule's default."""

    rule: str
    county: str
    before: str
    after: str
    count: int

    @property
    def kind(self) -> str:
        """enter, leave, or change from one outcome to another."""
        return "enter" if not self.before else "leave" if not self.after else "change"


@dataclass(frozen=True, kw_only=True)
class RuleRun:
    """A rule as a population run decided it: name, title, version and the outcome that is not kept one by one."""

    name: str
    title: str
    version: str
    default: str | None


@dataclass(frozen=True, kw_only=True)
class PopulationRunView:
    """A population run: on which snapshot, how far, what changed where, seconds by phase, what went wrong."""

    id: UUID
    service: str
    area: str
    rules: tuple[RuleRun, ...]
    generation: int | None
    as_of: datetime | None
    day: date
    state: str
    phase: str
    done: int
    total: int
    subjects: int
    changed: int
    newer: int
    placeless: int
    flows: tuple[Flow, ...]
    seconds: Mapping[str, float]
    error: str
    actor: str
    opened: datetime
    closed: datetime | None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A decision of a population run: about whom, where, what was decided before and now (raw outcomes)."""

    id: UUID
    rule: str
    subject: str
    area: str
    before: Any
    after: Any
