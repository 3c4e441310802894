"""An extension of ours: whether a division lies in another, by codes of twelve digits (GB/T 2260 and GB/T 10114)."""

from __future__ import annotations

from ..values import Value
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
WIDTH = 12
LEVELS = (2, 4, 6, 9, 12)
"""The digits down to province, prefecture, county, township and village."""


@declare("under(division: string, area: string) -> boolean")
def under(division: str, area: str) -> Value:
    """Whether a division is an area or lies in it: "620502003004" is under "620500000000"."""
    found = subtree(area)
    if found is None:
        raise NoResultError(
            f"{area!r} is no code of a division: twelve digits, or those down to its own level"
        )
    return found[0] <= division < found[1]


def subtree(area: str) -> tuple[str, str] | None:
    """The codes of an area and of all that lies in it, as texts from the first up to and without the second.

    The zeros of the levels below are left out, not every zero at the end: "621000000000" is the prefecture 6210.
    """
    if len(area) not in LEVELS or not area.isascii() or not area.isdigit():
        return None
    code = area.ljust(WIDTH, "0")
    length = next((each for each in LEVELS if not code[each:].strip("0")), WIDTH)
    if not code.strip("0"):
        return "0", ":"  # the nation: every code begins with a digit, and ':' follows '9'
    short = code[:length]
    return short, short[:-1] + chr(ord(short[-1]) + 1)
