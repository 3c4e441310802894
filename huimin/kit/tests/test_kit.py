"""Values: codes of divisions, periods, money, references, the clock, registries."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huimin.kit import clock
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.money import yuan
from huimin.kit.period import Period
from huimin.kit.ref import Ref
from huimin.kit.registry import Registry

CODES = st.builds(
    lambda p, c, x, t, v, level: "".join((f"{p:02}", f"{c:02}", f"{x:02}", f"{t:03}", f"{v:03}")[:level]).ljust(12, "0"),
    *(st.integers(1, 99) for _ in range(3)), st.integers(1, 999), st.integers(1, 999), st.integers(1, 5),
)  # fmt: skip
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@given(CODES)
def test_a_divisions_subtree_is_the_range_of_the_codes_that_begin_like_it(code):
    area = AreaCode(code)
    low, high = area.span
    assert low == code
    assert high.startswith(area.short)
    assert set(high[len(area.short) :]) <= {"9"}
    assert area.covers(low)
    assert area.covers(high)


@given(CODES, CODES)
def test_one_division_covers_another_just_when_it_is_among_its_ancestors(one, two):
    a, b = AreaCode(one), AreaCode(two)
    assert a.covers(b) == (a == b or a in b.ancestors)


@given(CODES)
def test_a_division_stands_in_its_parent_one_level_higher(code):
    area = AreaCode(code)
    assert area.parent is not None
    assert area.parent.level == area.level - 1
    assert area.parent.covers(area)
    assert NATION.covers(area)


@pytest.mark.parametrize(
    "text", ["", "62012310120", "6201231012011", "62012310120x", "６２０１２３１０１２０１"]
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError, match="digits"):
        AreaCode(text)


def test_short_codes_are_read_and_others_refused():
    assert (AreaCode.parse("62").code, AreaCode.parse("620123101").level) == ("620000000000", Level.TOWNSHIP)
    with pytest.raises(ValueError, match="2, 4, 6, 9 or 12"):
        AreaCode.parse("62012")


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
def test_two_periods_overlap_just_when_they_share_a_day(a, n, b, m):
    from datetime import timedelta

    one, two = Period(a, a + timedelta(days=n)), Period(b, b + timedelta(days=m))
    shared = {a + timedelta(days=i) for i in range(n)} & {b + timedelta(days=i) for i in range(m)}
    if n and m:
        assert one.overlaps(two) == bool(shared)
    assert all(day in one and day in two for day in shared)


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends before it starts"):
        Period(date(2026, 2, 1), date(2026, 1, 1))


def test_money_is_exact_to_the_fen_and_never_a_float():
    assert yuan("8200.125") == Decimal("8200.12")
    assert yuan(3) == Decimal("3.00")
    with pytest.raises(TypeError):
        yuan(0.1)  # type: ignore[arg-type]


def test_a_reference_is_read_as_it_was_written():
    assert Ref.parse("household:7") == Ref("household", "7")
    for wrong in ("household", "household:", "stranger:7"):
        with pytest.raises(ValueError, match="is not"):
            Ref.parse(wrong)


def test_the_clock_can_be_held_for_a_block_and_for_every_thread():
    moment = datetime(2026, 1, 1, 16, 30, tzinfo=UTC)
    with clock.at(moment):
        assert (clock.now(), clock.today()) == (moment, date(2026, 1, 2))  # already tomorrow in Beijing
    seen = []
    clock.hold(moment)
    try:
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    finally:
        clock.hold(None)
    assert seen == [moment]
    assert clock.now() != moment
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2026, 1, 1)):
        pass


def test_a_name_is_registered_once_and_an_unknown_one_names_the_known():
    things: Registry[object] = Registry("thing")
    one = things.add("one", object())
    assert things.add("one", one) is one
    with pytest.raises(LookupError, match="twice"):
        things.add("one", object())
    with pytest.raises(LookupError, match="known: one"):
        things["two"]
