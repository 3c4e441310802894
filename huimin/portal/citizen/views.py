"""The citizen's home: who am I, what waits for me, my services by need, what I am entitled to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Kind, Viewer
from huimin.kit import clock
from huimin.manifest import Entitlement, Task, services
from huimin.portal.citizen.household import household_of
from huimin.ui.formats import cdate
from huimin.ui.parts import Tile, Waiting


def home(request: HttpRequest) -> HttpResponse:
    """A citizen's first page; officers are sent to the desk, everybody else to the public pages."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.is_authenticated:
        return redirect("portal:open")
    at_home = request.resolver_match is not None and request.resolver_match.url_name == "home"
    if viewer.kind is Kind.OFFICER and (at_home or viewer.person is None):
        return redirect("portal:desk")
    found = entitled(viewer)
    context = {
        "household": household_of(viewer),
        "waiting": [waiting(task) for task in waits(viewer)],
        "tiles": tiles(viewer),
        "entitled": [one for one in found if not one.missing][:3],
        "near": len([one for one in found if one.missing]),
        "entitled_count": len([one for one in found if not one.missing]),
    }
    return render(request, "portal/citizen/home.html", context)


def entitlements(request: HttpRequest) -> HttpResponse:
    """Everything a citizen has or could have, and for near misses what is missing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = entitled(viewer)
    context = {
        "entitled": [one for one in found if not one.missing],
        "near": [one for one in found if one.missing],
    }
    return render(request, "portal/citizen/entitlements.html", context)


def waits(viewer: Viewer) -> list[Task]:
    """What waits for the citizen in every service, the earliest first."""
    found = [task for service in services.values() if service.mine for task in service.mine(viewer)]
    return sorted(found, key=lambda task: (not task.urgent, task.due or date.max, task.title))


def waiting(task: Task) -> Waiting:
    """A task as the home page shows it, with its day in words."""
    tone = "waiting" if task.urgent or task.due else "info"
    return Waiting(title=task.title, url=task.url, when=day_in_words(task.due), tone=tone)


def day_in_words(day: date | None) -> str:
    """今天, 明天, or the date; empty without one."""
    if day is None:
        return ""
    away = (day - clock.today()).days
    words = {0: _("今天"), 1: _("明天"), 2: _("后天")}
    return words.get(away, cdate(day))


def entitled(viewer: Viewer) -> list[Entitlement]:
    """What every service says the citizen has or could have."""
    return [
        one for service in services.values() if service.entitlements for one in service.entitlements(viewer)
    ]


def tiles(viewer: Viewer) -> Sequence[Tile]:
    """The citizen's pages of every service, and two of the portal."""
    found = [
        Tile(str(page.title), reverse(page.url), page.icon, count=page.count(viewer) if page.count else None)
        for service in services.values()
        for page in service.me
        if not page.needs or viewer.may(page.needs)
    ]
    found.append(Tile(_("公示公告"), reverse("portal:open"), "speakerphone"))
    return found
