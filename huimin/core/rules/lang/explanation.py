"""What an evaluation tells: the outcome, the rows that matched, why others did not, and the facts it read.

Named tuples, since a decision about one person makes dozens of them: they cost a fifth of frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .problems import Diagnostic
from .values import Value


class Matched(NamedTuple):
    """A row that decided: its decision, its number from 1, its id and its annotations by column."""

    decision: str
    row: int
    row_id: str
    annotations: Mapping[str, str]


class FailedCell(NamedTuple):
    """The first cell of a row that was not true: column from 1, label, text and the input value."""

    column: int
    label: str
    text: str
    value: Value


class RowTrace(NamedTuple):
    """One row that was looked at; cells holds True for a hit, False or null for the one that failed."""

    row: int
    row_id: str
    cells: tuple[bool | None, ...]
    failed: FailedCell | None

    @property
    def hit(self) -> bool:
        """Whether every cell of the row was true."""
        return self.failed is None


class TableTrace(NamedTuple):
    """One look at a table: the input values by label, and its rows up to where the policy stopped."""

    inputs: tuple[tuple[str, Value], ...]
    hit_policy: str
    rows: tuple[RowTrace, ...]


class DecisionTrace(NamedTuple):
    """One decision that was evaluated: the kind of its logic, its value, and its tables."""

    decision: str
    kind: str
    value: Value
    tables: tuple[TableTrace, ...] = ()


class Evaluation(NamedTuple):
    """The outcome of a decision and what explains it; required decisions come first in trace."""

    decision: str
    outcome: Value
    matched: tuple[Matched, ...]
    trace: Sequence[DecisionTrace]
    used: Mapping[str, Value]
    diagnostics: tuple[Diagnostic, ...] = ()
