"""How runs stand, for the one who started them, and what is wrong with the rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from huimin.core.access.api import Viewer
from huimin.core.intake.badfile import path_of
from huimin.core.intake.models import ImportRun, SourceMapping
from huimin.core.intake.targets import TARGETS
from huimin.core.intake.types import Mode, Problem, RunView, State
from huimin.core.intake.work import folder_of


def _view(row: ImportRun) -> RunView:
    same = {
        name: getattr(row, name)
        for name in (
            "id",
            "target",
            "file_name",
            "format",
            "size",
            "source",
            "mapping",
            "mode",
            "differ",
            "stage",
            "total",
            "good",
            "unchanged",
            "bad",
            "done",
            "error",
            "opened",
            "beat",
            "closed",
            "stored",
            "reasons",
        )
    }
    return RunView(
        **same,
        headings=tuple(row.headings),
        area=row.division_code,
        state=State(row.state),
        has_files=not row.swept,
    )


def runs(viewer: Viewer, limit: int = 20) -> tuple[RunView, ...]:
    """The viewer's own runs, the latest first."""
    rows = ImportRun.objects.filter(actor=viewer.id).order_by("-opened")[:limit]
    return tuple(_view(row) for row in rows if row.target in TARGETS)


def run(viewer: Viewer, id: UUID) -> RunView | None:
    """A run of the viewer's own, or None."""
    row = ImportRun.objects.filter(id=id, actor=viewer.id).first()
    return _view(row) if row and row.target in TARGETS else None


def unfinished(
    viewer: Viewer, *, target: str, digest: str, mapping: dict[str, str], mode: str, differ: str
) -> UUID | None:
    """A run of the same file in the same way that broke off while it was being stored."""
    rows = ImportRun.objects.filter(
        actor=viewer.id,
        target=target,
        digest=digest,
        mode=mode,
        differ=differ,
        swept=False,
        stage="import",
        state__in=[State.IMPORTING, State.STOPPED, State.FAILED],
    )
    for row in rows.order_by("-opened"):
        if row.mapping == mapping and (folder_of(row.id) / "rows.parquet").exists():
            return UUID(str(row.id))
    return None


def progress(id: UUID) -> tuple[str, int, int]:
    """How far a run is as its worker last said: stage, done, total."""
    try:
        said = json.loads((folder_of(id) / "progress.json").read_text(encoding="ascii"))
        return str(said["stage"]), int(said["done"]), int(said["total"])
    except (OSError, ValueError, KeyError):
        return "", 0, 0


def problems(run: RunView, limit: int = 50) -> tuple[Problem, ...]:
    """The first things wrong with a file's rows, personal values masked; none where the files are gone."""
    path = folder_of(run.id) / "problems.parquet"
    if not run.has_files or not path.exists():
        return ()
    import pyarrow.parquet as pq

    target = TARGETS[run.target]
    columns = {column.name: column for column in target.columns}
    headings = {name: heading for heading, name in run.mapping.items() if name}
    found = []
    rows: list[dict[str, Any]] = next(
        (b.to_pylist() for b in pq.ParquetFile(path).iter_batches(batch_size=limit)), []
    )
    for row in rows[:limit]:
        column = columns.get(row["col"])
        value = (row["value"] or "")[:60]
        if column is not None and column.mask is not None:
            value = column.mask(value)
        title = headings.get(row["col"]) or (str(column.title) if column else "")
        found.append(
            Problem(row=row["row"], column=row["col"], title=title, value=value, reason=row["reason"])
        )
    return tuple(found)


def bad_file(run: RunView) -> Path | None:
    """Where the bad rows lie as a file to correct, or None where there are none or they are gone."""
    path = path_of(folder_of(run.id), run.format)
    return path if run.has_files and run.bad and path.exists() else None


def sources(target: str = "", limit: int = 30) -> tuple[str, ...]:
    """Names of sources that files came from before, the latest first."""
    rows = SourceMapping.objects.order_by("-used")
    if target:
        rows = rows.filter(target=target)
    return tuple(dict.fromkeys(rows.values_list("source", flat=True)[:limit]))


def outcome(run: RunView) -> dict[str, Any]:
    """A run in figures, for programs: rows read, stored, unchanged, bad; what was stored; problems by column."""
    whole_refused = run.mode == Mode.WHOLE and run.bad > 0
    return {
        "run": str(run.id),
        "target": run.target,
        "state": str(run.state),
        "mode": run.mode,
        "rows": run.total,
        "good": 0 if whole_refused else run.good,
        "stored_rows": run.done,
        "unchanged": run.unchanged,
        "bad": run.bad,
        "stored": dict(run.stored),
        "problems": dict(run.reasons),
        "error": run.error,
    }


def samples(run: RunView) -> dict[str, str]:
    """The first thing that stands under each heading, masked where it is personal; {} where the file is gone."""
    path = folder_of(run.id) / "rows.parquet"
    if not run.has_files or not path.exists():
        return {}
    import pyarrow.parquet as pq

    columns = {column.name: column for column in TARGETS[run.target].columns}
    first = next(pq.ParquetFile(path).iter_batches(batch_size=20), None)
    found = {}
    for number, heading in enumerate(run.headings):
        texts = first.column(f"c{number}").to_pylist() if first is not None else []
        text = next((one.strip() for one in texts if one.strip()), "")[:40]
        column = columns.get(run.mapping.get(heading, ""))
        found[heading] = (
            column.mask(text) if column is not None and column.mask is not None and text else text
        )
    return found
