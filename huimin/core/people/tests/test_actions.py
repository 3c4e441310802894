from datetime import date, datetime
from uuid import UUID

import pytest

from huimin.core.access.api import acting_as, looks_at
from huimin.core.journal.api import as_of, entries_about, verify
from huimin.core.people import api
from huimin.core.people.models import Household, Membership, Person, ProposedChange
from huimin.core.people.types import ProposalState
from huimin.kit import clock as kit_clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

from .conftest import JINYA, NEXT_VILLAGE, XIAGUANYING


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def test_T1_a_number_is_typed_once_and_found_by_every_later_form(register):
    number = register.number(date(1970, 1, 2), "female")
    person = register.person(id_number=number)
    assert api.find_by_number(f" {number[:6]} {number[6:]} ").id == person
    again = refused(register.person, "王桂兰", id_number=number)
    assert again.code == "duplicate"
    assert "已登记：王*兰" in again.fields["id_number"]
    assert "夏官营镇" in again.fields["id_number"]


def test_a_number_registered_elsewhere_names_the_county_to_ask_and_nobody(register, keeper):
    number = register.number(date(1970, 1, 2), "female")
    register.person(id_number=number, code=JINYA)
    officer = keeper(XIAGUANYING)
    with acting_as(officer):
        said = refused(
            api.register_person, officer, name="王桂兰", sex="female", birth_date=date(1970, 1, 2),
            division_code=XIAGUANYING, id_number=number,
        )  # fmt: skip
    assert said.fields["id_number"] == "该证件号码已登记，请联系兰州市榆中县。"


@pytest.mark.parametrize("reason", ["birth", "marriage", "move_in"])
def test_T2_a_member_joins_on_any_day_with_its_own_date_and_the_day_of_entry(register, clock, reason):
    clock.set(date(2026, 3, 17))
    home = register.household()
    clock.set(date(2026, 11, 2))
    member = register.join(home, born=date(2026, 9, 9), on=date(2026, 9, 9), reason=reason)
    row = Membership.objects.get(id=member)
    assert (row.start, row.joined_by) == (date(2026, 9, 9), reason)
    entry = entries_about(Ref.of("household", home))[0]
    assert entry.action == "people.add_member"
    assert entry.at.astimezone(kit_clock.BEIJING).date() == date(2026, 11, 2)


def test_T2_death_marriage_and_move_end_a_membership_on_their_own_day(register):
    home = register.household()
    for reason in ("death", "marriage", "move_out"):
        member = register.join(home, name="李军")
        api.end_membership(register.viewer, membership=member, on=date(2026, 10, 31), reason=reason)
        row = Membership.objects.select_related("person").get(id=member)
        assert (row.end, row.left_by) == (date(2026, 10, 31), reason)
        assert row.person.died_on == (date(2026, 10, 31) if reason == "death" else None)
    assert api.counts(XIAGUANYING).persons == 1
    assert len(api.history_of(home)) == 4
    assert len(api.members(home, date(2026, 10, 30))) == 4


def test_T3_a_form_says_all_that_is_wrong_at_once_and_what_is_right_need_not_be_typed_again(register):
    said = refused(
        api.register_person, register.viewer, name="王@兰", sex="女", birth_date="2026-13-01", division_code="620123000000",
        id_number="123", phone="555", ethnicity="汉",
    )  # fmt: skip
    assert set(said.fields) == {"name", "birth_date", "division_code", "id_number", "phone"}
    assert "有 5 处需要更正" in str(said)
    assert "18 位，现在是 3 位" in said.fields["id_number"]
    assert not Person.objects.exists()


def test_T3_correcting_one_field_keeps_the_others_and_the_version_before(register):
    person = register.person("王桂蓝", phone="12012345678")
    before = Person.objects.get(id=person)
    done = api.correct_person(
        register.viewer, person=person, changes={"name": "王桂兰", "phone": "12012345678"}, reason="录入有误"
    )
    assert done["changed"] == ["name"]
    after = Person.objects.get(id=person)
    assert (after.name, after.pinyin) == ("王桂兰", "wangguilan")
    assert (after.id_number, after.phone, after.birth_date) == (
        before.id_number,
        before.phone,
        before.birth_date,
    )
    versions = Person.versions.rel.related_model._base_manager.filter(pgh_obj_id=person).order_by("pgh_id")
    assert [v.name for v in versions] == ["王桂蓝", "王桂兰"]


def test_a_corrected_name_of_a_head_is_the_households_name(register):
    home = register.household("王桂蓝")
    head = api.household(home).head
    api.correct_person(register.viewer, person=head, changes={"name": "王桂兰"}, reason="录入有误")
    assert api.household(home).name == "王桂兰"
    assert [h.id for h in api.households(text="wgl")] == [home]


