"""Lists as files: every text is a text cell, so that nothing a person typed is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """A cell of a CSV file: what a spreadsheet would run as a formula begins with an apostrophe."""
    if isinstance(value, str) and value.startswith(RISKY):
        return "'" + value
    return "" if value is None else value


def csv_file(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """A CSV file that spreadsheets open as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([safe(value) for value in row] for row in rows)
    return download("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"{title}.csv")


def xlsx(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """An Excel file: texts as texts, amounts as numbers, days as days; the heading row stays in sight."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(_("名单"))
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(number, column, float(value), money)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value not in (None, ""):
                sheet.write_string(number, column, str(value))
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(len(heads) - 1, 0), 14)
    book.close()
    return download(
        out.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"{title}.xlsx"
    )


def download(content: str | bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, under a Chinese name."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        },
    )
