"""What a piece of a rule depends on: its variables, and everything its comparisons compare them with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .. import model as m
from ..logic import compare
from ..names import Names
from ..parser import Surroundings, parse_tests
from ..plan import GLOBAL_NAMES, Link, Plan
from ..scanner import FeelError
from ..schema import ContextType, FunctionType, ListType, RangeType, Restricted, Type
from ..tree import Node
from ..values import Value
from . import polynomials as p
from .forms import ORDERED, Count, Form, Known, Plain, counted
from .notes import About, Notes

Key = Any
"""What a variable is known by: an element of the graph, or a parameter of business knowledge."""


@dataclass(frozen=True)
class Moment:
    """The day and moment that today() and now() give."""

    today: dt.date = dt.date(2026, 1, 1)
    now: dt.datetime = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@dataclass(eq=False)
class Variable:
    """A fact, a parameter, or a decision whose facts nothing else here reads; kind may be learned later."""

    number: int
    key: Key
    name: str
    type: Type
    about: About
    kind: str
    values: tuple[Value, ...] | None = None  # of a decision: all it can give
    allowed: list[Callable[[Value], bool]] = field(default_factory=list)


@dataclass(eq=False)
class Space:
    """Variables with what they are compared with; vague says why one of them is not exact."""

    moment: Moment
    notes: Notes
    variables: list[Variable] = field(default_factory=list)
    points: dict[int, list[Value]] = field(default_factory=dict)
    ordered: set[int] = field(default_factory=set)
    together: list[tuple[int, int]] = field(default_factory=list)  # texts compared with each other
    polys: list[p.Poly] = field(default_factory=list)
    cuts: dict[int, list[tuple[Callable[[Value], Value], Value]]] = field(default_factory=dict)
    vague: dict[int, str] = field(default_factory=dict)
    _numbers: dict[Key, int] = field(default_factory=dict)

    def variable(self, key: Key) -> Variable | None:
        """A variable that is known already."""
        number = self._numbers.get(key)
        return None if number is None else self.variables[number]

    def fact(self, link: Link) -> Plain:
        """An input as a variable."""
        element = link.element
        kind = link.plan.type(element.type_name)
        return self.plain(self._add(element, element.name, kind, self.notes.of(element)))

    def parameter(self, owner: m.Element, name: str, kind: Type) -> Plain:
        """A parameter of business knowledge as a variable."""
        return self.plain(self._add((owner, name), name, kind, About()))

    def block(self, link: Link, values: Iterable[Value]) -> Plain:
        """A decision as a variable that takes one of these values."""
        element = link.element
        found = self._add(element, element.name, link.plan.type(element.type_name), About())
        found.values = tuple(values)
        return Plain(found.number, found.kind, finite=True, reads=frozenset([found.number]))

    def plain(self, found: Variable) -> Plain:
        """A variable as a form; a truth has few values."""
        return Plain(
            found.number, found.kind, finite=found.kind == "boolean", reads=frozenset([found.number])
        )

    def _add(self, key: Key, name: str, kind: Type, about: About) -> Variable:
        known = self.variable(key)
        if known is not None:
            return known
        found = Variable(len(self.variables), key, name, kind, about, base(kind).name)
        self._numbers[key] = found.number
        self.variables.append(found)
        if isinstance(base(kind), ListType | ContextType | RangeType | FunctionType):
            self.blur([found.number], base(kind).name)
        if about.least is not None:
            self.points[found.number] = [about.least]
            found.allowed.append(lambda value: compare(">=", value, about.least) is not False)
        while isinstance(kind, Restricted):
            found.allowed.append(lambda value, kind=kind: kind.allows(value) is True)  # type: ignore[misc]
            kind = kind.base
        return found

    # What is noted

    def blur(self, numbers: Iterable[int], why: str) -> None:
        """These variables are used in a way that is not followed exactly."""
        for number in numbers:
            self.vague.setdefault(number, why)

    def point(self, number: int, value: Value, ordered: bool) -> None:
        """A variable is compared with a constant."""
        if value is None:
            return
        found = self.variables[number]
        if found.values is not None:
            return
        self.points.setdefault(number, []).append(value)
        if ordered:
            self.ordered.add(number)

    def kind(self, number: int, wanted: str) -> str:
        """The kind of a variable; one without a declared type takes what it is calculated with."""
        found = self.variables[number]
        if found.kind in ("Any", "") and wanted in ORDERED:
            found.kind = wanted
        return found.kind

    def count(self, form: Form, wanted: str = "number") -> Count | None:
        """A form as numbers, where it is or can be some."""
        from .forms import count_of

        if isinstance(form, Plain):
            found = self.variables[form.number]
            if found.values is not None:
                form = Plain(form.number, self._kind_of(found), reads=form.reads)
            else:
                form = Plain(form.number, self.kind(form.number, wanted), reads=form.reads)
        return count_of(form)

    def _kind_of(self, found: Variable) -> str:
        kinds = {each[0] for value in found.values or () if (each := counted(value)) is not None}
        return kinds.pop() if len(kinds) == 1 else found.kind

    # Comparing

    def compare(self, operator: str, left: Form, right: Form) -> None:
        """Notes where left operator right changes its answer."""
        for one, two in ((left, right), (right, left)):
            if isinstance(one, Plain) and isinstance(two, Known):
                for value in two.values:
                    self.point(one.number, value, operator not in ("=", "!="))
                if self.variables[one.number].values is not None or counted_all(two.values) is None:
                    return
        if left.finite and right.finite:
            return
        wanted = next((each.kind for each in (left, right) if isinstance(each, Count)), "")
        wanted = wanted or next(
            (each.kind for each in (left, right) if isinstance(each, Plain) and each.kind in ORDERED), ""
        )
        wanted = wanted or next(
            (
                found
                for each in (left, right)
                if isinstance(each, Known) and (found := counted_all(each.values))
            ),
            "",
        )
        one_, two_ = self.count(left, wanted), self.count(right, wanted)
        if one_ is not None and two_ is not None and one_.kind == two_.kind:
            self._differences(one_, two_)
        elif isinstance(left, Plain) and isinstance(right, Plain):
            self.together.append((left.number, right.number))
        elif not self._cut(left, right) and not self._cut(right, left):
            self.blur(left.reads | right.reads, operator)

    def _differences(self, left: Count, right: Count) -> None:
        for one in left.ratios:
            for two in right.ratios:
                try:
                    first = p.times(one.top, two.bottom)
                    self.sign(p.plus(first, p.times(two.top, one.bottom), -1))
                    self.sign(one.bottom)
                    self.sign(two.bottom)
                except p.TooLargeError:
                    self.blur(left.reads | right.reads, "size")

    def _cut(self, moving: Form, fixed: Form) -> bool:
        from .forms import Rising

        if not isinstance(moving, Rising) or not isinstance(fixed, Known):
            return False
        for value in fixed.values:
            if value is not None:
                self.cuts.setdefault(moving.number, []).append((moving.of, value))
        return True

    def sign(self, poly: p.Poly) -> None:
        """The answer changes where this is nought."""
        continuous = [n for n in p.variables(poly) if self.variables[n].values is None]
        if continuous:
            self.polys.append(poly)

    def allowed(self, number: int) -> None:
        """Notes the values that a variable's own type lets through."""
        from .walking import Walker

        found = self.variables[number]
        kind = found.type
        while isinstance(kind, Restricted):
            tests = tests_of(kind.text)
            if tests is not None:
                Walker(self, None, None).tests(tests, self.plain(found), {})
            kind = kind.base


