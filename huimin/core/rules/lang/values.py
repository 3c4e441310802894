"""The values of FEEL: Decimal, str, bool, None, date, time, datetime, list, dict and the types here."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from .eras import FarDate, FarMoment

Value: TypeAlias = Any

NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6176,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""IEEE 754 decimal128: 34 digits, half even; whatever would be NaN or infinite raises."""


MAX_TEXT = 10_000_000
MAX_ITEMS = 1_000_000
MAX_LOOKED_AT = 200_000
"""A longer text or list, or more elements to be compared or written at once, is an error of its author."""


class TooLongError(Exception):
    """An evaluation that goes on too long, or makes values that are too large; its text is null."""


@dataclass(frozen=True)
class YearsMonths:
    """A duration in whole months; never equal to one in days."""

    months: int


@dataclass(frozen=True)
class DaysTime:
    """A duration in seconds, with decimals."""

    seconds: Decimal


@dataclass(frozen=True)
class Range:
    """The values between low and high; an end that is None is unbounded.

    from_null tells one whose end was written and came out null from one that has no such end: they hold the same
    and are not equal.
    """

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True
    from_null: bool = False


@dataclass(eq=False)
class Function:
    """Anything that can be called: its parameter names and what it does with the values."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[[list[Value]], Value]
    signature: Any = None
    """The function type of what was declared or is certain, None when nothing is known."""

    def takes(self, count: int) -> bool:
        """Whether it can be called with this number of arguments."""
        return len(self.parameters) == count


def kind(value: Value) -> str:
    """The FEEL name of the type of a value."""
    # A Python datetime is also a date and a bool is also an int: the order of these lines matters.
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "null" if value is None else type(value).__name__


def is_value(value: object) -> bool:
    """Whether something is a value of FEEL at all."""
    return value is None or any(isinstance(value, types) for types, _ in _KINDS)


_KINDS: tuple[tuple[type, str], ...] = (
    (Decimal, "number"),
    (str, "string"),
    (bool, "boolean"),
    (dt.datetime, "date and time"),
    (dt.date, "date"),
    (FarMoment, "date and time"),
    (FarDate, "date"),
    (dt.time, "time"),
    (list, "list"),
    (dict, "context"),
    (YearsMonths, "years and months duration"),
    (DaysTime, "days and time duration"),
    (Range, "range"),
    (Function, "function"),
)


def is_date(value: Value) -> bool:
    """Whether a value is a date without a time."""
    return isinstance(value, dt.date | FarDate) and not isinstance(value, dt.datetime)


def is_moment(value: Value) -> bool:
    """Whether a value is a date and time."""
    return isinstance(value, dt.datetime | FarMoment)


def number(value: int | str | Decimal) -> Decimal:
    """A number of FEEL: at most 34 digits, never -0."""
    result = NUMBERS.create_decimal(value)
    return abs(result) if result.is_zero() else result


def whole(value: Value) -> int | None:
    """The integer a number stands for, or None when it has decimals or is no number."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return None
