"""The lists of township and county: tick hundreds, approve, return or refuse them with a reason, see what could not be done."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.exports.api import offered
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Step, StepKind
from huimin.kit import clock
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.services.poverty import actions
from huimin.services.poverty.forms.way import VerdictForm
from huimin.services.poverty.programme import CODE, KINDS
from huimin.services.poverty.queries import way
from huimin.services.poverty.queries.way import Line
from huimin.services.poverty.views.sending import dossier_url, key_of, run_form, viewer_of
from huimin.ui import formats
from huimin.ui.parts import Action, Column, Filter, Link, Pager, Progress, Row, State, Table

PAGE = 200
QUIET = timedelta(minutes=2)  # a run that has not moved for so long may be taken up again


def verdict_names() -> dict[str, str]:
    """The verdicts in words."""
    return {"approve": _("同意"), "return": _("退回"), "refuse": _("不同意")}


def my_checks(viewer: Viewer) -> list[tuple[str, Step]]:
    """The checks this viewer makes; raise NotAllowed where there is none."""
    found = way.my_steps(viewer, StepKind.CHECK)
    if not found:
        raise NotAllowed(_("审核审批由乡镇和县里办理。"), code="no_right")
    return found


def asked_step(request: HttpRequest) -> tuple[str, Step]:
    """The check the address names, or the first at which somebody waits."""
    found = my_checks(viewer_of(request))
    asked = request.GET.get("at", "") or request.POST.get("at", "")
    named = next((one for one in found if f"{one[0]}.{one[1].code}" == asked), None)
    return named or next((one for one in found if way.waiting_at(*one).exists()), found[0])


def waiting(request: HttpRequest, direction: str, step: Step) -> Any:
    """What waits at the check, narrowed as the address says."""
    rows = way.waiting_at(direction, step)
    area, kind = request.GET.get("in", ""), request.GET.get("kind", "")
    if is_code(area):
        rows = rows.filter(places.q(places.spans(area)))
    return rows.filter(kind=kind) if kind in KINDS else rows


def is_code(text: str) -> bool:
    """Whether a text is written like a division's code."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def whole(amount: Decimal | None) -> Decimal | None:
    """An amount without the fen, as lists show it."""
    return None if amount is None else amount.quantize(Decimal(1))


def row_of(line: Line) -> Row:
    """One household of the list."""
    disputed: Any = "—"
    if line.disputed:
        disputed = State(_("%(n)s 条未处理") % {"n": line.disputed}, "waiting")
    elif line.settled:
        disputed = _("%(n)s 条已处理") % {"n": line.settled}
    votes = f"{line.agree} / {line.present}" if line.agree is not None else ""
    return Row(
        [
            line.name,
            line.village,
            line.kind,
            line.size,
            whole(line.per_head),
            whole(line.gap),
            formats.listed(line.missing),
            formats.listed(line.causes),
            votes,
            disputed,
            line.since,
        ],
        url=dossier_url(line.household, "review"),
        key=str(line.procedure),
    )


@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """The households that wait for my check; POST takes the ticked ones (or all) to the page where it is confirmed."""
    viewer = viewer_of(request)
    direction, step = asked_step(request)
    rows = waiting(request, direction, step)
    if request.method == "POST":
        return confirm(request, direction, step, rows)
    page = people.keyset(
        rows,
        ("since", "id"),
        after=request.GET.get("after") or request.GET.get("before") or None,
        limit=PAGE,
        show=lambda row: row,
    )
    places_below = counted(direction, step)
    everybody = sum(places_below.values())
    narrowed = request.GET.get("in") or request.GET.get("kind")
    total = rows.count() if narrowed else everybody
    bulk = (
        Action(_("同意"), kind="primary", icon="check", name="do", value="approve"),
        Action(_("退回"), icon="arrow-back-up", name="do", value="return"),
        Action(_("不同意"), kind="danger", icon="x", name="do", value="refuse"),
    )
    table = Table(
        caption=str(step.title),
        columns=[
            Column(_("户主")),
            Column(_("村（社区）"), phone=False),
            Column(_("类型"), phone=False),
            Column(_("人口"), "number", phone=False),
            Column(_("人均纯收入"), "number", unit=_("元")),
            Column(_("比范围线"), "number", unit=_("元"), phone=False),
            Column(_("缺什么保障")),
            Column(_("原因"), phone=False),
            Column(_("评议同意 / 到会")),
            Column(_("异议")),
            Column(_("到这一步"), "date", phone=False),
        ],
        rows=[row_of(line) for line in way.lines(list(page.rows))],
        pager=Pager(page.previous or "", page.next or "", total),
        bulk=bulk if viewer.may(step.needs) else (),
        export=offered("poverty.checks", viewer),
        empty=_("没有等着办的户"),
        empty_hint=_("下级公示期满上报后，会出现在这里。"),
    )
    context = {
        "table": table,
        "step": step,
        "direction": direction,
        "total": total,
        "shown": len(page.rows),
        "tabs": tabs(viewer, direction, step, everybody),
        "filters": filters(places_below),
        "runs": programmes.bulk_runs(viewer, CODE, 5),
        "announce": next(
            (g for g in way.groups(viewer, StepKind.ANNOUNCE) if g.direction == direction), None
        ),
        "at": f"{direction}.{step.code}",
    }
    return render(request, "poverty/desk/checks.html", context)


