"""The signed-in citizen and his household, as the home page names them."""

from __future__ import annotations

from dataclasses import dataclass

from huimin.core.access.api import Viewer


@dataclass(frozen=True)
class MyHousehold:
    """Who I am, where, and with whom: names of the members as they are read at home, unmasked."""

    name: str
    place: str
    members: tuple[str, ...]


def household_of(viewer: Viewer) -> MyHousehold:
    """The citizen's household."""
    return MyHousehold(name=viewer.label, place="", members=())
