"""Evaluates the decisions of a model, each once, as they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any

from . import boxed
from . import model as m
from .explanation import DecisionTrace, Evaluation, Matched, TableTrace
from .interpret import Interpreter, closure
from .plan import Link, Plan, Required
from .problems import Place, Problem
from .schema import NotOfTypeError, Type, coerced
from .scope import Run, Scope
from .text import shown
from .tree import Node
from .values import NUMBERS, TooLongError, Value, is_value, number

_Context = dict[str, Any]


class Lazy(Mapping[str, Value]):
    """Values by name, worked out when first read, so that only facts really read are recorded."""

    def __init__(self, named: Mapping[str, Callable[[], Value]]) -> None:
        self._named = named

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def __getitem__(self, name: str) -> Value:
        return self._named[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)


def accepted(name: str, value: Any, run: Run) -> Value:
    """A fact as a FEEL value: whole numbers become decimal, binary floating point is refused."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float) or (isinstance(value, Decimal) and not value.is_finite()):
        return run.fail("fact.float", name=name)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, list | tuple):
        return [accepted(name, item, run) for item in value]
    if isinstance(value, Mapping):
        return {str(key): accepted(name, item, run) for key, item in value.items()}
    if not is_value(value):
        return run.fail("fact.unknown_value", name=name, kind=type(value).__name__)
    return value


