"""A file as DuckDB reads it, and its columns as the facts of a rule: checked by type first, then value by value.

Values come in one way whatever the file is: an unquoted nothing in a CSV file is null and "" is the empty text; numbers
are decimals with as many digits as the column really has, dates are written 2024-02-29. A value that does not fit its
fact keeps its row from being decided.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import model as m
from ..plan import Link
from ..schema import Restricted
from .problems import FileError, problem

if TYPE_CHECKING:
    import duckdb

SUFFIXES = {".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".arrow": "arrow", ".feather": "arrow"}
DIGITS = 34
INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
FITTING: Mapping[str, frozenset[str]] = {
    "number": INTEGERS,
    "string": frozenset({"VARCHAR", "UUID"}),
    "boolean": frozenset({"BOOLEAN"}),
    "date": frozenset({"DATE"}),
    "date and time": frozenset({"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}),
}
TRUE, FALSE = ("true", "1", "是"), ("false", "0", "否")
NUMBER = r"[+-]?\d+(\.\d+)?"


@dataclass(frozen=True)
class Needed:
    """A fact that a decision reads: the name of its input data, its name in the catalogue, its FEEL type."""

    name: str
    key: str
    kind: str


@dataclass
class Column:
    """A column of the file as a fact: what is read, when it does not fit, what kind of value it is."""

    needed: Needed
    name: str
    found: str
    value: str
    bad: str = ""


@dataclass
class Source:
    """A file in DuckDB: a view 'huimin_file' of what it holds, as it is."""

    con: duckdb.DuckDBPyConnection
    path: Path
    form: str
    columns: dict[str, str]
    arrow: Any = None
    fitted: list[Column] = field(default_factory=list)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Another connection to the same, for a result that is read while something else is done."""
        con = self.con.cursor()
        if self.arrow is not None:
            con.register("huimin_arrow", self.arrow)
        return con


def needed(model: m.Model, decision: str) -> list[Needed]:
    """The facts that a decision reads, in the order of its requirements; FileError where there is no such decision."""
    found = model.decision(decision)
    if found is None:
        raise FileError(problem("no_decision", decision=decision))
    seen: dict[m.Element, Needed] = {}
    known: set[m.Element] = set()

    def follow(link: Link) -> None:
        element = link.element
        if element in known:
            return
        known.add(element)
        if isinstance(element, m.InputData):
            kind = link.plan.type(element.type_name)
            while isinstance(kind, Restricted):
                kind = kind.base
            seen[element] = Needed(element.name, element.key, kind.name)
        elif isinstance(element, m.Decision | m.KnowledgeModel):
            for each in link.plan.links(element.requires):
                follow(each)

    follow(Link(model.plan, found))
    return list(seen.values())


def opened(path: Path, memory: str, threads: int) -> Source:
    """A file in a DuckDB of its own, bounded in memory; FileError where it cannot be read."""
    import duckdb

    if not path.exists():
        raise FileError(problem("no_file", path=path))
    form = "parquet" if path.is_dir() else SUFFIXES.get(path.suffix.lower(), "")
    if not form:
        raise FileError(problem("suffix", path=path))
    config: dict[str, Any] = {"memory_limit": memory, "autoinstall_known_extensions": False}
    if threads:
        config["threads"] = threads
    con = duckdb.connect(config=config)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = true")  # it counts, and leaves the showing to us
    con.execute("SET enable_progress_bar_print = false")
    arrow = _arrow(path) if form == "arrow" else None
    try:
        if arrow is not None:
            con.register("huimin_arrow", arrow)
        con.execute(f"CREATE VIEW huimin_file AS {_reading(path, form)}")
        columns = {row[0]: row[1] for row in con.execute("DESCRIBE huimin_file").fetchall()}
    except duckdb.Error as error:
        raise FileError(problem("unreadable", path=path, reason=str(error).partition("\n")[0])) from None
    return Source(con, path, form, columns, arrow)


