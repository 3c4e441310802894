"""Choosing the area one looks at, within one's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import Viewer, viewer_of, within
from huimin.core.places import api as places
from huimin.kit.area import AreaCode, Level
from huimin.portal import area
from huimin.ui.parts import Link


@require_http_methods(["GET", "POST"])
def areas(request: HttpRequest) -> HttpResponse:
    """The divisions below `?at=` as a list to choose from, with a search; POST chooses one and goes back."""
    viewer: Viewer = viewer_of(request.user)  # type: ignore[arg-type]  # the whole area, not the chosen one
    if request.method == "POST":
        return choose(request, viewer)
    at = area.full(request.GET.get("at", "")) or area.chosen(request, viewer) or viewer.area
    if not within(viewer.spans(), at):
        at = viewer.area
    text = request.GET.get("q", "").strip()
    level = AreaCode(at).level
    found = (
        [p for p in places.search(text, within=viewer.area, limit=20) if within(viewer.spans(), p.code)]
        if text
        else list(places.children(at))
    )
    context = {
        "at": at,
        "at_name": places.name_of(at),
        "mine": viewer.area,
        "mine_name": places.name_of(viewer.area),
        "narrowed": bool(area.chosen(request, viewer)),
        "path": path_links(at, viewer),
        "found": [(place, place.level < Level.VILLAGE) for place in found],
        "text": text,
        "leaf": level == Level.VILLAGE,
        "base": "portal/desk/fragment.html" if request.htmx else "ui/desk.html",  # type: ignore[attr-defined]
        "next": came_from(request),
    }
    return render(request, "portal/desk/areas.html", context)


def choose(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep the chosen area, or let go of it, and go back to where the choice was made."""
    code = area.full(request.POST.get("area", ""))
    request.session[area.KEPT] = code if code and code != viewer.area and within(viewer.spans(), code) else ""
    return HttpResponseRedirect(came_from(request))


def came_from(request: HttpRequest) -> str:
    """The page the chooser was opened on, where it is one of ours."""
    current = getattr(request, "htmx", None) and request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    asked = request.POST.get("next") or request.GET.get("next") or current or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()})
    return (
        asked
        if safe and asked.startswith("/desk/") and "/desk/area/" not in asked
        else reverse("portal:desk")
    )


def path_links(code: str, viewer: Viewer) -> list[Link]:
    """The way from the viewer's own area down to a division."""
    here = AreaCode(code)
    own = AreaCode(viewer.area).level
    codes = [*(str(one) for one in here.ancestors if one.level >= own), code]
    names = places.names(codes)
    return [Link(names[one], f"?at={one}", current=one == code) for one in codes if one in names]
