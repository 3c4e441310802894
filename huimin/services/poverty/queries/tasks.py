"""What waits for an officer in targeted help: from the steps that stand under his rights, and from days that come due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Min
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import Viewer
from huimin.core.cases import api as cases
from huimin.core.people import api as people
from huimin.core.people.types import ProposalView
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import StepKind
from huimin.kit import clock
from huimin.manifest import Task
from huimin.services.poverty.models import Alert
from huimin.services.poverty.programme import CODE, PROGRAMME
from huimin.services.poverty.queries.story import STEP_DAYS, due
from huimin.ui import formats

ALERT_DAYS = 10
GROUPS = {
    "survey": gettext_lazy("入户调查"),
    "review": gettext_lazy("民主评议"),
    "notice": gettext_lazy("公示"),
    "check": gettext_lazy("审核审批"),
    "announce": gettext_lazy("公告"),
    "objection": gettext_lazy("异议"),
    "appeal": gettext_lazy("申诉"),
    "visit": gettext_lazy("走访"),
    "promise": gettext_lazy("答应办的事"),
    "alert": gettext_lazy("部门预警"),
    "proposal": gettext_lazy("待核实数据"),
    "officer": gettext_lazy("责任人"),
}
PAGES = {
    StepKind.REVIEW: "poverty:desk-reviews", StepKind.NOTICE: "poverty:desk-notices", StepKind.CHECK: "poverty:desk-checks",
    StepKind.ANNOUNCE: "poverty:desk-notices",
}  # fmt: skip


def address(name: str, query: str = "") -> str:
    """A page's address, or the list of households where that page is not there."""
    try:
        return reverse(name) + query
    except NoReverseMatch:
        return reverse("poverty:desk-households") + "?tab=way"


def tasks(viewer: Viewer, limit: int = 200) -> list[Task]:
    """Everything that waits for a viewer, at most `limit` of each kind; each leads to the page that ends it."""
    makers: tuple[Callable[[Viewer, int], Iterator[Task]], ...] = (
        steps,
        notices,
        objections,
        appeals,
        visits,
        promises,
        alerts,
        proposals,
        unheld,
    )
    return [task for make in makers for task in make(viewer, limit)]


def steps(viewer: Viewer, limit: int) -> Iterator[Task]:
    """The steps that stand under the viewer's rights: surveys one by one, the rest by place."""
    for direction, step in programmes.steps_of(viewer, PROGRAMME):
        rows = programmes.waiting(CODE, direction, step.code)
        if step.kind is StepKind.SURVEY:
            for row in rows[:limit]:
                returned = bool(row.resume)
                yield Task(
                    key=f"survey/{row.id}",
                    group=GROUPS["survey"],
                    title=_("%(name)s户：%(step)s") % {"name": row.name, "step": step.title},
                    detail=_("退回补正：%(reason)s") % {"reason": row.reason} if returned else route_of(row),
                    area=row.division_code,
                    url=reverse("poverty:desk-survey", args=[row.id]),
                    due=due(row),
                    urgent=returned,
                )
            continue
        if step.kind in (StepKind.NOTICE, StepKind.ANNOUNCE):
            rows = programmes.unposted(CODE, direction, step.code)
        elif step.kind is StepKind.REVIEW:
            rows = programmes.unheard(CODE, direction, step.code)
        yield from by_place(viewer, direction, step, rows, limit)


def route_of(row: Any) -> str:
    """How a household came to be put forward, in words."""
    day = row.opened.astimezone(clock.BEIJING).date().isoformat()
    return _("%(route)s，%(day)s 提出") % {"route": PROGRAMME.routes.get(row.route, row.route), "day": day}


