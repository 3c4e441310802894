"""A column of a table cut into regions: within one, every cell that names constants alone says the same.

What a region is worth is found by asking the interpreter about one value of it, so a cell means here what it
means there. A region is known by its truths: one per cell, True, False or None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Any

from .. import tree
from ..functions import BUILT_IN
from ..interpret import Interpreter
from ..scope import Run, Scope
from ..tree import Node
from ..values import Range, Value, kind

Truths = tuple[bool | None, ...]
_NOWHERE = Scope({})
_EXACT = Context(prec=200)
POINTED = {"number": Decimal, "string": str, "date": dt.date}
"""The kinds whose values lie in regions between points, and the one Python type of each."""


def constant(node: Node) -> bool:
    """Whether an expression or test has one meaning whatever surrounds it and whatever it tests."""
    called = {id(each.function) for each in node.walk() if isinstance(each, tree.Call)}
    for each in node.walk():
        if isinstance(each, tree.Name):
            if id(each) not in called or each.name not in BUILT_IN:
                return False
        elif isinstance(
            each, tree.For | tree.Quantified | tree.Filter | tree.FunctionOf | tree.NamedCall
        ) or (isinstance(each, tree.ValueTest) and each.conditional):
            return False
    return True


def known(node: Node) -> tuple[bool, Value]:
    """Whether an expression is a constant without diagnostics, and its value."""
    if not constant(node):
        return False, None
    run = Run(dt.datetime.min, dt.date.min)
    value = Interpreter(run).evaluate(node, _NOWHERE)
    return not run.diagnostics, value


def points(node: Node) -> list[Value] | None:
    """The constants with which a test compares; None when it is not of constants alone."""
    if not constant(node):
        return None
    found: list[Value] = []
    for each in node.walk():
        inner = each.operand if isinstance(each, tree.OperatorTest) else None
        inner = each.expression if isinstance(each, tree.ValueTest) else inner
        if inner is not None:
            certain, value = known(inner)
            if not certain:
                return None
            found += _parts(value)
    return found


def _parts(value: Value) -> Iterator[Value]:
    if isinstance(value, Range):
        yield from (value.low, value.high)
    elif isinstance(value, list):
        for each in value:
            yield from _parts(each)
    else:
        yield value


class Regions:
    """The regions of one column: tests are the constant cells, None where a cell is not constant.

    hits holds for each region the rows whose cell holds, the first row in the highest bit, rows without a
    constant cell among them; passes says whether the values that the column allows hold the region.
    """

    def __init__(self, tests: Sequence[Node | None], allowed: Node | None = None) -> None:
        self.tests, self._allowed = [*tests, allowed], allowed
        self.truths: list[Truths] = []
        self.hits: list[int] = []
        self.passes: list[bool] = []
        self._numbers: dict[Truths, int] = {}
        self._interpreter = Interpreter(Run(dt.datetime.min, dt.date.min))
        self._points: dict[str, list[Any]] = {name: [] for name in POINTED}
        for test in self.tests:
            for point in (test is not None and points(test)) or ():
                name = kind(point)
                if name in POINTED and type(point) is POINTED[name] and point not in self._points[name]:
                    self._points[name].append(point)
        for listed in self._points.values():
            listed.sort()

    def effort(self) -> int:
        """How many tests it takes to cut the column into regions."""
        return len(self.tests) * (2 * sum(len(each) for each in self._points.values()) + 5)

    def of(self, value: Value) -> int:
        """The number of the region of a value."""
        found = tuple(None if test is None else self._truth(test, value) for test in self.tests)
        return self._number(found if value is not None else (*found[:-1], True))

    def hits_of(self, value: Value) -> int:
        """The rows whose cell a value passes."""
        return self.hits[self.of(value)]

    def _truth(self, test: Node, value: Value) -> bool | None:
        return self._interpreter.test(test, value, _NOWHERE)

    def _number(self, found: Truths) -> int:
        if found not in self._numbers:
            rows = zip(found[:-1], self.tests, strict=False)
            self.hits.append(bits(test is None or each is True for each, test in rows))
            self.passes.append(self._allowed is None or found[-1] is True)
            self.truths.append(found[:-1])
            self._numbers[found] = len(self.truths) - 1
        return self._numbers[found]

    def cut(self, name: str) -> tuple[list[int], list[tuple[str, Any]]]:
        """The regions of a kind in order, and between each two the sign and point that hold for the lower."""
        regions: list[int] = []
        between: list[tuple[str, Any]] = []
        for sign, point, value in _walk(name, self._points[name]):
            region = self.of(value)
            if regions and regions[-1] == region:
                continue
            if regions:
                between.append((sign, point))
            regions.append(region)
        return regions, between

    def named(self) -> dict[str, int] | None:
        """The regions of the texts that are named, where no cell asks for an order of texts; else None."""
        texts = self._points["string"]
        others = {self.of(value) for _, point, value in _walk("string", texts) if value not in texts}
        if len(others) > 1:
            return None
        return {text: self.of(text) for text in texts}


def _walk(name: str, found: list[Any]) -> Iterator[tuple[str, Any, Value]]:
    """A value of every region in ascending order, with the sign and point that the values below it satisfy."""
    if not found:
        yield "", None, _SOME[name]
        return
    below = _BELOW[name](found[0])
    if below is not None:
        yield "", None, below
    for place, point in enumerate(found):
        yield "<", point, point
        after = _BETWEEN[name](point, found[place + 1] if place + 1 < len(found) else None)
        if after is not None:
            yield "<=", point, after


def _number_between(low: Decimal, high: Decimal | None) -> Decimal | None:
    if high is None:
        return _EXACT.add(low, abs(low) + 1)
    middle = _EXACT.divide(_EXACT.add(low, high), Decimal(2))
    if not low < middle < high:
        raise OverflowError("two numbers are too far apart")
    return middle


def _text_between(low: str, high: str | None) -> str | None:
    after = low + "\0"
    return after if high is None or after < high else None


def _day_between(low: dt.date, high: dt.date | None) -> dt.date | None:
    if low == dt.date.max:
        return None
    after = low + dt.timedelta(days=1)
    return after if high is None or after < high else None


_SOME: dict[str, Value] = {"number": Decimal(0), "string": "", "date": dt.date(2000, 1, 1)}
_BELOW: dict[str, Callable[[Any], Value]] = {
    "number": lambda point: _EXACT.subtract(point, abs(point) + 1),
    "string": lambda point: "" if point else None,
    "date": lambda point: None if point == dt.date.min else point - dt.timedelta(days=1),
}
_BETWEEN: dict[str, Callable[[Any, Any], Value]] = {
    "number": _number_between,
    "string": _text_between,
    "date": _day_between,
}


def bits(holds: Iterable[bool]) -> int:
    """The rows for which something holds, the first row in the highest bit."""
    found = 0
    for each in holds:
        found = found << 1 | each
    return found
