"""Merging, splitting and renaming, as an office records it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from huimin.core.places import api
from huimin.core.places.models import Division, DivisionChange
from huimin.core.places.types import Span
from huimin.kit.refusal import Refused

pytestmark = pytest.mark.usefixtures("yuzhong")
A, B, C = "620123101201", "620123101202", "620123101203"  # one township
FAR = "620123102201"  # another township of the county
TOWN, OTHER = "620123101000", "620123102000"
NEW = "620123101299"
DAY, LATER, BEFORE = date(2024, 6, 1), date(2025, 1, 1), date(2024, 5, 31)
PAPER = "榆政发〔2024〕12号"


def refusal(call, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        call(*args, **{"on": DAY, "document": PAPER, **kwargs})
    assert refused.value.fields or refused.value.code == "unknown_division"
    return refused.value.code


def test_a_village_merged_from_a_day_answers_for_its_people_until_then():
    api.merge([A], B, on=DAY, document=PAPER)
    assert api.spans(A, BEFORE) == (Span(A, A),)
    assert api.spans(A, DAY) == ()
    assert api.spans(B, DAY) == (Span(A, A), Span(B, B))
    assert (api.current(A, 3, BEFORE), api.current(A, 3, DAY)) == (A, B)
    assert api.successors(A, DAY) == (B,)
    assert A in {place.code for place in api.children(TOWN, BEFORE)}
    assert A not in {place.code for place in api.children(TOWN, DAY)}
    assert (api.exists(A, BEFORE), api.exists(A, DAY)) == (True, False)
    assert api.counts(TOWN, BEFORE)[5] - api.counts(TOWN, DAY)[5] == 1


def test_two_villages_merge_into_a_new_one_in_another_township():
    api.merge([A, B], "620123102299", on=DAY, document=PAPER, name="联合村委会")
    made = api.division("620123102299")
    assert (made.name, made.parent, made.pinyin, made.valid_from) == (
        "联合村委会",
        OTHER,
        "lianhecunweihui",
        DAY,
    )
    assert api.spans("620123102299", DAY) == (Span(A, A), Span(B, B), Span(made.code, made.code))
    assert not any(span.holds(A) for span in api.spans(TOWN, DAY))
    assert any(span.holds(A) for span in api.spans(OTHER, DAY))
    assert any(span.holds(A) for span in api.spans(TOWN, BEFORE))
    assert not api.exists(made.code, BEFORE)
    assert api.search("过店子")[0].code == made.code  # by the name of what it took in


def test_a_split_moves_groups_to_a_new_village():
    done = api.split(A, NEW, [3, 1, 3], on=DAY, document=PAPER, name="新村村委会")
    assert done.groups == (1, 3)
    assert api.spans(A, DAY) == (Span(A, A, None, (1, 3)),)
    assert api.spans(NEW, DAY) == (Span(A, A, (1, 3)), Span(NEW, NEW))
    assert [api.current(A, group, DAY) for group in (1, 2, 3, None)] == [NEW, A, NEW, A]
    assert api.moved(DAY) == ((A, None, A), (A, 1, NEW), (A, 3, NEW))
    assert api.moved(BEFORE) == ()


def test_a_renamed_village_keeps_its_old_name_for_the_days_before():
    api.rename(A, "一村", on=DAY, document=PAPER)
    api.rename(A, "二村", on=LATER, document=PAPER)
    assert [api.name_of(A, day) for day in (BEFORE, DAY, date(2024, 12, 31), LATER)] == [
        "过店子村委会", "一村", "一村", "二村",
    ]  # fmt: skip
    assert api.path_of(A, BEFORE)[-1] == "过店子村委会"
    assert api.search("过店子")[0].code == api.search("二村", within=TOWN)[0].code == A
    assert api.division(A).pinyin == "ercun"


def test_a_county_is_renamed_too():
    api.rename("620123000000", "榆中区", on=DAY, document=PAPER)
    assert (api.name_of("620123000000", BEFORE), api.name_of("620123000000", DAY)) == ("榆中县", "榆中区")


def test_a_merge_may_rename_what_it_merges_into():
    api.merge([A], B, on=DAY, document=PAPER, name="联合村")
    assert (api.name_of(B, DAY), api.name_of(B, BEFORE) != "联合村") == ("联合村", True)
    assert api.name_of(A, DAY) == "过店子村委会"


def test_changes_are_kept_with_their_document():
    api.merge([A], B, on=DAY, document=PAPER)
    (done,) = api.changes_of(A)
    assert (done.kind, done.on, done.old_name, done.document) == ("merge", DAY, "过店子村委会", PAPER)


def test_what_cannot_be_is_refused_by_name():
    assert refusal(api.merge, ["620123101999"], B) == "unknown_division"
    assert refusal(api.merge, ["x"], B) == "unknown_division"
    assert refusal(api.merge, [TOWN], B) == "not_a_village"
    assert refusal(api.merge, [A], OTHER) == "not_a_village"
    assert refusal(api.merge, [A], A) == "same_division"
    assert refusal(api.merge, [A, A], B) == "same_division"
    assert refusal(api.merge, [], B) == "no_sources"
    assert refusal(api.merge, [A], NEW) == "name_needed"
    assert refusal(api.merge, [A], NEW, name="  ") == "name_invalid"
    assert refusal(api.merge, [A], "620123999001", name="x") == "unknown_division"
    assert refusal(api.merge, [A], B, document=" ") == "document_needed"
    assert refusal(api.split, A, B, []) == "no_groups"
    assert refusal(api.split, A, B, [0]) == "no_groups"
    assert refusal(api.split, A, A, [1]) == "same_division"
    assert refusal(api.split, A, B, [1], origin=C) == "groups_moved"
    assert refusal(api.rename, A, "过店子村委会") == "same_name"
    assert refusal(api.rename, A, "") == "name_invalid"
    assert DivisionChange.objects.count() == 0
    assert not Division.objects.filter(code=NEW).exists()


def test_changes_follow_on_those_before():
    api.merge([A], B, on=DAY, document=PAPER)
    assert refusal(api.merge, [A], C, on=LATER) == "closed"
    assert refusal(api.merge, [A], C, on=BEFORE) == "closed"
    assert refusal(api.merge, [C], A, on=LATER) == "closed"
    assert refusal(api.rename, A, "新名", on=LATER) == "closed"
    api.split(B, NEW, [1], on=LATER, document=PAPER, name="新村")
    assert refusal(api.split, B, C, [1], on=LATER) == "groups_moved"
    assert refusal(api.split, B, C, [1], on=DAY) == "date_order"
    assert refusal(api.merge, [NEW], B, on=DAY) == "date_order"
    api.rename(B, "更名", on=LATER, document=PAPER)
    assert refusal(api.rename, B, "再更名", on=DAY) == "date_order"


def test_a_merge_recorded_late_counts_from_its_day_where_nothing_rests_on_the_old_state():
    api.merge([A], B, on=LATER, document=PAPER)
    api.merge([C], B, on=DAY, document=PAPER)
    assert api.spans(B, DAY) == (Span(B, B), Span(C, C))
    assert api.spans(B, LATER) == (Span(A, A), Span(B, B), Span(C, C))
    assert refusal(api.merge, [B], FAR, on=DAY) == "date_order"


def test_what_was_rolled_back_never_was():
    with transaction.atomic():
        api.merge([A], B, on=DAY, document=PAPER)
        assert api.spans(A, DAY) == ()
        transaction.set_rollback(True)
    assert api.spans(A, DAY) == (Span(A, A),)
    assert api.exists(A, DAY)


def test_the_database_refuses_a_split_without_groups():
    with pytest.raises(IntegrityError), transaction.atomic():
        DivisionChange.objects.create(
            kind="split",
            on=DAY,
            from_code=A,
            to_code=B,
            origin=A,
            groups=[],
            old_name="",
            new_name="",
            document="",
        )
