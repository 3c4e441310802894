"""Files into the register: bring one, say what its columns are, check, correct, import, and see what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.intake import api as intake
from huimin.core.intake.types import Mode, RunView, State, Target
from huimin.kit import clock
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.portal.desk.import_forms import Arrange, Upload, template_of
from huimin.portal.desk.officer_new import key_of, refused_in
from huimin.ui import formats
from huimin.ui import parts as ui
from huimin.ui.parts import Column, Link, Progress, Row, Table

AT_ONCE = 2_000  # rows that are checked and stored while the officer waits; more go to the worker
QUIET = timedelta(minutes=2)
SHOWN = 50
TONES = {
    State.UPLOADED: "waiting",
    State.CHECKING: "info",
    State.CHECKED: "waiting",
    State.IMPORTING: "info",
    State.STOPPED: "waiting",
    State.DONE: "done",
    State.FAILED: "refused",
    State.DROPPED: "plain",
}


def importer(request: HttpRequest) -> Viewer:
    """The viewer, who must have the right to import something."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not intake.targets_of(viewer):
        raise NotAllowed(_("您没有导入数据的权限。需要时请找上一级开通。"), code="no_right")
    return viewer


def mine(request: HttpRequest, run: UUID) -> RunView:
    """A run of the viewer's own; raise NotFound for any other."""
    found = intake.run(importer(request), run)
    if found is None:
        raise NotFound(_("没有找到这次导入。"), code="no_run")
    return found


def target_of(run: RunView) -> Target:
    """Where its rows go."""
    return intake.TARGETS[run.target]


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The viewer's imports, and the way to bring another file."""
    viewer = importer(request)
    targets = intake.targets_of(viewer)
    form = Upload(request.POST or None, request.FILES or None, targets=targets, sources=intake.sources())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: dict[str, UUID] = {}

            def bring() -> None:
                data = form.cleaned_data
                made["run"] = intake.receive(
                    viewer,
                    key=key_of(request),
                    target=data["target"],
                    name=data["file"].name,
                    source=data["source"],
                    parts=data["file"].chunks(),
                )

            refusal = refused_in(form, bring)
            if refusal is None:
                return redirect("portal:import", run=made["run"])
            status = refusal.status
    context = {
        "form": form,
        "key": str(uuid4()),
        "targets": targets,
        "sources": intake.sources(),
        "table": list_of(intake.runs(viewer)),
    }
    return render(request, "portal/desk/imports.html", context, status=status)


