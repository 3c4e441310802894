"""The picture of a place: its figure and what it means, the places below on a map, trend, ranking, parts, sources.

Everything is read from kept figures: a page costs the same with a thousand people and with a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.insight import api as insight
from huimin.core.insight.types import Figure, Indicator
from huimin.core.places import api as places
from huimin.core.places.types import Place
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.portal.insight import reach, statements, words
from huimin.portal.insight.asked import Asked
from huimin.ui import formats
from huimin.ui.atlas import Atlas, Bar, Panel, Point, Spot, Trend, percent, share_of
from huimin.ui.outlines import short_name
from huimin.ui.parts import Link

BEST = 5
FEW = 2 * BEST  # with so few places one list shows them all
MOST_BARS = 8
Board = Mapping[tuple[str, str, str], Figure]  # by indicator, place and period


@dataclass(frozen=True)
class Line:
    """A place in the list: what the map shows, and how it moved."""

    spot: Spot
    before: str
    moved: str
    judged: str
    current: bool = False


@dataclass(frozen=True)
class Ranked:
    """A place in the ranking, with the length of its bar in percent of the longest."""

    number: int
    name: str
    text: str
    url: str
    width: str


@dataclass(frozen=True)
class Ranking:
    """Places by their figure, the best first: all of them, or the first and the last five of so many."""

    title: str
    first: Sequence[Ranked]
    last: Sequence[Ranked]
    count: int
    first_title: str
    last_title: str


@dataclass(frozen=True)
class Overview:
    """One indicator of the place among the others."""

    title: str
    value: str
    moved: str
    judged: str
    target: str
    words: str
    url: str
    current: bool


def picture(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """All that the page of a place shows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    indicator, earlier = asked.indicator, insight.before(asked.period)
    known = [earlier] if earlier in asked.computed else []
    names = [one.name for one in visible(asked)]
    mine = insight.board(
        dict.fromkeys([indicator.name, *names]), [asked.area, *above(asked)], [asked.period, *known],
        published=asked.published,
    )  # fmt: skip
    now, before = (mine.get((indicator.name, asked.area, period)) for period in (asked.period, earlier))
    place = places.division(asked.area, asked.on)
    shown = words.shown(indicator, now)
    shown_below, (ranking_title, ranked) = shown_places(asked), ranked_places(asked)
    around = insight.board(
        [indicator.name], [one.code for one in (*shown_below, *ranked)], [asked.period, *known],
        published=asked.published,
    )  # fmt: skip
    lines = places_below(asked, shown_below, around, earlier if known else "")
    reaches = not asked.published and reach.reaches(viewer, asked)
    title, was = insight.period_title(asked.period), insight.period_title(earlier)
    return {
        "asked": asked,
        "service": asked.manifest,
        "indicator": indicator,
        "place": place.name,
        "path": path(asked),
        "period": title,
        "running": asked.on >= clock.today(),
        "figure": now,
        "shown": shown,
        "made_of": words.made_of(indicator, now),
        "sentence": words.sentence(indicator, place.name, title, now, before, was),
        "moved": words.moved(indicator, words.change(indicator, now, before)) if before else "",
        "judged": words.judged(indicator, words.change(indicator, now, before)),
        "before_title": was,
        "compared": compared(asked, mine),
        "figure_url": asked.url("insight-figure"),
        "reports_url": "" if asked.published else asked.url("reports"),
        "worst_first": indicator.direction in ("up", "down"),
        "rows_url": asked.url("insight-rows") if reaches and reach.rows_url(asked, now) else "",
        "outside": ""
        if asked.published or reaches
        else reach.refusal(viewer, whole(request), asked, place.name),
        "atlas": atlas(asked, lines),
        "lines": lines,
        "below_title": below_title(asked.level),
        "trend": trend(asked),
        "ranking": ranking(asked, ranking_title, ranked, around),
        "panels": panels(asked, mine),
        "overview": overview(asked, mine, earlier),
        "statements": statements.of_place(asked),
        "indicators": chosen_indicators(asked),
        "periods": chosen_periods(asked),
    }


def whole(request: HttpRequest) -> Viewer:
    """The viewer with all of his area, whatever he has narrowed it to."""
    from huimin.core.access.api import viewer_of

    return viewer_of(request.user)  # type: ignore[arg-type]


def path(asked: Asked) -> list[Link]:
    """The places above, each with the same figure, down to this one."""
    here = AreaCode(asked.area)
    codes = [str(one) for one in (*here.ancestors, here)]
    names = places.names(codes, asked.on)
    return [
        Link(names[code], asked.at_place(code).url(), current=code == asked.area)
        for code in codes
        if code in names
    ]


