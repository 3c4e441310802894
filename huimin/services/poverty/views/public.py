"""What everybody may see: open notices with their masked lists, announcements, counts, how it works."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huimin.core.insight.types import FLOOR
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction, NoticeView, StepKind
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.refusal import NotFound
from huimin.services.poverty import actions, metrics
from huimin.services.poverty.forms.way import ObjectForm
from huimin.services.poverty.programme import KINDS, PROGRAMME
from huimin.services.poverty.queries.line import lines_of
from huimin.services.poverty.views.notices import number_of, sheet, standing
from huimin.services.poverty.views.sending import key_of, run_form, viewer_of
from huimin.ui.parts import Column, Link, Row, State, Table

PAGE = 30
NUMBER = re.compile(r"Y\d{12}")


def within_place(text: str) -> tuple[Q | None, list[Any]]:
    """The places a search text names and the condition for notices in them or above them; None for no text."""
    text = text.strip()[:40]
    if not text:
        return None, []
    found = list(places.search(text, within=str(AreaCode.parse(settings.PROVINCE)), limit=12))
    condition = Q(pk__in=[])
    for place in found:
        condition |= places.q(places.spans(place.code), group=None)
        condition |= Q(
            division_code__in=[str(one) for one in AreaCode(place.code).ancestors if one.level >= 3]
        )
    return condition, found


def cursor(text: str) -> tuple[date, str] | None:
    """The last notice seen, from `2026-11-22.<id>`."""
    day, _dot, id = text.partition(".")
    try:
        return date.fromisoformat(day), str(UUID(id))
    except ValueError:
        return None


def listed(request: HttpRequest, *, announcements: bool) -> HttpResponse:
    """A page of notices or announcements, narrowed to a place."""
    text = request.GET.get("q", "")
    condition, found = within_place(text)
    kind = Q(announcement=announcements)
    rows = programmes.public_notices(
        kind if condition is None else kind & condition,
        open_only=not announcements,
        after=cursor(request.GET.get("after", "")),
        limit=PAGE + 1,
    )
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "notices": [(one, standing(one), number_of(one)) for one in rows[:PAGE]],
        "term": text,
        "found": found,
        "announcements": announcements,
        "next": f"{more.start.isoformat()}.{more.id}" if more else "",
        "searched": condition is not None,
    }
    return render(request, "poverty/open/notices.html", context)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that hang today."""
    return listed(request, announcements=False)


@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """What was decided and announced."""
    return listed(request, announcements=True)


def written(row: Any, number: int) -> str:
    """A masked row as a choice of the form."""
    return f"{number}. {row.get('name', '')} · {row.get('village', '')} {row.get('group', '')}"


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, id: UUID) -> HttpResponse:
    """One notice with its masked list; while it hangs, anybody may object."""
    one = programmes.notice(id)
    if one is None or one.programme != PROGRAMME.code:
        raise NotFound(_("没有找到这份公示。"), code="no_notice")
    form, status, refused = ObjectForm(), 200, None
    if request.method == "POST":
        form, status = ObjectForm(request.POST), 422
    rows = [
        ("", _("请选择")),
        *((str(n), written(row, n + 1)) for n, row in enumerate(one.rows)),
    ]
    form.fields["row"].choices = rows  # type: ignore[attr-defined]
    if request.method == "POST" and (form.is_valid() or not takes(one)):
        made: dict[str, Any] = {}
        data = getattr(form, "cleaned_data", {})
        form.cleaned_data = {"row": 0, "text": "", "contact": "", **data}
        refused = run_form(
            request,
            form,
            lambda data, key: made.update(
                actions.object_to(
                    viewer_of(request),
                    key=key,
                    notice=id,
                    row=int(data["row"] or 0),
                    text=data["text"],
                    contact=data["contact"],
                )
            ),
        )
        if refused is None:
            return redirect(reverse("poverty:open-notice", args=[id]) + f"?number={made['number']}")
        status = refused.status
    number = request.GET.get("number", "")
    context = {
        "notice": one,
        "sheet": sheet(request, one),
        "state": standing(one),
        "takes": takes(one),
        "form": form,
        "key": key_of(request),
        "number": number if NUMBER.fullmatch(number) else "",
        "refused": refused if not takes(one) else None,
        "places": [
            Link(
                _("公告") if one.is_announcement else _("公示"),
                reverse("poverty:open-announcements" if one.is_announcement else "poverty:open-notices"),
            ),
            Link(number_of(one)),
        ],
    }
    return render(request, "poverty/open/notice.html", context, status=status)


def takes(notice: NoticeView) -> bool:
    """Whether objections are taken today."""
    return (
        notice.state == "open" and not notice.is_announcement and notice.start <= clock.today() < notice.end
    )


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How many households are helped in each county, small numbers withheld."""
    top = str(AreaCode.parse(settings.PROVINCE))
    found = metrics.by_county(top)
    few = State(_("不公布"))

    def shown(value: int | None) -> Any:
        return few if value is None else value

    table = Table(
        caption=_("各县（市、区）监测帮扶户数"),
        columns=[
            Column(_("县（市、区）")),
            Column(_("合计"), "number", unit=_("户")),
            *(Column(str(title), "number", unit=_("户")) for title in KINDS.values()),
        ],
        rows=[
            Row([row.name, shown(row.total), *(shown(row.kinds[kind]) for kind in KINDS)])
            for row in found.rows
        ],
    )
    context = {
        "table": table,
        "total": found.total,
        "floor": FLOOR,
        "as_of": found.as_of,
        "place": places.name_of(top),
        "sample": found.demo,
    }
    return render(request, "poverty/open/counts.html", context)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How it works, from the programme's own declaration: nothing here is written twice."""
    levels = {
        int(step.level): programmes.level_name(step.level) for step in (*PROGRAMME.entry, *PROGRAMME.exit)
    }

    def told(direction: str) -> list[dict[str, Any]]:
        return [
            {
                "step": step,
                "level": levels[int(step.level)],
                "review": step.kind is StepKind.REVIEW,
                "announce": step.kind is StepKind.ANNOUNCE,
                "quorum": f"{step.quorum.numerator}/{step.quorum.denominator}",
                "check": step.kind is StepKind.CHECK,
            }
            for step in PROGRAMME.way(direction)
        ]

    lines = lines_of(str(AreaCode.parse(settings.PROVINCE)))
    line = lines[max(lines)] if lines else None
    context = {
        "entry": told(Direction.ENTRY),
        "exit": told(Direction.EXIT),
        "programme": PROGRAMME,
        "line": line,
        "kinds": KINDS.values(),
        "visit_days": PROGRAMME.visit_days,
        "answer_days": actions.ANSWER_DAYS,
        "measures": PROGRAMME.measures,
    }
    return render(request, "poverty/open/how.html", context)
