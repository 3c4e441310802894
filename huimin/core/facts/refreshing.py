"""Refreshing the snapshot: what changed goes to a delta, a table that cannot be followed is read from nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from huimin.core.facts import layout, source
from huimin.core.facts.layout import Held, Manifest, Part
from huimin.core.facts.opening import engine, name, relation, text
from huimin.core.facts.source import Described, Mark, Source, columns_of
from huimin.core.facts.tables import Wanted, engine_type, wanted
from huimin.core.facts.types import Refresh, SnapshotError

Progress = Callable[[str, int, int], None]
MEMORY = "1GiB"
MARKS = 20  # remembered marks: so many refreshes may pass while one transaction stays open
PATIENCE = 3.0  # seconds that a reading from nothing waits for transactions older than its mark
COMPACT_ROWS, COMPACT_SHARE = 50_000, 0.2  # a delta with more rows than both is merged into its base


def refresh(progress: Progress | None = None, full: bool = False) -> Refresh:
    """Bring the snapshot up to date with PostgreSQL; `full` reads every table from nothing.

    `progress(table, done, total)` hears of each table. One refresh at a time: another waits. Raises SnapshotError where
    declared columns are not PostgreSQL's, or values do not arrive as they were sent.
    """
    with layout.refreshing():
        layout.clear()
        con = engine(memory=MEMORY)
        try:
            with source.connected() as found:
                done = Refreshing(found, con, progress or (lambda *_: None), full).run()
        finally:
            con.close()
        layout.clear()
    return done


class Refreshing:
    """One refresh, from the former generation to the next."""

    def __init__(self, register: Source, con: Any, progress: Progress, full: bool) -> None:
        self.register, self.con, self.progress, self.asked = register, con, progress, full
        self.before = layout.latest()
        self.generation = max(layout.generations(), default=0) + 1
        self.full: dict[str, str] = {}
        self.changed: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def run(self) -> Refresh:
        """Read, write, publish."""
        started = time.monotonic()
        want = wanted()
        mark = self.register.mark(self.register.describe(want))
        patience = PATIENCE if self.asked or self.before is None else 0.0
        with self.register.begun(mark.xid, patience):
            source.probe(self.register, self.con)
            tables = self.register.describe(want)
            database = self.register.database()
            self.full = self.reasons(tables, want, database)
            held = {}
            for done, (table, described) in enumerate(tables.items()):
                self.progress(table, done, len(tables))
                since = time.monotonic()
                held[table] = self.table(described, want[table])
                self.seconds[table] = round(time.monotonic() - since, 3)
            self.progress("", len(tables), len(tables))
        known = self.before.marks if self.before and self.before.database == database else []
        self.seconds["whole"] = round(time.monotonic() - started, 3)
        manifest = Manifest(
            generation=self.generation, as_of=self.register.as_of.isoformat(), database=database, tables=held,
            marks=[*known, {"xid": mark.xid, "heads": mark.heads}][-MARKS:], xmin=self.register.xmin,
            changed=self.changed, full=self.full, seconds=self.seconds,
        )  # fmt: skip
        layout.publish(manifest)
        return Refresh(
            generation=self.generation, as_of=self.register.as_of, tables={t: h.rows for t, h in held.items()},
            changed=self.changed, full=self.full, seconds=self.seconds,
        )  # fmt: skip

    # What must be read from nothing

    def start(self) -> Mark | None:
        """The mark from which versions are read: the latest that is older than all the former generation did not see."""
        if self.before is None:
            return None
        usable = [Mark(m["xid"], {t: tuple(h) for t, h in m["heads"].items()}) for m in self.before.marks]
        usable = [mark for mark in usable if mark.xid < self.before.xmin]
        return max(usable, key=lambda mark: mark.xid) if usable else None

    def reasons(
        self, tables: dict[str, Described], want: dict[str, Wanted], database: dict[str, str]
    ) -> dict[str, str]:
        """The tables that are read from nothing, with the reason as a code."""
        before = self.before
        if self.asked or before is None or before.database != database:
            code = "asked" if self.asked else "first" if before is None else "other_database"
            return dict.fromkeys(tables, code)
        newest = before.marks[-1]["heads"]
        followed = [table for name, table in tables.items() if name in newest]
        if not all(self.register.remembers(table, tuple(newest[table.name])) for table in followed):
            return dict.fromkeys(tables, "restored")
        start = self.start()
        found = {}
        for table, described in tables.items():
            reason = self.reason(described, want[table], start)
            if reason:
                found[table] = reason
        return found

    def reason(self, table: Described, want: Wanted, start: Mark | None) -> str:
        """Why one table cannot be followed, or ""."""
        assert self.before is not None
        held = self.before.tables.get(table.name)
        followed = ("appended" if want.appended else "events") if table.event else "whole"
        if held is None or held.columns != columns_in(table, want) or held.mode != followed:
            return "new_columns" if held else "new_table"
        if not table.event:
            return ""  # read whole each time
        if held.filenode != table.filenode:
            return "truncated"
        if not all(layout.whole(part) for part in (held.base, held.delta) if part):
            return "files_missing"
        if start is None or table.name not in start.heads:
            return "open_transaction"
        return ""

    # One table

    def table(self, table: Described, want: Wanted) -> Held:
        """The table in the new generation."""
        columns = columns_in(table, want)
        former = self.before.tables.get(table.name) if self.before else None
        mode = ("appended" if want.appended else "events") if table.event else "whole"
        if table.name in self.full or not table.event or former is None:
            base = self.load(table, want, columns)
            held = Held(columns, table.key, base.rows, base, None, table.filenode, mode)
            self.changed[table.name] = self.differing(held, former) if mode == "whole" else base.rows
        else:
            held = self.follow(table, want, former)
        self.check(held, table.name)
        return held

    def load(self, table: Described, want: Wanted, columns: dict[str, str]) -> Part:
        """Read a table from nothing into a base."""
        with self.register.rows(self.register.all_of(table, want)) as reader:
            self.con.register("incoming", reader)
            try:
                return self.write(table.name, f"SELECT {casts(columns)} FROM incoming", columns)
            finally:
                self.con.unregister("incoming")

    def write(self, table: str, query: str, columns: dict[str, str]) -> Part:
        """Write rows as a base, by county where they have a place."""
        path = f"{table}/{self.generation:06d}"
        folder = layout.home() / path
        folder.parent.mkdir(parents=True, exist_ok=True)
        return write_base(self.con, query, columns, path)

    def follow(self, table: Described, want: Wanted, former: Held) -> Held:
        """Take what changed since the former generation into a delta, and the delta into the base when it is large."""
        start = self.start()
        assert start is not None
        key, columns = name(former.key), former.columns
        with self.register.rows(
            self.register.changed_since(table, want, start.heads[table.name][0])
        ) as reader:
            self.con.register("incoming", reader)
            self.con.execute(
                f"CREATE OR REPLACE TEMP TABLE change AS SELECT {casts(columns)}, huimin_gone FROM incoming"
            )
            self.con.unregister("incoming")
        found = int(self.one("SELECT count(*) FROM change")[0])
        self.changed[table.name] = found
        if not found:
            return replace(former, filenode=table.filenode)
        kept = "SELECT * FROM change"
        if former.delta:
            old = f"read_parquet({text(layout.home() / former.delta.path)})"
            kept += f" UNION ALL BY NAME SELECT * FROM {old} ANTI JOIN change USING ({key})"
        path = f"{table.name}/{self.generation:06d}.parquet"
        self.con.execute(f"COPY ({kept}) TO {text(layout.home() / path)} (FORMAT parquet, COMPRESSION zstd)")
        self.con.execute("DROP TABLE change")
        rows, gone = self.one(
            f"SELECT count(*), count(*) FILTER (WHERE huimin_gone) FROM read_parquet({text(layout.home() / path)})"
        )
        files, size = layout.measured(layout.home() / path)
        held = replace(former, delta=Part(path, rows, size, files, gone), filenode=table.filenode)
        if rows > COMPACT_ROWS and rows > COMPACT_SHARE * former.base.rows:
            base = self.write(table.name, relation(held), columns)
            return replace(held, base=base, delta=None, rows=base.rows)
        counted = self.one(f"SELECT count(*) FROM ({relation(held)})")[0]
        return replace(held, rows=int(counted))

    def differing(self, held: Held, former: Held | None) -> int:
        """How many rows of a small table are new or gone."""
        if former is None or former.columns != held.columns or not layout.whole(former.base):
            return held.rows
        new, old = relation(held), relation(former)
        query = f"SELECT count(*) FROM (({new} EXCEPT ALL {old}) UNION ALL ({old} EXCEPT ALL {new}))"
        return int(self.one(query)[0])

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        (row,) = self.con.execute(query).fetchall()
        return tuple(row)

    def check(self, held: Held, table: str) -> None:
        """Compare the types in the files with those declared; raise SnapshotError where one differs."""
        found = {row[0]: row[1] for row in self.con.execute(f"DESCRIBE {relation(held)}").fetchall()}
        if found != held.columns:
            wrong = [
                f"{c}: {found.get(c)} instead of {kind}"
                for c, kind in held.columns.items()
                if found.get(c) != kind
            ]
            raise SnapshotError(f"{table} was written with other types: {'; '.join(wrong)}")


def columns_in(table: Described, want: Wanted) -> dict[str, str]:
    """The columns of a table in the snapshot with their types in DuckDB."""
    return {column: engine_type(dtype) for column, dtype in columns_of(table, want).items()}


def casts(columns: dict[str, str]) -> str:
    """The columns as they come from PostgreSQL in the types they shall have."""
    return ", ".join(f"CAST({name(c)} AS {kind}) AS {name(c)}" for c, kind in columns.items())


def write_base(con: Any, query: str, columns: dict[str, str], path: str) -> Part:
    """Write the rows of a DuckDB query as a table's base at a path below the snapshot's folder."""
    folder = layout.home() / path
    if "division_code" in columns:
        query = f"SELECT *, substr(division_code, 1, {layout.COUNTY}) AS county FROM ({query})"
        options, target = "FORMAT parquet, COMPRESSION zstd, PARTITION_BY (county)", folder
    else:
        folder.mkdir(parents=True)
        options, target = "FORMAT parquet, COMPRESSION zstd", folder / "rows.parquet"
    rows = con.execute(f"COPY ({query}) TO {text(target)} ({options})").fetchall()[0][0]
    files, size = layout.measured(folder) if folder.exists() else (0, 0)
    return Part(path, int(rows), size, files)
