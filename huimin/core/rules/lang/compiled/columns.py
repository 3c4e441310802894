"""The input columns of a table: a fact is read, checked and put into its region in one go."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import model as m
from .. import tree
from ..plan import Link
from ..schema import Restricted, Type
from . import kinds as k
from .expressions import Around, Made
from .kinds import Kinds
from .regions import Regions, points

if TYPE_CHECKING:
    from .program import Program

LIMIT = 10**34
"""Whole numbers below it have no more digits than a number of FEEL keeps."""


@dataclass(frozen=True)
class Column:
    """A column as it stands in the source: the names of its value, of its region and of the rows that hold."""

    value: str
    kinds: Kinds
    region: str
    hits: str
    regions: Regions


class Columns:
    """Makes the columns of one table."""

    def __init__(self, program: Program, table: m.DecisionTable, around: Around) -> None:
        self.program, self.table, self.around = program, table, around
        self.plan = around.link.plan
        self.add, self.constant = program.add, program.constants.name

    def make(self, index: int) -> Column:
        """Writes the reading of one column."""
        column = self.table.inputs[index]
        cells = [self.program.tree(self.plan, row.inputs[index]) for row in self.table.rows]
        allowed = None if column.allowed is None else self.program.tree(self.plan, column.allowed)
        if allowed is not None and points(allowed) is None:
            raise self.program.not_here()
        constant = [None if points(cell) is None else cell for cell in cells]
        regions = Regions(constant, allowed)
        by_region = self.program.traced or allowed is not None
        wanted = self.plan.type(column.type_name)
        wanted = wanted.base if isinstance(wanted, Restricted) else wanted
        place = Placing(self, regions, self.program.names.fresh("r" if by_region else "c"), by_region)
        link = self._fact(self.program.tree(self.plan, column.expression), wanted)
        if link is not None:
            value, kinds = self._read(link, place, needed=None in constant)
        else:
            value, kinds = self._evaluated(column, wanted)
            place.of(value, kinds)
        hits = place.target
        if by_region:
            hits = self.program.names.fresh("c")
            self.add(f"{hits} = {self.constant(regions.hits)}[{place.target}]")
        return Column(value, kinds, place.target, hits, regions)

    def _evaluated(self, column: m.InputColumn, wanted: Type) -> Made:
        """A column whose value is worked out."""
        around = self.around.at(column.expression)
        node = self.program.tree(self.plan, column.expression)
        self._decision_first(node)
        source, kinds = self.program.expressions.make(node, around)
        if not k.fits(kinds, wanted):
            place, own = self.constant(around.place), self.constant(wanted)
            source, kinds = f"typed(run, {place}, {source}, {own})", k.of_type(wanted)
        value = self.program.names.fresh("x")
        self.add(f"{value} = {source}")
        return value, kinds

    def _decision_first(self, node: tree.Node) -> None:
        """A column that names a decision: it is decided on the spot."""
        if isinstance(node, tree.Name) and node.name not in self.around.names:
            found = self.plan.required(self.around.link.element).get(node.name)
            if isinstance(found, Link) and isinstance(found.element, m.Decision):
                self.program.decide_here(found)

    # Facts

    def _fact(self, node: tree.Node, wanted: Type) -> Link | None:
        """The fact that a column names, when it is read here for the first time and needs no conversion."""
        if not isinstance(node, tree.Name) or node.name in self.around.names or not self.program.at_top:
            return None
        found = self.plan.required(self.around.link.element).get(node.name)
        if not isinstance(found, Link) or not isinstance(found.element, m.InputData):
            return None
        kinds = k.of_type(found.plan.type(found.element.type_name))
        if found.element in self.program.touched or not k.fits(kinds, wanted):
            return None
        return found if any(k.only(kinds, name, "null") for name in _READS) else None

    def _read(self, link: Link, place: Placing, needed: bool) -> Made:
        assert isinstance(link.element, m.InputData)
        wanted = link.plan.type(link.element.type_name)
        kinds = k.of_type(wanted)
        value = self.program.variable(link.element)
        self.program.touched.add(link.element)
        if needed:
            self.program.valued.add(link.element)
        kept = self.program.traced or link.element in self.program.was_valued
        raw = self.program.names.fresh("x")
        key = self.constant(link.element.key)
        self.add(f"{raw} = get({key}, UNSET)")
        name = next(name for name in _READS if k.only(kinds, name, "null"))
        read = Reading(self, place, raw, value if kept else raw, kept)
        if isinstance(wanted, Restricted):
            _restricted(read, name, wanted)
        else:
            _READS[name](read)
        with self.program.lines.block("else:"):
            fact = self.constant(self.program.fact(link))
            self.add(f"{read.value} = fact(facts, run, {fact})")
            place.anyhow(read.value)
        if kept:
            self.program.certain.add(link.element)
        if self.program.traced:
            self.add(f"used[{key}] = {value}")
        return read.value, kinds


class Placing:
    """Writes into target in which region a value lies, or which rows hold for it."""

    def __init__(self, columns: Columns, regions: Regions, target: str, by_region: bool) -> None:
        self.columns, self.regions, self.target, self.by_region = columns, regions, target, by_region
        self.add, self.constant = columns.add, columns.constant

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
        other = self.leaf(self.regions.of(_other(named)))
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
        kind = self.columns.program.names.fresh("k")
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
                with self.columns.program.lines.block(f"{head} {kind} is {python}:"):
                    self.put(source())
                head = "elif"
        if head == "if":
            self.anyhow(value)
            return
        with self.columns.program.lines.block("else:"):
            self.anyhow(value)


@dataclass
class Reading:
    """One fact being read: its raw value, the name its value gets, and whether that value is kept at all."""

    columns: Columns
    place: Placing
    raw: str
    value: str
    kept: bool

    def keep(self, source: str) -> None:
        """Writes the value, unless the raw one is it already."""
        if self.kept or source != self.raw:
            self.columns.add(f"{self.value} = {source}")


def _other(named: dict[str, int]) -> str:
    other = ""
    while other in named:
        other += "\0"
    return other


def _whole(sign: str, point: Decimal) -> tuple[str, int]:
    """A bound for whole numbers that says the same as one with decimals."""
    if point == point.to_integral_value():
        return sign, int(point)
    return "<=", math.floor(point)


def _number(read: Reading) -> None:
    program, raw = read.columns.program, read.raw
    kind = program.names.fresh("k")
    read.columns.add(f"{kind} = type({raw})")
    with program.lines.block(f"if {kind} is Decimal and {raw}.is_finite():"):
        read.columns.add(f"{read.value} = {program.rounded(raw)}")
        read.place.put(read.place.number(read.value))
    with program.lines.block(f"elif {kind} is int and -{LIMIT} < {raw} < {LIMIT}:"):
        if read.kept:
            read.columns.add(f"{read.value} = {program.constants.name(SMALL.get)}({raw}) or create({raw})")
        read.place.put(read.place.number(raw, whole=True))
    with program.lines.block(f"elif {raw} is None:"):
        read.keep("None")
        read.place.put(read.place.null())


def _text(read: Reading, among: str = "") -> None:
    with read.columns.program.lines.block(f"if type({read.raw}) is str{among} or {read.raw} is None:"):
        read.keep(read.raw)
        read.place.put(read.place.text(read.raw, nullable=True))


def _boolean(read: Reading) -> None:
    raw = read.raw
    with read.columns.program.lines.block(f"if {raw} is True or {raw} is False or {raw} is None:"):
        read.keep(raw)
        read.place.put(read.place.truth(raw))


def _day(read: Reading) -> None:
    with read.columns.program.lines.block(f"if type({read.raw}) is date:"):
        read.keep(read.raw)
        read.place.put(read.place.day(read.raw))
    with read.columns.program.lines.block(f"elif {read.raw} is None:"):
        read.keep("None")
        read.place.put(read.place.null())


def _restricted(read: Reading, name: str, wanted: Restricted) -> None:
    """A fact that may have some values only: texts that are listed are asked for here."""
    if name == "string":
        known = Regions([wanted_test(wanted)]) if wanted_test(wanted) is not None else None
        named = None if known is None else known.named()
        if known is not None and named is not None and not known.hits_of(_other(named)):
            texts = frozenset(text for text, region in named.items() if known.hits[region])
            _text(read, f" and {read.raw} in {read.columns.constant(texts)}")
            return
    with read.columns.program.lines.block(f"if {read.raw} is None:"):
        read.keep("None")
        read.place.put(read.place.null())


def wanted_test(wanted: Restricted) -> tree.Node | None:
    """The tests that a restricted type makes, where they are of constants; else None."""
    from ..names import Names
    from ..parser import Surroundings, parse_tests
    from ..plan import GLOBAL_NAMES
    from ..scanner import FeelError

    try:
        node = parse_tests(wanted.text, Surroundings(Names(GLOBAL_NAMES)))
    except FeelError:
        return None
    return None if points(node) is None else node


SMALL = {each: Decimal(each) for each in range(1, 1000)}
_READS: dict[str, Callable[[Reading], None]] = {
    "number": _number,
    "string": _text,
    "boolean": _boolean,
    "date": _day,
}
