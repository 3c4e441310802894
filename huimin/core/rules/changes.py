"""What would have to be different: the fewest facts whose change gives another outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from huimin.core.facts.types import FactValue

STEP = Decimal("0.01")
TOGETHER = 2


@dataclass(frozen=True)
class Change:
    """One fact changed: the comparison that would have to hold, and a value for which it does."""

    name: str
    operator: str
    bound: Any
    value: Any


def candidates(facts: Mapping[str, FactValue]) -> Iterator[Change]:
    """Changes worth trying: the other truth value; a number at nought, or just at and below another fact of its unit."""
    numbers = {n: f.value for n, f in facts.items() if isinstance(f.value, Decimal)}
    for name, fact in facts.items():
        if isinstance(fact.value, bool):
            yield Change(name, "=", not fact.value, not fact.value)
        value = numbers.get(name)
        if value is None:
            continue
        for other, bound in numbers.items():
            if other != name and fact.unit and facts[other].unit == fact.unit:
                if value < bound:
                    yield Change(name, ">=", bound, bound)
                else:
                    yield Change(name, "<", bound, bound - STEP)
        if value != 0:  # last: "below the line" says more than "nought"
            yield Change(name, "=", Decimal(0), Decimal(0))


def smallest(
    facts: Mapping[str, FactValue],
    outcome: Any,
    decide: Callable[[dict[str, Any]], Any],
    fixed: frozenset[str] = frozenset(),
) -> list[tuple[Any, tuple[Change, ...]]]:
    """For each other outcome that at most two changed facts give, the smallest such change; `fixed` facts stay as they are."""
    values = {name: fact.value for name, fact in facts.items()}
    tried = [c for c in candidates(facts) if c.name not in fixed]
    found: dict[str, tuple[Any, tuple[Change, ...]]] = {}
    for size in range(1, TOGETHER + 1):
        for group in combinations(tried, size):
            if len({c.name for c in group}) < size:
                continue
            other = decide({**values, **{c.name: c.value for c in group}})
            if other != outcome and other is not None:
                found.setdefault(str(other), (other, group))
    return list(found.values())
