"""What an expression becomes: a column with its FEEL kind, and for numbers how large and how fine it can be.

SQL numbers hold 38 digits and FEEL keeps 34, so every number carries the largest value it can have. What could
pass 34 digits is refused when the rule is lowered; what remains is exact in both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..problems import Place, RuleError, problem
from ..values import DaysTime, Value, YearsMonths, kind

if TYPE_CHECKING:
    import ibis

NUMBER, TEXT, BOOLEAN, DATE, MOMENT = "number", "string", "boolean", "date", "date and time"
MONTHS, DAYS, NULL = "years and months duration", "days and time duration", "null"
DIGITS = 34
ORDERED = frozenset({NUMBER, TEXT, DATE, MOMENT, MONTHS, DAYS})
COUNTED = frozenset({NUMBER, DAYS, MONTHS})
SECONDS_A_DAY = 86400
_LONG = 2**63
_WHOLE = {
    "int8": 8,
    "int16": 16,
    "int32": 32,
    "int64": 64,
    "uint8": 8,
    "uint16": 16,
    "uint32": 32,
    "uint64": 64,
}


class NotLowerable(RuleError):
    """A rule that cannot be run on a whole population: each place with its reason."""


class Refusal(Exception):
    """One reason, raised where it is met; the code of a problem and the span of text it is about."""

    def __init__(self, code: str, start: int = 0, end: int = 0, /, **params: object) -> None:
        super().__init__(code)
        self.code, self.start, self.end, self.params = code, start, end, params

    def at(self, place: Place) -> Any:
        """The problem at its place."""
        return problem(self.code, place.span(self.start, self.end) if self.end else place, **self.params)


@dataclass(frozen=True, eq=False)
class Term:
    """A column of a kind; a number is at most limit / 10**scale and has scale decimals.

    A quotient that is not rounded yet keeps its divisor, another number; it is null where that is nought. A number
    that is a column of integers keeps it as whole: engines compare integers faster than decimals.
    """

    kind: str
    column: Any
    limit: int = 0
    scale: int = 0
    divisor: Term | None = None
    whole: Any = None

    def of(self, column: Any) -> Term:
        """The same kind of values, from another column."""
        return replace(self, column=column, whole=None)

    @property
    def digits(self) -> int:
        """The digits needed to write any of its values."""
        return max(len(str(self.limit)), self.scale, 1)


@dataclass(frozen=True, eq=False)
class Constant:
    """A value known before any row is read."""

    value: Value

    @property
    def kind(self) -> str:
        """Its FEEL kind."""
        return kind(self.value)


@dataclass(frozen=True, eq=False)
class Items:
    """A list written out, some of whose elements are columns."""

    items: tuple[Lowered, ...]
    kind: str = "list"


@dataclass(frozen=True, eq=False)
class Span:
    """A range whose ends may be columns; an end that is None is unbounded."""

    low: Lowered | None
    high: Lowered | None
    low_closed: bool
    high_closed: bool
    kind: str = "range"


@dataclass(frozen=True, eq=False)
class Record:
    """Several values by name: the outputs of a table, the entries of a context."""

    members: dict[str, Lowered] = field(default_factory=dict)
    kind: str = "context"


Lowered = Term | Constant | Items | Span | Record


def column_term(column: Any, name: str) -> Term:
    """A column of a table as a term; Refusal for types that FEEL has no exact counterpart of."""
    found = column.type()
    if found.is_boolean():
        return Term(BOOLEAN, column)
    if found.is_string():
        return Term(TEXT, column)
    if found.is_date():
        return Term(DATE, column)
    if found.is_timestamp():
        return Term(MOMENT, column)
    if found.is_decimal() and found.precision is not None and found.scale is not None:
        limit = 10**found.precision - 1
        return fitting(Term(NUMBER, column, limit, found.scale))
    bits = _WHOLE.get(str(found).lstrip("!"))
    if bits is not None:
        return number_of(column, 2**bits)
    raise Refusal("lower.column", name=name, type=str(found))


def number_of(column: Any, limit: int) -> Term:
    """A column of whole numbers as a decimal term."""
    term = Term(NUMBER, column, limit, 0)
    return replace(term, column=column.cast(_decimal(term.digits, 0)), whole=column)


def fitting(term: Term, start: int = 0, end: int = 0) -> Term:
    """The term; Refusal where its values may have more digits than FEEL keeps."""
    if term.digits > DIGITS:
        raise Refusal("lower.digits", start, end, digits=term.digits, limit=DIGITS)
    return term


def _decimal(digits: int, scale: int) -> str:
    return f"decimal({digits}, {scale})"


def held(term: Term, scale: int | None = None, digits: int | None = None) -> Any:
    """The column of a number cast to hold it exactly, with more decimals when asked."""
    wanted = term.scale if scale is None else scale
    needed = max(len(str(term.limit * 10 ** (wanted - term.scale))), wanted, 1)
    if max(needed, digits or 0) > 38:
        raise Refusal("lower.digits", digits=max(needed, digits or 0), limit=DIGITS)
    return term.column.cast(_decimal(max(needed, digits or 0), wanted))


def literal(value: Decimal) -> Term:
    """A number written in the rule, with its own decimals and no more."""
    import ibis

    sign, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    limit = int("".join(map(str, digits)) or "0") * 10 ** max(0, int(exponent))
    term = fitting(Term(NUMBER, None, limit, scale))
    exact = Decimal(-limit if sign else limit).scaleb(-scale)
    whole = ibis.literal(int(exact)) if not scale and limit < _LONG else None
    return replace(term, column=ibis.literal(exact, _decimal(term.digits, scale)), whole=whole)


def term_of(value: Lowered, wanted: str = NULL) -> Term:
    """A value as a column; a null takes the kind wanted."""
    import ibis

    if isinstance(value, Term):
        return value
    if not isinstance(value, Constant):
        raise Refusal("lower.collection", kind=value.kind)
    found = value.value
    if found is None:
        return empty(wanted)
    if isinstance(found, bool):
        return Term(BOOLEAN, ibis.literal(found))
    if isinstance(found, Decimal):
        return literal(found)
    if isinstance(found, str):
        return Term(TEXT, ibis.literal(found, "string"))
    if isinstance(found, dt.datetime):
        zoned = "timestamp('UTC', 6)" if found.tzinfo else "timestamp(6)"
        moment = found.astimezone(dt.UTC) if found.tzinfo else found
        return Term(MOMENT, ibis.literal(moment, zoned))
    if isinstance(found, dt.date):
        return Term(DATE, ibis.literal(found, "date"))
    if isinstance(found, YearsMonths):
        return replace(literal(Decimal(found.months)), kind=MONTHS)
    if isinstance(found, DaysTime):
        return replace(literal(found.seconds), kind=DAYS)
    raise Refusal("lower.collection", kind=value.kind)


_TYPES = {
    BOOLEAN: "boolean", TEXT: "string", DATE: "date", MOMENT: "timestamp('UTC', 6)", NULL: "string",
    NUMBER: "decimal(1, 0)", MONTHS: "decimal(1, 0)", DAYS: "decimal(1, 0)",
}  # fmt: skip


def empty(wanted: str) -> Term:
    """Null as a column of a kind."""
    import ibis

    return Term(wanted, ibis.null(_TYPES[wanted]))


def is_null(value: Lowered) -> Any:
    """Whether a value is null, as a column."""
    import ibis

    if isinstance(value, Constant):
        return ibis.literal(value.value is None)
    if not isinstance(value, Term):
        return ibis.literal(False)
    if value.divisor is None:
        return value.column.isnull()
    divisor = value.divisor.column
    return value.column.isnull() | divisor.isnull() | (divisor == 0)


def truth(value: bool | None) -> ibis.expr.types.BooleanValue:
    """A truth as a column."""
    import ibis

    return ibis.null("boolean") if value is None else ibis.literal(value)


def counted(column: Any, kind: str = "int32") -> Any:
    """1 where a condition is true, else 0; PostgreSQL casts no boolean to a long."""
    import ibis

    return column.ifelse(ibis.literal(1, kind), ibis.literal(0, kind))


def certain(column: Any) -> Any:
    """A truth column with null as false: for a row that hits on true alone, never below a not."""
    return column.fill_null(False)
