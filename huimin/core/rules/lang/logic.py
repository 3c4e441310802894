"""Truth, equality and order of FEEL values; every answer is true, false or None, which is null."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable
from decimal import Decimal

from . import temporal
from .values import (
    MAX_LOOKED_AT,
    DaysTime,
    Function,
    Range,
    TooLongError,
    Value,
    YearsMonths,
    is_date,
    is_moment,
    kind,
)

Truth = bool | None


def truth(value: Value) -> Truth:
    """A value as a truth: whatever is not a boolean counts as null."""
    return value if isinstance(value, bool) else None


def conjunction(left: Value, right: Value) -> Truth:
    """Three-valued and: one false decides."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def disjunction(left: Value, right: Value) -> Truth:
    """Three-valued or: one true decides."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def negation(value: Value) -> Truth:
    """Three-valued not."""
    return not value if isinstance(value, bool) else None


def any_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued or of many: true when one is, null when one is unknown and none is true."""
    result: Truth = False
    for each in truths:
        if each is True:
            return True
        if each is None:
            result = None
    return result


def all_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued and of many."""
    return negation(any_of(negation(each) for each in truths))


# Equality


def equal(left: Value, right: Value) -> Truth:
    """left = right: null equals null alone; values of different kinds give null."""
    return _equal(left, right, [MAX_LOOKED_AT])


def _equal(left: Value, right: Value, left_over: list[int]) -> Truth:
    """The same, counting what is looked at: elements that are shared can be far more than there are values."""
    left_over[0] -= 1
    if left_over[0] < 0:
        raise TooLongError
    if left is None or right is None:
        return left is right
    if kind(left) != kind(right) or isinstance(left, Function):
        return None
    if isinstance(left, list):
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True), left_over)
    if isinstance(left, dict):
        pairs = ((left[key], right[key]) for key in left)
        return left.keys() == right.keys() and _all_equal(pairs, left_over)
    if isinstance(left, dt.time) or is_moment(left):
        # With a zone the instant counts, without one the clock; the two never meet.
        return temporal.seconds_between(left, right) == 0 if _same_zones(left, right) else False
    return bool(left == right)


def same(left: Value, right: Value) -> bool:
    """Whether two values are surely equal."""
    return equal(left, right) is True


def _all_equal(pairs: Iterable[tuple[Value, Value]], left_over: list[int]) -> Truth:
    return all_of(_equal(left, right, left_over) for left, right in pairs)


def _same_zones(left: Value, right: Value) -> bool:
    return (left.tzinfo is None) == (right.tzinfo is None)


# Order

_ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare(sign: str, left: Value, right: Value) -> Truth:
    """left < <= > >= right for values of one ordered kind; None for null or for anything else."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _ORDER[sign](left, right)
    if isinstance(left, str) and isinstance(right, str):
        # Python orders text by code point, as the standard does.
        return _ORDER[sign](left, right)
    if is_date(left) and is_date(right):
        return _ORDER[sign](temporal.day_of(left), temporal.day_of(right))
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return _ORDER[sign](left.months, right.months)
    if isinstance(left, DaysTime) and isinstance(right, DaysTime):
        return _ORDER[sign](left.seconds, right.seconds)
    if (is_moment(left) and is_moment(right)) or (isinstance(left, dt.time) and isinstance(right, dt.time)):
        step = temporal.seconds_between(left, right)
        return None if step is None else _ORDER[sign](step, 0)
    return None


def decide(sign: str, left: Value, right: Value) -> Truth:
    """left sign right for any of the six comparisons."""
    if sign == "=":
        return equal(left, right)
    if sign == "!=":
        return negation(equal(left, right))
    return compare(sign, left, right)


def orderable(value: Value) -> bool:
    """Whether values of this kind have an order."""
    return compare("<=", value, value) is not None


# Ranges


def holds(range_: Range, value: Value) -> Truth:
    """Whether a range holds a value; null when it cannot be compared with the ends."""
    low = True if range_.low is None else compare(">=" if range_.low_closed else ">", value, range_.low)
    high = True if range_.high is None else compare("<=" if range_.high_closed else "<", value, range_.high)
    return conjunction(low, high)


def member(value: Value, item: Value) -> Truth:
    """Whether a value is what a cell names: equal to it, or held by it when it is a range or a list."""
    if isinstance(item, Range) and not isinstance(value, Range):
        return holds(item, value)
    if isinstance(item, list) and not isinstance(value, list):
        return any_of(_settled(member(value, each)) for each in item)
    if isinstance(item, list):
        return disjunction(equal(value, item), any_of(_settled(equal(value, each)) for each in item))
    return equal(value, item)


def _settled(found: Truth) -> Truth:
    # An element of another kind is not the value: it does not make the whole membership unknown.
    return found is True
