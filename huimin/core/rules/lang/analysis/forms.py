"""What an expression can be, as far as the analysis has to know: where its comparisons change their answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..values import NUMBERS, DaysTime, Value, YearsMonths, is_moment, kind
from . import polynomials as p
from .polynomials import Poly

NUMBER, DATE, MOMENT, TIME = "number", "date", "date and time", "time"
MONTHS, SECONDS = "years and months duration", "days and time duration"
ORDERED = frozenset({NUMBER, DATE, MOMENT, TIME, MONTHS, SECONDS})
"""Kinds whose values the analysis counts with; texts and truths are compared only."""
DAY = 86400
ALTERNATIVES = 48


@dataclass(frozen=True, eq=False)
class Form:
    """Any expression; finite says that its value is one of a few, told by comparisons that were noted already."""

    finite: bool = field(default=False, kw_only=True)
    reads: frozenset[int] = field(default=frozenset(), kw_only=True)


@dataclass(frozen=True, eq=False)
class Known(Form):
    """One of these constants."""

    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Plain(Form):
    """A variable itself: a fact, or a decision that depends on facts of its own."""

    number: int
    kind: str


@dataclass(frozen=True, eq=False)
class Ratio:
    """One polynomial over another."""

    top: Poly
    bottom: Poly


@dataclass(frozen=True, eq=False)
class Count(Form):
    """One of these numbers, or dates and durations counted as numbers."""

    ratios: tuple[Ratio, ...]
    kind: str


@dataclass(frozen=True, eq=False)
class Rising(Form):
    """A function of one variable that only rises, or only falls, with it."""

    number: int
    of: Callable[[Value], Value]


@dataclass(frozen=True, eq=False)
class Members(Form):
    """Several values by name."""

    members: dict[str, Form]


@dataclass(frozen=True, eq=False)
class Callee(Form):
    """A function that can be walked into: its parameters, and the form of its result."""

    names: tuple[str, ...]
    call: Callable[[list[Form]], Form]


def one_of(values: tuple[Value, ...]) -> Known:
    """One of these constants, as a form."""
    return Known(values, finite=True)


def truth() -> Form:
    """A truth value that noted comparisons decide."""
    return Form(finite=True)


# Values as numbers


def counted(value: Value) -> tuple[str, Fraction] | None:
    """A value as its kind and a number; None for what is not counted."""
    found = kind(value)
    if isinstance(value, Decimal):
        return found, Fraction(value)
    if type(value) is dt.date:
        return found, Fraction(value.toordinal())
    if isinstance(value, dt.datetime):
        return found, Fraction(_microseconds(value.replace(tzinfo=None) - dt.datetime.min), 10**6)
    if isinstance(value, dt.time):
        clock = dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
        return found, Fraction(_microseconds(clock), 10**6)
    if isinstance(value, YearsMonths):
        return found, Fraction(value.months)
    return (found, Fraction(value.seconds)) if isinstance(value, DaysTime) else None


def _microseconds(step: dt.timedelta) -> int:
    return step // dt.timedelta(microseconds=1)


def value_of(found: Fraction, wanted: str, like: Value = None) -> Value:
    """A number as a value of a kind; None when there is no such value. A moment has the zone of another one."""
    try:
        if wanted == NUMBER:
            return decimal_of(found)
        if wanted == SECONDS:
            seconds = decimal_of(found)
            return None if seconds is None else DaysTime(seconds)
        if wanted in (DATE, MONTHS):
            if found.denominator != 1:
                return None
            return dt.date.fromordinal(int(found)) if wanted == DATE else YearsMonths(int(found))
        zone = like.tzinfo if isinstance(like, dt.time) or is_moment(like) else None
        step = dt.timedelta(microseconds=int(found * 10**6))
        moment = dt.datetime.min + step
        if wanted == TIME:
            return moment.time().replace(tzinfo=zone) if 0 <= found < DAY else None
        return moment.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return None


def decimal_of(found: Fraction) -> Decimal | None:
    """A fraction as a decimal number, None when it has no end or too many digits."""
    rest = found.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    made = NUMBERS.divide(Decimal(found.numerator), Decimal(found.denominator))
    return made if Fraction(made) == found else None


def count_of(form: Form) -> Count | None:
    """A form as numbers to calculate with; None when it is none."""
    if isinstance(form, Count):
        return form
    if isinstance(form, Plain) and form.kind in ORDERED:
        return Count((Ratio(p.variable(form.number), p.constant(1)),), form.kind, reads=form.reads)
    if isinstance(form, Known):
        numbers = [counted(value) for value in form.values if value is not None]
        kinds = {each[0] for each in numbers if each is not None}
        if numbers and None not in numbers and len(kinds) == 1 and len(numbers) <= ALTERNATIVES:
            ratios = tuple(Ratio(p.constant(each[1]), p.constant(1)) for each in numbers if each)
            return Count(ratios, kinds.pop(), finite=True)
    return None
