"""My exports: lists asked for as files, how far they are, until when they are kept, and the files themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.exports import api as outlets
from huimin.core.exports.types import Format, Run
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.portal.area import chosen
from huimin.ui.parts import Action, Column, Link, Pager, Progress, Row, State, Table

PAGE = 50
QUIET = timedelta(minutes=2)
MEDIA = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
}
WORDS = {Format.XLSX: "Excel", Format.CSV: "CSV", Format.PARQUET: "Parquet"}


def taker(request: HttpRequest) -> Viewer:
    """The viewer, who must have the right to take lists away."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.may("exports.start"):
        raise NotAllowed(_("您没有导出名单的权限。"), code="no_right")
    return viewer


def mine(request: HttpRequest, run: UUID) -> Run:
    """A run of the viewer himself; raise NotFound for any other."""
    found = outlets.run_of(taker(request), run)
    if found is None:
        raise NotFound(_("没有找到这次导出。"), code="no_export")
    return found


@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """My exports, newest first; those under way show how far they are."""
    viewer = taker(request)
    runs = outlets.runs_of(viewer, before=cursor(request), limit=PAGE + 1)
    shown = runs[:PAGE]
    names = places.names({one.area for one in shown})
    after = f"{shown[-1].started.timestamp()}.{shown[-1].id}" if len(runs) > PAGE else ""
    context = {
        "table": table_of(shown, names, after),
        "running": [
            (progress_of(one), f"export-{one.id}")
            for one in shown
            if one.state == "running" and not silent(one)
        ],
        "offered": offered(viewer),
    }
    return render(request, "portal/desk/exports.html", context)


def offered(viewer: Viewer) -> list[tuple[str, str, str]]:
    """The lists this viewer may take away whole: name, title, and a key for the asking."""
    lists = [(name, one) for name, one in outlets.EXPORTS.items() if one.whole and one.open_to(viewer)]
    return [(name, str(one.title), str(uuid4())) for name, one in lists]


def cursor(request: HttpRequest) -> Any:
    """Where the last page ended, or None."""
    moment, _dot, id = request.GET.get("after", "").rpartition(".")
    try:
        return datetime.fromtimestamp(float(moment), UTC), UUID(id)
    except (ValueError, OverflowError):
        return None


def silent(run: Run) -> bool:
    """Whether nothing has been heard of its writer for a while."""
    return run.state == "running" and clock.now() - run.beat > QUIET


def state_of(run: Run) -> State:
    """Where a run stands, in words."""
    if silent(run):
        return State(_("没有动静，可重新生成"), "waiting")
    word, tone = {
        "running": (_("正在生成"), "info"), "stopped": (_("已停止"), "plain"), "ready": (_("可以下载"), "done"),
        "failed": (_("没有生成"), "refused"), "expired": (_("已过期删除"), "plain"),
    }[run.state]  # fmt: skip
    return State(word, tone)


def size_of(run: Run) -> str:
    """The size of a file as people say it."""
    if not run.size:
        return ""
    kilo = run.size / 1024
    return f"{kilo:,.0f} KB" if kilo < 1000 else f"{kilo / 1024:,.1f} MB"


def table_of(runs: list[Run], names: dict[str, str], after: str) -> Table:
    """My runs as a list; a row opens the run's page."""
    return Table(
        caption=_("导出的文件"),
        columns=[
            Column(_("名单")), Column(_("范围"), phone=False), Column(_("筛选"), phone=False), Column(_("格式")),
            Column(_("行数"), "number", phone=False), Column(_("大小"), phone=False),
            Column(_("导出时间"), "time", phone=False), Column(_("状态")), Column(_("保留到"), "date", phone=False),
            Column(_("文件")),
        ],
        rows=[
            Row(
                [
                    one.title, names.get(one.area, one.area), "、".join(one.words), WORDS[one.format],
                    one.rows if one.state == "ready" else None, size_of(one), one.started, state_of(one),
                    clock_day(one),
                    Link(_("下载"), reverse("portal:export-file", args=[one.id])) if one.state == "ready" else "",
                ],
                url=reverse("portal:export", args=[one.id]),
            )
            for one in runs
        ],
        pager=Pager(after=after),
        empty=_("还没有导出过名单"),
        empty_hint=_("在任何一个名单的下方点“导出”，文件会出现在这里。"),
    )  # fmt: skip


