"""Two townships of 榆中县 to register people in, officers who keep them, and a quick way to a household."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from huimin.core.access.api import ROLES, Role, acting_as, register_roles
from huimin.core.people import api, idnumber
from huimin.core.people.types import Sex
from huimin.core.places import api as places

XIAGUANYING, NEXT_VILLAGE, JINYA = "620123101201", "620123101202", "620123103201"
CHANGES = (
    "register_person correct_person register_household add_member end_membership change_head move_household "
    "close_household register_organisation propose_change settle_change"
)
KEEPER = Role(
    code="keeper",
    title="户籍员",
    level=1,
    actions=frozenset(f"people.{name}" for name in CHANGES.split()) | {"access.unmask"},
)


@pytest.fixture(autouse=True)
def demo_numbers(settings):
    """Only numbers of nobody are used in tests."""
    settings.DEMO = True


@pytest.fixture
def yuzhong(db):
    """榆中县 with its townships and villages."""
    places.import_package(within="620123000000")


@pytest.fixture
def keeper(yuzhong, officer):
    """Make an officer who keeps the register of an area."""
    if "people_test.keeper" not in ROLES:
        register_roles("people_test", [KEEPER])
    return lambda area: officer(area, "people_test.keeper")


class Register:
    """Registers people with little typing; every number is used once."""

    def __init__(self, viewer) -> None:
        self.viewer, self.used = viewer, 0

    def number(self, born: date = date(1970, 1, 2), sex: str = "male") -> str:
        self.used += 1
        return idnumber.make(born, Sex(sex), self.used % 500, area=self.used // 500)

    def person(
        self, name="王桂兰", born=date(1970, 1, 2), sex="female", code=XIAGUANYING, numbered=True, **more
    ) -> UUID:
        number = self.number(born, sex) if numbered else ""
        values = {"id_number": number, **more}
        done = api.register_person(
            self.viewer, name=name, sex=sex, birth_date=born, division_code=code, **values
        )
        return UUID(done["person"])

    def household(self, name="王桂兰", code=XIAGUANYING, on=date(2010, 5, 1), group=1, **more) -> UUID:
        head = self.person(name, code=code, **more)
        done = api.register_household(
            self.viewer, head=head, division_code=code, group_no=group, address="3号", on=on
        )
        return UUID(done["household"])

    def join(
        self,
        household,
        name="王小宝",
        born=date(2015, 3, 4),
        sex="male",
        relation="son",
        on=None,
        reason="birth",
    ) -> UUID:
        new = {"name": name, "sex": sex, "birth_date": born, "id_number": self.number(born, sex)}
        done = api.add_member(
            self.viewer, household=household, relation=relation, on=on or born, reason=reason, new=new
        )
        return UUID(done["membership"])


@pytest.fixture
def register(yuzhong, system):
    """A register keeper who may do everything; reads in the test are the system's too."""
    with acting_as(system):
        yield Register(system)
