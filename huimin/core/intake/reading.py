"""Files as people send them, made into one table of texts: CSV in three encodings, Excel, Parquet.

`rows.parquet` holds `row` (as the file's own program numbers it, headings included), `fault` (what is wrong with the
row as such) and the cells `c0`, `c1`, … as texts. A number that a spreadsheet made of a code stays recognisable.
"""

from __future__ import annotations

import codecs
import csv
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from huimin.core.intake.formats import private
from huimin.kit.refusal import Refused

MOST_COLUMNS = 300
TITLES = 10  # so many rows may stand above the headings
BLOCK = 1 << 20
BATCH = 20_000
EXACT = 10**15  # larger numbers lose digits in a spreadsheet's cells

Choose = Callable[[Sequence[Sequence[str]]], int]


@dataclass(frozen=True)
class Sheet:
    """What was read: the headings, and how many rows follow them."""

    headings: tuple[str, ...]
    rows: int


def cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as 2026-11-02; numbers too long to be exact as 6.2E+17."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if isinstance(value, float) and math.isnan(value):
            return ""
        if isinstance(value, float) and abs(value) >= EXACT:
            return repr(value).upper() if "e" in repr(value) else f"{value:.16E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if whole else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def read(path: Path, kind: str, out: Path, choose: Choose) -> Sheet:
    """Make `rows.parquet` of a file; `choose` says which of the first rows has the headings.

    Refused where the file cannot be read.
    """
    try:
        if kind == "csv":
            return _csv(path, out, choose)
        return _excel(path, out, choose) if kind == "xlsx" else _parquet(path, out)
    except (pa.ArrowException, UnicodeError, OSError, ValueError) as error:
        raise _unreadable(str(error)) from error


def _unreadable(detail: str) -> Refused:
    text = _("文件读不出来：%(detail)s。请用表格软件打开后另存一份再试。") % {"detail": detail[:200]}
    return Refused(text, code="unreadable", fields={"file": text})


def _headed(cells: Iterable[object]) -> tuple[str, ...]:
    """Headings without blanks, each of them once."""
    found: list[str] = []
    for number, one in enumerate(cells, 1):
        text = " ".join(cell(one).replace("﻿", "").split()) or _("第 %(n)d 列") % {"n": number}
        name, again = text, 1
        while name in found:
            again += 1
            name = f"{text} ({again})"
        found.append(name[:120])
    if not found or len(found) > MOST_COLUMNS:
        raise Refused(_("没有找到表头，或者列数超过 %(most)d。") % {"most": MOST_COLUMNS}, code="headings")
    return tuple(found)


class _Out:
    """`rows.parquet` being written."""

    def __init__(self, path: Path, width: int) -> None:
        self.names = [f"c{n}" for n in range(width)]
        fields = [("row", pa.int64()), ("fault", pa.string()), *((name, pa.string()) for name in self.names)]
        self.schema, self.rows = pa.schema(fields), 0
        os.close(private(str(path), os.O_CREAT | os.O_WRONLY | os.O_TRUNC))
        self.writer = pq.ParquetWriter(
            path, self.schema, compression="snappy", use_dictionary=False, write_statistics=False
        )

    def add(self, rows: Any, cells: Sequence[Any], faults: Any = None) -> None:
        """Add rows with their numbers; those without any text are passed over."""
        table = pa.table(
            [pa.array(rows, pa.int64()), faults or pa.nulls(len(rows), pa.string()), *cells],
            schema=self.schema,
        )
        empty = [pc.equal(pc.binary_length(table[name]), 0) for name in self.names]
        keep = empty[0]
        if pc.any(keep).as_py():
            for one in empty[1:]:
                keep = pc.and_(keep, one)
            table = table.filter(pc.or_(pc.invert(keep), pc.is_valid(table["fault"])))
        self.rows += len(table)
        self.writer.write_table(table)

    def close(self) -> int:
        self.writer.close()
        if not self.rows:
            raise Refused(
                _("表头下面没有数据行。"), code="no_rows", fields={"file": _("表头下面没有数据行。")}
            )
        return self.rows


