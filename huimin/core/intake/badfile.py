"""The bad rows as a file that can be corrected and sent again: the rows as they came, with what is wrong beside them."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huimin.core.intake.formats import private
from huimin.core.intake.mapping import ROW, WRONG, added, plain
from huimin.core.intake.work import Work, quoted

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*$")
SUFFIX = {"csv": "csv", "xlsx": "xlsx", "parquet": "csv"}


def path_of(folder: Path, kind: str) -> Path:
    """Where the bad rows of a run lie."""
    return folder / f"bad.{SUFFIX[kind]}"


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading takes the mark away again."""
    return "'" + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def write(work: Work, kind: str) -> Path | None:
    """Write the bad rows in the file's own family of formats; None where there are none."""
    path = path_of(work.folder, kind)
    path.unlink(missing_ok=True)
    if not work.sql("SELECT 1 FROM problem LIMIT 1"):
        return None
    skip = added()
    kept = [n for n, heading in enumerate(work.headings) if plain(heading) not in skip]
    head = [*(work.headings[n] for n in kept), _(ROW), _(WRONG)]
    colon, stop = _("："), _("。")
    names = {c.name: str(c.title) for c in work.target.columns}
    names |= {name: work.headings[n] for name, n in work.columns.items()}
    titles = "".join(f" WHEN {quoted(name)} THEN {quoted(title + colon)}" for name, title in names.items())
    order = "".join(f" WHEN {quoted(name)} THEN {n}" for n, name in enumerate(names))
    rows = work.batches(
        f"WITH said AS (SELECT \"row\", string_agg(CASE col{titles} ELSE '' END || rtrim(reason, "
        f"{quoted(stop)}), {quoted(_('；'))} "
        f"ORDER BY CASE col{order} ELSE -1 END, reason) AS reasons "
        f'FROM problem GROUP BY "row") SELECT {"".join(f"c{n}, " for n in kept)} "row", reasons '
        f'FROM {quoted(work.rows)} JOIN said USING ("row") ORDER BY "row"'
    )
    fresh = path.with_suffix(".new")
    (_xlsx if kind == "xlsx" else _csv)(fresh, head, _lines(rows))
    os.replace(fresh, path)
    return path


def _lines(batches: Iterator[Any]) -> Iterator[list[Any]]:
    for batch in batches:
        yield from (list(row) for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _csv(path: Path, head: list[str], rows: Iterator[list[Any]]) -> None:
    with open(path, "w", encoding="utf-8-sig", newline="", opener=private) as file:
        writer = csv.writer(file)
        writer.writerow(safe(one) for one in head)
        for row in rows:
            writer.writerow(safe(one) if isinstance(one, str) else one for one in row)


def _xlsx(path: Path, head: list[str], rows: Iterator[list[Any]]) -> None:
    import xlsxwriter

    os.close(private(str(path), os.O_CREAT | os.O_WRONLY | os.O_TRUNC))
    with path.open("wb") as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "in_memory": False, "tmpdir": str(path.parent)}
        )
        sheet = book.add_worksheet(_("有误的行"))
        bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
        wrong = book.add_format({"num_format": "@", "font_color": "#b42318"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 2, 16, text)
        sheet.set_column(len(head) - 1, len(head) - 1, 60, wrong)
        for column, heading in enumerate(head):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row[:-1]):
                if isinstance(value, str):
                    sheet.write_string(number, column, value[:32767], text)
                else:
                    sheet.write_number(number, column, value)
            sheet.write_string(number, len(head) - 1, row[-1][:32767], wrong)
        book.close()
