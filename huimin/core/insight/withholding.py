"""Which cells of a published table are withheld, so that no small one can be worked out from the rest.

A cell is a division's figure (or one part of it, by a code). Its sizes say how many households (or persons, measures)
stand in its numerator and denominator. A cell of one to four could point at a family: it is withheld (primary). Since
every division is the sum of those below it, others beside it are withheld as well (complementary), by these rules:

1. Below a division that is shown, none is withheld, or at least two that together hold `FLOOR` and more than they are.
   The smallest are taken; where there are not enough, the division itself is withheld.
2. Below a division that is withheld everything is withheld, also what is nought.
3. The parts of a figure are shown for a division as a whole or not at all (`closed`): not where one of them is small
   or its sum is withheld. Where a division shows its parts, none below it is closed, or at least two that are not empty.
   Below a closed division all are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from huimin.core.insight.types import FLOOR
from huimin.kit.area import DIGITS, WIDTH, Level

Sizes = tuple[int, int]  # how many stand in the numerator, and in the denominator (0 where there is none)
CUTS = [DIGITS[level] for level in sorted(Level, reverse=True) if Level.NATION < level < Level.VILLAGE]
Enough = Callable[[Sequence[Sizes]], bool]


@dataclass
class Withheld:
    """The divisions whose figure is withheld, and those whose parts are."""

    hidden: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)


def small(sizes: Sizes) -> bool:
    """Whether a cell is small enough to point at a family."""
    return any(0 < one < FLOOR for one in sizes)


def withhold(cells: Mapping[str, Sizes], parts: Mapping[str, Mapping[str, Sizes]] | None = None) -> Withheld:
    """What is withheld of a table: sizes by division (those of nought may be left out), and of its parts by code."""
    tree = Tree(cells)
    hidden = tree.settle({code for code, sizes in cells.items() if small(sizes)}, protects)
    if not parts:
        return Withheld(hidden, set())
    closed = {
        code for code in cells
        if code in hidden or any(small(sizes) for sizes in parts.get(code, {}).values())
    }  # fmt: skip
    return Withheld(hidden, tree.settle(closed, lambda chosen: len([one for one in chosen if any(one)]) > 1))


def protects(chosen: Sequence[Sizes]) -> bool:
    """Whether cells that are withheld together keep each other: two or more, and neither sum gives one away."""
    sums = [sum(one[place] for one in chosen) for place in (0, 1)]
    return len(chosen) > 1 and all(one == 0 or (one >= FLOOR and one > len(chosen)) for one in sums)


def depth(code: str) -> int:
    """How far down a division stands."""
    return sum(1 for cut in CUTS if code[cut:].strip("0"))


class Tree:
    """The divisions of a table, each with those right below it."""

    def __init__(self, cells: Mapping[str, Sizes]) -> None:
        self.cells = cells
        self.below: dict[str, list[str]] = {}
        self.tops: list[str] = []
        for code in sorted(cells):
            parent = self.parent(code)
            self.below.setdefault(parent, []).append(code) if parent else self.tops.append(code)
        self.upward = sorted(self.below, key=depth, reverse=True)

    def parent(self, code: str) -> str:
        """The nearest division above that is in the table, or ""."""
        for cut in CUTS:
            if code[cut:].strip("0"):
                above = code[:cut].ljust(WIDTH, "0")
                if above in self.cells:
                    return above
        return ""

    def settle(self, chosen: set[str], enough: Enough) -> set[str]:
        """Everything that is withheld when these must be: beside them, above them where nothing beside helps, below them."""
        must = set(chosen)
        family: dict[str, set[str]] = {}
        for code in self.upward:
            found = self.beside(self.below[code], must, enough)
            if found is None:
                must.add(code)
            else:
                family[code] = found
        withheld: set[str] = set()
        waiting = [(code, code in must) for code in self.tops]
        while waiting:
            code, gone = waiting.pop()
            if gone:
                withheld.add(code)
            rest = self.below.get(code, ())
            waiting += [(one, gone or one in family.get(code, ())) for one in rest]
        return withheld

    def beside(self, family: Sequence[str], must: set[str], enough: Enough) -> set[str] | None:
        """Those of a family that are withheld, the smallest first; None where even all of them give one away."""
        found = [one for one in family if one in must]
        if not found:
            return set()
        rest = sorted(
            (one for one in family if one not in must and any(self.cells[one])),
            key=lambda one: (self.cells[one], one),
        )
        while not enough([self.cells[one] for one in found]):
            if not rest:
                return None
            found.append(rest.pop(0))
        return set(found)
