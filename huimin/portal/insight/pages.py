"""The picture as a page at one of the doors, or as the part that a step of the map puts in its place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from huimin.manifest import services
from huimin.portal.insight.asked import read
from huimin.portal.insight.picture import picture


def shown(request: HttpRequest, service: str, door: str) -> HttpResponse:
    """The picture at a door: the whole page, or what htmx puts in its place."""
    asked = read(request, service, door)
    if asked is None:
        return render(request, f"portal/insight/{door}_empty.html", {"service": services[service]})
    htmx = getattr(request, "htmx", None)
    step = bool(htmx) and not htmx.history_restore_request  # type: ignore[union-attr]
    template = "portal/insight/step.html" if step else f"portal/insight/{door}.html"
    response = render(request, template, picture(request, asked))
    patch_vary_headers(response, ["HX-Request"])
    return response
