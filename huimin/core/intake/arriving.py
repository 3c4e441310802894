"""A file at the door: kept where nobody else reads it, read into its run's folder, the copy deleted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.intake import formats
from huimin.core.intake.actions import open_run
from huimin.core.intake.mapping import choose_headings
from huimin.core.intake.models import ImportRun
from huimin.core.intake.targets import target_for
from huimin.core.intake.work import folder_of
from huimin.kit.area import NATION
from huimin.kit.refusal import Refused


def run_id(actor: str, key: str) -> UUID:
    """The id of the run that this actor opens under this key: sent twice, it is found again."""
    return uuid5(NAMESPACE_URL, f"import/{actor}/{key}")


def receive(
    viewer: Viewer,
    *,
    key: str,
    target: str,
    name: str,
    source: str,
    parts: Iterable[bytes] | None = None,
    path: Path | None = None,
) -> UUID:
    """Take a file in, as bytes or where it lies, and open a run for it; Refused where it cannot be read."""
    from huimin.core.intake import reading  # with Arrow: only who reads a file loads it

    found = target_for(viewer, target)
    source = " ".join(source.split())[:120]
    if not source:
        text = _("请填写数据来源，例如“县公安局户籍”。")
        raise Refused(text, code="source", fields={"source": text})
    kind, run = formats.format_of(name), run_id(viewer.id, key)
    with viewer.acting():
        if ImportRun.objects.filter(id=run).exists():
            return run
    folder = folder_of(run)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        place = path or _kept(folder / f"source.{kind}", parts or (), kind)
        size = place.stat().st_size
        formats.check_size(kind, size)
        sheet = reading.read(place, kind, folder / "rows.parquet", choose_headings(found))
        asked: dict[str, Any] = {
            "target": target,
            "name": Path(name).name,
            "format": kind,
            "size": size,
            "digest": formats.digest(place),
            "source": source,
            "headings": sheet.headings,
            "rows": sheet.rows,
            "area": viewer.area or str(NATION),
        }
        if path is None:
            place.unlink()
        open_run(viewer, key=str(run), run=run, **asked)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return run


def _kept(place: Path, parts: Iterable[bytes], kind: str) -> Path:
    size = 0
    with open(place, "wb", opener=formats.private) as file:
        for part in parts:
            size += len(part)
            if size > formats.LARGEST[kind]:
                formats.check_size(kind, size)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return place
