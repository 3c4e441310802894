"""The list of households: tabs, chips, as of a day, pages by key, a side panel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import officers_in
from huimin.core.exports.api import offered
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.services.poverty.models import Cause
from huimin.services.poverty.programme import CODE, KINDS
from huimin.services.poverty.queries import finding
from huimin.services.poverty.queries.finding import Asked
from huimin.services.poverty.views.sending import dossier_url, viewer_of
from huimin.ui import formats, listing
from huimin.ui.parts import Action, Column, Filter, Link, Pager, Row, State, Table

PAGE = 50


def tab_names() -> dict[str, str]:
    """The tabs in order."""
    return {"enrolled": _("监测中"), "way": _("办理中"), "left": _("已退出"), "all": _("全部农户")}


@require_http_methods(["GET", "POST"])
def households(request: HttpRequest) -> HttpResponse:
    """The list; POST takes the ticked rows to the page where an officer is chosen for them."""
    if request.method == "POST":
        ticked = [row for row in request.POST.getlist("rows") if finding.uuid_or_none(row)]
        return redirect(
            reverse("poverty:desk-assign-many") + "?" + "&".join(f"rows={row}" for row in ticked[:500])
        )
    asked = finding.read(request.GET)
    if asked.tab == "all":
        table = register(asked, viewer_of(request))
    else:
        page = people.keyset(
            finding.rows(asked),
            finding.order(asked),
            after=asked.cursor or None,
            limit=PAGE,
            show=lambda row: row,
        )
        table = made(asked, list(page.rows), Pager(page.previous or "", page.next or ""), viewer_of(request))
    context = {
        "table": table,
        "asked": asked,
        "tabs": [
            Link(word, tab_url(request, tab), current=tab == asked.tab) for tab, word in tab_names().items()
        ],
        "filters": chips(request, asked),
        "today": clock.today(),
        "kept": listing.kept(request.GET, "on", "known"),
        "without_day": listing.url(request.GET, on=None, known=None),
        "as_recorded": listing.url(request.GET, known=None if asked.known else "1"),
        "place": places.names([viewer_of(request).area]).get(viewer_of(request).area, ""),
    }
    return render(request, "poverty/desk/households.html", context)


def tab_url(request: HttpRequest, tab: str) -> str:
    """The same place and text in another tab."""
    kept = {name: request.GET[name] for name in ("q", "in") if request.GET.get(name)}
    return listing.url(kept, tab=tab)


def chips(request: HttpRequest, asked: Asked) -> list[Filter]:
    """The filters that make sense in a tab."""
    viewer = viewer_of(request)
    below = (
        places.children(viewer.area) if viewer.area and AreaCode(viewer.area).level < Level.VILLAGE else ()
    )
    found = [Filter("in", _("地方"), [(one.code, one.name) for one in below])] if below else []
    if asked.area and asked.area not in {one.code for one in below}:
        found = (
            [Filter("in", _("地方"), [*found[0].options, (asked.area, places.name_of(asked.area))])]
            if found
            else found
        )
    if asked.tab == "all":
        return found
    found.append(Filter("kind", _("监测类型"), [(code, str(word)) for code, word in KINDS.items()]))
    found.append(Filter("cause", _("致贫原因"), [(code, str(word)) for code, word in Cause.choices]))
    if asked.tab == "enrolled":
        staff = officers_in(viewer.area, service="poverty", limit=60) if viewer.area else ()
        names = [
            ("none", _("没有责任人")),
            *((str(one.id), formats.aside(one.name, one.office)) for one in staff),
        ]
        found.append(Filter("officer", _("责任人"), names))
    found.append(Filter("below", _("收入低于范围线")))
    if asked.tab == "enrolled" and not asked.past:
        found.append(Filter("overdue", _("走访已到期")))
    return found


def columns(tab: str, *, past: bool = False) -> list[Column]:
    """What a tab shows of each household; of a past day no next visit."""
    head, place = Column(_("户主"), sort="name"), Column(_("村组"), sort="area", phone=False)
    income = Column(
        _("人均年收入"), "money", unit=_("元"), hint=_("最近一次调查的年度，见户档案"), phone=False
    )
    kind, cause = Column(_("监测类型"), phone=False), Column(_("致贫原因"), phone=False)
    return {
        "enrolled": [
            head,
            place,
            kind,
            cause,
            income,
            Column(_("责任人"), phone=False),
            *([] if past else [Column(_("下次走访"), "date", sort="visit")]),
            Column(_("纳入日期"), "date", sort="entered", phone=False),
            Column(_("状态")),
        ],
        "way": [
            head,
            place,
            kind,
            cause,
            income,
            Column(_("办到哪一步")),
            Column(_("轮到")),
            Column(_("到这一步"), "date", sort="since", phone=False),
        ],
        "left": [
            head,
            place,
            kind,
            Column(_("纳入日期"), "date", phone=False),
            Column(_("退出日期"), "date", sort="exited"),
        ],
    }[tab]


def made(asked: Asked, found: list[Any], pager: Pager | None, viewer: Any) -> Table:
    """The table of a page of enrolments or procedures: one query for each column, none for each row."""
    rows = [
        Row(line[1:], url=dossier_url(line[0]), panel_url=panel_url(line[0]), key=str(row.id))
        for row, line in zip(found, lines(asked, found), strict=True)
    ]
    bulk = []
    if asked.tab == "enrolled" and not asked.past and viewer.may("poverty.assign"):
        bulk = [Action(_("落实责任人"), icon="user-check", kind="primary", name="do", value="assign")]
    return Table(
        caption=tab_names()[asked.tab],
        columns=columns(asked.tab, past=asked.past),
        rows=rows,
        pager=pager,
        bulk=bulk,
        export=offered(f"poverty.{asked.tab}", viewer),
        empty=_("没有符合条件的户")
        if asked.filtered
        else {"enrolled": _("还没有监测中的户"), "way": _("没有正在办理的户")}.get(
            asked.tab, _("还没有退出的户")
        ),
        empty_hint=_("去掉一些筛选条件再看。")
        if asked.filtered
        else _("发现有困难的农户，在“全部农户”里找到这一户，代为申请。"),
        empty_action=None if asked.filtered else Action(_("到全部农户里找"), "?tab=all", "search"),
    )


def panel_url(household: object) -> str:
    """The fragment for the side panel."""
    return reverse("poverty:desk-household-panel", args=[household]) + "?purpose=programme"


def lines(asked: Asked, found: list[Any]) -> list[list[Any]]:
    """Each row's household id and cells, in the order of the columns."""
    ids = [row.household_id for row in found]
    incomes, causes = (
        finding.incomes(ids, asked.on if asked.past else None),
        finding.causes(ids, asked.on if asked.past else None),
    )
    names = places.names({row.division_code for row in found}, asked.on if asked.past else None)
    held = (
        programmes.responsibles([row.id for row in found], asked.on if asked.past else None)
        if asked.tab == "enrolled"
        else {}
    )
    out = []
    for row in found:
        income = incomes.get(row.household_id)
        place = names.get(row.division_code, row.division_code)
        place += _("%(n)d组") % {"n": row.group_no} if row.group_no else ""
        kind = str(KINDS.get(row.kind, "")) or "—"
        why = formats.listed(causes.get(row.household_id, []))
        head = [row.household_id, row.name, place, kind]
        if asked.tab == "left":
            out.append([*head, row.entered, row.exited])
            continue
        amount = income.per_head if income else None
        if asked.tab == "way":
            out.append([*head, why, amount, *stands(row), row.since])
            continue
        officer = held.get(row.id)
        out.append(
            [
                *head,
                why,
                amount,
                officer.officer_name if officer else State(_("未落实"), "waiting"),
                *visit_cell(row, asked),
                row.entered,
                state_of(row, asked),
            ]
        )
    return out


