"""A made-up generation, straight into the layout of the snapshot: for measuring at sizes no register at hand has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ibis
from django.conf import settings

from huimin.core.facts import layout
from huimin.core.facts.layout import Held, Manifest, Part
from huimin.core.facts.opening import engine, name, text
from huimin.core.facts.tables import engine_type, wanted
from huimin.core.facts.types import Refresh, Share
from huimin.kit import clock
from huimin.kit.refusal import Refused

MEMORY = "2GiB"


def make_up(
    shares: Iterable[Share],
    total: int,
    macros: Iterable[str],
    progress: Callable[[str, int, int], None] | None = None,
) -> Refresh:
    """Write a made-up generation, one share (a county) at a time in bounded memory; return what it holds.

    Only into a folder without a snapshot, so that no register is mixed up with what was made up; raise Refused elsewhere.
    """
    with layout.refreshing():
        if layout.generations():
            raise Refused(f"{layout.home()} holds a snapshot already: name another folder", code="not_empty")
        layout.clear()
        con = engine(memory=MEMORY)
        try:
            for macro in macros:
                con.execute(macro)
            making = Making(con)
            with ThreadPoolExecutor(settings.POPULATION_THREADS) as pool:
                for done, _ in enumerate(pool.map(making.share, shares), start=1):
                    if progress:
                        progress("", done, total)
            return making.published()
        finally:
            con.close()


class Making:
    """The tables of a made-up generation while shares are written."""

    def __init__(self, con: Any) -> None:
        self.con = con
        self.started = clock.now()
        self.types = {table: want.engine_types() for table, want in wanted().items()}
        self.columns: dict[str, dict[str, str]] = {}

    def share(self, share: Share) -> None:
        """Write the rows of one share, each table into one file."""
        con = self.con.cursor()
        try:
            for statement in share.before:
                con.execute(statement)
            for table, query in share.tables.items():
                self.write(con, share.county, table, query)
        finally:
            con.close()

    def write(self, con: Any, county: str, table: str, query: str) -> None:
        """Write one table of a share: its key, its place and the columns the snapshot wants, in their types."""
        given = {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}").fetchall()}
        columns = {"id": self.types[table].get("id", given["id"])}
        if "division_code" in given:
            columns["division_code"] = engine_type(ibis.dtype("string"))
        columns |= self.types[table]
        self.columns[table] = columns
        folder = layout.home() / table / "000001"
        file = (
            folder / f"county={county}" / "rows.parquet"
            if "division_code" in columns
            else folder / f"{county}.parquet"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        chosen = ", ".join(f"CAST({name(c)} AS {kind}) AS {name(c)}" for c, kind in columns.items())
        con.execute(
            f"COPY (SELECT {chosen} FROM ({query})) TO {text(file)} (FORMAT parquet, COMPRESSION zstd)"
        )

    def published(self) -> Refresh:
        """Count what was written and make it the first generation; tables nobody made up are empty."""
        held = {}
        for table, types in self.types.items():
            path = f"{table}/000001"
            columns = self.columns.get(table) or {"id": types.get("id", "UUID"), **types}
            part = Part(path, 0, 0, 0)
            if table in self.columns:
                part.files, part.bytes = layout.measured(layout.home() / path)
                files = layout.home() / path / "**" / "*.parquet"
                (row,) = self.con.execute(f"SELECT count(*) FROM read_parquet({text(files)})").fetchall()
                part.rows = int(row[0])
            held[table] = Held(columns, "id", part.rows, part, mode="made")
        rows = {table: one.rows for table, one in held.items()}
        seconds = {"whole": round((clock.now() - self.started).total_seconds(), 3)}
        database = {"made": "huimin bench make-people"}
        manifest = Manifest(1, self.started.isoformat(), database, held, changed=rows, seconds=seconds)
        layout.publish(manifest)
        return Refresh(
            generation=1,
            as_of=self.started,
            tables=rows,
            changed=rows,
            full=dict.fromkeys(rows, "made"),
            seconds=seconds,
        )