def list_of(runs: tuple[RunView, ...]) -> Table:
    """Earlier imports."""
    return Table(
        caption=_("我的导入"),
        columns=[
            Column(_("文件")),
            Column(_("内容"), phone=False),
            Column(_("来源"), phone=False),
            Column(_("状态")),
            Column(_("已导入"), "number"),
            Column(_("有误"), "number"),
            Column(_("时间"), "time", phone=False),
        ],
        rows=[
            Row(
                [
                    one.file_name,
                    target_of(one).title,
                    one.source,
                    ui.State(str(one.state.label), TONES[one.state]),
                    one.done,
                    one.bad,
                    one.opened,
                ],
                url=reverse("portal:import", args=[one.id]),
            )
            for one in runs
        ],
        empty=_("还没有导入过文件"),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """One import, whatever it waits for: what its columns are, a look at what the check found, its progress, its result."""
    viewer = importer(request)
    found = mine(request, run)
    target, status = target_of(found), 200
    form = Arrange(request.POST or None, run=found, target=target)
    if request.method == "POST":
        doing = request.POST.get("do", "")
        if doing == "arrange":
            status = 422
            if form.is_valid():
                refusal = refused_in(form, lambda: arrange(viewer, key_of(request), found, form))
                if refusal is None:
                    return redirect("portal:import", run=run)
                status = refusal.status
        else:
            act(viewer, key_of(request), found, doing)
            return redirect("portal:imports") if doing == "drop" else redirect("portal:import", run=run)
    found = mine(request, run)
    return render(request, "portal/desk/import_run.html", shown(found, target, form), status=status)


def shown(found: RunView, target: Target, form: Arrange) -> dict[str, Any]:
    """What the page of a run shows."""
    stale = found.state in (State.CHECKING, State.IMPORTING) and clock.now() - found.beat > QUIET
    refused = found.mode == Mode.WHOLE and found.bad > 0 and not found.done
    running = found.state in (State.CHECKING, State.IMPORTING)
    columns = {column.name: str(column.title) for column in target.columns}
    return {
        "run": found,
        "target": target,
        "state": ui.State(str(found.state.label), TONES[found.state]),
        "places": [Link(_("导入数据"), reverse("portal:imports")), Link(found.file_name)],
        "form": form,
        "key": str(uuid4()),
        "arranging": found.state == State.UPLOADED or form.errors,
        "progress": progress_of(found) if running else None,
        "problems": problems_of(found) if found.bad and not running else None,
        "by_column": [
            (columns.get(name, _("整行")), number) for name, number in list(found.reasons.items())[:6]
        ],
        "stats": stats_of(found, target) if found.state in (State.CHECKED, State.DONE) or found.bad else [],
        "stored": [(words()[what], number) for what, number in found.stored.items() if what in words()],
        "bad_file": intake.bad_file(found) is not None,
        "refused": refused,
        "mode_name": str(Mode(found.mode).label) if found.mode else "",
        "may_start": found.state == State.CHECKED and found.good and not refused,
        "nothing": found.state == State.CHECKED and not found.good and not refused,
        "may_resume": (found.state in (State.STOPPED, State.FAILED) and found.stage) or stale,
        "may_drop": found.state in (State.UPLOADED, State.CHECKED, State.STOPPED, State.FAILED),
        "stale": stale,
        "kept_days": 14,
    }


def words() -> Mapping[str, str]:
    """What was stored, in words."""
    return {
        "persons": _("新登记的人"),
        "households": _("新登记的户"),
        "memberships": _("新增的成员关系"),
        "proposals": _("提交核实的变更"),
        "facts": _("新增的记录"),
        "updated": _("更新的记录"),
        "profiles": _("新建的帮扶档案"),
    }


def stats_of(found: RunView, target: Target) -> list[ui.Stat]:
    """The run in four figures, which add up."""
    day = found.closed or found.beat
    good = (_("已导入"), found.done) if found.state == State.DONE else (_("可以导入"), found.good)
    figures = [
        (_("文件中的行"), found.total),
        good,
        (_("已登记，未变"), found.unchanged),
        (_("有误"), found.bad),
    ]
    return [ui.Stat(label, formats.number(value), _("行"), as_of=day) for label, value in figures]


def problems_of(found: RunView) -> Table:
    """The first things that are wrong."""
    rows = intake.problems(found, SHOWN)
    return Table(
        caption=_("有误的行"),
        columns=[
            Column(_("行")),
            Column(_("列")),
            Column(_("填的内容"), phone=False),
            Column(_("怎么改")),
        ],
        rows=[Row([one.row, one.title or _("整行"), one.value, one.reason]) for one in rows],
        empty=_("明细已经清理"),
    )


def progress_of(found: RunView) -> Progress:
    """How far a run is."""
    stage, done, total = intake.progress(found.id)
    checking = found.state == State.CHECKING
    if checking:
        share = done / total if stage == "check" and total else 0
        done, total = int(found.total * share), found.total
    else:
        done, total = (max(done, found.done), total) if stage == "import" else (found.done, found.good)
    return Progress(
        label=_("正在检查，这时什么都不会写入") if checking else _("正在导入"),
        done=done,
        total=total,
        state="running",
        unit=_("行"),
        poll_url=reverse("portal:import-progress", args=[found.id]),
        stop_url=reverse("portal:import-stop", args=[found.id]),
        result_url=reverse("portal:import", args=[found.id]),
    )


def arrange(viewer: Viewer, key: str, found: RunView, form: Arrange) -> None:
    """Send the meaning of the columns, and check at once what is small."""
    small = found.total <= AT_ONCE
    intake.arrange(
        viewer,
        key=key,
        run=found.id,
        mapping=form.mapping(),
        mode=form.cleaned_data["mode"],
        differ=form.cleaned_data.get("differ") or "report",
        defer=not small,
    )
    if small:
        intake.work_off(found.id)


def act(viewer: Viewer, key: str, found: RunView, doing: str) -> None:
    """Start, go on, let go, or take the good rows of a file that was refused as a whole."""
    small = found.total <= AT_ONCE
    if doing == "start":
        intake.start(viewer, key=key, run=found.id, defer=not small)
    elif doing == "resume":
        intake.resume(viewer, key=key, run=found.id, defer=not small)
    elif doing == "rows":
        intake.arrange(
            viewer,
            key=key,
            run=found.id,
            mapping=dict(found.mapping),
            mode=Mode.ROWS,
            differ=found.differ,
            defer=not small,
        )
    elif doing == "drop":
        intake.drop(viewer, key=key, run=found.id)
        return
    else:
        raise Refused(_("没有这项操作，请刷新页面后重试。"), code="unknown_act")
    if small:
        intake.work_off(found.id)


@require_safe
def progress(request: HttpRequest, run: UUID) -> HttpResponse:
    """The progress alone; when it is over the page is shown again whole."""
    found = mine(request, run)
    response = render(request, "portal/desk/import_progress.html", {"progress": progress_of(found)})
    if found.state not in (State.CHECKING, State.IMPORTING):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def stop(request: HttpRequest, run: UUID) -> HttpResponse:
    """Stop before the next chunk."""
    found = mine(request, run)
    intake.stop(importer(request), key=str(uuid4()), run=found.id)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": reverse("portal:import", args=[run])})
    return redirect("portal:import", run=run)


@never_cache
@require_safe
def bad(request: HttpRequest, run: UUID) -> FileResponse:
    """The bad rows as a file to correct and send again."""
    found = mine(request, run)
    path = intake.bad_file(found)
    if path is None:
        raise NotFound(_("有误的行已经清理，或者本来就没有。"), code="no_file")
    name = found.file_name.rpartition(".")[0] or found.file_name
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}-{_('有误的行')}{path.suffix}")


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the headings of `?target=`, a row of examples and what each column wants."""
    target = intake.target_for(importer(request), request.GET.get("target", ""))
    return template_of(target)