def counted_all(values: Iterable[Value]) -> str | None:
    """The one counted kind of all these values, or None."""
    kinds = {found[0] if (found := counted(value)) else None for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else None


def base(kind: Type) -> Type:
    """A type without its restriction to some values."""
    while isinstance(kind, Restricted):
        kind = kind.base
    return kind


def tests_of(text: str) -> Node | None:
    """Allowed values as tests; None where they cannot be read."""
    try:
        return parse_tests(text, Surroundings(Names(GLOBAL_NAMES)))
    except FeelError:
        return None


def leaves(link: Link) -> frozenset[m.Element]:
    """The inputs that an element stands on, through everything it requires."""
    found: set[m.Element] = set()
    waiting, seen = [link], set()
    while waiting:
        each = waiting.pop()
        if each.element in seen:
            continue
        seen.add(each.element)
        if isinstance(each.element, m.InputData):
            found.add(each.element)
        waiting += below(each)
    return frozenset(found)


def below(link: Link) -> list[Link]:
    """What an element requires directly."""
    element, plan = link.element, link.plan
    if isinstance(element, m.Decision | m.KnowledgeModel):
        return plan.links(element.requires)
    if isinstance(element, m.Service):
        return plan.links([*element.outputs, *element.input_decisions, *element.input_data])
    return []


__all__ = ["Form", "Known", "Moment", "Plan", "Space", "Variable", "base", "below", "leaves", "tests_of"]
