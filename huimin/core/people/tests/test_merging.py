from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.access.api import acting_as
from huimin.core.journal.api import verify
from huimin.core.people import api, loading
from huimin.core.people.crypto import lookup_hash
from huimin.core.people.merging import actions as merging
from huimin.core.people.merging.rows import values
from huimin.core.people.models import Household, Membership, Merge, Pair, Person, ProposedChange
from huimin.core.people.queries import own_things
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

from .conftest import JINYA, NEXT_VILLAGE, XIAGUANYING

DAY = date(2026, 11, 22)


@pytest.fixture
def twice(register, clock):
    """王桂兰 in two villages: head of three with a number, and alone next door under a wrong one."""
    first = register.household("王桂兰", born=date(1970, 1, 2), on=date(2010, 5, 1))
    register.join(first, "王小宝")
    second = register.household("汪桂兰", code=JINYA, born=date(1970, 2, 1), on=date(2018, 3, 1))
    one, two = (Household.objects.get(id=home).head_id for home in (first, second))
    return one, two, first, second


def everything():
    """Every row of the register by id, encrypted columns clear."""
    models = (Person, Household, Membership, ProposedChange)
    return {(m.__name__, str(row.pk)): values(row) for m in models for row in m.objects.all()}


def merge(viewer, keep, other, **more):
    return merging.merge(viewer, keep=keep, other=other, reason="核对了身份证原件", **more)


def test_the_other_record_leaves_every_list_of_today_and_stays_as_it_was_for_past_days(
    register, twice, clock
):
    keep, other, first, second = twice
    clock.forward(days=1)
    merge(register.viewer, keep, other)
    assert api.household_of(other) is None
    assert [p.id for p in api.persons(JINYA)] == []
    assert api.household(second).closed_on == date(2026, 11, 23)
    assert [m.person.id for m in api.members(second, DAY)] == [other]
    assert [h.id for h in api.households_as_of(JINYA, DAY)] == [second]
    assert api.person(other).merged_into == keep
    assert api.household_of(keep).id == first
    assert loading.recount() == []


def test_the_number_and_the_name_of_the_other_record_lead_to_the_kept_one(register, twice):
    keep, other, _first, _second = twice
    number, own = (Person.objects.get(id=id).id_number for id in (other, keep))
    merge(register.viewer, keep, other)
    assert api.find_by_number(number).id == api.find_by_number(own).id == keep
    assert [p.id for p in api.persons(text="汪桂")] == [keep]
    assert [h.head for h in api.households(text="汪桂兰")] == [keep]
    with pytest.raises(Refused, match="王\\*兰"):
        register.person("李四", born=date(1970, 2, 1), id_number=number, numbered=False)


def test_the_number_that_is_right_is_taken_over_and_both_still_lead_to_the_person(register, twice):
    keep, other, _first, _second = twice
    right, wrong = (Person.objects.get(id=id).id_number for id in (other, keep))
    merge(register.viewer, keep, other, values={"id_number": "other", "birth_date": "other", "name": "other"})
    row = Person.objects.get(id=keep)
    assert (row.id_number, row.id_hash) == (right, lookup_hash("id_number", right))
    assert (row.name, row.pinyin, row.birth_date) == ("汪桂兰", "wangguilan", date(1970, 2, 1))
    assert Household.objects.get(head=keep).head_name == "汪桂兰"
    assert api.find_by_number(wrong).id == keep
    assert Person.objects.get(id=other).id_number == right


def test_a_number_that_contradicts_the_birth_date_is_refused_and_nothing_changes(register, twice):
    keep, other, _first, _second = twice
    before = everything()
    with pytest.raises(Refused) as refused:
        merge(register.viewer, keep, other, values={"id_number": "other"})
    assert set(refused.value.fields) == {"id_number"}
    assert everything() == before


def test_where_the_person_lives_is_chosen_and_who_heads_both_households_follows(register, twice):
    keep, other, first, second = twice
    merge(register.viewer, keep, other, home=second)
    assert api.household_of(keep).id == second
    assert (Household.objects.get(id=second).head_id, api.person(keep).division_code) == (keep, JINYA)
    assert Household.objects.get(id=first).head_name == "王小宝"
    assert [(m.person.id, m.relation) for m in api.members(second)] == [(keep, "head")]
    assert loading.recount() == []