def _reading(path: Path, form: str) -> str:
    """What reads the file, in SQL."""
    if form == "parquet":
        place = path / "**/*.parquet" if path.is_dir() else path
        return f"SELECT * FROM read_parquet({text(place)}, hive_partitioning = false)"
    if form == "arrow":
        return "SELECT * FROM huimin_arrow"
    names = _header(path)
    declared = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    between = "\t" if path.suffix.lower() == ".tsv" else ","
    # Nothing is guessed: sniffing takes an identity number without an X for a number.
    return (
        f"SELECT * FROM read_csv({text(path)}, columns = {{{declared}}}, header = true, auto_detect = false, "
        f"delim = {text(between)}, quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, "
        "store_rejects = true, rejects_limit = 0)"
    )


def _arrow(path: Path) -> Any:
    """An Arrow file as a data set, read as it is needed."""
    import pyarrow.dataset

    try:
        return pyarrow.dataset.dataset(path, format="ipc")
    except (OSError, ValueError) as error:
        raise FileError(problem("unreadable", path=path, reason=error)) from None


def _header(path: Path) -> list[str]:
    """The names in the first line of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = next(csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ","), [])
    except UnicodeDecodeError:
        raise FileError(problem("encoding", path=path)) from None
    names = [name.strip() for name in found]
    if not names or "" in names or len(set(names)) != len(names):
        raise FileError(problem("unreadable", path=path, reason="the first line must name every column once"))
    return names


def fitted(source: Source, facts: Sequence[Needed], mapping: Mapping[str, str]) -> None:
    """The file's columns for the facts, by their types alone; FileError with everything that does not fit."""
    problems: list[tuple[str, dict[str, object]]] = []
    listed = ", ".join(source.columns)
    known = {name for each in facts for name in (each.name, each.key)}
    for fact, column in mapping.items():
        if fact not in known:
            problems.append(problem("no_such_fact", fact=fact, facts=", ".join(each.key for each in facts)))
        if column not in source.columns:
            problems.append(problem("no_such_column", column=column, columns=listed))
    for each in facts:
        named = mapping.get(each.name) or mapping.get(each.key)
        choices = [named] if named else [each.key, each.name, each.key.rpartition(".")[2]]
        name = next((one for one in choices if one in source.columns), None)
        if name is None:
            if not named:
                problems.append(problem("no_column", fact=each.key, columns=listed))
            continue
        found = source.columns[name]
        if each.kind not in FITTING:
            problems.append(problem("input_type", fact=each.key, wanted=each.kind))
        elif source.form == "csv":
            source.fitted.append(Column(each, name, found, *_from_text(quoted(name), each.kind)))
        elif found in FITTING[each.kind] or (each.kind == "string" and found.startswith("ENUM")):
            value = f"CAST({quoted(name)} AS VARCHAR)" if each.kind == "string" else quoted(name)
            source.fitted.append(Column(each, name, found, value))
        elif each.kind == "number" and found.startswith("DECIMAL"):
            source.fitted.append(Column(each, name, found, quoted(name)))
        elif each.kind == "number" and found in ("DOUBLE", "FLOAT"):
            problems.append(problem("float", column=name, found=found, fact=each.key))
        else:
            problems.append(problem("type", column=name, found=found, fact=each.key, wanted=each.kind))
    if problems:
        raise FileError(*problems)


def _from_text(column: str, kind: str) -> tuple[str, str]:
    """A CSV column as a value of a kind, and when it is none; numbers are measured before they have a type."""
    trimmed = f"trim({column})"
    if kind == "string":
        return column, ""
    if kind == "number":
        return trimmed, f"NOT regexp_full_match({trimmed}, {text(NUMBER)})"
    if kind == "boolean":
        yes, no = (", ".join(map(text, words)) for words in (TRUE, FALSE))
        value = (
            f"CASE WHEN lower({trimmed}) IN ({yes}) THEN true WHEN lower({trimmed}) IN ({no}) THEN false END"
        )
        return value, f"({value}) IS NULL"
    if kind == "date":
        shape = r"\d{4}-\d{2}-\d{2}"
        value = f"CASE WHEN regexp_full_match({trimmed}, {text(shape)}) THEN TRY_CAST({trimmed} AS DATE) END"
        return value, f"({value}) IS NULL OR year({value}) < 1"
    value = f"TRY_CAST({trimmed} AS TIMESTAMP)"
    return value, f"({value}) IS NULL"


