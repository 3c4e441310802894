"""A rule run over a file: facts checked, rows that do not fit kept aside, decisions written by one of three engines."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import lower
from .. import model as m
from . import cluster
from .problems import FileError, problem
from .sources import (
    SUFFIXES,
    Source,
    fitted,
    lines_refused,
    measured,
    needed,
    opened,
    quoted,
    set_aside,
    text,
    typed,
)

ENGINES = ("duckdb", "python", "spark")
OUTCOME, ROW, ROWS = "outcome", "row", "rows"
BATCH = 10_000
SHOWN = 20
Heard = Callable[[str, float], None]
"""Hears what is being done, and how much of it is (0 to 1, below 0 where that is not known)."""


@dataclass
class Done:
    """What a run did: rows read, decided, set aside; values that did not fit by column; outcomes; seconds."""

    rows: int = 0
    decided: int = 0
    aside: int = 0
    misfits: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[int, str]] = field(default_factory=list)
    outcomes: list[tuple[Any, int]] = field(default_factory=list)
    bad: Path | None = None
    seconds: float = 0.0
    engine: str = ""


@dataclass(frozen=True)
class Task:
    """What is asked: a decision of a model, files, engine, and how much it may take."""

    model: m.Model
    decision: str
    input: Path
    output: Path
    today: dt.date
    now: dt.datetime
    engine: str = "duckdb"
    mapping: Mapping[str, str] = field(default_factory=dict)
    keep: Sequence[str] | None = None
    bad: Path | None = None
    memory: str = "1GB"
    threads: int = 0
    master: str = "local[*]"


def run(task: Task, heard: Heard | None = None) -> Done:
    """Decide every row of a file; FileError, NotLowerable or ClusterError before anything is written where it cannot be.

    The output holds the kept columns (by default those that the rule does not read), `outcome`, `row` and under ANY and
    COLLECT `rows`. Its rows stand in the order of the input, except from Spark.
    """
    say = heard or (lambda *_: None)
    started = time.monotonic()
    facts = needed(task.model, task.decision)
    if task.output.suffix.lower() not in SUFFIXES:
        raise FileError(problem("suffix", path=task.output))
    if task.output.exists() and task.output.resolve() == task.input.resolve():
        raise FileError(problem("same"))
    source = opened(task.input, task.memory, task.threads)
    done = Done(engine=task.engine)
    aside = task.output.with_name(f".{task.output.name}.writing")
    try:
        source.con.execute(f"SET temp_directory = {text(f'{aside}.temp')}")
        fitted(source, facts, task.mapping)
        keep = _kept(source, task.keep)
        with _progress(source.con, lambda part: say("read", part)):
            done.rows, done.misfits = measured(source)
        source.con.execute(f"CREATE VIEW huimin_typed AS {typed(source, keep)}")
        _ENGINES[task.engine](task, source, keep, aside, say)
        _set_aside(task, source, done)
        aside.replace(task.output)
        done.decided, done.outcomes = _outcomes(source, task.output)
    finally:
        source.con.close()
        aside.unlink(missing_ok=True)
        shutil.rmtree(f"{aside}.temp", ignore_errors=True)
    done.seconds = round(time.monotonic() - started, 3)
    return done


def _kept(source: Source, asked: Sequence[str] | None) -> list[str]:
    """The columns of the file that the output repeats."""
    read = {each.name for each in source.fitted}
    keep = [name for name in source.columns if name not in read] if asked is None else list(asked)
    missing = [name for name in keep if name not in source.columns]
    if missing:
        listed = ", ".join(source.columns)
        raise FileError(*(problem("no_such_column", column=name, columns=listed) for name in missing))
    taken = [name for name in keep if name in (OUTCOME, ROW, ROWS)]
    if taken:
        raise FileError(*(problem("taken", column=name) for name in taken))
    return keep


def _lowered(task: Task, source: Source, keep: Sequence[str]) -> Any:
    """The decision over the typed rows, as Ibis: kept columns under their own names, outcome and rows."""
    import ibis

    schema = _schema(source)
    table = ibis.table(schema, name="huimin_typed")
    names = {each.needed.name: f"v{index}" for index, each in enumerate(source.fitted)}
    found = lower.model(task.model, task.decision, table, names, today=task.today, now=task.now)
    own = {name: found[f"k{index}"] for index, name in enumerate(keep)}
    added = [name for name in (OUTCOME, ROW, ROWS) if name in found.columns]
    return found.select(**own, **{name: found[name] for name in added})


def _schema(source: Source) -> dict[str, Any]:
    """The types of the typed rows; what the rule does not read may be of any."""
    from ibis.backends.sql.datatypes import DuckDBType

    described = source.con.execute("DESCRIBE huimin_typed").fetchall()
    return {row[0]: DuckDBType.from_string(row[1]) for row in described}


# Engines


def _duckdb(task: Task, source: Source, keep: Sequence[str], aside: Path, say: Heard) -> None:
    import ibis

    query = str(ibis.to_sql(_lowered(task, source, keep), dialect="duckdb"))
    with _progress(source.con, lambda part: say("decide", part)):
        _write(source, query, aside, task.output)


def _python(task: Task, source: Source, keep: Sequence[str], aside: Path, say: Heard) -> None:
    """One by one by the compiled function, batch by batch: slower, and every rule can be run so."""
    import pyarrow as pa

    from ..compiled import compiled

    decision = task.model.decision(task.decision)
    assert decision is not None
    form, many = compiled(task.model, decision), _many(decision)
    try:
        schema = _lowered(task, source, keep).schema().to_pyarrow()
        outcome_type, exact = schema.field(OUTCOME).type, True
    except lower.NotLowerable:
        outcome_type, exact = pa.string(), False
    facts = [(f"v{index}", each.needed.key) for index, each in enumerate(source.fitted)]
    total = source.con.execute("SELECT count(*) FROM huimin_typed").fetchall()[0][0]
    reader = source.cursor().sql("SELECT * FROM huimin_typed").to_arrow_reader(BATCH)
    fields = [pa.field(name, reader.schema.field(f"k{index}").type) for index, name in enumerate(keep)]
    fields += [pa.field(OUTCOME, outcome_type), pa.field(ROW, pa.int32())]
    fields += [pa.field(ROWS, pa.string())] if many else []

    def decided() -> Iterator[Any]:
        read = 0
        for batch in reader:
            outcomes: list[Any] = []
            rows: list[int | None] = []
            numbers: list[str | None] = []
            columns = {key: batch.column(name).to_pylist() for name, key in facts}
            for values in zip(*columns.values(), strict=True) if columns else [()] * batch.num_rows:
                outcome, matched = form.decide(dict(zip(columns, values, strict=True)), task.now, task.today)
                hits = [each.row for each in matched if each.decision == decision.name]
                outcomes.append(outcome if exact else _as_text(outcome))
                rows.append(hits[0] if hits else None)
                numbers.append("".join(f"{row}," for row in hits) or None)
            arrays = [batch.column(f"k{index}") for index in range(len(keep))]
            arrays += [pa.array(outcomes, outcome_type), pa.array(rows, pa.int32())]
            arrays += [pa.array(numbers, pa.string())] if many else []
            read += batch.num_rows
            say("decide", read / total if total else 1.0)
            yield pa.record_batch(arrays, schema=pa.schema(fields))

    _write_arrow(source, pa.RecordBatchReader.from_batches(pa.schema(fields), decided()), aside, task.output)


def _spark(task: Task, source: Source, keep: Sequence[str], aside: Path, say: Heard) -> None:
    """The typed rows as Parquet beside the output, decided by Spark, and put together into one file."""
    expression = _lowered(task, source, keep)
    folder = Path(tempfile.mkdtemp(prefix=".huimin-spark-", dir=task.output.resolve().parent))
    folder.chmod(0o755)  # workers may run as somebody else
    try:
        (folder / "facts").mkdir()
        with _progress(source.con, lambda part: say("stage", part)):
            source.con.execute(
                f"COPY huimin_typed TO {text(folder / 'facts' / 'rows.parquet')} (FORMAT parquet, COMPRESSION zstd)"
            )
        say("decide", -1.0)
        with cluster.session(task.master) as spark:
            spark.read.parquet(str(folder / "facts")).createOrReplaceTempView("huimin_typed")
            spark.sql(cluster.sql(expression)).write.parquet(str(folder / "decided"))
        columns = ", ".join(
            f"CAST({quoted(name)} AS {_duckdb_type(kind)}) AS {quoted(name)}"
            for name, kind in expression.schema().items()
        )
        query = f"SELECT {columns} FROM read_parquet({text(folder / 'decided/*.parquet')})"
        with _progress(source.con, lambda part: say("write", part)):
            _write(source, query, aside, task.output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_ENGINES: dict[str, Callable[[Task, Source, Sequence[str], Path, Heard], None]] = {
    "duckdb": _duckdb,
    "python": _python,
    "spark": _spark,
}


def _duckdb_type(kind: Any) -> str:
    from ibis.backends.sql.datatypes import DuckDBType

    return str(DuckDBType.to_string(kind))


def _many(decision: m.Decision) -> bool:
    """Whether several rows of the decision's table may decide together."""
    return isinstance(decision.logic, m.DecisionTable) and decision.logic.hit_policy not in ("U", "F", "P")