def below_title(level: Level) -> str:
    """What the places below are called."""
    return {
        Level.PROVINCE: _("各市州"), Level.PREFECTURE: _("各县区"), Level.COUNTY: _("各乡镇"), Level.TOWNSHIP: _("各村"),
    }.get(level, _("同乡镇各村"))  # fmt: skip


def shown_places(asked: Asked) -> tuple[Place, ...]:
    """The places right below one; for a village those beside it."""
    parent = AreaCode(asked.area).parent if asked.level == Level.VILLAGE else None
    return places.children(str(parent or asked.area), asked.on)


def places_below(asked: Asked, found: Iterable[Place], around: Board, earlier: str) -> list[Line]:
    """The list beside the map: every place with its figure and how it moved, the worst first, units at the end."""
    indicator = asked.indicator
    lines = []
    for one in found:
        now = around.get((indicator.name, one.code, asked.period))
        before = around.get((indicator.name, one.code, earlier))
        by = words.change(indicator, now, before)
        lines.append(
            Line(
                spot(asked, one, now),
                words.shown(indicator, before).text if earlier else "",
                words.moved(indicator, by) if earlier else "",
                words.judged(indicator, by),
                one.code == asked.area,
            )
        )
    up = indicator.direction == "up"
    lines.sort(key=lambda line: order(line.spot.value, line.spot.ranked, rising=up))
    return lines


def order(value: Any, ranked: bool, *, rising: bool) -> tuple[bool, bool, Any]:
    """Places with a figure first and by it; statistical units and those without a figure at the end."""
    return (not ranked, value is None, 0 if value is None else value if rising else -value)


def spot(asked: Asked, place: Place, figure: Figure | None) -> Spot:
    """A place as the map and the list show it."""
    return Spot(
        code=place.code, name=place.name, short=on_map(place), value=figure.value if figure else None,
        text=words.shown(asked.indicator, figure).text, url=asked.at_place(place.code).url(),
        note=words.made_of(asked.indicator, figure), withheld=bool(figure and figure.suppressed), ranked=not place.statistical,
        current=place.code == asked.area,
    )  # fmt: skip


def on_map(place: Place) -> str:
    """How the map names a place: without the names of peoples, and a prefecture without 市."""
    name = short_name(place.name)
    return name.removesuffix("市") if place.level == Level.PREFECTURE and len(name) > 2 else name


def atlas(asked: Asked, lines: Sequence[Line]) -> Atlas:
    """The map of the places below, or tiles; around a target only where places lie on both sides of it."""
    indicator = asked.indicator
    code = asked.area if asked.level != Level.VILLAGE else str(AreaCode(asked.area).parent)
    return Atlas(
        code=code,
        label=f"{below_title(asked.level)} · {indicator.title}",
        unit=words.unit_of(indicator),
        spots=sorted((line.spot for line in lines), key=lambda one: one.code),
        better=indicator.direction,
        target=indicator.target,
    )


def trend(asked: Asked) -> Trend:
    """The figure of the place over the years."""
    figures = insight.trend(asked.indicator.name, asked.area, published=asked.published)
    today = clock.today()
    points = [
        Point(
            label=one.period,
            value=one.value,
            text=words.shown(asked.indicator, one).text,
            url=asked.at_period(one.period).url(),
            current=one.period == asked.period[:4],
            open=insight.parse(one.period).last >= today,
        )
        for one in figures
    ]
    return Trend(
        label=_("历年"), unit=words.unit_of(asked.indicator), points=points, target=asked.indicator.target
    )


def ranked_places(asked: Asked) -> tuple[str, list[Place]]:
    """What is ranked in a place, without statistical units: the counties of a province or prefecture, else those below."""
    if asked.level in (Level.PROVINCE, Level.PREFECTURE):
        return _("县区排名"), list(places.counties(asked.area, asked.on))
    if asked.level == Level.VILLAGE:
        return "", []
    title = _("乡镇排名") if asked.level == Level.COUNTY else _("村排名")
    return title, [one for one in places.children(asked.area, asked.on) if not one.statistical]


