"""What an export is: a list that can be taken away as a file, declared by the service that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from huimin.core.access.types import Viewer

Filters = Mapping[str, str]


class Kind(StrEnum):
    """The types a column can have; each format writes them as its own."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # a decimal with up to four places
    MONEY = "money"  # yuan with two places
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"


class Format(StrEnum):
    """The kinds of files."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its stable name for programs, what people read at its head, its type and unit."""

    name: str
    title: object
    kind: Kind = Kind.TEXT
    unit: object = ""


@dataclass(frozen=True, kw_only=True)
class Export:
    """A list that can be exported.

    `rows` gives one sequence of values for each row, in the order of the columns, page by page by key and never all
    at once; it runs as the viewer, so it sees what he sees, masked as the page masks it. `filters` are the names in
    the list's address that narrow it, `needs` an action without whose right the list is not given, `may` a further
    condition on the viewer.
    """

    name: str
    title: object
    columns: tuple[Column, ...]
    rows: Callable[[Viewer, Filters], Iterator[Sequence[Any]]]
    filters: tuple[str, ...] = ()
    needs: str = ""
    may: Callable[[Viewer], bool] | None = None
    whole: bool = True  # whether it makes sense without any filter
    describe: Callable[[Filters], Sequence[str]] | None = (
        None  # the filters in words, for the page and the file
    )

    def in_words(self, filters: Filters) -> tuple[str, ...]:
        """How the list is narrowed, as people read it."""
        return tuple(self.describe(filters)) if self.describe else tuple(filters.values())

    def open_to(self, viewer: Viewer) -> bool:
        """Whether this viewer may take the list away."""
        allowed = viewer.may("exports.start") and (not self.needs or viewer.may(self.needs))
        return allowed and (self.may is None or self.may(viewer))


@dataclass(frozen=True, kw_only=True)
class Run:
    """One export as its page shows it: `state` is running, stopped, ready, failed or expired."""

    id: UUID
    list: str
    title: str
    format: Format
    filters: Mapping[str, str]
    area: str
    words: tuple[str, ...]
    state: str
    rows: int
    size: int
    started: datetime
    beat: datetime
    ready: datetime | None
    expires: datetime | None
    error: str
