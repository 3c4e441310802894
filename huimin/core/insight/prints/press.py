"""Print a frozen report as PDF (typst) or as a workbook (xlsxwriter): the same content gives the same bytes, always."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from huimin.core.insight.reports import frozen
from huimin.core.insight.types import ReportView

FOLDER = Path(__file__).resolve().parent
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(
    tzinfo=None
)  # a workbook names a day of creation: always this one


def printed(report: UUID | str, format: str = "pdf") -> bytes:
    """The file of a frozen report within the viewer's sight: pdf or xlsx; raise NotFound where there is none."""
    found = frozen(report)
    if format == "xlsx":
        return workbook(found)
    if format != "pdf":
        raise LookupError(f"a report is printed as pdf or xlsx, not as {format!r}")
    return pdf(found)


def pdf(report: ReportView) -> bytes:
    """The report on A4; the data reach typst as JSON and are never read as markup, no date but those of the content."""
    import typst

    from huimin.ui.fonts import FONT_DIR

    data = {**report.content, "hash": report.hash, "shown": shown(report.content)}
    return bytes(
        typst.compile(
            str(FOLDER / "report.typ"), format="pdf", root=str(FOLDER), font_paths=[str(FONT_DIR)],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        )
    )  # fmt: skip


def number(value: str | None, none: str) -> str:
    """A kept number with thousands separated; `none` where there is nothing."""
    return none if value is None else f"{Decimal(value):,}"


def shown(content: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a report as texts, in the order they are printed."""
    words = content["words"]

    def said(value: str | None, withheld: bool) -> str:
        return words["withheld"] if withheld else number(value, "—")

    indicators = [
        [
            one["title"], said(one["value"], one["withheld"]), one["unit"], said(one["before"], one["before_withheld"]),
            number(one["target"], "—"), one["words"],
        ]
        for one in content["indicators"]
    ]  # fmt: skip
    parts = [
        {
            "title": f"{one['title']}（{one['unit']}）",
            "rows": [[t, said(v, hidden)] for t, v, hidden in one["rows"]],
        }
        for one in content["parts"]
    ]
    below = content["below"]
    table = None
    if below:
        head = [words["place"], *(f"{title}（{unit}）" for title, unit in below["columns"])]
        rows = [
            [
                one["name"] + ("*" if one["statistical"] else ""),
                *(said(v, hidden) for v, hidden in one["values"]),
            ]
            for one in below["rows"]
        ]
        table = {"head": head, "rows": rows}
    sourced = [
        [
            one["title"], f"{number(one['value'], '—')} {one['unit']}", f"{one['place']} {one['period']}",
            f"{one['sentence']} —— {one['document']} {one['published'] or ''}".strip(),
        ]
        for one in content["sourced"]
    ]  # fmt: skip
    return {"indicators": indicators, "parts": parts, "below": table, "sourced": sourced}


def workbook(report: ReportView) -> bytes:
    """The report as a workbook: what was counted, its parts, the places below, and apart from it what documents state."""
    import xlsxwriter

    content, words = report.content, report.content["words"]
    tables = shown(content)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": content["title"], "created": EPOCH})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(name: str, head: list[str], rows: list[list[Any]], widths: list[int], notes: list[str]) -> None:
        page = book.add_worksheet(name[:31])
        for line, note in enumerate(notes):
            page.write_string(line, 0, note, bold if line == 0 else None)
        for column, title in enumerate(head):
            page.write_string(len(notes) + 1, column, title, bold)
            page.set_column(column, column, widths[column])
        for line, row in enumerate(rows, len(notes) + 2):
            for column, cell in enumerate(row):
                if isinstance(cell, Decimal):
                    page.write_number(line, column, float(cell))
                else:
                    page.write_string(line, column, str(cell), wrap)

    def cell(value: str | None, withheld: bool = False) -> Any:
        return words["withheld"] if withheld else ("—" if value is None else Decimal(value))

    about = [
        content["title"], f"{words['known_on']} {content['known_on']}；{words['as_of']} {content['as_of']}",
        f"{words['generation']} {content['generation']}；{words['hash']} {report.hash}",
        *([words["demo"]] if content["demo"] else []),
    ]  # fmt: skip
    sheet(
        words["indicator"], [words[w] for w in ("indicator", "value", "unit", "before", "target", "meaning")],
        [
            [i["title"], cell(i["value"], i["withheld"]), i["unit"], cell(i["before"], i["before_withheld"]),
             cell(i["target"]), i["words"]]
            for i in content["indicators"]
        ],
        [26, 14, 8, 14, 10, 70], about,
    )  # fmt: skip
    sheet(
        words["part"], [words["indicator"], words["part"], words["value"], words["unit"]],
        [[p["title"], t, cell(v, hidden), p["unit"]] for p in content["parts"] for t, v, hidden in p["rows"]],
        [26, 30, 14, 8], about,
    )  # fmt: skip
    if content["trend"]:
        sheet(
            words["trend"], [words["period"], content["trend"]["title"]],
            [[year, cell(value)] for year, value in content["trend"]["points"]], [12, 24], about,
        )  # fmt: skip
    if content["below"]:
        columns = [f"{title}（{unit}）" for title, unit in content["below"]["columns"]]
        sheet(
            words["below"], [words["place"], *columns],
            [[r["name"] + ("*" if r["statistical"] else ""), *(cell(v, h) for v, h in r["values"])]
             for r in content["below"]["rows"]],
            [26, *([22] * len(columns))], about,
        )  # fmt: skip
    if tables["sourced"]:
        sheet(
            words["sourced"], [words["indicator"], words["value"], words["place"], words["sentence"]], tables["sourced"],
            [30, 20, 34, 90], [words["sourced_note"]],
        )  # fmt: skip
    book.close()
    return out.getvalue()
