"""The auditor's pages: every change and every look within the area, and whether the journal still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import PURPOSES, Viewer, looks_within
from huimin.core.access.types import Purpose
from huimin.core.exports.api import offered
from huimin.core.journal.api import ACTIONS, entries_within, head, verify
from huimin.core.places import api as places
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed
from huimin.ui import formats
from huimin.ui.parts import Column, Filter, Pager, Row, Table

PAGE = 50
KINDS = {
    "person": _lazy("人"), "household": _lazy("户"), "organisation": _lazy("单位"), "division": _lazy("区划"),
    "enrolment": _lazy("帮扶对象"), "notice": _lazy("公示"), "case": _lazy("办件"), "site": _lazy("站点"),
    "device": _lazy("设备"),
    "rule": _lazy("规则"),
}  # fmt: skip
SHOWN = {"id_number": _lazy("证件号码"), "phone": _lazy("电话"), "address": _lazy("住址")}


def auditor(request: HttpRequest) -> Viewer:
    """The viewer, who must be an auditor."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds("*", "auditor"):
        raise NotAllowed(_("操作日志只对审计员开放。"), code="auditors_only")
    return viewer


def in_words(subjects: Sequence[str]) -> str:
    """Subjects as an auditor reads them: the kind, and enough of the id to tell two apart."""
    refs = [Ref.parse(subject) for subject in subjects[:3]]
    words = [
        f"{KINDS.get(ref.kind, ref.kind)} {ref.id if ref.kind == 'division' else ref.id[:8]}" for ref in refs
    ]
    return formats.listed(words) + (_(" 等 %(n)d 个") % {"n": len(subjects)} if len(subjects) > 3 else "")


def names_of(areas: Iterable[str]) -> Callable[[str], str]:
    """How to name some places: one query, and the code where a name is not known."""
    names = places.names(set(areas))
    return lambda code: names.get(code, code)


def cursor(request: HttpRequest) -> int | None:
    """The row before which the page begins, from `?after=`."""
    asked = request.GET.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


@require_http_methods(["GET", "POST"])
def audit(request: HttpRequest) -> HttpResponse:
    """Changes within the area, newest first; POST walks the whole chain and says whether it holds."""
    viewer = auditor(request)
    report = asdict(verify()) if request.method == "POST" else None
    rows = entries_within(
        viewer.spans("*"), action=request.GET.get("action", ""), before=cursor(request), limit=PAGE + 1
    )
    place = names_of(row.area for row in rows)
    table = Table(
        caption=_("操作日志"),
        columns=[
            Column(_("时间"), "time"), Column(_("操作")), Column(_("经办")), Column(_("地点")),
            Column(_("序号"), "number", phone=False), Column(_("对象"), phone=False),
        ],
        rows=[
            Row([row.at, row.title, row.actor_label, place(row.area), row.seq, in_words(row.subjects)])
            for row in rows[:PAGE]
        ],
        pager=Pager(after=str(rows[PAGE - 1].seq) if len(rows) > PAGE else ""),
        export=offered("portal.audit", viewer),
        empty=_("这个范围里没有操作"),
        empty_hint=_("换一个类别，或者在右上角扩大辖区。"),
    )  # fmt: skip
    actions = sorted((name, str(one.title)) for name, one in ACTIONS.items())
    context = {
        "table": table,
        "filters": [Filter("action", _("操作"), actions)],
        "report": report,
        "head": head(),
    }
    return render(request, "portal/desk/audit.html", context)


def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at whom and why within the area, newest first."""
    viewer = auditor(request)
    purpose = request.GET.get("purpose", "")
    rows = looks_within(
        viewer.spans("*"), purpose=purpose if purpose in set(Purpose) else "",
        revealed=request.GET.get("revealed") == "1", before=cursor(request), limit=PAGE + 1,
    )  # fmt: skip
    place = names_of(row.area for row in rows)
    table = Table(
        caption=_("查看记录"),
        columns=[
            Column(_("时间"), "time"), Column(_("查看人")), Column(_("对象")), Column(_("地点"), phone=False),
            Column(_("目的")), Column(_("看了完整信息"), phone=False), Column(_("理由"), phone=False),
        ],
        rows=[
            Row([
                row.at, row.viewer_label, in_words([row.subject]), place(row.area),
                str(PURPOSES.get(Purpose(row.purpose), row.purpose)),
                str(SHOWN.get(row.revealed, row.revealed)), row.reason,
            ])
            for row in rows[:PAGE]
        ],
        pager=Pager(after=str(rows[PAGE - 1].id) if len(rows) > PAGE else ""),
        export=offered("portal.looks", viewer),
        empty=_("这个范围里没有人查看过居民信息"),
    )  # fmt: skip
    chips = [
        Filter("purpose", _("目的"), [(code.value, str(title)) for code, title in PURPOSES.items()]),
        Filter("revealed", _("看了完整信息")),
    ]
    return render(request, "portal/desk/looks.html", {"table": table, "filters": chips})
