"""What a file holds: texts as texts, numbers as numbers, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from huimin.core.exports import writing
from huimin.core.exports.types import Column, Format, Kind
from huimin.core.exports.writing import RISKY, open_writer, safe

COLUMNS = (
    Column(name="name", title="姓名"), Column(name="size", title="人口", kind=Kind.INTEGER),
    Column(name="cost", title="金额", kind=Kind.MONEY, unit="元"), Column(name="on", title="日期", kind=Kind.DATE),
    Column(name="at", title="时间", kind=Kind.TIME), Column(name="ok", title="是否", kind=Kind.BOOLEAN),
)  # fmt: skip
MOMENT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
ROW = ("王桂兰", 4, Decimal("-1234.5"), date(2026, 1, 2), MOMENT, True)


def written(format: Format, rows, path: Path, columns=COLUMNS) -> Path:
    target = path / f"list.{format}"
    writer = open_writer(format, target, columns, [("名单", "测试")])
    writer.write(rows)
    writer.close()
    return target


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


TEXTS = st.text(max_size=40) | st.builds(str.__add__, st.sampled_from(RISKY), st.text(max_size=20))


@given(TEXTS)
def test_no_csv_cell_begins_like_a_formula_and_its_text_stays(text):
    cell = safe(text)
    assert not cell.startswith(RISKY)
    assert cell.removeprefix("'" if cell != text else "") == text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(TEXTS.filter(lambda t: "\0" not in t), min_size=2, max_size=2), max_size=5))
def test_texts_come_back_from_csv_and_never_as_a_formula_from_excel(rows):
    columns = (Column(name="a", title="甲"), Column(name="b", title="乙"))
    with TemporaryDirectory() as folder:
        found = read_csv(written(Format.CSV, rows, Path(folder), columns))[1:]
        assert [[safe(text) for text in row] for row in rows] == found
        with zipfile.ZipFile(written(Format.XLSX, rows, Path(folder), columns)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f" not in sheet.replace("<f/>", "").split("<sheetData>")[1]
        types = re.findall(r'<c r="[AB]\d+"[^>]*?(?: t="(\w+)")?>', sheet)
        assert set(types) <= {"inlineStr"}


def test_an_identity_number_stays_a_text_in_every_format(tmp_path):
    number, columns = "62012319800506123X", (Column(name="number", title="户编号"),)
    rows = [(number,), ("62012310120100001",)]
    assert read_csv(written(Format.CSV, rows, tmp_path, columns))[1:] == [
        ["'" + number],
        ["'62012310120100001"],
    ]
    book = CalamineWorkbook.from_path(str(written(Format.XLSX, rows, tmp_path, columns)))
    assert book.get_sheet_by_index(0).to_python()[1:] == [[number], ["62012310120100001"]]
    assert pq.read_table(written(Format.PARQUET, rows, tmp_path, columns)).column("number").to_pylist() == [
        number,
        "62012310120100001",
    ]


def test_csv_writes_amounts_days_and_moments_as_people_read_them_in_beijing(tmp_path):
    head, row = read_csv(written(Format.CSV, [ROW], tmp_path))
    assert head == ["姓名", "人口", "金额（元）", "日期", "时间", "是否"]
    assert row == ["王桂兰", "4", "-1234.5", "2026-01-02", "2026-11-22 09:02:03", "是"]


def test_excel_has_numbers_and_days_of_their_own_type_and_says_what_it_is(tmp_path):
    book = CalamineWorkbook.from_path(str(written(Format.XLSX, [ROW, (None,) * 6], tmp_path)))
    row = book.get_sheet_by_index(0).to_python()[1]
    assert row == ["王桂兰", 4.0, -1234.5, date(2026, 1, 2), datetime(2026, 11, 22, 9, 2, 3), "是"]
    assert book.get_sheet_by_name("说明").to_python() == [["名单", "测试"]]


def test_a_birth_date_before_excels_first_day_is_written_as_a_text(tmp_path):
    columns = (Column(name="born", title="出生日期", kind=Kind.DATE),)
    book = CalamineWorkbook.from_path(str(written(Format.XLSX, [(date(1898, 5, 6),)], tmp_path, columns)))
    assert book.get_sheet_by_index(0).to_python()[1] == ["1898-05-06"]


def test_parquet_has_types_titles_and_units(tmp_path):
    table = pq.read_table(written(Format.PARQUET, [ROW, (None,) * 6], tmp_path))
    assert [str(field.type) for field in table.schema] == [
        "string", "int64", "decimal128(18, 2)", "date32[day]", "timestamp[us, tz=Asia/Shanghai]", "bool",
    ]  # fmt: skip
    assert table.to_pylist()[0] == {
        "name": "王桂兰", "size": 4, "cost": Decimal("-1234.50"), "on": date(2026, 1, 2), "at": MOMENT, "ok": True,
    }  # fmt: skip
    assert table.schema.field("cost").metadata == {b"title": "金额".encode(), b"unit": "元".encode()}
    assert table.to_pylist()[1] == dict.fromkeys(("name", "size", "cost", "on", "at", "ok"))


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "SHEET_ROWS", 4)
    columns = (Column(name="n", title="序号", kind=Kind.INTEGER),)
    book = CalamineWorkbook.from_path(str(written(Format.XLSX, [(n,) for n in range(7)], tmp_path, columns)))
    assert book.sheet_names == ["名单", "名单 2", "名单 3", "说明"]
    sheets = [book.get_sheet_by_index(n).to_python() for n in range(3)]
    assert [sheet[0] for sheet in sheets] == [["序号"]] * 3
    assert [row[0] for sheet in sheets for row in sheet[1:]] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("format", list(Format))
def test_an_empty_list_is_a_file_with_its_head(tmp_path, format):
    path = written(format, [], tmp_path)
    if format is Format.PARQUET:
        assert pq.read_table(path).num_rows == 0
    elif format is Format.CSV:
        assert len(read_csv(path)) == 1
    else:
        assert len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) == 1
