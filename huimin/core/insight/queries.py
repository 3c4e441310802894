"""Reading figures: full ones within the viewer's reach, published ones elsewhere; one function decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q

from huimin.core.access.api import Kind, Viewer, beyond, current, within
from huimin.core.insight.catalogue import INDICATORS
from huimin.core.insight.models import Computation, Reported, Value
from huimin.core.insight.periods import parse
from huimin.core.insight.types import Figure, Indicator, Sourced
from huimin.core.places import api as places
from huimin.kit.area import AreaCode

NOUGHT = Decimal(0)
Key = tuple[str, str]


def full(viewer: Viewer, indicator: Indicator, area: str) -> bool:
    """Whether a viewer sees a division's figure whole: within the places he sees people of that service in."""
    if viewer.kind is Kind.SYSTEM:
        return True
    return viewer.kind is Kind.OFFICER and within(viewer.spans(indicator.service), area)


def computations(indicator: Indicator, periods: Iterable[str] | None = None) -> dict[str, Computation]:
    """By period the computation that counts: by the indicator's present version where there is one, else the latest."""
    rows = Computation.objects.filter(indicator=indicator.name)
    if periods is not None:
        rows = rows.filter(period__in=list(periods))
    found: dict[str, Computation] = {}
    for row in rows.order_by("computed", "id"):
        before = found.get(row.period)
        if before is None or row.version == indicator.version or before.version != indicator.version:
            found[row.period] = row
    return found


def computed_periods(service: str) -> list[str]:
    """The periods for which a service's figures were computed: years first, then quarters, then months, each in order."""
    names = Computation.objects.filter(service=service).values_list("period", flat=True).distinct()
    return sorted(names, key=lambda name: (len(name) if name[4:5] != "-" else 9, name))


def figures(
    indicator: Indicator, areas: Iterable[str], periods: Sequence[str], *, published: bool = False,
    viewer: Viewer | None = None, by: str = "",
) -> dict[Key, Figure]:  # fmt: skip
    """The figures of some divisions in some periods by (division, period); periods never computed are left out.

    The viewer sees whole what is within his reach, elsewhere (and with `published`, everywhere) what is published.
    """
    viewer = viewer or current()
    wanted = list(dict.fromkeys(areas))
    known = computations(indicator, periods)
    read = _read([one.id for one in known.values()], wanted, by)
    return {
        (area, period): _figure(indicator, one, area, by, read, published, viewer)
        for period, one in known.items()
        for area in wanted
    }


