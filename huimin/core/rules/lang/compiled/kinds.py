"""What kinds of value an expression can have: a set of names as kind() gives them, or ANYTHING."""

from __future__ import annotations

from ..schema import BUILT_IN as BUILT_IN_TYPES
from ..schema import ContextType, FunctionType, ListType, RangeType, Restricted, Type
from ..values import Value, kind

Kinds = frozenset[str] | None
"""None is ANYTHING."""

ANYTHING: Kinds = None
BOOLEAN = frozenset({"boolean"})
NUMBER = frozenset({"number"})
TRUTH = frozenset({"boolean", "null"})
NULL = frozenset({"null"})
ORDERED = ("number", "string")


def of_value(value: Value) -> Kinds:
    """The kinds of a constant."""
    return frozenset({kind(value)})


def of_type(wanted: Type) -> Kinds:
    """The kinds of a value that was made to be of a type, where null may always stand."""
    if isinstance(wanted, Restricted):
        return of_type(wanted.base)
    for group, name in ((ListType, "list"), (ContextType, "context"), (RangeType, "range")):
        if isinstance(wanted, group):
            return frozenset({name, "null"})
    if isinstance(wanted, FunctionType) or wanted.name == "Any" or wanted.name not in BUILT_IN_TYPES:
        return ANYTHING
    return frozenset({"null"} if wanted.name == "Null" else {wanted.name, "null"})


def joined(left: Kinds, right: Kinds) -> Kinds:
    """The kinds of a value that is one or the other."""
    return None if left is None or right is None else left | right


def only(found: Kinds, *names: str) -> bool:
    """Whether a value is surely of one of these kinds."""
    return found is not None and found <= set(names)


def nullable(found: Kinds) -> bool:
    """Whether a value may be null."""
    return found is None or "null" in found


def fits(found: Kinds, wanted: Type) -> bool:
    """Whether every value of these kinds stands for the type as it is, so that nothing needs to be asked of it."""
    if wanted.name == "Any" and type(wanted) is Type:
        return True
    return type(wanted) is Type and wanted.name in BUILT_IN_TYPES and only(found, wanted.name, "null")
