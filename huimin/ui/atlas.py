"""A picture of places for one who decides: map or tiles, a trend, rankings, bars on one scale. Drawn without script.

Frozen shapes for the tags of `{% load atlas %}`. Values are numbers with their text already written, so that the page, the
map and the table say the same. What may not be shown is `withheld`; what is not known has no value: both are hatched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huimin.ui import formats
from huimin.ui.outlines import Outline, Shape, outline
from huimin.ui.shading import Band, band_of, bands

LETTER = 13  # the height of a name on the map's sheet


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on the map and in the list; `note` is what its value is made of."""

    code: str
    name: str
    value: Decimal | None
    text: str
    url: str = ""
    note: str = ""
    short: str = ""  # how the map names it, where the name is long
    withheld: bool = False
    ranked: bool = True
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """The places below one, coloured by a value. Where they have no outlines, tiles stand in the same place."""

    code: str
    label: str
    unit: str
    spots: Sequence[Spot]
    better: str = "none"  # up | down | none
    target: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Point:
    """A moment of a trend."""

    label: str
    value: Decimal | None
    text: str
    url: str = ""
    current: bool = False
    open: bool = False  # its period still runs


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One figure over time."""

    label: str
    unit: str
    points: Sequence[Point]
    target: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A part of a whole: its share of the panel's sum, from 0 to 100."""

    label: str
    text: str
    share: Decimal | None = None
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One small multiple: bars on the scale that all panels share."""

    title: str
    bars: Sequence[Bar]
    unit: str = ""
    total: str = ""
    url: str = ""
    period: str = ""
    as_of: Any = None
    source: str = ""
    demo: bool = False
    empty: str = ""


def legend_of(atlas: Atlas) -> tuple[Band, ...]:
    """The bands of a map's places; statistical units are coloured, but do not stretch the scale."""
    return bands(
        [one.value for one in atlas.spots if one.ranked] or [one.value for one in atlas.spots],
        target=atlas.target,
        better=atlas.better,
    )


def atlas_data(atlas: Atlas) -> dict[str, Any]:
    """What the map's template draws: shapes with their shade and name, or tiles; and the legend."""
    legend = legend_of(atlas)
    sheet = outline(atlas.code)
    spots = {spot.code: spot for spot in atlas.spots}
    drawn = []
    if sheet:
        drawn = [
            {
                "shape": one,
                "spot": spots[one.code],
                **shade(spots[one.code], legend),
                **naming(one, spots[one.code]),
            }
            for one in sheet.shapes
            if one.code in spots
        ]
    outlined = {one["spot"].code for one in drawn}
    aside = [one for one in atlas.spots if one.code not in outlined] if drawn else []
    return {
        "atlas": atlas,
        "sheet": sheet if drawn else None,
        "bare": [one for one in sheet.shapes if one.code not in spots] if sheet and drawn else [],
        "drawn": drawn,
        "aside": aside,
        "tiles": [] if drawn else [{"spot": one, **shade(one, legend)} for one in atlas.spots],
        "legend": legend,
        "unknown": any(one.value is None for one in atlas.spots),
        "locator": None if drawn else locator(atlas.code),
    }


def shade(spot: Spot, legend: Sequence[Band]) -> dict[str, Any]:
    """The class of a place's colour, and whether what is written on it is white."""
    band = band_of(spot.value, legend)
    return {"css": band.css if band else "", "dark": bool(band and band.dark)}


def naming(shape: Shape, spot: Spot) -> dict[str, Any]:
    """Where a place's name stands and on which screens it has room: with its value, alone, on a phone, or nowhere."""
    half = len(spot.short or spot.name) * LETTER / 2
    return {
        "full": spot.value is not None and half < shape.room * 1.8 and shape.room > LETTER * 1.15,
        "named": half < shape.room * 3 + 8,
        "phone": half * 1.85 < shape.room * 2.2 + 8,
        "y1": round(shape.y - 3, 1),
        "y2": round(shape.y + LETTER, 1),
        "y": round(shape.y + LETTER * 0.35, 1),
    }


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a place without outlines below it lies: its neighbours' outline with itself marked."""

    sheet: Outline
    code: str