class Session:
    """One evaluation of one model for one set of facts."""

    def __init__(self, facts: Mapping[str, Any], run: Run) -> None:
        self.facts, self.run = facts, run
        self.interpreter = Interpreter(run)
        self.used: dict[str, Value] = {}
        self.matched: list[Matched] = []
        self.trace: list[DecisionTrace] = []
        self._tables: list[TableTrace] = []
        self._known: dict[tuple[tuple[str, ...], m.Element], Value] = {}
        self._open: set[tuple[tuple[str, ...], m.Element]] = set()

    def value(self, link: Link) -> Value:
        """The value of an element: a fact, an outcome, or a function."""
        key = (link.path, link.element)
        if key in self._known:
            return self._known[key]
        match link.element:
            case m.InputData():
                value = self._fact(link, link.element)
            case m.Decision():
                value = self._decided(link, link.element)
            case m.KnowledgeModel():
                value = self.knowledge(link.plan, link.element, link.path)
            case m.Service():
                value = self.service(link.plan, link.element, link.path)
            case _:
                value = None
        self._known[key] = value
        return value

    def given(self, known: Iterable[tuple[Link, Value]]) -> None:
        """Sets the values of elements, as a decision service does with its inputs."""
        self._known.update(((link.path, link.element), value) for link, value in known)

    # Texts

    def tree(self, plan: Plan, text: m.Text) -> Node | None:
        """The tree of a text, the run placed at it; None with a diagnostic when it could not be read."""
        self.run.place = text.place
        found = plan.trees[text]
        if not isinstance(found, Problem):
            return found
        self.run.fail("eval.unparsable", reason=found.message)
        return None

    def evaluate(self, plan: Plan, text: m.Text, scope: Scope) -> Value:
        """The value of a text."""
        node = self.tree(plan, text)
        if node is None:
            return None
        try:
            return self.interpreter.evaluate(node, scope)
        except (RecursionError, TooLongError) as wrong:
            return self.run.gave_up(wrong)

    def typed(self, value: Value, wanted: Type, place: Place) -> Value:
        """The value as a type; null with a diagnostic when it cannot be."""
        try:
            return coerced(value, wanted)
        except NotOfTypeError:
            self.run.place = place
            return self.run.fail("eval.type", value=shown(value), type=wanted)

    # Facts

    def _fact(self, link: Link, element: m.InputData) -> Value:
        outer, place = self.run.place, Place(element=element.name)
        self.run.place = place
        name, value = self._found(link.path, element)
        if name is None:
            name = element.key
            self.run.fail("fact.missing", name=name)
        else:
            value = self.typed(accepted(name, value, self.run), link.plan.type(element.type_name), place)
        self.used[name] = value
        # Whoever reads the fact goes on where it stood.
        self.run.place = outer
        return value

    def _found(self, path: tuple[str, ...], element: m.InputData) -> tuple[str | None, Any]:
        """A fact with the name it was found under; that of an imported model may be given below the import."""
        inside: Any = self.facts
        for step in path:
            inside = inside.get(step) if isinstance(inside, Mapping) else None
        dotted = ".".join((*path, element.name))
        if path and isinstance(inside, Mapping) and element.name in inside:
            return dotted, inside[element.name]
        names = (element.key, dotted, element.name)
        return next(((name, self.facts[name]) for name in names if name in self.facts), (None, None))

    # Decisions

    def _decided(self, link: Link, decision: m.Decision) -> Value:
        plan, place, key = link.plan, Place(element=decision.name), (link.path, decision)
        if key in self._open:
            self.run.place = place
            return self.run.fail("dmn.cycle", name=decision.name, path=decision.name)
        if decision.logic is None:
            self.run.place = place
            return self.run.fail("dmn.no_logic", name=decision.name)
        self._open.add(key)
        outer_place, outer_tables, self._tables = self.run.place, self._tables, []
        try:
            value = boxed.evaluate(self, plan, decision.logic, self.scope(plan, decision, link.path))
        except (RecursionError, TooLongError) as wrong:
            value = self.run.gave_up(wrong)
        value = self.typed(value, plan.type(decision.type_name), place)
        self.trace.append(
            DecisionTrace(decision.name, boxed.KINDS[type(decision.logic)], value, tuple(self._tables))
        )
        self._tables, self.run.place = outer_tables, outer_place
        self._open.discard(key)
        return value

    def looked_at(self, table: TableTrace) -> None:
        """Records one look at a table for the decision being evaluated."""
        self._tables.append(table)

    def scope(self, plan: Plan, element: m.Element, path: tuple[str, ...] = ()) -> Scope:
        """The names an element may use: what it requires, and nothing else."""
        named = {name: self._reader(found, path) for name, found in plan.required(element).items()}
        return Scope(Lazy(named))

    def _reader(self, found: Required, path: tuple[str, ...]) -> Callable[[], Value]:
        if isinstance(found, Link):
            link = found.below(path)
            return lambda: self.value(link)
        inner = {name: each.below(path) for name, each in found.items()}
        return lambda: {name: self.value(each) for name, each in inner.items()}

    # Functions

    def knowledge(self, plan: Plan, element: m.KnowledgeModel, path: tuple[str, ...] = ()) -> Value:
        """Business knowledge as a function; its result is of the declared type."""
        if element.function is None:
            return self.run.fail("dmn.no_logic", name=element.name)
        # The type of a function itself says what it gives; any other is the type of the result.
        declared = plan.type(element.type_name)
        wanted = getattr(declared, "result", declared)
        scope = self.scope(plan, element, path)
        return boxed.function(self, plan, element.function, scope, name=element.name, result=wanted)

    def service(self, plan: Plan, element: m.Service, path: tuple[str, ...] = ()) -> Value:
        """A decision service as a function of its input data and input decisions, in this order."""
        inputs = plan.links([*element.input_data, *element.input_decisions])
        outputs = plan.links(element.outputs)
        declared = plan.type(element.type_name)
        wanted = getattr(declared, "result", declared)
        names = tuple(each.element.name for each in inputs)
        types = tuple(each.plan.type(each.element.type_name) for each in inputs)

        def body(values: _Context) -> Value:
            inner = Session(self.facts, self.run)
            inner.used, inner.matched, inner.trace = self.used, self.matched, self.trace
            inner.given((each.below(path), values[each.element.name]) for each in inputs)
            found = {each.element.name: inner.value(each.below(path)) for each in outputs}
            result = next(iter(found.values())) if len(found) == 1 else found
            return self.typed(result, wanted, Place(element=element.name))

        return closure(element.name, names, types, body, wanted)


def evaluated(link: Link, facts: Mapping[str, Any], now: dt.datetime, today: dt.date) -> Evaluation:
    """A decision for one subject as the interpreter evaluates it."""
    session = Session(facts, Run(now, today))
    # Signs in front of a number round to the context of the thread, whose default has fewer digits.
    with localcontext(NUMBERS):
        outcome = session.value(link)
    return Evaluation(
        link.element.name,
        outcome,
        tuple(session.matched),
        tuple(session.trace),
        session.used,
        tuple(session.run.diagnostics),
    )
