"""A draft on the whole register before anyone signs: who enters, leaves and changes, where, at what cost, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Purpose, Viewer, record_look, within
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.core.rules.types import DraftView, Flow, Simulated, SimulationView
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused
from huimin.manifest import services
from huimin.portal.desk.population import asked_place, covers, cursor, kind_words, top_of, word_of
from huimin.portal.desk.rules import key_of, viewer_of
from huimin.portal.desk.rules_edit import base_of, trail
from huimin.ui import formats
from huimin.ui.atlas import Atlas, Spot
from huimin.ui.parts import Chart, Column, Filter, Link, Pager, Progress, Row, Stat, State, Table

PAGE = 50
SHORT = (("族自治州", ""), ("自治州", "州"), ("市", ""), ("县", ""), ("区", ""))


def last_of(draft: DraftView) -> SimulationView | None:
    """The last simulation of a draft, the one under way first."""
    found = rules.simulations(draft.id)
    return found[0] if found else None


def done_of(draft: DraftView) -> SimulationView | None:
    """The last simulation of a draft as it stands that came to its end."""
    return next((one for one in rules.simulations(draft.id) if one.state == "done" and one.current), None)


@never_cache
@require_safe
def simulation(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The last simulation of a draft: totals, flows, map and table of places, households in the viewer's area."""
    viewer, found = viewer_of(request), rules.draft(draft)
    last = last_of(found)
    context = base_of(found, "simulation", viewer) | {
        "places": trail(found, _("试算")), "last": last,
        "may_simulate": viewer.may("rules.simulate") and found.state in ("draft", "proposed"),
    }  # fmt: skip
    if last is not None and last.closed is None:
        context["progress"] = progress_of(last)
    shown = last if last is not None and last.state == "done" else done_of(found)
    if shown is not None:
        context |= picture(request, viewer, found, shown)
    return render(request, "portal/rules/simulation.html", context)


