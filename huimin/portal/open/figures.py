"""Published figures by place, with small numbers withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.manifest import Metric, Service
from huimin.ui import formats
from huimin.ui.parts import Column, Row, Stat, Table

FLOOR = 5  # a count of one to four could point at a family
KEEP = 300  # seconds a counted figure is shown again


@dataclass(frozen=True)
class Board:
    """A service's figures: the large ones of the place, and the same for the places below."""

    title: str
    stats: list[Stat]
    table: Table | None


def written(value: Any) -> str:
    """A figure as it may be published: counts from one to four are withheld."""
    if isinstance(value, int) and 0 < value < FLOOR:
        return _("少于 %(floor)d") % {"floor": FLOOR}
    return formats.number(value)


def counted(label: str, metric: Metric, code: str) -> Any:
    """A metric of a place, counted at most once in five minutes."""
    return cache.get_or_set(f"figure/{label}/{metric.name}/{code}", lambda: metric.count(code), KEEP)


def board(label: str, service: Service, code: str) -> Board:
    """The figures of one service for a place."""
    now = clock.today()
    stats = [
        Stat(str(metric.title), written(counted(label, metric, code)), unit=metric.unit, as_of=now)
        for metric in service.metrics
    ]
    below = [] if AreaCode(code).level >= Level.TOWNSHIP else list(places.children(code))
    if not below:
        return Board(str(service.title), stats, None)
    table = Table(
        caption=str(service.title),
        columns=[Column(_("地区")), *(Column(str(m.title), "number") for m in service.metrics)],
        rows=[
            Row(
                [place.name, *(written(counted(label, metric, place.code)) for metric in service.metrics)],
                url=f"?area={place.area.short}",
            )
            for place in below
        ],
    )
    return Board(str(service.title), stats, table)
