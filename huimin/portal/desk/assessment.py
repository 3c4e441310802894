"""Assessment (考核): who stands where in a period, with grade, score and reasons of the rule; the evidence a press away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.core.access.api import Viewer, within
from huimin.core.insight import api as insight
from huimin.core.insight.types import Assessed, Evidence
from huimin.core.places import api as places
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotFound
from huimin.manifest import services
from huimin.portal.insight import words
from huimin.portal.insight.asked import DESK, Asked, read
from huimin.ui import formats
from huimin.ui.parts import Column, Link, Row, State, Table

GRADES = ("excellent", "good", "fair", "poor")
MARKS = {
    "excellent": ("done", "award"),
    "good": ("info", "thumb-up"),
    "fair": ("plain", "minus"),
    "poor": ("plain", "trending-down"),
}
FULL = 100


@dataclass(frozen=True)
class Share:
    """How many have a grade, and where its part of the strip begins and how wide it is, in percent."""

    word: str
    count: int
    x: str
    width: str
    css: str


def grade_word(code: str) -> str:
    """A grade as people say it."""
    return {
        "excellent": _("优秀"), "good": _("良好"), "fair": _("一般"), "poor": _("较差"),
    }.get(code, code)  # fmt: skip


def graded(code: str) -> State:
    """A grade as a word with its mark."""
    return State(grade_word(code), *MARKS.get(code, ("plain", "point")))


def kind_words() -> dict[str, str]:
    """Who is assessed."""
    return {"county": _("县区"), "township": _("乡镇"), "officer": _("帮扶责任人")}


def kind_of(request: HttpRequest, asked: Asked) -> str:
    """The kind asked for; without one that which lies right below the place."""
    kind = request.GET.get("kind", "")
    if kind in kind_words():
        return kind
    return (
        "county" if asked.level < Level.COUNTY else "township" if asked.level == Level.COUNTY else "officer"
    )


def url(asked: Asked, page: str, **said: str) -> str:
    """An address of this service's assessment."""
    query = {"in": AreaCode(asked.area).short, "at": asked.period, **said}
    return (
        reverse(f"portal:{page}", args=[asked.service])
        + "?"
        + urlencode({k: v for k, v in query.items() if v})
    )


@require_safe
def page(request: HttpRequest, service: str) -> HttpResponse:
    """The ranking of counties, of a county's townships or of its officers; `?grade=` narrows to one grade."""
    asked = read(request, service, DESK)
    if asked is None or service not in assessed_services():
        return nothing(request, service)
    kind, grade = kind_of(request, asked), request.GET.get("grade", "")
    asked = asked.at_place(within_reach(request.viewer, asked))  # type: ignore[attr-defined]
    wide = kind != "county" and asked.level < Level.COUNTY  # ranks are kept within a county
    rows = [] if wide else insight.assessment(service, asked.area, asked.period, kind)
    shown = [one for one in rows if not grade or one.grade == grade]
    context = {
        "asked": asked,
        "service": services[service],
        "place": places.division(asked.area, asked.on).name,
        "path": trail(asked, kind, request.viewer),  # type: ignore[attr-defined]
        "kinds": [
            Link(word, url(asked, "assessment", kind=code), current=code == kind)
            for code, word in kind_words().items()
        ],
        "periods": [
            Link(insight.period_title(name), url(asked.at_period(name), "assessment", kind=kind), current=name == asked.period)
            for name in sorted(asked.computed, key=lambda name: (len(name) != 4, [-ord(char) for char in name]))
        ],
        "period": insight.period_title(asked.period),
        "grade": grade,
        "strip": strip(asked, kind, rows),
        "count": len(rows),
        "table": table(asked, kind, shown),
        "counties": [
            Link(one.name, url(asked.at_place(one.code), "assessment", kind=kind))
            for one in places.counties(asked.area, asked.on)
        ]
        if wide
        else [],
        "as_of": rows[0].as_of if rows else None,
        "demo": any(one.demo for one in rows),
    }  # fmt: skip
    return render(request, "portal/insight/assessment.html", context)


def nothing(request: HttpRequest, service: str) -> HttpResponse:
    """The page before anything was assessed."""
    return render(request, "portal/insight/assessment_empty.html", {"service": services[service]})


def assessed_services() -> set[str]:
    """Services that declare a rule of assessment."""
    return {name.partition(".")[0] for name in insight.ASSESSMENTS}


def within_reach(viewer: Viewer, asked: Asked) -> str:
    """The place asked for where the viewer sees people of the service there, else his own."""
    return asked.area if within(viewer.spans(asked.service), asked.area) else viewer.area


