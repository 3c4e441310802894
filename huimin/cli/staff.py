"""The ready citizen of the demo province: officers come from `access.load_accounts`."""

from __future__ import annotations

from typing import Any


def citizen(system: Any, village: str) -> str:
    """The ready citizen: a person a service has something to show for, else a head of a household."""
    from huimin.core.access import api as access
    from huimin.core.people import api as people
    from huimin.manifest import services

    suggested = (
        id
        for service in services.values()
        if service.demo and service.demo.citizens
        for id in service.demo.citizens()
    )
    heads = (row.head for row in people.households(village, limit=5) if row.head)
    person = next(suggested, None) or next(heads, None)
    if person is None:
        return ""
    name = people.person(person).name
    access.open_account(
        system, f"demo/citizen/{person}", username="citizen", name=name, person=person, demo=True
    )
    return name
