"""Reads of divisions: names, paths, children, counts. Whatever a page asks for many codes is one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from huimin.core.places import edition
from huimin.core.places.listing import FILLERS
from huimin.core.places.models import Division
from huimin.core.places.types import Kind, Place
from huimin.kit import clock
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.refusal import NotFound

KEPT_COUNTS = 2_000


def standing(day: date) -> Q:
    """Divisions that exist on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))


def within(code: str | None) -> Q:
    """Divisions by their own code in a subtree, whatever was merged since."""
    if code is None or code == NATION.code:
        return Q()
    low, high = AreaCode(code).span
    return Q(code__gte=low, code__lte=high)


def unknown(code: object) -> NotFound:
    """The refusal for a code that no division has."""
    message = _("没有代码为 %(code)s 的行政区划，请核对十二位代码") % {"code": code}
    return NotFound(message, code="unknown_division", fields={"code": message})


def places(codes: Iterable[str], on: date | None = None) -> dict[str, Place]:
    """The divisions of those codes that exist, with their names as of a day (today); one query at most."""
    known = edition.current()
    day = on or clock.today()
    return {code: dated(known, place, day) for code, place in known.fetch(set(codes)).items()}


def dated(known: edition.Known, place: Place, day: date) -> Place:
    """The place with the name it had on a day."""
    name = known.name(place, day)
    if name == place.name:
        return place
    return Place(
        place.code, name, place.level, place.parent, place.kind, place.pinyin, place.initials,
        place.valid_from, place.valid_to,
    )  # fmt: skip


def paths(codes: Iterable[str], on: date | None = None) -> dict[str, tuple[Place, ...]]:
    """For each existing code the divisions from the province down to itself; one query at most."""
    asked = set(codes)
    chains = {}
    for code in asked:
        try:
            area = AreaCode(code)
        except ValueError:
            continue
        chains[code] = tuple(dict.fromkeys(one.code for one in (*area.ancestors, area)))
    found = places({one for chain in chains.values() for one in chain}, on)
    return {
        code: tuple(found[one] for one in chain if one in found)
        for code, chain in chains.items()
        if code in found
    }


def names_down(path: tuple[Place, ...]) -> tuple[str, ...]:
    """The names of a path without those that say nothing: fillers, and a name that repeats the one above."""
    names: list[str] = []
    for place in path:
        last = place is path[-1]
        if place.statistical and place.name in FILLERS and not last:
            continue
        if not names or names[-1] != place.name:
            names.append(place.name)
    return tuple(names)


def listed(rows: QuerySet[Division], on: date | None) -> tuple[Place, ...]:
    """Rows as places in order of their codes, with their names as of a day."""
    known, day = edition.current(), on or clock.today()
    found = rows.filter(standing(day)).order_by("code").values_list(*edition.FIELDS)
    return tuple(dated(known, edition.place_of(row), day) for row in found)


def children(code: str, on: date | None = None) -> tuple[Place, ...]:
    """The divisions right below one, standing on a day, in order of their codes; of the nation, provinces."""
    return listed(Division.objects.filter(parent_code=code), on)


def at_level(level: Level, code: str | None, on: date | None, *, statistical: bool) -> tuple[Place, ...]:
    """The divisions of a level within another."""
    rows = Division.objects.filter(within(code), level=int(level))
    if not statistical:
        rows = rows.exclude(kind=Kind.STATISTICAL)
    return listed(rows, on)


def counts(code: str | None, on: date | None, *, statistical: bool) -> dict[Level, int]:
    """How many divisions of each level stand within another on a day."""
    known, day = edition.current(), on or clock.today()
    key = (code, day, statistical)
    counted: dict[Level, int] | None = known.counted.get(key)
    if counted is None:
        rows = Division.objects.filter(within(code)).filter(standing(day))
        if not statistical:
            rows = rows.exclude(kind=Kind.STATISTICAL)
        found = dict(rows.values_list("level").annotate(n=Count("*")).order_by())
        counted = {level: found.get(int(level), 0) for level in Level if level}
        if len(known.counted) >= KEPT_COUNTS:
            known.counted = {}
        known.counted[key] = counted
    return dict(counted)