def by_place(viewer: Viewer, direction: str, step: Any, rows: Any, limit: int) -> Iterator[Task]:
    """What waits at a step as one line for each division of the step's level."""
    width = {5: 12, 4: 9, 3: 6}[int(step.level)]
    sums: dict[str, list[Any]] = {}
    current = places.answering()
    for code, count, since in (
        rows.order_by().values_list("division_code").annotate(n=Count("id"), since=Min("since"))
    ):
        found = sums.setdefault(current(code)[:width].ljust(12, "0"), [0, since])
        found[0] += count
        found[1] = min(found[1], since)
    group = {
        StepKind.REVIEW: "review",
        StepKind.NOTICE: "notice",
        StepKind.CHECK: "check",
        StepKind.ANNOUNCE: "announce",
    }[step.kind]
    for area, (count, since) in list(sums.items())[:limit]:
        word = _("%(step)s（退出）") if direction == "exit" else "%(step)s"
        day = since.astimezone(clock.BEIJING).date()
        query = (
            f"?area={area}&direction={direction}&step={step.code}"
            if area != viewer.area
            else f"?direction={direction}&step={step.code}"
        )
        told = _("%(n)d户，最早一户从 %(day)s 等到现在") % {"n": count, "day": day.isoformat()}
        yield Task(
            key=f"{step.code}/{direction}/{area}",
            group=GROUPS[group],
            title=word % {"step": step.title},
            detail=told,
            area=area,
            url=address(PAGES[step.kind], query),
            due=day + timedelta(days=STEP_DAYS.get(step.code, 10)),
            count=count,
        )


