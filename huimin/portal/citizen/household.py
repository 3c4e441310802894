"""The signed-in citizen and his household, as the home page names them."""

from __future__ import annotations

from dataclasses import dataclass

from huimin.core.access.api import Viewer
from huimin.core.people import api as people
from huimin.core.places import api as places


@dataclass(frozen=True)
class MyHousehold:
    """Who I am, where, and with whom: the names of one's own household are read in full at home."""

    name: str
    place: str
    members: tuple[str, ...]


def household_of(viewer: Viewer) -> MyHousehold:
    """The citizen's household today; without one only his name."""
    home = people.household_of(viewer.person) if viewer.person else None
    if home is None:
        return MyHousehold(name=viewer.label, place="", members=())
    path = places.paths([home.division_code]).get(home.division_code, ())
    others = tuple(m.person.name for m in people.members(home.id) if m.person.id != viewer.person)
    return MyHousehold(name=viewer.label, place=" ".join(path[-3:]), members=others)
