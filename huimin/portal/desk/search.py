"""One search over people, households and places, within the officer's sight."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huimin.core.access.api import Viewer, within
from huimin.core.places import api as places
from huimin.portal.desk.registry import households, people

LIMIT = 20


def search(request: HttpRequest) -> HttpResponse:
    """What `?q=` finds: a name, pinyin, an identity number, a household's number, a place or its code."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    text = " ".join(request.GET.get("q", "").split())[:80]
    context: dict[str, Any] = {"text": text, "people": (), "households": (), "places": ()}
    if text:
        found = places.search(text, within=viewer.area or None, limit=LIMIT)
        seen = [place for place in found if within(viewer.spans(), place.code)]
        paths = places.paths([place.code for place in seen])
        context |= {
            "people": people(viewer, text, LIMIT),
            "households": households(viewer, text, LIMIT),
            "places": [(place, " ".join(paths.get(place.code, ()))) for place in seen],
        }
    return render(request, "portal/desk/search.html", context)