def test_a_number_must_agree_with_the_birth_date_and_the_sex_of_the_record(register):
    person = register.person(born=date(1970, 1, 2), sex="female")
    said = refused(
        api.correct_person,
        register.viewer,
        person=person,
        changes={"birth_date": "1970-01-03"},
        reason="核对",
    )
    assert "1970-01-02" in said.fields["birth_date"]
    number = register.number(date(1980, 5, 5), "male")
    said = refused(
        api.correct_person, register.viewer, person=person, changes={"id_number": number}, reason="核对"
    )
    assert set(said.fields) == {"id_number"}


def test_correcting_needs_a_reason_and_a_field_that_is_there(register):
    person = register.person()
    said = refused(api.correct_person, register.viewer, person=person, changes={"colour": "red"}, reason=" ")
    assert set(said.fields) == {"colour", "reason"}


def test_T10_data_of_another_department_changes_nothing_until_one_click_confirms_it(register):
    home = register.household()
    member = register.join(home, name="李军")
    person = Membership.objects.get(id=member).person_id
    made = api.propose_change(
        register.viewer, person=person, changes={"died_on": "2026-11-01", "education": "小学"}, source="县民政局",
        document="民政数据 2026-11",
    )  # fmt: skip
    assert Person.objects.get(id=person).died_on is None
    waiting = api.proposals("620123000000").rows
    assert [(w.source, w.changes[0][0]) for w in waiting] == [("县民政局", "education")]
    api.settle_change(register.viewer, proposal=made["proposal"], accept=True)
    row = Person.objects.get(id=person)
    assert (row.died_on, row.education) == (date(2026, 11, 1), "primary")
    assert Membership.objects.get(id=member).left_by == "death"
    assert not api.proposals().rows
    assert api.proposals(state=ProposalState.CONFIRMED).rows[0].source == "县民政局"


def test_T10_a_refusal_keeps_the_reason_and_changes_nothing(register):
    person = register.person(phone="12012345678")
    made = api.propose_change(
        register.viewer, person=person, changes={"phone": "12087654321"}, source="县医保局"
    )
    said = refused(api.settle_change, register.viewer, proposal=made["proposal"], accept=False)
    assert said.code == "reason_needed"
    api.settle_change(register.viewer, proposal=made["proposal"], accept=False, reason="本人确认号码未变")
    kept = ProposedChange.objects.get()
    assert (kept.state, kept.reason) == ("refused", "本人确认号码未变")
    assert Person.objects.get(id=person).phone == "12012345678"
    assert (
        refused(api.settle_change, register.viewer, proposal=made["proposal"], accept=True).code
        == "already_settled"
    )


def test_T10_what_says_nothing_new_is_not_put_before_anybody(register):
    person = register.person("王桂兰")
    assert (
        api.propose_change(register.viewer, person=person, changes={"name": "王桂兰"}, source="县公安局")[
            "proposal"
        ]
        is None
    )
    assert not ProposedChange.objects.exists()


def test_a_proposal_shows_numbers_and_phones_masked(register):
    person = register.person(phone="12012345678")
    api.propose_change(register.viewer, person=person, changes={"phone": "12087654321"}, source="县医保局")
    assert api.proposals().rows[0].changes == (("phone", "120****5678", "120****4321"),)


def test_a_bride_leaves_one_household_and_joins_another_in_one_step(register):
    home, other = register.household("甲家"), register.household("乙家", code=NEXT_VILLAGE)
    member = register.join(home, name="李芳", sex="female", born=date(2011, 1, 1), relation="daughter")
    bride = Membership.objects.get(id=member).person_id
    ask = {
        "household": other,
        "person": bride,
        "relation": "daughter_in_law",
        "on": date(2026, 10, 1),
        "reason": "marriage",
    }
    said = refused(api.add_member, register.viewer, **ask)
    assert said.code == "member_elsewhere"
    api.add_member(register.viewer, **ask, leave=True)
    assert Membership.objects.get(id=member).left_by == "marriage"
    assert api.household_of(bride).id == other
    assert api.household_of(bride, date(2026, 9, 30)).id == home
    assert Person.objects.get(id=bride).division_code == NEXT_VILLAGE


def test_when_the_head_dies_the_spouse_follows_and_the_household_stays(register):
    home = register.household("王建国", sex="male")
    register.join(home, name="王小宝")
    register.join(
        home,
        name="李桂兰",
        sex="female",
        born=date(1972, 1, 1),
        relation="spouse",
        on=date(2010, 5, 1),
        reason="marriage",
    )
    head = next(m for m in api.members(home) if m.relation == "head")
    api.end_membership(register.viewer, membership=head.membership, on=date(2026, 11, 1), reason="death")
    assert api.household(home).name == "李桂兰"
    assert [(m.person.name, m.relation.value) for m in api.members(home)] == [
        ("李桂兰", "head"),
        ("王小宝", "son"),
    ]


def test_the_last_member_who_leaves_closes_the_household(register):
    home = register.household()
    member = api.members(home)[0].membership
    done = api.end_membership(register.viewer, membership=member, on=date(2026, 11, 1), reason="move_out")
    assert done["closed"] is True
    assert api.household(home).closed_on == date(2026, 11, 1)
    assert api.counts(XIAGUANYING).households == 0
    assert refused(register.join, home).code == "household_closed"


