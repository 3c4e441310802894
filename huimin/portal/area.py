"""The area an officer has chosen to look at: within his own, kept in the session, narrowing what he reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from huimin.core.access.api import Viewer, narrow, within
from huimin.kit.area import AreaCode

KEPT = "area"
ALL = "all"


def chosen(request: HttpRequest, viewer: Viewer) -> str:
    """The code of the chosen area, "" for everything; `?area=` chooses, `?area=all` lets go.

    A code outside the viewer's own area is passed over.
    """
    asked = request.GET.get("area")
    if asked is not None:
        code = "" if asked in ("", ALL) else full(asked)
        if code and not within(viewer.spans(), code):
            code = ""
        elif asked == ALL or code:
            request.session[KEPT] = code
    kept = str(request.session.get(KEPT, ""))
    return kept if kept and within(viewer.spans(), kept) else ""


def full(code: str) -> str:
    """The twelve digits of a code, or "" where it is none."""
    try:
        return str(AreaCode.parse(code))
    except ValueError:
        return ""


def narrowed(request: HttpRequest, viewer: Viewer) -> Viewer:
    """The viewer limited to the chosen area while reading; what is sent is judged by the full right."""
    code = chosen(request, viewer)
    if not code or code == viewer.area or request.method not in ("GET", "HEAD"):
        return viewer
    return narrow(viewer, code)


@dataclass(frozen=True)
class Shown:
    """The viewer as templates show him: his name as it may be shown, his area in words, and all the rest."""

    viewer: Viewer
    label: str
    area_label: str

    def __getattr__(self, name: str) -> object:
        return getattr(self.viewer, name)
