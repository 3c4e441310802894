"""Small cells are withheld together with enough others that nothing small can be worked out."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.insight.types import FLOOR
from huimin.core.insight.withholding import withhold
from huimin.kit.area import AreaCode

ENDLESS = 10**6
TOP, COUNTIES = "620000000000", ("620100000000", "620200000000", "620300000000")


def summed(leaves):
    """Every division of the leaves with its sum."""
    found = {}
    for code, size in leaves.items():
        for one in (code, *map(str, AreaCode(code).ancestors)):
            found[one] = found.get(one, 0) + size
    return found


@st.composite
def trees(draw):
    """A province of up to three levels below, its smallest divisions with nought to nine each."""
    leaves = {}
    for prefecture in range(1, draw(st.integers(1, 3)) + 1):
        for county in range(1, draw(st.integers(1, 3)) + 1):
            for town in range(1, draw(st.integers(1, 3)) + 1):
                leaves[f"62{prefecture:02}{county:02}{town:03}000"] = draw(st.integers(0, 9))
    return leaves


def seen(leaves):
    """What the public sees of the sums: the number, or None where it is withheld."""
    sums = summed(leaves)
    hidden = withhold({code: (n, 0) for code, n in sums.items() if n}).hidden

    def shown(code):
        above = [str(one) for one in AreaCode(code).ancestors]
        gone = code in hidden or (sums[code] == 0 and any(one in hidden for one in above))
        return None if gone else sums[code]

    return sums, {code: shown(code) for code in sums}


def bounds(sums, shown):
    """The least and the most each withheld cell can be, for somebody who knows that noughts are shown beside it."""
    below = {}
    for code in sums:
        if code != TOP:
            below.setdefault(str(AreaCode(code).parent), []).append(code)
    span = {}
    for code in sorted(sums, key=lambda c: -AreaCode(c).level):
        low = sum(span[one][0] for one in below.get(code, ()))
        high = sum(span[one][1] for one in below.get(code, ())) if code in below else ENDLESS
        if shown[code] is not None:
            low = high = shown[code]
        elif code != TOP and shown[str(AreaCode(code).parent)] is not None:
            low = max(low, 1)
        span[code] = (low, high)
    for code in sorted(below, key=lambda c: AreaCode(c).level):
        low, high = span[code]
        family = below[code]
        fresh = {}
        for one in family:
            others = [span[other] for other in family if other != one]
            fresh[one] = (
                max(span[one][0], low - sum(o[1] for o in others)),
                min(span[one][1], high - sum(o[0] for o in others)),
            )
        span.update(fresh)
    return span


@settings(max_examples=300, deadline=None)
@given(trees())
def test_no_withheld_figure_can_be_worked_out_by_subtraction(leaves):
    sums, shown = seen(leaves)
    assert not [code for code, n in sums.items() if 0 < n < FLOOR and shown[code] is not None]
    span = bounds(sums, shown)
    for code, n in sums.items():
        if shown[code] is None and n:
            low, high = span[code]
            assert low <= n <= high
            assert low < high, f"{code} must be {n}"


def test_five_villages_of_one_household_each_are_not_given_away_by_their_sum():
    leaves = {f"62010010000{n}": 1 for n in range(1, 6)}
    _sums, shown = seen(leaves)
    assert shown["620100100000"] is None
    assert all(shown[code] is None for code in leaves)


def test_what_is_large_enough_is_all_shown():
    _sums, shown = seen({"620101000000": 5, "620102000000": 0, "620201000000": 60})
    assert None not in shown.values()


def test_the_smallest_neighbour_goes_with_a_small_one():
    _sums, shown = seen({"620101000000": 3, "620102000000": 9, "620103000000": 7})
    assert [shown[f"62010{n}000000"] for n in (1, 2, 3)] == [None, 9, None]
    assert shown["620100000000"] == 19


def test_below_what_is_withheld_noughts_are_withheld_too():
    _sums, shown = seen({"620101000000": 2, "620102000000": 0, "620201000000": 8, "620301000000": 9})
    assert shown["620100000000"] is None
    assert shown["620102000000"] is None


def test_a_rate_of_few_is_withheld_though_its_numerator_is_nought():
    found = withhold({TOP: (40, 90), COUNTIES[0]: (0, 3), COUNTIES[1]: (20, 40), COUNTIES[2]: (20, 47)})
    assert COUNTIES[0] in found.hidden
    assert len(found.hidden) == 2


# Parts

tables = st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=2, max_size=3)


def parts_seen(table):
    """What the public sees of a province, its counties and three parts of each; and the truth."""
    truth = {(TOP, k): sum(row[k] for row in table) for k in range(3)}
    truth |= {(COUNTIES[r], k): row[k] for r, row in enumerate(table) for k in range(3)}
    whole = {TOP: sum(map(sum, table)), **{COUNTIES[r]: sum(row) for r, row in enumerate(table)}}
    kept = {c for c, n in whole.items() if n}
    found = withhold(
        {c: (whole[c], 0) for c in kept}, {c: {str(k): (truth[c, k], 0) for k in range(3)} for c in kept}
    )
    open_cells = {key: n for key, n in truth.items() if key[0] not in found.closed}
    open_sums = {c: n for c, n in whole.items() if c not in found.hidden}
    return truth, open_cells, open_sums


def another(rows, open_cells, open_sums, cell, value):
    """Whether a table that looks the same to the public has another value than this in that cell."""
    top_sum, places = open_sums.get(TOP), COUNTIES[:rows]

    def fits(row, place):
        sums = open_sums.get(place)
        return all(open_cells.get((place, k), row[k]) == row[k] for k in range(3)) and sums in (
            None,
            sum(row),
        )

    limit = max((top_sum or 12), 12)
    choices = [[r for r in product(range(min(limit, 8) + 1), repeat=3) if fits(r, place)] for place in places]
    choices = [sorted(rows, key=sum) for rows in choices]
    place, k = cell

    def search(done, left):
        if not left:
            columns = [sum(row[n] for row in done) for n in range(3)]
            top = {(TOP, n): column for n, column in enumerate(columns)}
            if any(open_cells.get(key, n) != n for key, n in top.items()) or top_sum not in (
                None,
                sum(columns),
            ):
                return False
            found = top[cell] if place == TOP else done[places.index(place)][k]
            return found != value
        return any(search([*done, row], left[1:]) for row in left[0])

    return search([], choices)


@pytest.mark.timeout(120)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=2))
def test_no_small_part_can_be_worked_out_from_sums_and_neighbours(table):
    truth, open_cells, open_sums = parts_seen(table)
    assert not [key for key, n in open_cells.items() if 0 < n < FLOOR]
    for cell, n in truth.items():
        if cell not in open_cells and 0 < n < FLOOR:
            assert another(len(table), open_cells, open_sums, cell, n), f"{cell} must be {n}"


@given(tables)
def test_parts_are_shown_whole_or_not_at_all(table):
    truth, open_cells, _sums = parts_seen(table)
    for place in {code for code, _k in truth}:
        assert len([key for key in open_cells if key[0] == place]) in (0, 3)
