"""Places as the rest of Huimin sees them: divisions by code, what a code means on a day, search.

Codes have twelve digits. A day of None is today in Beijing. Unknown codes raise
NotFound(code="unknown_division").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from huimin.core.places import edition, queries
from huimin.core.places import search as _search
from huimin.core.places.changes import merge, rename, split
from huimin.core.places.loading import import_list, import_package
from huimin.core.places.scope import q, sql
from huimin.core.places.types import Change, Place, Span
from huimin.kit import clock
from huimin.kit.area import NATION, Level

__all__ = [
    "answering",
    "at_level", "changes_of", "children", "counties", "counts", "current", "division", "divisions", "exists",
    "forget", "import_list", "import_package", "merge", "moved", "name_of", "names", "path_of", "paths", "q",
    "rename", "search", "spans", "split", "sql", "successors", "under",
]  # fmt: skip

forget = edition.forget


def division(code: str, on: date | None = None) -> Place:
    """The division of a code, standing or not, with its name as of a day."""
    found = queries.places([code], on).get(code)
    if found is None:
        raise queries.unknown(code)
    return found


def divisions(codes: Iterable[str], on: date | None = None) -> dict[str, Place]:
    """Divisions by code with their names as of a day, without those that are unknown; one query at most."""
    return queries.places(codes, on)


def exists(code: str, on: date | None = None) -> bool:
    """Whether a division of that code stands on a day."""
    place, day = queries.places([code], on).get(code), on or clock.today()
    if place is None or (place.valid_from is not None and place.valid_from > day):
        return False
    return place.valid_to is None or day < place.valid_to


def name_of(code: str, on: date | None = None) -> str:
    """The name a division had on a day; kept in the process, so that repeated calls cost no query."""
    return division(code, on).name


def names(codes: Iterable[str], on: date | None = None) -> dict[str, str]:
    """Names by code as of a day, without those that are unknown; one query at most."""
    return {code: place.name for code, place in queries.places(codes, on).items()}


def path_of(code: str, on: date | None = None) -> tuple[str, ...]:
    """Names from the province down to the division; fillers such as 市辖区 are left out."""
    found = queries.paths([code], on).get(code)
    if found is None:
        raise queries.unknown(code)
    return queries.names_down(found)


def paths(codes: Iterable[str], on: date | None = None) -> dict[str, tuple[str, ...]]:
    """Paths as of path_of by code, without those that are unknown; one query at most."""
    return {code: queries.names_down(path) for code, path in queries.paths(codes, on).items()}


def children(code: str, on: date | None = None) -> tuple[Place, ...]:
    """The divisions right below one that stand on a day, by code; of the nation (twelve zeros) provinces."""
    return queries.children(code, on)


def at_level(level: Level, within: str | None = None, on: date | None = None) -> tuple[Place, ...]:
    """All divisions of a level within another, statistical units included, by code."""
    return queries.at_level(level, within, on, statistical=True)


def counties(within: str | None = None, on: date | None = None) -> tuple[Place, ...]:
    """The counties within a division, by code, without statistical units."""
    return queries.at_level(Level.COUNTY, within, on, statistical=False)


def counts(
    within: str | None = None, on: date | None = None, *, statistical: bool = False
) -> dict[Level, int]:
    """How many divisions of each level stand within another (itself included), statistical units left out."""
    return queries.counts(within, on, statistical=statistical)


def spans(code: str, on: date | None = None) -> tuple[Span, ...]:
    """The recorded rows that belong to a division on a day, as disjoint ranges in order.

    A division's own range, with what was merged into it or moved to it, without what left it. A village that
    was merged into another has none: see successors. A code of no division is taken as it is.
    """
    return edition.current().territory(on or clock.today()).spans(code)


def under(code: str) -> tuple[Span, ...]:
    """The spans of a division today."""
    return spans(code)


def current(code: str, group: int | None = None, on: date | None = None) -> str:
    """The village that on a day answers for a row recorded with this code and group; else the code itself."""
    return edition.current().territory(on or clock.today()).at(code, group)


def answering(on: date | None = None) -> Callable[..., str]:
    """`current` for many rows: a function of code and group that has looked up the day's divisions once."""
    return edition.current().territory(on or clock.today()).at


def successors(code: str, on: date | None = None) -> tuple[str, ...]:
    """The villages that on a day have the people recorded under a code; itself alone where nothing moved."""
    return edition.current().territory(on or clock.today()).successors(code)


def moved(on: date | None = None) -> tuple[tuple[str, int | None, str], ...]:
    """Every divergence of recorded codes by a day: (recorded code, group or None for all others, village)."""
    return tuple(edition.current().territory(on or clock.today()).moved())


def changes_of(code: str) -> tuple[Change, ...]:
    """The recorded changes that name a division, in order of their days."""
    known = edition.current().changes
    return tuple(one for one in known if code in (one.from_code, one.to_code, one.origin))


def search(
    text: str,
    within: str | None = None,
    levels: Sequence[Level] | None = None,
    limit: int = 20,
    on: date | None = None,
) -> tuple[Place, ...]:
    """Standing divisions by Chinese name, former name, full pinyin, initials or the first digits of a code.

    Whole names (会宁 for 会宁县) come first, then beginnings, higher levels before lower ones; within a
    division also names that hold the text anywhere.
    """
    return _search.search(text, None if within == NATION.code else within, levels, limit, on)
