"""The area an officer has chosen to look at: within his own, kept in the session, narrowing what he reads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from huimin.core.access.api import Viewer, within
from huimin.core.access.types import Held
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock
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
    spans = places.spans(code, clock.today())
    return replace(viewer, held=tuple(cut(held, spans) for held in viewer.held), area=code)


def cut(held: Held, spans: tuple[Span, ...]) -> Held:
    """A role with its places limited to some spans."""
    return replace(
        held, spans=tuple(s for one in held.spans for other in spans if (s := common(one, other)) is not None)
    )


def common(one: Span, other: Span) -> Span | None:
    """The places two spans share, or None."""
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        return None
    named = [set(span.groups) for span in (one, other) if span.groups is not None]
    barred = set(one.except_groups or ()) | set(other.except_groups or ())
    if not named:
        return Span(low, high, None, tuple(sorted(barred)) or None)
    groups = set.intersection(*named) - barred
    return Span(low, high, tuple(sorted(groups))) if groups else None


@dataclass(frozen=True)
class Shown:
    """The viewer as templates show him: his name as it may be shown, his area in words, and all the rest."""

    viewer: Viewer
    label: str
    area_label: str

    def __getattr__(self, name: str) -> object:
        return getattr(self.viewer, name)
