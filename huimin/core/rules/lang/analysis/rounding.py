"""Numbers that people would choose as an example: the roundest one between two bounds, on the grid of the fact."""

from __future__ import annotations

import math
from fractions import Fraction

FINE = Fraction(1, 10**12)


def on_grid(value: Fraction, step: Fraction | None) -> bool:
    """Whether a fact of this step can have the value."""
    return step is None or (value / step).denominator == 1


def between(low: Fraction | None, high: Fraction | None, step: Fraction | None) -> Fraction | None:
    """A round number strictly between two bounds, either of which may be open; None where the grid has none."""
    if low is None and high is None:
        return step if step is not None and step > 1 else Fraction(1)
    if low is None:
        assert high is not None
        return _below(high, step)
    if high is None:
        return _above(low, step)
    return _inside(low, high, step)


def _units(size: Fraction, step: Fraction | None) -> list[Fraction]:
    """Powers of ten from about a size downwards, as long as the grid has their multiples."""
    top = math.floor(math.log10(size)) if size > 0 else 0
    units = [Fraction(10) ** power for power in range(top, -13, -1)]
    return [unit for unit in units if on_grid(unit, step)] or ([step] if step is not None else [])


def _below(high: Fraction, step: Fraction | None) -> Fraction:
    if high > 0:
        for unit in _units(high, step):
            value = math.ceil(high / unit) * unit - unit
            if value > 0 or (value == 0 and high <= 1):
                return value
        return Fraction(0)
    unit = step if step is not None and not on_grid(Fraction(1), step) else Fraction(1)
    return math.ceil(high / unit) * unit - unit


def _above(low: Fraction, step: Fraction | None) -> Fraction:
    if low < 0:
        return Fraction(0)
    unit = _units(max(low, Fraction(1)), step)[0]
    return math.floor(low / unit) * unit + unit


def _inside(low: Fraction, high: Fraction, step: Fraction | None) -> Fraction | None:
    if low < 0 < high:
        return Fraction(0)
    for unit in [*_units(high - low, step), *([step] if step is not None else [])]:
        value = math.floor(low / unit) * unit + unit
        if value < high:
            return value
    return None


def next_to(bound: Fraction, up: bool, step: Fraction | None, other: Fraction | None) -> Fraction | None:
    """The value nearest to a bound on one side of it, short of the other bound; None where there is none."""
    sign = 1 if up else -1
    if step is not None:
        value = (math.floor(bound / step) + 1 if up else math.ceil(bound / step) - 1) * step
        return value if other is None or (other - value) * sign > 0 else None
    size = Fraction(1, 100)
    while size > FINE:
        value = bound + sign * size
        if other is None or (other - value) * sign > 0:
            return value
        size /= 10
    return None
