"""Reports: freeze what a place's figures are in a period, then print it as PDF or Excel, the same each time."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huimin.core.access.api import Viewer
from huimin.core.insight import api as insight
from huimin.core.places import api as places
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotFound, Refused
from huimin.manifest import services
from huimin.portal.desk.assessment import within_reach
from huimin.portal.insight.asked import DESK, Asked, read
from huimin.ui.parts import Column, Link, Row, Table

FREEZE = "insight.freeze_report"
KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, service: str) -> HttpResponse:
    """The reports of a place; POST freezes one of a period."""
    asked = read(request, service, DESK)
    if asked is None:
        return render(request, "portal/insight/desk_empty.html", {"service": services[service]})
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = asked.at_place(within_reach(viewer, asked))
    refused = None
    if request.method == "POST":
        period = request.POST.get("period", "")
        key = request.POST.get("key", "")[:80] or str(uuid4())
        try:
            made = insight.freeze_report(viewer, key=key, service=service, area=asked.area, period=period)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("报告已定稿。以后怎么打印都是这一份。"))
            return HttpResponseRedirect(f"{address(asked)}#r{made['report']}")
    return render(
        request,
        "portal/insight/reports.html",
        context(asked, viewer, refused),
        status=409 if refused else 200,
    )


def address(asked: Asked) -> str:
    """The reports of a place."""
    return (
        reverse("portal:reports", args=[asked.service])
        + f"?in={AreaCode(asked.area).short}&at={asked.period}"
    )


def context(asked: Asked, viewer: Viewer, refused: Refused | None) -> dict[str, Any]:
    """All that the page shows."""
    own = AreaCode(viewer.area).level
    here = AreaCode(asked.area)
    codes = [*(str(one) for one in here.ancestors if one.level >= own), asked.area]
    names = places.names(codes, asked.on)
    below = () if here.level >= Level.VILLAGE else places.children(asked.area, asked.on)
    return {
        "asked": asked,
        "service": asked.manifest,
        "place": names.get(asked.area, asked.area),
        "path": [Link(names[one], address(asked.at_place(one))) for one in codes if one in names],
        "below": [Link(one.name, address(asked.at_place(one.code))) for one in below],
        "periods": [
            (name, insight.period_title(name), name == asked.period)
            for name in sorted(
                asked.computed, key=lambda name: (len(name) != 4, [-ord(char) for char in name])
            )
        ],
        "may": viewer.may(FREEZE),
        "key": str(uuid4()),
        "refused": refused,
        "table": table(asked),
    }


def table(asked: Asked) -> Table:
    """The frozen reports of the place, the newest first."""
    rows = []
    for one in insight.frozen_reports(asked.service, asked.area):
        files = [
            Link(word, reverse("portal:report", args=[asked.service, one.id, kind]))
            for kind, word in (("pdf", "PDF"), ("xlsx", "Excel"))
        ]
        period = insight.period_title(one.period)
        rows.append(Row([one.title, period, one.frozen, one.by, one.hash[:12], *files], url=files[0].url))
    return Table(
        caption=_("定稿的报告"),
        columns=[
            Column(_("报告")),
            Column(_("统计期"), phone=False),
            Column(_("定稿时间"), "time", phone=False),
            Column(_("定稿人"), phone=False),
            Column(_("校验码"), phone=False, hint=_("内容的 sha256，前十二位")),
            Column("PDF"),
            Column("Excel"),
        ],
        rows=rows,
        empty=_("还没有定稿的报告"),
        empty_hint=_("选一个统计期，按“定稿”。"),
    )


@require_safe
def download(request: HttpRequest, service: str, report: UUID, kind: str) -> HttpResponse:
    """A frozen report as a file: the same bytes each time."""
    if kind not in KINDS:
        raise NotFound(_("报告只有 PDF 和 Excel 两种。"), code="no_format")
    found = insight.frozen(report)
    response = HttpResponse(insight.printed(report, kind), content_type=KINDS[kind])
    name = f"{found.title}.{kind}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
