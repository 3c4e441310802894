"""Functions on numbers; all arithmetic is decimal with 34 digits."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from ..values import NUMBERS, DaysTime, Value, YearsMonths, number, whole
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
MAX_SCALE = 6176


def _scaled(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """A number with scale decimals, which may be negative."""
    places = (
        0 if scale is None else whole(scale if scale == scale.to_integral_value() else Decimal(int(scale)))
    )
    if places is None or not -6111 <= places <= MAX_SCALE:
        raise NoResultError(f"the scale {scale} is outside -6111 to {MAX_SCALE}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    # The digits before the point may exceed 34 only in the intermediate result.
    wide = decimal.Context(prec=MAX_SCALE * 2, rounding=rounding)
    return number(wide.quantize(value, Decimal(1).scaleb(-places)))


def _rounding(name: str, mode: str, scale: str) -> None:
    @declare(f"{name}(n: number, {scale}: number) -> number")
    def rounded(value: Decimal, places: Decimal | None = None) -> Value:
        return _scaled(value, places, mode)


_rounding("decimal", decimal.ROUND_HALF_EVEN, "scale")
_rounding("floor", decimal.ROUND_FLOOR, "scale?")
_rounding("ceiling", decimal.ROUND_CEILING, "scale?")
_rounding("round up", decimal.ROUND_UP, "scale")
_rounding("round down", decimal.ROUND_DOWN, "scale")
_rounding("round half up", decimal.ROUND_HALF_UP, "scale")
_rounding("round half down", decimal.ROUND_HALF_DOWN, "scale")


@declare("abs(n: number) -> number")
def absolute(value: Decimal) -> Value:
    """A number without its sign."""
    return abs(value)


@declare("abs(n: months) -> months")
def absolute_months(value: YearsMonths) -> Value:
    """A duration in months without its sign."""
    return YearsMonths(abs(value.months))


@declare("abs(n: days) -> days")
def absolute_days(value: DaysTime) -> Value:
    """A duration in days without its sign."""
    return DaysTime(abs(value.seconds))


@declare("modulo(dividend: number, divisor: number) -> number")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """What division leaves, with the sign of the divisor."""
    if not divisor:
        raise NoResultError("division by zero")
    quotient = NUMBERS.divide(dividend, divisor).to_integral_value(decimal.ROUND_FLOOR)
    return number(NUMBERS.subtract(dividend, NUMBERS.multiply(divisor, quotient)))


@declare("sqrt(number: number) -> number")
def square_root(value: Decimal) -> Value:
    """The square root of a number that is not negative."""
    return _defined(lambda: NUMBERS.sqrt(value), "the number is negative")


@declare("log(number: number) -> number")
def logarithm(value: Decimal) -> Value:
    """The natural logarithm of a positive number."""
    if value <= 0:
        raise NoResultError("the number is not positive")
    return number(NUMBERS.ln(value))


@declare("exp(number: number) -> number")
def exponential(value: Decimal) -> Value:
    """e to the power of a number."""
    return _defined(lambda: NUMBERS.exp(value), "the result is too large")


@declare("odd(number: number) -> boolean")
def odd(value: Decimal) -> Value:
    """Whether a whole number is odd."""
    return _integer(value) % 2 == 1


@declare("even(number: number) -> boolean")
def even(value: Decimal) -> Value:
    """Whether a whole number is even."""
    return _integer(value) % 2 == 0


def _integer(value: Decimal) -> int:
    found = whole(value)
    if found is None:
        raise NoResultError(f"{value} is not a whole number")
    return found


def _defined(result: Callable[[], Decimal], reason: str) -> Value:
    try:
        return number(result())
    except ArithmeticError:
        raise NoResultError(reason) from None
