"""Whether the graph is whole: everything required is there, once, and nothing requires itself."""

from __future__ import annotations

from collections.abc import Iterator

from .. import model as m
from ..plan import Plan, logic_of
from ..problems import Place, Problem, problem


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
