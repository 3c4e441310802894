"""Runs a pattern as a machine that follows all ways at once: its time grows with the text, never explodes.

The ways are kept in the order in which a backtracking matcher would try them, so that both find the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .reading import UNBOUNDED, Choice, Edge, Group, One, Part, PatternError, Repeat, python_of

MAX_STEPS = 4_000_000
MAX_PROGRAM = 20_000
Spans = tuple[tuple[int, int], ...]


@dataclass
class Step:
    """One instruction: a character or an edge to match, places to go on at, or a group's start or end to note."""

    test: re.Pattern[str] | None = None
    consumes: bool = False
    to: list[int] = field(default_factory=list)
    note: int | None = None


class _Writer:
    def __init__(self, flags: re.RegexFlag) -> None:
        self.steps: list[Step] = []
        self._flags = flags

    def add(self, step: Step) -> int:
        if len(self.steps) > MAX_PROGRAM:
            raise PatternError("the pattern repeats too much")
        self.steps.append(step)
        return len(self.steps) - 1

    def choice(self, choice: Choice) -> None:
        if len(choice.branches) == 1:
            return self.branch(choice.branches[0])
        fork = self.add(Step())
        ends = []
        for branch in choice.branches:
            self.steps[fork].to.append(len(self.steps))
            self.branch(branch)
            ends.append(self.add(Step()))
        for end in ends:
            self.steps[end].to = [len(self.steps)]
        return None

    def branch(self, parts: list[Part]) -> None:
        for part in parts:
            self.part(part)

    def part(self, part: Part) -> None:
        match part:
            case One() | Edge():
                test = re.compile(python_of(Choice([[part]])), self._flags)
                step = self.add(Step(test, isinstance(part, One)))
                self.steps[step].to = [step + 1]
            case Group(number=number, inside=inside):
                if number is not None:
                    start = self.add(Step(note=number * 2))
                    self.steps[start].to = [start + 1]
                self.choice(inside)
                if number is not None:
                    end = self.add(Step(note=number * 2 + 1))
                    self.steps[end].to = [end + 1]
            case Repeat(part=inner, low=low, high=high, lazy=lazy):
                for _ in range(low):
                    self.part(inner)
                if high == UNBOUNDED:
                    fork = self.add(Step())
                    self.part(inner)
                    back = self.add(Step(to=[fork]))
                    self._fork(fork, back + 1, lazy)
                else:
                    forks = []
                    for _ in range(high - low):
                        forks.append(self.add(Step()))
                        self.part(inner)
                    for fork in forks:
                        self._fork(fork, len(self.steps), lazy)

    def _fork(self, fork: int, past: int, lazy: bool) -> None:
        self.steps[fork].to = [past, fork + 1] if lazy else [fork + 1, past]


def program(choice: Choice, flags: re.RegexFlag) -> list[Step]:
    """The instructions of a pattern; the place after the last is where it has matched."""
    writer = _Writer(flags)
    writer.choice(choice)
    return writer.steps


def matches(steps: list[Step], text: str, groups: int) -> Iterator[Spans]:
    """The spans of the whole and of each group, match by match; (-1, -1) for a group that took no part."""
    if len(steps) * (len(text) + 1) > MAX_STEPS:
        raise PatternError("the pattern takes too long on a text of this length")
    start = 0
    while start <= len(text):
        notes = _first(steps, text, start, groups)
        if notes is None:
            return
        yield tuple((notes[each * 2], notes[each * 2 + 1]) for each in range(groups + 1))
        start = notes[1] if notes[1] > notes[0] else notes[1] + 1


def _first(steps: list[Step], text: str, start: int, groups: int) -> tuple[int, ...] | None:
    """The notes of the first match at or after start."""
    best: tuple[int, ...] | None = None
    ways: list[tuple[int, tuple[int, ...]]] = []
    none = (-1,) * (2 * groups + 2)
    for at in range(start, len(text) + 1):
        if best is None:
            ways.append((0, (at, *none[1:])))
        elif not ways:
            break
        seen: set[int] = set()
        following: list[tuple[int, tuple[int, ...]]] = []
        for way in ways:
            done = _follow(steps, text, at, way, seen, following)
            if done is not None:
                # Later ways are ones that a backtracking matcher would not have tried.
                best = (done[0], at, *done[2:])
                break
        ways = following
    return best


def _follow(
    steps: list[Step],
    text: str,
    at: int,
    way: tuple[int, tuple[int, ...]],
    seen: set[int],
    following: list[tuple[int, tuple[int, ...]]],
) -> tuple[int, ...] | None:
    """Goes along a way up to the characters it waits for; the notes when it comes to the end of the pattern."""
    waiting = [way]
    while waiting:
        place, notes = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if place == len(steps):
            return notes
        step = steps[place]
        if step.consumes and step.test is not None:
            if step.test.match(text, at):
                following.append((step.to[0], notes))
            continue
        if step.test is not None and not step.test.match(text, at):
            continue
        if step.note is not None:
            notes = (*notes[: step.note], at, *notes[step.note + 1 :])
        waiting += [(each, notes) for each in reversed(step.to)]
    return None
