"""Work over everyone in parts: a few counties at a time, each subject in one part with all its rows.

Rows about a subject lie where they were recorded, nearly always in the county the subject is in now. Where they do not,
the subject is a stray: strays are left out of the counties' parts and are a part of their own, which reads all files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from huimin.core.facts import layout
from huimin.core.facts.layout import Held
from huimin.core.facts.opening import name, relation, text

if TYPE_CHECKING:
    from huimin.core.facts.opening import Snapshot

T = TypeVar("T")
HOMES = {"household": "people_household", "person": "people_person"}
STRAYS = "huimin_strays"
ROWS = 80_000  # subjects a part has at the least, where there are so many


def each(snapshot: Snapshot, subject: str, work: Callable[[Snapshot], T]) -> Iterator[T]:
    """Do work in every part, as many at once as there are threads; see `Snapshot.each`."""
    if subject not in HOMES:
        raise LookupError(f"the snapshot knows the place of {' and '.join(HOMES)}, not of {subject!r}")
    split = Split(snapshot, subject)
    groups: list[Sequence[str] | None] = list(grouped(counties(split.home), split.home.rows))
    with ThreadPoolExecutor(settings.POPULATION_THREADS) as pool:
        strays = [id for found in pool.map(split.strays, groups) for id in found]
        if strays:
            split.any_strays = True
            kind = split.home.columns[split.home.key]
            snapshot.con.execute(
                f"CREATE OR REPLACE TABLE {STRAYS} AS SELECT DISTINCT unnest($ids::{kind}[]) AS stray",
                {"ids": strays},
            )
            groups.append(None)
        yield from pool.map(lambda group: split.run(group, work), groups)


@dataclass(frozen=True)
class About:
    """A table with rows about subjects: how it is found in SQL whom a row is about, and which rows are about such."""

    held: Held
    who: str
    only: str = ""

    def rows(self, counties: Sequence[str] | None) -> str:
        """Its rows, or those of some counties."""
        found = f"SELECT * FROM ({relation(self.held, counties)})"
        return f"{found} WHERE {self.only}" if self.only else found


class Split:
    """The tables of a snapshot by subject: its home, those by place, those without a place."""

    def __init__(self, snapshot: Snapshot, subject: str) -> None:
        self.snapshot, self.any_strays = snapshot, False
        tables = snapshot.manifest.tables
        self.home_name = HOMES[subject]
        self.home = tables[self.home_name]
        self.at_home = About(self.home, name(self.home.key))
        self.about: dict[str, About] = {}
        for table, held in tables.items():
            if f"{subject}_id" in held.columns and table != self.home_name:
                self.about[table] = About(held, name(f"{subject}_id"))
            elif {"subject_kind", "subject_id"} <= set(held.columns):
                kind = self.home.columns[self.home.key]
                self.about[table] = About(
                    held, f"try_cast(subject_id AS {kind})", f"subject_kind = {text(subject)}"
                )

    def strays(self, counties: Sequence[str]) -> list[Any]:
        """Subjects that rows of these counties speak of, and that are not there."""
        con = self.snapshot.con.cursor()
        try:
            placed = [one for one in self.about.values() if "division_code" in one.held.columns]
            if not placed:
                return []
            rows = " UNION ALL ".join(
                f"SELECT {one.who} AS who FROM ({one.rows(counties)})" for one in placed
            )
            query = (
                f"SELECT DISTINCT who FROM ({rows}) ANTI JOIN (SELECT {self.at_home.who} AS who "
                f"FROM ({self.at_home.rows(counties)})) USING (who) WHERE who IS NOT NULL"
            )
            return [row[0] for row in con.execute(query).fetchall()]
        finally:
            con.close()

    def run(self, counties: Sequence[str] | None, work: Callable[[Snapshot], T]) -> T:
        """Do work in one part; None is the part of the strays."""
        con = self.snapshot.con.cursor()
        try:
            self.view(con, self.home_name, self.at_home, counties)
            for table, about in self.about.items():
                self.view(con, table, about, counties)
            return work(replace(self.snapshot, con=con))
        finally:
            con.close()

    def view(self, con: Any, table: str, about: About, counties: Sequence[str] | None) -> None:
        """One table as the part sees it, in place of the whole."""
        query = about.rows(counties)
        if counties is None:
            query = f"SELECT * FROM ({query}) SEMI JOIN {STRAYS} ON {about.who} = stray"
        elif "division_code" not in about.held.columns:
            here = f"(SELECT {self.at_home.who} AS here FROM {name(self.home_name)})"
            query = f"SELECT * FROM ({query}) SEMI JOIN {here} ON {about.who} = here"
        elif self.any_strays:
            query = f"SELECT * FROM ({query}) ANTI JOIN {STRAYS} ON {about.who} = stray"
        con.execute(f"CREATE TEMP VIEW {name(table)} AS {query}")


def counties(home: Held) -> list[str]:
    """The counties in which a table has rows, in its base or its delta."""
    found = {folder.name.partition("=")[2] for folder in (layout.home() / home.base.path).glob("county=*")}
    if home.delta:
        import duckdb

        query = (
            f"SELECT DISTINCT substr(division_code, 1, {layout.COUNTY}) FROM "
            f"read_parquet({text(layout.home() / home.delta.path)}) WHERE NOT huimin_gone"
        )
        with duckdb.connect() as con:
            found |= {row[0] for row in con.execute(query).fetchall()}
    return sorted(found)


def grouped(counties: list[str], rows: int) -> Iterator[Sequence[str]]:
    """Neighbouring counties together, so that a part is large enough to be worth its overhead."""
    size = max(1, round(ROWS * len(counties) / max(rows, 1)))
    for start in range(0, len(counties), size):
        yield counties[start : start + size]
