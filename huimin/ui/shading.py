"""How a map is coloured: one teal from light to dark; two colours only around a target. Pure numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from huimin.ui import formats

MOST = 5
FAR = 5  # the highest value so many times the middle one: even steps would leave one place dark and all others light
SEQUENTIAL = {1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
STEPS = tuple(Decimal(one) for one in ("1", "1.5", "2", "2.5", "3", "4", "5", "10"))


@dataclass(frozen=True, slots=True)
class Band:
    """Values from `low` up to, but without, `high` (the last one with it), the class of their colour, and its words."""

    low: Decimal
    high: Decimal
    css: str
    text: str

    @property
    def dark(self) -> bool:
        """Whether what is written on it is white."""
        return self.css in ("hm-s4", "hm-s5", "hm-good-2", "hm-bad-2")


def step_of(width: Decimal, parts: int) -> Decimal:
    """The smallest round step (1, 1.5, 2, 2.5, 3, 4 or 5 times a power of ten) with which `parts` of them cover a width."""
    raw = width / parts
    power = Decimal(10) ** math.floor(raw.log10())
    return next(one * power for one in STEPS if one * power >= raw)


def bands(
    values: Sequence[Decimal | None], *, target: Decimal | None = None, better: str = "none"
) -> tuple[Band, ...]:
    """The bands of a map's legend, lowest first; none where there is no value."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return ()
    if target is not None and better in ("up", "down") and known[0] < target < known[-1]:
        return around(known, target, better)
    edges = even(known)
    if len(known) > MOST and 0 < FAR * known[len(known) // 2] < known[-1]:
        edges = shares(known)
    shades = SEQUENTIAL[len(edges) - 1]
    return tuple(
        Band(low, high, f"hm-s{shade}", written(low, high))
        for low, high, shade in zip(edges, edges[1:], shades, strict=False)
    )


def even(known: Sequence[Decimal]) -> list[Decimal]:
    """Edges a round step apart that hold every value."""
    low, high = known[0], known[-1]
    if low == high:
        return [low, high]
    whole = all(one == one.to_integral_value() for one in known)
    for parts in range(MOST, 0, -1):
        step = step_of(high - low, parts)
        if whole:
            step = max(step.to_integral_value("ROUND_CEILING"), Decimal(1))
        first = (low / step).to_integral_value("ROUND_FLOOR") * step
        count = int(((high - first) / step).to_integral_value("ROUND_CEILING")) or 1
        if count <= MOST:
            return [first + step * n for n in range(count + 1)]
    return [low, high]


def shares(known: Sequence[Decimal]) -> list[Decimal]:
    """Edges that put about as many values into each band, rounded to two digits: for figures far apart."""
    edges = [rounded(known[0], "ROUND_FLOOR")]
    for part in range(1, MOST):
        edge = rounded(known[len(known) * part // MOST], "ROUND_HALF_EVEN")
        if edge > edges[-1]:
            edges.append(edge)
    last = rounded(known[-1], "ROUND_CEILING")
    return [*edges, last] if last > edges[-1] else edges


def rounded(value: Decimal, how: str) -> Decimal:
    """A value with two digits that count."""
    if not value:
        return value
    power = Decimal(1).scaleb(value.adjusted() - 1)
    return (value / power).to_integral_value(how) * power


def around(known: Sequence[Decimal], target: Decimal, better: str) -> tuple[Band, ...]:
    """Two bands on each side of a target, those without a value left out; the good side is teal."""
    far = max(*(abs(one - target) for one in known), Decimal("0.1"))
    step = step_of(far, 2)
    bad, good = ("hm-bad-2", "hm-bad-1"), ("hm-good-1", "hm-good-2")
    names = (*bad, *good) if better == "up" else (*reversed(good), *reversed(bad))
    edges = [target - 2 * step, target - step, target, target + step, target + 2 * step]
    kept = [
        (low, high, css)
        for low, high, css in zip(edges, edges[1:], names, strict=False)
        if any(low <= one < high or (high == edges[-1] and one == high) for one in known)
    ]
    found = []
    for place, (low, high, css) in enumerate(kept):
        text = written(low, high)
        if place == 0:
            text = _("%(edge)s 以下") % {"edge": formats.number(high)}
        elif place == len(kept) - 1:
            text = _("%(edge)s 以上") % {"edge": formats.number(low)}
        found.append(Band(low, high, css, text))
    return tuple(found)


def written(low: Decimal, high: Decimal) -> str:
    """A band in words."""
    if low == high:
        return formats.number(low)
    return _("%(low)s～%(high)s") % {"low": formats.number(low), "high": formats.number(high)}


def band_of(value: Decimal | None, legend: Sequence[Band]) -> Band | None:
    """The band of a value; None where there is no value."""
    if value is None or not legend:
        return None
    for one in legend:
        if one.low <= value < one.high:
            return one
    return legend[-1] if value >= legend[-1].low else legend[0]
