"""Everything about a model that is worked out once: types, the graph, and the tree of every text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from . import logic, members, tree
from . import model as m
from .functions import BUILT_IN
from .interpret import Interpreter
from .names import Names, normal
from .parser import Surroundings, parse_expression, parse_tests, parse_type
from .problems import Problem, problem
from .scanner import FeelError
from .schema import ALIASES, ANY, ContextType, FunctionType, ListType, Restricted, Type, list_of
from .scope import Run, Scope
from .values import Value

GLOBAL_NAMES = frozenset([*BUILT_IN, "now", "today"])


@dataclass(frozen=True)
class Link:
    """An element of the graph with the plan of its model, and the names of the imports that lead to it."""

    plan: Plan
    element: m.Element
    path: tuple[str, ...] = ()

    def below(self, path: tuple[str, ...]) -> Link:
        """The same, seen from a model that is itself reached through these imports."""
        return Link(self.plan, self.element, path + self.path) if path else self


Required = Link | Mapping[str, Link]
"""What a name stands for: an element, or an imported model's elements by name."""


class Plan:
    """The worked-out form of one model."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        # Several imports may be without a name.
        self.imports = [(each.name, each.model.plan) for each in model.imports if each.model is not None]
        self._by_id = {each.id: each for each in model.elements()}
        self._items = {each.name: each for each in model.items}
        self._open: set[str] = set()
        self.unreadable: list[Problem] = []
        self.types: dict[str, Type] = {}
        self._named_types: dict[str, Type] = {}
        self._required: dict[m.Element, dict[str, Required]] = {}
        for name, plan in self.imports:
            prefix = f"{name}." if name else ""
            self.types.update((f"{prefix}{own}", found) for own, found in plan.types.items())
        for item in model.items:
            self.types[item.name] = self._item_type(item)
        # What was found while a type was still open may be less than it is now.
        self._named_types.clear()
        self.members = Names([*members.NAMES, *self._member_names()])
        self._domains: set[m.Text] = set()
        self.trees: dict[m.Text, tree.Node | Problem] = {}
        self.around: dict[m.Text, Surroundings] = {}
        self._parse_all()

    # Types

    def type(self, name: str) -> Type:
        """The type behind a name in a typeRef; one that nothing explains is Unknown, none at all is Any."""
        if name not in self._named_types:
            self._named_types[name] = self._find_type(normal(name))
        return self._named_types[name]

    def _find_type(self, name: str) -> Type:
        if not name:
            return ANY
        if name in self.types or name in ALIASES:
            return self.types.get(name) or ALIASES[name]
        # Version 1.1 writes feel:string, a name qualified by XML.
        _, _, local = name.partition(":")
        if local in self.types or local in ALIASES:
            return self.types.get(local) or ALIASES[local]
        if name in self._items:
            return self._item_type(self._items[name])
        return parse_type(name, self.types)

    def _item_type(self, item: m.ItemDefinition) -> Type:
        if item.name in self.types:
            return self.types[item.name]
        if item.name in self._open:
            return ANY  # a type that holds itself is checked one level deep
        self._open.add(item.name)
        found = self._definition(item)
        self._open.discard(item.name)
        return found

    def _definition(self, item: m.ItemDefinition) -> Type:
        if item.components:
            parts = tuple((each.name, self._definition(each)) for each in item.components)
            base: Type = ContextType(item.name, parts)
        elif item.function is not None:
            parameters, result = item.function
            base = FunctionType(item.name, tuple(self.type(each) for each in parameters), self.type(result))
        else:
            base = self.type(item.type_name)
        return self._restricted(item, self._with_allowed(item, base), item.constraint)

    def _with_allowed(self, item: m.ItemDefinition, base: Type) -> Type:
        if item.is_list:
            return list_of(self._restricted(item, base, item.allowed))
        if isinstance(base, ListType) and item.allowed is not None:
            return list_of(self._restricted(item, base.item, item.allowed))
        return self._restricted(item, base, item.allowed)

    def _restricted(self, item: m.ItemDefinition, base: Type, text: m.Text | None) -> Type:
        if text is None or not text.source.strip():
            return base
        try:
            tests = parse_tests(text.source, Surroundings(Names(GLOBAL_NAMES)))
        except FeelError as wrong:
            self.unreadable.append(
                problem(wrong.code, text.place.span(wrong.start, wrong.end), **wrong.params)
            )
            return base
        return Restricted(item.name, base, text.source, lambda value: passes(tests, value))

    # The graph

    def link(self, requirement: m.Requirement) -> Link | None:
        """What a requirement points at, in this model or an imported one."""
        namespace, _, identifier = requirement.href.rpartition("#")
        if namespace in ("", self.model.namespace):
            element = self._by_id.get(identifier)
            return None if element is None else Link(self, element)
        for name, plan in self.imports:
            # A model may also point at what its imports import.
            if (found := plan.link(requirement)) is not None:
                return found.below((name,))
        return None

    def links(self, requirements: Iterable[m.Requirement]) -> list[Link]:
        """What several requirements point at, dangling ones left out."""
        return [found for each in requirements if (found := self.link(each)) is not None]

    def required(self, element: m.Element) -> dict[str, Required]:
        """What an element may refer to by name: its requirements, imported ones below the import's name."""
        if element not in self._required:
            self._required[element] = self._find_required(element)
        return self._required[element]

    def _find_required(self, element: m.Element) -> dict[str, Required]:
        named: dict[str, Required] = {}
        if not isinstance(element, m.Decision | m.KnowledgeModel):
            return named
        for found in self.links(element.requires):
            alias = found.path[0] if found.path else ""
            if not alias:
                # An import without a name adds its elements to the names of the importing model.
                named[found.element.name] = found
                continue
            inner = named.setdefault(alias, {})
            if isinstance(inner, dict):
                inner[found.element.name] = found
        return named

    # Trees

    def readable(self) -> Iterator[tuple[m.Text, tree.Node, Surroundings]]:
        """The texts that could be read, with their trees and what they may refer to."""
        for text, node in self.trees.items():
            if isinstance(node, tree.Node):
                yield text, node, self.around[text]

    def _member_names(self) -> Iterator[str]:
        for item in self.model.items:
            yield from _component_names(item)
        for element in self.model.elements():
            yield from (name for each in boxes(logic_of(element)) for name in _made_names(each))
        for _, plan in self.imports:
            yield from plan.members
            yield from (each.name for each in plan.model.elements())

    def _parse_all(self) -> None:
        for element in self.model.elements():
            for text, around in self._texts_of(element):
                self.around[text] = around
                self.trees[text] = _parsed(text, around, text in self._domains)

    def _texts_of(self, element: m.Element) -> Iterator[tuple[m.Text, Surroundings]]:
        """Every text of an element with what it may refer to."""
        if not isinstance(element, m.Decision | m.KnowledgeModel):
            return
        known = {name: self._type_of(found) for name, found in self.required(element).items()}
        # A decision that defines a function may call itself.
        known[element.name] = ANY
        around = Surroundings(Names(GLOBAL_NAMES), self.members, self.types).with_names(known)
        yield from self._texts(logic_of(element), around)

    def _type_of(self, found: Required) -> Type:
        if not isinstance(found, Link):
            return ContextType("context", tuple((name, self._type_of(each)) for name, each in found.items()))
        if isinstance(found.element, m.InputData | m.Decision):
            return found.plan.type(found.element.type_name)
        return ANY

    def _texts(self, logic: m.Boxed | None, around: Surroundings) -> Iterator[tuple[m.Text, Surroundings]]:
        match logic:
            case m.LiteralExpression(text=text):
                yield text, around
            case m.DecisionTable():
                yield from ((text, around) for text in _table_texts(logic))
            case m.BoxedContext(entries=entries):
                for entry in entries:
                    # An entry that is a function may call itself.
                    own = {entry.name: self.type(entry.type_name)} if entry.name else {}
                    around = around.with_names(own)
                    yield from self._texts(entry.logic, around)
            case m.FunctionDefinition(parameters=parameters, body=body):
                own = {each.name: self.type(each.type_name) for each in parameters}
                yield from self._texts(body, around.with_names(own))
            case m.BoxedFilter(source=source, match=match):
                yield from self._texts(source, around)
                yield from self._texts(match, around.with_names(dict.fromkeys(["item", *self.members], ANY)))
            case m.Iteration(name=name, domain=domain, result=result):
                if isinstance(domain, m.LiteralExpression):
                    self._domains.add(domain.text)
                yield from self._texts(domain, around)
                yield from self._texts(result, around.with_names({name: ANY, "partial": ANY}))
            case m.Boxed():
                for part in parts(logic):
                    yield from self._texts(part, around)


