"""Functions that compare points and ranges in time or on the number line (Allen's relations)."""

from __future__ import annotations

from .. import logic
from ..values import Range, Value
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
Truth = logic.Truth
_POINT = "number|string|date|time|moment|months|days"


def _is(sign: str, left: Value, right: Value) -> bool:
    """left sign right; NoResultError when they cannot be compared."""
    found = logic.equal(left, right) if sign == "=" else logic.compare(sign, left, right)
    if found is None:
        raise NoResultError("the values cannot be compared")
    return found


def _precedes(left: Value, right: Value, touching: bool) -> bool:
    """Whether an upper end lies before a lower end; at one point, only when they do not both include it."""
    if left is None or right is None:
        return False
    return _is("<", left, right) or (not touching and _is("=", left, right))


@declare(f"before(point1: {_POINT}, point2: {_POINT}) -> boolean")
def point_before_point(left: Value, right: Value) -> Value:
    """Whether a point lies before another."""
    return _is("<", left, right)


@declare(f"before(point: {_POINT}, range: range) -> boolean")
def point_before_range(point: Value, range_: Range) -> Value:
    """Whether a point lies before every value of a range."""
    return _precedes(point, range_.low, range_.low_closed)


@declare(f"before(range: range, point: {_POINT}) -> boolean")
def range_before_point(range_: Range, point: Value) -> Value:
    """Whether every value of a range lies before a point."""
    return _precedes(range_.high, point, range_.high_closed)


@declare("before(range1: range, range2: range) -> boolean")
def range_before_range(left: Range, right: Range) -> Value:
    """Whether a range ends before another starts."""
    return _precedes(left.high, right.low, left.high_closed and right.low_closed)


@declare(f"after(point1: {_POINT}, point2: {_POINT}) -> boolean")
def point_after_point(left: Value, right: Value) -> Value:
    """Whether a point lies after another."""
    return _is(">", left, right)


@declare(f"after(point: {_POINT}, range: range) -> boolean")
def point_after_range(point: Value, range_: Range) -> Value:
    """Whether a point lies after every value of a range."""
    return range_before_point(range_, point)


@declare(f"after(range: range, point: {_POINT}) -> boolean")
def range_after_point(range_: Range, point: Value) -> Value:
    """Whether every value of a range lies after a point."""
    return point_before_range(point, range_)


@declare("after(range1: range, range2: range) -> boolean")
def range_after_range(left: Range, right: Range) -> Value:
    """Whether a range starts after another ends."""
    return range_before_range(right, left)


@declare("meets(range1: range, range2: range) -> boolean")
def meets(left: Range, right: Range) -> Value:
    """Whether a range ends at the very point at which another starts."""
    return left.high_closed and right.low_closed and _is("=", left.high, right.low)


@declare("met by(range1: range, range2: range) -> boolean")
def met_by(left: Range, right: Range) -> Value:
    """Whether a range starts at the very point at which another ends."""
    return meets(right, left)


@declare("overlaps(range1: range, range2: range) -> boolean")
def overlaps(left: Range, right: Range) -> Value:
    """Whether two ranges have a value in common."""
    return not range_before_range(left, right) and not range_before_range(right, left)


@declare("overlaps before(range1: range, range2: range) -> boolean")
def overlaps_before(left: Range, right: Range) -> Value:
    """Whether a range starts before another and ends within it."""
    return _starts_earlier(left, right) and overlaps(left, right) and not _ends_earlier(right, left)


@declare("overlaps after(range1: range, range2: range) -> boolean")
def overlaps_after(left: Range, right: Range) -> Value:
    """Whether a range starts within another and ends after it."""
    return overlaps_before(right, left)


def _starts_earlier(left: Range, right: Range) -> bool:
    return _is("<", left.low, right.low) or (
        _is("=", left.low, right.low) and left.low_closed and not right.low_closed
    )


def _ends_earlier(left: Range, right: Range) -> bool:
    return _is("<", left.high, right.high) or (
        _is("=", left.high, right.high) and right.high_closed and not left.high_closed
    )


@declare(f"finishes(point: {_POINT}, range: range) -> boolean")
def point_finishes(point: Value, range_: Range) -> Value:
    """Whether a point is the last of a range."""
    return range_.high_closed and _is("=", point, range_.high)


@declare("finishes(range1: range, range2: range) -> boolean")
def range_finishes(left: Range, right: Range) -> Value:
    """Whether a range ends where another does and starts no earlier."""
    ends = left.high_closed == right.high_closed and _is("=", left.high, right.high)
    return ends and not _starts_earlier(left, right)


@declare(f"finished by(range: range, point: {_POINT}) -> boolean")
def finished_by_point(range_: Range, point: Value) -> Value:
    """Whether the last of a range is a point."""
    return point_finishes(point, range_)


@declare("finished by(range1: range, range2: range) -> boolean")
def finished_by_range(left: Range, right: Range) -> Value:
    """Whether another range finishes a range."""
    return range_finishes(right, left)


@declare(f"includes(range: range, point: {_POINT}) -> boolean")
def includes_point(range_: Range, point: Value) -> Value:
    """Whether a range holds a point."""
    found = logic.holds(range_, point)
    if found is None:
        raise NoResultError("the values cannot be compared")
    return found


@declare("includes(range1: range, range2: range) -> boolean")
def includes_range(left: Range, right: Range) -> Value:
    """Whether a range holds all of another."""
    return not _starts_earlier(right, left) and not _ends_earlier(left, right)


@declare(f"during(point: {_POINT}, range: range) -> boolean")
def point_during(point: Value, range_: Range) -> Value:
    """Whether a point lies in a range."""
    return includes_point(range_, point)


@declare("during(range1: range, range2: range) -> boolean")
def range_during(left: Range, right: Range) -> Value:
    """Whether a range lies within another."""
    return includes_range(right, left)


@declare(f"starts(point: {_POINT}, range: range) -> boolean")
def point_starts(point: Value, range_: Range) -> Value:
    """Whether a point is the first of a range."""
    return range_.low_closed and _is("=", point, range_.low)


@declare("starts(range1: range, range2: range) -> boolean")
def range_starts(left: Range, right: Range) -> Value:
    """Whether a range starts where another does and ends no later."""
    begins = left.low_closed == right.low_closed and _is("=", left.low, right.low)
    return begins and not _ends_earlier(right, left)


@declare(f"started by(range: range, point: {_POINT}) -> boolean")
def started_by_point(range_: Range, point: Value) -> Value:
    """Whether the first of a range is a point."""
    return point_starts(point, range_)


@declare("started by(range1: range, range2: range) -> boolean")
def started_by_range(left: Range, right: Range) -> Value:
    """Whether another range starts a range."""
    return range_starts(right, left)


@declare(f"coincides(point1: {_POINT}, point2: {_POINT}) -> boolean")
def points_coincide(left: Value, right: Value) -> Value:
    """Whether two points are one."""
    return _is("=", left, right)


@declare("coincides(range1: range, range2: range) -> boolean")
def ranges_coincide(left: Range, right: Range) -> Value:
    """Whether two ranges have the same ends."""
    ends = left.low_closed == right.low_closed and left.high_closed == right.high_closed
    return ends and _is("=", left.low, right.low) and _is("=", left.high, right.high)