def _as_text(value: Any) -> str | None:
    """An outcome that is no value of one column, as FEEL writes it."""
    from ..text import shown

    return value if value is None or isinstance(value, str) else shown(value)


# Writing


def _write(source: Source, query: str, aside: Path, output: Path) -> None:
    """The rows of a query as a file of the output's form."""
    form = SUFFIXES[output.suffix.lower()]
    if form == "parquet":
        source.con.execute(f"COPY ({query}) TO {text(aside)} (FORMAT parquet, COMPRESSION zstd)")
    elif form == "csv":
        between = "\\t" if output.suffix.lower() == ".tsv" else ","
        source.con.execute(f"COPY ({query}) TO {text(aside)} (FORMAT csv, HEADER, DELIMITER '{between}')")
    else:
        _write_arrow(source, source.cursor().sql(query).to_arrow_reader(BATCH), aside, output)


def _write_arrow(source: Source, reader: Any, aside: Path, output: Path) -> None:
    """The rows of an Arrow reader as a file of the output's form."""
    if SUFFIXES[output.suffix.lower()] == "arrow":
        import pyarrow as pa

        with pa.OSFile(str(aside), "wb") as file, pa.ipc.new_file(file, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
        return
    source.con.register("huimin_decided", reader)
    _write(source, "SELECT * FROM huimin_decided", aside, output)
    source.con.unregister("huimin_decided")


def _set_aside(task: Task, source: Source, done: Done) -> None:
    """Keep what was not decided in a file beside the output, and say what and how much it is."""
    refused = list(lines_refused(source))
    if not done.misfits and not refused:
        return
    done.bad = task.bad or task.output.with_name(f"{task.output.stem}.bad.csv")
    done.lines = [(line, reason) for line, reason, _ in refused]
    if done.misfits:
        set_aside(source, done.bad)
        counted = f"SELECT count(*) FROM read_csv({text(done.bad)}, all_varchar = true, header = true)"
        done.aside = source.con.execute(counted).fetchall()[0][0]
    if refused:
        with done.bad.open("a", encoding="utf-8") as file:
            file.writelines(f"# {line}: {reason}: {written}\n" for line, reason, written in refused)
        done.aside += len(refused)
        done.rows += len(refused)


def _outcomes(source: Source, output: Path) -> tuple[int, list[tuple[Any, int]]]:
    """How many rows the output has, and how often the commonest outcomes are in it."""
    form = SUFFIXES[output.suffix.lower()]
    if form == "arrow":
        import pyarrow.dataset

        source.con.register("huimin_output", pyarrow.dataset.dataset(output, format="ipc"))
        read = "huimin_output"
    else:
        read = f"read_parquet({text(output)})" if form == "parquet" else f"read_csv({text(output)})"
    count = f"SELECT count(*) FROM {read}"
    query = f"SELECT {OUTCOME}, count(*) FROM {read} GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT {SHOWN}"
    found = [(outcome, int(number)) for outcome, number in source.con.execute(query).fetchall()]
    return int(source.con.execute(count).fetchall()[0][0]), found


@contextmanager
def _progress(con: Any, heard: Callable[[float], None]) -> Iterator[None]:
    """While something runs on a connection, say how far it is a few times a second."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.3):
            found = con.query_progress()
            heard(found / 100 if found > 0 else -1.0)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
