"""Another department's data: a proposed change with its source, one press to confirm, a reason to refuse (T10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.people import api as people
from huimin.core.people.types import ProposalState
from huimin.services.poverty.queries import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(system, household):
    """A household whose head's schooling and a child's death other departments report; (household, head, ids)."""
    home = household(name="王秀兰")
    with access.acting_as(system):
        head = people.household(home).head
        child = next(one.person.id for one in people.members(home) if one.relation != "head")
        phone = people.propose_change(
            system, person=head, changes={"phone": "13987654321"}, source="县公安局", document="推送第11批"
        )
        death = people.propose_change(
            system, person=child, changes={"died_on": "2026-11-01"}, source="县民政局", document="比对11月"
        )
    return home, head, child, phone["proposal"], death["proposal"]


def press(door, proposal, accept, **more):
    url = reverse("poverty:desk-proposal-settle", args=[proposal])
    return door.post(url, {"key": str(uuid4()), "accept": "1" if accept else "0", **more})


def test_t10_another_departments_data_wait_with_their_source_and_one_press_confirms_them(
    at_door, team, proposed, system
):
    home, head, child, phone, death = proposed
    door = at_door(team.village)
    page = door.get(reverse("poverty:desk-proposals")).content.decode()
    for text in ("县公安局", "推送第11批", "县民政局", "死亡日期", "2026-11-01", "139****4321"):
        assert text in page
    assert "13987654321" not in page
    assert tasks.open_proposals(team.village) == 2
    assert press(door, phone, True).status_code == 302
    assert press(door, death, True).status_code == 302
    with access.acting_as(system):
        assert people.person(head).phone == "139****4321"
        assert people.person(child).died_on == date(2026, 11, 1)
        assert child not in [one.person.id for one in people.members(home)]
    assert tasks.open_proposals(team.village) == 0


def test_t10_a_refusal_needs_a_reason_and_keeps_it(at_door, team, proposed, system):
    _home, head, _child, phone, _death = proposed
    door = at_door(team.village)
    without = press(door, phone, False)
    assert without.status_code == 422
    assert 'aria-invalid="true"' in without.content.decode()
    field = f"r{phone[:8]}-reason"
    assert press(door, phone, False, **{field: "打电话核实，号码是邻居的"}).status_code == 302
    kept = door.get(reverse("poverty:desk-proposals") + "?state=refused").content.decode()
    assert "打电话核实，号码是邻居的" in kept
    with access.acting_as(system):
        assert people.proposal(UUID(phone)).state == ProposalState.REFUSED
        assert people.person(head).phone == ""


def test_t10_the_dossier_shows_what_waits_with_the_same_buttons_and_leads_back(at_door, team, proposed):
    home, _head, _child, phone, _death = proposed
    door = at_door(team.village)
    dossier = reverse("poverty:desk-household", args=[home]) + "?purpose=visit"
    page = door.get(dossier).content.decode()
    assert "其他部门推送，等您核实" in page
    assert reverse("poverty:desk-proposal-settle", args=[phone]) in page
    assert press(door, phone, True, next=dossier)["Location"] == dossier


def test_what_cannot_be_taken_over_says_why_and_stays(at_door, team, proposed, system):
    _home, _head, child, _phone, _death = proposed
    with access.acting_as(system):
        early = people.propose_change(
            system, person=child, changes={"died_on": "2001-01-01"}, source="县民政局"
        )["proposal"]
    answer = press(at_door(team.village), early, True)
    assert answer.status_code == 409
    assert "核对" in answer.content.decode()
    with access.acting_as(system):
        assert people.proposal(UUID(early)).state == ProposalState.PENDING


def test_what_waits_is_a_task_and_only_for_those_who_keep_the_register(
    team, proposed, at_door, officer, village
):
    with team.village.acting():
        found = list(tasks.proposals(team.village, 50))
    assert [one.count for one in found] == [2]
    assert at_door(team.village).get(found[0].url).status_code == 200
    with team.county.acting():
        assert list(tasks.proposals(team.county, 50)) == []
    assert (
        "属实，更新登记" not in at_door(team.county).get(reverse("poverty:desk-proposals")).content.decode()
    )
    other = at_door(officer(village[:6] + "999000", "poverty.township"))
    assert "县公安局" not in other.get(reverse("poverty:desk-proposals")).content.decode()
    assert press(other, proposed[3], True).status_code == 404
