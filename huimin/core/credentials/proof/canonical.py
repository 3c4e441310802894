"""Canonical JSON (RFC 8785): the same bytes for the same value, whoever writes them.

Numbers are whole and within 2**53; everything else that counts travels as text, so that no reader rounds it.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

SAFE = 2**53 - 1


class NotCanonicalError(ValueError):
    """A value or a text that has no canonical form: a fraction, a number that is too large, a name given twice."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raise NotCanonicalError for what a reader could round or read otherwise."""
    try:
        return json.dumps(_checked(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError("half a character cannot be written") from error
    except RecursionError as error:
        raise NotCanonicalError("too deep") from error


def parse(text: str | bytes) -> Any:
    """A JSON text as a value; raise NotCanonicalError where it is none, has fractions, or gives a name twice."""
    try:
        return json.loads(text, parse_float=_fraction, parse_constant=_fraction, object_pairs_hook=_once)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotCanonicalError(str(error)) from error


def _checked(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > SAFE:
                raise NotCanonicalError(f"{value} is beyond 2**53: write it as text")
            return value
        case dict():
            if any(not isinstance(name, str) for name in value):
                raise NotCanonicalError("names are texts")
            return {name: _checked(value[name]) for name in sorted(value, key=_units)}
        case list() | tuple():
            return [_checked(one) for one in value]
    raise NotCanonicalError(f"{type(value).__name__} has no canonical form")


def _units(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _fraction(text: str) -> NoReturn:
    raise NotCanonicalError(f"{text} is no whole number: write it as text")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonicalError("a name is given twice")
    return found
