"""Geometry of outlines: unpack what ECharts packs, thin shared borders once, find room for a name.

Coordinates are degrees (x east, y north). Nothing here knows where the outlines come from.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

GRID = 1024  # both sources are rounded to 1/1024 degree, so neighbours meet in equal points
Node = tuple[int, int]
Ring = list[Node]
Arc = tuple[Node, ...]


def unpacked(text: str, offset: Sequence[int]) -> Ring:
    """A ring of ECharts' `UTF8Encoding`: zigzag differences, one character a number, in 1/1024 degree."""
    x, y = offset
    ring = []
    for place in range(0, len(text) - 1, 2):
        east, north = (ord(text[place + one]) - 64 for one in (0, 1))
        x += (east >> 1) ^ -(east & 1)
        y += (north >> 1) ^ -(north & 1)
        ring.append((x, y))
    return ring


def rings(geometry: dict[str, Any]) -> list[Ring]:
    """The rings of a (packed or plain) geometry on the grid, open: the last point is not the first again."""
    single = geometry["type"] == "Polygon"
    parts = [geometry["coordinates"]] if single else geometry["coordinates"]
    packed = geometry.get("encodeOffsets")
    offsets = ([packed] if single else packed) if packed else [[None] * len(part) for part in parts]
    found: list[Ring] = []
    for part, steps in zip(parts, offsets, strict=True):
        for raw, step in zip(part, steps, strict=True):
            ring = (
                unpacked(raw, step)
                if isinstance(raw, str)
                else [(round(p[0] * GRID), round(p[1] * GRID)) for p in raw]
            )
            ring = [p for place, p in enumerate(ring) if p != ring[place - 1]]
            if len(ring) > 2:
                found.append(ring)
    return found


def junctions(all_rings: Iterable[Ring]) -> set[Node]:
    """Points where more than two borders meet, or where a shared border begins or ends."""
    around: dict[Node, set[frozenset[Node]]] = defaultdict(set)
    for ring in all_rings:
        for place, point in enumerate(ring):
            around[point].add(frozenset((ring[place - 1], ring[(place + 1) % len(ring)])))
    return {point for point, pairs in around.items() if len(pairs) > 1}


def arcs(ring: Ring, nodes: set[Node]) -> list[Arc]:
    """A ring cut at its junctions; one without any begins at its smallest point, so that both sides agree."""
    starts = [place for place, point in enumerate(ring) if point in nodes]
    if not starts:
        low = min(range(len(ring)), key=ring.__getitem__)
        far = max(range(len(ring)), key=lambda n: math.dist(ring[n], ring[low]))
        starts = sorted({low, far})
    pieces = []
    for place, start in enumerate(starts):
        end = starts[(place + 1) % len(starts)]
        stretch = ring[start : end + 1] if end > start else ring[start:] + ring[: end + 1]
        pieces.append(tuple(stretch))
    return pieces


def thinned(arc: Arc, slack: float) -> Arc:
    """Douglas and Peucker: an arc's ends stay, and no dropped point lies farther than `slack` from the line."""
    keep = {0, len(arc) - 1}
    waiting = [(0, len(arc) - 1)]
    while waiting:
        low, high = waiting.pop()
        if high - low < 2:
            continue
        (x1, y1), (x2, y2) = arc[low], arc[high]
        length = math.dist((x1, y1), (x2, y2))
        worst, place = 0.0, low
        for n in range(low + 1, high):
            x, y = arc[n]
            away = (
                abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
                if length
                else math.dist(arc[n], arc[low])
            )
            if away > worst:
                worst, place = away, n
        if worst > slack:
            keep.add(place)
            waiting += [(low, place), (place, high)]
    return tuple(arc[n] for n in sorted(keep))


def simplified(areas: dict[str, list[Ring]], slack: float) -> dict[str, list[Ring]]:
    """Every area's rings with borders thinned once for both sides, so that neighbours still meet."""
    nodes = junctions(ring for found in areas.values() for ring in found)
    kept: dict[Arc, Arc] = {}

    def shared(arc: Arc) -> Arc:
        back = arc[::-1]
        if arc <= back:
            return kept.setdefault(arc, thinned(arc, slack))
        return kept.setdefault(back, thinned(back, slack))[::-1]

    result = {}
    for code, found in areas.items():
        thin = []
        for ring in found:
            line: Ring = []
            for arc in arcs(ring, nodes):
                line += shared(arc)[:-1]
            if len(line) > 2:
                thin.append(line)
        thin.sort(key=lambda ring: -abs(surface(ring)))
        result[code] = [thin[0], *(ring for ring in thin[1:] if abs(surface(ring)) > (3 * slack) ** 2)]
    return result


def surface(ring: Ring) -> float:
    """The surface of a ring in squares of the grid, negative where it runs clockwise."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def inside(point: tuple[float, float], ring: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in a ring."""
    x, y = point
    within = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within


def room(point: tuple[float, float], ring: Sequence[tuple[float, float]]) -> float:
    """The distance from a point to the border, negative outside."""
    best = math.inf
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        dx, dy = x2 - x1, y2 - y1
        along = max(0.0, min(1.0, ((point[0] - x1) * dx + (point[1] - y1) * dy) / ((dx * dx + dy * dy) or 1)))
        best = min(best, math.dist(point, (x1 + along * dx, y1 + along * dy)))
    return best if inside(point, ring) else -best


def heart(ring: Ring) -> tuple[float, float, float]:
    """Where a name has most room in a ring, in degrees, and how much: the middle of the largest circle inside.

    East is drawn narrower than it is in degrees (by the cosine of the latitude), and so is the circle measured;
    a name is wide, so the ring is squeezed sideways once more.
    """
    squeeze = math.cos(math.radians(sum(y for _x, y in ring) / len(ring) / GRID)) * 0.75
    flat = [(x * squeeze, float(y)) for x, y in ring]
    left, right = min(x for x, _y in flat), max(x for x, _y in flat)
    low, high = min(y for _x, y in flat), max(y for _x, y in flat)
    half = max(min(right - left, high - low) / 2, 1.0)
    queue: list[tuple[float, float, float, float, float]] = []

    def add(x: float, y: float, size: float) -> None:
        here = room((x, y), flat)
        heapq.heappush(queue, (-(here + size * math.sqrt(2)), x, y, size, here))

    x = left
    while x < right + half:
        y = low
        while y < high + half:
            add(x, y, half)
            y += 2 * half
        x += 2 * half
    best = (-math.inf, 0.0, 0.0)
    while queue:
        most, x, y, size, here = heapq.heappop(queue)
        best = max(best, (here, x, y))
        if -most - best[0] < half / 50:
            break
        for dx, dy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            add(x + dx * size / 2, y + dy * size / 2, size / 2)
    return best[1] / squeeze / GRID, best[2] / GRID, best[0] / GRID
