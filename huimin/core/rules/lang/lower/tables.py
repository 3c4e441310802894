"""A decision table as columns: one condition per row, the number of the row that decides, outputs by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

from .. import model as m
from .. import tree
from ..plan import Plan
from ..schema import Restricted
from . import comparing, numbers
from .expressions import Names
from .hits import first, hitting
from .terms import (
    NULL,
    NUMBER,
    Constant,
    Lowered,
    Record,
    Refusal,
    Term,
    certain,
    counted,
    is_null,
    number_of,
    term_of,
    truth,
)

if TYPE_CHECKING:
    from .models import ModelLowering

MANY = frozenset({"A", "C"})
"""Hit policies under which several rows decide together."""


class TableLowering:
    """Lowers one look at a table."""

    def __init__(self, work: ModelLowering, plan: Plan, table: m.DecisionTable, names: Names) -> None:
        self.work, self.plan, self.table, self.names = work, plan, table, names
        self.by_number: tuple[Any, Callable[[Any], Lowered]] | None = None

    def lower(self) -> tuple[Lowered, Any, Any]:
        """The value, the number of the (first) row that decides, and for some policies the numbers of all."""
        import ibis

        policy, aggregation = self.table.hit_policy, self.table.aggregation
        if policy in ("R", "O") or (policy == "C" and not aggregation):
            self.work.place = self.table.place
            raise Refusal("lower.policy", policy=policy)
        values, refused = self._inputs()
        hits = self._hits(values)
        outputs = [
            [self._output(column, cell) for column, cell in self._cells(row)] for row in self.table.rows
        ]
        self.work.place = self.table.place
        if refused is not None:
            hits = [hit & ~refused for hit in hits]
        defaults = self._defaults()
        if policy in MANY:
            return self._together(
                self.work.columns([certain(hit) for hit in hits]), outputs, defaults, refused
            )
        order = self._order(outputs) if policy == "P" else range(len(hits))
        cases = [(hits[index], index + 1) for index in order]
        row = self.work.column(first(cases))
        nothing = row.isnull()
        if policy == "U" and len(hits) > 1:
            # Two rows that hit are found from both ends; neither way asks more rows than it must.
            last = self.work.column(first(cases[::-1]))
            row = self.work.column((row == last).ifelse(row, ibis.null("int32")))
        nothing = _free(nothing, refused)
        self._remember(row, nothing, outputs, defaults)
        shaped = [
            numbers.numbered(row, [line[index] for line in outputs], nothing, default or Constant(None))
            for index, default in enumerate(defaults)
        ]
        return self._shaped(shaped), row, None

    # Inputs and rows

    def _inputs(self) -> tuple[list[Lowered], Any]:
        """The values under test, and where one of them is outside what its column allows."""
        values: list[Lowered] = []
        refused: list[Any] = []
        for column in self.table.inputs:
            found = self.work.text(self.plan, column.expression, self.names)
            wanted = self.plan.type(column.type_name)
            found = self.work.typed(found, wanted.base if isinstance(wanted, Restricted) else wanted)
            if not (isinstance(found, Term) and found.divisor is not None):
                found = self.work.keep(found)
            values.append(found)
            if column.allowed is not None:
                allowed = self.work.test(self.plan, column.allowed, found, self.names)
                refused.append(~is_null(found) & ~certain(allowed))
        return values, comparing.any_of(refused) if refused else None

    def _hits(self, values: list[Lowered]) -> list[Any]:
        """One condition per row: every cell is true. All cells that cannot be lowered are reported."""
        found: list[Any] = []
        for row in self.table.rows:
            cells: list[Any] = []
            for cell, value in zip(row.inputs, values, strict=False):
                if isinstance(self.plan.trees[cell], tree.AnyTest):
                    continue
                try:
                    cells.append(self.work.test(self.plan, cell, value, self.names))
                except Refusal as refused:
                    self.work.problems.append(refused.at(cell.place))
            found.append(hitting(comparing.all_of(cells)) if cells else truth(True))
        if self.work.problems:
            last = self.work.problems.pop()
            self.work.place = last.place
            raise Refusal(last.code, last.place.start, last.place.end, **last.params)
        return found

    def _remember(
        self, row: Any, nothing: Any, outputs: list[list[Lowered]], defaults: list[Lowered | None]
    ) -> None:
        """How an outcome follows from a number alone, where the table has all of them written out."""
        import ibis

        values = [each for line in outputs for each in line] + [each for each in defaults if each is not None]
        if len(self.table.outputs) != 1 or not all(isinstance(each, Constant) for each in values):
            return
        [default] = defaults
        given = [line[0] for line in outputs]
        number = row if default is None else nothing.ifelse(ibis.literal(0, "int32"), row)

        def outcome(number: Any) -> Lowered:
            return numbers.numbered(number.nullif(0), given, number == 0, default or Constant(None))

        self.by_number = (number, outcome)

    def _cells(self, row: m.Row) -> list[tuple[m.OutputColumn, m.Text]]:
        return list(zip(self.table.outputs, row.outputs, strict=False))

    def _output(self, column: m.OutputColumn, cell: m.Text) -> Lowered:
        value = self.work.text(self.plan, cell, self.names)
        if isinstance(value, Term) and value.divisor is not None:
            raise Refusal("lower.quotient")
        found = self.work.typed(value, self.plan.type(column.type_name))
        if column.values is None:
            return found
        tests = self.plan.trees[column.values]
        if isinstance(found, Constant) and isinstance(tests, tree.Node):
            from ..plan import passes

            fits = found.value is None or passes(tests, found.value) is True
            return found if fits else Constant(None)
        from .models import only

        return only(found, self.work.test(self.plan, column.values, found, self.names))

    def _defaults(self) -> list[Lowered | None]:
        if not any(column.default for column in self.table.outputs):
            return [None for _ in self.table.outputs]
        return [
            Constant(None) if each.default is None else self.work.text(self.plan, each.default, self.names)
            for each in self.table.outputs
        ]

    def _shaped(self, values: Sequence[Lowered]) -> Lowered:
        if len(self.table.outputs) == 1:
            return values[0]
        return Record({column.name: value for column, value in zip(self.table.outputs, values, strict=True)})

    # Policies

    def _order(self, outputs: list[list[Lowered]]) -> list[int]:
        """The rows by the place of their outputs in the lists of output values."""
        from ..logic import same

        ranks: list[tuple[int, ...]] = []
        for line in outputs:
            places: list[int] = []
            for column, value in zip(self.table.outputs, line, strict=True):
                if column.values is None:
                    continue
                if not isinstance(value, Constant):
                    raise Refusal("lower.priority")
                listed = self._listed(column.values)
                places.append(
                    next((at for at, each in enumerate(listed) if same(each, value.value)), len(listed))
                )
            ranks.append(tuple(places))
        return sorted(range(len(outputs)), key=lambda index: ranks[index])

    def _listed(self, values: m.Text) -> list[Any]:
        tests = self.plan.trees[values]
        listed = tests.tests if isinstance(tests, tree.AnyOf) else ()
        found = [
            self.work.lowering.value(each.expression, Names())
            for each in listed
            if isinstance(each, tree.ValueTest)
        ]
        return [each.value for each in found if isinstance(each, Constant)]

    def _together(
        self, hits: list[Any], outputs: list[list[Lowered]], defaults: list[Lowered | None], refused: Any
    ) -> tuple[Lowered, Any, Any]:
        """ANY and COLLECT: every row that hits has its part."""
        row = first([(hit, number) for number, hit in enumerate(hits, 1)])
        nothing = row.isnull()
        if self.table.hit_policy == "A":
            shaped: list[Lowered] = [
                numbers.chosen(
                    [(hit, line[index]) for hit, line in zip(hits, outputs, strict=True)], Constant(None)
                )
                for index in range(len(self.table.outputs))
            ]
            agreed = comparing.all_of(
                [
                    ~hit | certain(comparing.equal(value, line[index]))
                    for hit, line in zip(hits, outputs, strict=True)
                    for index, value in enumerate(shaped)
                ]
            )
            good = ~nothing & agreed
        else:
            shaped, good = (
                [self._aggregate(hits, [line[0] if line else Constant(None) for line in outputs])],
                ~nothing,
            )
        numbers_hit = reduce(
            lambda one, two: one + two, (hit.ifelse(f"{at},", "") for at, hit in enumerate(hits, 1))
        )
        row, rows, good, free = self.work.columns(
            [
                good.ifelse(row, None).cast("int32"),
                good.ifelse(numbers_hit, None),
                good,
                _free(nothing, refused),
            ]
        )
        found = [
            numbers.chosen([(good, value)] + ([] if default is None else [(free, default)]), Constant(None))
            for value, default in zip(
                shaped, defaults if len(defaults) == len(shaped) else [defaults[0]], strict=True
            )
        ]
        if self.table.hit_policy == "C":
            return found[0], row, rows
        return self._shaped(found), row, rows

    def _aggregate(self, hits: list[Any], values: list[Lowered]) -> Lowered:
        sign = self.table.aggregation
        if sign == "#":
            count = reduce(lambda one, two: one + two, (counted(hit) for hit in hits))
            return number_of(count, len(hits))
        if len(self.table.outputs) != 1:
            raise Refusal("lower.several_outputs")
        kinds = {each.kind for each in values} - {NULL}
        if kinds - {NUMBER}:
            raise Refusal("lower.kinds", left=sorted(kinds)[0], right=NUMBER)
        lost = comparing.any_of([hit & is_null(value) for hit, value in zip(hits, values, strict=True)])
        terms = [term_of(value, NUMBER) for value in values]
        if sign == "+":
            nought = Constant(Decimal(0))
            total: Lowered = nought
            for hit, term in zip(hits, terms, strict=True):
                total = numbers.calculate("+", total, numbers.chosen([(hit, term)], nought), 0, 0)
        else:
            total = self._extreme(hits, terms, sign)
        return numbers.chosen([(lost, Constant(None))], total)

    def _extreme(self, hits: list[Any], terms: list[Term], sign: str) -> Lowered:
        best: Lowered = Constant(None)
        for hit, term in zip(hits, terms, strict=True):
            if isinstance(best, Constant):
                best = numbers.chosen([(hit, term)], Constant(None))
                continue
            better = hit & (is_null(best) | certain(comparing.ordered(sign, term, best)))
            best = numbers.chosen([(better, term)], best)
        return best


def _free(nothing: Any, refused: Any) -> Any:
    """Where no row hit and no input was refused: there the default stands."""
    return nothing if refused is None else nothing & ~refused
