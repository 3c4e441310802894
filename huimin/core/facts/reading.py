"""Facts of one subject or a handful, on PostgreSQL; the SQL is compiled once in a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import ibis
from django.db import connection

from huimin.core.facts.catalogue import FACTS, TABLES
from huimin.core.facts.types import Fact, FactTable, FactValue, Value

MOMENT = ibis.table({"today": "date"}, name="huimin_moment")


@lru_cache(maxsize=256)
def scales(table: str) -> dict[str, Decimal]:
    """How fine the numbers of a fact table are, by the name of the fact: 1 for whole numbers, 0.01 for money."""
    found: dict[str, Decimal] = {}
    for name, kind in TABLES[table].build(MOMENT).schema().items():
        if kind.is_integer():
            found[name] = Decimal(1)
        elif kind.is_decimal() and kind.scale is not None:
            found[name] = Decimal(1).scaleb(-kind.scale)
    return found


@lru_cache(maxsize=256)
def compiled(table: str) -> tuple[str, tuple[str, ...]]:
    """The SQL of a fact table with two parameters (today, subjects), and its columns.

    Each subject is asked for on its own (OFFSET 0 keeps it so): only then does its id reach the windows and groups inside
    the expression, which else are worked out for everybody. A thousandth of the time where a million are registered.
    """
    expression = TABLES[table].build(MOMENT)
    columns = tuple(expression.columns)
    missing = {"subject", *(f.name for f in TABLES[table].facts)} - set(columns)
    if missing:
        raise LookupError(f"facts {table}: the expression lacks {', '.join(sorted(missing))}")
    inner = str(ibis.to_sql(expression, dialect="postgres")).replace("%", "%%")
    names = ", ".join(f'found."{name}"' for name in columns)
    text = (
        f"WITH huimin_moment AS (SELECT %s::date AS today) "
        f"SELECT {names} FROM unnest(%s::uuid[]) AS asked(id) "
        f"CROSS JOIN LATERAL (SELECT * FROM ({inner}) AS one WHERE one.subject = asked.id OFFSET 0) AS found"
    )
    return text, columns


def clean(value: Any) -> Value:
    """The value as rules take it: decimals for numbers; floats are refused with TypeError."""
    if isinstance(value, float):
        raise TypeError("a fact is never a float: cast it to a decimal in its expression")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value  # type: ignore[no-any-return]


def read(table: str, subjects: Iterable[UUID | str], today: date) -> dict[str, dict[str, Any]]:
    """The rows of a fact table for some subjects, by subject id."""
    text, columns = compiled(table)
    with connection.cursor() as cursor:
        cursor.execute(text, [today, [str(s) for s in subjects]])
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return {str(row["subject"]): row for row in rows}


def value_of(name: str, fact: Fact, row: Mapping[str, Any]) -> FactValue:
    """One fact of a row of its table; an empty row gives a value of None."""
    at = row.get(f"{fact.name}_at")
    return FactValue(
        name=name, title=str(fact.title), value=clean(row.get(fact.name)), unit=fact.unit,
        source=str(row.get(f"{fact.name}_source") or fact.source), at=at.date() if isinstance(at, datetime) else at,
    )  # fmt: skip


def values(
    names: Iterable[str], subjects: Iterable[UUID | str], today: date
) -> dict[str, dict[str, FactValue]]:
    """The named facts of each subject as of a day, by subject id and full name; unknown ones have the value None."""
    wanted: dict[str, list[tuple[str, Fact]]] = {}
    for name in names:
        table, fact = FACTS[name]
        wanted.setdefault(f"{name.partition('.')[0]}.{table.name}", []).append((name, fact))
    found: dict[str, dict[str, FactValue]] = {str(s): {} for s in subjects}
    for key, facts in wanted.items():
        rows = read(key, found, today)
        for subject, known in found.items():
            for name, fact in facts:
                known[name] = value_of(name, fact, rows.get(subject, {}))
    return found


def table_of(name: str) -> FactTable:
    """The table a fact comes from."""
    return FACTS[name][0]
