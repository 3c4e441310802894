"""PostgreSQL as the snapshot reads it: one repeatable-read view of all tables, streamed to Arrow by ADBC.

What changed is found by the numbers of rows in event tables. A number can become visible after a higher one, because
numbers are given out before their transaction commits. A mark holds: heads (the highest number of each table), then a
transaction id taken after looking at them. Every transaction with a higher id got its id later, so its numbers, which are
given out after its id, are above those heads. A refresh sees all transactions below its snapshot's xmin; therefore the
next refresh starts from the heads of the latest mark whose id is below that xmin. Read twice is harmless.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import adbc_driver_postgresql.dbapi as adbc
import ibis
import psycopg
import pyarrow as pa
from django.db import connection
from psycopg import sql

from huimin.core.facts.tables import Wanted
from huimin.core.facts.types import SnapshotError

Head = tuple[int, str]  # the highest number of an event table, and which row it speaks of
POSTGRES = {
    "uuid": ("uuid",), "string": ("character varying", "text", "character", "jsonb", "json"), "int16": ("smallint",),
    "int32": ("smallint", "integer"), "int64": ("smallint", "integer", "bigint"), "date": ("date",), "boolean": ("boolean",),
    "timestamp('UTC', 6)": ("timestamp with time zone",), "float64": ("double precision",), "json": ("jsonb", "json"),
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A table as PostgreSQL has it."""

    name: str
    key: str
    columns: Mapping[str, str]
    filenode: int
    event: str  # the table that says what changed: its versions, or itself where rows are only added; "" where there is none
    number: str = "pgh_id"  # in that table: the number of a row, and which row of the table it speaks of
    about: str = "pgh_obj_id"


@dataclass(frozen=True)
class Mark:
    """Heads of event tables, and a transaction id that was given out after they were looked at."""

    xid: int
    heads: Mapping[str, Head]


def conninfo() -> str:
    """How libpq reaches the database of the settings; an embedded server is started."""
    connection.ensure_connection()
    known = {one.keyword.decode() for one in psycopg.pq.Conninfo.get_defaults()}
    given = {key: value for key, value in connection.get_connection_params().items() if key in known}
    return psycopg.conninfo.make_conninfo(**given)


