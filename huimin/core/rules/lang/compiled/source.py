"""The text of a function as it grows: lines, made-up names, and the constants that go in beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Constants:
    """Values under made-up names: no text of a rule is ever written into the source."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._names: dict[int, str] = {}

    def name(self, value: object) -> str:
        """The name under which the source refers to a value; the same object has one name."""
        if value is None or value is True or value is False:
            return repr(value)
        found = self._names.get(id(value))
        if found is None:
            found = self._names[id(value)] = f"K{len(self.values)}"
            self.values[found] = value
        return found


class Lines:
    """Lines of one function, indented as they are written."""

    def __init__(self, depth: int = 1) -> None:
        self.lines: list[str] = []
        self._depth = depth

    def add(self, line: str) -> None:
        """One line at the depth of now."""
        self.lines.append("    " * self._depth + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below a head such as 'if x:'."""
        self.add(head)
        self._depth += 1
        before = len(self.lines)
        try:
            yield
            if len(self.lines) == before:
                self.add("pass")
        finally:
            self._depth -= 1


class Names:
    """Made-up names, each once."""

    def __init__(self) -> None:
        self._count = 0

    def fresh(self, letter: str = "t") -> str:
        """A name that no other part of the function has."""
        self._count += 1
        return f"{letter}{self._count}"