@require_POST
def begin(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Begin a simulation on the whole province; the worker does it."""
    made = rules.simulate(viewer_of(request), key=key_of(request), draft=draft)
    rules.enqueue_simulation(made["simulation"])
    return redirect("portal:rule-simulation", draft)


@require_POST
def stop(request: HttpRequest, draft: UUID, simulation: UUID) -> HttpResponse:
    """Stop a simulation."""
    rules.stop_simulation(viewer_of(request), key=str(uuid4()), simulation=simulation)
    address = reverse("portal:rule-simulation", args=[draft])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@require_safe
def progress(request: HttpRequest, draft: UUID, simulation: UUID) -> HttpResponse:
    """How far a simulation is; the page is loaded again when it ends."""
    found = rules.simulation(simulation)
    if found.closed is not None:
        return HttpResponse(headers={"HX-Redirect": reverse("portal:rule-simulation", args=[draft])})
    return render(request, "portal/rules/simulation_progress.html", {"progress": progress_of(found)})


def progress_of(one: SimulationView) -> Progress:
    """How far a simulation is."""
    address = [one.draft, one.id]
    return Progress(
        label=_("对全省每一户按两个版本各认定一次") if one.state == "running" else _("等待开始"), done=one.done,
        total=one.total or None,
        unit=_("个县"), state="running", poll_url=reverse("portal:rule-simulation-progress", args=address),
        stop_url=reverse("portal:rule-simulation-stop", args=address),
    )  # fmt: skip


def picture(
    request: HttpRequest, viewer: Viewer, draft: DraftView, one: SimulationView, *, whole: bool = True
) -> dict[str, Any]:
    """What a simulation found, in the place that is looked at."""
    code = asked_place(request, viewer)
    words = kind_words()
    kind = request.GET.get("kind", "")
    kind = kind if kind in words else ""
    here = [flow for flow in seen(viewer, one.flows) if covers(code, flow.county)]
    counts = counted(here)
    context = {
        "simulation": one, "code": code, "counts": counts, "stats": stats_of(one, here, code),
        "flow_chart": flow_chart(one, here), "flow_table": flow_table(one, here),
        "atlas": atlas_of(code, here, kind or "enter"), "kind": kind,
        "counties": counties_table(one, here), "map_places": map_trail(viewer, code),
        "map_kinds": [
            Link(word, f"?in={code}&kind={name}#map", current=name == (kind or "enter")) for name, word in words.items()
        ],
        "stale": not one.current,
    }  # fmt: skip
    if whole:
        context |= {
            "households": households(request, viewer, one, code, kind),
            "filters": [Filter("kind", _("变化"), list(words.items()))],
        }
    return context


def seen(viewer: Viewer, flows: Iterable[Flow]) -> list[Flow]:
    """The flows of the counties in the viewer's area."""
    spans = viewer.spans()
    return [flow for flow in flows if within(spans, flow.county.ljust(12, "0"))]


def counted(flows: Iterable[Flow]) -> Counter[str]:
    """How many enter, leave and change."""
    found: Counter[str] = Counter()
    for flow in flows:
        found[flow.kind] += flow.count
    return found


def stats_of(one: SimulationView, flows: list[Flow], code: str) -> list[Stat]:
    """The totals with their day; the cost where the service says what a household costs."""
    counts = counted(flows)
    found = [
        Stat(word, counts[name], unit=_("户"), as_of=one.as_of, url=f"?in={code}&kind={name}#households")
        for name, word in kind_words().items()
    ]
    if one.costs is not None:
        cost = sum((one.cost(flow) or Decimal(0) for flow in flows), Decimal(0))
        found.append(
            Stat(
                _("每年增加的支出"), signed_wan(cost), unit=_("万元"), as_of=one.as_of, source=one.cost_basis
            )
        )
    return found


def signed_wan(value: Decimal) -> str:
    """An amount in 万元 with its sign."""
    return f"{'＋' if value > 0 else '－' if value < 0 else ''}{formats.number(abs(value) / 10000, 1)}"


def flow_chart(one: SimulationView, flows: Iterable[Flow]) -> Chart | None:
    """People from what they are to what they would be."""
    counts: Counter[tuple[str, str]] = Counter()
    for flow in flows:
        counts[flow.before, flow.after] += flow.count
    if not counts:
        return None
    links = [
        (
            _("现行：%(what)s") % {"what": word_of(one.rule, before)},
            _("草稿：%(what)s") % {"what": word_of(one.rule, after)},
            count,
        )
        for (before, after), count in counts.most_common()
    ]  # fmt: skip
    return Chart(
        label=_("结果会变的户：从现行结果到草稿的结果"), kind="sankey", unit=_("户"), as_of=one.as_of, links=links, height="s"
    )  # fmt: skip


def flow_table(one: SimulationView, flows: Iterable[Flow]) -> Table:
    """From which outcome to which, with how many and at what cost."""
    counts: Counter[tuple[str, str]] = Counter()
    costs: dict[tuple[str, str], Decimal] = {}
    for flow in flows:
        counts[flow.before, flow.after] += flow.count
        costs[flow.before, flow.after] = costs.get((flow.before, flow.after), Decimal(0)) + (
            one.cost(flow) or 0
        )
    money = one.costs is not None
    return Table(
        caption=_("结果的变化"),
        columns=[
            Column(_("现行结果")), Column(_("草稿的结果")), Column(_("户数"), "number"),
            *([Column(_("每年增加的支出"), "number", unit=_("万元"))] if money else []),
        ],
        rows=[
            Row(
                [
                    word_of(one.rule, before), word_of(one.rule, after), count,
                    *([signed_wan(costs[before, after])] if money else []),
                ]
            )
            for (before, after), count in counts.most_common()
        ],
        empty=_("没有一户的结果会变"),
    )  # fmt: skip


def short(name: str) -> str:
    """A place's name as the map writes it."""
    for ending, instead in SHORT:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending) + instead
    return name


def below(code: str) -> tuple[AreaCode, Level]:
    """The division on the map and the level of what it shows: a county is shown within its prefecture."""
    area = AreaCode(code)
    if area.level >= Level.COUNTY:
        return area.at(Level.PREFECTURE), Level.COUNTY
    return area, Level(area.level + 1)


