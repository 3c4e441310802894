"""The public's door: services, notices, figures, what this is. Nobody signs in here."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin import __version__
from huimin.core.access.api import PUBLIC
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.manifest import services
from huimin.portal.area import full
from huimin.portal.open.figures import board
from huimin.ui.parts import Link, Tile


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is public: each service's open pages, the figures, the way in."""
    tiles = [
        Tile(str(page.title), reverse(page.url), page.icon, count=page.count(PUBLIC) if page.count else None)
        for service in services.values()
        for page in service.open
    ]
    tiles += [
        Tile(_("统计数字"), reverse("portal:figures"), "chart-bar"),
        Tile(_("每日存证"), reverse("portal:open-decisions"), "shield-check"),
        Tile(_("办事服务"), reverse("portal:open-services"), "layout-list"),
    ]
    return render(request, "portal/open/home.html", {"tiles": tiles, "services": services.items()})


@require_safe
def services_page(request: HttpRequest) -> HttpResponse:
    """Every service: what it does, under which order, who answers for it, where to begin."""
    listed = [
        (
            label,
            service,
            [(str(page.title), reverse(page.url), page.icon) for page in (*service.me, *service.open)],
        )
        for label, service in services.items()
    ]
    return render(request, "portal/open/services.html", {"listed": listed})


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What services publish about a place and the places below it; small numbers are withheld."""
    top = AreaCode.parse(settings.PROVINCE).code
    code = full(request.GET.get("area", "")) or top
    if code not in places.divisions([code]) or not AreaCode(top).covers(code):
        code = top
    here = AreaCode(code)
    codes = [str(one) for one in (*here.ancestors, here)]
    names = places.names(codes)
    context = {
        "place": names.get(code, code),
        "path": [Link(names[one], f"?area={AreaCode(one).short}") for one in codes if one in names],
        "boards": [board(label, service, code) for label, service in services.items() if service.metrics],
        "as_of": clock.now(),
    }
    return render(request, "portal/open/figures.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the platform is, what it keeps, and what everyone can demand of it."""
    return render(request, "portal/open/about.html", {"version": __version__})