def trail(asked: Asked, kind: str, viewer: Viewer) -> list[Link]:
    """The way from the viewer's own area down to the place."""
    own = AreaCode(viewer.area).level
    here = AreaCode(asked.area)
    codes = [*(str(one) for one in here.ancestors if one.level >= own), asked.area]
    names = places.names(codes, asked.on)
    return [
        Link(names[one], url(asked.at_place(one), "assessment", kind=kind)) for one in codes if one in names
    ]


def strip(asked: Asked, kind: str, rows: Sequence[Assessed]) -> list[Share]:
    """How the grades are spread, as parts of one bar."""
    counts, total, at, found = Counter(one.grade for one in rows), len(rows), 0.0, []
    for code in (*GRADES, *sorted(set(counts) - set(GRADES))):
        if counts[code]:
            width = counts[code] * 100 / total
            css = GRADES.index(code) if code in GRADES else 3
            found.append(
                Share(grade_word(code), counts[code], f"{at:.2f}%", f"{width:.2f}%", f"hm-grade-{css}")
            )
            at += width
    return found


def table(asked: Asked, kind: str, rows: Sequence[Assessed]) -> Table:
    """The ranking: rank, who, score, grade, and what cost points."""
    names = places.names({one.area for one in rows}, asked.on)
    return Table(
        caption=kind_words()[kind],
        columns=[
            Column(kind_words()[kind]),
            Column(_("名次"), "number"),
            Column(_("得分"), "number"),
            Column(_("等次")),
            *([Column(_("所在地方"), phone=False)] if kind == "officer" else []),
            Column(_("为什么"), phone=False),
        ],
        rows=[
            Row(
                [
                    one.name,
                    formats.NONE if one.rank is None else one.rank,
                    formats.number(one.score),
                    graded(one.grade),
                    *([names.get(one.area, "")] if kind == "officer" else []),
                    formats.sentences(reason for _row, _article, reason in one.reasons),
                ],
                url=url(asked, "assessed", kind=kind, who=one.subject),
            )
            for one in rows
        ],
        empty=_("这一期还没有考核结果"),
        empty_hint=_("考核在每晚计算指标之后进行；换一个统计期再看。"),
    )


@require_safe
def one(request: HttpRequest, service: str) -> HttpResponse:
    """How one county, township or officer was assessed: the points by rule, and the figures they rest on."""
    asked = read(request, service, DESK)
    if asked is None or service not in assessed_services():
        raise NotFound(_("还没有计算过统计指标。"), code="not_computed")
    kind, who = kind_of(request, asked), request.GET.get("who", "")[:40]
    found = [a for a in insight.assessment(service, asked.area, asked.period, kind) if a.subject == who]
    if not found:
        raise NotFound(_("这里没有这个考核结果，或者不在您的辖区。"), code="not_assessed")
    shown = found[0]
    context = {
        "asked": asked,
        "assessed": shown,
        "place": places.names([shown.area], asked.on).get(shown.area, ""),
        "kind": kind_words()[kind],
        "period": insight.period_title(asked.period),
        "grade": graded(shown.grade),
        "path": [*trail(asked, kind, request.viewer), Link(shown.name)],  # type: ignore[attr-defined]
        "score": formats.number(shown.score),
        "full": FULL,
        "evidence": evidence(asked, shown),
        "articles": list(dict.fromkeys(article for _row, article, _text in shown.reasons if article)),
    }
    return render(request, "portal/insight/assessed.html", context)


def evidence(asked: Asked, shown: Assessed) -> Table:
    """The figures an assessment rests on; each leads to its origin, or for an officer to his rows."""
    declared = {one.name: one for one in insight.indicators(asked.service)}

    def made(one: Evidence) -> Any:
        indicator = declared.get(one.indicator)
        value = words.value(indicator, one.value).whole if indicator else formats.number(one.value)
        made_of = ""
        if indicator and indicator.rate and one.denominator is not None:
            made_of = f"{formats.number(one.numerator)} / {formats.number(one.denominator)}"
        place = asked.at_place(shown.area)
        origin = place.of(indicator).url("insight-figure") if indicator and shown.kind != "officer" else ""
        return Row(
            [
                one.title,
                value,
                made_of or formats.NONE,
                Link(_("看明细"), one.url) if one.url else formats.NONE,
            ],
            url=origin or one.url,
        )

    return Table(
        caption=_("依据的指标"),
        columns=[
            Column(_("指标")),
            Column(_("当时的数"), "number"),
            Column(_("数的来由"), "number", phone=False),
            Column(_("明细")),
        ],
        rows=[made(one) for one in shown.evidence],
        empty=_("没有记下依据的指标"),
    )
