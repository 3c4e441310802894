"""What everybody may check: the root of each day of decisions, the keys, proofs, and a certificate in hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huimin.core.credentials import api as credentials
from huimin.core.credentials import proof
from huimin.core.credentials.types import DayRoot, Inclusion
from huimin.kit import clock
from huimin.kit.refusal import NotFound
from huimin.portal.desk.population import word_of
from huimin.ui import formats
from huimin.ui.parts import Column, Fact, Link, Pager, Row, State, Table

PAGE = 30
LARGEST = 512 * 1024  # bytes of a certificate that is looked at
LATE = 3  # days after its own in whose tree a decision is looked for: it may have been kept late


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """Every closed day, newest first, with its root; how to check a decision; the keys."""
    rows = credentials.days(before=day_of(request.GET.get("after", "")), limit=PAGE + 1)
    table = Table(
        caption=_("每日存证"),
        columns=[
            Column(_("日期"), "date"), Column(_("决定"), "number", unit=_("份")), Column(_("树根"), phone=False),
            Column(_("序号"), "number", phone=False), Column(_("签名文件")),
        ],
        rows=[
            Row([one.day, one.count, one.root, one.number, Link("JSON", file_of(one.day))], url=page_of(one.day))
            for one in rows[:PAGE]
        ],
        pager=Pager(after=rows[PAGE - 1].day.isoformat() if len(rows) > PAGE else ""),
        empty=_("还没有封存过的日子"),
        empty_hint=_("每天零时后封存前一天的决定，封存后在这里公布。"),
    )  # fmt: skip
    keys = [(key["kid"], key.get("until", "")[:10]) for key in credentials.key_list()["keys"]]
    return render(request, "portal/open/decisions.html", {"table": table, "keys": keys})


@require_safe
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One closed day: what was signed, and what it is chained to."""
    found = closed(day)
    before = credentials.day_root(found.day - timedelta(days=1))
    after = credentials.day_root(found.day + timedelta(days=1))
    context = {
        "day": found,
        "file": file_of(found.day),
        "before": page_of(before.day) if before else "",
        "after": page_of(after.day) if after else "",
        "facts": [
            Fact(_("决定"), formats.number(found.count), _("份")),
            Fact(_("封存时间"), formats.ctime(found.closed)),
            Fact(_("序号"), formats.number(found.number)),
        ],
    }
    return render(request, "portal/open/decisions_day.html", context)


@require_safe
def day_file(request: HttpRequest, day: str) -> HttpResponse:
    """A day's signed statement, for programs and for whoever keeps it."""
    found = closed(day)
    return JsonResponse(
        {"statement": dict(found.statement), "signature": found.signature}, json_dumps_params={"indent": 2}
    )


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed, as a JWK set."""
    return JsonResponse(credentials.key_list(), json_dumps_params={"indent": 2})


@require_safe
def proof_file(request: HttpRequest) -> HttpResponse:
    """The proof that a leaf is in the tree of a day (`?day=&leaf=`); raise NotFound where it is not."""
    found = placed(request.GET.get("leaf", ""), request.GET.get("day", ""))
    if found is None:
        raise NotFound(_("这些天的存证里没有这个指纹。"), code="no_leaf")
    return JsonResponse({"leaf": found.leaf, **found.document()}, json_dumps_params={"indent": 2})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check a certificate that somebody holds (POST), or say whether a fingerprint stands in a closed day (GET)."""
    context: dict[str, Any] = {
        "leaf": request.GET.get("leaf", "")[:64],
        "day": request.GET.get("day", "")[:10],
    }
    status = 200
    if request.method == "POST":
        sent = request.FILES.get("file")
        error = _("请选择一个存证文件。") if sent is None else ""
        if sent is not None and (sent.size or 0) > LARGEST:
            error = _("文件太大，存证文件不超过 512 KB。")
        elif sent is not None:
            report = looked_at(sent.read())
            if report is None:
                error = _("这不是决定的存证文件。")
            else:
                context |= said(report)
        context["error"] = error
        status = 422 if error else 200
    elif context["leaf"]:
        found = placed(context["leaf"], context["day"])
        context |= {"asked": True, "found": found, "page": page_of(found.day.day) if found else ""}
    return render(request, "portal/open/decisions_check.html", context, status=status)


def looked_at(content: bytes) -> proof.Report | None:
    """What became of a certificate, by our own keys and our own roots; None for what is none."""
    try:
        document = proof.parse(content)
    except proof.NotCanonicalError:
        return None
    report = proof.check(document, keys=credentials.key_list()["keys"])
    return None if report.checks[0].state == "bad" else report


def said(report: proof.Report) -> dict[str, Any]:
    """A report in words; a proof that is not in the file yet is looked up."""
    words = words_of()
    decision = report.decision
    found = placed(report.leaf, str(decision.get("as_of", ""))) or placed(
        report.leaf, str(decision["at"])[:10]
    )
    tones = {"ok": (_("相符"), "done"), "bad": (_("不相符"), "refused"), "none": (_("文件里没有"), "plain")}
    return {
        "report": report,
        "outcome": word_of(str(decision["rule"]), decision["outcome"]) if report.ok else "",
        "rule_title": str(report.rule.get("title", "")),
        "on": decision["as_of"],
        "checks": [(words[one.name], State(*tones[one.state])) for one in report.checks],
        "found": found,
        "page": page_of(found.day.day) if found else "",
    }


def words_of() -> dict[str, str]:
    """What was looked at, in words."""
    return {
        "form": _("是一份决定的存证"),
        "signature": _("由本平台签名，签名后没有改动"),
        "rule": _("规则原文就是所说的版本"),
        "facts": _("规则要用的事实都在"),
        "outcome": _("按规则和事实重新推导，结果相同"),
        "rows": _("命中的行相同"),
        "articles": _("条款出自命中的行"),
        "inclusion": _("在当天的存证树中"),
        "statement": _("当天的树根由本平台签名"),
        "root": _("与公布的树根一致"),
    }


def placed(leaf: str, day: str) -> Inclusion | None:
    """Where a leaf stands: in the tree of its day, or of one of the next few."""
    first = day_of(day)
    if first is None or len(leaf) != 64:
        return None
    days = (first + timedelta(days=more) for more in range(LATE + 1))
    return next((found for one in days if (found := credentials.inclusion_of(leaf, one))), None)


def closed(text: str) -> DayRoot:
    """A closed day; raise NotFound for one that is not closed, or is none."""
    asked = day_of(text)
    found = credentials.day_root(asked) if asked else None
    if found is None:
        raise NotFound(_("这一天还没有封存，或者日期不对。"), code="not_closed")
    return found


def day_of(text: str) -> date | None:
    """A day written as 2026-11-24, or None."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= clock.today() else None


def page_of(day: date) -> str:
    """The page of a closed day."""
    return reverse("portal:open-decisions-day", args=[day.isoformat()])


def file_of(day: date) -> str:
    """The signed file of a closed day."""
    return reverse("portal:open-decisions-file", args=[day.isoformat()])
