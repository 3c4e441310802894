"""Outlines of divisions as paths to draw: a province with its prefectures, a prefecture with its counties.

Files are made by tools/boundaries.py. A place without a file, and every county and township, has no outline: what lies
below it is shown as tiles.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

MAPS = Path(__file__).resolve().parent / "static" / "vendor" / "maps"
# Peoples by whom autonomous divisions are named; a map writes 临夏 for 临夏回族自治州.
PEOPLES = (
    "蒙古族", "回族", "藏族", "维吾尔", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族",
    "土家族", "哈尼族", "哈萨克族", "哈萨克", "傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族",
    "纳西族", "景颇族", "柯尔克孜", "土族", "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯",
    "塔吉克", "怒族", "鄂温克族", "保安族", "裕固族", "独龙族", "鄂伦春", "各族", "蒙古",
)  # fmt: skip
WIDTH, HEIGHT, EDGE = 800, 560, 6  # the sheet a map is fitted into, and its margin


@dataclass(frozen=True, slots=True)
class Shape:
    """An area by its twelve digits, its path, and where a name has room (`room`: radius in the sheet's units)."""

    code: str
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True)
class Outline:
    """The areas of a place, on a sheet of this size."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def short_name(name: str) -> str:
    """临夏回族自治州 → 临夏, 积石山保安族东乡族撒拉族自治县 → 积石山; other names stay."""
    for ending in ("自治州", "自治县", "自治旗"):
        if not name.endswith(ending):
            continue
        rest = name.removesuffix(ending)
        while (found := next((one for one in PEOPLES if rest.endswith(one)), "")) and len(rest) - len(
            found
        ) >= 2:
            rest = rest.removesuffix(found)
        return rest if rest not in PEOPLES else rest.removesuffix("族")
    return name


def outline(code: str) -> Outline | None:
    """The outline of what lies right below a division, or None where there is none."""
    short = code[:2] if not int(code[2:]) else code[:4] if not int(code[4:]) else ""
    return _outline(short) if short and int(short) else None


@lru_cache(maxsize=64)
def _outline(short: str) -> Outline | None:
    path = MAPS / f"{short}.json"
    if not path.is_file():
        return None
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    points = [p for one in features for part in one["geometry"]["coordinates"] for ring in part for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * EDGE) / ((east - west) * squeeze or 1), (HEIGHT - 2 * EDGE) / ((north - south) or 1)
    )

    def placed(point: Sequence[float]) -> tuple[float, float]:
        return (
            round((point[0] - west) * squeeze * scale + EDGE, 1),
            round((north - point[1]) * scale + EDGE, 1),
        )

    shapes = []
    for one in features:
        x, y = placed(one["properties"]["heart"])
        shapes.append(
            Shape(
                str(one["id"]).ljust(12, "0"),
                drawn(one, placed),
                x,
                y,
                round(one["properties"]["room"] * scale, 1),
            )
        )
    width = math.ceil((east - west) * squeeze * scale + 2 * EDGE)
    height = math.ceil((north - south) * scale + 2 * EDGE)
    return Outline(width, height, tuple(shapes))


def drawn(feature: dict[str, Any], placed: Any) -> str:
    """The path of a feature: steps between points, so that it stays short."""
    pieces = []
    for part in feature["geometry"]["coordinates"]:
        for ring in part:
            line = [placed(point) for point in ring[:-1]]
            steps = [f"M{line[0][0]:g} {line[0][1]:g}"]
            for (x1, y1), (x2, y2) in itertools.pairwise(line):
                east, south = round(x2 - x1, 1), round(y2 - y1, 1)
                if east or south:
                    steps.append(f"l{east:g} {south:g}")
            pieces.append("".join(steps) + "z")
    return "".join(pieces)
