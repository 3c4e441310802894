"""Laws that hold for all values: three-valued logic, decimal arithmetic, and texts that read back."""

from __future__ import annotations

import datetime as dt
import decimal
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.rules.lang import DaysTime, YearsMonths, logic, temporal
from huimin.core.rules.lang.text import to_text

TRUTHS = st.sampled_from([True, False, None])
EXACT = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
PATIENT = settings(deadline=None)  # a busy machine is no counterexample
SPELLED = {True: "true", False: "false", None: "null"}


@PATIENT
@given(TRUTHS, TRUTHS, TRUTHS)
def test_and_and_or_are_lattice_operations(a, b, c):
    for operation in (logic.conjunction, logic.disjunction):
        assert operation(a, b) is operation(b, a)
        assert operation(a, operation(b, c)) is operation(operation(a, b), c)
        assert operation(a, a) is a
    assert logic.conjunction(a, logic.disjunction(a, b)) is a
    assert logic.conjunction(a, True) is a
    assert logic.disjunction(a, False) is a


@PATIENT
@given(TRUTHS, TRUTHS)
def test_de_morgan_holds_with_nulls(feel, a, b):
    left, right = SPELLED[a], SPELLED[b]
    assert feel(f"not({left} and {right})") is feel(f"not({left}) or not({right})")
    assert feel(f"not({left} or {right})") is feel(f"not({left}) and not({right})")


@PATIENT
@given(st.lists(TRUTHS))
def test_all_and_any_fold_and_and_or(feel, truths):
    folded = True
    for each in truths:
        folded = logic.conjunction(folded, each)
    assert feel("all(x)", x=truths) is folded
    assert feel("any(x)", x=truths) is logic.negation(feel("all(for each in x return not(each))", x=truths))


@PATIENT
@given(NUMBERS, NUMBERS)
def test_arithmetic_is_decimal_with_34_digits(feel, a, b):
    assert feel("a + b", a=a, b=b) == EXACT.add(a, b)
    assert feel("a - b", a=a, b=b) == EXACT.subtract(a, b)
    assert feel("a * b", a=a, b=b) == EXACT.multiply(a, b)
    assert feel("a / b", a=a, b=b) == (EXACT.divide(a, b) if b else None)
    assert feel("a < b", a=a, b=b) is (a < b)


@PATIENT
@given(NUMBERS, NUMBERS.filter(bool))
def test_modulo_has_the_sign_of_the_divisor(feel, a, b):
    rest = feel("modulo(a, b)", a=a, b=b)
    assert rest == 0 or (rest < 0) == (b < 0)
    assert abs(rest) < abs(b)
    assert (a - rest) % b == 0


@PATIENT
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_a_number_reads_back_from_its_text(feel, value):
    assert feel("number(string(x))", x=value) == EXACT.plus(value)


@PATIENT
@given(st.text())
def test_a_text_reads_back_from_its_literal(feel, value):
    literal = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert feel(literal) == value


@PATIENT
@given(st.dates(), st.times(), st.integers(-200, 200))
def test_dates_and_times_read_back_from_their_texts(day, time, months):
    moment = dt.datetime.combine(day, time, dt.timezone(dt.timedelta(minutes=months)))
    assert temporal.read_date(to_text(day)) == day
    assert temporal.read_time(to_text(time)) == time
    assert temporal.read_moment(to_text(moment)) == moment


@PATIENT
@given(st.integers(-100000, 100000), st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_durations_read_back_from_their_texts(months, seconds):
    assert temporal.read_duration(to_text(YearsMonths(months))) == YearsMonths(months)
    assert temporal.read_duration(to_text(DaysTime(seconds))) == DaysTime(seconds)


@PATIENT
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_whole_months_never_overshoot(start, end):
    months = temporal.months_between(start, end)
    assert months == -temporal.months_between(end, start)
    if start <= end:
        assert temporal.add_months(start, months) <= end
        assert temporal.add_months(start, months + 1) > end or start.day > end.day


@PATIENT
@given(st.lists(st.integers(-9, 9)), st.integers(-9, 9))
def test_membership_agrees_with_python(feel, items, value):
    assert feel("x in items", x=value, items=items) is (value in items)
    assert feel("count(items[item < x])", x=value, items=items) == sum(each < value for each in items)
    assert feel("sort(items)", items=items) == [Decimal(each) for each in sorted(items)]


@PATIENT
@given(st.integers(-(10**8), 10**8), st.integers(1, 12), st.integers(-(10**6), 10**6))
def test_far_dates_move_as_near_ones_do(year, month, days):
    start = temporal.make_date(year, month, 15)
    moved = temporal.add_days_time(start, Decimal(days * temporal.DAY))
    assert temporal.seconds_between(moved, start) == days * temporal.DAY
    assert temporal.read_date(to_text(moved)) == moved
    assert logic.compare("<", start, moved) is (days > 0)
    assert temporal.add_months(temporal.add_months(start, 4801), -4801) == start


@PATIENT
@given(st.dates(dt.date(1, 1, 1), dt.date(9000, 1, 1)), st.integers(-(10**5), 10**5))
def test_dates_that_python_holds_stay_plain(day, days):
    try:
        expected = day + dt.timedelta(days=days)
    except OverflowError:
        return
    assert temporal.add_days_time(day, Decimal(days * temporal.DAY)) == expected
