from datetime import date

import pytest

from huimin.core.access.api import PUBLIC, NoViewer, acting_as
from huimin.core.access.scope import _viewer
from huimin.core.people import api, loading, queries
from huimin.core.people.models import Household, Membership, Person
from huimin.core.places import api as places
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound

from .conftest import JINYA, NEXT_VILLAGE, XIAGUANYING

COUNTY = "620123000000"


def heads(page):
    return [row.name for row in page]


@pytest.mark.parametrize("few", [0, 3000], ids=["of many", "of few"])
def test_a_household_is_found_by_any_members_name_pinyin_initials_and_number(register, monkeypatch, few):
    monkeypatch.setattr(queries, "FEW", few)  # how many persons meant are looked up one by one
    home = register.household("王桂兰", id_number=(number := register.number(date(1970, 1, 2), "female")))
    register.household("李军", sex="male")
    member = register.join(home, name="单小宝")
    for text in (
        "王桂",
        "wangguil",
        "WGL",
        "单小宝",
        "sxb",
        "shan",
        number,
        number.lower(),
        XIAGUANYING + "00001",
    ):
        assert [row.id for row in api.households(COUNTY, text=text)] == [home], text
    assert heads(api.households(text="不存在")) == []
    api.end_membership(register.viewer, membership=member, on=date(2026, 1, 1), reason="move_out")
    assert heads(api.households(text="单小宝")) == []
    assert heads(api.households(text="单小宝", on=date(2025, 12, 31))) == ["王桂兰"]


def test_a_person_is_found_by_phone_and_full_number_exactly(register):
    person = register.person(phone="12012345678")
    register.person("李军", phone="12012345679", sex="male")
    assert [p.id for p in api.persons(text="120 1234 5678")] == [person]
    assert api.find_by_number("110105194912310021") is None


def test_every_order_lists_every_household_once(register):
    for name, day in (("王兰", date(2011, 1, 1)), ("安平", date(2012, 1, 1)), ("李军", date(2010, 1, 1))):
        register.household(name, on=day)
    assert heads(api.households(order="head")) == ["安平", "李军", "王兰"]
    assert heads(api.households(order="opened")) == ["李军", "王兰", "安平"]
    assert heads(api.households(order="-opened")) == ["安平", "王兰", "李军"]
    assert (
        heads(api.households(order="area"))
        == heads(api.households(order="number"))
        == ["王兰", "安平", "李军"]
    )


def test_an_officer_sees_his_subtree_and_nothing_else_by_any_way(register, keeper):
    here, there = register.household("甲家"), register.household("乙家", code=JINYA)
    away = api.household(there).head
    with acting_as(keeper("620123101000")):
        assert [h.id for h in api.households()] == [here]
        assert [h.id for h in api.households_as_of(COUNTY, date(2025, 1, 1))] == [here]
        assert heads(api.households(text="乙家")) == []
        assert api.members(there) == ()
        assert api.household_of(away) is None
        assert api.people([away]) == {}
        assert [p.name for p in api.persons()] == ["甲家"]
        for look in (lambda: api.household(there), lambda: api.person(away)):
            with pytest.raises(NotFound):
                look()
    with acting_as(keeper(COUNTY)):
        assert len(api.households().rows) == 2


def test_a_citizen_sees_himself_and_his_household_of_today(register, citizen):
    home, other = register.household("甲家"), register.household("乙家")
    register.join(home, name="王小宝")
    head = api.household(home).head
    viewer = citizen(head)
    assert viewer.own == {Ref.of("person", head), Ref.of("household", home)}
    with acting_as(viewer):
        assert [h.id for h in api.households()] == [home]
        assert [m.person.name for m in api.members(home)] == ["甲家", "王小宝"]
        assert api.person(head).name == "甲家"
        with pytest.raises(NotFound):
            api.household(other)


def test_the_public_sees_nobody_and_an_unknown_viewer_is_an_error(register):
    register.household()
    with acting_as(PUBLIC):
        assert heads(api.households()) == []
        assert api.persons().rows == ()
    token = _viewer.set(None)
    try:
        with pytest.raises(NoViewer):
            Person.objects.exists()
    finally:
        _viewer.reset(token)


def test_what_is_handed_out_is_masked(register):
    number = register.number(date(1970, 1, 2), "female")
    home = register.household(id_number=number, phone="12012345678")
    view = api.household(home)
    person = api.person(view.head)
    assert (person.masked_name, person.phone, person.id_number) == (
        "王*兰",
        "120****5678",
        f"{number[:4]}**********{number[-4:]}",
    )
    assert (view.masked_head_name, view.masked_address) == ("王*兰", "**号")
    assert number not in repr(person)


def test_counts_are_kept_for_every_level_and_follow_merges(register):
    for code in (XIAGUANYING, XIAGUANYING, NEXT_VILLAGE, JINYA):
        register.join(register.household(code=code))
    assert (api.counts(COUNTY).persons, api.counts(COUNTY).households) == (8, 4)
    below = api.counts_below(COUNTY)
    assert {code: c.persons for code, c in below.items()} == {"620123101000": 6, "620123103000": 2}
    places.merge([NEXT_VILLAGE], into=JINYA, on=date(2026, 1, 1), document="测试")
    assert {code: c.persons for code, c in api.counts_below(COUNTY).items()} == {
        "620123101000": 4,
        "620123103000": 4,
    }
    assert api.counts(JINYA).households == 2
    assert loading.recount() == []


def test_views_of_many_households_cost_two_queries(register, django_assert_num_queries):
    homes = [register.household() for _n in range(5)]
    with django_assert_num_queries(2):
        found = api.households_by_id(homes)
    assert {view.size for view in found.values()} == {1}
    assert Household.objects.count() == Membership.objects.count() == 5
