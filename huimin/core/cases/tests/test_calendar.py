"""Working days in China, with the make-up Saturdays of the yearly notice."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huimin.core.cases import calendar


def test_the_national_day_holiday_is_off_and_its_make_up_saturday_is_worked():
    assert not calendar.is_working(date(2026, 10, 1))
    assert not calendar.is_working(date(2026, 10, 7))
    assert calendar.is_working(date(2026, 10, 10))  # a Saturday, worked
    assert not calendar.is_working(date(2026, 10, 11))


def test_a_deadline_runs_past_the_holiday():
    assert calendar.after_working_days(date(2026, 9, 29), 2) == date(2026, 10, 8)


def test_a_deadline_names_the_calendar_it_was_computed_with():
    assert calendar.version().startswith("holidays 0.")


@given(st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.integers(1, 40))
def test_a_deadline_lies_as_many_working_days_later_as_asked(start, days):
    due = calendar.after_working_days(start, days)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(calendar.is_working(day) for day in between) == days
    assert calendar.is_working(due)
