"""Arithmetic on columns that gives what FEEL gives, digit for digit, on every engine.

Sums and products are exact. A quotient is kept as dividend and divisor until it is compared or rounded to a
stated number of decimals: engines divide in ways of their own.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import floor
from typing import Any

from ..values import DaysTime, YearsMonths
from .comparing import QUOTIENT_DIGITS, ordered, times
from .growing import once
from .terms import (
    DATE,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    SECONDS_A_DAY,
    TEXT,
    Constant,
    Lowered,
    Refusal,
    Term,
    counted,
    empty,
    fitting,
    held,
    literal,
    number_of,
    term_of,
)

_ADDED = frozenset({NUMBER, DAYS, MONTHS})
_LONG = 9 * 10**18
_ALL_DAYS = 3_660_000
"""More days than lie between the years 1 and 9999."""
MAX_POWER = 16


def calculate(operator: str, left: Lowered, right: Lowered, start: int, end: int) -> Term:
    """left operator right; Refusal where the result could not be the same everywhere."""
    first, second = term_of(left, left.kind), term_of(right, right.kind)
    if operator == "**":
        return _power(first, right, start, end)
    if NULL in (first.kind, second.kind):
        return empty(NULL)
    if first.divisor is not None or second.divisor is not None:
        raise Refusal("lower.quotient", start, end)
    match operator, first.kind, second.kind:
        case ("+" | "-", one, two) if one == two and one in _ADDED:
            return _added(operator, first, second, start, end)
        case ("+", "string", "string"):
            return Term(TEXT, first.column + second.column)
        case ("*", _, "number") if first.kind in (NUMBER, DAYS):
            return times(first, second, start, end)
        case ("*", "number", "days and time duration"):
            return times(second, first, start, end)
        case ("/", "number", "number"):
            return _quotient(first, second, right)
        case ("-", "date", "date"):
            return _days(first.column, second.column)
        case ("+" | "-", "date", _) if isinstance(right, Constant):
            return _moved(first, right.value, -1 if operator == "-" else 1)
        case ("+", _, "date") if isinstance(left, Constant):
            return _moved(second, left.value, 1)
    raise Refusal("lower.arithmetic", start, end, operator=operator, left=first.kind, right=second.kind)


def negate(value: Lowered) -> Term:
    """-value."""
    found = term_of(value, value.kind)
    if found.kind not in (*_ADDED, NULL):
        raise Refusal("lower.arithmetic", operator="-", left=found.kind, right=found.kind)
    return found if found.kind == NULL else found.of(-found.column)


def _added(operator: str, left: Term, right: Term, start: int, end: int) -> Term:
    scale = max(left.scale, right.scale)
    limit = left.limit * 10 ** (scale - left.scale) + right.limit * 10 ** (scale - right.scale)
    found = fitting(Term(left.kind, None, limit, scale), start, end)
    one, two = held(left, scale, found.digits), held(right, scale, found.digits)
    column = (one + two if operator == "+" else one - two).cast(f"decimal({found.digits}, {scale})")
    return found.of(column)


def _quotient(left: Term, right: Term, written: Lowered) -> Term:
    if isinstance(written, Constant) and written.value:
        inverse = _finite_inverse(written.value)
        if inverse is not None:
            return times(left, literal(inverse))
    return replace(left, divisor=right)


def _finite_inverse(value: Decimal) -> Decimal | None:
    """1 / value when it has few decimals: then dividing is multiplying."""
    found = Decimal(1) / value
    return found if found * value == 1 and len(found.as_tuple().digits) <= 12 else None


def _power(base: Term, exponent: Lowered, start: int, end: int) -> Term:
    power = exponent.value if isinstance(exponent, Constant) else None
    if not isinstance(power, Decimal) or power != int(power) or not 1 <= power <= MAX_POWER or base.divisor:
        raise Refusal("lower.power", start, end, limit=MAX_POWER)
    if base.kind != NUMBER:
        raise Refusal("lower.arithmetic", start, end, operator="**", left=base.kind, right=NUMBER)
    found = base
    for _ in range(int(power) - 1):
        found = times(found, base, start, end)
    return found


# Dates


def _days(later: Any, earlier: Any) -> Term:
    """The time between two dates, in seconds."""
    days = Term(NUMBER, later.delta(earlier, unit="day").cast("decimal(7, 0)"), _ALL_DAYS, 0)
    return replace(times(days, literal(Decimal(SECONDS_A_DAY))), kind=DAYS)


def _moved(day: Term, step: Any, sign: int) -> Term:
    """A date moved by a duration that is written in the rule; hours that do not make a day are cut down."""
    import ibis

    if isinstance(step, YearsMonths):
        moved = day.column + ibis.interval(months=sign * step.months)
    elif isinstance(step, DaysTime):
        moved = day.column + ibis.interval(days=floor(sign * step.seconds / SECONDS_A_DAY))
    else:
        raise Refusal("lower.arithmetic", operator="+", left=DATE, right=NUMBER)
    # Ibis believes that this is a date already and drops the cast; the engines give a moment.
    return Term(DATE, moved.cast("timestamp(6)").cast("date"))


# Rounding


def floored(value: Term, shift: int) -> tuple[Any, Any, Any]:
    """value * 10**shift as whole part (int64), and what is left as dividend and divisor, 0 <= rest < divisor."""
    import ibis

    if value.divisor is None:
        scale = max(value.scale, -shift, 0)
        unit = 10 ** (scale + shift) if scale + shift > 0 else 1
        lifted = value.limit * 10 ** (scale - value.scale)
        if lifted // unit >= _LONG:
            raise Refusal("lower.digits", digits=len(str(lifted)), limit=18)
        # Move the point so that the whole part is what is asked for.
        wide = held(value, scale)
        moved = _shifted(Term(NUMBER, wide, lifted, scale), shift)
        column = once(moved.column)
        whole = once(column.floor().cast("int64"))
        rest = column - number_of(whole, _LONG).column.cast(f"decimal(38, {moved.scale})")
        return whole, once(rest), ibis.literal(Decimal(1), "decimal(1, 0)")
    return _divided(_shifted(replace(value, divisor=None), shift), value.divisor)


def _shifted(value: Term, shift: int) -> Term:
    """value * 10**shift."""
    if not shift:
        return value
    return fitting(times(value, literal(Decimal(1).scaleb(shift))))


def _divided(dividend: Term, divisor: Term) -> tuple[Any, Any, Any]:
    """The whole part of a quotient and its rest, exact: two steps of approximate division, each put right."""
    scale = max(dividend.scale, divisor.scale)
    top = dividend.limit * 10 ** (scale - dividend.scale)
    if len(str(top)) >= QUOTIENT_DIGITS or top * 10 >= _LONG:
        raise Refusal("lower.digits", digits=len(str(top)), limit=17)
    width = f"decimal(38, {scale})"
    sign = (divisor.column < 0).ifelse(-1, 1).cast("decimal(1, 0)")
    below = once((held(divisor, scale).cast(width).nullif(0) * sign).cast(width))
    above = once((held(dividend, scale).cast(width) * sign).cast(width))

    def step(rest: Any) -> Any:
        return (rest.cast("float64") / below.cast("float64")).floor().cast("int64")

    def less(rest: Any, count: Any) -> Any:
        return (rest - (count.cast("decimal(19, 0)") * below).cast(width)).cast(width)

    first = once(step(above))
    rest = once(less(above, first))
    second = once(step(rest))
    rest = once(less(rest, second))
    off = once((rest < 0).ifelse(-1, (rest >= below).ifelse(1, 0)).cast("int64"))
    return once(first + second + off), once(less(rest, off)), below


def rounded(value: Lowered, places: int, mode: str) -> Term:
    """A number with at most these decimals."""
    found = term_of(value, NUMBER)
    if found.kind != NUMBER:
        raise Refusal("lower.argument", name=mode, kind=found.kind)
    if found.divisor is None and found.scale <= places:
        return found
    whole, rest, unit = floored(found, places)
    twice = rest + rest
    negative = whole < 0
    up: Any = {
        "floor": False,
        "ceiling": rest > 0,
        "half even": (twice > unit) | ((twice == unit) & (whole % 2 != 0)),
        "half up": (twice > unit) | ((twice == unit) & ~negative),
        "half down": (twice > unit) | ((twice == unit) & negative),
        "up": ~negative & (rest > 0),
        "down": negative & (rest > 0),
    }[mode]
    whole = whole if up is False else whole + counted(up, "int64")
    fine = 10 ** (0 if found.divisor is None else found.divisor.scale)
    bound = int(Decimal(found.limit * fine).scaleb(places - found.scale)) + 1
    return _shifted(number_of(whole, bound), -places)


def modulo(dividend: Lowered, divisor: Lowered) -> Term:
    """What division leaves, with the sign of the divisor; null for a divisor of nought."""
    left, right = term_of(dividend, NUMBER), term_of(divisor, NUMBER)
    if {left.kind, right.kind} != {NUMBER} or left.divisor is not None or right.divisor is not None:
        raise Refusal("lower.argument", name="modulo", kind=left.kind)
    _, rest, _ = _divided(left, right)
    scale = max(left.scale, right.scale)
    limit = right.limit * 10 ** (scale - right.scale)
    signed = (right.column < 0).ifelse(-rest, rest)
    width = max(len(str(limit)), scale, 1)
    return fitting(Term(NUMBER, signed.cast(f"decimal({width}, {scale})"), limit, scale))


def extreme(items: list[Lowered], sign: str) -> Term:
    """The least or the greatest; null where any is null."""
    terms = [term_of(each, each.kind) for each in items]
    kinds = {each.kind for each in terms}
    if NULL in kinds:
        return empty(next(iter(kinds - {NULL}), NULL))
    if len(kinds) > 1 or any(each.divisor is not None for each in terms):
        raise Refusal("lower.kinds", left=terms[0].kind, right=terms[-1].kind)
    best = terms[0]
    for each in terms[1:]:
        better = ordered(sign, each, best)
        best = chosen(
            [(better, each), (ordered("<=" if sign == "<" else ">=", best, each), best)], Constant(None)
        )
    return best


def chosen(cases: list[tuple[Any, Lowered]], otherwise: Lowered) -> Term:
    """The value of the first case that is true, of one kind and, for numbers, of one scale."""
    import ibis

    found, columns = aligned([value for _, value in cases] + [otherwise])
    last = columns.pop()
    branches = [(condition, column) for (condition, _), column in zip(cases, columns, strict=True)]
    return found.of(ibis.cases(*branches, else_=last) if branches else last)


def numbered(number: Any, values: list[Lowered], unnumbered: Any, otherwise: Lowered) -> Term:
    """The value whose place in the list (from 1) a column says; otherwise where unnumbered is true, else null.

    The list is halved and halved again: a value is found in a few comparisons, not in as many as there are.
    """
    import ibis

    found, columns = aligned([*values, otherwise, Constant(None)])
    nothing, default = columns.pop(), columns.pop()

    def among(low: int, high: int) -> Any:
        if all(columns[low].equals(each) for each in columns[low + 1 : high]):
            return columns[low]
        middle = (low + high) // 2
        return ibis.cases(
            (number <= ibis.literal(middle, "int32"), among(low, middle)), else_=among(middle, high)
        )

    if not columns:
        return found.of(ibis.cases((unnumbered, default), else_=nothing))
    outside = [(unnumbered, default)] if not default.equals(nothing) else []
    return found.of(ibis.cases((number.notnull(), among(0, len(columns))), *outside, else_=nothing))


def aligned(values: list[Lowered]) -> tuple[Term, list[Any]]:
    """Values as columns of one kind and, for numbers, of one scale; what they have in common comes first."""
    kinds = {each.kind for each in values} - {NULL}
    if len(kinds) > 1:
        first, second, *_ = sorted(kinds)
        raise Refusal("lower.kinds", left=first, right=second)
    kind = kinds.pop() if kinds else NULL
    terms = [term_of(each, kind) for each in values]
    if any(each.divisor is not None for each in terms):
        raise Refusal("lower.quotient")
    scale = max(each.scale for each in terms)
    limit = max(each.limit * 10 ** (scale - each.scale) for each in terms)
    found = fitting(Term(kind, None, limit, scale)) if kind in _ADDED else Term(kind, None)
    return found, [
        held(each, scale, found.digits) if kind in _ADDED and limit else each.column for each in terms
    ]
