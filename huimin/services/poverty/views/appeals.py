"""Appeals at the county: by deadline, with the decision they are about, and the written answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Purpose, record_look
from huimin.core.cases import api as cases
from huimin.core.cases.types import CaseView
from huimin.core.exports.api import offered
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.services.poverty import actions
from huimin.services.poverty.forms.way import AnswerForm
from huimin.services.poverty.queries import letters
from huimin.services.poverty.views.sending import dossier_url, key_of, run_form, viewer_of
from huimin.ui.parts import Column, Event, Link, Row, State, Table


def state_of(case: CaseView) -> State:
    """An appeal's state in words, with its deadline while it waits."""
    if case.state == "answered":
        return State(_("申诉成立"), "done") if case.outcome == "upheld" else State(_("维持原决定"), "plain")
    if case.state == "withdrawn":
        return State(_("已撤回"), "plain")
    left = (case.due - clock.today()).days
    if left < 0:
        return State(_("已超期 %(n)s 天") % {"n": -left}, "refused")
    return State(_("还有 %(n)s 天") % {"n": left}, "waiting")


def events_of(case: CaseView, *, full: bool = True) -> list[Event]:
    """What happened to an appeal, newest first."""
    words = {
        "received": _("收到申诉"), "accepted": _("已受理"), "upheld": _("答复：申诉成立"), "rejected": _("答复：维持原决定"),
        "withdrawn": _("申请户撤回"),
    }  # fmt: skip
    return [
        Event(
            mark.at,
            words.get(mark.what, mark.what),
            mark.by if full else "",
            mark.text if mark.what != "received" else "",
        )
        for mark in reversed(case.marks)
    ]


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals that wait, the most urgent first."""
    waiting = cases.open_cases("poverty", "appeal")
    names = places.names({one.area for one in waiting})
    table = Table(
        caption=_("等待答复的申诉"),
        columns=[
            Column(_("编号")), Column(_("申诉人户主")), Column(_("村（社区）"), phone=False),
            Column(_("收到"), "date", phone=False),
            Column(_("最迟答复"), "date", phone=False), Column(_("办理"), phone=False), Column(_("期限")),
        ],
        rows=[
            Row(
                [
                    one.number, one.name, names.get(one.area, ""), one.received, one.due,
                    _("已受理：%(who)s") % {"who": one.handler} if one.state == "accepted" else _("未受理"), state_of(one),
                ],
                url=reverse("poverty:desk-appeal", args=[one.id]),
            )
            for one in waiting
        ],
        export=offered("poverty.appeals", viewer_of(request)),
        empty=_("没有等待答复的申诉"), empty_hint=_("住户在手机上提出的申诉会出现在这里，十五个工作日内答复。"),
    )  # fmt: skip
    return render(request, "poverty/desk/appeals.html", {"table": table})


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, id: UUID) -> HttpResponse:
    """One appeal with its decision and history; POST answers it."""
    viewer = viewer_of(request)
    case = cases.case(id)
    if case is None or case.service != "poverty" or case.kind != "appeal":
        raise NotFound(_("没有找到这件申诉，或者不在您的管辖范围内。"), code="no_case")
    record_look(Ref.parse(case.subject), area=case.area, purpose=Purpose.APPEAL, page="appeal")
    form, status = AnswerForm(), 200
    if request.method == "POST":
        form, status = AnswerForm(request.POST), 422
        if form.is_valid():
            refusal = run_form(
                request, form,
                lambda data, key: actions.answer_appeal(
                    viewer, key=key, case=id, upheld=data["upheld"] == "yes", text=data["text"]
                ),
            )  # fmt: skip
            if refusal is None:
                return redirect("poverty:desk-appeal", id)
            status = refusal.status
    household = Ref.parse(case.subject)
    decided = rules.decision(case.about) if is_uuid(case.about) else None
    decided = decided or next(iter(rules.decisions_about(household, limit=1)), None)
    context = {
        "case": case, "form": form, "key": key_of(request), "state": state_of(case), "events": events_of(case),
        "letter": letters.letter(decided) if decided else None, "open": case.state in ("received", "accepted"),
        "may_accept": case.state == "received" and viewer.may("poverty.accept_appeal"),
        "may_answer": case.state in ("received", "accepted") and viewer.may("poverty.answer_appeal"),
        "dossier": dossier_url(household.id, "appeal"),
        "places": [Link(_("申诉"), reverse("poverty:desk-appeals")), Link(case.number)],
    }  # fmt: skip
    return render(request, "poverty/desk/appeal.html", context, status=status)


def is_uuid(text: str) -> bool:
    """Whether a text is an id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_POST
def accept(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take an appeal in hand."""
    actions.accept_appeal(viewer_of(request), key=key_of(request), case=id)
    return redirect("poverty:desk-appeal", id)