def measured(source: Source) -> tuple[int, dict[str, int]]:
    """How many rows the file has, and how many values of each column do not fit; numbers from text get their type."""
    figures = ["count(*)"]
    numbers: list[Column] = []
    for each in source.fitted:
        written = f"{quoted(each.name)} IS NOT NULL"
        if not each.bad:
            continue
        figures.append(f"count(*) FILTER (WHERE {written} AND ({each.bad}))")
        if each.needed.kind == "number" and source.form == "csv":
            digits = f"ltrim({each.value}, '+-')"
            fits = f"FILTER (WHERE {written} AND NOT ({each.bad}))"
            figures.append(f"max(length(ltrim(split_part({digits}, '.', 1), '0'))) {fits}")
            figures.append(f"max(length(split_part({digits}, '.', 2))) {fits}")
            numbers.append(each)
    found = iter(source.con.execute(f"SELECT {', '.join(figures)} FROM huimin_file").fetchall()[0])
    rows, counted = next(found), {}
    for each in source.fitted:
        if not each.bad:
            continue
        counted[each.name] = next(found)
        if each in numbers:
            whole, fine = max(next(found) or 0, 1), next(found) or 0
            if whole + fine > DIGITS:
                raise FileError(problem("digits", column=each.name, digits=whole + fine, limit=DIGITS))
            each.value = f"TRY_CAST({each.value} AS DECIMAL({whole + fine}, {fine}))"
    return rows, {name: count for name, count in counted.items() if count}


def typed(source: Source, keep: Sequence[str]) -> str:
    """The rows whose values fit, in SQL: the columns to keep as k0, k1, ..., the facts as v0, v1, ..."""
    kept = [f"{quoted(name)} AS k{index}" for index, name in enumerate(keep)]
    facts = [f"{each.value} AS v{index}" for index, each in enumerate(source.fitted)]
    wrong = misfits(source)
    return f"SELECT {', '.join(kept + facts) or '1 AS k'} FROM huimin_file" + (
        f" WHERE NOT ({wrong})" if wrong else ""
    )


def misfits(source: Source) -> str:
    """When a row has a value that does not fit, in SQL; "" where none can have one."""
    return " OR ".join(_wrong(each) for each in source.fitted if each.bad)


def _wrong(column: Column) -> str:
    return f"coalesce({quoted(column.name)} IS NOT NULL AND ({column.bad}), false)"


def set_aside(source: Source, path: Path) -> None:
    """Write the rows that were not decided, as they came, with what is wrong with them, as CSV."""
    columns = ", ".join(quoted(name) for name in source.columns)
    said = ", ".join(
        f"CASE WHEN {_wrong(each)} THEN {text(f'{each.name}: {each.needed.kind}')} END"
        for each in source.fitted
        if each.bad
    )
    source.con.execute(
        f"COPY (SELECT {columns}, concat_ws('; ', {said}) AS problem FROM huimin_file WHERE {misfits(source)}) "
        f"TO {text(path)} (FORMAT csv, HEADER)"
    )


def lines_refused(source: Source) -> Iterator[tuple[int, str, str]]:
    """Lines of a CSV file that are no rows of it: number, what is wrong, the line."""
    if source.form != "csv":
        return
    query = (
        "SELECT line, min(error_message), any_value(csv_line) FROM reject_errors "
        "WHERE scan_id = (SELECT max(scan_id) FROM reject_errors) GROUP BY line ORDER BY line"
    )
    for line, reason, written in source.con.execute(query).fetchall():
        yield int(line), str(reason).partition("\n")[0], str(written or "")


def text(value: object) -> str:
    """A value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