def notices(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Notices whose window is over and that are still up, for those who post them."""
    if not viewer.may("poverty.close_notice"):
        return
    area = places.q(viewer.spans("poverty"), group=None) if viewer.spans("poverty") else None
    if area is None:
        return
    for notice in programmes.notices_in(area, CODE, state="open")[:limit]:
        step = PROGRAMME.step(notice.direction, notice.step)
        if notice.is_announcement or not viewer.may(step.needs):
            continue
        if notice.end > clock.today():
            continue
        yield Task(
            key=f"close/{notice.id}",
            group=GROUPS["notice"],
            title=_("结束公示：%(title)s") % {"title": notice.title},
            detail=_("%(n)d户，有 %(m)d 条异议待处理") % {"n": len(notice.rows), "m": notice.objections}
            if notice.objections
            else _("%(n)d户，到 %(day)s 止") % {"n": len(notice.rows), "day": notice.end.isoformat()},
            area=notice.area,
            url=notice_url(notice),
            due=notice.end,
        )


def notice_url(notice: Any) -> str:
    """The notice's page on the desk, where there is one."""
    try:
        return reverse("poverty:desk-notice", args=[notice.id])
    except NoReverseMatch:
        return address("poverty:desk-notices")


def objections(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Objections that wait for an outcome."""
    if not viewer.may("poverty.settle_objection"):
        return
    for row in programmes.open_objections()[:limit]:
        day = row.received.astimezone(clock.BEIJING).date()
        name = row.item.procedure.name
        yield Task(
            key=f"objection/{row.id}",
            group=GROUPS["objection"],
            title=_("核实对%(name)s户的异议") % {"name": name},
            detail=row.text[:60],
            area=row.division_code,
            url=objection_url(row),
            due=day + timedelta(days=7),
            urgent=True,
        )


def objection_url(row: Any) -> str:
    """The page that settles an objection, where there is one."""
    try:
        return reverse("poverty:desk-objection", args=[row.id])
    except NoReverseMatch:
        return notice_url(row.item.notice)


def appeals(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Appeals that wait for acceptance or an answer."""
    if not viewer.may("poverty.answer_appeal"):
        return
    for case in cases.open_cases("poverty", "appeal", limit):
        try:
            url = reverse("poverty:desk-appeal", args=[case.id])
        except NoReverseMatch:
            url = address("poverty:desk-appeals")
        word = _("受理申诉：%(name)s户") if case.state == "received" else _("答复申诉：%(name)s户")
        yield Task(
            key=f"appeal/{case.id}",
            group=GROUPS["appeal"],
            title=word % {"name": case.name},
            detail=f"{case.number} {case.text[:50]}",
            area=case.area,
            url=url,
            due=case.due,
            urgent=True,
        )


def own_visits(viewer: Viewer) -> bool:
    """Whether the viewer has households of his own; else those of his village or township are shown to him."""
    return bool(viewer.officer) and programmes.households_of(viewer.officer, CODE).exists()  # type: ignore[arg-type]


def visits(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Visits that are due within a week: one's own, and those of households in sight that nobody else answers for."""
    if not viewer.may("poverty.visit"):
        return
    until = clock.today() + timedelta(days=7)
    officer = viewer.officer if own_visits(viewer) else None
    for row in programmes.due_visits(officer, until, CODE)[:limit]:
        yield Task(
            key=f"visit/{row.id}",
            group=GROUPS["visit"],
            title=_("走访%(name)s户") % {"name": row.name},
            detail=str(PROGRAMME.kinds.get(row.kind, "")),
            area=row.division_code,
            url=reverse("poverty:desk-visit", args=[row.id]),
            due=row.next_visit,
        )


def promises(viewer: Viewer, limit: int) -> Iterator[Task]:
    """What was promised to a household and no later visit has looked after."""
    if not viewer.may("poverty.visit"):
        return
    officer = viewer.officer if own_visits(viewer) else None
    for row in programmes.promises_due(officer, clock.today() + timedelta(days=7), CODE)[:limit]:
        yield Task(
            key=f"promise/{row.id}",
            group=GROUPS["promise"],
            title=_("答应%(name)s户：%(what)s") % {"name": row.enrolment.name, "what": row.promised[:40]},
            detail=_("%(day)s 走访时答应，%(who)s") % {"day": row.on.isoformat(), "who": row.officer_name},
            area=row.division_code,
            url=reverse("poverty:desk-visit", args=[row.enrolment_id]),
            due=row.promised_by,
        )


def alerts(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Households on another department's list, to be seen within ten days."""
    if not viewer.may("poverty.dismiss_alert"):
        return
    for row in Alert.objects.filter(state="open").order_by("received", "id")[:limit]:
        day = row.received.astimezone(clock.BEIJING).date()
        yield Task(
            key=f"alert/{row.id}",
            group=GROUPS["alert"],
            title=_("核实%(name)s：%(kind)s") % {"name": row.person_name, "kind": row.get_kind_display()},
            detail=formats.told(row.department, row.detail)[:70],
            area=row.division_code,
            url=reverse("poverty:desk-alert", args=[row.id]),
            due=day + timedelta(days=ALERT_DAYS),
        )


def proposals(viewer: Viewer, limit: int) -> Iterator[Task]:
    """What other departments say of a person: one press confirms it, so all of it is one line for each place."""
    if not viewer.may("people.settle_change"):
        return
    sums: dict[str, list[ProposalView]] = {}
    for row in people.proposals(limit=limit).rows:
        sums.setdefault(places.current(row.person.division_code), []).append(row)
    for area, rows in sums.items():
        first = rows[0]
        said = _("%(source)s：%(name)s") % {"source": first.source, "name": first.person.name}
        yield Task(
            key=f"proposal/{area}",
            group=GROUPS["proposal"],
            title=_("核实部门推送的数据"),
            detail=said if len(rows) == 1 else _("%(first)s等") % {"first": said},
            area=area,
            url=reverse("poverty:desk-proposals") + f"?in={quote(area)}",
            due=first.proposed_at.astimezone(clock.BEIJING).date() + timedelta(days=ALERT_DAYS),
            count=len(rows),
        )


def unheld(viewer: Viewer, limit: int) -> Iterator[Task]:
    """Households in the programme that nobody is responsible for."""
    if not viewer.may("poverty.assign"):
        return
    rows = programmes.without_officer(CODE)
    for area, count, since in (
        rows.order_by().values_list("division_code").annotate(n=Count("id"), since=Min("entered"))[:limit]
    ):
        yield Task(
            key=f"officer/{area}",
            group=GROUPS["officer"],
            title=_("%(n)d户还没有帮扶责任人") % {"n": count},
            detail=_("最早 %(day)s 纳入") % {"day": since.isoformat()},
            area=area,
            url=reverse("poverty:desk-households") + f"?officer=none&in={quote(area)}",
            due=day_after(since),
            count=count,
        )


def day_after(since: date) -> date:
    """Ten days after a household came in."""
    return since + timedelta(days=10)


def open_alerts(viewer: Viewer) -> int:
    """How many alerts wait in sight, for the menu."""
    if not viewer.may("poverty.dismiss_alert"):
        return 0
    with viewer.acting():
        return Alert.objects.filter(state="open").count()


def open_proposals(viewer: Viewer) -> int:
    """How many proposed changes wait in sight, for the menu."""
    if not viewer.may("people.settle_change"):
        return 0
    with viewer.acting():
        return people.proposals_waiting()


def overdue_visits(viewer: Viewer) -> int:
    """How many of one's own households are due for a visit, for the menu."""
    if viewer.officer is None:
        return 0
    with viewer.acting():
        return programmes.due_visits(viewer.officer, clock.today(), CODE).count()
