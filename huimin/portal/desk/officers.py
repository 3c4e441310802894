"""People and rights: each level opens accounts, posts and roles of the levels below, without waiting for the one above."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from huimin.core.access import api as access
from huimin.core.access.api import Post, Viewer, within
from huimin.core.exports.api import offered
from huimin.core.places import api as places
from huimin.core.places.types import Place
from huimin.kit import clock
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.portal.area import full
from huimin.portal.desk import officer_forms as forms
from huimin.ui.parts import Action, Column, Filter, Link, Pager, Row, State, Table

PAGE = 50
RIGHT = "access.grant"


def keeper(request: HttpRequest) -> Viewer:
    """The viewer, who must have the right to open others' rights."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may(RIGHT):
        raise NotAllowed(
            _("人员与权限由乡镇以上的管理人员办理。需要开通权限，请找上一级。"), code="keepers_only"
        )
    return viewer


def top_of(viewer: Viewer) -> str:
    """The widest division in which the viewer opens rights."""
    areas = (one.area for one in viewer.held if RIGHT in one.actions)
    widest = min(areas, key=lambda code: (AreaCode(code).level, code))
    narrowed = not within(viewer.reach(RIGHT), widest)  # by the choice at the top of the desk
    return viewer.area if narrowed else widest


def asked_area(request: HttpRequest, viewer: Viewer, name: str) -> str:
    """The division of the query, where it lies within reach; else the viewer's own."""
    code = full(request.GET.get(name, ""))
    return code if code and within(viewer.reach(RIGHT), code) and code != str(NATION) else top_of(viewer)


def below(viewer: Viewer, code: str) -> list[Place]:
    """The divisions right below one that lie within reach."""
    if AreaCode(code).level == Level.VILLAGE:
        return []
    return [one for one in places.children(code) if within(viewer.reach(RIGHT), one.code)]


def trail(viewer: Viewer, code: str, address: str, name: str) -> list[Link]:
    """The way from the viewer's own area down to a division."""
    own = AreaCode(top_of(viewer)).level
    codes = [str(one) for one in AreaCode(code).ancestors if one.level >= own] + [code]
    names = places.names(codes)
    return [Link(names[one], f"{address}?{name}={one}") for one in codes if one in names]


def cursor(request: HttpRequest) -> str:
    """The row after which the page begins, or "" where the query names none."""
    area, _dot, id = request.GET.get("after", "").partition(".")
    try:
        return f"{area}.{UUID(id)}" if full(area) == area else ""
    except ValueError:
        return ""


@require_safe
def officers(request: HttpRequest) -> HttpResponse:
    """Officers whose office lies in the viewer's area, with their roles; `?in=` narrows to a division."""
    viewer = keeper(request)
    code = asked_area(request, viewer, "in")
    spans = viewer.reach(RIGHT) if code == str(NATION) else places.spans(code, clock.today())
    rows = access.posts_within(
        [one for one in spans if within(viewer.reach(RIGHT), one.low)],
        text=" ".join(request.GET.get("q", "").split())[:60],
        without_role=request.GET.get("without") == "1",
        ended=request.GET.get("ended") == "1",
        after=cursor(request),
        limit=PAGE + 1,
    )
    below_here = below(viewer, code)
    address = reverse("portal:officers")
    chips = [
        *([Filter("in", _("所在区划"), [(p.code, p.name) for p in below_here])] if below_here else []),
        Filter("without", _("还没有权限")),
        Filter("ended", _("已免职")),
    ]
    new = Action(_("开立账号"), reverse("portal:officer-new") + f"?at={code}", "user-plus", "primary")
    context = {
        "table": table_of(rows, viewer),
        "filters": chips,
        "places": trail(viewer, code, address, "in") if code != top_of(viewer) else [],
        "actions": [new],
    }
    return render(request, "portal/desk/officers.html", context)


def table_of(rows: tuple[Post, ...], viewer: Viewer) -> Table:
    """A page of posts."""
    shown = rows[:PAGE]
    names = places.names({one.area for one in shown} | {g.area for one in shown for g in one.roles})
    return Table(
        caption=_("人员"),
        columns=[
            Column(_("姓名")), Column(_("权限")), Column(_("机构"), phone=False), Column(_("职务"), phone=False),
            Column(_("所在区划"), phone=False), Column(_("任职"), "date", phone=False), Column(_("状态"), phone=False),
        ],
        rows=[
            Row(
                [
                    one.name, roles_in_words(one, names), one.office, one.title, names.get(one.area, one.area),
                    one.start, state_of(one),
                ],
                url=reverse("portal:officer", args=[one.id]),
            )
            for one in shown
        ],
        pager=Pager(after=shown[-1].cursor if len(rows) > PAGE else ""),
        export=offered("portal.officers", viewer),
        empty=_("这里没有工作人员"),
        empty_hint=_("去掉一些筛选条件，或者为下级开立账号。"),
    )  # fmt: skip


def roles_in_words(one: Post, names: Mapping[str, str]) -> str | State:
    """What a post may do: each role once, with its area where it is not the office's own."""
    if not one.roles:
        return State(_("还没有权限"), "waiting") if not one.ended else ""
    words = []
    for given in one.roles:
        title = forms.role_title(given.service, given.role)
        elsewhere = "" if given.area == one.area else area_name(given.area, names)
        words.append(f"{title}（{elsewhere}）" if elsewhere else title)
    shown = "、".join(words[:3])
    more = len(words) - 3
    if more > 0:
        shown += ngettext(" 等 %(n)d 项", " 等 %(n)d 项", len(words)) % {"n": len(words)}
    return shown


def area_name(code: str, names: Mapping[str, str]) -> str:
    """A division's name, of the whole nation too."""
    return _("全国") if code == str(NATION) else names.get(code, code)


def state_of(one: Post) -> State:
    """Where a post stands."""
    if one.ended:
        return State(_("已免职"))
    return State(_("在职"), "done") if one.open else State(_("账号停用"), "refused")


def post_in_reach(viewer: Viewer, officer: UUID) -> Post:
    """A post within reach; raise NotFound for any other."""
    post = access.post_of(officer, viewer.reach(RIGHT))
    if post is None:
        raise NotFound(_("没有找到这位工作人员，或者不在您的辖区内。"), code="no_officer")
    return post
