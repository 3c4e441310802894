"""What a picture shows is in its address: the place, the indicator, the period. Links change one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.insight import api as insight
from huimin.core.insight.types import Indicator
from huimin.core.places import api as places
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.manifest import Service, services
from huimin.portal.area import full

DESK, OPEN = "desk", "open"


@dataclass(frozen=True)
class Asked:
    """A door's request: which service, place, indicator and period; `computed` are the periods that have figures."""

    door: str
    service: str
    indicator: Indicator
    area: str
    period: str
    computed: tuple[str, ...]

    @property
    def on(self) -> date:
        """The last day of the period: names and borders are those of that day."""
        return insight.parse(self.period).last

    @property
    def published(self) -> bool:
        """Whether only what is published is shown."""
        return self.door == OPEN

    @property
    def level(self) -> Level:
        """The level of the place."""
        return AreaCode(self.area).level

    @property
    def manifest(self) -> Service:
        """The service's contents page."""
        found: Service = services[self.service]
        return found

    def query(self, **more: str) -> str:
        """The address's query, with some more."""
        said = {
            "in": AreaCode(self.area).short,
            "of": self.indicator.name.partition(".")[2],
            "at": self.period,
            **more,
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def url(self, page: str = "insight", **more: str) -> str:
        """This picture, or another page about the same figure."""
        name = f"portal:{page}" if self.door == DESK else f"portal:open-{page}"
        return reverse(name, args=[self.service]) + self.query(**more)

    def at_place(self, code: str) -> Asked:
        """The same figure of another place."""
        return replace(self, area=code)

    def at_period(self, period: str) -> Asked:
        """The same figure of another period."""
        return replace(self, period=period)

    def of(self, indicator: Indicator) -> Asked:
        """Another figure of the same place and period."""
        return replace(self, indicator=indicator)


def service_of(label: str) -> str:
    """The label of a service that declares indicators; raise NotFound for any other."""
    if label not in services or not insight.indicators(label):
        raise NotFound(_("没有这项服务的统计指标。"), code="no_indicators")
    return label


def works_here(viewer: Viewer, label: str) -> bool:
    """Whether a service's figures belong on this viewer's desk: he sees people in it, somewhere."""
    return bool(viewer.spans(label))


def read(request: HttpRequest, label: str, door: str) -> Asked | None:
    """What the address asks for, with what it leaves out filled in; None while nothing has been computed.

    Raise NotFound for a service without indicators, NotAllowed at the desk for who does not work in it.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    label = service_of(label)
    if door == DESK and not works_here(viewer, label):
        raise NotAllowed(
            _("您在这项服务里没有岗位，看不到它的指标。公布的数字在公开页上。"), code="not_in_service"
        )
    computed = tuple(insight.periods(label))
    if not computed:
        return None
    declared = {one.name.partition(".")[2]: one for one in insight.indicators(label)}
    indicator = declared.get(request.GET.get("of", "")) or next(iter(declared.values()))
    period = request.GET.get("at", "")
    if period not in computed:
        period = usual(computed)
    return Asked(door, label, indicator, place_of(request.GET, viewer, door), period, computed)


def usual(computed: tuple[str, ...]) -> str:
    """The period a picture opens with: the last year that was computed, else the last of all."""
    years = [name for name in computed if len(name) == 4]
    return years[-1] if years else computed[-1]


def place_of(query: Mapping[str, str], viewer: Viewer, door: str) -> str:
    """The place asked for; without one the viewer's own, and the province for the public and for the nation."""
    top = AreaCode.parse(settings.PROVINCE)
    code = full(query.get("in", ""))
    if code and top.covers(code) and code in places.divisions([code]):
        return code
    own = viewer.area if door == DESK else ""
    return own if own and top.covers(own) else top.code
