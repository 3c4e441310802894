"""Reading a fact: values of the expected Python type are taken at the door, all others go the long way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import tree
from ..plan import Link
from ..schema import Restricted
from . import kinds as k
from .placing import Placing, other_than
from .regions import Regions, points
from .runtime import Fact

if TYPE_CHECKING:
    from .program import Program

LIMIT = 10**34
"""Whole numbers below it have no more digits than a number of FEEL keeps."""
SMALL = {each: Decimal(each) for each in range(1, 1000)}


class Reading:
    """One fact being read: raw is the name of what was given, value that of its value, which may be the same.

    With a place, it is also written in which region of a column the value lies.
    """

    def __init__(self, program: Program, link: Link, place: Placing | None, raw: str, value: str) -> None:
        self.program, self.link, self.place, self.raw, self.value = program, link, place, raw, value
        self.add, self.constant = program.add, program.constants.name

    def write(self) -> None:
        """Writes the reading, and that the fact was used."""
        wanted = self.link.plan.type(self.link.element.type_name)
        kinds = k.of_type(wanted)
        spec = self.program.fact(self.link)
        self.add(f"{self.raw} = get({self.constant(spec.key)}, UNSET)")
        name = next((name for name in READ_AT_ONCE if k.only(kinds, name, "null")), "")
        limits = self._limits(name, wanted) if name and isinstance(wanted, Restricted) else None
        if name and (limits is not None or not isinstance(wanted, Restricted)):
            READ_AT_ONCE[name](self, limits)
        else:
            self._null("if")
        with self.program.lines.block("else:"):
            self.add(f"{self.value} = fact(facts, run, {self.constant(spec)})")
            if self.place is not None:
                self.place.anyhow(self.value)
        if self.program.traced:
            self.add(f"used[{self._name(spec)}] = {self.value}")

    def _name(self, spec: Fact) -> str:
        """The source of the name under which the fact was given."""
        key, name = self.constant(spec.key), self.constant(spec.name)
        if spec.key == spec.name:
            return key
        return f"{name} if {self.raw} is UNSET and {name} in facts else {key}"

    def _limits(self, name: str, wanted: Restricted) -> Regions | None:
        """The values that a type allows, where they are told by constants; None where they are not."""
        test = None if isinstance(wanted.base, Restricted) else _test(wanted)
        if test is None:
            return None
        found = Regions([test])
        if name == "string" and (found.named() is None or found.hits_of(other_than(found.named() or {}))):
            return None
        return found

    def keep(self, source: str) -> None:
        """Writes the value, unless the raw one is it already."""
        if self.value != source:
            self.add(f"{self.value} = {source}")

    def put(self, source: Callable[[Placing], str | int]) -> None:
        """Writes the region."""
        if self.place is not None:
            self.place.put(source(self.place))

    def _null(self, head: str) -> None:
        with self.program.lines.block(f"{head} {self.raw} is None:"):
            self.keep("None")
            self.put(lambda place: place.null())

    def number(self, limits: Regions | None) -> None:
        """A number: a decimal that is finite, or a whole number that is not too long."""
        raw, kind = self.raw, self.program.names.fresh("k")
        self.add(f"{kind} = type({raw})")
        rounded, whole, also = (
            f"create({raw}) or abs({raw})",
            f"{self.constant(SMALL.get)}({raw}) or create({raw})",
            "",
        )
        inside = None if limits is None else Placing(self.program, limits, "", False)
        if inside is not None:
            test = inside.number(self.value)
            also = f" and ({self.value} := {rounded}) is not None and {test}"
        with self.program.lines.block(f"if {kind} is Decimal and {raw}.is_finite(){also}:"):
            if inside is None:
                self.add(f"{self.value} = {rounded}")
            self.put(lambda place: place.number(self.value))
        also = f" and {inside.number(raw, whole=True)}" if inside is not None else ""
        with self.program.lines.block(f"elif {kind} is int and -{LIMIT} < {raw} < {LIMIT}{also}:"):
            if self.value != raw or self.place is None:
                self.add(f"{self.value} = {whole}")
            self.put(lambda place: place.number(raw, whole=True))
        self._null("elif")

    def text(self, limits: Regions | None) -> None:
        """A text, one of those that are allowed."""
        among = ""
        if limits is not None:
            listed = frozenset(text for text, region in (limits.named() or {}).items() if limits.hits[region])
            among = f" and {self.raw} in {self.constant(listed)}"
        with self.program.lines.block(f"if type({self.raw}) is str{among} or {self.raw} is None:"):
            self.keep(self.raw)
            self.put(lambda place: place.text(self.raw, nullable=True))

    def truth(self, limits: Regions | None) -> None:
        """True or false."""
        if limits is not None:
            self._null("if")
            return
        with self.program.lines.block(f"if {self.raw} is True or {self.raw} is False or {self.raw} is None:"):
            self.keep(self.raw)
            self.put(lambda place: place.truth(self.raw))

    def day(self, limits: Regions | None) -> None:
        """A date."""
        also = "" if limits is None else f" and {Placing(self.program, limits, '', False).day(self.raw)}"
        with self.program.lines.block(f"if type({self.raw}) is date{also}:"):
            self.keep(self.raw)
            self.put(lambda place: place.day(self.raw))
        self._null("elif")


def _test(wanted: Restricted) -> tree.Node | None:
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


READ_AT_ONCE: dict[str, Callable[[Reading, Regions | None], None]] = {
    "number": Reading.number,
    "string": Reading.text,
    "boolean": Reading.truth,
    "date": Reading.day,
}
"""The kinds of facts that are taken at the door."""
