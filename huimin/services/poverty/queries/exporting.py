"""The service's lists as files: the same rows the pages show, page by page, masked as they are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from huimin.core.access.api import Viewer
from huimin.core.cases import api as cases
from huimin.core.exports.api import Column, Export, Filters, Kind, pages
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import StepKind
from huimin.kit import clock
from huimin.services.poverty.models import Alert, AlertKind, Cause
from huimin.services.poverty.programme import CODE, KINDS, MEASURES, PROGRAMME
from huimin.services.poverty.queries import finding, way

NAME, NUMBER = Column(name="head", title=_lazy("户主")), Column(name="number", title=_lazy("户编号"))
PLACE = (
    Column(name="village", title=_lazy("村（社区）")),
    Column(name="group", title=_lazy("组"), kind=Kind.INTEGER),
    Column(name="division_code", title=_lazy("区划代码")),
)
HOME = (NAME, NUMBER, *PLACE)
TYPE, CAUSE = Column(name="kind", title=_lazy("监测类型")), Column(name="causes", title=_lazy("致贫原因"))
INCOME = (
    Column(name="income_per_head", title=_lazy("人均年收入"), kind=Kind.MONEY, unit=_lazy("元")),
    Column(name="income_year", title=_lazy("收入年度"), kind=Kind.INTEGER),
)
ENTERED = Column(name="entered", title=_lazy("纳入日期"), kind=Kind.DATE)
STATE = Column(name="state", title=_lazy("状态"))
FILTERS = ("q", "in", "kind", "cause", "officer", "below", "overdue", "on", "known", "sort")
Values = Sequence[Any]


def group_of(row: Any) -> int | None:
    """The villagers' group, None where there is none."""
    return row.group_no or None


def named(rows: Sequence[Any], day: Any = None) -> dict[str, str]:
    """The names of the places some rows are in."""
    return places.names({row.division_code for row in rows}, day)


def listed(words: Sequence[str]) -> str:
    """Several words in one cell."""
    return "；".join(words)


def households(tab: str, query: Filters) -> Iterator[tuple[Any, tuple[Any, ...], finding.Asked]]:
    """The rows of a tab with what every tab says of a household: head, number, place, type, causes, income."""
    asked = finding.read({**query, "tab": tab})
    day = asked.on if asked.past else None
    for found in pages(finding.rows(asked), finding.order(asked)):
        ids = [row.household_id for row in found]
        homes, incomes, causes = (
            people.households_by_id(ids),
            finding.incomes(ids, day),
            finding.causes(ids, day),
        )
        names = named(found, day)
        for row in found:
            home, income = homes.get(row.household_id), incomes.get(row.household_id)
            yield (
                row,
                (
                    row.name, home.number if home else None, names.get(row.division_code), group_of(row), row.division_code,
                    str(KINDS.get(row.kind, "")) or None, listed(causes.get(row.household_id, [])) or None,
                    income.per_head if income else None, income.year if income else None,
                ),
                asked,
            )  # fmt: skip