def atlas_of(code: str, flows: Iterable[Flow], kind: str) -> Atlas:
    """The places below a division by how many of a kind."""
    if code == str(NATION):
        code = next((f.county[:2] for f in flows), "62").ljust(12, "0")
    area, level = below(code)
    counts: Counter[str] = Counter()
    for flow in flows:
        if flow.kind == kind:
            counts[str(AreaCode(flow.county.ljust(12, "0")).at(level))] += flow.count
    children = places.children(str(area))
    word = kind_words()[kind]
    return Atlas(
        code=str(area),
        label=_("各地%(word)s的户数") % {"word": word},
        unit=_("户"),
        spots=[
            Spot(
                code=one.code, name=one.name, short=short(one.name), value=Decimal(counts[str(one.code)]),
                text=formats.number(counts[str(one.code)]), url=f"?in={one.code}&kind={kind}#map", note=word,
                current=str(one.code) == code,
            )
            for one in children
        ],
    )  # fmt: skip


def counties_table(one: SimulationView, flows: Iterable[Flow]) -> Table:
    """Every county with a change: who enters, leaves and changes, and the cost."""
    counts: dict[str, Counter[str]] = {}
    costs: dict[str, Decimal] = {}
    for flow in flows:
        county = flow.county.ljust(12, "0")
        counts.setdefault(county, Counter())[flow.kind] += flow.count
        costs[county] = costs.get(county, Decimal(0)) + (one.cost(flow) or 0)
    names = places.paths(list(counts))
    words = kind_words()
    money = one.costs is not None
    return Table(
        caption=_("各县的变化"),
        columns=[
            Column(_("县（市、区）")), *(Column(word, "number") for word in words.values()),
            *([Column(_("每年增加的支出"), "number", unit=_("万元"), phone=False)] if money else []),
        ],
        rows=[
            Row(
                [
                    " ".join(names.get(county, ())[-2:]) or county, *(counts[county][name] for name in words),
                    *([signed_wan(costs[county])] if money else []),
                ],
                url=f"?in={county}#households",
            )
            for county in sorted(counts, key=lambda one: -counts[one].total())
        ],
        empty=_("各县都没有变化"),
    )  # fmt: skip


def map_trail(viewer: Viewer, code: str) -> list[Link]:
    """The way from the viewer's area down to the place that is looked at."""
    own = AreaCode(top_of(viewer)).level
    codes = [
        str(one)
        for one in (*AreaCode(code).ancestors, AreaCode(code))
        if one.level >= max(own, Level.PROVINCE)
    ]
    names = places.names(codes)
    return [Link(names[one], f"?in={one}#map", current=one == code) for one in codes if one in names]


def households(
    request: HttpRequest, viewer: Viewer, one: SimulationView, code: str, kind: str
) -> Table | None:
    """Who would be decided otherwise, within the viewer's area; the look is traced. None where the list was cleared."""
    try:
        rows = rules.simulated_changes(
            one.id, area="" if code == str(NATION) else code, kind=kind, after=cursor(request), limit=PAGE + 1
        )
    except (NotFound, Refused):
        return None
    shown = rows[:PAGE]
    if shown:
        record_look(
            Ref.of("division", code), area=code, purpose=Purpose.PROGRAMME, page=f"rules/simulation/{one.id}"
        )
    homes = people.households_by_id([Ref.parse(each.subject).id for each in shown])
    by_id = {str(id): home for id, home in homes.items()}
    names = places.paths([each.area for each in shown])
    service = services.get(one.rule.partition(".")[0])

    def row(each: Simulated) -> Row:
        id = Ref.parse(each.subject).id
        home = by_id.get(id)
        return Row(
            [
                formats.masked(home.name) if home else id[:8], " ".join(names.get(each.area, ())[-3:]),
                State(kind_words()[each.kind], {"enter": "info", "leave": "waiting"}.get(each.kind, "plain")),
                word_of(one.rule, each.before), word_of(one.rule, each.after),
            ],
            url=reverse(service.household, args=[id]) if service and service.household and home else "",
        )  # fmt: skip

    last = shown[-1] if shown else None
    return Table(
        caption=_("结果会变的户"),
        columns=[
            Column(_("户主")), Column(_("地点"), phone=False), Column(_("变化")), Column(_("现行结果"), phone=False),
            Column(_("草稿的结果")),
        ],
        rows=[row(each) for each in shown],
        pager=Pager(after=f"{last.area}.{Ref.parse(last.subject).id}" if last and len(rows) > PAGE else ""),
        empty=_("这里没有结果会变的户"),
    )  # fmt: skip
