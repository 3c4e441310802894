"""The lists of township and county: hundreds at once, a list of what could not be done, stopped and continued."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.journal.api import verify
from huimin.core.programmes import api as programmes
from huimin.core.programmes.actions import bulk
from huimin.services.poverty import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def up(household, way, survey):
    """Four households that stand at the township's check."""
    found = [way.apply(household()) for _ in range(4)]
    for one in found:
        survey(one)
    way.review(*found)
    way.notice("notice1", *found)
    return found


def steps(system, rows):
    with access.acting_as(system):
        return [(programmes.procedure(p).step, programmes.procedure(p).state) for p in rows]


def start(door, rows, do="approve", **more):
    return door.post(
        reverse("poverty:desk-checks-start"),
        {"key": str(uuid4()), "at": "entry.check", "do": do, "rows": rows, **more},
    )


def test_the_list_shows_the_facts_that_matter(at_door, team, up):
    page = at_door(team.township).get(reverse("poverty:desk-checks")).content.decode()
    assert "7,900" in page
    assert "-300" in page or "−300" in page
    assert "20 / 24" in page
    assert page.count('name="rows"') == 4


def test_ticked_households_are_approved_and_one_that_cannot_be_is_named_with_its_reason(
    at_door, team, up, system
):
    door = at_door(team.township)
    confirm = door.post(reverse("poverty:desk-checks") + "?at=entry.check", {"do": "approve", "rows": up[:3]})
    assert "同意 3 户" in confirm.content.decode()
    actions.check(team.township, procedure=UUID(up[0]), verdict="approve")
    page = door.get(start(door, up[:3])["Location"]).content.decode()
    assert "2 户已办" in page
    assert "1 户没有办成" in page
    assert "第二次公示" in page
    assert [step for step, _state in steps(system, up)] == ["notice2", "notice2", "notice2", "check"]


def test_the_list_of_failures_is_taken_away_as_a_file(at_door, team, up):
    door = at_door(team.township)
    actions.check(team.township, procedure=UUID(up[0]), verdict="approve")
    url = start(door, up[:1])["Location"]
    sheet = door.get(url, {"format": "csv"}).content.decode("utf-8-sig")
    assert "没有办成的原因" in sheet
    assert "王秀" in sheet


def test_refusing_without_a_reason_keeps_the_ticks(at_door, team, up, system):
    answer = start(at_door(team.township), up[:2], "refuse", reason=" ")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "请写明理由" in page
    assert page.count('name="rows"') == 2
    assert {state for _step, state in steps(system, up)} == {"open"}


def test_t3_a_returned_record_keeps_all_content_and_marks_the_wrong_fields(at_door, team, up, system):
    start(at_door(team.township), up[:1], "return", reason="工资少写了一个人的", wrong=["wages", "members"])
    with access.acting_as(system):
        row = programmes.procedure(up[0])
        income = actions.Income.objects.get(household_id=row.household)
    assert (row.step, dict(row.wrong)) == (
        "survey",
        {"wages": "工资少写了一个人的", "members": "工资少写了一个人的"},
    )
    assert income.per_head == 7900


def test_t13_headquarters_cannot_act_before_the_village(at_door, team, up):
    door = at_door(team.county)
    answer = door.post(
        reverse("poverty:desk-checks-start"), {"key": "x", "at": "entry.approve", "do": "approve", "rows": up}
    )
    page = door.get(answer["Location"]).content.decode()
    assert "4 户没有办成" in page
    assert "乡镇审核" in page


def test_a_village_officer_has_no_check_list(at_door, team):
    assert at_door(team.village).get(reverse("poverty:desk-checks")).status_code == 403


def test_everything_waiting_is_approved_once_however_often_the_button_is_pressed(at_door, team, up, system):
    door, key = at_door(team.township), str(uuid4())
    first = door.post(
        reverse("poverty:desk-checks-start"), {"key": key, "at": "entry.check", "do": "approve", "all": "1"}
    )
    again = door.post(
        reverse("poverty:desk-checks-start"), {"key": key, "at": "entry.check", "do": "approve", "all": "1"}
    )
    assert first["Location"] == again["Location"]
    assert {step for step, _state in steps(system, up)} == {"notice2"}


def test_t12_approving_thousands_is_stopped_and_continued_and_no_household_is_done_twice(
    at_door, team, up, system, monkeypatch
):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(programmes, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "CHUNK", 1)
    door = at_door(team.township)
    url = start(door, up)["Location"]
    run = url.rstrip("/").rpartition("/")[2]
    assert programmes.work_off(run, limit=2) == "running"
    assert "2 / 4" in door.get(reverse("poverty:desk-bulk-progress", args=[run])).content.decode()
    door.post(reverse("poverty:desk-bulk-stop", args=[run]))
    assert programmes.work_off(run) == "stopped"
    assert [step for step, _state in steps(system, up)].count("notice2") == 2
    door.post(reverse("poverty:desk-bulk-continue", args=[run]), {"key": "again"})
    assert programmes.work_off(run) == "done"
    assert programmes.work_off(run) == "done"
    assert {step for step, _state in steps(system, up)} == {"notice2"}
    assert "4 户已办" in door.get(url).content.decode()
    assert verify().ok


def test_a_run_belongs_to_who_began_it(at_door, team, officer, up, village):
    url = start(at_door(team.township), up[:1])["Location"]
    colleague = officer(village[:9] + "000", "poverty.township")
    assert at_door(colleague).get(url).status_code == 404
