"""The household's own pages: what it sees, what it may do, and nothing of anybody else."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.cases import api as cases
from huimin.core.journal.api import drain
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.kit.ref import Ref
from huimin.services.poverty import actions
from huimin.services.poverty.queries import mine

pytestmark = pytest.mark.django_db
TEXT = "老伴住院花了三万多元，家里周转不开"


@pytest.fixture
def home(household):
    """A household of three."""
    return household(name="王秀兰")


@pytest.fixture
def me(home, citizen, system):
    """The head of that household, signed in."""
    with access.acting_as(system):
        head = people.household(home).head
    return citizen(head, "王秀兰")


def test_a_household_applies_on_its_phone_and_sees_where_it_stands(at_door, me, home, village, line, system):
    door, url = at_door(me), reverse("poverty:me-apply")
    page = door.get(url).content.decode()
    assert "3 口人" in page
    bad = door.post(url, {"key": "a", "cause": "illness", "text": TEXT})
    assert bad.status_code == 422
    assert TEXT in bad.content.decode()
    sent = {"key": "b", "cause": "illness", "text": TEXT, "authorised": "on"}
    assert door.post(url, sent).status_code == 302
    assert door.post(url, sent).status_code == 302
    page = door.get(reverse("poverty:me-home")).content.decode()
    assert "申请正在办理：入户调查" in page
    drain()
    assert "申请已受理" in door.get(reverse("poverty:me-home")).content.decode()
    door.post(reverse("poverty:me-read"), {"key": "c"})
    with access.acting_as(system):
        procedure = programmes.procedures_of(home, actions.CODE)[0]
        assert not actions.Message.objects.filter(read=None).exists()
    assert (
        door.post(reverse("poverty:me-withdraw", args=[procedure.id]), {"key": "d", "reason": ""}).status_code
        == 302
    )
    assert "上次申请已撤回" in door.get(reverse("poverty:me-home")).content.decode()


def test_a_refusal_reads_like_a_letter_and_is_appealed_with_one_button(
    at_door, me, home, way, survey, team, clock
):
    survey(way.apply(home), per_head=9000)
    clock.forward(days=1)
    door = at_door(me)
    page = door.get(reverse("poverty:me-home")).content.decode()
    assert "上次申请没有通过" in page
    with access.acting_as(me):
        decision = mine.of(me).decision
    letter = door.get(reverse("poverty:me-decision", args=[decision.id])).content.decode()
    for words in ("暂时不符合", "9,000", "8,200", "入户调查：李村干", "第五十九条", "低于 8,200", "提出申诉"):
        assert words in letter
    assert "0 元/人" not in letter.replace("9,000 元/人", "").replace("8,200 元/人", "")
    url = reverse("poverty:me-appeal") + f"?about={decision.id}"
    made = door.post(url, {"key": "k", "about": str(decision.id), "text": "孩子的学费没有算进去，请核对"})
    assert "最迟" in door.get(made["Location"]).content.decode()
    again = door.post(url, {"key": "k2", "about": str(decision.id), "text": "再申诉一次，请快一点核对"})
    assert again.status_code == 409
    assert "再申诉一次" in again.content.decode()
    with access.acting_as(team.county):
        case = cases.cases_about(Ref.of("household", home), "poverty")[0]
    desk, page = at_door(team.county), reverse("poverty:desk-appeal", args=[case.id])
    assert case.number in desk.get(reverse("poverty:desk-appeals")).content.decode()
    assert "9,000" in desk.get(page).content.decode()
    assert (
        desk.post(page, {"key": "x", "upheld": "yes", "text": "核对属实，重新调查您家的收入。"}).status_code
        == 302
    )
    assert "申诉成立" in door.get(made["Location"].partition("?")[0]).content.decode()
    assert "申请正在办理" in door.get(reverse("poverty:me-home")).content.decode()


def test_a_helped_household_sees_who_helps_and_what_was_done(at_door, me, home, way, team, system):
    way.enrol(home)
    with access.acting_as(system):
        enrolment = programmes.enrolment_of(home, actions.CODE)
    officer = access.officers_in(team.village.area)[0]
    from huimin.kit import clock as kit

    actions.assign(team.township, enrolment=enrolment.id, officer=officer.id, start=kit.today())
    actions.visit(team.village, enrolment=enrolment.id, on=kit.today(), met="王秀兰", found="牛养得好")
    page = at_door(me).get(reverse("poverty:me-home")).content.decode()
    for words in ("正在帮扶中：边缘易致贫户", "李村干", "牛养得好", "明白卡"):
        assert words in page
    with me.acting():
        assert [one.state for one in mine.entitlements(me)] == ["正在享受"]


def test_another_citizen_opens_nothing_of_this_household(
    at_door, me, home, household, citizen, way, survey, system
):
    survey(way.apply(home), per_head=9000)
    with access.acting_as(system):
        decision = mine.of(me).decision
        other = citizen(people.household(household(name="李二")).head, "李二")
    assert at_door(other).get(reverse("poverty:me-decision", args=[decision.id])).status_code == 404
    assert at_door(other).get(reverse("poverty:me-appeal-progress", args=[uuid4()])).status_code == 404
    assert "王秀兰" not in at_door(other).get(reverse("poverty:me-home")).content.decode()


def test_a_citizen_on_a_notice_is_told_on_the_first_page(me, home, way, survey):
    procedure = way.apply(home)
    survey(procedure)
    way.review(procedure)
    way.notice("notice1", procedure, wait=False)
    with me.acting():
        found = {task.key: task for task in mine.mine(me)}
    assert found["poverty.notice"].due == date(2026, 11, 29)


def test_without_facts_nothing_is_promised(me, home, line):
    with me.acting():
        assert mine.entitlements(me) == ()


def test_a_near_miss_names_what_is_missing(me, home, way, survey):
    survey(way.apply(home), per_head=9000)
    with me.acting():
        found = mine.entitlements(me)
    assert [one.state for one in found] == ["只差一点"]
    assert "8,200" in found[0].missing[0]
    assert UUID(str(home))
