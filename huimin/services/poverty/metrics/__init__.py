"""What is published of targeted help: counts by county and type. Small ones are withheld by whoever shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import beyond
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit.area import AreaCode, Level
from huimin.manifest import Metric
from huimin.services.poverty.programme import CODE, KINDS

FLOOR = 5  # a count of one to four could point at a family
KEEP = 300  # seconds


@dataclass(frozen=True)
class CountyRow:
    """A county's counts as they may be published: None is withheld."""

    code: str
    name: str
    total: int | None
    kinds: Mapping[str, int | None]


def helped(area: str) -> dict[str, int]:
    """Households being helped in a place, by type."""
    with beyond("published counts"):
        return programmes.counts(CODE, [places.q(places.spans(area))])[0]


def left_in(area: str) -> int:
    """Households of a place whose risk is gone and who have left."""
    with beyond("published counts"):
        return programmes.enrolments(CODE, places.q(places.spans(area))).filter(state="exited").count()


METRICS = (
    Metric(
        name="helped",
        title=_("监测帮扶中的户"),
        unit=str(_("户")),
        count=lambda area: sum(helped(area).values()),
    ),
    Metric(name="removed", title=_("风险消除的户"), unit=str(_("户")), count=left_in),
)


def counted(top: str) -> dict[str, Counter[str]]:
    """Households being helped in each county of a province, by type; counted at most once in five minutes."""
    return cache.get_or_set(f"poverty/counties/{top}", lambda: _counted(top), KEEP)  # type: ignore[return-value]


def _counted(top: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    with beyond("published counts"):
        rows = programmes.enrolments(CODE, places.q(places.spans(top))).exclude(state="exited")
        for code, group, kind, number in (
            rows.order_by().values_list("division_code", "group_no", "kind").annotate(n=Count("id"))
        ):
            county = str(AreaCode(places.current(code, group)).at(Level.COUNTY))
            found.setdefault(county, Counter())[kind] += number
    return found


def withheld(values: list[int]) -> list[int | None]:
    """Counts as they may be published beside their sum: from one to four are withheld.

    Where that is only one, or what is withheld together is itself small, the next smallest goes too, so that nothing
    can be worked out from the sum.
    """
    shown: list[int | None] = [None if 0 < value < FLOOR else value for value in values]
    hidden = [value for value, one in zip(values, shown, strict=True) if one is None]
    while hidden and (len(hidden) == 1 or sum(hidden) < FLOOR):
        rest = [(value, place) for place, value in enumerate(values) if shown[place]]
        if not rest:
            break
        value, place = min(rest)
        shown[place] = None
        hidden.append(value)
    return shown


def by_county(top: str) -> tuple[list[CountyRow], int]:
    """Every county of a province with its counts as they may be published, and the province's sum."""
    found = counted(top)
    counties = list(places.counties(top))
    totals = [sum(found.get(one.code, Counter()).values()) for one in counties]
    shown = withheld(totals)
    rows = []
    for place, total in zip(counties, shown, strict=True):
        counts = found.get(place.code, Counter())
        parts = withheld([counts[kind] for kind in KINDS]) if total is not None else [None] * len(KINDS)
        rows.append(CountyRow(place.code, place.name, total, dict(zip(KINDS, parts, strict=True))))
    return rows, sum(sum(one.values()) for one in found.values())
