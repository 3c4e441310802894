"""The types of FEEL, whether a value is of one, and the few conversions the standard allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from .temporal import combined
from .values import Function, Range, Value, is_date, kind


@dataclass(frozen=True)
class Type:
    """A type known by its name alone: number, string, date and so on, or Any."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ListType(Type):
    """list<item>."""

    item: Type


@dataclass(frozen=True)
class RangeType(Type):
    """range<item>."""

    item: Type


@dataclass(frozen=True)
class ContextType(Type):
    """context<member: type, ...>; a value may hold more members than these."""

    members: tuple[tuple[str, Type], ...]

    def member(self, name: str) -> Type | None:
        """The type of a member, or None when it is not declared."""
        return dict(self.members).get(name)


@dataclass(frozen=True)
class FunctionType(Type):
    """function<parameter types> -> result."""

    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True)
class Restricted(Type):
    """A base type with allowed values; allows is true, false or None as a unary test is."""

    base: Type
    text: str
    allows: Callable[[Value], bool | None]


@dataclass(frozen=True)
class Unknown(Type):
    """A name that no item definition explains."""


ANY = Type("Any")
NULL = Type("Null")
BUILT_IN: dict[str, Type] = {
    name: Type(name)
    for name in (
        "number", "string", "boolean", "date", "time", "date and time",
        "years and months duration", "days and time duration", "Null", "Any",
    )
}  # fmt: skip
ALIASES: dict[str, Type] = {
    **BUILT_IN,
    "any": ANY,
    "dateTime": BUILT_IN["date and time"],
    "yearMonthDuration": BUILT_IN["years and months duration"],
    "dayTimeDuration": BUILT_IN["days and time duration"],
    "list": ListType("list", ANY),
    "context": ContextType("context", ()),
    "range": RangeType("range", ANY),
    "function": Type("function"),
}
"""Names that item definitions and FEEL may use; older models write dateTime and the like."""


def list_of(item: Type) -> ListType:
    """The type of a list of these."""
    return ListType(f"list<{item}>", item)


def conforms(value: Value, wanted: Type) -> bool:
    """Whether a value may stand where this type is asked for; null may stand anywhere."""
    return value is None or wanted is ANY or is_instance(value, wanted)


def is_instance(value: Value, wanted: Type) -> bool:
    """Whether a value is of a type; null is of the type Null alone."""
    if isinstance(wanted, Unknown):
        return False
    if value is None:
        return wanted.name == "Null"
    if wanted.name == "Any":
        return True
    if isinstance(wanted, Restricted):
        return is_instance(value, wanted.base) and wanted.allows(value) is True
    if isinstance(wanted, ListType):
        return isinstance(value, list) and all(conforms(item, wanted.item) for item in value)
    if isinstance(wanted, ContextType):
        return isinstance(value, dict) and all(
            name in value and conforms(value[name], member) for name, member in wanted.members
        )
    if isinstance(wanted, RangeType):
        return isinstance(value, Range) and all(conforms(end, wanted.item) for end in (value.low, value.high))
    if isinstance(wanted, FunctionType):
        return (
            isinstance(value, Function)
            and value.takes(len(wanted.parameters))
            and (value.signature is None or type_conforms(value.signature, wanted))
        )
    return kind(value) == wanted.name


def type_conforms(given: Type, wanted: Type) -> bool:
    """Whether every value of one type is one of another; a given Any is a type that is not known."""
    if given == wanted or "Any" in (given.name, wanted.name) or given.name == "Null":
        return True
    if isinstance(given, Restricted):
        return type_conforms(given.base, wanted)
    if isinstance(given, ListType | RangeType) and isinstance(wanted, ListType | RangeType):
        return type(given) is type(wanted) and type_conforms(given.item, wanted.item)
    if isinstance(given, ContextType) and isinstance(wanted, ContextType):
        return all(
            (found := given.member(name)) is not None and type_conforms(found, member)
            for name, member in wanted.members
        )
    if isinstance(given, FunctionType) and isinstance(wanted, FunctionType):
        # A function that takes more kinds of arguments can stand for one that takes fewer.
        return (
            len(given.parameters) == len(wanted.parameters)
            and all(map(type_conforms, wanted.parameters, given.parameters))
            and type_conforms(given.result, wanted.result)
        )
    return given.name == wanted.name


def function_type(parameters: tuple[Type, ...], result: Type) -> FunctionType:
    """The type of a function of these parameters."""
    names = ", ".join(map(str, parameters))
    return FunctionType(f"function<{names}> -> {result}", parameters, result)


class NotOfTypeError(Exception):
    """A value that cannot stand for the type asked for."""


def coerced(value: Value, wanted: Type) -> Value:
    """The value as the type asked for: itself, its one element, or a list of it; else NotOfTypeError."""
    if conforms(value, wanted):
        return value
    base = wanted.base if isinstance(wanted, Restricted) else wanted
    if isinstance(value, list) and len(value) == 1 and not isinstance(base, ListType):
        if conforms(value[0], wanted):
            return value[0]
    elif isinstance(base, ListType) and not isinstance(value, list) and conforms([value], wanted):
        return [value]
    elif base.name == "date and time" and is_date(value):
        # A date where a date and time is asked for is its midnight UTC.
        moment = combined(value, dt.time(tzinfo=dt.UTC))
        if conforms(moment, wanted):
            return moment
    raise NotOfTypeError
