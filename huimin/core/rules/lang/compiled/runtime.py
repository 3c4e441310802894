"""What the made functions call: the same steps as the interpreter's, for what is not written out in the source.

`at` is where a failure is noted: the place of the text, and the span of the node in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .. import arithmetic, logic, members, tables
from .. import model as m
from ..functions import NoMatchError, NoResultError
from ..plan import Link, Plan
from ..problems import Place
from ..running import Session, accepted
from ..schema import NotOfTypeError, Type, coerced
from ..scope import ABSENT, Run, Scope
from ..text import shown
from ..tree import Node
from ..values import Function, Range, Value, kind

At = tuple[Place, int, int]


class Leave(Exception):
    """What happened is rare: the whole evaluation is done again by the interpreter."""


class Quiet(Run):
    """A run that nobody asks for diagnostics."""

    def fail(self, code: str, start: int = 0, end: int = 0, /, **params: object) -> Value:
        """Null, without a word."""
        return None


QUIET = Quiet(dt.datetime.min, dt.date.min)


def fail(run: Run, at: At, code: str, **params: object) -> Value:
    """Notes why a value is null, and returns that null."""
    run.place = at[0]
    return run.fail(code, at[1], at[2], **params)


# Facts


@dataclass(frozen=True, eq=False)
class Fact:
    """A fact to be read: under which names, of which type, and where what is wrong with it is noted."""

    key: str
    name: str
    type: Type
    place: Place


def fact(facts: Mapping[str, Any], run: Run, wanted: Fact) -> Value:
    """A fact as a value of its type; null with a diagnostic when it is missing or cannot be."""
    run.place = wanted.place
    name = wanted.key if wanted.key in facts else wanted.name
    if name not in facts:
        return run.fail("fact.missing", name=wanted.key)
    return typed(run, wanted.place, accepted(name, facts[name], run), wanted.type)


def typed(run: Run, place: Place, value: Value, wanted: Type) -> Value:
    """The value as a type; null with a diagnostic when it cannot be."""
    try:
        return coerced(value, wanted)
    except NotOfTypeError:
        run.place = place
        return run.fail("eval.type", value=shown(value), type=wanted)


def surely(value: Value, wanted: Type) -> Value:
    """The value as a type, where a failure is left to the interpreter."""
    try:
        return coerced(value, wanted)
    except NotOfTypeError:
        raise Leave from None


# Operators


def calculated(run: Run, at: At, operator: str, left: Value, right: Value) -> Value:
    """left operator right."""
    try:
        return arithmetic.calculate(operator, left, right)
    except arithmetic.NotDefinedError:
        return fail(run, at, "eval.operands", operator=operator, left=kind(left), right=kind(right))
    except ZeroDivisionError:
        return fail(run, at, "eval.division_by_zero")
    except (ArithmeticError, ValueError):
        return fail(run, at, "eval.number", operator=operator)


def negated(run: Run, at: At, operand: Value) -> Value:
    """-operand."""
    try:
        return arithmetic.negate(operand)
    except arithmetic.NotDefinedError:
        return fail(run, at, "eval.operand", operator="-", left=kind(operand))


def decided(run: Run, at: At, operator: str, left: Value, right: Value) -> logic.Truth:
    """left operator right, with a diagnostic where they do not compare."""
    found = logic.decide(operator, left, right)
    if found is None:
        fail(run, at, "eval.compare", operator=operator, left=kind(left), right=kind(right))
    return found


def between(run: Run, at: At, value: Value, low: Value, high: Value) -> logic.Truth:
    """value between low and high."""
    above = decided(run, at, ">=", value, low)
    return logic.conjunction(above, decided(run, at, "<=", value, high))


def truth(run: Run, at: At, operator: str, value: Value) -> logic.Truth:
    """An operand of and, or: with a diagnostic where it is no truth."""
    if value is not None and not isinstance(value, bool):
        fail(run, at, "eval.boolean", operator=operator, found=kind(value))
    return logic.truth(value)


def condition(run: Run, at: At, value: Value) -> bool:
    """Whether a condition is true; a diagnostic where it is neither true nor false."""
    if not isinstance(value, bool):
        fail(run, at, "eval.condition", found=kind(value))
    return value is True


def member(run: Run, at: At, source: Value, name: str) -> Value:
    """source.name."""
    found = members.member(source, name)
    return fail(run, at, "eval.no_member", source=kind(source), name=name) if found is ABSENT else found


def span(run: Run, at: At, low: Value, high: Value, closed: tuple[bool, bool, bool]) -> Value:
    """[low..high]."""
    ends = [end for end in (low, high) if end is not None]
    if (
        not ends
        or (len(ends) == 2 and logic.compare("<=", low, high) is None)
        or not logic.orderable(ends[0])
    ):
        return fail(run, at, "eval.range", low=shown(low), high=shown(high))
    return Range(low, high, closed[0], closed[1], closed[2] and len(ends) < 2)


def tested(value: Value, found: Value) -> logic.Truth:
    """What a test with '?' says of a value: its truth, or, where it gives anything else, whether the value is that."""
    if found is None or isinstance(found, bool):
        return logic.truth(found)
    return logic.member(value, found)


def invoked(run: Run, at: At, function: Function, values: list[Value]) -> Value:
    """function(values)."""
    try:
        return function.call(values)
    except NoMatchError as refused:
        return fail(run, at, "eval.arguments", name=function.name, reason=refused)
    except NoResultError as refused:
        return fail(run, at, "eval.result", name=function.name, reason=refused)
    except (ArithmeticError, ValueError, arithmetic.NotDefinedError):
        return fail(run, at, "eval.result", name=function.name, reason="the values do not go together")


# Tables


@dataclass(frozen=True, eq=False)
class Output:
    """A cell of an output column: its type, and the tests its value has to pass, with their place."""

    type: Type
    place: Place
    allowed: m.Text | None
    passes: Callable[[Value], bool]


def output(run: Run, wanted: Output, value: Value) -> Value:
    """An output as its column takes it."""
    value = typed(run, wanted.place, value, wanted.type)
    if wanted.allowed is None or value is None or wanted.passes(value):
        return value
    run.place = wanted.allowed.place
    return run.fail("table.output_values", value=shown(value), allowed=wanted.allowed.source)


def settled(run: Run, plan: Plan, table: m.DecisionTable, hits: list[Any], matched: list[Any]) -> Value:
    """What the hit policy makes of rows that hit: pairs of a row and its output values."""
    session = Session({}, run)
    session.matched = matched
    return tables.settled(session, plan, table, Scope({}), hits)


# What is left to the interpreter


class Bridge(Session):
    """The interpreter's session beside a made function: it reads facts and decisions through that function."""

    def __init__(
        self, facts: Mapping[str, Any], run: Run, readers: Mapping[m.Element, Callable[[], Value]]
    ) -> None:
        super().__init__(facts, run)
        self._readers = readers

    def value(self, link: Link) -> Value:
        """The value of an element: what the function knows, or what the interpreter finds."""
        # Behind imports one element may have several values: those are the interpreter's own.
        reader = None if link.path else self._readers.get(link.element)
        if reader is None:
            return super().value(link)
        place = self.run.place
        value = reader()
        self.run.place = place
        return value

    def whole(self, link: Link) -> Value:
        """A decision whose logic is left to the interpreter."""
        assert isinstance(link.element, m.Decision)
        return self._decided(link, link.element)

    def expression(self, place: Place, node: Node, link: Link, names: Mapping[str, Value]) -> Value:
        """An expression that is left to the interpreter, within an element."""
        self.run.place = place
        return self.interpreter.evaluate(node, Scope(names, self.scope(link.plan, link.element)))

    def test(self, place: Place, node: Node, link: Link, names: Mapping[str, Value], value: Value) -> Value:
        """A unary test that is left to the interpreter."""
        self.run.place = place
        return self.interpreter.test(node, value, Scope(names, self.scope(link.plan, link.element)))


def whole_number(value: Decimal) -> int | None:
    """The integer of a decimal that has no decimals."""
    return int(value) if value == value.to_integral_value() else None
