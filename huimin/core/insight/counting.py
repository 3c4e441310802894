"""Counting a period from the snapshot: facts as of its last day, summed by village, then upward to the province.

DuckDB does it: each table of facts is worked out once, all indicators over it are summed in one pass. Villages are those of the
period's end: what was merged or split by then counts where it then belonged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops

from huimin.core.facts.api import TABLES, Snapshot
from huimin.core.insight.catalogue import INDICATORS
from huimin.core.insight.types import Indicator
from huimin.core.places import api as places
from huimin.core.rules.lang.lower import expression
from huimin.kit.area import DIGITS, WIDTH, Level

MOMENT = "insight_moment"
ROWS = "insight_rows"
VILLAGES = "insight_villages"
SUMS = "insight_sums"
MOVED = "insight_moved"
NOBODY = "none"  # the part of those whose column is empty
PLACES = 4
HELD = 5_000_000  # rows up to which a table is kept in memory while periods are counted
Numbered = tuple[
    int, Indicator
]  # an indicator with its place in its table of facts: the number of its columns


@dataclass(slots=True)
class Cell:
    """One division's numbers: what stands in numerator and denominator, and of how many rows."""

    numerator: Decimal
    denominator: Decimal | None
    sizes: tuple[int, int]


@dataclass
class Counted:
    """An indicator's cells by division, and by division and part."""

    whole: dict[str, Cell] = field(default_factory=dict)
    parts: dict[str, dict[str, Cell]] = field(default_factory=dict)


def count(snapshot: Snapshot, indicators: Iterable[Indicator], day: date) -> dict[str, Counted]:
    """Every indicator as of the end of a day, by name; raise NotLowerable or LookupError for one that cannot be counted."""
    con = snapshot.con
    con.execute(f"CREATE OR REPLACE TEMP VIEW {MOMENT} AS SELECT DATE '{day.isoformat()}' AS today")
    moves(con, day)
    found: dict[str, Counted] = {}
    for table, wanted in by_table(indicators).items():
        numbered = list(enumerate(wanted))
        rows(con, table, numbered)
        for by, group in by_column(numbered).items():
            for (_place, one), counted in zip(group, summed(con, group, by), strict=True):
                kept = found.setdefault(one.name, Counted())
                for division, part, cell in counted:
                    if by:
                        kept.parts.setdefault(division, {})[part] = cell
                    else:
                        kept.whole[division] = cell
    return found


def hold(snapshot: Snapshot, indicators: Iterable[Indicator]) -> None:
    """Take the tables that are read for every period into the engine's memory, unless they are large."""
    for table in by_table(indicators):
        facts = TABLES[table].build(ibis.table({"today": "date"}, name=MOMENT))
        for node in facts.op().find(ops.UnboundTable):
            if snapshot.tables.get(node.name, HELD) < HELD:
                kept = f"CREATE TEMP TABLE IF NOT EXISTS {node.name} AS SELECT * FROM main.{node.name}"
                snapshot.con.execute(kept)


def by_table(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    """Indicators by the table of facts they are counted over."""
    found: dict[str, list[Indicator]] = {}
    for one in indicators:
        found.setdefault(one.table, []).append(one)
    return found


def by_column(indicators: Sequence[Numbered]) -> dict[str, list[Numbered]]:
    """All of them as wholes (""), and those with parts by the column of their parts."""
    found: dict[str, list[Numbered]] = {"": list(indicators)}
    for place, one in indicators:
        if one.by:
            found.setdefault(one.by, []).append((place, one))
    return found


def moves(con: Any, day: date) -> None:
    """Which village answers, at the end of a day, for rows recorded under codes that were merged or split."""
    lists: tuple[list[Any], ...] = ([], [], [])
    for row in places.moved(day):
        for column, value in zip(lists, row, strict=True):
            column.append(value)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {MOVED} AS SELECT unnest($1::VARCHAR[]) AS code, "
        "unnest($2::SMALLINT[]) AS group_no, unnest($3::VARCHAR[]) AS village",
        list(lists),
    )


def lowered(indicator: Indicator, facts: Any) -> dict[str, Any]:
    """An indicator's numerator and denominator as columns: numbers, nought where a row does not count."""
    counts = ibis.literal(True)
    if indicator.exclude:
        counts = ~ibis.coalesce(expression(indicator.exclude, facts), ibis.literal(False))

    def number(text: str) -> Any:
        column = expression(text, facts)
        if column.type().is_boolean():
            column = ibis.ifelse(column, ibis.literal(1, "decimal(1, 0)"), ibis.literal(0, "decimal(1, 0)"))
        if not column.type().is_decimal():
            raise LookupError(f"{indicator.name}: {text!r} is neither a number nor a truth value")
        nought = ibis.literal(0, "decimal(1, 0)")
        return ibis.ifelse(counts & column.notnull(), column, nought).cast(f"decimal(30, {PLACES})")

    found = {"n": number(indicator.numerator)}
    if indicator.denominator:
        found["d"] = number(indicator.denominator)
    return found


