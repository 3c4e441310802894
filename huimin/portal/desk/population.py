"""Everyone decided at once: the last runs, one run with who enters, leaves and changes, and a button to begin one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Viewer, within
from huimin.core.access.types import area_level
from huimin.core.facts import api as facts
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.core.rules.types import Changed, Flow, PopulationRunView
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed
from huimin.manifest import services
from huimin.portal.area import full
from huimin.ui import formats
from huimin.ui.parts import Column, Filter, Link, Pager, Progress, Row, Stat, State, Table

RIGHT = "rules.run_population"
PAGE = 50


def watcher(request: HttpRequest) -> Viewer:
    """The viewer, who must work for a county or a division above one, or have the right to begin a run."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not watches(viewer):
        raise NotAllowed(_("全量认定由县级以上查看。"), code="counties_only")
    return viewer


def watches(viewer: Viewer) -> bool:
    """Whether these pages are for this viewer."""
    works = any(
        held.reads and held.service in services and area_level(held.area) <= Level.COUNTY
        for held in viewer.held
    )
    return works or viewer.may(RIGHT)


def top_of(viewer: Viewer) -> str:
    """The widest division that the viewer sees, or the one he has chosen."""
    return viewer.area or str(NATION)


def kind_words() -> dict[str, str]:
    """What became of a subject, in words."""
    return {"enter": _("新认定"), "leave": _("不再认定"), "change": _("类型变化")}


def word_of(rule: str, outcome: Any) -> str:
    """An outcome as the rule's service calls it; none and the default are 'not recognised'."""
    service = services.get(rule.partition(".")[0])
    text = "" if outcome is None else str(outcome).lower() if isinstance(outcome, bool) else str(outcome)
    file = rules.BOOK.get(rule)
    if text in ("", file.default if file else None):
        return _("不认定")
    words = service.outcomes if service else {}
    return str(words.get(text, text))


def state_of(run: PopulationRunView) -> State:
    """Where a run stands."""
    return {
        "waiting": State(_("等待中"), "waiting"),
        "running": State(_("进行中"), "info"),
        "done": State(_("已完成"), "done"),
        "stopped": State(_("已停止"), "plain"),
        "failed": State(_("没有完成"), "refused"),
    }[run.state]


def seconds_of(run: PopulationRunView) -> str:
    """How long a run took."""
    whole = run.seconds.get("whole")
    return _("%(n)s 秒") % {"n": formats.number(str(whole), 1)} if whole is not None else ""


def seen(viewer: Viewer, flows: Iterable[Flow]) -> list[Flow]:
    """The flows of the counties that the viewer's area covers or lies in whole."""
    spans = viewer.spans()
    return [flow for flow in flows if within(spans, flow.county.ljust(12, "0"))]


@require_safe
def population(request: HttpRequest) -> HttpResponse:
    """The last runs with their figures in the viewer's area, and how fresh the snapshot is."""
    viewer = watcher(request)
    found = rules.runs(20)
    words = kind_words()
    rows = []
    for run in found:
        counts = Counter()  # type: Counter[str]
        for flow in seen(viewer, run.flows):
            counts[flow.kind] += flow.count
        rows.append(
            Row(
                [
                    run.opened, title_of(run), state_of(run), run.as_of, run.subjects, *(counts[kind] for kind in words),
                    seconds_of(run), run.actor,
                ],
                url=reverse("portal:population-run", args=[run.id]),
            )
        )  # fmt: skip
    table = Table(
        caption=_("最近的全量认定"),
        columns=[
            Column(_("开始"), "time"), Column(_("内容"), phone=False), Column(_("状态")),
            Column(_("数据截至"), "time", phone=False), Column(_("认定对象"), "number", phone=False),
            *(Column(word, "number", phone=kind == "enter") for kind, word in words.items()),
            Column(_("用时"), phone=False),
            Column(_("发起"), phone=False),
        ],
        rows=rows,
        empty=_("还没有做过全量认定"),
        empty_hint=_("每天夜里自动做一次，也可以现在开始。"),
    )  # fmt: skip
    begun = rules.open_run()
    context: dict[str, Any] = {
        "table": table,
        "status": facts.status(),
        "open": begun,
        "services": offered() if viewer.may(RIGHT) else (),
        "key": str(uuid4()),
    }
    if begun is not None:
        context["progress"] = progress_of(begun, viewer)
    return render(request, "portal/desk/population.html", context)


