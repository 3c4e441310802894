"""Bulk rows by COPY inside an action, and their history set back to when things happened.

The triggers of history run as always: the versions made by a load carry the context of its action and the moment of
the load. `backdate` moves them to the days the rows speak of, which append-only tables allow nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pgtrigger
from django.db import connection, models
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 20_000


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


def copy_arrow(model: type[models.Model], rows: pa.Table) -> int:
    """Store an Arrow table's rows by COPY; its columns are named as the model's fields (names or attnames).

    Binary values are given as text (`\\x` and hexadecimal digits), null is NULL. Nothing is done row by row in Python.
    """
    found: list[Any] = [model._meta.get_field(name) for name in rows.column_names]
    return _copy(model._meta.db_table, [field.column for field in found], rows)


def stage(table: str, columns: Mapping[str, str], rows: Iterable[pa.Table]) -> int:
    """Make a temporary table, gone with the transaction, with these columns and rows; how many there are."""
    names = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ({names}) ON COMMIT DROP")
    stored = sum(_copy(table, list(columns), one) for one in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
    return stored


def unstage(*tables: str) -> None:
    """Let temporary tables go before the transaction ends, so that the next one can have their names."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in tables)}")


def _copy(table: str, columns: Sequence[str], rows: pa.Table) -> int:
    from pyarrow import csv

    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        # The history's context travels with ordinary statements only: this one sets it for the COPY as well.
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
        said = f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"
        with connection.wrap_database_errors, cursor.copy(said) as copy:
            for batch in rows.to_batches(max_chunksize=ROWS):
                out = BytesIO()
                csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
                copy.write(out.getbuffer())
    return int(rows.num_rows)


def arrow_rows(query: str, names: Sequence[str]) -> Iterator[pa.Table]:
    """What a query gives, as Arrow tables of texts under these names; for more rows than one would fetch."""
    import pyarrow as pa
    from pyarrow import csv

    read = csv.ReadOptions(column_names=list(names), use_threads=False)
    parse = csv.ParseOptions(newlines_in_values=True)
    convert = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True,
        quoted_strings_can_be_null=False, null_values=[""],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
        with connection.wrap_database_errors, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            block, held = bytearray(), 0
            for line in copy:
                block += line
                held += 1
                if held == ROWS:
                    yield csv.read_csv(BytesIO(block), read, parse, convert)
                    block, held = bytearray(), 0
            if held:
                yield csv.read_csv(BytesIO(block), read, parse, convert)


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
