"""Functions on the calendar; weeks follow ISO 8601, names are English whatever the system's language."""

from __future__ import annotations

from ..values import Value, number
from .registry import Library

LIBRARY = Library()
declare = LIBRARY.declare
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@declare("day of year(date: date|moment) -> number")
def day_of_year(value: Value) -> Value:
    """The number of the day in its year."""
    return number(value.timetuple().tm_yday)


@declare("day of week(date: date|moment) -> string")
def day_of_week(value: Value) -> Value:
    """The name of the day."""
    return WEEKDAYS[value.isoweekday() - 1]


@declare("month of year(date: date|moment) -> string")
def month_of_year(value: Value) -> Value:
    """The name of the month."""
    return MONTHS[value.month - 1]


@declare("week of year(date: date|moment) -> number")
def week_of_year(value: Value) -> Value:
    """The number of the week; the first week is the one with a Thursday of the year."""
    return number(value.isocalendar()[1])
