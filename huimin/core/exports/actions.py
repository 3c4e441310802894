"""The only writer of exports: started by an officer, written by the worker, taken away with a trace, deleted in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import Viewer, beyond, narrow, system, viewer_of_id
from huimin.core.exports.catalogue import EXPORTS
from huimin.core.exports.models import ExportRun
from huimin.core.exports.queries import folder, path_of, told
from huimin.core.exports.types import Export, Format
from huimin.core.exports.writing import local, open_writer
from huimin.core.journal.api import Act, action
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import NATION
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
CHUNK = 500
AT_ONCE = 2_000  # so many rows are written while the officer waits; a longer list goes to the worker
PATIENCE = 2.0  # seconds he waits at most
TOGETHER = 5  # of one officer under way


def run_id(actor: str, key: str) -> UUID:
    """The id a run has that this actor starts under this key: pressed twice, it is found again."""
    return uuid5(NAMESPACE_URL, f"export/{actor}/{key}")


@action("exports.start", title=gettext_lazy("导出名单"), private=("filters",))
def start(
    act: Act, *, list_name: str, format: str, filters: dict[str, str], area: str, narrowed: bool = False
) -> dict[str, Any]:
    """Ask for a list of an area as a file; the worker writes it in the background as the viewer who asked."""
    export = EXPORTS.get(list_name)
    if export is None:
        raise NotFound(_("没有这个名单。"), code="no_list")
    act.on(Ref.of("division", area), area=area)
    if not isinstance(act.actor, Viewer) or not export.open_to(act.actor):
        raise NotAllowed(_("您没有导出这个名单的权限。"), code="no_right")
    if format not in tuple(Format):
        text = _("请选择 Excel、CSV 或 Parquet。")
        raise Refused(text, code="format", fields={"format": text})
    mine = ExportRun.objects.filter(actor=act.actor.id, state="running")
    if mine.count() >= TOGETHER:
        raise Refused(_("您有几个导出还没有完成，请等它们完成或者先停止。"), code="busy")
    known = {name: value for name, value in filters.items() if name in export.filters and value}
    row = ExportRun.objects.create(
        id=run_id(act.actor.id, act.key), list=list_name, format=format, filters=known, division_code=area,
        language=translation.get_language() or "zh-hans", narrowed=narrowed, actor=act.actor.id,
        actor_label=act.actor.label, started=act.now, beat=act.now,
    )  # fmt: skip
    act.note(list=list_name, format=format, filters=told(known))
    _defer(
        row.id, seconds=int(PATIENCE * 3)
    )  # the one who waits begins at once; this is for the case that he is gone
    return {"run": row.id}


def _defer(run: UUID, seconds: int = 0) -> None:
    from huimin.core.exports.tasks import write

    write.configure(schedule_in={"seconds": seconds}).defer(run=str(run))


def _mine(act: Act, run: UUID) -> ExportRun:
    row = ExportRun.objects.select_for_update().filter(id=run).first()
    if row is None or row.actor != act.actor.id:
        raise NotFound(_("没有找到这次导出。"), code="no_export")
    act.on(Ref.of("division", row.division_code), area=row.division_code)
    return row


@action("exports.stop", title=gettext_lazy("停止导出"))
def stop(act: Act, *, run: UUID) -> dict[str, Any]:
    """Stop writing; nothing of the file is kept."""
    row = _mine(act, run)
    if row.state == "running":
        row.state, row.attempt, row.beat = "stopped", None, act.now
        row.save(update_fields=["state", "attempt", "beat"])
    return {"run": row.id, "state": row.state}


@action("exports.resume", title=gettext_lazy("重新生成导出文件"))
def resume(act: Act, *, run: UUID) -> dict[str, Any]:
    """Write a stopped, failed or silent run again from its first row: the file is the one it would have been."""
    row = _mine(act, run)
    if row.state in ("ready", "expired"):
        raise Refused(_("这次导出已经完成，需要新的文件请重新导出。"), code="done")
    row.state, row.attempt, row.rows, row.error, row.beat = "running", None, 0, "", act.now
    row.save(update_fields=["state", "attempt", "rows", "error", "beat"])
    _defer(row.id)
    return {"run": row.id, "state": row.state}


@action("exports.take", title=gettext_lazy("下载导出文件"))
def take(act: Act, *, run: UUID) -> dict[str, Any]:
    """Leave the trace of a file that was taken away: who took which list of which place, how many rows."""
    row = _mine(act, run)
    export = EXPORTS.get(row.list)
    if export is None or not isinstance(act.actor, Viewer) or not export.open_to(act.actor):
        raise NotAllowed(_("您已经没有导出这个名单的权限。"), code="no_right")
    if row.state == "expired" or (row.state == "ready" and not path_of(row.id, row.format).exists()):
        raise Refused(_("文件已过期删除，请重新导出。"), code="expired")
    if row.state != "ready":
        raise Refused(_("文件还没有生成好。"), code="not_ready")
    act.note(list=row.list, format=row.format, rows=row.rows)
    return {"run": row.id, "rows": row.rows}


@action("exports.finish", title=gettext_lazy("生成导出文件"))
def finish(act: Act, *, run: UUID, attempt: UUID, rows: int, part: str) -> dict[str, Any]:
    """The worker has written every row: the file takes its place, unless another writer is at work by now."""
    row = ExportRun.objects.select_for_update().get(id=run)
    act.on(Ref.of("division", row.division_code), area=row.division_code)
    if row.attempt != attempt or row.state != "running":
        return {"run": row.id, "state": row.state}
    target = path_of(row.id, row.format)
    if Path(part).exists():  # not where the database died after this line: the file is in its place already
        Path(part).replace(target)
    row.state, row.rows, row.size, row.ready, row.beat = (
        "ready",
        rows,
        target.stat().st_size,
        act.now,
        act.now,
    )
    row.expires, row.filters = act.now + KEPT, told(row.filters)
    row.save()
    act.note(list=row.list, of=row.actor, rows=rows, size=row.size)
    return {"run": row.id, "state": row.state}


@action("exports.expire", title=gettext_lazy("删除过期的导出文件"))
def expire(act: Act) -> dict[str, Any]:
    """Delete the files whose days are over, and what killed writers left behind."""
    act.on(Ref.of("division", str(NATION)), area=str(NATION))
    over = list(ExportRun.objects.select_for_update().filter(state="ready", expires__lte=act.now))
    for row in over:
        path_of(row.id, row.format).unlink(missing_ok=True)
        row.state, row.size = "expired", 0
        row.save(update_fields=["state", "size"])
    return {"runs": [row.id for row in over]}


def clear() -> int:
    """What the clock does each hour: delete what is over; return how many files went."""
    with beyond("delete exports whose days are over"):
        over = ExportRun.objects.filter(state="ready", expires__lte=clock.now()).exists()
    for part in folder().glob("*.part"):
        if time.time() - part.stat().st_mtime > timedelta(days=1).total_seconds():
            part.unlink(missing_ok=True)
    with beyond("delete exports whose days are over") as viewer:
        return len(expire(viewer)["runs"]) if over else 0


# The writer: in the request for a short list, in the worker for every other


def write_at_once(run: UUID | str) -> str:
    """Write a list while its officer waits; one that is too long is left to the worker. Return the run's state."""
    state = work_off(run, limit=AT_ONCE, patience=PATIENCE)
    if state == "running":
        _defer(UUID(str(run)))
    return state