def visit_cell(row: Any, asked: Asked) -> list[Any]:
    """The next visit, marked where it is overdue; no cell for a past day."""
    if asked.past:
        return []
    late = row.next_visit and row.next_visit < clock.today() and row.state == "active"
    return [State(f"{formats.idate(row.next_visit)} {_('到期')}", "waiting") if late else row.next_visit]


def state_of(row: Any, asked: Asked) -> State:
    """The word for how an enrolment stands (or stood)."""
    if asked.past:
        return State(_("当日在册"), "info")
    word, tone = {
        "active": (_("帮扶中"), "done"),
        "suspended": (_("已暂停"), "waiting"),
        "exited": (_("已退出"), "plain"),
    }[row.state]
    return State(word, tone)


def stands(row: Any) -> list[Any]:
    """The step where a procedure stands, and whose turn it is."""
    view = programmes.PROGRAMMES[CODE].step(row.direction, row.step)
    word = f"{_('退出：') if row.direction == 'exit' else ''}{view.title}"
    state = (
        State(_("%(step)s（退回补正）") % {"step": word}, "refused") if row.resume else State(word, "info")
    )
    return [state, programmes.level_name(row.level)]


def register(asked: Asked, viewer: Any) -> Table:
    """Every household of the register, to find the one an application is made for."""
    name = asked.sort or "area"
    orders = {"area": "area", "name": "head", "number": "number"}
    page = people.households(
        asked.area or None,
        text=asked.text,
        order=orders[name.lstrip("-")],
        after=asked.cursor or None,
        limit=PAGE,
    )
    ids = [home.id for home in page.rows]
    inside = dict(
        programmes.enrolments(CODE)
        .filter(household_id__in=ids)
        .exclude(state="exited")
        .values_list("household_id", "kind")
    )
    on_way = set(
        programmes.open_procedures(CODE).filter(household_id__in=ids).values_list("household_id", flat=True)
    )
    names = places.names({home.division_code for home in page.rows})
    rows = []
    for home in page.rows:
        place = names.get(home.division_code, "") + (
            _("%(n)d组") % {"n": home.group_no} if home.group_no else ""
        )
        if home.id in inside:
            state = State(str(KINDS.get(inside[home.id], _("监测中"))), "done")
        else:
            state = State(_("办理中"), "info") if home.id in on_way else State(_("一般农户"), "plain", "home")
        rows.append(
            Row(
                [home.name, place, home.number, home.size, state],
                url=dossier_url(home.id),
                panel_url=panel_url(home.id),
                key=str(home.id),
            )
        )
    return Table(
        caption=_("全部农户"),
        columns=[
            Column(_("户主"), sort="name"),
            Column(_("村组"), sort="area", phone=False),
            Column(_("户编号"), sort="number", phone=False),
            Column(_("人口"), "number"),
            Column(_("监测情况")),
        ],
        rows=rows,
        pager=Pager(page.previous or "", page.next or ""),
        export=offered("poverty.all", viewer),
        empty=_("没有找到这样的户"),
        empty_hint=_("可以输入户主或家庭成员的姓名、拼音首字母、户编号，或者完整的证件号码。"),
    )


def chosen(request: HttpRequest) -> list[UUID]:
    """The ids ticked in a list."""
    asked = request.POST.getlist("rows") or request.GET.getlist("rows")
    return [UUID(one) for one in dict.fromkeys(asked) if finding.uuid_or_none(one) not in ("", "none")][:500]
