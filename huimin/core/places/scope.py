"""Spans as conditions: one place that writes them for Django and for SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q

from huimin.core.places.types import Span

_COLUMN = re.compile(r'^[A-Za-z_"][A-Za-z0-9_."]*$')


def _sorted_out(
    spans: Iterable[Span],
) -> tuple[list[Span], list[str], list[Span]]:
    """Spans as ranges, single codes, and codes narrowed to groups."""
    ranges, points, narrowed = [], [], []
    for span in spans:
        if span.groups is not None or span.except_groups is not None:
            narrowed.append(span)
        elif span.low == span.high:
            points.append(span.low)
        else:
            ranges.append(span)
    return ranges, points, narrowed


def q(spans: Iterable[Span], column: str = "division_code", group: str | None = "group_no") -> Q:
    """Spans as a Django condition on two fields; without spans it holds for no row.

    With `group=None` (a table that records no group) a divided village belongs whole to its remainder.
    """
    ranges, points, narrowed = _sorted_out(spans)
    parts = [Q(**{f"{column}__gte": span.low, f"{column}__lte": span.high}) for span in ranges]
    for span in narrowed:
        here = Q(**{column: span.low})
        if span.groups is not None:
            if group is not None:
                parts.append(here & Q(**{f"{group}__in": span.groups}))
        elif group is None:
            points.append(span.low)
        else:
            others = Q(**{f"{group}__isnull": True}) | ~Q(**{f"{group}__in": span.except_groups})
            parts.append(here & others)
    if points:
        parts.append(Q(**{f"{column}__in": points}))
    whole = Q()
    for part in parts:
        whole |= part
    return whole if parts else Q(pk__in=())


def sql(
    spans: Iterable[Span], column: str = "division_code", group: str | None = "group_no"
) -> tuple[str, list[object]]:
    """Spans as an SQL condition in brackets with its parameters (%s), meaning what `q` means."""
    for name in (column, group or "x"):
        if not _COLUMN.match(name):
            raise ValueError(f"{name!r} is not the name of a column")
    ranges, points, narrowed = _sorted_out(spans)
    parts: list[str] = []
    values: list[object] = []
    for span in ranges:
        parts.append(f"{column} BETWEEN %s AND %s")
        values += [span.low, span.high]
    for span in narrowed:
        if group is None:
            if span.except_groups is not None:
                points.append(span.low)
        elif span.groups is not None:
            parts.append(f"({column} = %s AND {group} = ANY(%s))")
            values += [span.low, list(span.groups)]
        else:
            parts.append(f"({column} = %s AND ({group} IS NULL OR {group} <> ALL(%s)))")
            values += [span.low, list(span.except_groups or ())]
    if points:
        parts.append(f"{column} = ANY(%s)")
        values.append(points)
    return ("(" + " OR ".join(parts) + ")", values) if parts else ("FALSE", [])