def work_off(run: UUID | str, limit: int | None = None, patience: float | None = None) -> str:
    """Write a run's file as the viewer who asked, with the rights he has now; return its state.

    The file is written beside its place and moved there when it is whole, so a writer that died leaves nothing and
    the next one begins again. `limit` rows and `patience` seconds end an attempt that took too long.
    """
    row = _begin(run)
    if row is None or row.attempt is None:
        return _state(run)
    export, viewer = EXPORTS.get(row.list), viewer_of_id(row.actor)
    if viewer is None or export is None:
        return _settle(row, "failed", _("账号已停用，或者这个名单已经取消。"))
    if row.narrowed:
        viewer = narrow(viewer, row.division_code)
    if not export.open_to(viewer):
        return _settle(row, "failed", _("您已经没有导出这个名单的权限。"))
    part = folder() / f"{row.id}.{row.attempt}.part"
    try:
        with viewer.acting(), translation.override(row.language):
            rows = _write(row, export, viewer, part, limit, patience)
        if rows is None:
            return _state(run)
        finish(
            system("export"),
            key=f"{row.id}/{row.attempt}",
            run=row.id,
            attempt=row.attempt,
            rows=rows,
            part=str(part),
        )
        return _state(run)
    except Refused as refusal:
        return _settle(row, "failed", str(refusal))
    except Exception:
        log.exception("export %s failed", row.id)
        return _settle(row, "failed", _("生成时出了错，请重新生成；还不行请联系管理员。"))
    finally:
        part.unlink(missing_ok=True)


def _write(
    row: ExportRun, export: Export, viewer: Viewer, part: Path, limit: int | None, patience: float | None
) -> int | None:
    """Write every row of a list into a file; None where it was stopped, taken over or takes too long."""
    writer = open_writer(Format(row.format), part, export.columns, notes_of(row, export))
    begun, done = time.monotonic(), 0
    try:
        for chunk in _chunks(export.rows(viewer, row.filters)):
            done += len(chunk)
            if limit is not None and done > limit:
                return None
            writer.write(chunk)
            if patience is not None and time.monotonic() - begun > patience:
                return None
            if not _beat(row, done):
                return None
    finally:
        writer.close()
    return done


def _chunks(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def notes_of(row: ExportRun, export: Export) -> list[tuple[str, str]]:
    """What a file says of itself."""
    words: Mapping[str, str] = told(row.filters)
    return [
        (_("名单"), str(export.title)),
        (_("范围"), places.names([row.division_code]).get(row.division_code, row.division_code)),
        (_("筛选"), "；".join(export.in_words(words)) or _("无")),
        (_("导出时间"), local(row.started).isoformat(" ")),
        (_("导出人"), row.actor_label),
        (_("说明"), _("证件号码、电话和住址按规定遮盖。文件含个人信息，请妥善保管，用完删除。")),
    ]


def _begin(run: UUID | str) -> ExportRun | None:
    """Take a run in hand: whoever wrote it before gives up at his next chunk."""
    with beyond("write an export"), transaction.atomic():
        row = ExportRun.objects.select_for_update().filter(id=run).first()
        if row is None or row.state != "running":
            return None
        row.attempt, row.rows, row.beat = uuid4(), 0, clock.now()
        row.save(update_fields=["attempt", "rows", "beat"])
        return row


def _beat(row: ExportRun, done: int) -> bool:
    """Say how far it is; False where somebody stopped it or took it over."""
    with beyond("write an export"):
        mine = ExportRun.objects.filter(id=row.id, attempt=row.attempt, state="running")
        return bool(mine.update(rows=done, beat=clock.now()))


def _settle(row: ExportRun, state: str, error: str) -> str:
    with beyond("write an export"):
        mine = ExportRun.objects.filter(id=row.id, attempt=row.attempt, state="running")
        mine.update(state=state, error=error[:300], beat=clock.now())
    return _state(row.id)


def _state(run: UUID | str) -> str:
    with beyond("write an export"):
        row = ExportRun.objects.filter(id=run).first()
    return str(row.state) if row else "gone"
