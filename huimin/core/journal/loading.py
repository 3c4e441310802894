"""Bulk rows by COPY inside an action, and their history set back to when things happened.

The triggers of history run as always: the versions made by a load carry the context of its action and the moment of
the load. `backdate` moves them to the days the rows speak of, which append-only tables allow nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import connection, models
from psycopg.types.json import Jsonb


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Store rows of a model by COPY; values in the order of `fields` (names or attnames). How many were stored."""
    found: list[Any] = [model._meta.get_field(name) for name in fields]
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in found)
    as_json = [isinstance(field, models.JSONField) for field in found]
    stored = 0
    with connection.cursor() as cursor:
        # The history's context travels with ordinary statements only: this one sets it for the COPY as well.
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([Jsonb(v) if j else v for v, j in zip(row, as_json, strict=True)])
                stored += 1
    return stored


def analyse(loaded: Iterable[type[models.Model]]) -> None:
    """Tell the planner of rows just loaded: what follows in the same transaction would be planned as for empty tables."""
    with connection.cursor() as cursor:
        for model in loaded:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def backdate(model: type[models.Model], moments: Iterable[tuple[UUID, str, datetime]]) -> int:
    """Set versions back: (row, label `insert` or `update`, moment) of a row that has one version of that label."""
    event: Any = model.versions.rel.related_model  # type: ignore[attr-defined]
    with connection.cursor() as cursor, pgtrigger.ignore(f"{event._meta.label}:append_only"):
        cursor.execute("CREATE TEMP TABLE moments (obj uuid, label text, at timestamptz) ON COMMIT DROP")
        with cursor.copy("COPY moments (obj, label, at) FROM STDIN") as copy:
            for row in moments:
                copy.write_row(row)
        cursor.execute(
            f"UPDATE {event._meta.db_table} e SET pgh_created_at = m.at FROM moments m "
            "WHERE e.pgh_obj_id = m.obj AND e.pgh_label = m.label"
        )
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE moments")
    return changed


def backdate_to_entries(model: type[models.Model]) -> int:
    """Set back the versions that actions made while the clock was held in the past, to their entries' times."""
    event: Any = model.versions.rel.related_model  # type: ignore[attr-defined]
    with connection.cursor() as cursor, pgtrigger.ignore(f"{event._meta.label}:append_only"):
        cursor.execute(
            f"UPDATE {event._meta.db_table} e SET pgh_created_at = j.at FROM pghistory_context c, journal_entry j "
            "WHERE c.id = e.pgh_context_id AND j.id = (c.metadata->>'entry')::uuid "
            "AND j.at < e.pgh_created_at - interval '1 hour'"
        )
        return int(cursor.rowcount)