@lru_cache(maxsize=64)
def compiled(table: str, indicators: tuple[str, ...], versions: tuple[str, ...]) -> str:
    """The SQL of a table of facts as of the moment: place, the columns of parts, two numbers an indicator."""
    facts = TABLES[table].build(ibis.table({"today": "date"}, name=MOMENT))
    columns: dict[str, Any] = {"division_code": facts.division_code, "group_no": facts.group_no.cast("int16")}
    wanted = [INDICATORS[name] for name in indicators]
    for by in sorted({one.by for one in wanted if one.by}):
        columns[f"by_{by}"] = ibis.coalesce(facts[by].cast("string"), ibis.literal(NOBODY))
    for place, one in enumerate(wanted):
        columns |= {f"{kind}{place}": column for kind, column in lowered(one, facts).items()}
    return str(ibis.to_sql(facts.select(**columns), dialect="duckdb"))


def rows(con: Any, table: str, indicators: Sequence[Numbered]) -> None:
    """Work a table of facts out once: every row with the village that answers for it."""
    named = tuple(one.name for _place, one in indicators)
    text = compiled(table, named, tuple(one.version for _place, one in indicators))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {ROWS} AS SELECT found.*, "
        f"coalesce(grouped.village, rest.village, found.division_code) AS village FROM ({text}) AS found "
        f"LEFT JOIN {MOVED} AS grouped ON grouped.code = found.division_code AND grouped.group_no = found.group_no "
        f"LEFT JOIN {MOVED} AS rest ON rest.code = found.division_code AND rest.group_no IS NULL"
    )


def summed(con: Any, indicators: Sequence[Numbered], by: str) -> list[list[tuple[str, str, Cell]]]:
    """The cells of each indicator: division, part, numbers; divisions where nothing stands in either are left out."""
    part = f"by_{by}" if by else "''"
    first, again = [], []
    for place, one in indicators:
        first += [f"sum(n{place}) AS n{place}", f"count(*) FILTER (n{place} <> 0) AS a{place}"]
        again += [f"sum(n{place}) AS n{place}", f"sum(a{place}) AS a{place}"]
        if one.rate:
            first += [f"sum(d{place}) AS d{place}", f"count(*) FILTER (d{place} <> 0) AS b{place}"]
            again += [f"sum(d{place}) AS d{place}", f"sum(b{place}) AS b{place}"]
    upward = " UNION ALL ".join(summed_up(level, ", ".join(again)) for level in Level if level)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {SUMS} AS WITH {VILLAGES} AS MATERIALIZED "
        f"(SELECT village, {part} AS part, {', '.join(first)} FROM {ROWS} GROUP BY ALL) {upward}"
    )
    return [cells(con, place, one, by) for place, one in indicators]


def summed_up(level: Level, sums: str) -> str:
    """The sums of one level; what is recorded above a level is no division of it."""
    here = f"rpad(left(village, {DIGITS[level]}), {WIDTH}, '0')"
    above = f"rpad(left(village, {DIGITS[Level(level - 1)]}), {WIDTH}, '0')"
    return (
        f"SELECT {here} AS division, {int(level)} AS level, part, {sums} "
        f"FROM {VILLAGES} WHERE {here} <> {above} GROUP BY ALL"
    )


def cells(con: Any, place: int, indicator: Indicator, by: str) -> list[tuple[str, str, Cell]]:
    """The cells of one indicator at the levels that keep them."""
    rate = indicator.rate
    columns = f"n{place}, a{place}" + (f", d{place}, b{place}" if rate else "")
    some = f"n{place} <> 0" + (f" OR d{place} <> 0" if rate else "")
    levels = ", ".join(str(int(level)) for level in levels_of(indicator, by))
    found = []
    for division, part, *numbers in con.execute(
        f"SELECT division, part, {columns} FROM {SUMS} WHERE ({some}) AND level IN ({levels})"
    ).fetchall():
        numerator, many, *rest = numbers
        denominator, of = rest if rate else (None, 0)
        found.append((division, part, Cell(numerator, denominator, (int(many), int(of)))))
    return found


def levels_of(indicator: Indicator, by: str) -> tuple[int, ...]:
    """The levels that keep a figure: all of them the whole, those that are declared its parts."""
    return indicator.levels if by else tuple(int(level) for level in Level if level)


def sizes(
    counted: Counted,
) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, Mapping[str, tuple[int, int]]]]:
    """How many rows stand in each cell and in each of its parts."""
    whole = {code: cell.sizes for code, cell in counted.whole.items()}
    return whole, {code: {k: c.sizes for k, c in parts.items()} for code, parts in counted.parts.items()}