class Source:
    """The register within one repeatable-read transaction."""

    def __init__(self, plain: psycopg.Connection[Any], bulk: Any) -> None:
        self.plain, self.bulk = plain, bulk
        self.xmin = 0
        self.as_of = datetime.fromtimestamp(0, UTC)

    def describe(self, wanted: Mapping[str, Wanted]) -> dict[str, Described]:
        """What PostgreSQL has of the tables; raise SnapshotError where a column is missing or of another type."""
        found = {}
        for name, want in wanted.items():
            rows = self.plain.execute(COLUMNS, [name]).fetchall()
            if not rows:
                raise SnapshotError(f"PostgreSQL has no table {name}")
            columns = {column: kind for column, kind, *_ in rows}
            keys = [column for column, _kind, key, *_ in rows if key]
            if len(keys) != 1:
                raise SnapshotError(f"{name} has no key of one column")
            for column, dtype in want.columns.items():
                agree(name, column, dtype, columns.get(column))
            _c, _k, _key, filenode, event = rows[0]
            if want.appended:
                agree(name, want.appended, ibis.dtype("int64"), columns.get(want.appended))
                found[name] = Described(name, keys[0], columns, int(filenode), name, want.appended, keys[0])
            else:
                found[name] = Described(name, keys[0], columns, int(filenode), event or "")
        return found

    def heads(self, tables: Mapping[str, Described]) -> dict[str, Head]:
        """The highest number of each event table."""
        heads = {}
        for name, table in tables.items():
            if table.event:
                row = self.plain.execute(
                    sql.SQL(
                        "SELECT {number}, {about}::text FROM {event} ORDER BY {number} DESC LIMIT 1"
                    ).format(
                        number=sql.Identifier(table.number),
                        about=sql.Identifier(table.about),
                        event=sql.Identifier(table.event),
                    )
                ).fetchone()
                heads[name] = (int(row[0]), str(row[1])) if row else (0, "")
        return heads

    def mark(self, tables: Mapping[str, Described]) -> Mark:
        """Look at the heads, and only then take a transaction id; outside of `begun`."""
        heads = self.heads(tables)
        xid = self.plain.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert xid is not None
        return Mark(int(xid[0]), heads)

    @contextmanager
    def begun(self, above: int = 0, patience: float = 0.0) -> Iterator[None]:
        """One view of all tables; wait so many seconds for transactions with ids up to `above` to end, if they do."""
        deadline = time.monotonic() + patience
        while True:
            self.plain.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = self.plain.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, clock_timestamp(), pg_export_snapshot()"
            ).fetchone()
            assert row is not None
            if int(row[0]) > above or time.monotonic() >= deadline:
                break
            self.plain.execute("ROLLBACK")
            time.sleep(0.05)
        self.xmin, self.as_of = int(row[0]), row[1].astimezone(UTC)
        try:
            with self.bulk.cursor() as cursor:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{row[2]}'")
            yield
        finally:
            with self.bulk.cursor() as cursor:
                cursor.execute("ROLLBACK")
            self.plain.execute("ROLLBACK")

    def database(self) -> dict[str, str]:
        """What tells this database from another: a restored or copied one has another history."""
        row = self.plain.execute(
            "SELECT (SELECT system_identifier::text FROM pg_control_system()), "
            "(SELECT timeline_id::text FROM pg_control_checkpoint()), "
            "(SELECT oid::text FROM pg_database WHERE datname = current_database())"
        ).fetchone()
        assert row is not None
        return {"system": row[0], "timeline": row[1], "database": row[2]}

    def remembers(self, table: Described, head: Head) -> bool:
        """Whether an event table still holds the row that was its head."""
        if head[0] == 0:
            return True
        query = sql.SQL("SELECT {about}::text FROM {event} WHERE {number} = %s").format(
            about=sql.Identifier(table.about),
            event=sql.Identifier(table.event),
            number=sql.Identifier(table.number),
        )
        row = self.plain.execute(query, [head[0]]).fetchone()
        return row is not None and str(row[0]) == head[1]

    @contextmanager
    def rows(self, query: str) -> Iterator[pa.RecordBatchReader]:
        """The rows of a query as a stream; numbers of PostgreSQL's numeric come as text."""
        with self.bulk.cursor() as cursor:
            cursor.execute(query)
            yield plain_reader(cursor.fetch_record_batch())

    def all_of(self, table: Described, want: Wanted) -> str:
        """The query for a whole table: its key and what is wanted."""
        return f"SELECT {selected(table, want, 't')} FROM {quoted(table.name)} t"

    def changed_since(self, table: Described, want: Wanted, head: int) -> str:
        """The query for the rows that versions after a head speak of, as they are now; of those gone only the key."""
        key = quoted(table.key)
        columns = selected(table, want, "t", but=table.key)
        return (
            f"SELECT c.id AS {key}, {columns}, t.{key} IS NULL AS huimin_gone "
            f"FROM (SELECT DISTINCT {quoted(table.about)} AS id FROM {quoted(table.event)} "
            f"WHERE {quoted(table.number)} > {int(head)}) c "
            f"LEFT JOIN {quoted(table.name)} t ON t.{key} = c.id"
        )


COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(a.attnum = ANY(i.indkey), false), pg_relation_filenode(c.oid),
       (SELECT e.relname FROM pg_class e JOIN pg_attribute x ON x.attrelid = e.oid AND x.attname = 'pgh_obj_id'
         WHERE e.oid = to_regclass(quote_ident(c.relname || 'event')))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
 WHERE c.oid = to_regclass(quote_ident(%s)) ORDER BY a.attnum
