"""Where a value lies among the regions of a column: a look-up for texts and truths, comparisons for what is ordered."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import kinds as k
from .kinds import Kinds
from .regions import Regions

if TYPE_CHECKING:
    from .program import Program


class Placing:
    """Writes into target in which region a value lies, or which rows hold for it."""

    def __init__(self, program: Program, regions: Regions, target: str, by_region: bool) -> None:
        self.program, self.regions, self.target, self.by_region = program, regions, target, by_region
        self.add, self.constant = program.add, program.constants.name

    def leaf(self, region: int) -> int:
        """What stands for a region."""
        return region if self.by_region else self.regions.hits[region]

    def null(self) -> int:
        """What stands for null."""
        return self.leaf(self.regions.of(None))

    def put(self, source: str | int) -> None:
        """Writes the assignment."""
        self.add(f"{self.target} = {source}")

    def anyhow(self, value: str) -> None:
        """Asks the interpreter about a value of any kind."""
        way = self.regions.of if self.by_region else self.regions.hits_of
        self.put(f"{self.constant(way)}({value})")

    def number(self, value: str, whole: bool = False) -> str:
        """The source of the region of a number; whole when it is a Python integer."""
        return self._ordered("number", value, _whole if whole else lambda sign, point: (sign, point))

    def day(self, value: str) -> str:
        """The source of the region of a date."""
        return self._ordered("date", value, lambda sign, point: (sign, point))

    def _ordered(self, name: str, value: str, bound: Callable[[str, Any], tuple[str, Any]]) -> str:
        regions, between = self.regions.cut(name)

        def choice(low: int, high: int) -> str:
            if high - low == 1 or len({self.leaf(each) for each in regions[low:high]}) == 1:
                return str(self.leaf(regions[low]))
            middle = (low + high) // 2
            sign, point = bound(*between[middle - 1])
            own = str(point) if type(point) is int else self.constant(point)
            return f"({choice(low, middle)} if {value} {sign} {own} else {choice(middle, high)})"

        return choice(0, len(regions))

    def text(self, value: str, nullable: bool) -> str:
        """The source of the region of a text, or of null where it may be that."""
        named = self.regions.named()
        if named is None:
            found = self._ordered("string", value, lambda sign, point: (sign, point))
            return f"({self.null()} if {value} is None else {found})" if nullable else found
        other = self.leaf(self.regions.of(other_than(named)))
        leaves: dict[str | None, int] = {text: self.leaf(region) for text, region in named.items()}
        if nullable:
            leaves[None] = self.null()
        if all(each == other for each in leaves.values()):
            return str(other)
        return f"{self.constant(leaves.get)}({value}, {other})"

    def truth(self, value: str) -> str:
        """The source of the region of true, false or null."""
        leaves = {each: self.leaf(self.regions.of(each)) for each in (True, False, None)}
        if len(set(leaves.values())) == 1:
            return str(leaves[None])
        return f"{self.constant(leaves.__getitem__)}({value})"

    def of(self, value: str, kinds: Kinds) -> None:
        """Writes the placing of a value of these kinds."""
        certain: tuple[tuple[str, Callable[[], str]], ...] = (
            ("boolean", lambda: self.truth(value)),
            ("string", lambda: self.text(value, "null" in (kinds or ()))),
            ("number", lambda: f"({self.null()} if {value} is None else {self.number(value)})"),
        )
        for name, whole in certain:
            if k.only(kinds, name, "null"):
                self.put(whole())
                return
        kind = self.program.names.fresh("k")
        self.add(f"{kind} = type({value})")
        head = "if"
        ways: tuple[tuple[str, str, Callable[[], str]], ...] = (
            ("string", "str", lambda: self.text(value, False)),
            ("number", "Decimal", lambda: self.number(value)),
            ("boolean", "bool", lambda: self.truth(value)),
            ("date", "date", lambda: self.day(value)),
            ("null", "NoneType", lambda: str(self.null())),
        )
        for name, python, source in ways:
            if kinds is None or name in kinds:
                with self.program.lines.block(f"{head} {kind} is {python}:"):
                    self.put(source())
                head = "elif"
        if head == "if":
            self.anyhow(value)
            return
        with self.program.lines.block("else:"):
            self.anyhow(value)


def other_than(named: dict[str, int]) -> str:
    other = ""
    while other in named:
        other += "\0"
    return other


def _whole(sign: str, point: Decimal) -> tuple[str, int]:
    """A bound for whole numbers that says the same as one with decimals."""
    if point == point.to_integral_value():
        return sign, int(point)
    return "<=", math.floor(point)