def test_a_record_twice_in_one_household_leaves_one_member_who_heads_it(register, clock):
    home = register.household("王桂兰")
    membership = register.join(
        home, "王桂蓝", date(1970, 1, 2), "female", "other", on=date(2015, 1, 1), reason="other"
    )
    head, again = Household.objects.get(id=home).head_id, Membership.objects.get(id=membership).person_id
    merge(register.viewer, again, head)
    assert [(m.person.id, m.relation) for m in api.members(home)] == [(again, "head")]
    assert api.household(home).head == again
    assert api.household(home).head_name == "王桂蓝"


def test_merging_and_undoing_gives_every_row_back_and_keeps_the_history_of_both(register, twice):
    keep, other, _first, second = twice
    before = everything()
    done = merge(register.viewer, keep, other, home=second)
    assert everything() != before
    merging.unmerge(register.viewer, merge=UUID(done["merge"]), reason="是两个人")
    assert everything() == before
    versions = Person.versions.rel.related_model._base_manager
    assert versions.filter(pgh_obj_id=other).count() >= 3
    assert Merge.objects.get().undone_reason == "是两个人"
    assert loading.recount() == []
    assert verify().ok


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sides=st.tuples(*[st.sampled_from(["keep", "other", ""])] * 7),
    homes=st.tuples(st.booleans(), st.booleans()),
    company=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    home=st.sampled_from([None, 0, 1]),
    numbered=st.tuples(st.booleans(), st.booleans()),
    turned=st.booleans(),
    proposal=st.booleans(),
)
def test_whatever_is_merged_is_undone_exactly(
    register, clock, sides, homes, company, home, numbered, turned, proposal
):
    """Any choice of values, households, other members, numbers and pending proposals: the rows are the same again."""
    people, houses = [], []
    for lives, others, code, name, born, has in zip(
        homes, company, (XIAGUANYING, JINYA), ("王桂兰", "汪桂兰"), (date(1970, 1, 2), date(1970, 2, 1)), numbered,
        strict=True,
    ):  # fmt: skip
        if not lives:
            people.append(register.person(name, born=born, code=code, numbered=has))
            houses.append(None)
            continue
        house = register.household(name, code=code, born=born, numbered=has)
        houses.append(house)
        people.append(Household.objects.get(id=house).head_id)
        for _n in range(others):
            register.join(house)
    if proposal:
        api.propose_change(
            register.viewer,
            person=people[1],
            changes={"education": "primary"},
            source="教育局",
            document="一",
        )
    keep, other = reversed(people) if turned else people
    chosen = {name: side for name, side in zip(merging.FIELDS, sides, strict=True) if side}
    before = everything()
    try:
        done = merge(
            register.viewer, keep, other, values=chosen, home=houses[home] if home is not None else None
        )
    except Refused:
        assert everything() == before
        return
    assert loading.recount() == []
    assert not Membership.objects.filter(person=other, end=None).exists()
    assert Membership.objects.filter(person=keep, end=None).count() == (1 if any(homes) else 0)
    merging.unmerge(register.viewer, merge=UUID(done["merge"]), reason="是两个人")
    assert everything() == before
    assert loading.recount() == []


def test_what_changed_after_the_merge_is_named_when_it_cannot_be_undone(register, twice):
    keep, other, _first, second = twice
    merge_id = UUID(merge(register.viewer, keep, other, home=second, values={"name": "other"})["merge"])
    api.correct_person(register.viewer, person=keep, changes={"phone": "13812345678"}, reason="换号")
    api.correct_person(register.viewer, person=keep, changes={"name": "王贵兰"}, reason="更正")
    with pytest.raises(Refused, match="姓名"):
        merging.unmerge(register.viewer, merge=merge_id, reason="是两个人")
    api.correct_person(register.viewer, person=keep, changes={"name": "汪桂兰"}, reason="改回")
    merging.unmerge(register.viewer, merge=merge_id, reason="是两个人")
    assert (api.person(keep).name, api.person(keep).phone) == ("王桂兰", "138****5678")


def test_a_merge_into_a_record_that_was_merged_itself_is_undone_last_first(register, twice):
    keep, other, _first, _second = twice
    third = register.person("王桂兰", code=NEXT_VILLAGE, numbered=False)
    one = UUID(merge(register.viewer, keep, other)["merge"])
    number = Person.objects.get(id=other).id_number
    two = UUID(merge(register.viewer, third, keep)["merge"])
    assert api.find_by_number(number).id == third
    with pytest.raises(Refused, match="先撤销"):
        merging.unmerge(register.viewer, merge=one, reason="是两个人")
    merging.unmerge(register.viewer, merge=two, reason="是两个人")
    merging.unmerge(register.viewer, merge=one, reason="是两个人")
    assert api.household_of(other) is not None


