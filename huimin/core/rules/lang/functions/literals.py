"""The function range: a range from its text, whose ends are literals and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .. import logic, tree
from ..parser import Surroundings, parse_expression
from ..scanner import FeelError
from ..values import Range, Value
from .conversion import date_from_text, duration_from_text, moment_from_text, time_from_text
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
_PARTS = re.compile(
    r'([\[(\]])((?:[^".]|\.(?!\.)|"(?:[^"\\]|\\.)*")*)\.\.((?:[^"]|"(?:[^"\\]|\\.)*")*)([\])\[])', re.DOTALL
)
_MAKERS: dict[str, Callable[[str], Value]] = {
    "date": date_from_text,
    "time": time_from_text,
    "date and time": moment_from_text,
    "duration": duration_from_text,
}


@declare("range(from: string) -> range")
def range_from_text(text: str) -> Value:
    """The range in a text such as [1..10); the end at an open side may be left out, which makes it unbounded."""
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        raise NoResultError(f"{text!r} is not a range")
    low, high = _end(match[2]), _end(match[3])
    low_closed, high_closed = match[1] == "[", match[4] == "]"
    if (low is None and (low_closed or high is None)) or (high is None and high_closed):
        raise NoResultError("an end is missing")
    if low is not None and high is not None and logic.compare("<=", low, high) is not True:
        raise NoResultError("the ends are not of one kind, or upside down")
    return Range(low, high, low_closed, high_closed)


def _end(text: str) -> Value:
    """The value of an end, None when nothing is written."""
    if not text.strip():
        return None
    try:
        found = _literal(parse_expression(text, Surroundings()))
    except FeelError:
        found = None
    if found is None or not logic.orderable(found):
        raise NoResultError(f"{text.strip()!r} is not a number, text, date, time or duration")
    return found


def _literal(node: tree.Node) -> Any:
    match node:
        case tree.Literal(value=value):
            return value
        case tree.Negation(operand=tree.Literal(value=Decimal() as value)):
            return -value
        case tree.Call(function=tree.Name(name=name), arguments=(tree.Literal(value=str() as text),)) if (
            name in _MAKERS
        ):
            return _MAKERS[name](text)
    return None
