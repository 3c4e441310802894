"""Sums, products, extremes and the functions that only rise, over forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from .. import arithmetic as feel
from .. import members
from ..functions import BUILT_IN, NoMatchError, NoResultError
from ..scope import ABSENT
from ..values import DaysTime, Value, YearsMonths
from . import polynomials as p
from .forms import (
    ALTERNATIVES,
    DATE,
    DAY,
    MOMENT,
    MONTHS,
    NUMBER,
    ORDERED,
    SECONDS,
    Count,
    Form,
    Known,
    Plain,
    Ratio,
    Rising,
    count_of,
    value_of,
)
from .space import Space

NOUGHT = Decimal(0)
_STEPS = {
    "floor",
    "ceiling",
    "decimal",
    "round up",
    "round down",
    "round half up",
    "round half down",
    "truncate",
}
_RISING_PARTS = {"year", "years", "days"}


def calculate(space: Space, operator: str, left: Form, right: Form) -> Form:
    """left operator right."""
    reads = left.reads | right.reads
    if isinstance(left, Known) and isinstance(right, Known):
        made = _constants(operator, left, right)
        if made is not None:
            return made
    if left.finite and right.finite and not (_free(space, left) or _free(space, right)):
        return Form(finite=True, reads=reads)
    one, two = space.count(left, _wanted(right)), space.count(right, _wanted(left))
    if one is not None and two is not None:
        try:
            found = _counted(operator, one, two)
        except p.TooLargeError:
            found = None
        if found is not None:
            for ratio in two.ratios if operator == "/" else ():
                space.sign(ratio.top)
            ratios, kind = found
            return Count(ratios, kind, reads=reads)
    rising = _shifted(operator, left, right)
    if rising is not None:
        return rising
    space.blur(reads, operator)
    return Form(reads=reads)


def _free(space: Space, form: Form) -> bool:
    """Whether a finite form is still worth calculating with: the values of a decision that is a variable."""
    return isinstance(form, Plain) and space.variables[form.number].values is not None


def _wanted(other: Form) -> str:
    found = count_of(other)
    return found.kind if found is not None else NUMBER


def _constants(operator: str, left: Known, right: Known) -> Known | None:
    if len(left.values) * len(right.values) > ALTERNATIVES:
        return None
    values: list[Value] = []
    for one in left.values:
        for two in right.values:
            try:
                values.append(feel.calculate(operator, one, two))
            except (feel.NotDefinedError, ArithmeticError, ValueError):
                values.append(None)
    return Known(tuple(values), finite=True)


def _counted(operator: str, left: Count, right: Count) -> tuple[tuple[Ratio, ...], str] | None:
    """The result as numbers, with its kind."""
    kind = _KINDS.get((operator, left.kind, right.kind))
    if kind is None or len(left.ratios) * len(right.ratios) > ALTERNATIVES:
        return None
    # Days are counted in days, durations in seconds.
    a, b = left, right
    factor = Fraction(1)
    if left.kind == DATE and right.kind == DATE:
        factor = Fraction(DAY)
    elif DATE in (left.kind, right.kind):
        other = right if left.kind == DATE else left
        if not all(_whole_days(ratio) for ratio in other.ratios):
            return None
        scaled = Count(
            tuple(Ratio(p.times(r.top, p.constant(Fraction(1, DAY))), r.bottom) for r in other.ratios),
            other.kind,
        )
        a, b = (left, scaled) if left.kind == DATE else (scaled, right)
    ratios: list[Ratio] = []
    for one in a.ratios:
        for two in b.ratios:
            ratios.append(_ratio(operator, one, two, factor))
    return tuple(ratios), kind


def _whole_days(ratio: Ratio) -> bool:
    """Whether a duration is a constant number of days."""
    if p.variables(ratio.top) or p.variables(ratio.bottom):
        return False
    return (ratio.top.get((), Fraction(0)) / ratio.bottom[()] / DAY).denominator == 1


def _ratio(operator: str, one: Ratio, two: Ratio, factor: Fraction) -> Ratio:
    if operator == "*":
        return Ratio(p.times(one.top, two.top), p.times(one.bottom, two.bottom))
    if operator == "/":
        return Ratio(p.times(one.top, two.bottom), p.times(one.bottom, two.top))
    top = p.plus(p.times(one.top, two.bottom), p.times(two.top, one.bottom), 1 if operator == "+" else -1)
    return Ratio(p.times(top, p.constant(factor)), p.times(one.bottom, two.bottom))


_KINDS: dict[tuple[str, str, str], str] = {
    **{(sign, NUMBER, NUMBER): NUMBER for sign in "+-*/"},
    **{(sign, kind, kind): kind for sign in "+-" for kind in (MONTHS, SECONDS)},
    ("-", DATE, DATE): SECONDS,
    ("-", MOMENT, MOMENT): SECONDS,
    ("+", DATE, SECONDS): DATE,
    ("+", SECONDS, DATE): DATE,
    ("-", DATE, SECONDS): DATE,
    ("+", MOMENT, SECONDS): MOMENT,
    ("+", SECONDS, MOMENT): MOMENT,
    ("-", MOMENT, SECONDS): MOMENT,
    ("*", NUMBER, SECONDS): SECONDS,
    ("*", SECONDS, NUMBER): SECONDS,
    ("/", SECONDS, NUMBER): SECONDS,
    ("/", SECONDS, SECONDS): NUMBER,
}


# Functions that only rise


def _shifted(operator: str, left: Form, right: Form) -> Form | None:
    """A rising function with a constant added or taken; a date moved by months."""
    for moving, fixed, swapped in ((left, right, False), (right, left, True)):
        if not isinstance(fixed, Known) or len(fixed.values) != 1 or operator not in "+-":
            continue
        number, of = rising(moving)
        if of is None or number is None:
            continue
        return Rising(number, _operation(operator, of, fixed.values[0], swapped), reads=moving.reads)
    return None


def _operation(
    operator: str, of: Callable[[Value], Value], constant: Value, swapped: bool
) -> Callable[[Value], Value]:
    def result(value: Value) -> Value:
        pair = (constant, of(value)) if swapped else (of(value), constant)
        try:
            return feel.calculate(operator, *pair)
        except (feel.NotDefinedError, ArithmeticError, ValueError):
            return None

    return result


def rising(form: Form) -> tuple[int | None, Callable[[Value], Value] | None]:
    """A form as a function of one variable that only rises or falls: the variable, or its linear count."""
    if isinstance(form, Rising):
        return form.number, form.of
    if isinstance(form, Plain) and form.kind in ORDERED:
        return form.number, lambda value: value
    if isinstance(form, Count) and len(form.ratios) == 1 and len(form.reads) == 1:
        [number] = form.reads
        ratio = form.ratios[0]
        if p.degree(ratio.top, number) <= 1 and not p.variables(ratio.bottom):
            return number, _linear(ratio, number, form.kind)
    return None, None


def _linear(ratio: Ratio, number: int, kind: str) -> Callable[[Value], Value]:
    from .forms import counted

    def result(value: Value) -> Value:
        found = counted(value)
        if found is None:
            return None
        top = p.put(ratio.top, {number: found[1]}).get((), Fraction(0))
        return value_of(top / ratio.bottom[()], kind)

    return result


def part(source: Form, name: str) -> Form | None:
    """A part of a date or duration that rises with it; None where there is none."""
    if isinstance(source, Known):
        values = tuple(members.member(value, name) for value in source.values)
        return Known(tuple(None if each is ABSENT else each for each in values), finite=True)
    number, of = rising(source)
    if name not in _RISING_PARTS or number is None or of is None:
        return None

    def result(value: Value) -> Value:
        inner = of(value)
        found = members.member(inner, name) if isinstance(inner, dt.date | DaysTime | YearsMonths) else None
        return None if found is ABSENT else found

    return Rising(number, result, reads=source.reads)


def call(space: Space, name: str, forms: list[Form]) -> Form | None:
    """A built-in function that is followed; None for the others."""
    if name in ("max", "min") and forms:
        return _extreme(space, forms)
    if name == "abs" and len(forms) == 1:
        space.compare("<", forms[0], Known((NOUGHT,), finite=True))
        negative = calculate(space, "-", Known((NOUGHT,), finite=True), forms[0])
        return _alternatives(space, [forms[0], negative])
    if name == "sum" and forms:
        total = forms[0]
        for each in forms[1:]:
            total = calculate(space, "+", total, each)
        return total
    if name in _STEPS or name in ("years and months duration", "date"):
        return _through(name, forms)
    return None


def _extreme(space: Space, forms: list[Form]) -> Form | None:
    for index, one in enumerate(forms):
        for two in forms[index + 1 :]:
            space.compare("<", one, two)
    return _alternatives(space, forms)


def _alternatives(space: Space, forms: list[Form]) -> Form | None:
    reads = frozenset().union(*(form.reads for form in forms))
    counts = [space.count(form) for form in forms]
    made = [count for count in counts if count is not None]
    if len(made) < len(forms) or len({count.kind for count in made}) > 1:
        return None
    ratios = tuple(ratio for count in made for ratio in count.ratios)
    return Count(ratios, made[0].kind, reads=reads) if len(ratios) <= ALTERNATIVES else None


def _through(name: str, forms: list[Form]) -> Form | None:
    """A function of one moving argument, the others constant, that only rises or falls with it."""
    moving = [index for index, form in enumerate(forms) if not isinstance(form, Known)]
    if len(moving) != 1 or any(isinstance(form, Known) and len(form.values) != 1 for form in forms):
        return None
    [at] = moving
    if name in _STEPS and at != 0:
        return None
    number, of = rising(forms[at])
    function = BUILT_IN.get(name)
    if number is None or of is None or function is None:
        return None
    constants = [form.values[0] if isinstance(form, Known) else None for form in forms]

    def result(value: Value) -> Value:
        given = list(constants)
        given[at] = of(value)
        try:
            return function.call(given)
        except (NoMatchError, NoResultError, ArithmeticError, ValueError, feel.NotDefinedError):
            return None

    return Rising(number, result, reads=forms[at].reads)