def clock_day(run: Run) -> Any:
    """The day until which a file is kept."""
    return run.expires.astimezone(clock.BEIJING).date() if run.expires and run.state == "ready" else None


def progress_of(run: Run) -> Progress:
    """How far a run is; how many rows there will be nobody has counted."""
    return Progress(
        label=f"{run.title} · {WORDS[run.format]}",
        done=run.rows,
        total=None,
        state="running"
        if run.state == "running"
        else "done"
        if run.state in ("ready", "expired")
        else run.state,
        unit=_("行"),
        poll_url=reverse("portal:export-progress", args=[run.id]),
        stop_url=reverse("portal:export-stop", args=[run.id]),
        result_url=reverse("portal:export-file", args=[run.id]) if run.state == "ready" else "",
    )


@require_safe
def export(request: HttpRequest, run: UUID) -> HttpResponse:
    """One run: what it holds, how far it is, the file, or why there is none."""
    found = mine(request, run)
    names = places.names([found.area])
    actions = []
    if found.state == "ready":
        file = reverse("portal:export-file", args=[found.id])
        actions = [Action(_("下载 %(size)s") % {"size": size_of(found)}, file, "download", "primary")]
    context = {
        "run": found,
        "place": names.get(found.area, found.area),
        "format": WORDS[found.format],
        "state": state_of(found),
        "progress": progress_of(found) if found.state == "running" else None,
        "progress_id": f"export-{found.id}",
        "actions": actions,
        "again": found.state in ("stopped", "failed") or silent(found),
        "silent": silent(found),
        "places": [Link(_("导出的文件"), reverse("portal:exports")), Link(found.title)],
        "key": uuid4(),
    }
    return render(request, "portal/desk/export.html", context)


@require_safe
def progress(request: HttpRequest, run: UUID) -> HttpResponse:
    """The progress alone; when it is over the page is shown again whole."""
    found = mine(request, run)
    context = {"progress": progress_of(found), "progress_id": f"export-{found.id}"}
    response = render(request, "portal/desk/export_progress.html", context)
    if found.state != "running":
        response["HX-Refresh"] = "true"
    return response


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a list as it stands on the page: a short one comes at once, a long one is written in the background."""
    viewer, format = taker(request), request.POST.get("format", "")[:10]
    query = QueryDict(request.POST.get("query", "")[:4000])
    narrowed = chosen(request, viewer)
    begun = outlets.start(
        viewer, key=f"{request.POST.get('key', '')[:80] or uuid4()}/{format}", list_name=request.POST.get("list", "")[:80],
        format=format, filters={name: str(value)[:200] for name, value in query.items() if "\0" not in str(value)},
        area=narrowed or viewer.area, narrowed=bool(narrowed),
    )  # fmt: skip
    run = UUID(begun["run"])
    if outlets.write_at_once(run) == "ready":
        return redirect("portal:export-file", run)
    return redirect("portal:export", run)


@require_safe
def file(request: HttpRequest, run: UUID) -> Any:
    """The file; whoever takes it leaves the trace."""
    viewer = taker(request)
    found = mine(request, run)
    outlets.take(viewer, key=str(uuid4()), run=run)
    place = places.names([found.area]).get(found.area, "")
    day = found.started.astimezone(clock.BEIJING).date().isoformat()
    name = f"{found.title} {place} {day}.{found.format}".replace("/", "-")
    return FileResponse(
        outlets.path_of(found.id, found.format).open("rb"),
        as_attachment=True,
        filename=name,
        content_type=MEDIA[found.format],
        headers={"Cache-Control": "no-store"},
    )


@require_POST
def stop(request: HttpRequest, run: UUID) -> HttpResponse:
    """Stop it."""
    outlets.stop(taker(request), key=str(uuid4()), run=run)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": reverse("portal:export", args=[run])})
    return redirect("portal:export", run)


@require_POST
def again(request: HttpRequest, run: UUID) -> HttpResponse:
    """Write it again from the first row."""
    outlets.resume(taker(request), key=request.POST.get("key", "")[:80] or str(uuid4()), run=run)
    return redirect("portal:export", run)
