"""Whether operands, cells and results are of kinds that can go together."""

from __future__ import annotations

from collections.abc import Iterator

from .. import model as m
from ..inference import Inference, never, plain
from ..plan import Plan, boxes, logic_of
from ..problems import Problem, problem
from ..schema import ANY, Type
from ..tree import Node


def kinds(plan: Plan) -> Iterator[Problem]:
    """Comparisons and sums whose operands are certainly of kinds that do not go together."""
    subjects, declared = _subjects(plan), _declared(plan)
    for text, node, around in plan.readable():
        found: list[Problem] = []

        def report(code: str, at: Node, params: dict[str, object]) -> None:
            found.append(problem(code, text.place.span(at.start, at.end), **params))  # noqa: B023

        inference = Inference(around.variables, report)
        if text.tests:
            inference.tests(node, subjects.get(text, ANY))
        else:
            result, wanted = inference.infer(node), declared.get(text, ANY)
            if never(result, wanted):
                report("feel.certain_result", node, {"found": plain(result), "wanted": plain(wanted)})
        yield from found


def _subjects(plan: Plan) -> dict[m.Text, Type]:
    """The type of the input column that each cell tests."""
    found: dict[m.Text, Type] = {}
    for element in plan.model.elements():
        for table in boxes(logic_of(element)):
            if not isinstance(table, m.DecisionTable):
                continue
            for index, column in enumerate(table.inputs):
                subject = column_type(plan, column)
                cells = [row.inputs[index] for row in table.rows if index < len(row.inputs)]
                found.update((cell, subject) for cell in (*cells, column.allowed) if cell is not None)
    return found


def _declared(plan: Plan) -> dict[m.Text, Type]:
    """The type that an expression must give: that of its decision, or of the output column of its cell."""
    found: dict[m.Text, Type] = {}
    for element in plan.model.elements():
        if isinstance(element, m.Decision) and isinstance(element.logic, m.LiteralExpression):
            found[element.logic.text] = plan.type(element.type_name)
        for table in boxes(logic_of(element)):
            if isinstance(table, m.DecisionTable):
                for index, column in enumerate(table.outputs):
                    cells = [row.outputs[index] for row in table.rows if index < len(row.outputs)]
                    found.update((cell, plan.type(column.type_name)) for cell in cells)
    return found


def column_type(plan: Plan, column: m.InputColumn) -> Type:
    """The declared type of a column, or what its expression certainly is."""
    if column.type_name:
        return plan.type(column.type_name)
    node = plan.trees[column.expression]
    if isinstance(node, Problem):
        return ANY
    return Inference(plan.around[column.expression].variables, lambda code, at, params: None).infer(node)
