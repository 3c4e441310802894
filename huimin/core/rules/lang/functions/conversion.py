"""Functions that turn one kind of value into another."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from .. import eras, fine, logic, temporal
from ..text import to_text
from ..values import Value, YearsMonths, is_moment, kind, number, whole
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")


@declare("string(from: any) -> string")
def string(value: Value) -> Value:
    """A value as FEEL would print it."""
    return None if value is None else to_text(value)


@declare("number(from: string) -> number")
@declare("number(from: string, grouping separator: string|null, decimal separator: string|null) -> number")
def number_from(text: str, grouping: str | None = None, point: str | None = None) -> Value:
    """The number in a text; a grouping separator is a space, comma or dot, the decimal one a comma or dot."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        raise NoResultError("the separators are not two different ones of space, comma and dot")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not _NUMBER.fullmatch(plain):
        raise NoResultError(f"{text!r} is not a number")
    return number(plain)


@declare("number(from: number) -> number")
def number_itself(value: Decimal) -> Value:
    """A number is itself."""
    return value


@declare("date(from: string) -> date")
def date_from_text(text: str) -> Value:
    """The date in a text, as YYYY-MM-DD."""
    return _found(temporal.read_date(text), text, "date")


@declare("date(from: date|moment) -> date")
def date_from_moment(value: Value) -> Value:
    """The date of a date and time, in its own zone."""
    return value.date() if is_moment(value) else value


@declare("date(year: number, month: number, day: number) -> date")
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> Value:
    """The date of a year, a month and a day."""
    parts = [whole(part) for part in (year, month, day)]
    if None in parts:
        raise NoResultError("a part of a date is not a whole number")
    return _found(
        temporal.make_date(*(part or 0 for part in parts)), "-".join(map(to_text, (year, month, day))), "date"
    )


@declare("time(from: string) -> time")
def time_from_text(text: str) -> Value:
    """The time in a text, as hh:mm:ss with an optional zone."""
    return _found(temporal.read_time(text), text, "time")


@declare("time(from: date|time|moment) -> time")
def time_from_moment(value: Value) -> Value:
    """The time of a date and time; a date is midnight UTC."""
    if is_moment(value):
        return value.timetz()
    return value if isinstance(value, dt.time) else dt.time(tzinfo=dt.UTC)


@declare("time(hour: number, minute: number, second: number, offset?: days|null) -> time")
def time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Value = None) -> Value:
    """The time of an hour, a minute and a second, with an offset from UTC when one is given."""
    hours, minutes = whole(hour), whole(minute)
    if hours is None or minutes is None or second < 0:
        raise NoResultError("the hour and minute are whole numbers")
    micros, nano = divmod(int(second % 1 * 1_000_000_000), fine.PER_MICROSECOND)
    try:
        zone = None if offset is None else temporal.fixed_zone(int(offset.seconds))
        return fine.joined(dt.time(hours, minutes, int(second), micros, zone), nano)
    except ValueError:
        raise NoResultError("there is no such time") from None


@declare("date and time(from: string) -> moment")
def moment_from_text(text: str) -> Value:
    """The date and time in a text; a date alone is its midnight."""
    day = temporal.read_date(text)
    found = temporal.combined(day, dt.time()) if day else temporal.read_moment(text)
    return _found(found, text, "date and time")


@declare("date and time(from: date|moment) -> moment")
def moment_itself(value: Value) -> Value:
    """A date and time is itself, a date is its midnight."""
    return value if is_moment(value) else temporal.combined(value, dt.time())


@declare("date and time(date: date|moment, time: time) -> moment")
def moment_from_parts(day: Value, time: dt.time) -> Value:
    """A date joined with a time; the zone is the time's."""
    return temporal.combined(day.date() if is_moment(day) else day, time)


@declare("date and time(date: moment, timezone: string) -> moment")
def moment_in_zone(moment: Value, zone: str) -> Value:
    """The same instant in another zone."""
    try:
        base, era = eras.split(moment)
        return eras.joined(base.astimezone(temporal.region(zone)), era)
    except ValueError:
        raise NoResultError(f"there is no time zone {zone!r}") from None


@declare("duration(from: string)")
def duration_from_text(text: str) -> Value:
    """The duration in a text, in years and months or in days and time."""
    return _found(temporal.read_duration(text), text, "duration")


@declare("duration(from: months|days)")
def duration_itself(value: Value) -> Value:
    """A duration is itself."""
    return value


@declare("years and months duration(from: date|moment, to: date|moment) -> months")
def months_between(start: Value, end: Value) -> Value:
    """The whole months from one date to another."""
    return YearsMonths(temporal.months_between(start, end))


@declare("not(negand: any) -> boolean")
def negation(value: Value) -> Value:
    """true for false and false for true, null for anything else."""
    if value is not None and not isinstance(value, bool):
        raise NoResultError(f"{kind(value)} is not true or false")
    return logic.negation(value)


@declare("is(value1: any, value2: any) -> boolean")
def is_same(left: Value, right: Value) -> Value:
    """Whether two values are of one kind and equal in every part, zones included."""
    if kind(left) != kind(right):
        return False
    if isinstance(left, dt.time) or is_moment(left):
        return bool(to_text(left) == to_text(right)) or (
            left.replace(tzinfo=None) == right.replace(tzinfo=None)
            and temporal.offset_seconds(left) == temporal.offset_seconds(right)
        )
    return logic.equal(left, right) is True


def _found(value: Value, text: str, wanted: str) -> Value:
    if value is None:
        raise NoResultError(f"{text!r} is not a {wanted}")
    return value
