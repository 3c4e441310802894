"""Merges and splits as values: whatever happened, every recorded (code, group) belongs to one village."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.places.territory import Inconsistent, Territory
from huimin.core.places.types import Change, Span

START = date(2024, 1, 1)
COUNTIES = ["620101000000", "620102000000"]
TOWNSHIPS = [county[:6] + f"{n:03}000" for county in COUNTIES for n in (1, 2)]
VILLAGES = [township[:9] + f"{n:03}" for township in TOWNSHIPS for n in (1, 2, 3)]
FRESH = [township[:9] + f"9{n:02}" for township in TOWNSHIPS for n in (1, 2)]
GROUPS = [None, 1, 2, 3, 4]


def change(kind, day, source, target, groups=None, origin=None, id=0):
    return Change(id, kind, START + timedelta(day), source, target, groups, origin or source)


@st.composite
def histories(draw):
    """Any list of changes that can follow one on another; those that cannot are left out."""
    kept, territory, day = [], Territory(), 0
    for id in range(draw(st.integers(0, 12))):
        day += draw(st.integers(0, 2))
        source, target = draw(st.sampled_from(VILLAGES + FRESH)), draw(st.sampled_from(VILLAGES + FRESH))
        if source == target:
            continue
        if draw(st.booleans()):
            one = change("merge", day, source, target, id=id)
        else:
            groups = tuple(sorted(draw(st.sets(st.sampled_from(GROUPS[1:]), min_size=1))))
            origin = draw(st.sampled_from([source, *territory.parts(source)]))
            one = change("split", day, source, target, groups, origin, id)
        try:
            Territory([*kept, one])
        except Inconsistent:
            continue
        kept.append(one)
        territory = Territory(kept)
    return kept


def having(territory, code, rows):
    return {row for row in rows for span in territory.spans(code) if span.holds(*row)}


ROWS = [(code, group) for code in VILLAGES + FRESH for group in GROUPS]


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 26))
def test_on_any_day_every_recorded_row_belongs_to_exactly_one_standing_village(history, day):
    territory = Territory.on(history, START + timedelta(day))
    for row in ROWS:
        holders = [code for code in VILLAGES + FRESH for span in territory.spans(code) if span.holds(*row)]
        assert holders == [territory.at(*row)]
        assert holders[0] not in territory.closed


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 26))
def test_townships_and_counties_hold_what_their_villages_hold(history, day):
    territory = Territory.on(history, START + timedelta(day))
    for code, digits in [
        *((one, 9) for one in TOWNSHIPS),
        *((one, 6) for one in COUNTIES),
        ("620000000000", 2),
    ]:
        villages = [one for one in VILLAGES + FRESH if one.startswith(code[:digits])]
        together = [row for one in villages for row in having(territory, one, ROWS)]
        assert len(together) == len(set(together))
        assert having(territory, code, ROWS) == set(together)
        spans = territory.spans(code)
        assert all(sum(span.holds(*row) for span in spans) <= 1 for row in ROWS)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_nothing_moves_before_the_first_change_and_moved_tells_all_that_did(history):
    before = Territory.on(history, START - timedelta(1))
    assert all(before.at(*row) == row[0] for row in ROWS)
    after = Territory(history)
    told = {(code, group): village for code, group, village in after.moved()}
    for code, group in ROWS:
        assert after.at(code, group) == told.get((code, group), told.get((code, None), code))


@settings(max_examples=100, deadline=None)
@given(histories())
def test_successors_and_parts_are_each_other_turned_round(history):
    territory = Territory(history)
    for code in VILLAGES + FRESH:
        for village in territory.successors(code):
            assert code in territory.parts(village)
        for part in territory.parts(code):
            assert code in territory.successors(part)


A, B, C = VILLAGES[:3]
FAR = VILLAGES[3]


def test_a_merge_carries_on_through_later_merges():
    territory = Territory([change("merge", 0, A, B), change("merge", 1, B, FAR)])
    assert territory.spans(FAR) == (Span(A, A), Span(B, B), Span(FAR, FAR))
    assert territory.spans(A) == territory.spans(B) == ()


def test_a_merge_inside_a_township_leaves_its_range_whole():
    low = TOWNSHIPS[0]
    assert Territory([change("merge", 0, A, B)]).spans(low) == (Span(low, low[:9] + "999"),)


def test_a_merge_across_townships_leaves_a_hole_and_a_point():
    territory = Territory([change("merge", 0, B, FAR)])
    low, other = TOWNSHIPS[:2]
    assert territory.spans(low) == (Span(low, A), Span(C, low[:9] + "999"))
    assert territory.spans(other) == (Span(B, B), Span(other, other[:9] + "999"))


def test_a_split_gives_groups_to_one_and_all_others_to_the_rest():
    territory = Territory([change("split", 0, A, FRESH[0], (2, 3))])
    assert territory.spans(FRESH[0]) == (Span(A, A, (2, 3)), Span(FRESH[0], FRESH[0]))
    assert territory.spans(A) == (Span(A, A, None, (2, 3)),)
    assert territory.at(A, None) == A
    assert territory.successors(A) == (A, FRESH[0])


def test_groups_of_a_merged_village_are_split_off_by_the_numbers_they_were_recorded_with():
    territory = Territory([change("merge", 0, A, B), change("split", 1, B, C, (1,), origin=A)])
    assert (territory.at(A, 1), territory.at(A, 2), territory.at(B, 1)) == (C, B, B)


def test_groups_can_come_back():
    territory = Territory([change("split", 0, A, B, (1,)), change("split", 1, B, A, (1,), origin=A)])
    assert territory.spans(A) == (Span(A, A),)
    assert list(territory.moved()) == []


@pytest.mark.parametrize(
    "broken",
    [
        [change("merge", 0, A, B), change("merge", 1, A, C)],
        [change("merge", 0, A, B), change("merge", 1, C, A)],
        [change("split", 0, A, B, (1,)), change("split", 1, A, C, (1, 2))],
    ],
)
def test_what_cannot_follow_is_refused(broken):
    with pytest.raises(Inconsistent):
        Territory(broken)


def test_a_span_of_groups_is_one_village_and_not_both_ways():
    with pytest.raises(ValueError):
        Span(A, B, (1,))
    with pytest.raises(ValueError):
        Span(A, A, (1,), (2,))
    with pytest.raises(ValueError):
        Span(B, A)
