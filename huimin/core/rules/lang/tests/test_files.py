"""A rule over a file: the same decisions from every engine and every kind of file, and what does not fit kept aside."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang import files

from .conftest import NOW, TODAY

D = Decimal
PEOPLE = [
    ("620500199001011234", "李𠮷", D("8199.99"), dt.date(2004, 2, 29), True),
    ("62050019900101123X", "", D("8200.00"), dt.date(2006, 3, 3), False),
    ("000000000000000003", None, None, None, None),
    ("000000000000000004", "张", D("9999999999999.99"), dt.date(1940, 6, 1), True),
]
NAMES = ["id", "name", "income", "born", "rural"]


@pytest.fixture
def rule(table) -> lang.Model:
    return table(
        "FIRST",
        {"income": "number", "poverty.born": "date", "rural": "boolean", "name": "string"},
        {"grade": "string"},
        [
            ["< 8200", "-", "true", "-", '"poor"'],
            ["-", 'date("2006-03-03")', "-", '""', '"nameless"'],
            ["null", "-", "-", "-", '"unknown"'],
        ],
        default='"none"',
    )


def people() -> pa.Table:
    columns = [list(column) for column in zip(*PEOPLE, strict=True)]
    types = [pa.string(), pa.string(), pa.decimal128(15, 2), pa.date32(), pa.bool_()]
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], NAMES)


def written(folder: Path, form: str) -> Path:
    path = folder / f"people.{form}"
    if form == "parquet":
        pyarrow.parquet.write_table(people(), path)
    elif form == "arrow":
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, people().schema) as writer:
            writer.write_table(people())
    else:
        lines = [",".join(NAMES)]
        for id, name, income, born, rural in PEOPLE:
            written_name = '""' if name == "" else name or ""
            lines.append(
                f"{id},{written_name},{income or ''},{born or ''},{'' if rural is None else str(rural).lower()}"
            )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def task(model: lang.Model, input: Path, output: Path, **more: Any) -> files.Task:
    return files.Task(model, "result", input, output, TODAY, NOW, **more)


def alone(model: lang.Model) -> list[tuple[Any, ...]]:
    found = []
    for id, name, income, born, rural in PEOPLE:
        facts = {"income": income, "poverty.born": born, "rural": rural, "name": name}
        one = lang.evaluate(model, "result", facts, now=NOW, today=TODAY)
        found.append((id, one.outcome, one.matched[0].row if one.matched else None))
    return found


@pytest.mark.parametrize("form", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize("engine", ["duckdb", "python"])
def test_every_file_and_engine_gives_what_one_by_one_gives(rule, tmp_path, form, engine):
    done = files.run(task(rule, written(tmp_path, form), tmp_path / f"out.{form}", engine=engine))
    assert (done.rows, done.decided, done.aside) == (4, 4, 0)
    if form == "csv":
        read = pa.csv.read_csv(
            tmp_path / "out.csv", convert_options=pa.csv.ConvertOptions(column_types={"id": pa.string()})
        )
    else:
        read = pa.parquet.read_table if form == "parquet" else pa.feather.read_table
        read = read(str(tmp_path / f"out.{form}"))
    assert read.column_names == ["id", "outcome", "row"]
    assert [tuple(row.values()) for row in read.to_pylist()] == alone(rule)


def test_a_value_that_does_not_fit_keeps_its_row_aside_and_the_rest_is_decided(rule, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        "id,name,income,born,rural\n1,a,8000,2000-01-01,是\n2,b,a lot,2000-01-01,否\n3,c,1,2023-02-29,true\n"
        "4,d,1e3,2000-01-01,0\n5,e\n6,f,  12.345 ,2000-1-1,1\n7,g,0.001,,\n",
        encoding="utf-8",
    )
    done = files.run(task(rule, file, tmp_path / "out.parquet"))
    assert done.misfits == {"income": 2, "born": 2}
    assert [line for line, _ in done.lines] == [6]
    assert (done.rows, done.decided, done.aside) == (7, 2, 5)
    decided = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["id"], row["outcome"]) for row in decided] == [("1", "poor"), ("7", "none")]
    aside = (tmp_path / "out.bad.csv").read_text(encoding="utf-8").splitlines()
    assert aside[1:4] == [
        "2,b,a lot,2000-01-01,否,income: number",
        "3,c,1,2023-02-29,true,born: date",
        "4,d,1e3,2000-01-01,0,income: number",
    ]
    assert aside[-1].startswith("# 6: ")


def test_types_are_checked_before_anything_is_read(rule, tmp_path):
    wrong = people().set_column(2, "income", pa.array([1.5, 2.5, None, 3.5]))
    wrong = wrong.set_column(4, "rural", pa.array(["x", "y", None, "z"])).drop_columns(["born"])
    pyarrow.parquet.write_table(wrong, tmp_path / "people.parquet")
    with pytest.raises(files.FileError) as refused:
        files.run(task(rule, tmp_path / "people.parquet", tmp_path / "out.parquet", mapping={"x": "name"}))
    assert {code for code, _ in refused.value.problems} == {"float", "type", "no_column", "no_such_fact"}
    assert not (tmp_path / "out.parquet").exists()


def test_facts_are_found_under_the_columns_that_are_named(rule, tmp_path):
    pyarrow.parquet.write_table(
        people().rename_columns(["id", "姓名", "a", "b", "c"]), tmp_path / "people.parquet"
    )
    mapping = {"name": "姓名", "income": "a", "poverty.born": "b", "rural": "c"}
    files.run(task(rule, tmp_path / "people.parquet", tmp_path / "out.csv", mapping=mapping, keep=["姓名"]))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[:2] == [
        "姓名,outcome,row",
        "李𠮷,poor,1",
    ]


def test_a_rule_that_gives_lists_is_refused_but_by_the_engine_that_goes_row_by_row(table, tmp_path):
    model = table("RULE ORDER", {"income": "number"}, {"out": "number"}, [["> 0", "1"], ["> 8200", "2"]])
    file = written(tmp_path, "parquet")
    with pytest.raises(lang.RuleError, match="gives a list"):
        files.run(task(model, file, tmp_path / "out.parquet"))
    files.run(task(model, file, tmp_path / "out.parquet", engine="python"))
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["outcome"], row["rows"]) for row in found] == [
        ("[1]", "1,"),
        ("[1]", "1,"),
        (None, None),
        ("[1, 2]", "1,2,"),
    ]


def test_a_run_that_fails_leaves_no_half_a_file(rule, tmp_path, monkeypatch):
    file = written(tmp_path, "parquet")
    monkeypatch.setattr(files.running, "_set_aside", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        files.run(task(rule, file, tmp_path / "out.parquet"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.parquet"]
