"""Where a figure comes from: how it is counted, from what, by which version, as of when; and the rows behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.insight import api as insight
from huimin.core.insight.types import Figure
from huimin.core.places import api as places
from huimin.portal.insight import reach, statements, words
from huimin.portal.insight.asked import Asked
from huimin.portal.insight.picture import path, whole
from huimin.ui import formats
from huimin.ui.parts import Fact, Link


def origin(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """All that the page of one figure shows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = request.GET.get("by", "")[:60]
    part, figure = part_of(asked, by)
    place = places.division(asked.area, asked.on)
    reaches = not asked.published and reach.reaches(viewer, asked)
    return {
        "asked": asked,
        "indicator": asked.indicator,
        "place": place.name,
        "path": [*path(asked), Link(_("这个数怎么来的"))],
        "period": insight.period_title(asked.period),
        "part": part,
        "figure": figure,
        "shown": words.shown(asked.indicator, figure),
        "facts": facts(asked, figure),
        "back": asked.url(),
        "rows_url": asked.url("insight-rows", by=by) if reaches and reach.rows_url(asked, figure) else "",
        "outside": ""
        if asked.published or reaches
        else reach.refusal(viewer, whole(request), asked, place.name),
        "statements": statements.grouped(insight.reported(asked.indicator.name)),
    }


def part_of(asked: Asked, by: str) -> tuple[str, Figure | None]:
    """The title and figure of one part, or the whole figure where none is named."""
    if by:
        parts = insight.breakdown(asked.indicator.name, asked.area, asked.period, published=asked.published)
        for code, title, figure in parts:
            if code == by:
                return title, figure
    return "", insight.figure(asked.indicator.name, asked.area, asked.period, published=asked.published)


def facts(asked: Asked, figure: Figure | None) -> list[Fact]:
    """How the figure is counted, as named values."""
    indicator = asked.indicator
    found = [Fact(_("指的是"), indicator.words)]
    if figure is None:
        return found
    if indicator.rate and not figure.suppressed:
        found.append(Fact(_("分子"), formats.number(figure.numerator)))
        found.append(Fact(_("分母"), formats.number(figure.denominator)))
    found.append(
        Fact(_("分子的口径") if indicator.rate else _("口径"), indicator.numerator, source=indicator.table)
    )
    if indicator.rate:
        found.append(Fact(_("分母的口径"), indicator.denominator, source=indicator.table))
    if indicator.exclude:
        found.append(Fact(_("不计"), indicator.exclude))
    if indicator.target is not None:
        found.append(Fact(_("目标"), words.value(indicator, indicator.target).whole))
    found.append(Fact(_("说的是哪一天"), formats.cdate(figure.known_on)))
    found.append(Fact(_("快照取于"), formats.ctime(figure.as_of), source=figure.generation))
    found.append(Fact(_("口径版本"), figure.version))
    return found
