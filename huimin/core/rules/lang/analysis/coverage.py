"""Which rows of a rule its examples reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import model as m
from ..explanation import Evaluation
from .api import tables_of


@dataclass(frozen=True, kw_only=True)
class Reached:
    """One row of a table with the examples that reach it, by their place in what was given, from 0.

    tests are its cells with the label of their column, those that let everything pass left out.
    """

    decision: str
    row: int
    tests: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    examples: tuple[int, ...]

    @property
    def text(self) -> str:
        """The row as one line."""
        tests = ", ".join(f"{label} {test}" for label, test in self.tests) or "-"
        return f"{tests} → {', '.join(self.outputs)}"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Every row of a decision and of what it requires."""

    rows: tuple[Reached, ...]

    @property
    def missed(self) -> tuple[Reached, ...]:
        """The rows that no example reaches."""
        return tuple(row for row in self.rows if not row.examples)

    @property
    def reached(self) -> int:
        """How many rows an example reaches."""
        return len(self.rows) - len(self.missed)


def coverage(model: m.Model, decision: str, found: Iterable[Evaluation]) -> Coverage:
    """Which rows of a decision, and of all that it requires, evaluations reach; RuleError when there is no such decision."""
    reached: dict[tuple[str, int], list[int]] = {}
    for place, each in enumerate(found):
        for hit in each.matched:
            examples = reached.setdefault((hit.decision, hit.row), [])
            if place not in examples:
                examples.append(place)
    rows = []
    for table in tables_of(model, decision):
        if isinstance(table, str):
            continue
        labels = [column.label or column.expression.source.strip() for column in table.table.inputs]
        for row in table.table.rows:
            cells = [
                (label, " ".join(cell.source.split()))
                for label, cell in zip(labels, row.inputs, strict=False)
            ]
            rows.append(
                Reached(
                    decision=table.element.name,
                    row=row.number,
                    tests=tuple((label, test) for label, test in cells if test not in ("", "-")),
                    outputs=tuple(" ".join(cell.source.split()) for cell in row.outputs),
                    examples=tuple(reached.get((table.table.place.element, row.number), ())),
                )
            )
    return Coverage(rows=tuple(rows))
