"""Everything that can be found wrong with a model before it is used: a tuple of passes, to be read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import model as m
from . import tree
from .inference import Inference
from .names import Names
from .parser import Surroundings
from .plan import Plan, boxes
from .problems import Place, Problem, problem
from .schema import ANY, Type, Unknown
from .tree import Node

Pass = Callable[[Plan], Iterator[Problem]]
_POLICIES = frozenset("UAPFROC")
_AGGREGATIONS = frozenset(["", "+", "<", ">", "#"])


def check(model: m.Model) -> list[Problem]:
    """Every problem of a model, in the order of the passes; an empty list means it can be used."""
    return [found for each in PASSES for found in each(model.plan)]


# Passes


def graph(plan: Plan) -> Iterator[Problem]:
    """Missing imports, arrows that point at nothing, names declared twice, decisions without logic."""
    for each in plan.model.imports:
        if each.model is None:
            yield problem("dmn.unknown_import", Place(element=each.name), namespace=each.namespace)
    seen: set[str] = set()
    for element in plan.model.elements():
        place = Place(element=element.name)
        if element.name in seen:
            yield problem("dmn.duplicate_name", place, name=element.name)
        seen.add(element.name)
        if isinstance(element, m.Decision | m.KnowledgeModel):
            for requirement in element.requires:
                if plan.link(requirement) is None:
                    yield problem("dmn.dangling", place, href=requirement.href)
        if logic_of(element) is None and isinstance(element, m.Decision | m.KnowledgeModel):
            yield problem("dmn.no_logic", place, name=element.name)


def cycles(plan: Plan) -> Iterator[Problem]:
    """Decisions that require themselves, through others."""
    for start in plan.model.decisions:
        waiting: list[tuple[m.Element, tuple[str, ...]]] = [(start, ())]
        seen: set[m.Element] = set()
        while waiting:
            element, path = waiting.pop()
            for link in plan.links(element.requires) if isinstance(element, m.Decision) else ():
                if link.element is start:
                    through = " → ".join((*path, element.name))
                    yield problem("dmn.cycle", Place(element=start.name), name=start.name, path=through)
                elif link.element not in seen:
                    seen.add(link.element)
                    waiting.append((link.element, (*path, element.name)))


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


def texts(plan: Plan) -> Iterator[Problem]:
    """Expressions, cells and allowed values that cannot be read."""
    yield from plan.unreadable
    yield from (found for found in plan.trees.values() if isinstance(found, Problem))


def types(plan: Plan) -> Iterator[Problem]:
    """Types that nothing explains."""
    for item in plan.model.items:
        yield from _unknown_types(item, plan, item.name)
    for element in plan.model.elements():
        named = [element.type_name, *(box.type_name for box in boxes(logic_of(element)))]
        for name in dict.fromkeys(named):
            if isinstance(plan.type(name), Unknown):
                yield problem("feel.unknown_type", Place(element=element.name), name=name)


def _unknown_types(item: m.ItemDefinition, plan: Plan, place: str) -> Iterator[Problem]:
    if item.type_name and isinstance(plan.type(item.type_name), Unknown):
        yield problem("feel.unknown_type", Place(element=place, column=item.name), name=item.type_name)
    for component in item.components:
        yield from _unknown_types(component, plan, place)


def names(plan: Plan) -> Iterator[Problem]:
    """Names that nothing stands behind, and names that the decision does not declare it needs."""
    declared = {element.name for element in plan.model.elements()}
    for text, node, around in _read(plan):
        for name in unresolved(node, around.names, around.members):
            code = "feel.missing_requirement" if name.name in declared else "feel.unknown_name"
            yield problem(code, text.place.span(name.start, name.end), name=name.name)


def unresolved(node: Node, known: Names, members: Names) -> Iterator[tree.Name]:
    """The names in a tree that are not known, nor brought by the tree itself."""
    match node:
        case tree.Name(name=name):
            if name != "?" and name not in known:
                yield node
            return
        case tree.For(iterators=iterators) | tree.Quantified(iterators=iterators):
            known = known.with_names(["partial"] if isinstance(node, tree.For) else [])
            known = known.with_names(each.name for each in iterators)
        case tree.FunctionOf(parameters=parameters, external=external):
            if external:
                return
            known = known.with_names(each.name for each in parameters)
        case tree.ContextOf(entries=entries):
            known = known.with_names(each.key for each in entries)
            members = members.with_names(each.key for each in entries)
        case tree.Filter(source=source, test=test):
            # The members of each element are names inside; all that the model knows are let through.
            inner = [each.key for each in source.walk() if isinstance(each, tree.Entry)]
            yield from unresolved(source, known, members)
            yield from unresolved(test, known.with_names(["item", *members, *inner]), members)
            return
    for child in node.children():
        yield from unresolved(child, known, members)


def kinds(plan: Plan) -> Iterator[Problem]:
    """Comparisons and sums whose operands are certainly of kinds that do not go together."""
    subjects = _subjects(plan)
    for text, node, around in _read(plan):
        found: list[Problem] = []

        def report(code: str, at: Node, params: dict[str, object]) -> None:
            found.append(problem(code, text.place.span(at.start, at.end), **params))  # noqa: B023

        inference = Inference(around.variables, report)
        if text.tests:
            inference.tests(node, subjects.get(text, ANY))
        else:
            inference.infer(node)
        yield from found


def _subjects(plan: Plan) -> dict[m.Text, Type]:
    """The type of the input column that each cell tests."""
    found: dict[m.Text, Type] = {}
    for element in plan.model.elements():
        for table in boxes(logic_of(element)):
            if not isinstance(table, m.DecisionTable):
                continue
            for index, column in enumerate(table.inputs):
                subject = _column_type(plan, column)
                cells = [row.inputs[index] for row in table.rows if index < len(row.inputs)]
                found.update((cell, subject) for cell in (*cells, column.allowed) if cell is not None)
    return found


def _column_type(plan: Plan, column: m.InputColumn) -> Type:
    """The declared type of a column, or what its expression certainly is."""
    if column.type_name:
        return plan.type(column.type_name)
    node = plan.trees[column.expression]
    if isinstance(node, Problem):
        return ANY
    return Inference(plan.around[column.expression].variables, lambda code, at, params: None).infer(node)


def _read(plan: Plan) -> Iterator[tuple[m.Text, Node, Surroundings]]:
    """The texts that could be read, with their trees and surroundings."""
    for text, node in plan.trees.items():
        if isinstance(node, Node):
            yield text, node, plan.around[text]


def logic_of(element: m.Element) -> m.Boxed | None:
    """The logic of a decision or of business knowledge."""
    if isinstance(element, m.Decision):
        return element.logic
    return element.function if isinstance(element, m.KnowledgeModel) else None


PASSES: tuple[Pass, ...] = (graph, cycles, tables, texts, types, names, kinds)
"""In order: is the graph whole, are tables well-formed, can every text be read, named and typed."""
