"""The built-in functions that columns can be given to; every other one is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..functions.dates import MONTHS as MONTH_NAMES
from ..functions.dates import WEEKDAYS
from ..functions.divisions import subtree
from ..values import Value, whole
from . import comparing, numbers
from .growing import once
from .terms import (
    BOOLEAN,
    DATE,
    MOMENT,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    Constant,
    Items,
    Lowered,
    Refusal,
    Term,
    certain,
    is_null,
    number_of,
    term_of,
)

Body = Callable[[list[Lowered]], Lowered]
FUNCTIONS: dict[str, Body] = {}
_TEXT_LIMIT = 10**9
_MONTHS_LIMIT = 120_000


def function(name: str, *counts: int) -> Callable[[Body], Body]:
    """A decorator that adds a function taking one of these numbers of arguments, any when none is given."""

    def added(body: Body) -> Body:
        def checked(given: list[Lowered]) -> Lowered:
            if counts and len(given) not in counts:
                raise Refusal("lower.function", name=name)
            return body(given)

        FUNCTIONS[name] = checked
        return body

    return added


def _typed(name: str, value: Lowered, kind: str) -> Term:
    """An argument as a column of a kind; null lets the result be null."""
    found = term_of(value, kind)
    if found.kind != kind or found.divisor is not None:
        raise Refusal("lower.argument", name=name, kind=found.kind)
    return found


def _written(name: str, value: Lowered) -> Value:
    """An argument that must be written in the rule."""
    if not isinstance(value, Constant):
        raise Refusal("lower.written", name=name)
    return value.value


def _cut(value: Value) -> int | None:
    """A number without its decimals, as positions in texts are taken."""
    return int(value) if isinstance(value, Decimal) else None


# Truth


@function("not", 1)
def _not(given: list[Lowered]) -> Lowered:
    return Term(BOOLEAN, ~_typed("not", given[0], BOOLEAN).column)


def _listed(name: str, given: list[Lowered]) -> list[Lowered]:
    """The elements of a list written out, or the arguments themselves."""
    if len(given) > 1:
        return given
    only = given[0] if given else Items(())
    if isinstance(only, Items):
        return list(only.items)
    if isinstance(only, Constant) and isinstance(only.value, list):
        return [Constant(each) for each in only.value]
    raise Refusal("lower.argument", name=name, kind=only.kind)


@function("all")
def _all(given: list[Lowered]) -> Lowered:
    return Term(
        BOOLEAN, comparing.all_of([_typed("all", each, BOOLEAN).column for each in _listed("all", given)])
    )


@function("any")
def _any(given: list[Lowered]) -> Lowered:
    return Term(
        BOOLEAN, comparing.any_of([_typed("any", each, BOOLEAN).column for each in _listed("any", given)])
    )


@function("list contains", 2)
def _list_contains(given: list[Lowered]) -> Lowered:
    items = _listed("list contains", given[:1])
    return Term(BOOLEAN, comparing.any_of([certain(comparing.equal(each, given[1])) for each in items]))


# Numbers


@function("count", 1)
def _count(given: list[Lowered]) -> Lowered:
    return Constant(Decimal(len(_listed("count", given))))


@function("sum")
def _sum(given: list[Lowered]) -> Lowered:
    items = _listed("sum", given)
    if not items:
        return Constant(None)
    found: Lowered = _typed("sum", items[0], NUMBER)
    for each in items[1:]:
        found = numbers.calculate("+", found, _typed("sum", each, NUMBER), 0, 0)
    return found


@function("min")
def _min(given: list[Lowered]) -> Lowered:
    return numbers.extreme(_listed("min", given), "<")


@function("max")
def _max(given: list[Lowered]) -> Lowered:
    return numbers.extreme(_listed("max", given), ">")


@function("product")
def _product(given: list[Lowered]) -> Lowered:
    items = _listed("product", given)
    if not items:
        return Constant(None)
    found: Lowered = _typed("product", items[0], NUMBER)
    for each in items[1:]:
        found = numbers.calculate("*", found, _typed("product", each, NUMBER), 0, 0)
    return found


@function("mean")
def _mean(given: list[Lowered]) -> Lowered:
    items = [_typed("mean", each, NUMBER) for each in _listed("mean", given)]
    return numbers.calculate("/", _sum([*items]), Constant(Decimal(len(items) or 1)), 0, 0)


def _parity(name: str, rest: int) -> None:
    @function(name, 1)
    def parity(given: list[Lowered]) -> Lowered:
        found = _typed(name, given[0], NUMBER)
        if found.scale:  # of a number with decimals FEEL says nothing
            raise Refusal("lower.argument", name=name, kind=NUMBER)
        left = term_of(numbers.modulo(found, Constant(Decimal(2))), NUMBER)
        return Term(BOOLEAN, left.column == rest)


_parity("odd", 1)
_parity("even", 0)


@function("abs", 1)
def _abs(given: list[Lowered]) -> Lowered:
    found = _typed("abs", given[0], NUMBER)
    return Term(NUMBER, found.column.abs(), found.limit, found.scale)


@function("modulo", 2)
def _modulo(given: list[Lowered]) -> Lowered:
    return numbers.modulo(given[0], given[1])


def _rounding(name: str, mode: str, *counts: int) -> None:
    @function(name, *counts)
    def rounded(given: list[Lowered]) -> Lowered:
        places = whole(_written(name, given[1])) if len(given) > 1 else 0
        if places is None or abs(places) > 18:
            raise Refusal("lower.written", name=name)
        return numbers.rounded(given[0], places, mode)


_rounding("decimal", "half even", 2)
_rounding("floor", "floor", 1, 2)
_rounding("ceiling", "ceiling", 1, 2)
_rounding("round up", "up", 2)
_rounding("round down", "down", 2)
_rounding("round half up", "half up", 2)
_rounding("round half down", "half down", 2)


# Text


@function("string length", 1)
def _string_length(given: list[Lowered]) -> Lowered:
    return number_of(_typed("string length", given[0], TEXT).column.length(), _TEXT_LIMIT)


@function("contains", 2)
def _contains(given: list[Lowered]) -> Lowered:
    text, match = (_typed("contains", each, TEXT) for each in given)
    return Term(BOOLEAN, text.column.find(match.column) >= 0)


@function("starts with", 2)
def _starts_with(given: list[Lowered]) -> Lowered:
    text, match = _typed("starts with", given[0], TEXT), _written("starts with", given[1])
    if not isinstance(match, str):
        raise Refusal("lower.written", name="starts with")
    # Cut and compared, never LIKE: its signs and its collation have meanings of their own.
    return Term(BOOLEAN, text.column.substr(0, len(match)) == match)


@function("ends with", 2)
def _ends_with(given: list[Lowered]) -> Lowered:
    text, match = _typed("ends with", given[0], TEXT), _written("ends with", given[1])
    if not isinstance(match, str):
        raise Refusal("lower.written", name="ends with")
    start = text.column.length() - len(match)
    enough = start >= 0
    return Term(BOOLEAN, enough & (text.column.substr(start.clip(lower=0), len(match)) == match))


@function("substring", 2, 3)
def _substring(given: list[Lowered]) -> Lowered:
    text = _typed("substring", given[0], TEXT)
    start = _cut(_written("substring", given[1]))
    asked = _written("substring", given[2]) if len(given) == 3 else None
    length = _TEXT_LIMIT if asked is None else _cut(asked)
    if not start or length is None or length < 1:
        return Constant(None)
    size = text.column.length()
    begin: Any = start - 1 if start > 0 else size + start
    piece = text.column.substr(begin if start > 0 else begin.clip(lower=0), length)
    return Term(TEXT, (size >= abs(start)).ifelse(piece, None))


@function("substring before", 2)
def _substring_before(given: list[Lowered]) -> Lowered:
    text, match = _typed("substring before", given[0], TEXT), _written("substring before", given[1])
    if not isinstance(match, str):
        raise Refusal("lower.written", name="substring before")
    size = text.column.find(match).clip(lower=0) if match else text.column.length() * 0
    return Term(TEXT, text.column.substr(0, size))


@function("substring after", 2)
def _substring_after(given: list[Lowered]) -> Lowered:
    text, match = _typed("substring after", given[0], TEXT), _written("substring after", given[1])
    if not isinstance(match, str):
        raise Refusal("lower.written", name="substring after")
    if not match:
        return text
    place = text.column.find(match)
    # From the end of the text on there is nothing.
    start = (place >= 0).ifelse(place + len(match), text.column.length())
    return Term(TEXT, text.column.substr(start, _TEXT_LIMIT))


@function("under", 2)
def _under(given: list[Lowered]) -> Lowered:
    division, area = _typed("under", given[0], TEXT), _written("under", given[1])
    found = subtree(area) if isinstance(area, str) else None
    if found is None:
        return Constant(None)
    first, after = (Constant(each) for each in found)
    return Term(BOOLEAN, comparing.ordered(">=", division, first) & comparing.ordered("<", division, after))


@function("string", 1)
def _string(given: list[Lowered]) -> Lowered:
    return _typed("string", given[0], TEXT)


# Dates


@function("date", 1)
def _date(given: list[Lowered]) -> Lowered:
    moment = term_of(given[0], DATE)
    if (
        moment.kind == MOMENT and not moment.column.type().timezone
    ):  # in a zone, engines take the day of their own
        return Term(DATE, moment.column.cast("date"))
    return _typed("date", given[0], DATE)


def _named(name: str, number: Callable[[Any], Any], names: tuple[str, ...]) -> None:
    @function(name, 1)
    def named(given: list[Lowered]) -> Lowered:
        place = number(_typed(name, given[0], DATE).column).cast("int32")
        return numbers.numbered(place, [Constant(each) for each in names], place.isnull(), Constant(None))


_named("day of week", lambda day: day.day_of_week.index() + 1, WEEKDAYS)
_named("month of year", lambda day: day.month(), MONTH_NAMES)


@function("years and months duration", 2)
def _months_between(given: list[Lowered]) -> Lowered:
    start, end = (_typed("years and months duration", each, DATE).column for each in given)

    def between(first: Any, last: Any) -> Any:
        months = (last.year() - first.year()) * 12 + (last.month() - first.month())
        return months - (last.day() < first.day()).ifelse(1, 0)

    months = (end < start).ifelse(-between(end, start), between(start, end))
    found = number_of(once(months.cast("int64")), _MONTHS_LIMIT)
    return Term(MONTHS, found.column, found.limit, 0)


@function("number", 1)
def _number(given: list[Lowered]) -> Lowered:
    return _typed("number", given[0], NUMBER)


@function("is", 2)
def _is(given: list[Lowered]) -> Lowered:
    left, right = given
    if NULL not in (left.kind, right.kind) and left.kind != right.kind:
        return Term(BOOLEAN, is_null(left) & is_null(right))
    return Term(BOOLEAN, certain(comparing.equal(left, right)))
