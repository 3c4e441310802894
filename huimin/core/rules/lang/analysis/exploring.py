"""Tries values until everything a piece of a rule can give is known: a value is chosen when it is asked for.

The rule itself is evaluated, by the same code that decides about people; what it does not read is not varied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import model as m
from ..plan import Link
from ..running import Session
from ..scope import Run
from ..values import Value
from .forms import Form
from .notes import Notes
from .sampling import Piece, Sampler
from .space import Key, Moment, Space, below, leaves
from .walking import Walker

BUDGET = 6_000
MOST_VALUES = 400
Assignment = dict[int, Piece]


class Demand(Exception):
    """A variable that was asked for and has no value yet."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Probe(Session):
    """An evaluation in which some elements have chosen values and asking for others is a demand."""

    def __init__(self, space: Space, assigned: Mapping[int, Value]) -> None:
        super().__init__({}, Run(space.moment.now, space.moment.today))
        self._space, self._assigned = space, assigned

    def value(self, link: Link) -> Value:
        """The chosen value of a variable, or what the rule makes of those."""
        found = self._space.variable(link.element)
        return super().value(link) if found is None else self.chosen(found.number)

    def decide(self, link: Link) -> Value:
        """What a decision gives, even where it is a variable elsewhere."""
        return super().value(link)

    def chosen(self, number: int) -> Value:
        """The chosen value of a variable; Demand where there is none."""
        if number not in self._assigned:
            raise Demand(number)
        return self._assigned[number]


@dataclass(eq=False)
class Found:
    """One thing a piece of a rule can give, with the values that gave it first."""

    result: Any
    assigned: Assignment


@dataclass(eq=False)
class Explored:
    """All that was found; whole says that nothing was left out for want of time."""

    found: list[Found] = field(default_factory=list)
    whole: bool = True


class Explorer:
    """Explores one space; blocks remember how their own values come about."""

    def __init__(self, moment: Moment, notes: Notes, budget: int = BUDGET) -> None:
        self.space = Space(moment, notes)
        self.budget = budget
        self.inner: dict[Key, tuple[Explorer, Explored]] = {}
        self.sampler: Sampler | None = None

    # Blocks

    def block(self, entries: list[Link]) -> Callable[[Link], Form | None]:
        """Says for a decision whether its facts are read through it alone, and it has few values: a variable then."""

        def found(link: Link) -> Form | None:
            if not isinstance(link.element, m.Decision) or not self._alone(link, entries):
                return None
            inner = Explorer(self.space.moment, self.space.notes, self.budget)
            form = inner.walk_decision(link)
            if not form.finite:
                return None
            explored = inner.run(lambda probe: probe.decide(link))
            if not explored.whole or len(explored.found) > MOST_VALUES:
                return None
            self.inner[link.element] = (inner, explored)
            return self.space.block(link, [each.result for each in explored.found])

        return found

    def _alone(self, link: Link, entries: list[Link]) -> bool:
        own = leaves(link)
        reached: set[m.Element] = set()
        waiting, seen = list(entries), set()
        while waiting:
            each = waiting.pop()
            if each.element is link.element or each.element in seen:
                continue
            seen.add(each.element)
            reached.add(each.element)
            waiting += below(each)
        return bool(own) and not (own & reached)

    def walk_decision(self, link: Link, *, apart: bool = True) -> Form:
        """Walks a decision from its own logic; apart makes variables of the decisions that can be."""
        entries = below(link)
        blocks = self.block(entries) if apart else (lambda link: None)
        walker = Walker(self.space, link.plan, link.element, blocks)
        assert isinstance(link.element, m.Decision)
        return walker.decision(link.element)

    # Trying

    def ready(self) -> Sampler:
        """The sampler, made once everything was walked."""
        if self.sampler is None:
            self.sampler = Sampler(self.space)
        return self.sampler

    def run(self, target: Callable[[Probe], Any]) -> Explored:
        """Everything a target can give; results that are the same are kept once."""
        explored = Explored()
        seen: dict[Any, None] = {}
        for spent, (result, assigned) in enumerate(self.each(target), 1):
            mark = marked(result)
            if mark not in seen:
                seen[mark] = None
                explored.found.append(Found(result, assigned))
            if spent >= self.budget:
                explored.whole = False
                break
        return explored

    def each(self, target: Callable[[Probe], Any]) -> Iterator[tuple[Any, Assignment]]:
        """What a target gives for every choice of values that it asks for."""
        sampler = self.ready()
        stack: list[Assignment] = [{}]
        while stack:
            chosen = stack.pop()
            values = {number: piece.value for number, piece in chosen.items()}
            try:
                result = target(Probe(self.space, values))
            except Demand as asked:
                number = sampler.first(asked.number, values)
                pieces = sampler.pieces(number, values)
                stack += [{**chosen, number: piece} for piece in reversed(pieces)]
                continue
            yield result, chosen

    # Telling

    def facts(self, assigned: Mapping[int, Piece]) -> dict[str, Value]:
        """Chosen values by the names of the facts, those of blocks by the facts that give them."""
        found: dict[str, Value] = {}
        for number, piece in assigned.items():
            variable = self.space.variables[number]
            if variable.values is None:
                key = variable.key
                found[variable.name if isinstance(key, tuple) else key.name] = piece.value
                continue
            inner, explored = self.inner[variable.key]
            way = next(each for each in explored.found if marked(each.result) == marked(piece.value))
            found |= inner.facts(way.assigned)
        return found

    def vague(self) -> dict[str, str]:
        """The variables that are not followed exactly, by name, with what they are used in."""
        found = {self.space.variables[number].name: why for number, why in self.space.vague.items()}
        for inner, _ in self.inner.values():
            found |= inner.vague()
        return found


def marked(result: Any) -> Any:
    """A result as something to look up: its kind and its text."""
    if isinstance(result, int | tuple) and not isinstance(result, bool):
        return result
    from ..text import shown

    return type(result).__name__, shown(result)
