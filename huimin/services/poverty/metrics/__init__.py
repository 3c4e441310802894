"""What is published of targeted help: figures that were computed and kept, small cells withheld by insight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import PUBLIC
from huimin.core.insight import api as insight
from huimin.core.insight.types import Figure
from huimin.core.places import api as places
from huimin.manifest import Metric
from huimin.services.poverty.programme import KINDS

HELPED, LIFTED = "poverty.households", "poverty.lifted"


@dataclass(frozen=True)
class CountyRow:
    """A county's counts as they may be published: None is withheld."""

    code: str
    name: str
    total: int | None
    kinds: Mapping[str, int | None]


@dataclass(frozen=True)
class Published:
    """What is published of the counties of a province: of which period, as of when, and the province's sum."""

    rows: list[CountyRow]
    total: int | None
    period: str
    as_of: datetime | None
    demo: bool = False


def last_period() -> str:
    """The latest year that was computed, or ""."""
    years = [name for name in insight.periods("poverty") if len(name) == 4]
    return years[-1] if years else ""


def whole(figure: Figure | None) -> int | None:
    """A figure as a whole number, or None where it is withheld or was never computed."""
    return None if figure is None or figure.value is None else int(figure.value)


def published(name: str, area: str) -> int | None:
    """One published count of a place in the latest year."""
    return whole(insight.figure(name, area, last_period(), viewer=PUBLIC))


METRICS = (
    Metric(
        name="helped",
        title=_("监测帮扶中的户"),
        unit=str(_("户")),
        count=lambda area: published(HELPED, area),
    ),
    Metric(
        name="removed", title=_("当年风险消除"), unit=str(_("户")), count=lambda area: published(LIFTED, area)
    ),
)


def by_county(top: str) -> Published:
    """Every county of a province with its counts as they may be published, and the province's sum."""
    period = last_period()
    counties = list(places.counties(top))
    codes = [one.code for one in counties]
    found = insight.figures(HELPED, [top, *codes], [period], viewer=PUBLIC)
    kinds = {kind: insight.figures(HELPED, codes, [period], viewer=PUBLIC, by=kind) for kind in KINDS}
    rows = [
        CountyRow(
            one.code,
            one.name,
            whole(found.get((one.code, period))),
            {kind: whole(kinds[kind].get((one.code, period))) for kind in KINDS},
        )
        for one in counties
        if (one.code, period) in found
    ]
    sum_of = found.get((top, period))
    return Published(
        rows, whole(sum_of), period, sum_of.as_of if sum_of else None, sum_of.demo if sum_of else False
    )