def tabs(viewer: Viewer, direction: str, step: Step, here: int) -> list[Link]:
    """The checks this viewer makes, with how many wait at each; `here` at the one that is shown."""

    def number(one: str, at: Step) -> int:
        return here if (one, at.code) == (direction, step.code) else sum(counted(one, at).values())

    return [
        Link(
            f"{way.direction_name(d)} · {s.title} {number(d, s)}",
            f"?at={d}.{s.code}",
            current=(d, s.code) == (direction, step.code),
        )
        for d, s in my_checks(viewer)
    ]


def counted(direction: str, step: Step) -> Counter[str]:
    """How many wait at a check in each village: one grouped reading of an index, no row of it is fetched."""
    found: Counter[str] = Counter()
    current = places.answering()
    rows = way.waiting_at(direction, step).order_by().values_list("division_code", "group_no")
    for code, group, number in rows.annotate(n=Count("id")):
        found[current(code, group)] += number
    return found


def filters(found: Counter[str]) -> list[Filter]:
    """Chips: the places below with how many wait in each, and the types."""
    most = found.most_common(60)
    names = places.names({code for code, _number in most})
    listed = [(code, f"{names.get(code, code)} {number}") for code, number in most]
    return [
        *([Filter("in", _("村（社区）"), listed)] if len(listed) > 1 else []),
        Filter("kind", _("类型"), [(code, str(title)) for code, title in KINDS.items()]),
    ]


