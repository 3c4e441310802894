"""Long lists read page by page, by key: never whole in memory, never by offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE = 500


def pages(rows: QuerySet[Any], order: Sequence[str], size: int = PAGE) -> Iterator[list[Any]]:
    """The rows of a query in pages, in the order of its fields (all rising, or all falling with a minus).

    The last field is unique and none is null. Each page begins behind the last row of the one before, so a row that
    is added or removed meanwhile moves no other.
    """
    names = [name.lstrip("-") for name in order]
    falling = order[0].startswith("-")
    beyond = TupleLessThan if falling else TupleGreaterThan
    ordered, found = rows.order_by(*order), list(rows.order_by(*order)[:size])
    while found:
        yield found
        if len(found) < size:
            return
        last = tuple(getattr(found[-1], name) for name in names)
        found = list(ordered.filter(beyond(Tuple(*names), last))[:size])
