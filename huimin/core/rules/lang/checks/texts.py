"""Whether every text can be read, and every type and name in it is known."""

from __future__ import annotations

from collections.abc import Iterator

from .. import model as m
from .. import tree
from ..names import Names
from ..plan import Plan, boxes, logic_of
from ..problems import Place, Problem, problem
from ..schema import Unknown
from ..tree import Node


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
    for text, node, around in plan.readable():
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
