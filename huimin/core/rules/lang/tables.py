"""Evaluates decision tables: which rows hit, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from . import arithmetic, logic, tree
from . import model as m
from .explanation import FailedCell, Matched, RowTrace, TableTrace
from .plan import Plan
from .schema import Restricted
from .scope import Scope
from .text import shown
from .values import Value, number

if TYPE_CHECKING:
    from .running import Session


@dataclass(frozen=True)
class _Hit:
    """A row that hit, with its output values in the order of the columns."""

    row: m.Row
    values: tuple[Value, ...]


@dataclass(frozen=True)
class _Look:
    """One look at a table: everything the steps below need."""

    session: Session
    plan: Plan
    table: m.DecisionTable
    scope: Scope

    def fail(self, code: str, **params: object) -> Value:
        """Notes at the table itself why it has no value."""
        self.session.run.place = self.table.place
        return self.session.run.fail(code, **params)


def evaluate(session: Session, plan: Plan, table: m.DecisionTable, scope: Scope) -> Value:
    """The value of a table: one output, a context of outputs, a list of either, or an aggregate."""
    look = _Look(session, plan, table, scope)
    values = [_input(look, column) for column in table.inputs]
    if any(value is _REFUSED for value in values):
        return None
    rows: list[RowTrace] = []
    hits = list(_hits(look, values, rows))
    labels = (column.label for column in table.inputs)
    session.looked_at(TableTrace(tuple(zip(labels, values, strict=True)), table.hit_policy, tuple(rows)))
    if not hits:
        return _default(look)
    return _POLICIES[table.hit_policy](look, hits) if table.hit_policy in _POLICIES else None


def settled(
    session: Session,
    plan: Plan,
    table: m.DecisionTable,
    scope: Scope,
    hits: list[tuple[m.Row, tuple[Value, ...]]],
) -> Value:
    """What the hit policy of a table makes of rows that hit, each with its output values."""
    look = _Look(session, plan, table, scope)
    return _POLICIES[table.hit_policy](look, [_Hit(row, values) for row, values in hits])


class _Refused:
    """An input value outside the values its column allows."""


_REFUSED = _Refused()


def _input(look: _Look, column: m.InputColumn) -> Value:
    value = look.session.evaluate(look.plan, column.expression, look.scope)
    wanted = look.plan.type(column.type_name)
    if isinstance(wanted, Restricted):
        wanted = wanted.base
    value = look.session.typed(value, wanted, column.expression.place)
    if column.allowed is None or value is None:
        return value
    tests = look.session.tree(look.plan, column.allowed)
    if tests is not None and look.session.interpreter.test(tests, value, look.scope) is not True:
        look.session.run.fail("table.input_values", value=shown(value), allowed=column.allowed.source)
        return _REFUSED
    return value


# Rows


def _hits(look: _Look, values: list[Value], rows: list[RowTrace]) -> Iterator[_Hit]:
    """The rows that hit, in order; FIRST looks no further than the first."""
    for row in look.table.rows:
        trace = _row(look, row, values)
        rows.append(trace)
        if trace.hit:
            yield _Hit(row, _outputs(look, row))
            if look.table.hit_policy == "F":
                return


def _row(look: _Look, row: m.Row, values: list[Value]) -> RowTrace:
    cells: list[bool | None] = []
    for index, (column, cell, value) in enumerate(
        zip(look.table.inputs, row.inputs, values, strict=False), 1
    ):
        tests = look.session.tree(look.plan, cell)
        found = None if tests is None else look.session.interpreter.test(tests, value, look.scope)
        cells.append(found)
        if found is not True:
            return RowTrace(
                row.number, row.id, tuple(cells), FailedCell(index, column.label, cell.source, value)
            )
    return RowTrace(row.number, row.id, tuple(cells), None)


def _outputs(look: _Look, row: m.Row) -> tuple[Value, ...]:
    return tuple(
        _output(look, column, cell) for column, cell in zip(look.table.outputs, row.outputs, strict=False)
    )


def _output(look: _Look, column: m.OutputColumn, cell: m.Text) -> Value:
    value = look.session.evaluate(look.plan, cell, look.scope)
    value = look.session.typed(value, look.plan.type(column.type_name), cell.place)
    if column.values is None or value is None:
        return value
    tests = look.session.tree(look.plan, column.values)
    if tests is not None and look.session.interpreter.test(tests, value, look.scope) is not True:
        return look.session.run.fail("table.output_values", value=shown(value), allowed=column.values.source)
    return value


# Policies


def _default(look: _Look) -> Value:
    """The default outputs when no row hits, null when there are none."""
    columns = look.table.outputs
    if not any(column.default for column in columns):
        return None
    values = tuple(
        None if column.default is None else look.session.evaluate(look.plan, column.default, look.scope)
        for column in columns
    )
    return _shaped(look, values)


def _shaped(look: _Look, values: tuple[Value, ...]) -> Value:
    """One output as it is, several as a context."""
    if len(look.table.outputs) == 1:
        return values[0] if values else None
    return {column.name: value for column, value in zip(look.table.outputs, values, strict=False)}


def _matched(look: _Look, hits: list[_Hit]) -> list[Value]:
    """The values of the rows that decide, which are recorded as matched."""
    name = look.table.place.element
    look.session.matched += [Matched(name, hit.row.number, hit.row.id, hit.row.annotations) for hit in hits]
    return [_shaped(look, hit.values) for hit in hits]


def _numbers(hits: list[_Hit]) -> str:
    return ", ".join(str(hit.row.number) for hit in hits)


def _unique(look: _Look, hits: list[_Hit]) -> Value:
    if len(hits) > 1:
        return look.fail("table.several_hits", rows=_numbers(hits))
    return _matched(look, hits)[0]


def _any(look: _Look, hits: list[_Hit]) -> Value:
    if not all(logic.same(list(hit.values), list(hits[0].values)) for hit in hits):
        return look.fail("table.different_hits", rows=_numbers(hits))
    return _matched(look, hits)[0]


def _first(look: _Look, hits: list[_Hit]) -> Value:
    return _matched(look, hits[:1])[0]


def _priority(look: _Look, hits: list[_Hit]) -> Value:
    return _matched(look, _by_priority(look, hits)[:1])[0]


def _output_order(look: _Look, hits: list[_Hit]) -> Value:
    return _matched(look, _by_priority(look, hits))


def _rule_order(look: _Look, hits: list[_Hit]) -> Value:
    return _matched(look, hits)


def _by_priority(look: _Look, hits: list[_Hit]) -> list[_Hit]:
    """Hits by the place of their outputs in the lists of output values; equal ones stay in row order."""
    ranks = [_ranked(look, column) for column in look.table.outputs]

    def rank(hit: _Hit) -> tuple[int, ...]:
        return tuple(
            next((place for place, each in enumerate(order) if logic.same(each, value)), len(order))
            for order, value in zip(ranks, hit.values, strict=False)
            if order
        )

    return sorted(hits, key=rank)


def _ranked(look: _Look, column: m.OutputColumn) -> list[Value]:
    if column.values is None:
        return []
    tests = look.session.tree(look.plan, column.values)
    listed = tests.tests if isinstance(tests, tree.AnyOf) else ()
    return [
        look.session.interpreter.evaluate(each.expression, look.scope)
        for each in listed
        if isinstance(each, tree.ValueTest)
    ]


def _collect(look: _Look, hits: list[_Hit]) -> Value:
    values = _matched(look, hits)
    if not look.table.aggregation:
        return values
    try:
        return _AGGREGATES[look.table.aggregation](values)
    except (arithmetic.NotDefinedError, ArithmeticError, KeyError):
        return look.fail("table.aggregate", values=shown(values))


def _count(values: list[Value]) -> Value:
    return number(len(values))


def _sum(values: list[Value]) -> Value:
    if not isinstance(values[0], Decimal) and len(values) == 1:
        raise arithmetic.NotDefinedError
    return reduce(lambda left, right: arithmetic.calculate("+", left, right), values)


def _extreme(sign: str) -> Callable[[list[Value]], Value]:
    def best(values: list[Value]) -> Value:
        def better(left: Value, right: Value) -> Value:
            found = logic.compare(sign, right, left)
            if found is None:
                raise arithmetic.NotDefinedError
            return right if found else left

        return reduce(better, values)

    return best


_AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {
    "+": _sum,
    "<": _extreme("<"),
    ">": _extreme(">"),
    "#": _count,
}
_POLICIES: dict[str, Callable[[_Look, list[_Hit]], Value]] = {
    "U": _unique,
    "A": _any,
    "P": _priority,
    "F": _first,
    "R": _rule_order,
    "O": _output_order,
    "C": _collect,
}
