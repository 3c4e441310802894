"""What the frames of huimin/ui show around every page: who looks, the menu of the door, languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from huimin.core.access.api import PUBLIC, Kind, Viewer
from huimin.core.insight import api as insight
from huimin.core.intake import api as intake
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.kit.area import NATION
from huimin.manifest import Page, Service, services
from huimin.portal.area import Shown
from huimin.portal.desk.assessment import assessed_services
from huimin.portal.desk.population import watches
from huimin.portal.desk.rules import proposals
from huimin.portal.failures import door_of
from huimin.ui.parts import NavItem


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of every template; nothing is looked up before a template asks for it."""
    viewer: Viewer = getattr(request, "viewer", PUBLIC)
    door = door_of(request.path)
    return {
        "viewer": SimpleLazyObject(lambda: shown(viewer)),
        "door": "citizen" if door == "me" else door,
        "nav": SimpleLazyObject(lambda: menu(door, viewer, request.path)),
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "home_url": {"desk": "/desk/", "me": "/", "open": "/open/"}[door],
        "login_url": reverse("account_login"),
        "logout_url": reverse("account_logout"),
        "account_url": reverse("mfa_index") if viewer.is_authenticated else "",
        "search_url": reverse("portal:search") if door == "desk" else "",
        "search_term": request.GET.get("q", "")[:80] if request.path == "/desk/search/" else "",
        "areas_url": reverse("portal:areas") if door == "desk" and viewer.spans() else "",
        "help_url": reverse("portal:about"),
        "export_url": reverse("portal:export-start") if door == "desk" else "",
    }


def shown(viewer: Viewer) -> Shown:
    """The viewer with his area's name; a citizen's name is masked: others may look over the shoulder."""
    area = viewer.area
    if viewer.kind is Kind.CITIZEN:
        home = people.household_of(viewer.person) if viewer.person else None
        return Shown(viewer, people.mask_name(viewer.label), name_of(home.division_code) if home else "")
    return Shown(viewer, viewer.label, name_of(area) if area else "")


def name_of(area: str) -> str:
    """The name of a division, of the whole nation too; empty for one that is not known."""
    return _("全国") if area == str(NATION) else places.names([area]).get(area, "")


def works_in(viewer: Viewer, label: str) -> bool:
    """Whether a service belongs on this viewer's desk: by a role in it, or by one that reads everything."""
    return any(held.service == label or (held.service == "*" and held.reads) for held in viewer.held)


def menu(door: str, viewer: Viewer, path: str) -> list[NavItem]:
    """The entries of a door that this viewer has a right to, the portal's own first."""
    items = [*own_entries(door, viewer)]
    for label, service in services.items():
        if door == "desk" and not works_in(viewer, label):
            continue
        items += entries(service, pages_of(service, door), viewer, grouped=door == "desk")
        if door == "desk" and viewer.spans(label) and insight.indicators(label):
            items += insight_entries(label)
    return marked(items, path)


def own_entries(door: str, viewer: Viewer) -> Iterable[NavItem]:
    """What the portal itself offers at a door."""
    if door == "desk":
        if any(held.service in services for held in viewer.held):
            yield NavItem(_("待办"), reverse("portal:desk"), "list-check")
        if viewer.may("exports.start"):
            yield NavItem(_("导出的文件"), reverse("portal:exports"), "download")
        if any(viewer.may(right) for right in ("people.merge", "people.propose_change")):
            waiting = people.pairs_waiting()
            yield NavItem(_("重复人员"), reverse("portal:duplicates"), "users", waiting, group=_("登记"))
        if viewer.holds("*", "auditor"):
            group = _("监督")
            yield NavItem(_("操作日志"), reverse("portal:audit"), "history", group=group)
            yield NavItem(_("查看记录"), reverse("portal:audit-looks"), "eye", group=group)
        if viewer.held:
            yield NavItem(
                _("规则"), reverse("portal:rules"), "scale", proposals(viewer) or None, group=_("规则与认定")
            )
        if watches(viewer):
            yield NavItem(_("全量认定"), reverse("portal:population"), "refresh", group=_("规则与认定"))
        if intake.targets_of(viewer):
            yield NavItem(_("导入数据"), reverse("portal:imports"), "upload", group=_("系统"))
        if viewer.may("access.grant"):
            yield NavItem(_("人员与权限"), reverse("portal:officers"), "users", group=_("系统"))
            yield NavItem(_("接口程序"), reverse("portal:clients"), "plug", group=_("系统"))
        if viewer.admin:
            yield NavItem(_("系统管理"), reverse("admin:index"), "settings", group=_("系统"))
    elif door == "me":
        yield NavItem(_("首页"), reverse("portal:home"), "home")
        yield NavItem(_("我能享受"), reverse("portal:entitlements"), "heart-handshake")
        yield NavItem(_("公开"), reverse("portal:open"), "speakerphone")
    else:
        yield NavItem(_("首页"), reverse("portal:open"), "home")
        yield NavItem(_("服务"), reverse("portal:open-services"), "layout-list")
        yield NavItem(_("数字"), reverse("portal:figures"), "chart-bar")
        for label in services:
            if insight.indicators(label):
                yield NavItem(_("数据地图"), reverse("portal:open-insight", args=[label]), "map-2")


def insight_entries(label: str) -> Iterable[NavItem]:
    """What is counted of a service, under the service's own heading."""
    group = str(services[label].title)
    yield NavItem(_("数据地图"), reverse("portal:insight", args=[label]), "map-2", group=group)
    if label in assessed_services():
        yield NavItem(_("考核评价"), reverse("portal:assessment", args=[label]), "award", group=group)
    yield NavItem(_("统计报告"), reverse("portal:reports", args=[label]), "report-analytics", group=group)


def pages_of(service: Service, door: str) -> tuple[Page, ...]:
    """A service's pages at a door; a citizen's are tiles on his home, not tabs."""
    return {"desk": service.desk, "me": (), "open": service.open}[door]


def entries(service: Service, pages: Iterable[Page], viewer: Viewer, *, grouped: bool) -> Iterable[NavItem]:
    """A service's pages as menu entries, with how much waits there."""
    for page in pages:
        if page.needs and not viewer.may(page.needs):
            continue
        try:
            url = reverse(page.url)
        except NoReverseMatch as error:
            raise LookupError(
                f"{service.label}: the menu names {page.url!r}, which is no route without arguments"
            ) from error
        count = page.count(viewer) if page.count else None
        yield NavItem(str(page.title), url, page.icon, count, group=str(service.title) if grouped else "")


def marked(items: Iterable[NavItem], path: str) -> list[NavItem]:
    """The entries with the current place marked: the longest address the path begins with."""
    items = list(items)
    roots = {"/", "/desk/", "/open/"}
    under = [i.url for i in items if (path == i.url if i.url in roots else path.startswith(i.url))]
    here = max(under, key=len, default=None)
    return [replace(item, current=item.url == here) for item in items]