def test_a_household_moves_with_its_people_and_keeps_its_number(register):
    home = register.household()
    register.join(home)
    number = api.household(home).number
    api.move_household(
        register.viewer, household=home, division_code=JINYA, group_no=2, address="9号", on=date(2026, 11, 1)
    )
    moved = api.household(home)
    assert (moved.number, moved.division_code, moved.group_no) == (number, JINYA, 2)
    assert {m.person.division_code for m in api.members(home)} == {JINYA}
    assert (api.counts(XIAGUANYING).persons, api.counts(JINYA).persons) == (0, 2)


def test_closing_a_household_ends_its_memberships_and_keeps_the_record(register):
    home = register.household()
    register.join(home)
    assert set(refused(api.close_household, register.viewer, household=home, on=date(2009, 1, 1), reason="").fields) == {
        "on", "reason",
    }  # fmt: skip
    api.close_household(register.viewer, household=home, on=date(2026, 11, 1), reason="整户迁出本省")
    assert api.members(home) == ()
    assert len(api.members(home, date(2026, 10, 1))) == 2
    assert Household.objects.get(id=home).closed_on == date(2026, 11, 1)


def test_household_numbers_of_a_village_follow_on_each_other(register):
    numbers = [api.household(register.household()).number for _n in range(3)]
    assert numbers == [f"{XIAGUANYING}0000{n}" for n in (1, 2, 3)]


def test_repeating_an_action_with_its_key_changes_nothing(register):
    values = {"name": "王桂兰", "sex": "female", "birth_date": date(1970, 1, 2), "division_code": XIAGUANYING}
    first = api.register_person(register.viewer, key="once", **values)
    assert api.register_person(register.viewer, key="once", **values) == first
    assert Person.objects.count() == 1


def test_an_officer_writes_only_in_his_own_area(register, keeper):
    home = register.household(code=JINYA)
    head = api.household(home).head
    officer = keeper(XIAGUANYING)
    with pytest.raises(NotFound):
        api.correct_person(officer, person=head, changes={"name": "别人"}, reason="试试")
    with pytest.raises(NotAllowed):
        api.register_person(officer, name="王兰", sex="女", birth_date=date(1980, 1, 1), division_code=JINYA)
    own = register.household("自家")
    with pytest.raises(NotAllowed):
        api.move_household(officer, household=own, division_code=JINYA, on=date(2026, 11, 1))
    assert api.household(own).division_code == XIAGUANYING


def test_the_journal_keeps_no_number_phone_or_name(register):
    number = register.number(date(1970, 1, 2), "female")
    person = register.person("王桂兰", id_number=number, phone="12012345678")
    api.correct_person(register.viewer, person=person, changes={"phone": "12087654321"}, reason="本人更正")
    text = str(entries_about(Ref.of("person", person)))
    for secret in (number, "12012345678", "12087654321", "王桂兰"):
        assert secret not in text
    assert "phone" in text
    assert verify().ok


def test_a_clear_number_needs_a_reason_and_leaves_a_trace(register, keeper):
    number = register.number(date(1970, 1, 2), "female")
    person = register.person(id_number=number)
    officer = keeper("620123101000")
    assert refused(api.reveal, officer, person, "id_number", "visit", "", "k1").code == "reason_needed"
    assert (
        refused(api.reveal, officer, person, "id_number", "curiosity", "就是想看看", "k2").code
        == "purpose_needed"
    )
    assert not looks_at(Ref.of("person", person))
    assert api.reveal(officer, person, "id_number", "visit", "办理帮扶申请核对证件", "k3") == number
    (look,) = looks_at(Ref.of("person", person))
    assert (look.purpose, look.revealed, look.reason) == ("visit", "id_number", "办理帮扶申请核对证件")
    with pytest.raises(NotFound):
        api.reveal(keeper(JINYA), person, "id_number", "visit", "办理帮扶申请核对证件", "k4")


def test_an_organisation_is_registered_once_under_a_code_that_is_right(register):
    ask = {"name": "榆中县夏官营蔬菜农民专业合作社", "kind": "cooperative", "division_code": XIAGUANYING}
    said = refused(api.register_organisation, register.viewer, uscc="93620123MA0000000X", **ask)
    assert "校验码" in said.fields["uscc"]
    first = api.register_organisation(register.viewer, uscc="91110000600037341L", **ask)
    assert api.register_organisation(register.viewer, uscc="91110000600037341l", **ask) == first
    assert api.organisation(UUID(first["organisation"])).uscc == "91110000600037341L"


def test_what_was_recorded_is_found_again_as_of_that_moment(register):
    person = register.person("王桂蓝")
    (first,) = Person.versions.rel.related_model._base_manager.filter(pgh_obj_id=person)
    assert isinstance(first.pgh_created_at, datetime)
    assert [row.name for row in as_of(Person, first.pgh_created_at)] == ["王桂蓝"]
