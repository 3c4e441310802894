"""Whether tables are well-formed and can follow their hit policies."""

from __future__ import annotations

from collections.abc import Iterator

from .. import model as m
from ..plan import Plan, boxes, logic_of
from ..problems import Place, Problem, problem

_POLICIES = frozenset("UAPFROC")
_AGGREGATIONS = frozenset(["", "+", "<", ">", "#"])


def tables(plan: Plan) -> Iterator[Problem]:
    """Rows with too few or too many cells, and hit policies that the table cannot follow."""
    for element in plan.model.elements():
        for box in boxes(logic_of(element)):
            if isinstance(box, m.DecisionTable):
                yield from _shape(box)
                yield from _policy(box)
            elif isinstance(box, m.UnknownLogic):
                yield problem("dmn.unsupported", Place(element=element.name), tag=box.tag)


def _shape(table: m.DecisionTable) -> Iterator[Problem]:
    if not table.outputs:
        yield problem("table.no_outputs", table.place)
    for row in table.rows:
        for kind, found, expected in (
            ("input", len(row.inputs), len(table.inputs)),
            ("output", len(row.outputs), len(table.outputs)),
        ):
            if found != expected:
                place = Place(element=table.place.element, row=row.number)
                yield problem(
                    "table.columns", place, row=row.number, kind=kind, found=found, expected=expected
                )


def _policy(table: m.DecisionTable) -> Iterator[Problem]:
    if table.hit_policy not in _POLICIES:
        yield problem("table.hit_policy", table.place, policy=table.hit_policy)
    if table.aggregation not in _AGGREGATIONS:
        yield problem("table.aggregation", table.place, aggregation=table.aggregation)
    elif table.aggregation and len(table.outputs) != 1:
        yield problem("table.aggregate_columns", table.place, found=len(table.outputs))
    if table.hit_policy in ("P", "O") and not any(column.values for column in table.outputs):
        yield problem("table.priority_values", table.place, policy=table.hit_policy)
