"""Other departments' alerts: the list that waits, what a visit found, and a department's file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huimin.core.access.api import Purpose, record_look
from huimin.core.exports.api import offered
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms import alerts as lists
from huimin.services.poverty.forms.desk import Dismissed
from huimin.services.poverty.models import Alert, AlertKind
from huimin.services.poverty.views import sheets
from huimin.services.poverty.views.measures import one
from huimin.services.poverty.views.sending import form_page, key_of, viewer_of
from huimin.ui.parts import Action, Column, Filter, Pager, Row, State, Table

PAGE = 50
STATES = {"open": "waiting", "entered": "done", "dismissed": "plain"}


def words() -> dict[str, str]:
    """The states of an alert."""
    return {"open": _("待核实"), "entered": _("已转入申请"), "dismissed": _("核实无风险")}


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; settled ones by their chip."""
    viewer = viewer_of(request)
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    kind = request.GET.get("kind", "")
    rows = Alert.objects.filter(state=state)
    if kind in AlertKind.values:
        rows = rows.filter(kind=kind)
    order = ("received", "id") if state == "open" else ("-received", "-id")
    page = people.keyset(
        rows,
        order,
        after=request.GET.get("after") or request.GET.get("before") or None,
        limit=PAGE,
        show=lambda row: row,
    )
    names = places.names({row.division_code for row in page.rows})
    table = Table(
        caption=_("部门预警"),
        columns=[
            Column(_("姓名")),
            Column(_("村组"), phone=False),
            Column(_("类别")),
            Column(_("情况"), phone=False),
            Column(_("金额"), "money", unit=_("元"), phone=False),
            Column(_("日期"), "date", phone=False),
            Column(_("来源"), phone=False),
            Column(_("状态")),
        ],
        rows=[
            Row(
                [
                    row.person_name,
                    names.get(row.division_code, "")
                    + (_("%(n)d组") % {"n": row.group_no} if row.group_no else ""),
                    row.get_kind_display(),
                    row.detail,
                    row.amount,
                    row.on,
                    row.department,
                    State(words()[row.state], STATES[row.state]),
                ],
                url=reverse("poverty:desk-alert", args=[row.id]),
                panel_url=reverse("poverty:desk-alert", args=[row.id]) + "?part=1",
            )
            for row in page.rows
        ],
        pager=Pager(page.previous or "", page.next or ""),
        export=offered("poverty.alerts", viewer),
        empty=_("没有待核实的预警") if state == "open" else _("这里还没有记录"),
        empty_hint=_("医保、教育、住建等部门的数据导入后，涉及的户会出现在这里。"),
    )
    context = {
        "table": table,
        "filters": [
            Filter("state", _("状态"), list(words().items())),
            Filter("kind", _("类别"), [(code, str(word)) for code, word in AlertKind.choices]),
        ],
        "actions": [
            Action(_("导入部门数据"), reverse("poverty:desk-alerts-import"), "file-import", "primary")
        ]
        if viewer.may("poverty.raise_alert")
        else [],
        "state": state,
    }
    return render(request, "poverty/desk/alerts.html", context)


def alert_or_404(number: UUID) -> Any:
    """An alert within sight; raise NotFound for any other."""
    row = Alert.objects.filter(id=number).first()
    if row is None:
        raise NotFound(_("没有找到这条预警。"), code="no_alert")
    return row


@require_GET
def alert(request: HttpRequest, alert: UUID) -> HttpResponse:
    """One alert with the two ways to end it."""
    from huimin.services.poverty.views.dossier import standing

    row = alert_or_404(alert)
    home = people.household(row.household_id)
    viewer = viewer_of(request)
    record_look(
        Ref.of("household", home.id), area=home.division_code, purpose=Purpose.PROGRAMME, page="alert"
    )
    context = {
        "row": row,
        "home": home,
        "place": " ".join(places.path_of(home.division_code)[-2:]),
        "now": standing(home.id),
        "state": State(words()[row.state], STATES[row.state]),
        "may_apply": viewer.covers("poverty.apply", home.division_code, ()),
        "may_dismiss": viewer.covers("poverty.dismiss_alert", home.division_code, ()),
        "base": "poverty/desk/part.html" if request.GET.get("part") else "ui/desk.html",
    }
    return render(request, "poverty/desk/alert.html", context)


def dismiss(request: HttpRequest, alert: UUID) -> HttpResponse:
    """A visit found no trouble: what was found is kept."""
    row = alert_or_404(alert)
    home = people.household(row.household_id)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.dismiss_alert(viewer_of(request), key=key, alert=row.id, outcome=data["outcome"])

    return form_page(
        request,
        make=one(Dismissed),
        run=run,
        title=_("核实为无风险"),
        submit=_("保存"),
        done=reverse("poverty:desk-alerts"),
        home=home,
        lead=_("%(department)s：%(person)s，%(detail)s。")
        % {"department": row.department, "person": row.person_name, "detail": row.detail},
    )


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A department's file: checked whole with nothing written, then the good rows are taken on a second press."""
    viewer = viewer_of(request)
    if not viewer.may("poverty.raise_alert"):
        raise NotAllowed(_("部门数据由县级导入。"), code="no_right")
    context: dict[str, Any] = {
        "form": lists.Upload(),
        "columns": lists.COLUMNS,
        "kinds": [str(kind.label) for kind in AlertKind],
        "key": key_of(request),
    }
    status = 200
    if request.method == "POST":
        form = context["form"] = lists.Upload(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, "poverty/desk/alerts_import.html", context, status=422)
        found = lists.check(form.cleaned_data["content"])
        if request.POST.get("do") == "import" and found.rows:
            context["result"] = taken(viewer, form.cleaned_data["department"], found)
            context["checked"] = found
            return render(request, "poverty/desk/alerts_done.html", context)
        context |= {
            "checked": found,
            "content": form.cleaned_data["content"],
            "department": form.cleaned_data["department"],
        }
        status = 422 if found.wrong and not found.rows else 200
    return render(request, "poverty/desk/alerts_import.html", context, status=status)


def taken(viewer: Any, department: str, found: lists.Checked) -> dict[str, Any]:
    """Take the good rows one by one: how many are new, how many were there, which were refused after all.

    A row is the same by household, kind, day and words, so that taking a list again adds nothing.
    """
    new, known, refused = 0, 0, []
    for row in found.rows:
        try:
            made = actions.raise_alert(viewer, department=department, **row)
        except Refused as refusal:
            refused.append((row["detail"], str(refusal)))
            continue
        new += bool(made["made"])
        known += not made["made"]
    return {"new": new, "known": known, "refused": refused}


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The template with one sample row."""
    return sheets.csv_file(_("部门预警数据模板"), lists.COLUMNS, [[*row] for row in lists.SAMPLE])
