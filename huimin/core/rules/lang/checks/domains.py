"""Whether the constants in cells are among the values that their columns may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import model as m
from .. import tree
from ..plan import Plan, boxes, logic_of, passes
from ..problems import Problem, problem
from ..schema import Restricted, Type
from ..text import shown
from ..tree import Node


def domains(plan: Plan) -> Iterator[Problem]:
    """Constants outside their column: an input cell that never hits, an output that is always refused."""
    for element in plan.model.elements():
        for table in boxes(logic_of(element)):
            if not isinstance(table, m.DecisionTable):
                continue
            for index, column in enumerate(table.inputs):
                cells = [row.inputs[index] for row in table.rows if index < len(row.inputs)]
                yield from _outside(plan, cells, column.allowed, plan.type(column.type_name))
            for index, output in enumerate(table.outputs):
                cells = [row.outputs[index] for row in table.rows if index < len(row.outputs)]
                yield from _outside(plan, cells, output.values, plan.type(output.type_name))


def _outside(plan: Plan, cells: Iterable[m.Text], allowed: m.Text | None, kind: Type) -> Iterator[Problem]:
    """The constants in cells that neither the column's list nor its type lets through."""
    listed = None if allowed is None else plan.trees[allowed]
    for cell in cells:
        node = plan.trees[cell]
        for constant in _constants(node) if isinstance(node, Node) else ():
            refused = isinstance(listed, Node) and passes(listed, constant.value) is False
            text = allowed.source if refused and allowed is not None else ""
            if isinstance(kind, Restricted) and kind.allows(constant.value) is False:
                text = kind.text
            if text:
                place = cell.place.span(constant.start, constant.end)
                yield problem("table.outside", place, value=shown(constant.value), allowed=text)


def _constants(node: Node) -> Iterator[tree.Literal]:
    """The constants that a cell names as values; those it only compares with, as in '< 5', are left out."""
    match node:
        case tree.AnyOf(tests=tests):
            for each in tests:
                yield from _constants(each)
        case tree.NotTest(tests=inner):
            yield from _constants(inner)
        case tree.ValueTest(expression=expression):
            yield from _constants(expression)
        case tree.Literal(value=value) if value is not None:
            yield node
