"""A table to fill in, as a CSV file; lists that are taken away go through core/exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse


def csv_file(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """A CSV file of our own words that spreadsheets open as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(rows)
    return HttpResponse(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(title)}.csv",
            "Cache-Control": "no-store",
        },
    )
