"""A viewer limited to a part of his area: by his choice at the top of the desk, or for work begun under it."""

from __future__ import annotations

from dataclasses import replace

from huimin.core.access.types import Held, Viewer
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock


def narrow(viewer: Viewer, code: str) -> Viewer:
    """The viewer with every role limited to the places of a division today."""
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
