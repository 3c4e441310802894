"""What stands behind the dot: members of contexts, and the parts of dates, times, durations and ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from . import fine, temporal
from .scope import ABSENT
from .values import NUMBERS, DaysTime, Range, Value, YearsMonths, kind, number


def member(source: Value, name: str) -> Value:
    """The member of a value by name, or ABSENT; a list gives the list of its elements' members."""
    if isinstance(source, dict):
        return source.get(name, ABSENT)
    if isinstance(source, list):
        found = [member(item, name) for item in source]
        return [None if each is ABSENT else each for each in found]
    part = _PARTS.get(kind(source), {}).get(name)
    return ABSENT if part is None else part(source)


def _offset(value: Value) -> Value:
    seconds = temporal.offset_seconds(value)
    return None if seconds is None else DaysTime(number(seconds))


def _zone(value: Value) -> Value:
    # An offset is no time zone: it does not say what the clock shows on another day.
    text = temporal.write_zone(value.tzinfo)
    return text[1:] if text.startswith("@") else None


def _second(value: Value) -> Value:
    return number(NUMBERS.add(value.second, Decimal(fine.nanoseconds(value)).scaleb(-9)))


def _of_seconds(step: int, limit: int) -> Callable[[DaysTime], Value]:
    def part(value: DaysTime) -> Value:
        count = int(abs(value.seconds)) // step
        count = count % limit if limit else count
        return number(-count if value.seconds < 0 else count)

    return part


def _seconds(value: DaysTime) -> Value:
    rest = abs(value.seconds) % 60
    return number(-rest if value.seconds < 0 else rest)


def _towards_zero(count: int, step: int) -> int:
    return -(-count // step) if count < 0 else count // step


_DATE_PARTS: dict[str, Callable[[Value], Value]] = {
    "year": lambda value: number(value.year),
    "month": lambda value: number(value.month),
    "day": lambda value: number(value.day),
    "weekday": lambda value: number(value.isoweekday()),
}
_TIME_PARTS: dict[str, Callable[[Value], Value]] = {
    "hour": lambda value: number(value.hour),
    "minute": lambda value: number(value.minute),
    "second": _second,
    "time offset": _offset,
    "timezone": _zone,
}
_MONTHS_PARTS: dict[str, Callable[[YearsMonths], Value]] = {
    "years": lambda value: number(_towards_zero(value.months, 12)),
    "months": lambda value: number(value.months - 12 * _towards_zero(value.months, 12)),
}
_DAYS_PARTS: dict[str, Callable[[DaysTime], Value]] = {
    "days": _of_seconds(temporal.DAY, 0),
    "hours": _of_seconds(3600, 24),
    "minutes": _of_seconds(60, 60),
    "seconds": _seconds,
}
_RANGE_PARTS: dict[str, Callable[[Range], Value]] = {
    "start": lambda value: value.low,
    "end": lambda value: value.high,
    "start included": lambda value: value.low_closed,
    "end included": lambda value: value.high_closed,
}
_PARTS: Mapping[str, Mapping[str, Callable[[Value], Value]]] = {
    "date": _DATE_PARTS,
    "time": _TIME_PARTS,
    "date and time": _DATE_PARTS | _TIME_PARTS,
    "years and months duration": _MONTHS_PARTS,
    "days and time duration": _DAYS_PARTS,
    "range": _RANGE_PARTS,
}
NAMES = frozenset(name for parts in _PARTS.values() for name in parts)
