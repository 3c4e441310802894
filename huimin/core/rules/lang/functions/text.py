"""Functions on text; positions count characters (code points) from 1, or from the end when negative."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from ..patterns import PatternError, compiled
from ..values import MAX_TEXT, Value, number
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
_REFERENCE = re.compile(r"\\([\\$])|\$(\d+)|[\\$]")


@declare("substring(string: string, start position: number, length?: number|null) -> string")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """The characters from a position on, at most length of them; decimals of either are cut off."""
    first, count = int(start), None if length is None else int(length)
    if not first or abs(first) > len(text) or (count is not None and count < 1):
        raise NoResultError(
            f"there is no position {start} in a text of {len(text)}, or the length is below 1"
        )
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if count is None else text[begin : begin + count]


@declare("string length(string: string) -> number")
def string_length(text: str) -> Value:
    """The number of characters."""
    return number(len(text))


@declare("upper case(string: string) -> string")
def upper_case(text: str) -> Value:
    """The text in capitals."""
    return text.upper()


@declare("lower case(string: string) -> string")
def lower_case(text: str) -> Value:
    """The text in small letters."""
    return text.lower()


@declare("substring before(string: string, match: string) -> string")
def substring_before(text: str, match: str) -> Value:
    """What stands before the first match, nothing when there is none."""
    return text.partition(match)[0] if match and match in text else ""


@declare("substring after(string: string, match: string) -> string")
def substring_after(text: str, match: str) -> Value:
    """What stands after the first match, nothing when there is none."""
    return text.partition(match)[2] if match else text


@declare("contains(string: string, match: string) -> boolean")
def contains(text: str, match: str) -> Value:
    """Whether the text holds the match."""
    return match in text


@declare("starts with(string: string, match: string) -> boolean")
def starts_with(text: str, match: str) -> Value:
    """Whether the text starts with the match."""
    return text.startswith(match)


@declare("ends with(string: string, match: string) -> boolean")
def ends_with(text: str, match: str) -> Value:
    """Whether the text ends with the match."""
    return text.endswith(match)


@declare("matches(input: string, pattern: string, flags?: string|null) -> boolean")
def matches(text: str, pattern: str, flags: str | None = None) -> Value:
    """Whether the pattern occurs in the text."""
    return _ran(lambda: compiled(pattern, flags or "").occurs_in(text))


@declare("replace(input: string, pattern: string, replacement: string, flags?: string|null) -> string")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    """The text with every occurrence of the pattern replaced; $1 stands for the first group."""

    def replaced() -> str:
        found = compiled(pattern, flags or "")
        if found.occurs_in(""):
            raise PatternError("the pattern matches a text of no length")
        made, last, length = [], 0, 0
        for match in found.all_in(text):
            filled = replacement if found.literal else _filled(replacement, match.groups)
            made += [text[last : match.start], filled]
            last = match.end
            length += len(filled)
            if length > MAX_TEXT:
                raise PatternError(f"the text would be longer than {MAX_TEXT} characters")
        if not made and not found.literal:
            _filled(
                replacement, ("",) * (found.groups + 1)
            )  # a wrong replacement is wrong without a match too
        return "".join([*made, text[last:]])

    return _ran(replaced)


@declare("split(string: string, delimiter: string) -> list")
def split(text: str, delimiter: str) -> Value:
    """The pieces between occurrences of the delimiter, a pattern."""

    def pieces() -> list[Value]:
        found, last = [], 0
        for match in compiled(delimiter, "").all_in(text):
            if match.end > match.start:
                found.append(text[last : match.start])
                last = match.end
        return [*found, text[last:]]

    return _ran(pieces)


def _filled(replacement: str, groups: tuple[str, ...]) -> str:
    """A replacement with its references filled in; $ and a backslash stand for themselves after a backslash."""

    def part(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        if not match[2]:
            raise PatternError(
                "in a replacement, $ is followed by a digit and a backslash by $ or a backslash"
            )
        # As many digits as there are groups for; those left over are text.
        digits = match[2]
        taken = next((n for n in range(len(digits), 1, -1) if int(digits[:n]) < len(groups)), 1)
        index = int(digits[:taken])
        return (groups[index] if index < len(groups) else "") + digits[taken:]

    return _REFERENCE.sub(part, replacement)


def _ran(run: Callable[[], Value]) -> Value:
    try:
        return run()
    except PatternError as wrong:
        raise NoResultError(str(wrong)) from None


@declare("string join(list: list, delimiter?: string|null) -> string")
def string_join(items: list[Value], delimiter: str | None = None) -> Value:
    """The texts of a list in one, nulls left out."""
    if any(item is not None and not isinstance(item, str) for item in items):
        raise NoResultError("an element is not text")
    length = sum(len(item) + len(delimiter or "") for item in items if item is not None)
    if length > MAX_TEXT:
        raise NoResultError(f"the text would be longer than {MAX_TEXT} characters")
    return (delimiter or "").join(item for item in items if item is not None)
