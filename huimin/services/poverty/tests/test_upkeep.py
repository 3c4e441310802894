"""The household as a whole: another head, another place, its end; wrong input comes back beside its field."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.kit import clock as kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(household):
    """A household of three that is not in the programme."""
    return household(name="王秀兰")


@pytest.fixture
def members(home, system):
    """Its members by person id."""
    with access.acting_as(system):
        return {str(one.person.id): one for one in people.members(home)}


def sent(door, name, home, **data):
    return door.post(reverse(f"poverty:{name}", args=[home]), {"key": str(uuid4()), **data})


def test_the_dossier_leads_to_each_for_those_who_keep_the_register(at_door, team, home):
    dossier = reverse("poverty:desk-household", args=[home]) + "?purpose=programme"
    mine = at_door(team.village).get(dossier).content.decode()
    county = at_door(team.county).get(dossier).content.decode()
    for name in ("desk-head", "desk-move", "desk-close"):
        url = reverse(f"poverty:{name}", args=[home])
        assert url in mine
        assert url not in county
        assert at_door(team.village).get(url).status_code == 200
        assert at_door(team.county).get(url).status_code == 403


def test_another_member_becomes_head_with_what_the_others_are_to_him(at_door, team, home, members, system):
    old = next(id for id, one in members.items() if one.relation == "head")
    new, other = (id for id in members if id != old)
    door = at_door(team.village)
    assert f"?head={new}" in door.get(reverse("poverty:desk-head", args=[home])).content.decode()
    asked = door.get(reverse("poverty:desk-head", args=[home]), {"head": new}).content.decode()
    assert '<option value="mother" selected' in asked  # what follows is filled in: the son's mother
    wrong = sent(door, "desk-head", home, **{"head": new, old: "mother"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('aria-invalid="true"') == 1
    done = sent(door, "desk-head", home, **{"head": new, old: "mother", other: "sibling"})
    assert done.status_code == 302
    with access.acting_as(system):
        now = {str(one.person.id): str(one.relation) for one in people.members(home)}
        assert now == {new: "head", old: "mother", other: "sibling"}
        assert str(people.household(home).head) == new


def test_a_household_moves_with_its_members_and_a_wrong_day_comes_back_beside_its_field(
    at_door, team, home, village, system
):
    elsewhere = places.children(village[:9] + "000")[1].code
    given = {"division_code": elsewhere, "group_no": "4", "address": "4组7号"}
    door = at_door(team.township)
    early = sent(door, "desk-move", home, **given, on="2001-01-01")
    assert early.status_code == 409
    page = early.content.decode()
    assert "请核对" in page
    assert "4组7号" in page
    assert sent(door, "desk-move", home, **given, on=kit.today().isoformat()).status_code == 302
    with access.acting_as(system):
        moved = people.household(home)
        assert (moved.division_code, moved.group_no) == (elsewhere, 4)
        assert {one.person.division_code for one in people.members(home)} == {elsewhere}


def test_a_village_cannot_send_a_household_to_another(at_door, team, home, village, system):
    elsewhere = places.children(village[:9] + "000")[1].code
    given = {"division_code": elsewhere, "group_no": "4", "address": "7号", "on": kit.today().isoformat()}
    assert sent(at_door(team.village), "desk-move", home, **given).status_code == 422
    with access.acting_as(system):
        assert people.household(home).division_code == village


def test_a_household_closes_with_a_reason_and_its_dossier_stays(at_door, team, home, system):
    door, today = at_door(team.village), kit.today().isoformat()
    unsure = sent(door, "desk-close", home, on=today, reason="全家迁往新疆")
    assert unsure.status_code == 422
    early = sent(door, "desk-close", home, on="2011-01-01", reason="全家迁往新疆", sure="on")
    assert early.status_code == 409
    assert "请核对" in early.content.decode()
    assert sent(door, "desk-close", home, on=today, reason="全家迁往新疆", sure="on").status_code == 302
    with access.acting_as(system):
        assert people.household(home).closed_on == kit.today()
    page = door.get(reverse("poverty:desk-household", args=[home]) + "?purpose=programme").content.decode()
    assert "销户，档案保留" in page
    assert reverse("poverty:desk-close", args=[home]) not in page
    assert door.get(reverse("poverty:desk-move", args=[home])).status_code == 409


def test_a_household_that_is_helped_or_on_its_way_is_not_closed(at_door, team, home, way):
    door = at_door(team.village)
    given = {"on": kit.today().isoformat(), "reason": "全家迁走", "sure": "on"}
    way.apply(home)
    url = reverse("poverty:desk-close", args=[home])
    assert "请先撤回或办完" in door.get(url).content.decode()
    answer = sent(door, "desk-close", home, **given)
    assert answer.status_code == 409
    assert "请先撤回或办完" in answer.content.decode()


def test_other_places_cannot_touch_it(at_door, officer, village, home):
    other = at_door(officer(village[:6] + "999000", "poverty.township"))
    for name in ("desk-head", "desk-move", "desk-close"):
        assert other.get(reverse(f"poverty:{name}", args=[home])).status_code == 404
        assert sent(other, name, home).status_code == 404
