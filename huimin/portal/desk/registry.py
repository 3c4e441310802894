"""People and households as the search shows them: masked, in sight, with the way to the household's page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.people import api as registry
from huimin.core.places import api as places
from huimin.manifest import services


@dataclass(frozen=True)
class Hit:
    """One line of the results; without a page of its own `url` is empty."""

    title: str
    detail: str
    url: str


def people(viewer: Viewer, text: str, limit: int) -> tuple[Hit, ...]:
    """People within the viewer's sight whose name, pinyin, initials or number the text is."""
    found = registry.persons(text=text, limit=limit).rows
    names, homes = (
        places.names({one.division_code for one in found}),
        registry.homes_of(one.id for one in found),
    )
    hits = []
    for one in found:
        home = homes.get(one.id)
        detail = _("%(sex)s，%(age)d 岁，%(place)s %(number)s") % {
            "sex": one.sex.label,
            "age": one.age,
            "place": names.get(one.division_code, ""),
            "number": one.id_number,
        }
        hits.append(Hit(one.name, detail, page_of(viewer, home) if home else ""))
    return tuple(hits)


def households(viewer: Viewer, text: str, limit: int) -> tuple[Hit, ...]:
    """Households within the viewer's sight by number or by a member."""
    found = registry.households(text=text, limit=limit).rows
    names = places.names({one.division_code for one in found})
    return tuple(
        Hit(
            _("%(name)s 户") % {"name": one.name},
            _("%(place)s，%(size)d 人，户编号 %(number)s")
            % {"place": names.get(one.division_code, ""), "size": one.size, "number": one.number},
            page_of(viewer, one.id),
        )
        for one in found
    )


def page_of(viewer: Viewer, household: UUID) -> str:
    """The page about a household in the first service the viewer works in that has one."""
    routes = (one.household for label, one in services.items() if one.household and viewer.has(label))
    route = next(routes, "")
    return reverse(route, args=[household]) if route else ""
