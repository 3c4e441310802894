"""Who sees what: areas, services, terms, merged villages."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from huimin.core.access import api as access
from huimin.core.access.models import Look
from huimin.core.people import api as people
from huimin.core.people.models import Household, Person
from huimin.core.places import api as places
from huimin.kit import clock as kit
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
COUNTY = "620123000000"


@pytest.fixture
def villages(system):
    places.import_package(within=COUNTY)
    township = next(t for t in places.children(COUNTY) if len(places.children(t.code)) > 3)
    return [v.code for v in places.children(township.code)[:3]]


def person(system, area, name="马秀兰", group=1):
    made = people.register_person(
        system, name=name, sex="female", birth_date=date(1980, 1, 1), division_code=area, group_no=group
    )
    return made["person"]


def names(viewer):
    with access.acting_as(viewer):
        return sorted(Person.objects.values_list("name", flat=True))


def test_nobody_looking_is_an_error_and_the_public_sees_nothing(system, villages):
    person(system, villages[0])
    with pytest.raises(access.NoViewer):
        list(Person.objects.all())
    assert names(access.PUBLIC) == []


def test_each_level_sees_its_own_subtree(system, officer, villages):
    person(system, villages[0], "甲")
    person(system, villages[1], "乙")
    township = villages[0][:9] + "000"
    assert names(officer(villages[0], "poverty.village")) == ["甲"]
    assert names(officer(township, "poverty.township")) == ["乙", "甲"]
    assert names(officer(villages[2], "poverty.village")) == []


def test_an_officer_of_another_service_sees_the_register_but_not_the_service(system, officer, villages):
    from huimin.services.poverty.models import Profile

    home = people.register_household(
        system,
        head=person(system, villages[0]),
        division_code=villages[0],
        group_no=1,
        address="1号",
        on=date(2020, 1, 1),
    )["household"]
    with access.acting_as(system):
        household = Household.objects.get(id=home)
        Profile.objects.create(household=household, division_code=villages[0])
    auditor, admin = officer(COUNTY, "*.auditor"), officer(COUNTY, "*.admin")
    mine = officer(villages[0], "poverty.village")
    for viewer, seen in ((mine, 1), (auditor, 1), (admin, 0)):
        with access.acting_as(viewer):
            assert (Profile.objects.count(), Household.objects.count()) == (seen, seen)


def test_a_role_ends_on_its_day(system, officer, villages):
    person(system, villages[0])
    account = officer(villages[0], "poverty.village", account=True)
    from huimin.core.access.models import Grant

    grant = Grant.objects.get(officer__account=account)
    assert names(access.viewer_of(account)) == ["马秀兰"]
    access.end_grant(system, grant=grant.id, reason="调离")
    assert names(access.viewer_of(account)) == []


def test_after_a_merger_the_new_village_sees_both_and_nobody_is_rewritten(system, officer, villages):
    """T16: village names and people stay right after villages merged."""
    person(system, villages[0], "甲")
    person(system, villages[1], "乙")
    on = kit.today() - timedelta(days=3)
    access.merge_villages(system, codes=(villages[0],), into=villages[1], on=on, document="民政批复 1 号")
    assert names(officer(villages[1], "poverty.village")) == ["乙", "甲"]
    assert names(officer(villages[0], "poverty.village")) == ["甲"]
    with access.acting_as(system):
        assert set(Person.objects.values_list("division_code", flat=True)) == {villages[0], villages[1]}


def test_after_a_split_each_village_sees_its_groups(system, officer, villages):
    person(system, villages[0], "一组", group=1)
    person(system, villages[0], "五组", group=5)
    free = villages[0][:9] + "398"
    access.split_village(
        system,
        code=villages[0],
        into=free,
        name="新村村委会",
        groups=(5,),
        on=kit.today(),
        document="批复 2 号",
    )
    assert names(officer(free, "poverty.village")) == ["五组"]
    assert names(officer(villages[0], "poverty.village")) == ["一组"]
    assert names(officer(villages[0][:9] + "000", "poverty.township")) == ["一组", "五组"]


def test_unmasking_asks_for_a_reason_and_leaves_its_own_trace(system, officer, villages):
    someone = person(system, villages[0])
    viewer = officer(villages[0], "poverty.village")
    asked = {"subject": f"person:{someone}", "area": villages[0], "what": "id_number", "purpose": "visit"}
    with pytest.raises(Refused) as refusal:
        access.unmask(viewer, reason="看", **asked)
    assert refusal.value.code == "reason_needed"
    access.unmask(viewer, reason="办理银行卡需要核对", **asked)
    look = Look.objects.get()
    assert (look.viewer, look.revealed, look.purpose) == (viewer.id, "id_number", "visit")
    with pytest.raises(NotAllowed):
        access.unmask(officer(villages[1], "poverty.village"), reason="办理银行卡需要核对", **asked)


def test_looking_again_soon_leaves_one_trace_and_another_purpose_its_own(system, officer, villages):
    subject, viewer = Ref.of("person", uuid4()), officer(villages[0], "poverty.village")
    for purpose in (access.Purpose.VISIT, access.Purpose.VISIT, access.Purpose.CHECK):
        access.record_look(subject, area=villages[0], purpose=purpose, viewer=viewer)
    assert Look.objects.count() == 2


def test_a_level_opens_the_level_below_and_not_its_own(system, officer, villages):
    """T9: rights opened level by level, waiting for the level above."""
    township = officer(villages[0][:9] + "000", "poverty.township")
    post = access.appoint(
        system, office=access.open_office(system, name="村委会", area=villages[0])["office"], username="new", name="新来的",
        start=kit.today(),
    )["officer"]  # fmt: skip
    access.grant(
        township, officer=post, service="poverty", role="village", area=villages[0], start=kit.today()
    )
    account = access.account_of("new")
    assert access.viewer_of(account).may("poverty.survey")
    for role in ("township", "county"):
        with pytest.raises(Refused):
            access.grant(
                township, officer=post, service="poverty", role=role, area=villages[0], start=kit.today()
            )
    with pytest.raises(NotAllowed):
        access.grant(
            township, officer=post, service="poverty", role="village", area="620102001001", start=kit.today()
        )


def test_a_household_outside_is_not_found_rather_than_forbidden(system, officer, villages):
    home = people.register_household(
        system,
        head=person(system, villages[0]),
        division_code=villages[0],
        group_no=1,
        address="1号",
        on=date(2020, 1, 1),
    )["household"]
    with access.acting_as(officer(villages[1], "poverty.village")), pytest.raises(NotFound):
        people.household(home)
