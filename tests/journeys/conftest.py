"""The demo's staff and a household, on the test server."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest


@pytest.fixture
def province(transactional_db: Any, settings: Any) -> None:
    """Two counties, the ready accounts with every service's roles, and a citizen with a household."""
    from huimin.cli import staff
    from huimin.core.access.api import acting_as, load_accounts, system
    from huimin.core.people import api as people
    from huimin.core.people import idnumber
    from huimin.core.people.types import Sex
    from huimin.core.places import api as places

    settings.DEMO = True
    settings.TOTP_REQUIRED = []
    places.forget()
    viewer = system("journey")
    with acting_as(viewer):
        places.import_package(within="620123000000")
        load_accounts((), ["620123101201"])
        number = idnumber.make(date(1980, 5, 6), Sex("female"), 1, area=123)
        person = people.register_person(
            viewer, name="马桂花", sex="female", birth_date=date(1980, 5, 6), division_code="620123101201",
            id_number=number,
        )["person"]  # fmt: skip
        people.register_household(
            viewer,
            head=person,
            division_code="620123101201",
            group_no=1,
            address="1组1号",
            on=date(2010, 1, 1),
        )
        staff.citizen(viewer, "620123101201")
