import re
from uuid import UUID

import pytest

from huimin.core.access.api import acting_as
from huimin.core.people import api as people
from huimin.core.people.models import Pair, Person
from huimin.kit import clock as kit_clock

from .conftest import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE

LIST = "/desk/duplicates/"


@pytest.fixture
def twice(register, system):
    """马桂花 and 马贵花 next door, put together as a pair: its address, and both registrations."""
    one, two = register("马桂花"), register("马贵花", NEXT_VILLAGE)
    return pair_of(one, two), one, two


def pair_of(one, two):
    low, high = sorted((UUID(one.person), UUID(two.person)))
    row = Pair(
        first_id=low, second_id=high, division_code=COUNTY, probability=0.987, stamp=b"", found_at=kit_clock.now(),
        reasons=[["name", "sounds", 12.1], ["birth", "same", 14.2], ["number", "differs", -6.1]],
    )  # fmt: skip
    row.save()
    return row.id


def page_of(client, pair):
    return client.get(f"{LIST}{pair}/").content.decode()


def hidden(text, name):
    return re.search(f'name="{name}" value="([^"]*)"', text).group(1)


def test_a_county_sees_the_pair_in_the_list_and_in_the_menu_and_both_records_masked(twice, officer, browse):
    pair, one, two = twice
    client = browse(officer(COUNTY, "poverty.county", account=True))
    text = client.get(LIST).content.decode()
    assert "98.7" in text
    assert "马桂花 / 马贵花" in text or "马贵花 / 马桂花" in text
    text = page_of(client, pair)
    assert one.number not in text
    assert two.number not in text
    assert "不一致" in text
    assert "读音相同或相近" in text


def test_a_press_merges_and_a_second_one_is_harmless(twice, officer, browse, system):
    pair, one, two = twice
    client = browse(officer(COUNTY, "poverty.county", account=True))
    text = page_of(client, pair)
    sent = {
        "do": "merge", "key": hidden(text, "key"), "seen": hidden(text, "seen"), "keep": one.person, "v-name": one.person,
        "reason": "核对了身份证原件",
    }  # fmt: skip
    for _n in range(2):
        assert client.post(f"{LIST}{pair}/", sent).status_code == 302
    with acting_as(system):
        assert Person.objects.get(id=two.person).merged_into_id == UUID(one.person)
    assert "核对了身份证原件" in page_of(client, pair)
    assert (
        client.post(f"{LIST}{pair}/", {"do": "unmerge", "key": "u", "reason": "是两姐妹"}).status_code == 302
    )
    with acting_as(system):
        assert Person.objects.get(id=two.person).merged_into_id is None
    assert "是两姐妹" in page_of(client, pair)


def test_without_a_reason_it_stays_on_the_page_with_what_was_chosen(twice, officer, browse):
    pair, _one, two = twice
    client = browse(officer(COUNTY, "poverty.county", account=True))
    response = client.post(f"{LIST}{pair}/", {"do": "merge", "key": "k", "keep": two.person, "reason": " "})
    assert response.status_code == 422
    text = response.content.decode()
    assert "请写明为什么是同一人" in text
    assert re.search(f'name="keep" value="{two.person}" required checked', text)
    response = client.post(f"{LIST}{pair}/", {"do": "apart", "key": "a", "reason": "同名的两个人"})
    assert response.status_code == 302
    assert "同名的两个人" in client.get(LIST, {"state": "apart"}).content.decode()


def test_records_that_changed_meanwhile_are_not_merged(twice, officer, browse, system):
    pair, one, two = twice
    client = browse(officer(COUNTY, "poverty.county", account=True))
    seen = hidden(page_of(client, pair), "seen")
    people.correct_person(system, person=two.person, changes={"ethnicity": "回族"}, reason="更正")
    sent = {"do": "merge", "key": "k", "seen": seen, "keep": one.person, "reason": "同一人"}
    response = client.post(f"{LIST}{pair}/", sent)
    assert response.status_code == 422
    assert "请刷新后再核对" in response.content.decode()


def test_a_township_looks_and_does_not_decide_and_a_village_does_not_look(twice, officer, browse):
    pair, one, _two = twice
    client = browse(officer(TOWNSHIP, "poverty.township", account=True))
    text = page_of(client, pair)
    assert 'name="keep"' not in text
    assert (
        client.post(
            f"{LIST}{pair}/", {"do": "merge", "key": "k", "keep": one.person, "reason": "x"}
        ).status_code
        == 403
    )
    client = browse(officer(VILLAGE, "poverty.village", account=True))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{pair}/").status_code == 403


def test_a_pair_with_one_record_in_another_county_is_for_the_level_above(register, officer, browse):
    one, two = register("马桂花"), register("马贵花", OTHER_VILLAGE)
    pair = pair_of(one, two)
    for area in (COUNTY, OTHER_COUNTY):
        client = browse(officer(area, "poverty.county", account=True))
        assert client.get(f"{LIST}{pair}/").status_code == 404
        assert "马贵花" not in client.get(LIST).content.decode()
    client = browse(officer("620000000000", "poverty.province", account=True))
    assert client.get(f"{LIST}{pair}/").status_code == 200


def test_a_search_is_asked_for_once_and_the_page_says_so(counties, officer, browse):
    client = browse(officer(COUNTY, "poverty.county", account=True))
    key = hidden(client.get(LIST).content.decode(), "key")
    for _n in range(2):
        assert client.post(f"{LIST}find/", {"key": key}).status_code == 302
    text = client.get(LIST).content.decode()
    assert "开始查找" in text
    assert "duplicates/find/" not in text
