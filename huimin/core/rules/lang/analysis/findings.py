"""What an analysis says: each finding with the rows, where it lies, and one example of facts for which it is so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..values import Value

GAP, OVERLAP, CONFLICT = "gap", "overlap", "conflict"
NEVER, MASKED = "never", "masked"
DUPLICATE, SUBSUMED, MERGEABLE, MORE = "duplicate", "subsumed", "mergeable", "more"
WRONG = frozenset({GAP, OVERLAP, CONFLICT, NEVER, MASKED})
"""Kinds that keep a rule from meaning what it says; the others are hints."""

MESSAGES: dict[str, str] = {
    GAP: "No row covers {where}.",
    OVERLAP: "Rows {rows} both match where {where}, but the hit policy UNIQUE allows one: there is no outcome then.",
    CONFLICT: "Rows {rows} match with different outputs where {where}; the hit policy ANY allows one outcome.",
    NEVER: "Row {rows} can never match.",
    MASKED: "Row {rows} never decides: rows before it match wherever it does.",
    DUPLICATE: "Rows {rows} are the same.",
    SUBSUMED: "Row {rows} is not needed: another row with the same outputs holds it.",
    MERGEABLE: "Rows {rows} have the same outputs and could be one.",
    MORE: "At least {count} more gaps are not listed.",
}


@dataclass(frozen=True, kw_only=True)
class Region:
    """The values of one column: its label and a test of FEEL ('-' is any value; … stands for more than are told)."""

    column: str
    test: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found in a table.

    rows count from 1. regions say where, column by column; facts are an example by input name, and inputs what the
    columns are then. missing says that it is so only where a fact is not known. sure is False where the analysis could
    not follow everything: the example is real all the same.
    """

    kind: str
    decision: str
    rows: tuple[int, ...] = ()
    regions: tuple[Region, ...] = ()
    facts: Mapping[str, Value] | None = None
    inputs: tuple[tuple[str, Value], ...] = ()
    missing: bool = False
    sure: bool = True
    params: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def wrong(self) -> bool:
        """Whether it keeps the rule from meaning what it says; a gap for unknown facts alone is a hint."""
        return self.kind in WRONG and not (self.kind == GAP and self.missing)

    @property
    def where(self) -> str:
        """The regions as one line, columns of any value left out."""
        from ..text import shown

        told = [f"{each.column} {each.test}" for each in self.regions if each.test != "-"]
        if told:
            return ", ".join(told)
        return ", ".join(f"{name} = {shown(value)}" for name, value in self.inputs) or "anything"

    @property
    def message(self) -> str:
        """A plain English sentence; pages word it by kind and params."""
        rows = ", ".join(str(row) for row in self.rows)
        return MESSAGES[self.kind].format(rows=rows, where=self.where, **self.params)

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same finding in another version of the table."""
        return (self.kind, self.decision, self.rows, self.where)


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Why a table could not be followed exactly: what is read, and in what it is used."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TableReport:
    """One table that was looked at: how many rows and combinations of classes; exact where nothing was left out."""

    decision: str
    policy: str
    rows: int
    combinations: int
    open: int
    exact: bool
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything found in the tables of a model, the wrong ones first."""

    findings: tuple[Finding, ...]
    tables: tuple[TableReport, ...]
    skipped: tuple[str, ...] = ()

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that keep a rule from meaning what it says."""
        return tuple(each for each in self.findings if each.wrong)

    @property
    def exact(self) -> bool:
        """Whether every table was followed exactly."""
        return all(each.exact for each in self.tables) and not self.skipped
