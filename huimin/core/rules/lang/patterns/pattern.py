"""A pattern that can be searched for; one that could run away is simulated step by step instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from . import machine
from .reading import UNBOUNDED, Back, Choice, Group, PatternError, Reader, Repeat, python_of

MAX_LENGTH = 5000
MAX_WAYS = 100_000_000
_FLAGS = frozenset("smixq")


@dataclass(frozen=True)
class Found:
    """One match: where it starts and ends, and the texts of its groups, the whole first."""

    start: int
    end: int
    groups: tuple[str, ...]


class Pattern:
    """A pattern with its flags, ready to be looked for in any text."""

    def __init__(self, text: str, flags: str) -> None:
        if len(text) > MAX_LENGTH:
            raise PatternError(f"the pattern is longer than {MAX_LENGTH} characters")
        if unknown := set(flags) - _FLAGS:
            raise PatternError(f"there is no flag '{sorted(unknown)[0]}'")
        self.literal = "q" in flags
        if self.literal:
            text, flags = re.sub(r"([\\|.?*+(){}\[\]^$-])", r"\\\1", text), flags.replace("x", "")
        reader = Reader(text, flags)
        self._tree = reader.read()
        self.groups = reader.groups
        self._flags = re.IGNORECASE if "i" in flags else re.NOFLAG
        self._nested, self._loops, self._backs = _measured(self._tree)
        try:
            self._python = re.compile(python_of(self._tree), self._flags)
        except (re.error, RecursionError, OverflowError) as wrong:
            raise PatternError(str(wrong)) from None

    def all_in(self, text: str) -> Iterator[Found]:
        """The matches from left to right, none overlapping."""
        # Python tries every way of sharing the text among loops: where those could be too many, a machine that
        # follows all of them at once gives the same answer.
        if self._nested or len(text) ** (self._loops + 1) > MAX_WAYS:
            if self._backs:
                raise PatternError("a loop in a loop together with a reference to a group takes too long")
            program = machine.program(self._tree, self._flags)
            found = machine.matches(program, text, self.groups)
            for spans in found:
                yield Found(*spans[0], tuple(text[start:end] if start >= 0 else "" for start, end in spans))
            return
        for match in self._python.finditer(text):
            yield Found(match.start(), match.end(), (match[0], *(each or "" for each in match.groups())))

    def occurs_in(self, text: str) -> bool:
        """Whether the text has a match."""
        return next(self.all_in(text), None) is not None


def _measured(choice: Choice) -> tuple[bool, int, bool]:
    """Whether a loop holds a choice of any kind, how many loops there are, and whether groups are referred to."""
    nested, loops, backs = False, 0, False
    waiting: list[tuple[object, bool]] = [(choice, False)]
    while waiting:
        part, within = waiting.pop()
        match part:
            case Back():
                backs = True
            case Choice(branches=branches):
                nested = nested or (within and len(branches) > 1)
                waiting += [(each, within) for branch in branches for each in branch]
            case Group(inside=deeper):
                waiting.append((deeper, within))
            case Repeat(part=repeated, low=low, high=high):
                many = high == UNBOUNDED or high > 1
                nested = nested or (within and low != high)
                loops += many
                waiting.append((repeated, within or many))
    return nested, loops, backs


@lru_cache(maxsize=512)
def compiled(text: str, flags: str) -> Pattern:
    """A pattern, read once; PatternError when it is none."""
    return Pattern(text, flags)