def offered() -> list[tuple[str, str]]:
    """The services that have rules for everyone."""
    labels = dict.fromkeys(one.service for one in rules.BOOK.values() if one.everyone)
    return [(label, str(services[label].title)) for label in labels]


def title_of(run: PopulationRunView) -> str:
    """What a run decides: the titles of its rules, and where unless it is the whole province."""
    title = formats.listed(rule.title for rule in run.rules)
    if run.area == str(AreaCode.parse(settings.PROVINCE)):
        return title
    return formats.aside(title, places.names([run.area]).get(run.area, run.area))


def area_of(viewer: Viewer) -> str:
    """The division that a run of this viewer decides: the widest he has the right for, or the one he chose at the top."""
    held = [one.area for one in viewer.held if RIGHT in one.actions]
    province = str(AreaCode.parse(settings.PROVINCE))
    own = viewer.area or province
    if not held or within(viewer.reach(RIGHT), own):
        return own
    return min(held, key=lambda code: AreaCode(code).level)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a run, or lead to the one under way."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    key = request.POST.get("key", "")[:80] or str(uuid4())
    made = rules.run_population(
        viewer, key=key, service=request.POST.get("service", "")[:60], area=area_of(viewer)
    )
    rules.enqueue(made["run"])
    return redirect("portal:population-run", made["run"])


@require_POST
def stop(request: HttpRequest, run: UUID) -> HttpResponse:
    """Stop a run before its next county."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rules.stop_population(viewer, key=str(uuid4()), run=run)
    address = reverse("portal:population-run", args=[run])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@require_safe
def progress(request: HttpRequest, run: UUID) -> HttpResponse:
    """How far a run is; the page is loaded again when it ends."""
    viewer = watcher(request)
    found = rules.run(run)
    if found.closed is not None:
        return HttpResponse(headers={"HX-Redirect": reverse("portal:population-run", args=[run])})
    return render(request, "portal/desk/population_progress.html", {"progress": progress_of(found, viewer)})


def progress_of(run: PopulationRunView, viewer: Viewer) -> Progress:
    """How far a run is, in its phases."""
    phases = {
        "waiting": (_("等待开始"), ""), "refresh": (_("第 1 步，共 3 步：更新快照"), _("张表")),
        "decide": (_("第 2 步，共 3 步：认定并对比"), _("条规则")), "write": (_("第 3 步，共 3 步：写入变化"), _("个县")),
        "done": (_("已完成"), ""),
    }  # fmt: skip
    label, unit = phases[run.phase]
    return Progress(
        label=label, done=run.done, total=run.total or None, unit=unit,
        state="running" if run.closed is None else run.state,
        poll_url=reverse("portal:population-progress", args=[run.id]),
        stop_url=reverse("portal:population-stop", args=[run.id]) if viewer.may("rules.stop_population") else "",
        result_url=reverse("portal:population-run", args=[run.id]),
    )  # fmt: skip


@require_safe
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """One run: its figures, places below with who enters, leaves and changes, and the households in sight."""
    viewer = watcher(request)
    found = rules.run(run)
    code = asked_place(request, viewer)
    words = kind_words()
    kind = request.GET.get("kind", "")
    kind = kind if kind in words else ""
    here = [flow for flow in seen(viewer, found.flows) if covers(code, flow.county)]
    counts = Counter()  # type: Counter[str]
    for flow in here:
        counts[flow.kind] += flow.count
    day = found.as_of
    stats = [
        Stat(_("本次认定对象"), found.subjects, as_of=day),
        *(
            Stat(word, counts[name], as_of=day, url=f"?in={code}&kind={name}#households")
            for name, word in words.items()
        ),
    ]
    context = {
        "run": found,
        "title": title_of(found),
        "state": state_of(found),
        "stats": stats,
        "places": trail(viewer, code, found.id),
        "flows": flows_table(here),
        "below": below_table(viewer, code, here),
        "households": households_table(request, found, code, kind),
        "filters": [Filter("kind", _("变化"), list(words.items()))],
        "took": [
            (phase_words()[name], found.seconds[name]) for name in phase_words() if name in found.seconds
        ],
    }
    if found.closed is None:
        context["progress"] = progress_of(found, viewer)
    return render(request, "portal/desk/population_run.html", context)


def phase_words() -> dict[str, str]:
    """The phases of a run in words."""
    return {"refresh": _("更新快照"), "decide": _("认定并对比"), "write": _("写入变化"), "whole": _("合计")}


def asked_place(request: HttpRequest, viewer: Viewer) -> str:
    """The division of `?in=` where it lies within the viewer's sight, else his own."""
    code = full(request.GET.get("in", ""))
    return code if code and within(viewer.spans(), code) else top_of(viewer)


