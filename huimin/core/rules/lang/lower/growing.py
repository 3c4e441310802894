"""A table that grows by a column for each thing that is worked out once and used several times.

Without it an intermediate result is written out wherever it is used, and the text of a rounded quotient has pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Growing:
    """A table with columns added; taken is how many were, so that names stay apart when it grows again."""

    def __init__(self, table: Any, taken: int = 0) -> None:
        self.table, self.taken = table, taken

    def column(self, column: Any) -> Any:
        """A column added to the table."""
        return self.columns([column])[0]

    def columns(self, columns: list[Any]) -> list[Any]:
        """Columns added to the table in one step."""
        names = [f"_huimin_{self.taken + index}" for index in range(len(columns))]
        self.taken += len(columns)
        self.table = self.table.mutate(**dict(zip(names, columns, strict=True)))
        return [self.table[name] for name in names]

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While it lasts, `once` adds its columns here."""
        token = _HERE.set(self)
        try:
            yield
        finally:
            _HERE.reset(token)


_HERE: ContextVar[Growing | None] = ContextVar("growing", default=None)


def once(column: Any) -> Any:
    """A column that is used more than once: read from the table that grows, where there is one."""
    here = _HERE.get()
    return column if here is None else here.column(column)