"""


@contextmanager
def connected() -> Iterator[Source]:
    """Two connections of our own: one for questions, one for bulk."""
    where = conninfo()
    with psycopg.connect(where, autocommit=True) as plain, adbc.connect(where, autocommit=True) as bulk:
        plain.execute("SET TimeZone = 'UTC'")
        yield Source(plain, bulk)


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def columns_of(table: Described, want: Wanted) -> dict[str, Any]:
    """The columns the snapshot keeps of a table: its key, its place, what is wanted."""
    kept: dict[str, Any] = {table.key: want.columns.get(table.key) or key_type(table)}
    if "division_code" in table.columns:
        kept["division_code"] = ibis.dtype("string")
    return {**kept, **want.columns}


def key_type(table: Described) -> Any:
    """The Ibis type of a key."""
    kind = table.columns[table.key]
    for name, kinds in POSTGRES.items():
        if kinds[-1] == kind or kinds[0] == kind:
            return ibis.dtype(name)
    raise SnapshotError(f"{table.name}.{table.key} is {kind}: the snapshot takes no such key")


def selected(table: Described, want: Wanted, of: str, but: str = "") -> str:
    """The columns of a query, numerics and documents as text."""
    parts = []
    for column in columns_of(table, want):
        if column != but:
            cast = "::text" if table.columns[column] in ("jsonb", "json") else ""
            parts.append(f"{of}.{quoted(column)}{cast} AS {quoted(column)}")
    return ", ".join(parts)


def agree(table: str, column: str, dtype: Any, kind: str | None) -> None:
    """Raise SnapshotError unless a column is there in a type that the declared one holds."""
    if kind is None:
        raise SnapshotError(f"{table} has no column {column}")
    if dtype.is_decimal():
        fits = kind == f"numeric({dtype.precision},{dtype.scale})"
    else:
        name = str(dtype.copy(nullable=True))
        fits = kind.split("(")[0] in POSTGRES.get(name, ()) or kind in POSTGRES.get(name, ())
    if not fits:
        raise SnapshotError(f"{table}.{column} is {kind} in PostgreSQL and declared as {dtype}")


def plain_reader(reader: Any) -> pa.RecordBatchReader:
    """The stream with unknown types as the text they come in."""
    fields = [
        pa.field(f.name, f.type.storage_type)
        if isinstance(f.type, pa.OpaqueType)
        else pa.field(f.name, f.type)
        for f in reader.schema
    ]
    schema = pa.schema(fields)
    opaque = [i for i, f in enumerate(reader.schema) if isinstance(f.type, pa.OpaqueType)]

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            columns = list(batch.columns)
            for i in opaque:
                columns[i] = columns[i].storage
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


# One value of every type on both sides: what leaves PostgreSQL must arrive, with its zone and its last digit.
PROBE: dict[str, tuple[str, str, Any]] = {
    "moment": ("'2026-03-01 00:30:00.123456+08'::timestamptz", "TIMESTAMP WITH TIME ZONE",
               datetime(2026, 2, 28, 16, 30, 0, 123456, UTC)),
    "day": ("'2026-02-28'::date", "DATE", date(2026, 2, 28)),
    "amount": ("'-12345678901.05'::numeric(14,2)", "DECIMAL(14,2)", Decimal("-12345678901.05")),
    "subject": ("'0001f29c-0000-4000-8000-00000000fffe'::uuid", "UUID", UUID("0001f29c-0000-4000-8000-00000000fffe")),
    "words": ("'惠民''s'::varchar(12)", "VARCHAR", "惠民's"),
    "yes": ("true", "BOOLEAN", True),
    "small": ("(-32768)::smallint", "SMALLINT", -32768),
    "large": ("9223372036854775807::bigint", "BIGINT", 9223372036854775807),
    "nothing": ("NULL::numeric(14,2)", "DECIMAL(14,2)", None),
}  # fmt: skip


def probe(source: Source, con: Any) -> None:
    """Send one value of every type the way rows go; raise SnapshotError where one arrives otherwise."""
    query = "SELECT " + ", ".join(f"{text} AS {name}" for name, (text, *_) in PROBE.items())
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, (_text, kind, _v) in PROBE.items())
    with source.rows(query) as reader:
        con.register("incoming", reader)
        (row,) = con.execute(f"SELECT {casts} FROM incoming").fetchall()
        con.unregister("incoming")
    for (name, (text, _kind, value)), found in zip(PROBE.items(), row, strict=True):
        if found != value:
            raise SnapshotError(f"{name}: {text} arrived as {found!r} instead of {value!r}")