def _utf8(path: Path, work: Path) -> Path:
    """The file itself where it is UTF-8, else a copy in UTF-8 of a file in GB18030 or UTF-16."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return _transcoded(path, work, "utf-16")
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return _transcoded(path, work, "gb18030")
    return path


def _transcoded(path: Path, work: Path, encoding: str) -> Path:
    copy, line = work.with_suffix(".utf8"), 1
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, open(copy, "w", encoding="utf-8", newline="", opener=private) as target:
        while True:
            block = source.read(BLOCK)
            try:
                text = decoder.decode(block, not block)
            except UnicodeDecodeError:
                raise _unreadable(
                    _("第 %(line)d 行附近有既不是 UTF-8 也不是 GB18030 的字") % {"line": line}
                ) from None
            target.write(text)
            line += text.count("\n")
            if not block:
                return copy


def _csv(path: Path, out: Path, choose: Choose) -> Sheet:
    text = _utf8(path, out)
    try:
        with text.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(BLOCK)
        first = max(start[:20_000].splitlines()[:TITLES] or [""], key=len)
        delimiter = max(",\t;|", key=first.count)
        head = list(islice(csv.reader(start.splitlines(keepends=True), delimiter=delimiter), TITLES))
        at = choose(head) if head else 0
        headings = _headed(head[at] if head else ())
        while (
            len(headings) > 1 and not head[at][len(headings) - 1].strip()
        ):  # a comma at the end of every line
            headings = headings[:-1]
        return Sheet(headings, _csv_rows(text, out, headings, delimiter, at + 1, len(head[at])))
    finally:
        if text != path:
            text.unlink(missing_ok=True)


def _csv_rows(path: Path, out: Path, headings: Sequence[str], delimiter: str, skip: int, width: int) -> int:
    misfits: list[tuple[int, list[str], str | None]] = []
    names = [f"c{n}" for n in range(width)]

    def odd(row: Any) -> str:
        cells = next(csv.reader([row.text], delimiter=delimiter), [])
        fault = None
        if any(one.strip() for one in cells[width:]):
            fault = _("这一行有 %(found)d 格，表头只有 %(known)d 格，请检查是否多了分隔符或引号。")
            fault %= {"found": len(cells), "known": width}
        misfits.append((row.number, (cells + [""] * width)[:width], fault))
        return "skip"

    reader = pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=4 * BLOCK, column_names=names, skip_rows=skip
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=odd
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    kept = len(headings)
    target, seen = _Out(out, kept), 0
    for batch in reader:
        gaps = np.array(sorted(number for number, _cells, _fault in misfits), dtype=np.int64)
        index = np.arange(seen, seen + len(batch), dtype=np.int64)
        passed = np.searchsorted(gaps - skip - 1 - np.arange(len(gaps)), index, side="right")
        target.add(index + passed + skip + 1, batch.columns[:kept])
        seen += len(batch)
    for start in range(0, len(misfits), BATCH):
        part = misfits[start : start + BATCH]
        columns = [pa.array([cells[n] for _n, cells, _f in part], pa.string()) for n in range(kept)]
        target.add(
            [n for n, _c, _f in part], columns, pa.array([fault for _n, _c, fault in part], pa.string())
        )
    return target.close()


def _batches(rows: Iterable[tuple[int, list[str]]], target: _Out) -> int:
    rows, width = iter(rows), len(target.names)
    while part := list(islice(rows, BATCH)):
        columns = [
            pa.array([cells[n] if n < len(cells) else "" for _n, cells in part], pa.string())
            for n in range(width)
        ]
        target.add([number for number, _cells in part], columns)
    return target.close()


def _excel(path: Path, out: Path, choose: Choose) -> Sheet:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = (book.get_sheet_by_index(n) for n in range(len(book.sheet_names)))
        sheet = next((one for one in sheets if one.height > 1), None)
    except CalamineError as error:
        raise _unreadable(str(error)) from error
    if sheet is None:
        raise Refused(_("表头下面没有数据行。"), code="no_rows", fields={"file": _("表头下面没有数据行。")})
    rows = enumerate(sheet.iter_rows(), 1)
    head = list(islice(rows, TITLES))
    at = choose([[cell(one) for one in cells] for _n, cells in head])
    found = [cell(one) for one in head[at][1]]
    while found and not found[-1].strip():
        found.pop()
    headings = _headed(found)

    def below() -> Iterator[tuple[int, list[str]]]:
        for number, cells in (*head[at + 1 :],):
            yield number, [cell(one) for one in cells]
        for number, cells in rows:
            yield number, [cell(one) for one in cells]

    return Sheet(headings, _batches(below(), _Out(out, len(headings))))


def _parquet(path: Path, out: Path) -> Sheet:
    file = pq.ParquetFile(path)
    headings = _headed(file.schema_arrow.names)
    target, row = _Out(out, len(headings)), 1
    for batch in file.iter_batches(batch_size=BATCH):
        target.add(np.arange(row, row + len(batch)), [_texts(column) for column in batch.columns])
        row += len(batch)
    return Sheet(headings, target.close())


def _texts(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date(kind)
    ):
        return pc.fill_null(pc.cast(column, pa.string()), "")
    return pa.array([cell(one) for one in column.to_pylist()], pa.string())