def enrolled(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Households in the programme, today or on a past day."""
    words = {"active": _("帮扶中"), "suspended": _("已暂停"), "exited": _("已退出")}
    for chunk in chunked(households("enrolled", query)):
        asked = chunk[0][2]
        number = "pgh_obj_id" if asked.past and asked.known else "id"
        held = programmes.responsibles(
            [getattr(row, number) for row, _line, _asked in chunk], asked.on if asked.past else None
        )
        for row, line, _asked in chunk:
            officer = held.get(getattr(row, number))
            yield (
                *line, officer.officer_name if officer else None, None if asked.past else row.next_visit, row.entered,
                _("当日在册") if asked.past else words.get(row.state, row.state),
            )  # fmt: skip


def chunked(rows: Iterator[Any], size: int = 500) -> Iterator[list[Any]]:
    """Rows in lists, for what is asked of many at once."""
    kept: list[Any] = []
    for row in rows:
        kept.append(row)
        if len(kept) == size:
            yield kept
            kept = []
    if kept:
        yield kept


def on_the_way(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Households on their way in or out."""
    for row, line, _asked in households("way", query):
        step = PROGRAMME.step(row.direction, row.step)
        word = f"{_('退出：') if row.direction == 'exit' else ''}{step.title}"
        if row.resume:
            word = _("%(step)s（退回补正）") % {"step": word}
        yield (*line, word, programmes.level_name(row.level), row.since.astimezone(clock.BEIJING).date())


def left(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Households that have left."""
    for row, line, _asked in households("left", query):
        yield (*line[:6], row.entered, row.exited)


def register(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Every household of the register, with whether it is in the programme or on its way."""
    asked = finding.read({**query, "tab": "all"})
    orders = {"area": "area", "name": "head", "number": "number"}
    order, after = orders[(asked.sort or "area").lstrip("-")], None
    while True:
        page = people.households(asked.area or None, text=asked.text, order=order, after=after, limit=500)
        ids = [home.id for home in page.rows]
        rows = programmes.enrolments(CODE).filter(household_id__in=ids).exclude(state="exited")
        inside = dict(rows.values_list("household_id", "kind"))
        on_way = set(
            programmes.open_procedures(CODE)
            .filter(household_id__in=ids)
            .values_list("household_id", flat=True)
        )
        names = named(page.rows)
        for home in page.rows:
            state = _("办理中") if home.id in on_way else _("一般农户")
            if home.id in inside:
                state = str(KINDS.get(inside[home.id], _("监测中")))
            yield (
                home.name, home.number, names.get(home.division_code), group_of(home), home.division_code, home.size, state,
            )  # fmt: skip
        if page.next is None:
            return
        after = page.next


def visits(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Visits, the latest first."""
    for found in pages(programmes.visits(CODE), ("-on", "-id")):
        homes = people.households_by_id({row.enrolment.household_id for row in found})
        names = named([row.enrolment for row in found])
        for row in found:
            yield (
                *home_of(row.enrolment, homes, names), row.on, row.officer_name, row.met, row.found, row.promised or None,
                row.promised_by, row.recorded,
            )  # fmt: skip


def home_of(row: Any, homes: dict[UUID, Any], names: dict[str, str]) -> tuple[Any, ...]:
    """Head, number and place of the household a row is about."""
    home = homes.get(row.household_id)
    return (
        row.name, home.number if home else None, names.get(row.division_code), group_of(row), row.division_code,
    )  # fmt: skip


def measures(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Measures, the latest first."""
    kinds = {one.code: str(one.title) for one in MEASURES}
    states = {"running": _("进行中"), "done": _("已完成"), "stopped": _("中途停止")}
    for found in pages(programmes.measures(CODE), ("-start", "-id")):
        homes = people.households_by_id({row.enrolment.household_id for row in found})
        names = named([row.enrolment for row in found])
        for row in found:
            yield (
                *home_of(row.enrolment, homes, names), kinds.get(row.kind, row.kind), row.title, row.cost, row.fund or None,
                row.executor or None, row.start, row.end, states.get(row.state, row.state), row.result or None,
            )  # fmt: skip


def alerts(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Other departments' alerts: those that wait, the oldest first; settled ones the latest first."""
    words = {"open": _("待核实"), "entered": _("已转入申请"), "dismissed": _("核实无风险")}
    state = query.get("state", "")
    state = state if state in words else "open"
    rows = Alert.objects.filter(state=state)
    if query.get("kind", "") in AlertKind.values:
        rows = rows.filter(kind=query["kind"])
    for found in pages(rows, ("received", "id") if state == "open" else ("-received", "-id")):
        names = named(found)
        homes = people.households_by_id({row.household_id for row in found})
        for row in found:
            home = homes.get(row.household_id)
            yield (
                row.person_name, home.number if home else None, names.get(row.division_code), group_of(row), row.division_code,
                str(row.get_kind_display()), row.detail, row.amount, row.on, row.department, row.received, words[row.state],
                row.outcome or None,
            )  # fmt: skip


def appeals(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Appeals, answered ones too, the latest first."""
    states = {"received": _("未受理"), "accepted": _("已受理"), "withdrawn": _("已撤回")}
    outcomes = {"upheld": _("申诉成立"), "rejected": _("维持原决定")}
    for found in pages(cases.every_case("poverty", "appeal"), ("-received", "-id")):
        names = named(found)
        for row in found:
            yield (
                row.number, row.name, names.get(row.division_code), row.received, row.due, row.handler or None,
                outcomes.get(row.outcome) or states.get(row.state, row.state), row.closed,
            )  # fmt: skip


def notices(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Notices and announcements, the latest first."""
    for found in pages(programmes.every_notice_seen(viewer, CODE), ("-start", "-id")):
        for row in found:
            state = _("已公告") if row.announcement else _("已结束") if row.state == "closed" else _("公示中")
            yield (
                row.title, row.area_name, row.division_code, len(row.rows), row.start, row.end, row.place, row.disputed, state,
            )  # fmt: skip


def meetings(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """Review meetings, the latest first."""
    words = {"open": _("进行中"), "closed": _("已结束"), "cancelled": _("已取消")}
    here = places.q(viewer.spans("poverty"), group=None)
    for found in pages(programmes.meetings(here, CODE), ("-held_on", "-id")):
        names = named(found)
        for row in found:
            yield (
                row.held_on, names.get(row.division_code), row.division_code, way.direction_name(row.direction), row.present,
                row.eligible, row.chair, words.get(row.state, row.state),
            )  # fmt: skip


def checks(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """The households that wait for the viewer's check, the longest waiting first."""
    steps = way.my_steps(viewer, StepKind.CHECK)
    for direction, step in [s for s in steps if f"{s[0]}.{s[1].code}" == query.get("at")] or steps:
        area = places.q(places.spans(query["in"])) if is_code(query.get("in", "")) else Q()
        rows = way.waiting_at(direction, step, area)
        if query.get("kind", "") in KINDS:
            rows = rows.filter(kind=query["kind"])
        for found in pages(rows, ("since", "id")):
            for line in way.lines(found):
                yield (
                    str(step.title), way.direction_name(direction), line.name, line.village, line.group_no or None, line.area,
                    line.kind or None, line.size, line.per_head, line.gap, listed(line.missing) or None,
                    listed(line.causes) or None, line.agree, line.present, line.disputed, line.settled, line.since,
                )  # fmt: skip


def failed(viewer: Viewer, query: Filters) -> Iterator[Values]:
    """The households that a bulk run of the viewer could not settle, with the reason."""
    run = (
        programmes.bulk_run(viewer, UUID(query["run"]))
        if finding.uuid_or_none(query.get("run", "")) not in ("", "none")
        else None
    )
    for one in programmes.bulk_failures(run).iterator() if run else ():
        yield one.name, one.reason


def is_code(text: str) -> bool:
    """Whether a text is written like a division's code."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def describe(query: Filters) -> list[str]:
    """How a list of households is narrowed, in words."""
    asked = finding.read(query)
    found = []
    if asked.text:
        found.append(_("查找“%(text)s”") % {"text": asked.text})
    if asked.area:
        found.append(places.names([asked.area]).get(asked.area, asked.area))
    if asked.kind:
        found.append(str(KINDS[asked.kind]))
    if asked.cause:
        found.append(str(Cause(asked.cause).label))
    if asked.officer:
        found.append(_("没有责任人") if asked.officer == "none" else _("一位责任人的户"))
    found += [_("收入低于范围线")] if asked.below else []
    found += [_("走访已到期")] if asked.overdue else []
    if asked.on:
        found.append(_("%(day)s 当天") % {"day": asked.on.isoformat()})
        found += [_("按到那天为止登记的内容")] if asked.known else []
    return found


def describe_alerts(query: Filters) -> list[str]:
    """How the list of alerts is narrowed, in words."""
    words = {"entered": _("已转入申请"), "dismissed": _("核实无风险")}
    kind = query.get("kind", "")
    return [
        words.get(query.get("state", ""), _("待核实")),
        *([str(AlertKind(kind).label)] if kind in AlertKind.values else []),
    ]


def export(name: str, title: object, rows: Any, *columns: Column, **more: Any) -> Export:
    """One of the service's lists, for whoever works in it."""
    return Export(
        name=f"poverty.{name}",
        title=title,
        columns=columns,
        rows=rows,
        may=lambda viewer: viewer.has("poverty"),
        **more,
    )


def column(name: str, title: object, kind: Kind = Kind.TEXT, unit: object = "") -> Column:
    """One column."""
    return Column(name=name, title=title, kind=kind, unit=unit)


YUAN = _lazy("元")
HOUSEHOLDS = {"filters": FILTERS, "describe": describe}
EXPORTS = (
    export(
        "enrolled", _lazy("监测中的户"), enrolled, *HOME, TYPE, CAUSE, *INCOME,
        column("officer", _lazy("责任人")),
        column("next_visit", _lazy("下次走访"), Kind.DATE), ENTERED, STATE, **HOUSEHOLDS,
    ),
    export(
        "way", _lazy("办理中的户"), on_the_way, *HOME, TYPE, CAUSE, *INCOME,
        column("step", _lazy("办到哪一步")), column("turn", _lazy("轮到")), column("since", _lazy("到这一步"), Kind.DATE),
        **HOUSEHOLDS,
    ),
    export(
        "failed", _lazy("没有办成的户"), failed, NAME, column("reason", _lazy("没有办成的原因")), filters=("run",),
        whole=False,
    ),
    export(
        "left", _lazy("已退出的户"), left, *HOME, TYPE, ENTERED,
        column("exited", _lazy("退出日期"), Kind.DATE), **HOUSEHOLDS
    ),
    export(
        "all", _lazy("全部农户"), register, *HOME, column("size", _lazy("人口"), Kind.INTEGER),
        column("state", _lazy("监测情况")), **HOUSEHOLDS,
    ),
    export(
        "visits", _lazy("走访记录"), visits, *HOME, column("on", _lazy("走访日期"), Kind.DATE),
        column("officer", _lazy("走访人")),
        column("met", _lazy("见到了谁")), column("found", _lazy("了解到的情况")), column("promised", _lazy("答应办的事")),
        column("promised_by", _lazy("哪天前办到"), Kind.DATE), column("recorded", _lazy("登记时间"), Kind.TIME),
    ),
    export(
        "measures", _lazy("帮扶措施"), measures, *HOME, column("kind", _lazy("类别")), column("title", _lazy("做什么")),
        column("cost", _lazy("金额"), Kind.MONEY, YUAN), column("fund", _lazy("资金来源")),
        column("executor", _lazy("由谁落实")),
        column("start", _lazy("开始日期"), Kind.DATE), column("end", _lazy("结束日期"), Kind.DATE), STATE,
        column("result", _lazy("成效")),
    ),
    export(
        "alerts", _lazy("部门预警"), alerts, column("person", _lazy("姓名")), NUMBER, *PLACE, column("kind", _lazy("类别")),
        column("detail", _lazy("情况")), column("amount", _lazy("金额"), Kind.MONEY, YUAN),
        column("on", _lazy("日期"), Kind.DATE),
        column("department", _lazy("来源")), column("received", _lazy("收到"), Kind.TIME), STATE,
        column("outcome", _lazy("核实情况")), filters=("state", "kind"), describe=describe_alerts,
    ),
    export(
        "appeals", _lazy("申诉"), appeals, column("number", _lazy("编号")), column("head", _lazy("申诉人户主")), PLACE[0],
        column("received", _lazy("收到"), Kind.TIME), column("due", _lazy("最迟答复"), Kind.DATE),
        column("handler", _lazy("办理")), STATE, column("closed", _lazy("办结时间"), Kind.TIME),
    ),
    export(
        "notices", _lazy("公示和公告"), notices, column("title", _lazy("公示")), PLACE[0], PLACE[2],
        column("households", _lazy("户数"), Kind.INTEGER), column("start", _lazy("开始"), Kind.DATE),
        column("end", _lazy("结束"), Kind.DATE), column("place", _lazy("张贴地点")),
        column("objections", _lazy("未处理异议"), Kind.INTEGER), STATE,
    ),
    export(
        "meetings", _lazy("开过的评议会"), meetings, column("held_on", _lazy("评议日期"), Kind.DATE), PLACE[0], PLACE[2],
        column("direction", _lazy("事项")), column("present", _lazy("到会"), Kind.INTEGER),
        column("eligible", _lazy("应到"), Kind.INTEGER), column("chair", _lazy("主持人")), STATE,
    ),
    export(
        "checks", _lazy("等待审核审批的户"), checks, column("step", _lazy("办到哪一步")),
        column("direction", _lazy("事项")), NAME, *PLACE,
        TYPE, column("size", _lazy("人口"), Kind.INTEGER), INCOME[0], column("gap", _lazy("比范围线"), Kind.MONEY, YUAN),
        column("missing", _lazy("缺什么保障")), CAUSE, column("agree", _lazy("评议同意"), Kind.INTEGER),
        column("present", _lazy("评议到会"), Kind.INTEGER), column("disputed", _lazy("未处理异议"), Kind.INTEGER),
        column("settled", _lazy("已处理异议"), Kind.INTEGER), column("since", _lazy("到这一步"), Kind.TIME),
        filters=("at", "in", "kind"),
    ),
)  # fmt: skip
