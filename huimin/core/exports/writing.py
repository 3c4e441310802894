"""Rows into files, a chunk at a time: texts stay texts, amounts are numbers, days are days, nothing is a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _

from huimin.core.exports.types import Column, Format, Kind
from huimin.kit.clock import BEIJING

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONG = re.compile(r"\d{12,}[Xx]?")  # a spreadsheet shows it as 6.2E+16 and keeps fifteen digits of it
SHEET_ROWS = 1_048_576  # of one Excel sheet, its head included
CELL = 32_767  # signs of one Excel cell
ZONE = "Asia/Shanghai"
Note = tuple[str, str]


class Writer(Protocol):
    """A file being written."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def safe(text: str) -> str:
    """A text as a CSV cell: what a spreadsheet would run, or take for a number and spoil, begins with an apostrophe."""
    return "'" + text if text.startswith(RISKY) or LONG.fullmatch(text) else text


def local(moment: datetime) -> datetime:
    """A moment as the clock on the wall in Beijing showed it, to the second."""
    return moment.astimezone(BEIJING).replace(tzinfo=None, microsecond=0)


def head(column: Column) -> str:
    """What people read above a column."""
    return f"{column.title}（{column.unit}）" if column.unit else str(column.title)


def open_writer(format: Format, path: Path, columns: Sequence[Column], notes: Sequence[Note]) -> Writer:
    """A writer of the format; `notes` say what the list is, of which place and moment, and who took it."""
    kinds: dict[Format, Any] = {Format.CSV: Csv, Format.XLSX: Excel, Format.PARQUET: Parquet}
    writer: Writer = kinds[format](path, columns, notes)
    return writer


class Csv:
    """UTF-8 with a mark, so that spreadsheets read Chinese."""

    def __init__(self, path: Path, columns: Sequence[Column], notes: Sequence[Note]) -> None:
        self.columns = columns
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow([safe(head(column)) for column in columns])

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        self.writer.writerows([self.cell(value) for value in row] for row in rows)

    def cell(self, value: Any) -> Any:
        """A value as CSV has it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, datetime):
            return local(value).isoformat(" ")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, int | Decimal):
            return format(value, "f") if isinstance(value, Decimal) else value
        return safe(str(value))

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


class Excel:
    """A workbook written row by row; a list longer than a sheet goes on in the next one."""

    def __init__(self, path: Path, columns: Sequence[Column], notes: Sequence[Note]) -> None:
        import xlsxwriter

        self.columns, self.notes, self.sheets = columns, notes, 0
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
                "strings_to_urls": False, "strings_to_numbers": False, "use_zip64": True,
            },
        )  # fmt: skip
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # the same list gives the same bytes
        self.bold = self.book.add_format({"bold": True, "bottom": 1})
        self.formats = {
            Kind.MONEY: self.book.add_format({"num_format": "#,##0.00"}),
            Kind.NUMBER: self.book.add_format({"num_format": "#,##0.####"}),
            Kind.DATE: self.book.add_format({"num_format": "yyyy-mm-dd"}),
            Kind.TIME: self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        self.turn()

    def turn(self) -> None:
        """Begin the next sheet."""
        self.sheets += 1
        self.sheet = self.book.add_worksheet(_("名单") + (f" {self.sheets}" if self.sheets > 1 else ""))
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_column(0, max(len(self.columns) - 1, 0), 14)
        for number, column in enumerate(self.columns):
            self.sheet.write_string(0, number, head(column), self.bold)
        self.row = 1

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows."""
        for row in rows:
            if self.row >= SHEET_ROWS:
                self.turn()
            for number, (column, value) in enumerate(zip(self.columns, row, strict=True)):
                if value is not None and value != "":
                    self.cell(number, column, value)
            self.row += 1

    def cell(self, number: int, column: Column, value: Any) -> None:
        """Write one value as its type."""
        look = self.formats.get(column.kind)
        if isinstance(value, bool):
            self.sheet.write_string(self.row, number, _("是") if value else _("否"))
        elif isinstance(value, datetime):
            self.sheet.write_datetime(self.row, number, local(value), look)
        elif isinstance(value, date) and value.year >= 1900:  # Excel knows no day before
            self.sheet.write_datetime(self.row, number, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, int | Decimal):
            self.sheet.write_number(self.row, number, float(value), look)
        else:
            text = str(value)
            self.sheet.write_string(self.row, number, text if len(text) <= CELL else text[: CELL - 1] + "…")

    def close(self) -> None:
        """Add the sheet that says what this is, and finish the file."""
        sheet = self.book.add_worksheet(_("说明"))
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 60)
        for number, (what, text) in enumerate(self.notes):
            sheet.write_string(number, 0, what, self.bold)
            sheet.write_string(number, 1, text)
        self.book.close()


class Parquet:
    """Typed columns under their stable names; titles, units and notes are in the metadata."""

    def __init__(self, path: Path, columns: Sequence[Column], notes: Sequence[Note]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {
            Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.decimal128(24, 4),
            Kind.MONEY: pa.decimal128(18, 2), Kind.DATE: pa.date32(), Kind.TIME: pa.timestamp("us", tz=ZONE),
            Kind.BOOLEAN: pa.bool_(),
        }  # fmt: skip
        self.columns = columns
        self.schema = pa.schema(
            [
                pa.field(
                    column.name,
                    types[column.kind],
                    metadata={"title": str(column.title), "unit": str(column.unit)},
                )
                for column in columns
            ],
            metadata=dict(notes),
        )
        self.kept: list[Sequence[Any]] = []
        self.pa = pa
        self.file = pq.ParquetWriter(str(path), self.schema, compression="zstd")

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows; they are written in groups of some ten thousand."""
        self.kept.extend(rows)
        if len(self.kept) >= 20_000:
            self.flush()

    def flush(self) -> None:
        """Write what is kept as one row group."""
        if not self.kept:
            return
        arrays = [
            self.pa.array(self.values(place, column), type=self.schema.field(place).type)
            for place, column in enumerate(self.columns)
        ]
        self.file.write_table(self.pa.Table.from_arrays(arrays, schema=self.schema))
        self.kept = []

    def values(self, place: int, column: Column) -> Iterable[Any]:
        """One column of the kept rows as Arrow takes it."""
        whole = {Kind.MONEY: Decimal("0.01"), Kind.NUMBER: Decimal("0.0001")}.get(column.kind)
        for row in self.kept:
            value = row[place]
            if value is None or (value == "" and column.kind is not Kind.TEXT):
                yield None
            elif whole is not None:
                yield Decimal(value).quantize(whole)
            else:
                yield str(value) if column.kind is Kind.TEXT else value

    def close(self) -> None:
        """Finish the file."""
        self.flush()
        self.file.close()
