"""Equality and order of columns as FEEL has them: null equals null alone, and an order with null is null."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

from .terms import (
    BOOLEAN,
    COUNTED,
    DIGITS,
    MOMENT,
    NULL,
    ORDERED,
    Constant,
    Items,
    Lowered,
    Refusal,
    Span,
    Term,
    certain,
    fitting,
    held,
    is_null,
    term_of,
    truth,
)

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
QUOTIENT_DIGITS = 33
"""A quotient whose dividend has fewer digits keeps its place in the order when it is rounded to 34."""


def decide(sign: str, left: Lowered, right: Lowered) -> Term:
    """left sign right for any of the six comparisons, three-valued."""
    if sign == "=":
        return Term(BOOLEAN, equal(left, right))
    if sign == "!=":
        return Term(BOOLEAN, ~equal(left, right))
    return Term(BOOLEAN, ordered(sign, left, right))


def equal(left: Lowered, right: Lowered) -> Any:
    """Null-safe equality: never null for values of one kind."""
    first, second = _pair(left, right)
    if NULL in (first.kind, second.kind):
        return is_null(first) & is_null(second)
    if first.divisor is not None or second.divisor is not None:
        quotient, other = (first, second) if first.divisor is not None else (second, first)
        dividend, product, _ = _crossed(quotient, other)
        nothing = is_null(quotient)
        return nothing.ifelse(other.column.isnull(), certain(dividend == product))
    one, two = _columns(first, second)
    return one.identical_to(two)


def ordered(sign: str, left: Lowered, right: Lowered) -> Any:
    """left < <= > >= right: null where either is null."""
    first, second = _pair(left, right)
    if NULL in (first.kind, second.kind):
        return truth(None)
    if first.kind not in ORDERED:
        raise Refusal("lower.unordered", kind=first.kind)
    if second.divisor is not None and first.divisor is None:
        return ordered(_MIRRORED[sign], right, left)
    if first.divisor is not None:
        dividend, product, divisor = _crossed(first, second)
        below = _signed(_MIRRORED[sign], dividend, product)
        return (divisor > 0).ifelse(
            _signed(sign, dividend, product), (divisor < 0).ifelse(below, truth(None))
        )
    return _signed(sign, *_columns(first, second))


def _signed(sign: str, left: Any, right: Any) -> Any:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _pair(left: Lowered, right: Lowered) -> tuple[Term, Term]:
    """Both as terms of one kind; Refusal for kinds that never meet."""
    first, second = term_of(left, left.kind), term_of(right, right.kind)
    if first.kind != second.kind and NULL not in (first.kind, second.kind):
        raise Refusal("lower.kinds", left=first.kind, right=second.kind)
    if first.kind == second.kind == MOMENT:
        zones = {bool(each.column.type().timezone) for each in (first, second)}
        if len(zones) > 1:
            raise Refusal("lower.zones")
    return first, second


def _columns(left: Term, right: Term) -> tuple[Any, Any]:
    """Two columns that compare exactly: numbers with the same digits before and after the point."""
    if left.kind not in COUNTED:
        return left.column, right.column
    if left.whole is not None and right.whole is not None:
        return left.whole, right.whole
    scale = max(left.scale, right.scale)
    limit = max(left.limit * 10 ** (scale - left.scale), right.limit * 10 ** (scale - right.scale))
    digits = max(len(str(limit)), scale, 1)
    return held(left, scale, digits), held(right, scale, digits)


def _crossed(quotient: Term, other: Term) -> tuple[Any, Any, Any]:
    """Dividend, divisor times the other, and the divisor: a quotient is compared without dividing.

    FEEL rounds the quotient to 34 digits first. With a short enough dividend the gap to any other value is wider
    than that rounding, so the answers agree.
    """
    divisor = quotient.divisor
    if divisor is None or other.divisor is not None:
        raise Refusal("lower.quotient")
    scale = max(quotient.scale, other.scale + divisor.scale)
    if len(str(quotient.limit * 10 ** (scale - quotient.scale))) >= QUOTIENT_DIGITS:
        raise Refusal("lower.digits", digits=QUOTIENT_DIGITS + 1, limit=DIGITS)
    product = times(replace(other), divisor)
    dividend, crossed = _columns(replace(quotient, divisor=None), product)
    return dividend, crossed, divisor.column


def times(left: Term, right: Term, start: int = 0, end: int = 0) -> Term:
    """The exact product."""
    found = fitting(Term(left.kind, None, left.limit * right.limit, left.scale + right.scale), start, end)
    # The cast goes to the product's own scale: Ibis believes that it keeps the scale of its operands.
    # DuckDB multiplies in the width of the wider operand and overflows there: they are given the product's width.
    one, two = (held(each, each.scale, found.digits) for each in (left, right))
    product = (one * two).cast(f"decimal({found.digits}, {found.scale})")
    return found.of(product)


# Membership


def holds(span: Span, value: Lowered) -> Any:
    """Whether a range holds a value; an end that is null does not bound it."""
    low = _bound(">=" if span.low_closed else ">", value, span.low)
    high = _bound("<=" if span.high_closed else "<", value, span.high)
    return all_of([each for each in (low, high) if each is not None])


def _bound(sign: str, value: Lowered, end: Lowered | None) -> Any | None:
    if end is None or (isinstance(end, Constant) and end.value is None):
        return None
    found = ordered(sign, value, end)
    return found if isinstance(end, Constant) else is_null(end).ifelse(truth(True), found)


def member(value: Lowered, item: Lowered) -> Any:
    """Whether a value is what a cell names: equal to it, or held by it when it is a range or a list."""
    if isinstance(item, Span):
        ends = [Constant(None) if end is None else end for end in (item.low, item.high)]
        if any(isinstance(end, Constant) and end.value is not None for end in ends):
            return holds(item, value)
        # Without any end it is no range but null: then the question is whether the value is null too.
        return all_of([is_null(end) for end in ends]).ifelse(is_null(value), holds(item, value))
    if isinstance(item, Items):
        return any_of([certain(member(value, each)) for each in item.items])
    return equal(value, item)


def any_of(truths: list[Any]) -> Any:
    """Three-valued or of many."""
    return reduce(lambda left, right: left | right, truths) if truths else truth(False)


def all_of(truths: list[Any]) -> Any:
    """Three-valued and of many."""
    return reduce(lambda left, right: left & right, truths) if truths else truth(True)
