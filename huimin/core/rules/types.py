"""Decisions and why they came out as they did."""

from __future__ import annotations

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
