"""One file being worked on: its folder, its tables, what is wrong with its rows, what is to be stored.

Tables are DuckDB's, in the run's folder, with little memory. Every row is looked at by SQL; what SQL cannot call plainly
right is looked at one distinct value at a time by the column's own check, which also words what is wrong.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.intake.types import BadValue, Column, Outcome, Progress, Target
from huimin.kit import clock

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY, THREADS = "320MB", 2
BATCH = 20_000
_BLANK = " \t\r\n\u00a0\u3000\ufeff"
_PLACE = re.compile(r"%\((\w+)\)s")


def quoted(text: object) -> str:
    """A text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def words(text: str, **parts: str) -> str:
    """A sentence with %(name)s as an expression of SQL; each part is an expression itself."""
    found, at = [], 0
    for match in _PLACE.finditer(text):
        found += [quoted(text[at : match.start()]), f"coalesce(CAST({parts[match.group(1)]} AS VARCHAR), '')"]
        at = match.end()
    return " || ".join([*found, quoted(text[at:])])


def home() -> Path:
    """The folder of all runs, for nobody else to read."""
    folder = Path(settings.MEDIA_ROOT) / "intake"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def folder_of(run: UUID | str) -> Path:
    """The folder of a run."""
    return home() / str(run)


def connect(path: Path | None, spill: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that keeps to its memory and spills into the run's folder."""
    import duckdb  # with Arrow: only who works on a file loads them

    made = duckdb.connect(str(path) if path else ":memory:")
    for name, value in (
        ("memory_limit", MEMORY),
        ("threads", THREADS),
        ("temp_directory", str(spill)),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
    ):
        made.execute(f"SET {name} = {quoted(value)}").fetchall()
    return made


class Work:
    """A file, what is known of it, and how far it is; `viewer` is who sends it."""

    def __init__(
        self,
        *,
        folder: Path,
        target: Target,
        viewer: Viewer,
        headings: Sequence[str],
        mapping: Mapping[str, str],
        differ: str,
        source: str,
        print_: str,
        listen: Progress | None = None,
    ) -> None:
        self.folder, self.target, self.viewer = folder, target, viewer
        self.headings, self.differ, self.source, self.print = tuple(headings), differ, source, print_
        self.columns = {name: self.headings.index(heading) for heading, name in mapping.items()}
        self.listen = listen
        self.ready: dict[int, Any] = {}
        self._db: duckdb.DuckDBPyConnection | None = None
        self._told = 0.0

    # Files

    @property
    def rows(self) -> Path:
        """Every cell of the file as text."""
        return self.folder / "rows.parquet"

    @property
    def plan(self) -> Path:
        """What is to be stored, in the order of chunks; it is there when the check is over."""
        return self.folder / "plan.parquet"

    @property
    def problems(self) -> Path:
        """What is wrong: row, column, value, reason."""
        return self.folder / "problems.parquet"

    # Tables

    @property
    def db(self) -> duckdb.DuckDBPyConnection:
        """The connection to the run's tables."""
        if self._db is None:
            self.forget()
            self._db = connect(self.folder / "work.duckdb", self.folder / "spill")
        return self._db

    def forget(self) -> None:
        """Close the tables and remove them."""
        if self._db is not None:
            self._db.close()
            self._db = None
        for name in ("work.duckdb", "work.duckdb.wal"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "spill", ignore_errors=True)

    def sql(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""
        return self.db.execute(text, list(values) if values else None).fetchall()

    def batches(self, text: str, size: int = BATCH) -> Iterator[pa.RecordBatch]:
        """The rows of a query as Arrow batches, while other statements run."""
        cursor = self.db.cursor()
        try:
            yield from cursor.sql(text).to_arrow_reader(size)
        finally:
            cursor.close()

    def fill(self, table: str, rows: pa.Table) -> None:
        """Add an Arrow table's rows to a table, by name; the table is made where it is not there."""
        self.db.register("arriving", rows)
        there = self.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", table)
        self.sql(
            f"INSERT INTO {table} BY NAME FROM arriving"
            if there
            else f"CREATE TABLE {table} AS FROM arriving"
        )
        self.db.unregister("arriving")

    def problem(self, column: str, text: str, where: str, /, **parts: str) -> None:
        """Note what is wrong with rows: `where` is `FROM …` of SQL with a column `row`; `parts` fill the sentence."""
        self.sql(f"INSERT INTO problem SELECT row, {quoted(column)}, {words(text, **parts)} {where}")

    def title(self, column: str) -> str:
        """What a column is called."""
        return str(self.target.column(column).title)

    # Progress

    def tell(self, stage: str, done: int, total: int) -> None:
        """Say how far it is, to a listener and in a file that the page reads."""
        if self.listen is not None:
            self.listen(stage, done, total)
        now = time.monotonic()
        if now - self._told < 0.3 and done < total:
            return
        self._told = now
        fresh = self.folder / "progress.new"
        fresh.write_text(json.dumps({"stage": stage, "done": done, "total": total}), encoding="ascii")
        os.replace(fresh, self.folder / "progress.json")


def outcomes(column: Column, values: Sequence[str]) -> Iterable[Outcome]:
    """What a column's check says of each value."""
    if column.check_many is not None:
        return column.check_many(values)
    found: list[Outcome] = []
    for value in values:
        try:
            found.append((column.check(value), ""))
        except (BadValue, ValueError) as wrong:
            found.append((None, str(wrong)))
    return found


def plainly(value: object) -> str | None:
    """A tidy value as text for SQL."""
    return None if value is None else str(getattr(value, "value", value))


def tidy(work: Work) -> int:
    """Make the tables `raw` (cells by column's name), `tidy` (checked values) and `problem`; how many rows there are."""
    work.sql('CREATE TABLE problem ("row" BIGINT, col VARCHAR, reason VARCHAR)')
    cells, fast = [], []
    demo = "true" if getattr(settings, "DEMO", False) else "false"
    for column in work.target.columns:
        if column.name not in work.columns:
            continue
        trimmed = f"trim(c{work.columns[column.name]}, {quoted(_BLANK)})"
        mended = (
            f"CASE WHEN regexp_matches({trimmed}, '^''[-=+@]') THEN substr({trimmed}, 2) ELSE {trimmed} END"
        )
        cells.append(f"nullif({mended}, '') AS \"{column.name}\"")
        if column.fast:
            said = column.fast.format(v=f'"{column.name}"', today=clock.today().isoformat(), demo=demo)
            fast.append(f"CAST({said} AS {column.sql}) AS fast_{column.name}")
    source = quoted(work.rows)
    work.sql(
        f"CREATE TABLE raw AS SELECT *{''.join(', ' + one for one in fast)} FROM "
        f'(SELECT "row", fault, {", ".join(cells)} FROM {source})'
    )
    work.sql("INSERT INTO problem SELECT \"row\", '', fault FROM raw WHERE fault IS NOT NULL")
    ((total,),) = work.sql("SELECT count(*) FROM raw")
    chosen, joins = [], []
    for number, column in enumerate(work.target.columns):
        name = column.name
        if name not in work.columns:
            chosen.append(f'CAST(NULL AS {column.sql}) AS "{name}"')
            continue
        looked_at = _one_by_one(work, column, number)
        known = [f"raw.fast_{name}"] if column.fast else []
        if looked_at:
            known.append(f"CAST(s{number}.tidy AS {column.sql})")
            joins.append(f'LEFT JOIN slow_{number} s{number} ON s{number}.raw = raw."{name}"')
        value = f"coalesce({', '.join(known)})" if known else f"CAST(NULL AS {column.sql})"
        chosen.append(f'{value} AS "{name}"')
        if column.required:
            work.problem(
                name,
                _("请填写%(what)s。") % {"what": column.title},
                f'FROM raw WHERE fault IS NULL AND "{name}" IS NULL',
            )
    work.sql(
        f'CREATE TABLE tidy AS SELECT raw."row", {", ".join(chosen)} FROM raw {" ".join(joins)} WHERE fault IS NULL'
    )
    return int(total)


def _one_by_one(work: Work, column: Column, number: int) -> bool:
    """Look at the distinct values that are not plainly right; whether there were any."""
    import pyarrow as pa

    name = column.name
    unsure = f"AND fast_{name} IS NULL" if column.fast else ""
    any_found, any_wrong = False, False
    for batch in work.batches(
        f'SELECT DISTINCT "{name}" AS raw FROM raw WHERE "{name}" IS NOT NULL {unsure}'
    ):
        values = batch.column(0).to_pylist()
        found = list(outcomes(column, values))
        reasons = [why or None for _value, why in found]
        work.fill(
            f"slow_{number}",
            pa.table(
                {
                    "raw": pa.array(values, pa.string()),
                    "tidy": pa.array([plainly(value) for value, _why in found], pa.string()),
                    "reason": pa.array(reasons, pa.string()),
                }
            ),
        )
        any_found, any_wrong = any_found or bool(values), any_wrong or any(reasons)
    if any_wrong:
        work.sql(
            f'INSERT INTO problem SELECT raw."row", {quoted(name)}, s.reason FROM raw JOIN slow_{number} s '
            f'ON s.raw = raw."{name}" WHERE s.reason IS NOT NULL AND fault IS NULL'
        )
    return any_found