def broken_down(
    indicator: Indicator, area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[tuple[str, str, Figure]]:
    """The parts of a figure by code: those declared first and in their order, then others by size."""
    viewer = viewer or current()
    one = computations(indicator, [period]).get(period)
    if one is None or not indicator.by:
        return []
    return parts_of(indicator, one, area, _read([one.id], [area], None), published, viewer)


def parts_of(
    indicator: Indicator, one: Computation, area: str, read: _Read, published: bool, viewer: Viewer
) -> list[tuple[str, str, Figure]]:
    """The parts of a figure of one computation: those declared first and in their order, then others by size."""
    sizes = {
        by: row[0] for (id, place, by), row in read.rows.items() if by and place == area and id == one.id
    }
    others = sorted(set(sizes) - set(indicator.groups), key=lambda code: (-sizes[code], code))
    found = []
    for code in (*indicator.groups, *others):
        figure = _figure(indicator, one, area, code, read, published, viewer)
        if figure.suppressed and code in others:
            continue  # that there is such a part would say something too
        if code in sizes or figure.suppressed or not indicator.rate:
            found.append((code, str(indicator.groups.get(code, code)), figure))
    return found


@dataclass(frozen=True)
class _Read:
    """Rows of some computations: by (computation, division, part), and what is withheld of divisions and those above."""

    rows: dict[tuple[int, str, str], tuple[Decimal, Decimal | None]]
    hidden: set[tuple[int, str]]
    closed: set[tuple[int, str]]

    def withheld(self, one: int, area: str, by: str) -> bool:
        """Whether the public may not see a cell; below what is withheld also noughts are."""
        above = {(one, code) for code in _above(area)}
        if by:
            return bool(({(one, area)} | above) & (self.hidden | self.closed))
        return (one, area) in self.hidden or bool(above & self.hidden)


def _above(area: str) -> list[str]:
    return [str(one) for one in AreaCode(area).ancestors]


def _read(ids: list[int], areas: list[str], by: str | None) -> _Read:
    """The rows of divisions for one part (None: all of them), with the marks of withholding."""
    asked = list(dict.fromkeys([*areas, *(code for area in areas for code in _above(area))]))
    marks = Q(by="")
    with beyond("figures of places"):
        rows = Value.objects.filter(computation__in=ids, division_code__in=asked)
        if by is not None:
            rows = rows.filter(marks | Q(by=by)) if by else rows.filter(marks)
        found = list(
            rows.values_list(
                "computation_id", "division_code", "by", "numerator", "denominator", "hidden", "closed"
            )
        )
    return _Read(
        {(one, area, code): (n, d) for one, area, code, n, d, _hidden, _closed in found},
        {(one, area) for one, area, code, _n, _d, hidden, _closed in found if hidden and not code},
        {(one, area) for one, area, code, _n, _d, _hidden, closed in found if closed and not code},
    )


def _figure(
    indicator: Indicator, one: Computation, area: str, by: str, read: _Read, published: bool, viewer: Viewer
) -> Figure:
    nothing = (NOUGHT, NOUGHT if indicator.rate else None)
    numerator, denominator = read.rows.get((one.id, area, by), nothing)
    found = Figure(
        indicator=indicator.name, area=area, period=one.period, numerator=numerator, denominator=denominator,
        value=indicator.value(numerator, denominator), as_of=one.as_of, version=one.version, demo=one.demo, by=by,
        generation=one.generation, known_on=one.known_on,
    )  # fmt: skip
    whole = not published and full(viewer, indicator, area)
    if whole or (indicator.public and not read.withheld(one.id, area, by)):
        return found
    return replace(found, numerator=None, denominator=None, value=None, suppressed=True)


def below(
    indicator: Indicator, area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[Figure]:
    """The figures of the divisions right below one, as they stood at the end of the period, by code."""
    codes = [place.code for place in places.children(area, parse(period).last)]
    found = figures(indicator, codes, [period], published=published, viewer=viewer)
    return [found[code, period] for code in codes if (code, period) in found]


def trend(
    indicator: Indicator, area: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[Figure]:
    """A division's figures over the years that were computed, oldest first."""
    years = [name for name in computed_periods(indicator.service) if len(name) == 4]
    found = figures(indicator, [area], years, published=published, viewer=viewer)
    return [found[area, year] for year in years if (area, year) in found]


def reported(indicator: str | None = None, area: str | None = None) -> list[Sourced]:
    """What documents state, each with its sentence: of one indicator and division, or of all."""
    rows = Reported.objects.order_by("document", "period", "title")
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    if area is not None:
        rows = rows.filter(place_code=area)
    return [_sourced(row) for row in rows]


def _sourced(row: Reported) -> Sourced:
    from datetime import datetime, time

    from huimin.kit.clock import BEIJING, now

    day = datetime.combine(row.published, time(), BEIJING) if row.published else now()
    figure = Figure(
        indicator=row.indicator, area=row.place_code, period=row.period, numerator=None, denominator=None,
        value=row.value.normalize() if row.value % 1 else row.value.quantize(Decimal(1)),
        as_of=day, version="", source="reported", document=row.document, demo=row.demo,
    )  # fmt: skip
    return Sourced(
        figure=figure, title=row.title, place=row.place, unit=row.unit, sentence=row.sentence,
        document=row.document, published=row.published, kind=row.kind,
    )  # fmt: skip


class Mixed(TypeError):
    """Figures that may not be added up: counted and reported, or of different indicators, periods or versions."""


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of counted figures of one indicator, period and version in different divisions; raise Mixed for others.

    A withheld figure makes the sum withheld.
    """
    rows = list(figures)
    if not rows:
        raise Mixed("there is nothing to add up")
    if any(one.source != "counted" for one in rows):
        raise Mixed("what a document reports is never added to anything")
    if len({(one.indicator, one.period, one.version, one.by) for one in rows}) > 1:
        raise Mixed("only figures of one indicator, period and version are added up")
    places_named = [one.area for one in rows]
    if len(set(places_named)) < len(rows) or any(
        a != b and _covers(a, b) for a in places_named for b in places_named
    ):
        raise Mixed("a division would be counted twice")
    first = rows[0]
    if any(one.suppressed for one in rows):
        return replace(first, area="", numerator=None, denominator=None, value=None, suppressed=True)
    numerator = sum((one.numerator or NOUGHT for one in rows), NOUGHT)
    rate = any(one.denominator is not None for one in rows)
    denominator = sum((one.denominator or NOUGHT for one in rows), NOUGHT) if rate else None
    value = INDICATORS[first.indicator].value(numerator, denominator)
    return replace(first, area="", numerator=numerator, denominator=denominator, value=value)


def _covers(above: str, code: str) -> bool:
    return AreaCode(above).covers(code)
