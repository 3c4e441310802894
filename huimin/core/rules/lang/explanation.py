"""What an evaluation tells: the outcome, the rows that matched, why others did not, and the facts it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .problems import Diagnostic
from .values import Value


@dataclass(frozen=True)
class Matched:
    """A row that decided: its decision, its number from 1, its id and its annotations by column."""

    decision: str
    row: int
    row_id: str
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class FailedCell:
    """The first cell of a row that was not true: column from 1, label, text and the input value."""

    column: int
    label: str
    text: str
    value: Value


@dataclass(frozen=True)
class RowTrace:
    """One row that was looked at; cells holds True for a hit, False or null for the one that failed."""

    row: int
    row_id: str
    cells: tuple[bool | None, ...]
    failed: FailedCell | None

    @property
    def hit(self) -> bool:
        """Whether every cell of the row was true."""
        return self.failed is None


@dataclass(frozen=True)
class TableTrace:
    """One look at a table: the input values by label, and its rows up to where the policy stopped."""

    inputs: tuple[tuple[str, Value], ...]
    hit_policy: str
    rows: tuple[RowTrace, ...]


@dataclass(frozen=True)
class DecisionTrace:
    """One decision that was evaluated: the kind of its logic, its value, and its tables."""

    decision: str
    kind: str
    value: Value
    tables: tuple[TableTrace, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The outcome of a decision and what explains it; required decisions come first in trace."""

    decision: str
    outcome: Value
    matched: tuple[Matched, ...]
    trace: Sequence[DecisionTrace]
    used: Mapping[str, Value]
    diagnostics: tuple[Diagnostic, ...] = field(default=())
