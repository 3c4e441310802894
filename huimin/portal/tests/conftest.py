"""Places, households, and people who come to the doors; a service to fill them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

PROVINCE, COUNTY = "620000000000", "620123000000"
TOWNSHIP, VILLAGE, NEXT_VILLAGE = "620123101000", "620123101201", "620123101202"
OTHER_COUNTY, OTHER_VILLAGE = "621102000000", "621102101202"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def counties(db: Any) -> None:
    """Two counties with everything below and above them."""
    from huimin.core.places import api as places

    places.import_package(within=COUNTY)
    places.import_package(within=OTHER_COUNTY)


@pytest.fixture
def register(counties: None, system: Any) -> Callable[..., Any]:
    """Register a household of one: `register("马桂花", VILLAGE)` has `.person`, `.household`, `.number`."""
    from huimin.core.people import api as people
    from huimin.core.people import idnumber
    from huimin.core.people.types import Sex

    serials = iter(range(1, 400))

    def make(name: str, village: str = VILLAGE) -> Any:
        number = idnumber.make(date(1980, 5, 6), Sex("female"), next(serials), area=123)
        person = people.register_person(
            system,
            name=name,
            sex="female",
            birth_date=date(1980, 5, 6),
            division_code=village,
            id_number=number,
        )["person"]
        made = people.register_household(
            system, head=person, division_code=village, group_no=1, address="1组1号", on=date(2010, 1, 1)
        )
        return SimpleNamespace(person=person, household=made["household"], number=number, name=name)

    return make


@pytest.fixture(autouse=True)
def demo_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only numbers of nobody are used in tests."""
    from huimin.core.people import idnumber

    if hasattr(idnumber, "settings"):
        monkeypatch.setattr(idnumber.settings, "DEMO", True)


@pytest.fixture
def service() -> Iterator[Any]:
    """A service of the tests' own, with a role `keeper`: `service.shows(tasks=…)` says what it has."""
    import huimin.config.urls  # noqa: F401  # the addresses are those of the installed services
    from huimin.core.access.api import ROLES, Role, register_roles
    from huimin.manifest import Page, Service, services

    if "sample.keeper" not in ROLES:
        register_roles(
            "sample", [Role(code="keeper", title="登记员", level=1, actions=frozenset({"sample.keep"}))]
        )
    kept = dict(services._things)
    services._things.clear()

    def shows(**what: Any) -> None:
        services._things["sample"] = replace(services._things["sample"], **what)

    services._things["sample"] = Service(
        title="样例服务",
        about="测试用的服务。",
        law="样例法第一条",
        owner="样例局",
        desk=(Page(title="样例列表", url="portal:search", icon="search"),),
        label="sample",
    )
    yield SimpleNamespace(shows=shows)
    services._things.clear()
    services._things.update(kept)


@pytest.fixture
def browse(client: Client) -> Callable[..., Client]:
    """The test client signed in as an account: `browse(account).get("/desk/")`."""

    def sign_in(account: Any) -> Client:
        client.force_login(account, backend=BACKEND)
        return client

    return sign_in
