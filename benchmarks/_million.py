"""A register of a million people in PostgreSQL, quickly: for the benchmarks that need one.

    from _million import register
    with register(1_000_000) as made:        # a database of its own, dropped at the end; made = {table: rows}
        ...

The same people as `huimin bench make-people`, in the counties of Gansu: every household with profile, incomes of two years,
guarantees and a risk. Numbers, phones and addresses are empty. History and sums are kept by the triggers, as in a real load.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
NAME = "huimin_bench_million"
MORE = {  # what PostgreSQL has beyond the snapshot's columns, by table
    "people_person": "'人' AS name, '汉族' AS ethnicity, ''::BLOB AS id_number, ''::BLOB AS phone, 'ren' AS pinyin, "
    "'r' AS initials, '' AS education",
    "people_household": "''::BLOB AS address, '人' AS head_name, 'ren' AS head_pinyin",
    "people_membership": "",
    "poverty_profile": "1::SMALLINT AS group_no, '' AS dwelling",
    "poverty_income": "1::SMALLINT AS group_no, (per_head * members)::DECIMAL(12, 2) AS wages, 0::DECIMAL(12, 2) AS business, "
    "0::DECIMAL(12, 2) AS property, 0::DECIMAL(12, 2) AS transfers, 0::DECIMAL(12, 2) AS excluded, 0::DECIMAL(12, 2) AS cost",
    "poverty_guarantee": "1::SMALLINT AS group_no, '' AS note",
    "poverty_risk": "1::SMALLINT AS group_no, '' AS detail, '' AS removed_by",
    "poverty_line": "false AS is_demo",
}
GENERATED = {"poverty_income": ("per_head",)}


def postgres_types(table: str, link: Any) -> dict[str, str]:
    """The columns of a table with the types DuckDB gives them on their way to PostgreSQL's binary COPY."""
    kinds = {
        "uuid": "UUID", "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "date": "DATE", "boolean": "BOOLEAN",
        "timestamp with time zone": "TIMESTAMPTZ", "bytea": "BLOB", "double precision": "DOUBLE",
    }  # fmt: skip
    rows = link.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    ).fetchall()
    return {
        column: kinds.get(kind)
        or (kind.replace("numeric", "DECIMAL") if kind.startswith("numeric") else "VARCHAR")
        for column, kind in rows
    }


def plain_type(given: Any) -> Any:
    """The type whose binary form PostgreSQL takes: uuid as sixteen bytes, bool8 as boolean."""
    import pyarrow as pa

    return pa.bool_() if isinstance(given, pa.Bool8Type) else getattr(given, "storage_type", given)


def load(people: int) -> dict[str, int]:
    """Store a made-up register of about that many people in the empty database of the settings; rows by table."""
    import adbc_driver_postgresql.dbapi as adbc
    import duckdb
    import psycopg
    import pyarrow as pa

    from huimin.core.facts.source import conninfo
    from huimin.core.places import api as places
    from huimin.kit import clock
    from huimin.kit.area import Level
    from huimin.services.poverty.demo import everyone

    places.import_package()
    codes = [place.code[:6] for place in places.at_level(Level.COUNTY, "620000000000")]
    con = duckdb.connect(config={"arrow_lossless_conversion": True})
    for macro in everyone.MACROS:
        con.execute(macro)
    for table in MORE:
        con.execute(f"CREATE TABLE made_{table} AS SELECT 1 AS nothing WHERE false")
    for share in everyone.shares(people, clock.today(), codes):
        for statement in share.before:
            con.execute(statement)
        for table, query in share.tables.items():
            if table in MORE:
                more = f", {MORE[table]}" if MORE[table] else ""
                first = con.execute(f"SELECT count(*) FROM made_{table}").fetchall()[0][0] == 0
                verb = f"CREATE OR REPLACE TABLE made_{table} AS" if first else f"INSERT INTO made_{table}"
                con.execute(f"{verb} SELECT *{more} FROM ({query})")
    done = {}
    where = conninfo()
    with (
        psycopg.connect(where, autocommit=True) as link,
        adbc.connect(where) as bulk,
        bulk.cursor() as cursor,
    ):
        for table in MORE:
            types = postgres_types(table, link)
            made = {row[0] for row in con.execute(f"DESCRIBE made_{table}").fetchall()}
            columns = [c for c in types if c in made and c not in GENERATED.get(table, ())]
            names = ", ".join(f'CAST("{c}" AS {types[c]}) AS "{c}"' for c in columns)
            reader = con.sql(f"SELECT {names} FROM made_{table}").to_arrow_reader(100_000)
            plain = pa.schema([pa.field(f.name, plain_type(f.type)) for f in reader.schema])
            batches = (
                pa.RecordBatch.from_arrays([c.storage.cast(pa.bool_()) if isinstance(c.type, pa.Bool8Type) else
                                            getattr(c, "storage", c) for c in batch.columns], schema=plain)
                for batch in reader
            )  # fmt: skip
            done[table] = cursor.adbc_ingest(
                table, pa.RecordBatchReader.from_batches(plain, batches), mode="append"
            )
            bulk.commit()
        link.execute("ANALYZE")
    con.close()
    return done


@contextmanager
def register(people: int) -> Iterator[dict[str, int]]:
    """A database of its own with that many people, and no snapshot yet; both are dropped at the end."""
    import tempfile

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from huimin.core.access.api import acting_as, system

    before = connection.settings_dict["NAME"]

    def server(*statements: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    server(f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
    connection.settings_dict["NAME"] = NAME
    with tempfile.TemporaryDirectory(prefix="huimin-population-") as folder:
        settings.POPULATION = Path(folder)
        try:
            with acting_as(system("benchmark")):
                call_command("migrate", verbosity=0)
                yield load(people)
        finally:
            server(f"DROP DATABASE IF EXISTS {NAME}")
            connection.settings_dict["NAME"] = before


if __name__ == "__main__":
    began = time.perf_counter()
    with register(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000) as rows:
        print(rows, f"{time.perf_counter() - began:.1f} s")
