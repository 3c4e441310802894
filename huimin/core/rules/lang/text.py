"""Values as text: what string() gives, and what messages and traces show."""

from __future__ import annotations

from decimal import Decimal

from . import temporal
from .values import MAX_LOOKED_AT, Function, Range, TooLongError, Value


def to_text(value: Value) -> str:
    """A value as FEEL's string() prints it; text at the top has no quotes."""
    return value if isinstance(value, str) else shown(value)


def shown(value: Value) -> str:
    """A value as it would be written in FEEL."""
    return _shown(value, [MAX_LOOKED_AT])


def _shown(value: Value, left_over: list[int]) -> str:
    """The same, counting what is written: elements that are shared can be far more than there are values."""
    left_over[0] -= 1
    if left_over[0] < 0:
        raise TooLongError
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item, left_over) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(item, left_over)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        return _range(value)
    if isinstance(value, Function):
        return f"function {value.name}({', '.join(value.parameters)})"
    return temporal.write(value)


def _number(value: Decimal) -> str:
    # Without trailing zeros and without an exponent, so that equal numbers print alike.
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _range(value: Range) -> str:
    if value.low is None and value.high is not None:
        return f"({'<=' if value.high_closed else '<'} {shown(value.high)})"
    if value.high is None and value.low is not None:
        return f"({'>=' if value.low_closed else '>'} {shown(value.low)})"
    opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{opening}{shown(value.low)}..{shown(value.high)}{closing}"