def _table_texts(table: m.DecisionTable) -> Iterator[m.Text]:
    """The texts of a table, column by column, then row by row."""
    for column in table.inputs:
        yield from (text for text in (column.expression, column.allowed) if text is not None)
    for output in table.outputs:
        yield from (text for text in (output.values, output.default) if text is not None)
    for row in table.rows:
        yield from (*row.inputs, *row.outputs)


def _parsed(text: m.Text, around: Surroundings, domain: bool = False) -> tree.Node | Problem:
    """The tree of a text, or why it has none; an empty expression is null, an empty cell is '-'.

    What a boxed iteration goes over may be written low..high, as in 'for x in low..high'.
    """
    try:
        if text.tests:
            return parse_tests(text.source, around)
        return parse_expression(text.source, around) if text.source.strip() else tree.Literal(None)
    except FeelError as wrong:
        if domain and ".." in text.source:
            with suppress(FeelError):
                return parse_expression(f"for item in {text.source}\nreturn item", around)
        return problem(wrong.code, text.place.span(wrong.start, wrong.end), **wrong.params)


def passes(tests: tree.Node, value: Value) -> bool | None:
    """Whether a value passes tests that refer to nothing around them."""
    nowhere = Run(dt.datetime.min, dt.date.min)
    return logic.truth(Interpreter(nowhere).test(tests, value, Scope({})))


