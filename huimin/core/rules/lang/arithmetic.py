"""The arithmetic of FEEL: which operator is defined for which pair of kinds, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from . import temporal
from .values import MAX_TEXT, NUMBERS, DaysTime, TooLongError, Value, YearsMonths, is_moment, kind, number

NUMBER, STRING, DATE, TIME, MOMENT = "number", "string", "date", "time", "date and time"
MONTHS, DAYS = "years and months duration", "days and time duration"


class NotDefinedError(Exception):
    """The operator has no meaning for these operands."""


def calculate(operator: str, left: Value, right: Value) -> Value:
    """left operator right.

    Raises NotDefinedError for kinds that do not go together, ZeroDivisionError, and ArithmeticError when the
    result cannot be kept.
    """
    rule = RULES.get((operator, kind(left), kind(right)))
    if rule is None:
        raise NotDefinedError
    return rule(left, right)


def negate(value: Value) -> Value:
    """-value for a number or a duration."""
    if isinstance(value, Decimal):
        return number(-value)
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    if isinstance(value, DaysTime):
        return DaysTime(number(-value.seconds))
    raise NotDefinedError


def _divided(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise ZeroDivisionError
    return number(NUMBERS.divide(left, right))


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if not base and exponent < 0:
        raise ZeroDivisionError
    if not base and not exponent:
        return Decimal(1)
    return number(NUMBERS.power(base, exponent))


def _joined(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_TEXT:
        raise TooLongError
    return left + right


def _times(months: YearsMonths, factor: Decimal) -> YearsMonths:
    # Months are whole: what is left over is cut off, towards zero.
    return YearsMonths(int(NUMBERS.multiply(months.months, factor)))


def _months_by(months: YearsMonths, divisor: Decimal) -> YearsMonths:
    return YearsMonths(int(Fraction(months.months) / Fraction(divisor)))


def _between(later: Value, earlier: Value) -> DaysTime:
    seconds = temporal.seconds_between(later, earlier)
    if seconds is None:
        raise NotDefinedError
    return DaysTime(seconds)


def _both_moments(later: Value, earlier: Value) -> DaysTime:
    """A date less a date and time, or the reverse: the date is midnight UTC, so the other needs a zone."""
    if any(is_moment(each) and each.tzinfo is None for each in (later, earlier)):
        raise NotDefinedError
    return _between(later, earlier)


def _add_months(value: Value, months: YearsMonths) -> Value:
    return temporal.add_months(value, months.months)


def _add_days(value: Value, step: DaysTime) -> Value:
    return temporal.add_days_time(value, step.seconds)


def _swapped(rule: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    return lambda left, right: rule(right, left)


RULES: dict[tuple[str, str, str], Callable[[Value, Value], Value]] = {
    ("+", NUMBER, NUMBER): lambda a, b: number(NUMBERS.add(a, b)),
    ("-", NUMBER, NUMBER): lambda a, b: number(NUMBERS.subtract(a, b)),
    ("*", NUMBER, NUMBER): lambda a, b: number(NUMBERS.multiply(a, b)),
    ("/", NUMBER, NUMBER): _divided,
    ("**", NUMBER, NUMBER): _power,
    ("+", STRING, STRING): _joined,
    ("+", MONTHS, MONTHS): lambda a, b: YearsMonths(a.months + b.months),
    ("-", MONTHS, MONTHS): lambda a, b: YearsMonths(a.months - b.months),
    ("*", MONTHS, NUMBER): _times,
    ("*", NUMBER, MONTHS): _swapped(_times),
    ("/", MONTHS, NUMBER): _months_by,
    ("/", MONTHS, MONTHS): lambda a, b: _divided(number(a.months), number(b.months)),
    ("+", DAYS, DAYS): lambda a, b: DaysTime(number(NUMBERS.add(a.seconds, b.seconds))),
    ("-", DAYS, DAYS): lambda a, b: DaysTime(number(NUMBERS.subtract(a.seconds, b.seconds))),
    ("*", DAYS, NUMBER): lambda a, b: DaysTime(number(NUMBERS.multiply(a.seconds, b))),
    ("*", NUMBER, DAYS): lambda a, b: DaysTime(number(NUMBERS.multiply(a, b.seconds))),
    ("/", DAYS, NUMBER): lambda a, b: DaysTime(_divided(a.seconds, b)),
    ("/", DAYS, DAYS): lambda a, b: _divided(a.seconds, b.seconds),
    ("-", DATE, DATE): _between,
    ("-", TIME, TIME): _between,
    ("-", MOMENT, MOMENT): _between,
    ("-", DATE, MOMENT): _both_moments,
    ("-", MOMENT, DATE): _both_moments,
}
for _kind in (DATE, MOMENT):
    RULES["+", _kind, MONTHS] = _add_months
    RULES["+", MONTHS, _kind] = _swapped(_add_months)
    RULES["-", _kind, MONTHS] = lambda value, months: _add_months(value, YearsMonths(-months.months))
for _kind in (DATE, MOMENT, TIME):
    RULES["+", _kind, DAYS] = _add_days
    RULES["+", DAYS, _kind] = _swapped(_add_days)
    RULES["-", _kind, DAYS] = lambda value, step: _add_days(value, DaysTime(-step.seconds))
