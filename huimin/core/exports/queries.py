"""Reading exports: whose, how far, where the file lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from huimin.core.access.api import Viewer
from huimin.core.exports.catalogue import EXPORTS
from huimin.core.exports.models import ExportRun
from huimin.core.exports.types import Format, Run

NUMBER = re.compile(r"\d{11}|\d{15}|\d{17}[\dXx]")


def folder() -> Path:
    """Where the files lie; only the platform's own user may read them."""
    found = Path(settings.MEDIA_ROOT) / "exports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def path_of(id: UUID, format: str) -> Path:
    """The file of a run that is ready."""
    return folder() / f"{id}.{format}"


def told(filters: Mapping[str, str]) -> dict[str, str]:
    """Filters as they may be kept: an identity or telephone number that was searched for is not written down."""
    return {
        name: "•" if NUMBER.fullmatch(re.sub(r"\s", "", value)) else value for name, value in filters.items()
    }


def view(row: ExportRun) -> Run:
    """A run as its page shows it."""
    export = EXPORTS.get(row.list)
    return Run(
        id=row.id, list=row.list, title=str(export.title) if export else row.list, format=Format(row.format),
        filters=row.filters, area=row.division_code, words=export.in_words(told(row.filters)) if export else (),
        state=row.state, rows=row.rows, size=row.size, started=row.started, beat=row.beat, ready=row.ready,
        expires=row.expires, error=row.error,
    )  # fmt: skip


def run_of(viewer: Viewer, id: UUID | str) -> Run | None:
    """One run of the viewer himself, or None."""
    row = ExportRun.objects.filter(id=id, actor=viewer.id).first()
    return view(row) if row else None


def runs_of(viewer: Viewer, *, before: tuple[datetime, UUID] | None = None, limit: int = 50) -> list[Run]:
    """The viewer's own runs, newest first; `before` is where the last page ended."""
    rows = ExportRun.objects.filter(actor=viewer.id)
    if before:
        rows = rows.filter(started__lte=before[0]).exclude(started=before[0], id__gte=before[1])
    return [view(row) for row in rows.order_by("-started", "-id")[:limit]]