def parts(logic: m.Boxed) -> tuple[m.Boxed, ...]:
    """The logic directly inside other logic."""
    match logic:
        case m.BoxedContext(entries=entries):
            return tuple(entry.logic for entry in entries)
        case m.Invocation(function=function, bindings=bindings):
            return (function, *(each for _, each in bindings))
        case m.FunctionDefinition(body=body):
            return (body,)
        case m.BoxedList(items=items):
            return items
        case m.Relation(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case m.Conditional(condition=condition, consequence=consequence, alternative=alternative):
            return (condition, consequence, alternative)
        case m.BoxedFilter(source=source, match=match):
            return (source, match)
        case m.Iteration(domain=domain, result=result):
            return (domain, result)
    return ()


def logic_of(element: m.Element) -> m.Boxed | None:
    """The logic of a decision or of business knowledge."""
    if isinstance(element, m.Decision):
        return element.logic
    return element.function if isinstance(element, m.KnowledgeModel) else None


def boxes(logic: m.Boxed | None) -> Iterator[m.Boxed]:
    """Logic and everything inside it."""
    if logic is not None:
        yield logic
        for part in parts(logic):
            yield from boxes(part)


def _component_names(item: m.ItemDefinition) -> Iterator[str]:
    for component in item.components:
        yield component.name
        yield from _component_names(component)


def _made_names(logic: m.Boxed) -> Iterator[str]:
    """The members of the contexts that logic makes."""
    if isinstance(logic, m.BoxedContext):
        yield from (entry.name for entry in logic.entries if entry.name)
    elif isinstance(logic, m.Relation):
        yield from logic.columns
    elif isinstance(logic, m.DecisionTable):
        yield from (column.name for column in logic.outputs if column.name)
