"""What surrounds one evaluation: the moment, the variables, and the diagnostics that gather on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from .problems import Diagnostic, Place, problem
from .values import TooLongError, Value

MAX_STEPS = 500_000
"""Rounds of loops and calls of functions in one evaluation: some seconds."""


@dataclass
class Run:
    """One evaluation of a model: its moment, where it stands now, and what went wrong so far."""

    now: dt.datetime
    today: dt.date
    place: Place = field(default_factory=Place)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    steps: int = 0

    def step(self) -> None:
        """Counts one round of a loop or one call; TooLongError when there were too many."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooLongError

    def gave_up(self, wrong: Exception) -> Value:
        """The null of an evaluation that was ended because it went too deep or took too long."""
        return self.fail("eval.recursion" if isinstance(wrong, RecursionError) else "eval.too_long")

    def fail(self, code: str, start: int = 0, end: int = 0, /, **params: object) -> Value:
        """Notes why a value is about to be null, and returns that null."""
        place = self.place.span(start, end) if end else self.place
        self.diagnostics.append(problem(code, place, **params))
        return None


class Absent:
    """The answer for a name that is not in scope, which is not the same as null."""


ABSENT = Absent()


class Scope:
    """Variables by name, with the scope around them."""

    __slots__ = ("_outer", "_values")

    def __init__(self, values: Mapping[str, Value], outer: Scope | None = None) -> None:
        self._values, self._outer = values, outer

    def find(self, name: str) -> Value:
        """The value of a name, innermost first, or ABSENT."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope._values:
                return scope._values[name]
            scope = scope._outer
        return ABSENT
