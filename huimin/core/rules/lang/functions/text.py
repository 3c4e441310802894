"""Functions on text; positions count characters (code points) from 1, or from the end when negative."""

from __future__ import annotations

import re
from decimal import Decimal

from ..values import Value, number, whole
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_GROUP = re.compile(r"\\(.)|\$(\d)", re.DOTALL)


@declare("substring(string: string, start position: number, length?: number) -> string")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """The characters from a position on, at most length of them."""
    first, count = whole(start), None if length is None else whole(length)
    if not first or abs(first) > len(text) or (length is not None and (count is None or count < 1)):
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


@declare("matches(input: string, pattern: string, flags?: string) -> boolean")
def matches(text: str, pattern: str, flags: str | None = None) -> Value:
    """Whether the pattern occurs in the text."""
    return _pattern(pattern, flags).search(text) is not None


@declare("replace(input: string, pattern: string, replacement: string, flags?: string) -> string")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    """The text with every occurrence of the pattern replaced; $1 stands for the first group."""
    compiled = _pattern(pattern, flags)

    def filled(match: re.Match[str]) -> str:
        def group(part: re.Match[str]) -> str:
            if part[1]:
                return part[1]
            index = int(part[2])
            return (match[index] or "") if index <= compiled.groups else ""

        return _GROUP.sub(group, replacement)

    return compiled.sub(filled, text)


@declare("split(string: string, delimiter: string) -> list")
def split(text: str, delimiter: str) -> Value:
    """The pieces between occurrences of the delimiter, a pattern."""
    compiled = _pattern(delimiter, None)
    pieces, last = [], 0
    for match in compiled.finditer(text):
        if match.end() > match.start():
            pieces.append(text[last : match.start()])
            last = match.end()
    return [*pieces, text[last:]]


@declare("string join(list: list, delimiter?: string|null) -> string")
def string_join(items: list[Value], delimiter: str | None = None) -> Value:
    """The texts of a list in one, nulls left out."""
    if any(item is not None and not isinstance(item, str) for item in items):
        raise NoResultError("an element is not text")
    return (delimiter or "").join(item for item in items if item is not None)


def _pattern(pattern: str, flags: str | None) -> re.Pattern[str]:
    """A pattern of the standard (XPath) as a Python one; what cannot be read is refused."""
    if unknown := set(flags or "") - {*_FLAGS, "q"}:
        raise NoResultError(f"there is no flag {sorted(unknown)[0]!r}")
    if "q" in (flags or ""):
        pattern = re.escape(pattern)
    elif "x" in (flags or ""):
        # XPath drops all white space; Python keeps it inside brackets and takes # for a comment.
        pattern = re.sub(r"\s+", "", pattern)
    combined = 0
    for flag in (flags or "").replace("q", "").replace("x", ""):
        combined |= _FLAGS[flag]
    try:
        return re.compile(_python_classes(pattern), combined)
    except re.error as wrong:
        raise NoResultError(f"{pattern!r} is not a pattern: {wrong}") from None


def _python_classes(pattern: str) -> str:
    """XPath's character class subtraction [a-z-[aeiou]] as a look-ahead, its only common difference."""
    return re.sub(r"\[([^\[\]]+)-\[([^\[\]]+)\]\]", r"(?![\2])[\1]", pattern)
