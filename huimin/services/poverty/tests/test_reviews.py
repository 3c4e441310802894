"""The meeting as it is used: opened, voted household by household, closed, and refused where it is out of order."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.programmes import api as programmes
from huimin.services.poverty import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(household, way, survey):
    """Two households that wait for a review."""
    found = [way.apply(household()), way.apply(household())]
    for one in found:
        survey(one)
    return found


def opened(door, village, rows, **changes):
    data = {
        "key": str(uuid4()), "held_on": "2026-11-22", "place": "村委会", "chair": "李村干", "recorder": "", "eligible": "30",
        "present": "24", "rows": rows, **changes,
    }  # fmt: skip
    return door.post(reverse("poverty:desk-review-open", args=[village, "entry"]), data)


def test_a_group_takes_two_households_through_a_meeting_on_one_page(at_door, team, village, waiting, system):
    door = at_door(team.village)
    assert "2 户" in door.get(reverse("poverty:desk-reviews")).content.decode()
    address = opened(door, village, waiting)["Location"]
    page = door.get(address).content.decode()
    assert "王秀" in page
    assert "7,900 元" in page
    meeting = address.rstrip("/").rpartition("/")[2]
    for place, agree in ((1, 20), (2, 8)):
        url = reverse("poverty:desk-review-vote", args=[meeting, place])
        sent = {
            "key": str(uuid4()),
            "agree": agree,
            "against": 24 - agree,
            "abstain": 0,
            "opinion": "情况属实",
        }
        assert door.post(url, sent).status_code == 302
    saved = door.post(
        reverse("poverty:desk-review-minutes", args=[meeting]),
        {"minutes": "先说第一户"},
        headers={"HX-Request": "true"},
    )
    assert "已保存" in saved.content.decode()
    assert "先说第一户" in door.get(address).content.decode()
    close = reverse("poverty:desk-review-close", args=[meeting])
    assert door.post(close, {"key": "a", "minutes": "逐户讨论并表决，第二户未过半数。"}).status_code == 302
    assert "2 户评议，1 户通过" in door.get(address).content.decode()
    assert "逐户讨论并表决" in door.get(reverse("poverty:desk-review-print", args=[meeting])).content.decode()
    with access.acting_as(system):
        assert {programmes.procedure(p).state for p in waiting} == {"open", "refused"}


def test_a_meeting_without_a_quorum_keeps_what_was_typed(at_door, team, village, waiting):
    answer = opened(at_door(team.village), village, waiting[:1], present="19", place="老槐树下")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "至少要有20人到会" in page
    assert "老槐树下" in page
    assert page.count("checked") == 1


def test_votes_that_do_not_add_up_stay_on_the_page_with_the_reason(at_door, team, village, waiting):
    door = at_door(team.village)
    address = opened(door, village, waiting)["Location"]
    meeting = address.rstrip("/").rpartition("/")[2]
    sent = {"key": "v", "agree": "20", "against": "3", "abstain": "0", "opinion": "有不同看法"}
    answer = door.post(reverse("poverty:desk-review-vote", args=[meeting, 1]), sent)
    assert answer.status_code == 409
    assert "三项合计应为24" in answer.content.decode()
    assert "有不同看法" in answer.content.decode()


def test_a_meeting_with_households_not_voted_on_is_not_closed(at_door, team, village, waiting):
    door = at_door(team.village)
    meeting = opened(door, village, waiting)["Location"].rstrip("/").rpartition("/")[2]
    answer = door.post(
        reverse("poverty:desk-review-close", args=[meeting]),
        {"key": "c", "minutes": "这是很长的一段会议记录。"},
    )
    assert answer.status_code == 409
    assert "还有未表决的户" in answer.content.decode()
    assert "这是很长的一段会议记录。" in answer.content.decode()


def test_another_village_sees_no_meeting(at_door, officer, team, village, waiting, clock):
    other = officer(str(int(village) + 1000).ljust(12, "0")[:12], "poverty.village")
    meeting = actions.hold_review(
        team.village, programme=actions.CODE, direction="entry", area=village, held_on=programmes_today(), place="村委会",
        chair="李村干", eligible=30, present=24, procedures=tuple(UUID(p) for p in waiting),
    )["meeting"]  # fmt: skip
    assert at_door(other).get(reverse("poverty:desk-review", args=[meeting])).status_code == 404


def programmes_today():
    from huimin.kit import clock as kit

    return kit.today()
