"""Nobody sees what is not theirs: one manager that limits every query to the viewer at the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from huimin.core.access.types import Kind, Viewer
from huimin.core.places import api as places

M_co = TypeVar("M_co", bound=models.Model, covariant=True)
_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class NoViewer(RuntimeError):
    """A query for personal data was made where nobody is known to be looking."""


def current() -> Viewer:
    """The viewer of the running request, action or job; raise NoViewer where there is none."""
    viewer = _viewer.get()
    if viewer is None:
        raise NoViewer("who is looking? set it with acting_as(...)")
    return viewer


@contextmanager
def acting_as(viewer: Viewer) -> Iterator[Viewer]:
    """Look and act as this viewer within the block."""
    token = _viewer.set(viewer)
    try:
        yield viewer
    finally:
        _viewer.reset(token)


def become(viewer: Viewer) -> None:
    """Look and act as this viewer from here on: for the start of a worker or a command."""
    _viewer.set(viewer)


def system(name: str) -> Viewer:
    """The platform itself, doing a named duty; it sees and may do everything."""
    return Viewer(kind=Kind.SYSTEM, id=f"system:{name}", label=name)


@contextmanager
def beyond(duty: str) -> Iterator[Viewer]:
    """See beyond the viewer's area for a named duty; every use is listed in an architecture test."""
    with acting_as(system(duty)) as viewer:
        yield viewer


class AreaManager(models.Manager[M_co]):
    """Rows the current viewer may see.

    `area` names the path to a division's code, `group` that to the villagers' group, `own` those to a
    citizen's own ids by kind (`{"household": "household_id"}`), `service` the service a role is needed in.
    """

    def __init__(
        self,
        area: str | None = "division_code",
        *,
        group: str | None = None,
        own: dict[str, str] | None = None,
        service: str | None = None,
    ) -> None:
        super().__init__()
        self.area, self.group, self.own, self.service = area, group, own or {}, service

    def get_queryset(self) -> QuerySet[M_co]:
        """The rows within the viewer's sight; none for the public."""
        return self.limit(super().get_queryset())

    def limit(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The part of these rows (or of their past versions) that the viewer may see."""
        viewer = current()
        if viewer.kind is Kind.SYSTEM:
            return rows
        condition = self.condition(viewer)
        return rows.none() if condition is None else rows.filter(condition)

    def condition(self, viewer: Viewer) -> Q | None:
        """What a row must satisfy to be seen by the viewer, or None where nothing can be."""
        conditions: list[Q] = []
        for kind, path in self.own.items():
            ids = [ref.id for ref in viewer.own if ref.kind == kind]
            if ids:
                conditions.append(Q(**{f"{path}__in": ids}))
        spans = viewer.spans(self.service)
        if self.area and spans:
            conditions.append(places.q(spans, column=self.area, group=self.group))
        if not conditions:
            return None
        found = conditions[0]
        for condition in conditions[1:]:
            found |= condition
        return found