def test_pressing_twice_is_harmless_and_a_record_merged_meanwhile_is_refused(register, twice):
    keep, other, _first, _second = twice
    first = merge(register.viewer, keep, other, key="once")
    assert merge(register.viewer, keep, other, key="once") == first
    with pytest.raises(Refused, match="已经合并过"):
        merge(register.viewer, keep, other)
    with pytest.raises(Refused, match="另一条记录"):
        api.correct_person(register.viewer, person=other, changes={"name": "王兰"}, reason="更正")


def test_records_that_changed_after_the_page_was_shown_are_refused(register, twice):
    from huimin.core.people.merging.state import seen_of

    keep, other, _first, _second = twice
    seen = seen_of(Person.objects.get(id=keep), Person.objects.get(id=other))
    api.correct_person(register.viewer, person=other, changes={"phone": "13812345678"}, reason="换号")
    with pytest.raises(Refused, match="刷新"):
        merge(register.viewer, keep, other, seen=seen)


def test_only_whoever_sees_both_may_merge_them(register, twice, keeper):
    from huimin.core.access.api import ROLES, Role, register_roles

    if "people_merging.clerk" not in ROLES:
        rights = frozenset({"people.merge", "people.unmerge", "people.keep_apart"})
        register_roles("people_merging", [Role(code="clerk", title="合并员", level=1, actions=rights)])
    keep, other, _first, _second = twice
    officer = keeper.__closure__[0].cell_contents
    township, county = (officer(area, "people_merging.clerk") for area in ("620123101000", "620123000000"))
    with pytest.raises(NotFound, match="上级"):
        merge(township, keep, other)
    with pytest.raises(NotAllowed):
        merge(keeper("620123000000"), keep, other)
    done = merge(county, keep, other)
    with pytest.raises(NotFound):
        merging.unmerge(township, merge=UUID(done["merge"]), reason="是两个人")
    merging.unmerge(county, merge=UUID(done["merge"]), reason="是两个人")


def test_a_record_with_a_death_is_the_one_that_stays(register, twice):
    keep, other, _first, second = twice
    member = Membership.objects.get(person=keep, end=None)
    api.end_membership(register.viewer, membership=member.id, on=date(2026, 11, 1), reason="death")
    with pytest.raises(Refused, match="死亡"):
        merge(register.viewer, other, keep)
    merge(register.viewer, keep, other)
    assert api.household(second).closed_on == DAY
    assert api.person(keep).died_on == date(2026, 11, 1)
    assert loading.recount() == []


def test_a_household_that_something_waits_for_is_not_left_empty(register, twice, monkeypatch):
    keep, other, _first, second = twice
    monkeypatch.setattr(merging, "HOLDS", [lambda id: "正在享受帮扶" if id == second else None])
    with pytest.raises(Refused, match="正在享受帮扶"):
        merge(register.viewer, keep, other)
    merge(register.viewer, keep, other, home=second)


def test_a_citizen_whose_record_was_merged_is_the_kept_person(register, twice, citizen):
    keep, other, first, _second = twice
    assert citizen(other).person == other
    merge(register.viewer, keep, other)
    assert set(own_things(other)) == {Ref.of("person", keep), Ref.of("household", first)}
    from huimin.core.access import api as access

    viewer = access.viewer_of(access.account_of("citizen1"))
    assert viewer.person == keep
    with acting_as(viewer):
        assert [p.id for p in api.persons()] == [keep]


def pair_of(one, two, system_stamp=b""):
    low, high = sorted((one, two))
    row = Pair(
        first_id=low, second_id=high, division_code="620123000000", probability=0.98, reasons=[], stamp=system_stamp,
        found_at="2026-11-22T01:00:00Z",
    )  # fmt: skip
    row.save()
    return row.id


def test_a_pair_is_kept_apart_with_a_reason_and_can_be_put_back(register, twice):
    keep, other, _first, _second = twice
    pair = pair_of(keep, other)
    with pytest.raises(Refused, match="为什么"):
        merging.keep_apart(register.viewer, pair=pair, reason=" ")
    merging.keep_apart(register.viewer, pair=pair, reason="同名的两个人")
    row = Pair.objects.get(id=pair)
    assert (row.state, row.reason, row.decided_by) == ("apart", "同名的两个人", register.viewer.label)
    merging.keep_apart(register.viewer, pair=pair, apart=False)
    assert Pair.objects.get(id=pair).state == "open"
    done = merge(register.viewer, keep, other)
    assert Pair.objects.get(id=pair).state == "merged"
    merging.unmerge(register.viewer, merge=UUID(done["merge"]), reason="是两个人")
    assert Pair.objects.get(id=pair).state == "apart"
