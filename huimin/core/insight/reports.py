"""What a report says, gathered from kept figures; it is frozen as it is, and printed from that and nothing else."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.insight import periods as spans
from huimin.core.insight import queries
from huimin.core.insight.catalogue import of_service
from huimin.core.insight.models import FrozenReport
from huimin.core.insight.types import Figure, Indicator, ReportView
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotFound

FORMAT = 1  # of the content: a print that no longer knows it says so
RANKED = 3  # indicators that stand beside the names of the divisions below


def text(value: object) -> str | None:
    """A number as it is kept: its digits, or None."""
    return None if value is None else str(value)


def gather(service: str, title: str, area: str, period: str) -> dict[str, Any]:
    """Everything a report of a service says about a division and a period, as the viewer may see it.

    Raises NotFound(code="not_computed") where the period was not computed.
    """
    span = spans.parse(period)
    wanted = [one for one in of_service(service) if one.levels != (int(Level.VILLAGE),)]
    figures = {one.name: queries.figures(one, [area], [period, spans.before(period)]) for one in wanted}
    first = next((found[area, period] for found in figures.values() if (area, period) in found), None)
    if first is None:
        raise NotFound(_("%(period)s还没有计算指标。") % {"period": spans.title(period)}, code="not_computed")
    names = places.path_of(area, span.last)
    return {
        "format": FORMAT, "service": service, "area": area, "place": names[-1] if names else area, "path": list(names),
        "period": period, "period_title": spans.title(period), "title": title, "known_on": text(first.known_on),
        "as_of": first.as_of.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M"), "generation": first.generation,
        "demo": first.demo,
        "indicators": [
            row(one, figures[one.name].get((area, period)), figures[one.name].get((area, spans.before(period))))
            for one in wanted
        ],
        "trend": trend(wanted, area, period),
        "parts": [found for one in wanted if one.by and (found := parts(one, area, period))],
        "below": below(wanted, area, period),
        "sourced": sourced(service),
        "words": words(),
    }  # fmt: skip


def words() -> dict[str, str]:
    """The report's own words, in the language of whoever froze it."""
    return {
        "indicator": _("指标"), "value": _("本期"), "before": _("上年同期"), "target": _("目标"), "unit": _("单位"),
        "meaning": _("口径"), "trend": _("历年变化"), "place": _("地区"), "part": _("分项"), "withheld": _("不公布"),
        "none": _("无"), "document": _("文件"), "sentence": _("原文"), "period": _("时间"),
        "sourced": _("文件所载的统计数"), "sourced_note": _("以下数字出自文件原文，不是从本系统登记数据统计的，不与上文相加。"),
        "counted": _("以下数字由系统从登记数据统计"), "known_on": _("统计到"), "as_of": _("数据取自"), "generation": _("快照"),
        "demo": _("演示数据：人、户和数字都是编造的"), "below": _("下级地区"), "hash": _("指纹"),
    }  # fmt: skip


def row(indicator: Indicator, now: Figure | None, before: Figure | None) -> dict[str, Any]:
    """An indicator's line of the report."""
    return {
        "name": indicator.name, "title": str(indicator.title), "unit": _(indicator.unit), "words": str(indicator.words),
        "direction": indicator.direction, "target": text(indicator.target), "version": now.version if now else "",
        "value": text(now.value) if now else None, "numerator": text(now.numerator) if now else None,
        "denominator": text(now.denominator) if now else None, "withheld": bool(now and now.suppressed),
        "before": text(before.value) if before else None, "before_withheld": bool(before and before.suppressed),
    }  # fmt: skip


def trend(wanted: list[Indicator], area: str, period: str) -> dict[str, Any] | None:
    """The first rate over the years, up to the period's."""
    one = next((each for each in wanted if each.rate), None)
    if one is None:
        return None
    points = [
        [f.period, text(f.value)]
        for f in queries.trend(one, area)
        if f.value is not None and f.period <= period[:4]
    ]
    return {"title": str(one.title), "unit": _(one.unit), "points": points}


def parts(indicator: Indicator, area: str, period: str) -> dict[str, Any] | None:
    """An indicator's parts that are not nought."""
    rows = [
        [title, text(figure.value), figure.suppressed]
        for _code, title, figure in queries.broken_down(indicator, area, period)
        if figure.value or figure.suppressed
    ]
    if not rows:
        return None
    return {"title": str(indicator.title), "unit": _(indicator.unit), "rows": rows}


def below(wanted: list[Indicator], area: str, period: str) -> dict[str, Any] | None:
    """The divisions right below with the first indicators; statistical units come last and apart."""
    if AreaCode(area).level >= Level.VILLAGE:
        return None
    chosen = wanted[:RANKED]
    children = places.children(area, spans.parse(period).last)
    found = {one.name: queries.figures(one, [c.code for c in children], [period]) for one in chosen}
    rows = []
    for place in sorted(children, key=lambda one: (one.statistical, one.code)):
        figures = [found[one.name].get((place.code, period)) for one in chosen]
        if any(figure and (figure.value or figure.suppressed) for figure in figures):
            cells = [[text(f.value) if f else None, bool(f and f.suppressed)] for f in figures]
            rows.append({"name": place.name, "statistical": place.statistical, "values": cells})
    return {"columns": [[str(one.title), _(one.unit)] for one in chosen], "rows": rows} if rows else None


def sourced(service: str) -> list[dict[str, Any]]:
    """What documents state about the service's matters."""
    return [
        {
            "title": one.title, "place": one.place, "period": one.figure.period, "value": text(one.figure.value),
            "unit": one.unit, "sentence": one.sentence, "document": one.document, "published": text(one.published),
        }
        for one in queries.reported()
        if one.kind == service
    ]  # fmt: skip


def view(row: FrozenReport) -> ReportView:
    """A frozen report as pages see it."""
    return ReportView(
        id=row.id, service=row.service, area=row.division_code, period=row.period, title=row.title,
        generation=row.generation, hash=row.hash, frozen=row.frozen, by=row.frozen_by, content=json.loads(row.content),
    )  # fmt: skip


def frozen(id: UUID | str) -> ReportView:
    """A frozen report within the viewer's sight; raise NotFound(code="no_report") where there is none."""
    row = FrozenReport.objects.filter(id=id).first()
    if row is None:
        raise NotFound(_("没有找到这份报告。"), code="no_report")
    return view(row)


def frozen_reports(service: str, area: str | None = None, limit: int = 50) -> list[ReportView]:
    """The frozen reports of a service within the viewer's sight, newest first; of one division where it is named."""
    rows = FrozenReport.objects.filter(service=service)
    if area is not None:
        rows = rows.filter(division_code=area)
    return [view(row) for row in rows.order_by("-frozen", "-id")[:limit]]
