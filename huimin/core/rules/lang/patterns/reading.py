"""From the text of an XPath pattern to its tree, and from there to a pattern of Python."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .characters import category, escape

ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN_ESCAPES = frozenset("\\|.?*+(){}-[]^$")
_SPECIAL = frozenset(".\\?*+{}()|[]^$")
_QUANTITY = re.compile(r"\{(\d{1,5})(?:(,)(\d{1,5})?)?\}")
MAX_REPEAT = 1000
MAX_DEPTH = 60
UNBOUNDED = -1


class PatternError(ValueError):
    """A text that is no pattern, or one that would take too long: the reason in plain English."""


@dataclass
class One:
    """One character: a Python pattern that matches just it."""

    python: str


@dataclass
class Edge:
    """The start or end of the text or of a line."""

    python: str


@dataclass
class Back:
    """What a group before it matched."""

    group: int


@dataclass
class Group:
    """A part in parentheses; number is None when it is not captured."""

    number: int | None
    inside: Choice


@dataclass
class Repeat:
    """A part several times; high is UNBOUNDED when there is no limit."""

    part: Part
    low: int
    high: int
    lazy: bool


Part = One | Edge | Back | Group | Repeat


@dataclass
class Choice:
    """Branches, the first that matches counts; each is a sequence of parts."""

    branches: list[list[Part]] = field(default_factory=list)


class Reader:
    """Reads one pattern with its flags s, m, i and x."""

    def __init__(self, text: str, flags: str) -> None:
        self._text, self._flags = text, flags
        self._at = 0
        self.groups = 0
        self._closed: set[int] = set()
        self._depth = 0

    def read(self) -> Choice:
        """The tree of the whole pattern."""
        found = self._choice()
        if self._at < len(self._text):
            raise PatternError(f"'{self._text[self._at]}' has no meaning at position {self._at + 1}")
        return found

    def _peek(self) -> str:
        while "x" in self._flags and self._text[self._at : self._at + 1] in tuple(" \t\n\r"):
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        found = self._peek()
        if not found:
            raise PatternError("the pattern ends too early")
        self._at += 1
        return found

    def _choice(self) -> Choice:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternError("the pattern is nested too deeply")
        choice = Choice([self._branch()])
        while self._peek() == "|":
            self._take()
            choice.branches.append(self._branch())
        self._depth -= 1
        return choice

    def _branch(self) -> list[Part]:
        parts: list[Part] = []
        while (sign := self._peek()) and sign not in "|)":
            parts.append(self._quantified(self._atom()))
        return parts

    def _quantified(self, part: Part) -> Part:
        bounds = {"?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}
        sign = self._peek()
        if sign in bounds:
            self._take()
            low, high = bounds[sign]
        elif sign == "{":
            found = _QUANTITY.match(self._text, self._at)
            if found is None:
                raise PatternError("a quantity in braces is {n}, {n,} or {n,m}")
            self._at = found.end()
            low = int(found[1])
            high = low if not found[2] else UNBOUNDED if found[3] is None else int(found[3])
            if high != UNBOUNDED and high < low:
                raise PatternError("the quantity in braces is upside down")
            if max(low, high) > MAX_REPEAT:
                raise PatternError(f"a quantity in braces is at most {MAX_REPEAT}")
        else:
            return part
        lazy = self._peek() == "?"
        if lazy:
            self._take()
        return Repeat(part, low, high, lazy)

    def _atom(self) -> Part:
        sign = self._take()
        match sign:
            case "(":
                return self._group()
            case "[":
                return One(self._class())
            case "\\":
                return self._escape()
            case ".":
                return One("(?s:.)" if "s" in self._flags else r"[^\n\r]")
            case "^":
                return Edge(r"(?:\A|(?<=\n)(?!\Z))" if "m" in self._flags else r"\A")
            case "$":
                return Edge(r"(?=\n|\Z)" if "m" in self._flags else r"\Z")
        if sign in _SPECIAL:
            raise PatternError(f"'{sign}' needs a backslash before it, or something to repeat")
        return One(re.escape(sign))

    def _group(self) -> Part:
        number: int | None = None
        if self._text.startswith("?:", self._at):
            self._at += 2
        else:
            self.groups += 1
            number = self.groups
        inside = self._choice()
        if self._peek() != ")":
            raise PatternError("a parenthesis is not closed")
        self._take()
        if number is not None:
            self._closed.add(number)
        return Group(number, inside)

    # Characters

    def _escape(self) -> Part:
        letter = self._peek()
        if letter and letter in "123456789":
            return self._back()
        return One(self._escaped())

    def _back(self) -> Part:
        """A reference; as many digits as there are groups for."""
        start = self._at
        self._at += 1
        while self._text[self._at : self._at + 1].isdecimal() and (
            int(self._text[start : self._at + 1]) <= self.groups
        ):
            self._at += 1
        group = int(self._text[start : self._at])
        if group not in self._closed:
            raise PatternError(f"there is no group {group} before this place")
        return Back(group)

    def _escaped(self) -> str:
        """A class escape or an escaped character, the backslash already taken, as a Python pattern."""
        letter = self._text[self._at : self._at + 1]
        self._at += 1
        if letter in ESCAPED:
            return re.escape(ESCAPED[letter])
        if letter and letter in _PLAIN_ESCAPES:
            return re.escape(letter)
        if letter and letter in "sdicw":
            return f"(?-i:[{escape(letter)}])"
        if letter and letter in "SDICW":
            return f"(?-i:[^{escape(letter.lower())}])"
        if letter and letter in "pP":
            name = self._category_name()
            inside = category(name)
            if inside is None:
                raise PatternError(f"there is no category or block '{name}'")
            # The flag i does not make capitals of small letters.
            return f"(?-i:[{'^' if letter == 'P' else ''}{inside}])"
        raise PatternError(f"'\\{letter}' has no meaning")

    def _category_name(self) -> str:
        if self._take() != "{":
            raise PatternError("the name of a category stands in braces")
        name = ""
        while (sign := self._take()) != "}":
            name += sign
        return name

    def _class(self) -> str:
        """A class in brackets as a Python pattern of one character; white space counts, even with the flag x."""
        outer, self._flags = self._flags, self._flags.replace("x", "")
        negated = self._peek() == "^"
        if negated:
            self._take()
        singles, less = "", ""
        others: list[str] = []
        while self._peek() != "]" or not (singles or others):
            if self._peek() == "-" and self._text.startswith("-[", self._at) and (singles or others):
                self._at += 2
                less = self._class()
                if self._peek() != "]":
                    raise PatternError("nothing follows what is taken away from a class")
                break
            if self._text.startswith("\\", self._at) and self._text[self._at + 1 : self._at + 2] in tuple(
                "sSdDiIcCwWpP"
            ):
                self._at += 1
                others.append(self._escaped())
                continue
            singles += self._range(first=not (singles or others))
        self._take()
        self._flags = outer
        parts = ([f"[{singles}]"] if singles else []) + others
        found = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
        if negated:
            found = f"(?:(?!{found})(?s:.))"
        return f"(?:(?!{less}){found})" if less else found

    def _range(self, first: bool) -> str:
        low = self._single(first)
        following = self._text[self._at + 1 : self._at + 2]
        if self._peek() != "-" or following in ("]", "[", ""):
            return re.escape(low)
        self._take()
        high = self._single(False)
        if high < low:
            raise PatternError(f"the range {low}-{high} is upside down")
        return f"{re.escape(low)}-{re.escape(high)}"

    def _single(self, first: bool) -> str:
        """One character of a class, perhaps escaped."""
        sign = self._take()
        if sign == "\\":
            letter = self._take()
            if letter not in _PLAIN_ESCAPES and letter not in ESCAPED:
                raise PatternError(f"'\\{letter}' has no meaning in brackets")
            return ESCAPED.get(letter, letter)
        if sign in "[]":
            raise PatternError(f"'{sign}' needs a backslash before it in brackets")
        if sign == "-" and not first and self._peek() not in ("]", ""):
            raise PatternError("'-' stands first or last in brackets, or needs a backslash before it")
        return sign


def python_of(choice: Choice) -> str:
    """The tree as a pattern of Python."""
    return "|".join("".join(_python_part(part) for part in branch) for branch in choice.branches)


def _python_part(part: Part) -> str:
    match part:
        case One(python=python) | Edge(python=python):
            return python
        case Back(group=group):
            # A group that did not take part stands for nothing, where Python's would fail.
            return f"(?({group})(?:\\{group})|)"
        case Group(number=number, inside=inside):
            return f"({'' if number else '?:'}{python_of(inside)})"
        case Repeat(part=inner, low=low, high=high, lazy=lazy):
            times = f"{{{low},{'' if high == UNBOUNDED else high}}}"
            return f"(?:{_python_part(inner)}){times}{'?' if lazy else ''}"
