"""Codes of administrative divisions: twelve digits, five levels, a subtree is a range."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """The five levels of a division, and the nation above them."""

    NATION = 0
    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


DIGITS = {
    Level.NATION: 0,
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}
WIDTH = 12


@dataclass(frozen=True, order=True, slots=True)
class AreaCode:
    """A division's code of twelve digits (GB/T 2260 and GB/T 10114), for example 620123101201."""

    code: str

    def __post_init__(self) -> None:
        if len(self.code) != WIDTH or not self.code.isascii() or not self.code.isdigit():
            raise ValueError(f"a division code has {WIDTH} digits, not {self.code!r}")

    def __str__(self) -> str:
        return self.code

    @classmethod
    def parse(cls, text: str) -> AreaCode:
        """Read a code of 0, 2, 4, 6, 9 or 12 digits; raise ValueError for anything else."""
        text = text.strip()
        if len(text) not in DIGITS.values():
            raise ValueError(f"a division code has 2, 4, 6, 9 or 12 digits, not {text!r}")
        return cls(text.ljust(WIDTH, "0"))

    @property
    def level(self) -> Level:
        """The lowest level whose digits are not all zero."""
        for level in sorted(Level, reverse=True):
            if level and int(self.code[DIGITS[Level(level - 1)] : DIGITS[level]]):
                return level
        return Level.NATION

    @property
    def short(self) -> str:
        """The code without the zeros of the levels below."""
        return self.code[: DIGITS[self.level]]

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last code of the subtree, both inclusive."""
        return self.code, self.short.ljust(WIDTH, "9")

    def at(self, level: Level) -> AreaCode:
        """The division of that level this one lies in (itself where it is higher)."""
        return AreaCode(self.code[: DIGITS[level]].ljust(WIDTH, "0"))

    @property
    def parent(self) -> AreaCode | None:
        """The division above, or None for the nation."""
        return self.at(Level(self.level - 1)) if self.level else None

    @property
    def ancestors(self) -> tuple[AreaCode, ...]:
        """The divisions above from the province down, without itself."""
        return tuple(self.at(Level(n)) for n in range(1, self.level))

    def covers(self, other: AreaCode | str) -> bool:
        """Whether the other code lies in this one's subtree."""
        low, high = self.span
        return low <= str(other) <= high


NATION = AreaCode("0" * WIDTH)
