"""Lists as of a past day: the effective date, the date of entry, and the divisions of that day."""

from datetime import date

import pytest
from django.db import connection

from huimin.core.access.api import acting_as
from huimin.core.people import api
from huimin.core.places import api as places
from huimin.kit import clock as kit_clock
from huimin.kit.refusal import NotFound

from .conftest import JINYA, NEXT_VILLAGE, XIAGUANYING

COUNTY = "620123000000"


def moment():
    """A moment after all that was written so far and before all that comes (the database's own clock)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def names(area, day, **more):
    return sorted(row.name for row in api.households_as_of(area, day, **more))


def test_a_household_is_listed_from_its_opening_until_its_closing(register):
    home = register.household("王兰", on=date(2015, 6, 1))
    api.close_household(register.viewer, household=home, on=date(2026, 6, 1), reason="整户迁出")
    assert names(COUNTY, date(2015, 5, 31)) == []
    assert names(COUNTY, date(2015, 6, 1)) == ["王兰"]
    assert names(COUNTY, date(2026, 5, 31)) == ["王兰"]
    assert names(COUNTY, date(2026, 6, 1)) == []


def test_a_move_counts_from_its_own_day_however_late_it_is_entered(register):
    home = register.household("王兰")
    api.move_household(register.viewer, household=home, division_code=JINYA, on=date(2026, 3, 1))
    assert names(XIAGUANYING, date(2026, 2, 28)) == ["王兰"]
    assert names(JINYA, date(2026, 2, 28)) == []
    assert names(XIAGUANYING, date(2026, 3, 1)) == []
    assert names(JINYA, date(2026, 3, 1)) == ["王兰"]


def test_members_are_those_of_the_day(register):
    home = register.household(on=date(2010, 1, 1))
    born = register.join(home, name="王小宝", born=date(2015, 3, 4))
    api.end_membership(register.viewer, membership=born, on=date(2026, 2, 1), reason="move_out")
    assert [
        len(api.members(home, day)) for day in (date(2015, 3, 3), date(2015, 3, 4), date(2026, 2, 1))
    ] == [1, 2, 1]
    assert [m.person.age for m in api.members(home, date(2020, 3, 4)) if m.person.name == "王小宝"] == [5]
    sizes = [
        api.households_as_of(COUNTY, day).rows[0].size
        for day in (date(2014, 1, 1), date(2016, 1, 1), date(2026, 3, 1))
    ]
    assert sizes == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_T2_the_list_as_it_was_published_stays_reproducible(register):
    home = register.household("王桂蓝", on=date(2010, 1, 1))
    child = register.join(home, name="王小宝")
    published = moment()
    head = api.household(home).head
    api.correct_person(register.viewer, person=head, changes={"name": "王桂兰"}, reason="录入有误")
    api.end_membership(register.viewer, membership=child, on=date(2025, 1, 1), reason="death")
    api.move_household(register.viewer, household=home, division_code=JINYA, on=date(2025, 6, 1))
    day = date(2025, 12, 31)
    assert names(XIAGUANYING, day, known=published) == ["王桂蓝"]
    assert names(JINYA, day, known=published) == []
    assert [m.person.name for m in api.members(home, day, known=published)] == ["王桂蓝", "王小宝"]
    assert api.households_as_of(XIAGUANYING, day, known=published).rows[0].size == 2
    assert names(JINYA, day) == ["王桂兰"]
    assert [m.person.name for m in api.members(home, day)] == ["王桂兰"]
    assert [h.name for h in api.households(XIAGUANYING, on=day, known=published, text="王小宝")] == ["王桂蓝"]


@pytest.mark.django_db(transaction=True)
def test_a_household_that_moved_away_is_still_on_the_old_villages_list_of_that_day(register, keeper):
    home = register.household("王兰")
    register.join(home)
    published = moment()
    api.move_household(register.viewer, household=home, division_code=JINYA, on=date(2026, 3, 1))
    with acting_as(keeper(XIAGUANYING)):
        assert names(XIAGUANYING, date(2026, 2, 1)) == ["王兰"]
        assert len(api.members(home, date(2026, 2, 1), known=published)) == 2
        assert api.household(home, date(2026, 2, 1)).division_code == XIAGUANYING
        assert names(COUNTY, date(2026, 4, 1)) == []
        with pytest.raises(NotFound):
            api.household(home)
        assert api.members(home, date(2026, 4, 1), known=kit_clock.now()) == ()


def test_T16_a_past_list_follows_the_villages_of_that_day_across_a_merger(register):
    register.household("甲家", code=XIAGUANYING)
    register.household("乙家", code=NEXT_VILLAGE)
    places.merge([NEXT_VILLAGE], into=XIAGUANYING, on=date(2026, 1, 1), document="民发〔2025〕1 号")
    assert names(XIAGUANYING, date(2025, 12, 31)) == ["甲家"]
    assert names(NEXT_VILLAGE, date(2025, 12, 31)) == ["乙家"]
    assert names(XIAGUANYING, date(2026, 1, 1)) == ["乙家", "甲家"]
    assert sorted(row.name for row in api.households(XIAGUANYING)) == ["乙家", "甲家"]


def test_groups_that_moved_to_a_new_village_are_listed_there(register):
    register.household("甲家", group=1)
    register.household("乙家", group=4)
    places.split(
        XIAGUANYING,
        "620123101299",
        [4],
        name="新村",
        on=date(2026, 1, 1),
        document="民发〔2025〕2 号",
    )
    assert names("620123101299", date(2026, 1, 1)) == ["乙家"]
    assert names(XIAGUANYING, date(2026, 1, 1)) == ["甲家"]
    assert (api.counts("620123101299").persons, api.counts(XIAGUANYING).persons) == (1, 1)
    assert names(XIAGUANYING, date(2025, 12, 31)) == ["乙家", "甲家"]


def test_pages_of_a_past_list_are_the_whole_list(register):
    for number in range(7):
        register.household(f"王{'一二三四五六七'[number]}")
    seen, after = [], None
    while True:
        page = api.households_as_of(COUNTY, date(2020, 1, 1), after=after, limit=3)
        seen += [row.number for row in page]
        after = page.next
        if after is None:
            break
    assert seen == sorted(seen)
    assert len(set(seen)) == 7
