"""Sums of products of facts, exactly: what two sides of a comparison differ by, and where it changes its sign."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

Monomial = tuple[int, ...]
"""Variables by number, sorted, repeated for a power; the empty one is a constant."""
Poly = Mapping[Monomial, Fraction]
MOST = 40
"""More summands than this are no longer worth being exact about."""


class TooLargeError(Exception):
    """A polynomial that is left aside, and the rule called not exact."""


def constant(value: Fraction | int) -> Poly:
    """A constant."""
    return {(): Fraction(value)} if value else {}


def variable(number: int) -> Poly:
    """A variable itself."""
    return {(number,): Fraction(1)}


def plus(left: Poly, right: Poly, factor: int = 1) -> Poly:
    """left + factor * right."""
    found = dict(left)
    for monomial, value in right.items():
        found[monomial] = found.get(monomial, Fraction(0)) + factor * value
    return checked(found)


def times(left: Poly, right: Poly) -> Poly:
    """left * right."""
    found: dict[Monomial, Fraction] = {}
    for one, a in left.items():
        for two, b in right.items():
            product = tuple(sorted((*one, *two)))
            found[product] = found.get(product, Fraction(0)) + a * b
    return checked(found)


def checked(found: Mapping[Monomial, Fraction]) -> Poly:
    """A polynomial without noughts; TooLargeError when it has too many summands."""
    kept = {monomial: value for monomial, value in found.items() if value}
    if len(kept) > MOST or any(len(monomial) > 6 for monomial in kept):
        raise TooLargeError
    return kept


def variables(poly: Poly) -> frozenset[int]:
    """The variables of a polynomial."""
    return frozenset(number for monomial in poly for number in monomial)


def degree(poly: Poly, number: int) -> int:
    """The highest power of a variable."""
    return max((monomial.count(number) for monomial in poly), default=0)


def split(poly: Poly, number: int) -> tuple[Poly, Poly]:
    """a and b of a * variable + b, where the variable has no higher power."""
    a: dict[Monomial, Fraction] = {}
    b: dict[Monomial, Fraction] = {}
    for monomial, value in poly.items():
        if number in monomial:
            rest = list(monomial)
            rest.remove(number)
            a[tuple(rest)] = value
        else:
            b[monomial] = value
    return a, b


def put(poly: Poly, values: Mapping[int, Fraction]) -> Poly:
    """The polynomial with some variables replaced by their values."""
    found: dict[Monomial, Fraction] = {}
    for monomial, value in poly.items():
        left = tuple(number for number in monomial if number not in values)
        factor = math.prod((values[number] for number in monomial if number in values), start=value)
        found[left] = found.get(left, Fraction(0)) + factor
    return {monomial: value for monomial, value in found.items() if value}


def key(poly: Poly) -> tuple[tuple[Monomial, Fraction], ...]:
    """The same for polynomials that are nought at the same places: scaled to 1 at its first summand."""
    ordered = sorted(poly.items())
    if not ordered:
        return ()
    first = ordered[0][1]
    return tuple((monomial, value / first) for monomial, value in ordered)


def different(polys: Iterable[Poly]) -> list[Poly]:
    """Polynomials that have a variable, each once."""
    known = {key(poly): poly for poly in polys if variables(poly)}
    return list(known.values())


def root(poly: Poly, number: int) -> Fraction | None:
    """Where a polynomial of one variable is nought; None where it is nowhere, or everywhere."""
    a, b = split(poly, number)
    top, bottom = b.get((), Fraction(0)), a.get((), Fraction(0))
    return -top / bottom if bottom else None