def covers(code: str, county: str) -> bool:
    """Whether a division covers a county, or lies in it."""
    area, other = AreaCode(code), AreaCode(county.ljust(12, "0"))
    return area.covers(other) or other.covers(area)


def trail(viewer: Viewer, code: str, run: UUID) -> list[Link]:
    """The way from all runs down to a division."""
    address = reverse("portal:population-run", args=[run])
    own = AreaCode(top_of(viewer)).level
    codes = [
        str(one)
        for one in (*AreaCode(code).ancestors, AreaCode(code))
        if one.level >= max(own, Level.PROVINCE)
    ]
    names = places.names(codes)
    return [
        Link(_("全量认定"), reverse("portal:population")),
        *(Link(names[one], f"{address}?in={one}") for one in codes if one in names),
    ]


def flows_table(flows: Iterable[Flow]) -> Table:
    """From which outcome to which, with how many."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for flow in flows:
        counts[flow.rule, flow.before, flow.after] += flow.count
    return Table(
        caption=_("结果的变化"),
        columns=[Column(_("原来")), Column(_("现在")), Column(_("户数"), "number")],
        rows=[
            Row([word_of(rule, before), word_of(rule, after), count])
            for (rule, before, after), count in counts.most_common()
        ],
        empty=_("没有变化"),
        empty_hint=_("每一户的结果都和原来一样。"),
    )


def below_table(viewer: Viewer, code: str, flows: Iterable[Flow]) -> Table | None:
    """The divisions right below, each with who enters, leaves and changes; none from a county down."""
    area = AreaCode(code)
    if area.level >= Level.COUNTY:
        return None
    level = Level.PREFECTURE if area.level < Level.PREFECTURE else Level.COUNTY
    counts: dict[str, Counter[str]] = {}
    for flow in flows:
        one = str(AreaCode(flow.county.ljust(12, "0")).at(level))
        counts.setdefault(one, Counter())[flow.kind] += flow.count
    names = places.names(counts)
    words = kind_words()
    return Table(
        caption=_("各地的变化"),
        columns=[Column(_("地方")), *(Column(word, "number") for word in words.values())],
        rows=[
            Row([names.get(one, one), *(counts[one][kind] for kind in words)], url=f"?in={one}")
            for one in sorted(counts, key=lambda one: -counts[one].total())
        ],
        empty=_("各地都没有变化"),
    )


def households_table(request: HttpRequest, run: PopulationRunView, code: str, kind: str) -> Table:
    """The changed households of a place in the viewer's sight, each with what it was and what it is."""
    spans = () if code == str(NATION) else places.spans(code)
    rows = rules.changes_within(run.id, spans=spans, kind=kind, after=cursor(request), limit=PAGE + 1)
    shown = rows[:PAGE]
    homes = people.households_by_id([Ref.parse(one.subject).id for one in shown])
    by_id = {str(id): home for id, home in homes.items()}
    names = places.paths([one.area for one in shown])

    def row(one: Changed) -> Row:
        id = Ref.parse(one.subject).id
        home = by_id.get(id)
        service = services.get(one.rule.partition(".")[0])
        url = reverse(service.household, args=[id]) if service and service.household and home else ""
        return Row(
            [
                home.name if home else id[:8], " ".join(names.get(one.area, ())[-3:]), word_of(one.rule, one.before),
                word_of(one.rule, one.after),
            ],
            url=url,
        )  # fmt: skip

    return Table(
        caption=_("变化的户"),
        columns=[
            Column(_("户主")),
            Column(_("地点"), phone=False),
            Column(_("原来"), phone=False),
            Column(_("现在")),
        ],
        rows=[row(one) for one in shown],
        pager=Pager(after=f"{shown[-1].area}.{shown[-1].id}" if len(rows) > PAGE else ""),
        empty=_("这里没有变化的户"),
    )


def cursor(request: HttpRequest) -> tuple[str, str] | None:
    """The row after which the page begins, from `?after=`."""
    area, _dot, id = request.GET.get("after", "").partition(".")
    try:
        return (area, str(UUID(id))) if full(area) == area else None
    except ValueError:
        return None
