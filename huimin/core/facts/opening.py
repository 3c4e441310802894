"""Reading the snapshot: DuckDB with one view a table, facts as the same Ibis expressions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import ibis
import ibis.expr.operations as ops
from django.conf import settings
from django.utils.translation import gettext as _

from huimin.core.facts import layout
from huimin.core.facts.catalogue import TABLES
from huimin.core.facts.layout import Held, Manifest
from huimin.core.facts.reading import MOMENT
from huimin.core.facts.tables import MOMENT_NAME
from huimin.core.facts.types import Status
from huimin.kit import clock
from huimin.kit.refusal import NotFound

if TYPE_CHECKING:
    import duckdb


T = TypeVar("T")
ENGINES = count()


@dataclass
class Snapshot:
    """A generation of the snapshot, open: `con` is a DuckDB connection with one view a table and `huimin_moment`."""

    generation: int
    as_of: datetime
    today: date
    con: duckdb.DuckDBPyConnection
    tables: Mapping[str, int]
    manifest: Manifest

    @cached_property
    def ibis(self) -> Any:
        """An Ibis backend on the same connection."""
        return ibis.duckdb.from_connection(self.con)

    def facts(self, table: str) -> Any:
        """The facts of everyone, by `service.table`: all columns of its expression, `subject` first among them."""
        return self.bound(TABLES[table].build(MOMENT))

    def spread(self, spark: Any) -> None:
        """The same tables as views of a Spark session, ids as 16 bytes."""
        from huimin.core.facts import cluster

        cluster.view_all(spark, self)

    def each(self, subject: str, work: Callable[[Snapshot], T]) -> Iterator[T]:
        """Do work over disjoint parts of the register, a few counties each, as many at once as there are threads.

        For work about everyone whose hash tables would not fit in memory. In each part the tables about subjects ("household"
        or "person": those with `household_id`, or `subject_kind` and `subject_id`) hold all rows of the part's subjects and no
        others; a subject is in one part only. Other tables are whole. A part's `con` is a cursor of the snapshot's: tables
        made there are seen, TEMP ones are not.
        """
        from huimin.core.facts import parts

        return parts.each(self, subject, work)

    def bound(self, expression: Any) -> Any:
        """An expression over unbound tables as one over the snapshot."""
        backend = self.ibis

        def place(node: Any, fields: Mapping[str, Any] | None) -> Any:
            if isinstance(node, ops.UnboundTable):
                return ops.DatabaseTable(
                    name=node.name, schema=node.schema, source=backend, namespace=ops.Namespace()
                )
            return node.__recreate__(fields) if fields else node

        return expression.op().replace(place).to_expr()


def engine(memory: str = "", threads: int = 0) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, bounded by the settings; it spills into the folder of the snapshot and loads nothing from outside."""
    import duckdb

    spill = layout.home() / "temp"
    spill.mkdir(parents=True, exist_ok=True)  # DuckDB makes the last folder only
    con = duckdb.connect(
        config={
            "memory_limit": memory or settings.POPULATION_MEMORY,
            "threads": threads or settings.POPULATION_THREADS,
            "temp_directory": str(
                spill / f"{os.getpid()}-{next(ENGINES)}"
            ),  # one each: names inside are not unique
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": False,
        }
    )
    con.execute("SET TimeZone = 'UTC'")
    return con


def text(value: object) -> str:
    """A value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def name(value: str) -> str:
    """A name in SQL."""
    return '"' + value.replace('"', '""') + '"'


def files(held: Held, counties: Sequence[str] | None = None) -> str:
    """The Parquet files of a table's base, or of some counties of it, as DuckDB finds them; "" where there are none."""
    path = layout.home() / held.base.path
    if "division_code" not in held.columns:
        return text(path / "*.parquet") if held.base.files else ""
    if counties is None:
        return text(path / "*/*.parquet") if held.base.files else ""
    there = [
        text(path / f"county={county}" / "*.parquet")
        for county in counties
        if (path / f"county={county}").is_dir()
    ]
    return f"[{', '.join(there)}]" if there else ""


def relation(held: Held, counties: Sequence[str] | None = None) -> str:
    """The rows of a table, or of some counties: its base without what changed, and what changed."""
    columns = ", ".join(name(column) for column in held.columns)
    found = files(held, counties)
    if found:
        base = f"SELECT {columns} FROM read_parquet({found}, hive_partitioning = false)"
    else:
        base = f"SELECT {', '.join(f'NULL::{kind} AS {name(c)}' for c, kind in held.columns.items())} WHERE false"
    if held.delta is None:
        return base
    delta = f"read_parquet({text(layout.home() / held.delta.path)})"
    here = ""
    if counties is not None and "division_code" in held.columns:
        here = f" AND substr(division_code, 1, {layout.COUNTY}) IN ({', '.join(map(text, counties))})"
    return (
        f"SELECT {columns} FROM ({base}) ANTI JOIN {delta} USING ({name(held.key)}) "
        f"UNION ALL SELECT {columns} FROM {delta} WHERE NOT huimin_gone{here}"
    )


def view_all(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Make one view a table."""
    for table, held in manifest.tables.items():
        con.execute(f"CREATE VIEW {name(table)} AS {relation(held)}")


@contextmanager
def opened(generation: int | None = None, today: date | None = None) -> Iterator[Snapshot]:
    """The snapshot to read from, the latest generation unless another is named; its files stay until the block ends.

    `today` is the day facts are asked for (by default the clock's). Raises NotFound where there is no snapshot yet.
    """
    with layout.leased(generation) as manifest:
        if manifest is None:
            raise NotFound(
                _("还没有全量快照，请先运行 huimin population refresh。"), code="no_snapshot"
            )  # fmt: skip
        day = today or clock.today()
        con = engine()
        try:
            view_all(con, manifest)
            con.execute(f"CREATE VIEW {MOMENT_NAME} AS SELECT DATE {text(day.isoformat())} AS today")
            yield Snapshot(
                generation=manifest.generation, as_of=manifest.moment, today=day, con=con,
                tables={table: held.rows for table, held in manifest.tables.items()}, manifest=manifest,
            )  # fmt: skip
        finally:
            con.close()


def status() -> Status | None:
    """What the latest generation is, or None where there is none."""
    manifest = layout.latest()
    if manifest is None:
        return None
    parts = list(manifest.parts())
    return Status(
        generation=manifest.generation, as_of=manifest.moment,
        tables={table: held.rows for table, held in manifest.tables.items()},
        pending={table: held.delta.rows for table, held in manifest.tables.items() if held.delta},
        full=manifest.full, seconds=manifest.seconds, files=sum(part.files for part in parts),
        bytes=sum(part.bytes for part in parts), made_up="made" in manifest.database,
    )  # fmt: skip
