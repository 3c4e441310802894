"""From FEEL text to tokens, one at a time: only the parser knows which names are in scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .names import FULL_WIDTH, WORD

_SKIP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r'|(?P<at>@\s*"(?P<attext>[^"]*)")'
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    rf"|(?P<word>{WORD})"
    r"|(?P<sign>\*\*|\.\.|<=|>=|!=|->|[=<>+\-*/()\[\]{},:.?])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class FeelError(Exception):
    """FEEL text that cannot be read: the code of the problem, the span and the words of its sentence."""

    def __init__(self, code: str, start: int, end: int, **params: object) -> None:
        super().__init__(code)
        self.code, self.start, self.end, self.params = code, start, end, params


@dataclass(frozen=True)
class Token:
    """A piece of text: its class (number, at, string, word, sign, end), its text and its span."""

    kind: str
    text: str
    start: int
    end: int

    def describe(self) -> str:
        """The token as an error message names it."""
        return "the end of the text" if self.kind == "end" else f"'{self.text}'"


class Scanner:
    """Reads tokens from a text; the position can be read and set, which is how the parser looks ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._position = 0
        self._ahead: Token | None = None

    @property
    def position(self) -> int:
        """Where the next token starts."""
        return self.peek().start

    @position.setter
    def position(self, value: int) -> None:
        self._position, self._ahead = value, None

    @property
    def start(self) -> int:
        """Where the next token would start, without reading it: a name may start there that is no token."""
        if self._ahead is not None:
            return self._ahead.start
        skipped = _SKIP.match(self.text, self._position)
        return skipped.end() if skipped else self._position

    def peek(self) -> Token:
        """The next token, left where it is."""
        if self._ahead is None:
            self._ahead = self._scan()
        return self._ahead

    def take(self) -> Token:
        """The next token, moving past it."""
        token = self.peek()
        self._position, self._ahead = token.end, None
        return token

    def _scan(self) -> Token:
        start = self.start
        if start >= len(self.text):
            return Token("end", "", start, start)
        match = _TOKEN.match(self.text, start)
        if match is None:
            raise self._no_token(start)
        if match["at"] is not None:
            return Token("at", match["attext"], start, match.end())
        return Token(match.lastgroup or "sign", match[0], start, match.end())

    def _no_token(self, start: int) -> FeelError:
        character = self.text[start]
        if character == '"':
            return FeelError("feel.string", start, len(self.text))
        if instead := FULL_WIDTH.get(character):
            return FeelError("feel.full_width", start, start + 1, character=character, instead=instead)
        return FeelError("feel.character", start, start + 1, character=repr(character))


def unquoted(text: str) -> str:
    """The string that a literal in quotes stands for; an unknown escape stands for itself."""

    def replaced(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else match[0]
        return _ESCAPED.get(match[3], match[0])

    # Two escaped surrogates make one character beyond the basic plane.
    plain = _ESCAPE.sub(replaced, text[1:-1])
    return (
        plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if _has_surrogate(plain)
        else plain
    )


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
