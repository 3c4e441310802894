"""What a person does with a file on its way in: bring it, say what its columns mean, start, stop, go on, let it go."""

from __future__ import annotations

import shutil
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huimin.core.intake import mapping as mappings
from huimin.core.intake.models import ImportRun, SourceMapping
from huimin.core.intake.targets import target_for
from huimin.core.intake.types import Differ, Mode, State
from huimin.core.intake.work import folder_of
from huimin.core.journal.api import Act, action
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

OVER = (State.DONE, State.DROPPED)


def _mine(act: Act, run: UUID) -> ImportRun:
    row = ImportRun.objects.select_for_update().filter(id=run, actor=act.actor.id).first()
    if row is None:
        raise NotFound(_("没有找到这次导入。"), code="no_run")
    act.on(Ref.of("division", row.division_code), area=row.division_code)
    target_for(act.actor, row.target)  # type: ignore[arg-type]
    return row


def _defer(run: UUID, defer: bool) -> None:
    if defer:
        from huimin.core.intake.tasks import take_in

        take_in.defer(run=str(run))


@action("intake.open", title=gettext_lazy("上传导入文件"), private=("name", "headings"))
def open_run(
    act: Act,
    *,
    run: UUID,
    target: str,
    name: str,
    format: str,
    size: int,
    digest: str,
    source: str,
    headings: tuple[str, ...],
    rows: int,
    area: str,
) -> dict[str, Any]:
    """Keep that a file is here, read into its folder; its columns are guessed, as its source had them last time."""
    found = target_for(act.actor, target)  # type: ignore[arg-type]
    act.on(Ref.of("division", area), area=area)
    known = SourceMapping.objects.filter(source=source, target=target).first()
    guessed = mappings.guess(found, headings, known.mapping if known else None)
    ImportRun.objects.create(
        id=run,
        target=target,
        file_name=name[-200:],
        format=format,
        size=size,
        digest=digest,
        source=source,
        headings=list(headings),
        mapping=guessed,
        language=get_language() or "zh-hans",
        division_code=area,
        actor=act.actor.id,
        actor_label=act.actor.label,
        total=rows,
        opened=act.now,
        beat=act.now,
    )
    return {"run": run, "rows": rows}


@action("intake.arrange", title=gettext_lazy("对应列并检查"), private=("mapping",))
def arrange(
    act: Act,
    *,
    run: UUID,
    mapping: dict[str, str],
    mode: str,
    differ: str = Differ.REPORT,
    defer: bool = True,
) -> dict[str, Any]:
    """Say what the columns mean and how bad rows are treated, and check the file; it is remembered of the source."""
    row = _mine(act, run)
    if row.state not in (State.UPLOADED, State.CHECKED, State.FAILED) or row.done:
        raise Refused(_("这份文件已经在导入，不能再改。"), code="under_way")
    target = target_for(act.actor, row.target)  # type: ignore[arg-type]
    used = mappings.check(target, row.headings, mapping)
    if mode not in Mode.values:
        raise Refused(_("请选择有误的行怎么处理。"), code="invalid", fields={"mode": _("请选择。")})
    if differ not in target.differ:
        raise Refused(_("请选择与登记不一致的行怎么处理。"), code="invalid", fields={"differ": _("请选择。")})
    if not (folder_of(row.id) / "rows.parquet").exists():
        raise Refused(_("文件已经清理，请重新上传。"), code="gone")
    row.mapping = {heading: used.get(heading, "") for heading in row.headings}
    row.mode, row.differ, row.language = mode, differ, get_language() or row.language
    row.state, row.stage, row.beat, row.error = State.CHECKING, "check", act.now, ""
    row.save()
    remembered, _made = SourceMapping.objects.select_for_update().get_or_create(
        source=row.source, target=row.target, defaults={"mapping": {}, "used": act.now}
    )
    remembered.mapping, remembered.used = {**remembered.mapping, **row.mapping}, act.now
    remembered.save()
    _defer(row.id, defer)
    return {"run": row.id, "mode": mode}


@action("intake.start", title=gettext_lazy("开始导入"))
def start(act: Act, *, run: UUID, defer: bool = True) -> dict[str, Any]:
    """Store what the check found good; a file taken as a whole is refused while any row is bad."""
    row = _mine(act, run)
    if row.state != State.CHECKED:
        raise Refused(_("请先检查文件。"), code="not_checked")
    if row.mode == Mode.WHOLE and row.bad:
        text = _("整份导入要求每一行都没有问题。请更正 %(n)d 行后重新上传，或改为逐行导入。") % {"n": row.bad}
        raise Refused(text, code="bad_rows")
    row.state, row.stage, row.beat = State.IMPORTING, "import", act.now
    row.save(update_fields=["state", "stage", "beat"])
    _defer(row.id, defer)
    return {"run": row.id, "rows": row.good}


@action("intake.stop", title=gettext_lazy("停止导入"))
def stop(act: Act, *, run: UUID) -> dict[str, Any]:
    """Stop before the next chunk; what is in stays in, but for a file taken as a whole, of which nothing is."""
    row = _mine(act, run)
    if row.state in (State.CHECKING, State.IMPORTING):
        row.state = State.STOPPED
        row.save(update_fields=["state"])
    return {"run": row.id, "state": row.state}


@action("intake.resume", title=gettext_lazy("继续导入"))
def resume(act: Act, *, run: UUID, defer: bool = True) -> dict[str, Any]:
    """Go on where it was stopped or broke off; no row is stored twice."""
    row = _mine(act, run)
    if row.state in OVER or not row.stage:
        raise Refused(_("这次导入已经结束。"), code="over")
    if row.state == State.CHECKED:
        raise Refused(_("已检查完，请确认导入。"), code="checked")
    row.state, row.beat, row.error = State.IMPORTING if row.stage == "import" else State.CHECKING, act.now, ""
    row.save(update_fields=["state", "beat", "error"])
    _defer(row.id, defer)
    return {"run": row.id, "state": row.state}


@action("intake.drop", title=gettext_lazy("放弃导入"))
def drop(act: Act, *, run: UUID) -> dict[str, Any]:
    """Let a file go: nothing more of it is stored, and all that was kept of it is deleted."""
    row = _mine(act, run)
    if row.state == State.IMPORTING:
        raise Refused(_("正在导入，请先停下。"), code="under_way")
    if row.state != State.DONE:
        row.state = State.DROPPED
    row.closed, row.swept = row.closed or act.now, True
    row.save(update_fields=["state", "closed", "swept"])
    shutil.rmtree(folder_of(row.id), ignore_errors=True)
    return {"run": row.id, "state": row.state}
