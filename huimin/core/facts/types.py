"""Facts: named, typed values about one subject, with unit, source and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

Value = bool | int | Decimal | str | date | None


class FactType(StrEnum):
    """The types a fact can have, by the names FEEL gives them."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "string"
    DATE = "date"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One entry of the catalogue.

    `name` is a column of the table's expression. `source` says where the value comes from; where the expression
    has a column `<name>_source` or `<name>_at`, that says it for each subject.
    """

    name: str
    title: object
    type: FactType
    unit: str = ""
    source: object = ""
    article: str = ""
    given: bool = False  # set by law or by the past: nothing a household could change


@dataclass(frozen=True, kw_only=True)
class FactTable:
    """Facts about one kind of subject, as one Ibis expression.

    `build` takes the moment (a one-row table with the column `today`) and returns a table with the column
    `subject` (uuid) and a column for each fact; it reads nothing but unbound tables (`ibis.table(schema, name=...)`).
    """

    name: str
    subject: str
    facts: tuple[Fact, ...]
    build: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class FactValue:
    """What is known of a subject: a value with unit, source and date; None is not known."""

    name: str
    title: str
    value: Value
    unit: str
    source: str
    at: date | None


@dataclass(frozen=True, kw_only=True)
class SnapshotTable:
    """A table of PostgreSQL that the population snapshot holds beyond what facts read.

    `columns` are its columns with Ibis types (`uuid`, `string`, `decimal(14, 2)`, `timestamp('UTC', 6)`); its key and its
    `division_code` are taken anyway. Names and addresses stay out unless they are needed, identity numbers always.
    A table without versions to which rows are only added names in `appended` the column that numbers them; a statement's
    transaction must have its id before the first number is given out (see DecisionRow's trigger).
    """

    name: str
    columns: Mapping[str, str]
    appended: str = ""


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """What a refresh did: the generation it made, the moment the register was read, rows and rows that came anew.

    `full` names the tables that were read from nothing, each with the reason.
    """

    generation: int
    as_of: datetime
    tables: Mapping[str, int]
    changed: Mapping[str, int]
    full: Mapping[str, str]
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Status:
    """The latest generation of the snapshot: as of when, rows of each table, files and bytes on disk."""

    generation: int
    as_of: datetime
    tables: Mapping[str, int]
    pending: Mapping[str, int]  # rows kept in the delta files
    full: Mapping[str, str]
    seconds: Mapping[str, float]
    files: int
    bytes: int
    made_up: bool  # not from a register: huimin bench make-people


@dataclass(frozen=True, kw_only=True)
class Share:
    """A county of a made-up register: statements to run before, and the rows of each table as a query of DuckDB."""

    county: str
    before: tuple[str, ...]
    tables: Mapping[str, str]


class SnapshotError(RuntimeError):
    """What is declared of a table is not what PostgreSQL holds, or a value did not arrive as it was sent."""
