"""People and households as the search shows them."""

from __future__ import annotations

from dataclasses import dataclass

from huimin.core.access.api import Viewer


@dataclass(frozen=True)
class Hit:
    """One line of the results."""

    title: str
    detail: str
    url: str


def people(viewer: Viewer, text: str, limit: int) -> tuple[Hit, ...]:
    """People within the viewer's sight."""
    return ()


def households(viewer: Viewer, text: str, limit: int) -> tuple[Hit, ...]:
    """Households within the viewer's sight."""
    return ()