def ranking(asked: Asked, title: str, found: Sequence[Place], around: Board) -> Ranking | None:
    """The five best and the five worst; the five highest and lowest where no direction is better."""
    known = [
        (figure.value, one, figure)
        for one in found
        if (figure := around.get((asked.indicator.name, one.code, asked.period))) is not None
        and figure.value is not None
    ]
    if len(known) < 2:
        return None
    rising = asked.indicator.direction == "down"
    known.sort(key=lambda row: (row[0] if rising else -row[0], row[1].code))
    longest = max(abs(value) for value, _place, _figure in known) or 1
    rows = [
        Ranked(
            number,
            one.name,
            words.shown(asked.indicator, figure).text,
            asked.at_place(one.code).url(),
            f"{float(abs(value) * 100 / longest):.1f}%",
        )
        for number, (value, one, figure) in enumerate(known, 1)
    ]
    few = len(rows) <= FEW
    judged = asked.indicator.direction in ("up", "down")
    return Ranking(
        title,
        rows if few else rows[:BEST],
        [] if few else rows[-BEST:],
        len(rows),
        _("最好的五个") if judged else _("最高的五个"),
        _("最差的五个") if judged else _("最低的五个"),
    )


def above(asked: Asked) -> list[str]:
    """The places above, from the province down."""
    return [str(one) for one in AreaCode(asked.area).ancestors]


def compared(asked: Asked, mine: Board) -> list[tuple[str, str, str]]:
    """The same rate of the places above, for comparison: name, value, address."""
    if not asked.indicator.rate:
        return []
    names = places.names(above(asked), asked.on)
    found = []
    for code in above(asked):
        figure = mine.get((asked.indicator.name, code, asked.period))
        if code in names:
            shown = words.shown(asked.indicator, figure).whole
            found.append((names[code], shown, asked.at_place(code).url()))
    return found


def visible(asked: Asked) -> list[Indicator]:
    """The indicators that this door shows of a place of this level; those of single officers are in the assessment."""
    found = [one for one in insight.indicators(asked.service) if one.by != "officer"]
    return [one for one in found if int(asked.level) in one.levels and (one.public or not asked.published)]


def panels(asked: Asked, mine: Board) -> list[Panel]:
    """Small multiples on one scale: every figure that has parts, each part as a share of its panel's sum."""
    split = {one.name: one for one in visible(asked) if one.by}
    found = insight.parts(split, asked.area, asked.period, published=asked.published)
    return [
        panel(asked, one, mine.get((name, asked.area, asked.period)), found.get(name, []))
        for name, one in split.items()
    ]


def panel(
    asked: Asked, indicator: Indicator, now: Figure | None, parts: Iterable[tuple[str, str, Figure]]
) -> Panel:
    """One of the small multiples; a rate in percent is drawn as it is."""
    rows = [(title, figure) for _code, title, figure in parts if figure.value or figure.suppressed]
    rows.sort(key=lambda row: (row[1].value is None, -(row[1].value or 0)))
    whole_sum, total = (now.value if now else None), words.shown(indicator, now)
    bars = []
    for title, figure in rows[:MOST_BARS]:
        share = figure.value if indicator.unit == "%" else share_of(figure.value, whole_sum)
        bars.append(
            Bar(
                label=title,
                text=words.shown(indicator, figure).part(total),
                share=share,
                note="" if indicator.unit == "%" or share is None else percent(share),
                url=part_url(asked.of(indicator), figure),
            )
        )
    return Panel(
        title=str(indicator.title), bars=bars, total=total.text, unit=total.unit, url=asked.of(indicator).url(),
        period=insight.period_title(asked.period), as_of=now.known_on if now else None, demo=bool(now and now.demo),
        empty=_("这一期没有"),
    )  # fmt: skip


def part_url(asked: Asked, figure: Figure) -> str:
    """Where a part of a figure comes from."""
    return asked.url("insight-figure", by=figure.by)


def overview(asked: Asked, mine: Board, earlier: str) -> list[Overview]:
    """Every indicator of the place at a glance, with how it moved and its target."""
    found = []
    for one in visible(asked):
        now, before = (mine.get((one.name, asked.area, period)) for period in (asked.period, earlier))
        by = words.change(one, now, before)
        found.append(
            Overview(
                title=str(one.title),
                value=words.shown(one, now).whole,
                moved=words.moved(one, by),
                judged=words.judged(one, by),
                target=words.value(one, one.target).whole if one.target is not None else formats.NONE,
                words=str(one.words),
                url=asked.of(one).url(),
                current=one.name == asked.indicator.name,
            )
        )
    return found


def chosen_indicators(asked: Asked) -> list[Link]:
    """The chips of indicators."""
    return [
        Link(str(one.title), asked.of(one).url(), current=one.name == asked.indicator.name)
        for one in visible(asked)
    ]


def chosen_periods(asked: Asked) -> list[Link]:
    """The chips of periods: years first, then quarters, the newest first."""
    return [
        Link(insight.period_title(name), asked.at_period(name).url(), current=name == asked.period)
        for name in sorted(asked.computed, key=lambda name: (len(name) != 4, [-ord(char) for char in name]))
    ]