def locator(code: str) -> Locator | None:
    """The prefecture's outline with the county that holds a place, or None."""
    sheet = outline(code[:4].ljust(12, "0"))
    here = code[:6].ljust(12, "0")
    return Locator(sheet, here) if sheet and any(one.code == here for one in sheet.shapes) else None


WIDE, HIGH, LEFT, RIGHT, TOP, FOOT = 360, 168, 14, 14, 26, 24


def trend_data(trend: Trend) -> dict[str, Any]:
    """A line through the known points, each with its year below; the scale begins at nought unless values are close."""
    values = [one.value for one in trend.points if one.value is not None]
    if not values:
        return {"trend": trend, "marks": [], "line": "", "width": WIDE, "height": HIGH}
    reach = [*values, trend.target] if trend.target is not None else values
    high, low = max(reach), min(reach)
    floor = Decimal(0) if low >= 0 and low < high * Decimal("0.6") else low - (high - low) / 3
    span = (high - floor) or Decimal(1)
    inner = WIDE - LEFT - RIGHT
    gap = inner / max(len(trend.points) - 1, 1)

    def at(value: Decimal) -> float:
        return round(float(TOP + (HIGH - TOP - FOOT) * (1 - float((value - floor) / span))), 1)

    marks: list[dict[str, Any]] = []
    for place, one in enumerate(trend.points):
        x = round(LEFT + (place * gap if len(trend.points) > 1 else inner / 2), 1)
        anchor = (
            "start"
            if place == 0 and len(trend.points) > 1
            else "end"
            if place == len(trend.points) - 1
            else "middle"
        )
        marks.append(
            {"point": one, "x": x, "y": at(one.value) if one.value is not None else None, "anchor": anchor}
        )
    crowded = len(marks) > 7
    for place, mark in enumerate(marks):
        mark["written"] = not crowded or mark["point"].current or place in (0, len(marks) - 1)
        mark["label_y"] = round(mark["y"] - 9, 1) if mark["y"] is not None else None
    return {
        "trend": trend,
        "marks": marks,
        "solid": path([m for m in marks if not m["point"].open]),
        "dashed": path(running(marks)),
        "target_y": at(trend.target) if trend.target is not None else None,
        "target_left": trend.target is not None
        and clear(values[0], trend.target) > clear(values[-1], trend.target),
        "foot": HIGH - FOOT,
        "label_y": HIGH - 6,
        "width": WIDE,
        "height": HIGH,
        "left": LEFT,
        "right": WIDE - RIGHT,
    }


def clear(value: Decimal, target: Decimal) -> Decimal:
    """How far a value is from the target: the target's name stands where the line is farther."""
    return abs(value - target)


def running(marks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last closed point and those that still run: what is drawn dashed."""
    first = next((place for place, mark in enumerate(marks) if mark["point"].open), None)
    return list(marks[max(first - 1, 0) :]) if first is not None else []


def path(marks: Sequence[dict[str, Any]]) -> str:
    """A line through neighbouring known points; a gap where one is not known."""
    pieces, pen = [], "M"
    for mark in marks:
        if mark["y"] is None:
            pen = "M"
            continue
        pieces.append(f"{pen}{mark['x']:g} {mark['y']:g}")
        pen = "L"
    return "".join(pieces)


def panel_data(panel: Panel) -> dict[str, Any]:
    """Bars with their length in percent of the panel's width; a sliver stays visible."""
    return {
        "panel": panel,
        "bars": [
            {"bar": one, "width": f"{max(float(one.share), 0.6):.1f}%" if one.share else "0%"}
            for one in panel.bars
        ],
    }


def share_of(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Percent of a whole, or None."""
    if part is None or not whole or not math.isfinite(part):
        return None
    return part * 100 / whole


def percent(value: Decimal | None) -> str:
    """A share as text."""
    return formats.NONE if value is None else f"{formats.number(value, 1)}%"
