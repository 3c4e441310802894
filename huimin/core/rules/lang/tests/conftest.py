"""Fixtures of the rule language: one expression, and small models made from rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import duckdb
import ibis
import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang.files import cluster

NOW = dt.datetime(2024, 3, 3, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 3)
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@pytest.fixture(scope="session")
def feel() -> Callable[..., object]:
    """The value of an expression with the names given."""
    return lambda text, **values: lang.evaluate_text(text, values, now=NOW, today=TODAY)[0]


@pytest.fixture(scope="session")
def diagnosed() -> Callable[..., list[str]]:
    """The codes of the diagnostics of an expression."""
    return lambda text, **values: [
        each.code for each in lang.evaluate_text(text, values, now=NOW, today=TODAY)[1]
    ]


@pytest.fixture(scope="session")
def decide() -> Callable[..., lang.Evaluation]:
    """The evaluation of the first decision of a model, or of the one named."""

    def run(model: lang.Model, facts: dict[str, object], decision: str = "") -> lang.Evaluation:
        return lang.evaluate(model, decision or model.decisions[0].name, facts, now=NOW, today=TODAY)

    return run


@pytest.fixture(scope="session")
def definitions() -> Callable[[str], lang.Model]:
    """A model from the XML inside its 'definitions'."""
    return lambda inside, namespace=DMN: lang.load(document(inside, namespace))


@pytest.fixture(scope="session")
def table() -> Callable[..., lang.Model]:
    """A model of one table: inputs and outputs by name and type, rows of cells, inputs first."""
    return lambda *args, **options: lang.load(document(table_xml(*args, **options)))


def document(inside: str, namespace: str = DMN) -> str:
    return (
        f'<definitions xmlns="{namespace}" xmlns:huimin="https://huimin.example/dmn" name="test" '
        f'namespace="https://huimin.example/test" id="d">{inside}</definitions>'
    )


def table_xml(
    policy: str,
    inputs: dict[str, str],
    outputs: dict[str, str],
    rows: Sequence[Sequence[str]],
    *,
    aggregation: str = "",
    values: str = "",
    default: str = "",
    allowed: str = "",
) -> str:
    """A decision 'result' with its input data; an output's type may be left empty."""
    data = "".join(
        f'<inputData id="in{i}" name={quoteattr(name)}>'
        f"<variable name={quoteattr(name)} {_type(kind)}/></inputData>"
        for i, (name, kind) in enumerate(inputs.items())
    )
    arrows = "".join(
        f'<informationRequirement><requiredInput href="#in{i}"/></informationRequirement>'
        for i in range(len(inputs))
    )
    columns = "".join(
        f"<input><inputExpression {_type(kind)}><text>{escape(name)}</text></inputExpression>"
        + (f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else "")
        + "</input>"
        for name, kind in inputs.items()
    )
    results = "".join(
        f"<output name={quoteattr(name)} {_type(kind)}>"
        + (f"<outputValues><text>{escape(values)}</text></outputValues>" if values else "")
        + (f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else "")
        + "</output>"
        for name, kind in outputs.items()
    )
    lines = "".join(_row(number, row, len(inputs)) for number, row in enumerate(rows, 1))
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'{data}<decision id="dec" name="result"><variable name="result"/>{arrows}'
        f'<decisionTable hitPolicy="{policy}"{extra}>{columns}{results}'
        f'<annotation name="依据"/>{lines}</decisionTable></decision>'
    )


def _type(kind: str) -> str:
    return f'typeRef="{kind}"' if kind else ""


def _row(number: int, cells: Sequence[str], inputs: int) -> str:
    def tagged(tag: str, text: str) -> str:
        return f"<{tag}><text>{escape(text)}</text></{tag}>"

    tests = "".join(tagged("inputEntry", cell) for cell in cells[:inputs])
    outputs = "".join(tagged("outputEntry", cell) for cell in cells[inputs:])
    return f'<rule id="r{number}">{tests}{outputs}{tagged("annotationEntry", f"第{number}条")}</rule>'


TYPES = {
    "decimal(15, 2)": "numeric(15, 2)",
    "decimal(6, 0)": "numeric(6, 0)",
    "int16": "smallint",
    "string": "text",
}


class Facts:
    """The same rows on both engines, and in Python."""

    def __init__(self, cursor: Any, schema: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
        self.schema, self.rows = schema, rows
        self.table = ibis.table({"place": "int32", **schema}, name="lowering_facts")
        self._cursor, self._duck = cursor, duckdb.connect()
        placed = [(place, *row) for place, row in enumerate(rows)]
        for execute, types in ((self._duck.execute, {}), (cursor.execute, TYPES)):
            columns = ", ".join(
                f'"{name}" {types.get(kind, kind.replace("string", "varchar"))}'
                for name, kind in schema.items()
            )
            execute("DROP TABLE IF EXISTS lowering_facts")
            execute(f"CREATE TEMP TABLE lowering_facts (place int, {columns.replace('int16', 'smallint')})")
        marks = ", ".join("?" for _ in placed[0])
        self._duck.executemany(f"INSERT INTO lowering_facts VALUES ({marks})", placed)
        cursor.executemany(f"INSERT INTO lowering_facts VALUES ({marks.replace('?', '%s')})", placed)

    def found(self, result: Any) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The rows of an Ibis table on DuckDB and on PostgreSQL, in the order of the facts."""
        sql = ibis.to_sql(result.order_by("place"), dialect="duckdb")
        duck = self._duck.execute(str(sql)).fetchall()
        self._cursor.execute(str(ibis.to_sql(result.order_by("place"), dialect="postgres")))
        return duck, self._cursor.fetchall()

    def arrow(self) -> Any:
        """The facts as an Arrow table."""
        return self._duck.table("lowering_facts").to_arrow_table()

    def given(self) -> Iterator[dict[str, Any]]:
        """The facts of each row."""
        for row in self.rows:
            yield dict(zip(self.schema, row, strict=True))


@pytest.fixture
def facts(db: Any) -> Iterator[Callable[..., Facts]]:
    """Rows of facts on DuckDB and PostgreSQL: `facts(schema, rows)`."""
    from django.db import connection

    with connection.cursor() as cursor:
        yield lambda schema, rows: Facts(cursor, schema, rows)


QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m"
"""What a Java that lives for seconds is told: compile little, collect with one thread."""


class Spark:
    """Spark in this process, one thread, with the settings of rules; started when asked, and again when it was stopped."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened, self._files = folder, opened, 0
        self._session: Any = None

    @property
    def session(self) -> Any:
        """The session; another test may have stopped it to begin one on a cluster."""
        from pyspark.sql import SparkSession

        if self._session is None or SparkSession.getActiveSession() is not self._session:
            self._session = self._opened.enter_context(
                cluster.session("local[1]", "512m", spark_sql_shuffle_partitions="1")
            )
        return self._session

    def table(self, rows: Any, name: str) -> None:
        """An Arrow table as a table of Spark, through Parquet as in life."""
        import pyarrow.parquet

        self._files += 1
        file = self._folder / f"{self._files}.parquet"
        pyarrow.parquet.write_table(rows, file)
        self.session.read.parquet(str(file)).createOrReplaceTempView(name)

    def rows(self, result: Any) -> list[tuple[Any, ...]]:
        """The rows of an Ibis table."""
        return [tuple(row) for row in self.session.sql(cluster.sql(result)).collect()]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """Spark, started once for all tests of a process."""
    with pytest.MonkeyPatch.context() as patched, ExitStack() as opened:
        patched.setenv("JDK_JAVA_OPTIONS", QUICK)
        yield Spark(tmp_path_factory.mktemp("spark"), opened)
