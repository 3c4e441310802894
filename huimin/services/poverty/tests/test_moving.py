"""A household that moves takes its file along: the new village goes on where the old one stopped."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huimin.core.access import api as access
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock as kit
from huimin.services.poverty import actions
from huimin.services.poverty.models import Income

pytestmark = pytest.mark.django_db


def seen(viewer, home):
    with access.acting_as(viewer):
        enrolment = programmes.enrolment_of(home, actions.CODE)
        if enrolment is None:
            return None
        visits = len(programmes.visits_of(enrolment.id))
        effects = len(programmes.effects_of(enrolment.id, {}, kit.today()))
        return visits, effects > 0, Income.objects.filter(household_id=home).count()


def test_a_move_is_accepted_on_any_day_and_the_new_village_sees_the_whole_file(
    system, household, team, way, officer, village, clock
):
    """T2: households could be added, removed or changed only once a year."""
    home = household()
    way.enrol(home)
    with access.acting_as(system):
        enrolment = programmes.enrolment_of(home, actions.CODE)
    actions.visit(team.village, enrolment=enrolment.id, on=kit.today(), met="王秀兰", found="收入增加")
    elsewhere = next(v.code for v in places.children(village[:9] + "000") if v.code != village)
    there = officer(elsewhere, "poverty.village")
    assert seen(there, home) is None
    actions.move_household(
        team.township, household=home, division_code=elsewhere, group_no=1, address="新村1号", on=kit.today()
    )
    assert seen(there, home) == (1, True, 1)
    assert seen(team.village, home) is None
    actions.add_measure(
        there,
        enrolment=enrolment.id,
        kind="job",
        title="公益性岗位",
        cost=Decimal(6000),
        fund="就业资金",
        start=kit.today(),
    )


def test_a_village_cannot_send_a_household_to_a_place_it_does_not_answer_for(household, team, village):
    elsewhere = next(v.code for v in places.children(village[:9] + "000") if v.code != village)
    home = household()
    with pytest.raises(actions.Refused):
        actions.move_household(
            team.village,
            household=home,
            division_code=elsewhere,
            group_no=1,
            address="新村1号",
            on=kit.today(),
        )
    with access.acting_as(team.village):
        assert actions.people.household(home).division_code == village