def confirm(
    request: HttpRequest,
    direction: str,
    step: Step,
    rows: Any,
    form: VerdictForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """What is about to be done to how many, with the reason where one is needed."""
    verdict = request.POST.get("do", "")
    if verdict not in verdict_names():
        return redirect(request.get_full_path())
    everything = request.POST.get("all") == "1"
    rows = rows.filter(since__lte=seen_at(request))
    ticked = [row for row in request.POST.getlist("rows") if is_uuid(row)]
    chosen = rows if everything else rows.filter(id__in=ticked)
    number = chosen.count()
    if not number:
        return redirect(request.get_full_path())
    lines = way.lines(list(chosen[:300]))
    form = form or VerdictForm()
    form.fields["reason"].required = verdict != "approve"  # said beside the field; the action insists
    context = {
        "form": form,
        "verdict": verdict,
        "verdict_name": verdict_names()[verdict],
        "number": number,
        "lines": lines,
        "more": number - len(lines),
        "ticked": [] if everything else ticked,
        "everything": everything,
        "until": seen_at(request).isoformat(),
        "key": key_of(request),
        "step": step,
        "at": f"{direction}.{step.code}",
        "query": request.GET.urlencode(),
        "disputed": sum(1 for line in lines if line.disputed),
        "leaving": direction == "exit",
        "places": [
            Link(str(step.title), reverse("poverty:desk-checks") + f"?at={direction}.{step.code}"),
            Link(verdict_names()[verdict]),
        ],
        "at_once": number <= programmes.AT_ONCE,
    }
    return render(request, "poverty/desk/checks_confirm.html", context, status=status)


def is_uuid(text: str) -> bool:
    """Whether a text is an id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def all_that_wait(request: HttpRequest, direction: str, step: Step) -> dict[str, str]:
    """All that wait at the check as the address narrows them, and not come since the list was shown."""
    area, kind = request.GET.get("in", ""), request.GET.get("kind", "")
    return {
        "direction": direction,
        "step": step.code,
        "within": area if is_code(area) else "",
        "kind": kind if kind in KINDS else "",
        "until": seen_at(request).isoformat(),
    }


def seen_at(request: HttpRequest) -> datetime:
    """When the officer was shown what he decides on; now, where the form does not say or says a later moment."""
    try:
        said = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return clock.now()
    return min(said, clock.now()) if said.tzinfo else clock.now()


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Do it: up to fifty while one waits, more in the background."""
    viewer = viewer_of(request)
    direction, step = asked_step(request)
    rows = waiting(request, direction, step)
    form = VerdictForm(request.POST)
    verdict = request.POST.get("do", "")
    before = programmes.bulk_run(viewer, programmes.bulk_id(viewer.id, request.POST.get("key", "")[:80]))
    if before is not None:  # pressed twice
        return redirect("poverty:desk-bulk", before.id)
    if not form.is_valid() or verdict not in verdict_names():
        return confirm(request, direction, step, rows, form, 422)
    chosen: dict[str, Any]
    if request.POST.get("all") == "1":
        chosen = {"everything": all_that_wait(request, direction, step)}
    else:
        chosen = {"procedures": tuple(UUID(row) for row in request.POST.getlist("rows") if is_uuid(row))}
    made: dict[str, Any] = {}

    def run(data: dict[str, Any], key: str) -> None:
        reason = data["reason"].strip()
        wrong = dict.fromkeys(data["wrong"], reason) if verdict == "return" else {}
        made.update(
            actions.start_bulk(
                viewer,
                key=key,
                programme=CODE,
                step=step.needs,
                area=way.office_area(viewer, step.needs),
                **chosen,
                arguments={"verdict": verdict, "reason": reason, "wrong": wrong},
            )
        )

    refusal = run_form(request, form, run)
    if refusal is not None:
        return confirm(request, direction, step, rows, form, refusal.status)
    if made["total"] <= programmes.AT_ONCE:
        programmes.work_off(made["run"])
    return redirect("poverty:desk-bulk", made["run"])


def mine(request: HttpRequest, id: UUID) -> Any:
    """A bulk run of the viewer himself; raise NotFound for any other."""
    found = programmes.bulk_run(viewer_of(request), id)
    if found is None:
        raise NotFound(_("没有找到这次批量办理。"), code="no_run")
    return found


def progress_of(run: Any) -> Progress:
    """How far a run is."""
    verdict = verdict_names().get(run.arguments.get("verdict", ""), "")
    state = "running" if run.state == "running" else run.state
    return Progress(
        label=_("%(what)s %(n)s 户") % {"what": verdict, "n": formats.number(run.total)},
        done=run.done,
        total=run.total,
        state=state,
        unit=_("户"),
        poll_url=reverse("poverty:desk-bulk-progress", args=[run.id]),
        stop_url=reverse("poverty:desk-bulk-stop", args=[run.id]),
        result_url=reverse("poverty:desk-bulk", args=[run.id]),
        note=_("%(n)s 户没有办成") % {"n": formats.number(run.failed)} if run.failed else "",
    )


@require_safe
def bulk(request: HttpRequest, id: UUID) -> HttpResponse:
    """A run: how far it is, and what could not be done with the reason."""
    run = mine(request, id)
    heads = [_("户主"), _("没有办成的原因")]
    page = people.keyset(
        programmes.bulk_failures(run),
        ("position",),
        after=request.GET.get("after") or request.GET.get("before") or None,
        limit=PAGE,
        show=lambda row: row,
    )
    table = Table(
        caption=_("没有办成的户"),
        columns=[Column(head) for head in heads],
        rows=[Row([one.name, one.reason], url=reverse("poverty:desk-checks")) for one in page.rows],
        pager=Pager(page.previous or "", page.next or ""),
        export=offered("poverty.failed", viewer_of(request)),
        export_query=f"&run={run.id}",
        empty=_("没有"),
        empty_hint=_("每一户都办成了。") if run.state == "done" else _("到现在为止每一户都办成了。"),
    )
    stale = run.state == "running" and clock.now() - run.beat > QUIET
    context = {
        "run": run,
        "progress": progress_of(run),
        "table": table,
        "good": run.done - run.failed,
        "bad": run.failed,
        "may_continue": run.state == "stopped" or stale,
        "stale": stale,
        "key": str(uuid4()),
        "left": run.total - run.done,
        "verdict": run.arguments.get("verdict"),
        "verdict_name": verdict_names().get(run.arguments.get("verdict", ""), ""),
        "places": [Link(_("审核审批"), reverse("poverty:desk-checks")), Link(_("批量办理"))],
    }
    return render(request, "poverty/desk/bulk.html", context)


@require_safe
def bulk_progress(request: HttpRequest, id: UUID) -> HttpResponse:
    """The progress alone; when it is over the page is shown again whole."""
    run = mine(request, id)
    response = render(request, "poverty/desk/bulk_progress.html", {"progress": progress_of(run)})
    if run.state != "running":
        response["HX-Refresh"] = "true"
    return response


@require_POST
def bulk_stop(request: HttpRequest, id: UUID) -> HttpResponse:
    """Stop before the next household."""
    actions.stop_bulk(viewer_of(request), key=str(uuid4()), run=id)
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": reverse("poverty:desk-bulk", args=[id])})
    return redirect("poverty:desk-bulk", id)


@require_POST
def bulk_continue(request: HttpRequest, id: UUID) -> HttpResponse:
    """Go on with what is left."""
    actions.continue_bulk(viewer_of(request), key=key_of(request), run=id)
    return redirect("poverty:desk-bulk", id)
