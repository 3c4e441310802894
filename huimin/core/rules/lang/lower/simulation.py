"""Two versions of a rule side by side over the same facts: each row is read once and nothing is joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import model as m
from ..plan import Link
from ..problems import Place, problem
from .expressions import Lowering
from .models import ModelLowering
from .terms import NUMBER, Constant, Lowered, NotLowerable, Refusal, Term, term_of

SIDES = ("before", "after")


@dataclass
class Sides:
    """The facts with what both versions give: outcomes, rows, amounts, and how outcomes follow from numbers."""

    table: Any
    columns: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, tuple[Any, Callable[[Any], Lowered]]] = field(default_factory=dict)

    def compared(self, names: Sequence[str]) -> Any:
        """The table with `before`, `before_row`, `after`, `after_row`, and amounts where they were asked for."""
        return self.table.select(*[self.table[name] for name in names], **self.columns)

    def simulated(self, by: Sequence[str]) -> Any:
        """How many rows go from which outcome to which, for each value of the columns in by.

        Counted by the number of the row where outcomes follow from it, which is shorter to compare than they are.
        """
        keys = {side: self.numbers[side][0] if side in self.numbers else self.columns[side] for side in SIDES}
        sums = {name: column for name, column in self.columns.items() if name.endswith("_amount")}
        rows = self.table.select(*[self.table[name] for name in by], **keys, **sums)
        found = rows.group_by(*by, *SIDES).aggregate(
            subjects=rows.count(), **{name: rows[name].sum() for name in sums}
        )
        if not self.numbers:
            return found
        outcomes = {side: term_of(outcome(found[side])).column for side, (_, outcome) in self.numbers.items()}
        found = found.mutate(**outcomes)
        return found.group_by(*by, *SIDES).aggregate(
            subjects=found.subjects.sum().cast("int64"), **{name: found[name].sum() for name in sums}
        )


def sides(
    versions: tuple[m.Model, m.Model],
    decision: str,
    table: Any,
    names: Mapping[str, str],
    lowering: Lowering,
    amount: str = "",
) -> Sides:
    """Both versions lowered over one table; NotLowerable with place and reason."""
    import ibis

    found, taken = Sides(table), 0
    for side, version in zip(SIDES, versions, strict=True):
        work = ModelLowering(found.table, names, lowering, taken)
        try:
            outcome = one(asked(work, version, decision))
            found.columns[side] = term_of(outcome).column
            element = version.decision(decision)
            row, _ = work.rows.get(element, (None, None)) if element else (None, None)
            found.columns[f"{side}_row"] = ibis.null("int32") if row is None else row
            if element in work.by_number:
                found.numbers[side] = work.by_number[element]
            if amount:
                found.columns[f"{side}_amount"] = number(asked(work, version, amount)).column
        except Refusal as refused:
            raise NotLowerable([*work.problems, refused.at(work.place)]) from None
        found.table, taken = work.table, work.taken
    return found


def asked(work: ModelLowering, version: m.Model, decision: str) -> Lowered:
    """What a decision of a version gives."""
    found = version.decision(decision)
    if found is None:
        raise NotLowerable([problem("dmn.unknown_decision", Place(), name=decision)])
    with work.kept():
        return work.value(Link(version.plan, found))


def one(found: Lowered) -> Lowered:
    """A value of one column; Refusal for several."""
    if not isinstance(found, Term | Constant):
        raise Refusal("lower.several_outputs")
    return found


def number(found: Lowered) -> Term:
    """A value that can be added up, null where it is not there."""
    term = term_of(one(found), NUMBER)
    if term.kind != NUMBER:
        raise Refusal("lower.type", found=term.kind, wanted=NUMBER)
    return term
