"""Lists as links: what a chip, a sortable head or a pager changes in the query. No state but the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from huimin.ui import formats
from huimin.ui.parts import Column, Filter, Link, State

CURSORS = ("before", "after")
RIGHT = frozenset({"money", "money_wan", "number"})


@dataclass(frozen=True)
class Chip:
    """A filter as it stands in this request."""

    name: str
    label: str
    value: str
    word: str
    clear: str
    options: tuple[tuple[str, str, bool], ...]  # url, word, chosen


@dataclass(frozen=True)
class Choice:
    """A column that can be hidden: a press changes that."""

    label: str
    url: str
    shown: bool


@dataclass(frozen=True)
class Head:
    """A column's head as it stands in this request."""

    column: Column
    url: str
    order: str  # ascending | descending | ""
    right: bool


def _pairs(query: Any) -> dict[str, list[str]]:
    if hasattr(query, "lists"):
        return dict(query.lists())
    return {key: [value] for key, value in dict(query).items()}


def url(query: Any, **changes: str | None) -> str:
    """The same page with these changes; a change of filter or order goes back to the first page."""
    pairs = _pairs(query)
    if not set(changes) & set(CURSORS):
        changes = {**dict.fromkeys(CURSORS), **changes}
    for name, value in changes.items():
        if value:
            pairs[name] = [value]
        else:
            pairs.pop(name, None)
    return "?" + urlencode(pairs, doseq=True)


def kept(query: Any, *without: str) -> list[tuple[str, str]]:
    """Hidden fields for a form that changes only `without`."""
    gone = {*without, *CURSORS}
    return [(name, value) for name, values in _pairs(query).items() if name not in gone for value in values]


def chip(query: Mapping[str, str], one: Filter) -> Chip:
    """One chip: without options it is a switch."""
    value = query.get(one.name, "") or ""
    words = {key: str(word) for key, word in one.options}
    options = tuple(
        (url(query, **{one.name: key}), str(word), key == value) for key, word in one.options
    ) or ((url(query, **{one.name: None if value else "1"}), one.label, bool(value)),)
    return Chip(one.name, one.label, value, words.get(value, ""), url(query, **{one.name: None}), options)


def hidden(query: Mapping[str, str], count: int) -> set[int]:
    """Numbers of the columns that ?hide=2.5 takes away; the first column always stays."""
    numbers = {int(part) for part in (query.get("hide") or "").split(".") if part.isdigit()}
    return {one for one in numbers if 0 < one < count}


def choices(query: Mapping[str, str], columns: Sequence[Column]) -> list[Choice]:
    """The menu of columns, without the first."""
    gone = hidden(query, len(columns))
    return [
        Choice(
            column.label,
            url(query, hide=".".join(map(str, sorted(gone ^ {index}))) or None),
            index not in gone,
        )
        for index, column in enumerate(columns)
        if index
    ]


def head(query: Mapping[str, str], column: Column) -> Head:
    """One head: a press sorts ascending, the next one descending."""
    now = query.get("sort", "")
    order = ""
    if column.sort and now == column.sort:
        order = "ascending"
    elif column.sort and now == f"-{column.sort}":
        order = "descending"
    change = f"-{column.sort}" if order == "ascending" else column.sort
    return Head(column, url(query, sort=change) if column.sort else "", order, column.kind in RIGHT)


def written(value: Any, column: Column) -> tuple[Any, str]:
    """The text of a cell and how to show it: text | state | link | right."""
    if isinstance(value, State):
        return value, "state"
    if isinstance(value, Link):
        return value, "link"
    writers = {
        "money": lambda: formats.yuan(value, "无"),
        "money_wan": lambda: formats.yuan(value, "万").removesuffix(" 万元"),
        "number": lambda: (
            value if isinstance(value, str) else formats.number(value)
        ),  # 少于 5 stands among numbers
        "date": lambda: formats.idate(value),
        "time": lambda: formats.itime(value),
        "masked": lambda: formats.masked(value),
        "phone": lambda: formats.masked(value, "phone"),
    }
    writer = writers.get(column.kind)
    text = writer() if writer else (formats.NONE if value in (None, "") else value)
    return text, "right" if column.kind in RIGHT else "text"
