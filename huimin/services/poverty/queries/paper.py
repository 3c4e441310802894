"""What goes on paper, from the record: the handbook, the card, a village's board. The income is read, never computed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from huimin.core.access.api import office_of
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.services.poverty.models import Cause
from huimin.services.poverty.programme import CODE, KINDS, PROGRAMME, masked_row
from huimin.services.poverty.queries import finding, story
from huimin.ui import formats

MEASURES = {kind.code: str(kind.title) for kind in PROGRAMME.measures}


def income_words(income: Any) -> tuple[str, str]:
    """The income per head as every paper prints it, and its year with the line."""
    if income is None:
        return formats.NONE, ""
    line = _("，范围线 %(line)s") % {"line": formats.yuan(income.line)} if income.line else ""
    return formats.yuan(income.per_head), _("%(year)s年%(line)s") % {"year": income.year, "line": line}


def frame() -> dict[str, str]:
    """What every paper carries: the day it was printed and the mark of a demo."""
    return {
        "demo": _("演示数据，人和号码都不是真的") if settings.DEMO else "",
        "foot": _("%(day)s从登记库打印，以系统中的记录为准") % {"day": formats.cdate(clock.today())},
    }


def measure_words(row: Any) -> str:
    """A measure in one line."""
    cost = f"，{formats.yuan(row.cost, '整')}" if row.cost else ""
    return f"{MEASURES.get(row.kind, row.kind)}：{row.title}{cost}"


def table(
    title: str, head: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], none: str
) -> dict[str, Any]:
    """A table of a paper, with what stands there when it is empty."""
    return {
        "title": title,
        "head": list(head),
        "widths": list(widths),
        "rows": [list(row) for row in rows],
        "none": none,
    }


def parts_of(home: HouseholdView) -> dict[int, dict[str, Any]]:
    """The handbook's six parts by number, as the record has them today."""
    enrolment = programmes.enrolment_of(home.id, CODE)
    parts = [
        basics(home, enrolment),
        causes(home),
        officer(enrolment),
        *helped(enrolment),
        results(home, enrolment),
    ]
    label = _("第 %(n)s 部分，共 %(all)s 部分")
    return {
        number: one | {"label": label % {"n": number, "all": len(parts)}}
        for number, one in enumerate(parts, 1)
    }


def handbook(home: HouseholdView, only: Collection[int] = ()) -> dict[str, Any]:
    """The handbook: its six parts, or only some of them, each on pages of its own."""
    parts = [one for number, one in parts_of(home).items() if not only or number in only]
    return {
        **frame(),
        "title": _("帮扶手册"),
        "subtitle": f"{' '.join(places.path_of(home.division_code)[1:])} · {home.name}",
        "day": formats.cdate(clock.today()),
        "parts": parts,
        "signs": [_("户主签字"), _("帮扶责任人签字")],
    }


def part(heading: str, facts: Sequence[Sequence[str]] = (), *tables: dict[str, Any]) -> dict[str, Any]:
    """One part of the handbook."""
    return {"heading": heading, "facts": [list(row) for row in facts], "tables": list(tables)}


def basics(home: HouseholdView, enrolment: Any) -> dict[str, Any]:
    """Part one: who they are, income, guarantees."""
    income, about = income_words(finding.incomes([home.id]).get(home.id))
    members = [
        [
            one.person.name,
            str(one.relation.label),
            str(one.person.sex.label),
            str(one.person.age),
            one.person.id_number,
            str(one.person.education.label),
        ]
        for one in people.members(home.id)
    ]
    facts = [
        [_("户编号"), home.number, ""],
        [_("住址"), home.masked_address, ""],
        [_("监测类型"), str(KINDS.get(enrolment.kind, "")) if enrolment else formats.NONE, ""],
        [_("纳入日期"), formats.cdate(enrolment.entered) if enrolment else formats.NONE, ""],
        [_("家庭人均年纯收入"), income, about, "strong"],
    ]
    for mark in story.marks(story.guarantees(home.id)):
        words = {"met": _("有保障"), "unmet": _("没有保障")}
        facts.append(
            [mark.title, words.get(mark.state, _("没有调查")), formats.idate(mark.date) if mark.date else ""]
        )
    head = [_("姓名"), _("与户主关系"), _("性别"), _("年龄"), _("证件号码"), _("文化程度")]
    return part(
        _("一、家庭基本情况"),
        facts,
        table(_("家庭成员"), head, (3, 3, 2, 2, 6, 4), members, _("没有登记的成员")),
    )


def causes(home: HouseholdView) -> dict[str, Any]:
    """Part two: why."""
    rows = [
        [
            str(Cause(row.cause).label),
            row.detail or formats.NONE,
            formats.idate(row.since),
            _("已消除 %(day)s") % {"day": formats.idate(row.until)} if row.until else _("未消除"),
        ]
        for row in story.risks(home.id)
    ]
    head = [_("原因"), _("情况"), _("发现"), _("现在")]
    return part(_("二、致贫返贫原因"), (), table("", head, (2, 7, 3, 4), rows, _("没有登记的原因")))


def officer(enrolment: Any) -> dict[str, Any]:
    """Part three: who is responsible."""
    one = programmes.responsible(enrolment.id) if enrolment else None
    if one is None:
        return part(_("三、帮扶责任人"), [[_("帮扶责任人"), _("还没有落实"), ""]])
    return part(
        _("三、帮扶责任人"),
        [
            [_("姓名"), one.officer_name, ""],
            [_("单位"), one.unit or formats.NONE, ""],
            [_("电话"), one.phone or formats.NONE, ""],
            [_("起始日期"), formats.cdate(one.start), ""],
        ],
    )


def helped(enrolment: Any) -> list[dict[str, Any]]:
    """Parts four and five: the plan (what runs), and every measure."""
    measures = programmes.measures_of(enrolment.id) if enrolment else []
    running = [
        [
            MEASURES.get(row.kind, row.kind),
            row.title,
            row.executor or formats.NONE,
            formats.idate(row.end) if row.end else _("长期"),
        ]
        for row in measures
        if row.state == "running"
    ]
    every = [
        [
            MEASURES.get(row.kind, row.kind),
            row.title,
            formats.yuan(row.cost, "无"),
            row.fund or formats.NONE,
            formats.idate(row.start),
            row.result or formats.NONE,
        ]
        for row in measures
    ]
    plan = table(
        "",
        [_("类别"), _("做什么"), _("谁落实"), _("到什么时候")],
        (2, 6, 4, 3),
        running,
        _("没有正在进行的措施"),
    )
    head = [_("类别"), _("内容"), _("金额（元）"), _("资金来源"), _("开始"), _("成效")]
    return [
        part(_("四、帮扶计划"), (), plan),
        part(_("五、帮扶措施"), (), table("", head, (2, 5, 3, 4, 3, 5), every, _("还没有登记帮扶措施"))),
    ]


def results(home: HouseholdView, enrolment: Any) -> dict[str, Any]:
    """Part six: visits, and the figures before and after."""
    if enrolment is None:
        return part(_("六、走访和成效"), (), table("", [], [], [], _("还没有纳入")))
    effects = [
        [one.title, one.before, one.after, one.unit] for one in story.effects(enrolment, story.known(home.id))
    ]
    visits = [
        [formats.idate(row.on), row.officer_name, row.met, row.found, row.promised or formats.NONE]
        for row in programmes.visits_of(enrolment.id)
    ]
    return part(
        _("六、走访和成效"),
        (),
        table(
            _("成效"),
            [_("项目"), _("纳入时"), _("现在"), _("单位")],
            (5, 3, 3, 3),
            effects,
            _("还没有可比的数字"),
        ),
        table(
            _("走访"),
            [_("日期"), _("干部"), _("见到谁"), _("了解到的情况"), _("答应的事")],
            (3, 3, 3, 7, 5),
            visits,
            _("还没有走访记录"),
        ),
    )


def card(home: HouseholdView) -> dict[str, Any]:
    """The card: half a sheet that hangs in the house."""
    enrolment = programmes.enrolment_of(home.id, CODE)
    income, about = income_words(finding.incomes([home.id]).get(home.id))
    one = programmes.responsible(enrolment.id) if enrolment else None
    measures = (
        [measure_words(row) for row in programmes.measures_of(enrolment.id) if row.state == "running"]
        if enrolment
        else []
    )
    reasons = finding.causes([home.id]).get(home.id, [])
    return {
        **frame(),
        "title": _("帮扶明白卡"),
        "subtitle": " ".join(places.path_of(home.division_code)[2:]),
        "facts": [
            [_("户主"), home.name, _("%(n)s 口人") % {"n": home.size}],
            [
                _("监测类型"),
                str(KINDS.get(enrolment.kind, "")) if enrolment else formats.NONE,
                formats.cdate(enrolment.entered) if enrolment else "",
            ],
            [_("主要原因"), "、".join(reasons) or formats.NONE, ""],
            [_("家庭人均年纯收入"), income, about],
        ],
        "measures-title": _("正在落实的帮扶"),
        "measures": measures[:8],
        "measures-none": _("正在制定"),
        "officer-title": _("帮扶责任人"),
        "officer": f"{one.officer_name} {one.unit}".strip() if one else _("还没有落实"),
        "phone": one.phone if one else "",
        "rights": _("有变化、不明白、不同意，打这个电话，或者在手机上看、提出申诉。"),
    }


def board(area: str) -> dict[str, Any]:
    """A village's board (masked, to be posted) and its annex (by name, not to be posted): households by measures."""
    rows = list(
        programmes.enrolments(CODE, places.q(places.spans(area)))
        .exclude(state="exited")
        .order_by("group_no", "name", "id")
    )
    ids: list[UUID] = [row.household_id for row in rows]
    incomes, homes = finding.incomes(ids), people.households_by_id(ids)
    enrolled = [row.id for row in rows]
    measures, officers = programmes.running_measures(enrolled), programmes.responsibles(enrolled)
    posted, annex = [], []
    for number, row in enumerate(rows, 1):
        running = measures.get(row.id, [])
        by_kind = (
            "、".join(dict.fromkeys(MEASURES.get(one.kind, one.kind) for one in running)) or formats.NONE
        )
        home = homes.get(row.household_id) or people.household(row.household_id)
        masked = masked_row(home, row.kind)
        posted.append([str(number), masked["name"], masked["group"], masked["size"], masked["kind"], by_kind])
        one = officers.get(row.id)
        income, _about = income_words(incomes.get(row.household_id))
        annex.append(
            [
                str(number),
                home.name,
                masked["group"],
                str(home.size),
                masked["kind"],
                income,
                "；".join(f"{MEASURES.get(m.kind, m.kind)}：{m.title}" for m in running) or formats.NONE,
                one.officer_name if one else _("还没有落实"),
                formats.idate(row.next_visit) if row.next_visit else formats.NONE,
            ]
        )
    village, office = places.name_of(area), office_of(area)
    return {
        **frame(),
        "title": _("%(village)s帮扶公示栏") % {"village": village},
        "posted-note": _("可以张贴。姓名已经遮蔽，不写收入、证件号码、电话和住址。共 %(n)s 户。")
        % {"n": len(rows)},
        "posted": {
            "head": [_("序号"), _("户主"), _("村民小组"), _("人口"), _("监测类型"), _("帮扶措施")],
            "widths": [1, 2, 2, 1, 3, 6],
            "rows": posted,
        },
        "office": office.name if office else village,
        "day": formats.cdate(clock.today()),
        "seal": _("（盖章处）"),
        "annex": {
            "title": _("附件：%(village)s帮扶台账（户 × 措施）") % {"village": village},
            "note": _("内部资料，不得张贴"),
            "head": [
                _("序号"),
                _("户主"),
                _("村民小组"),
                _("人口"),
                _("监测类型"),
                _("人均年纯收入"),
                _("正在落实的措施"),
                _("责任人"),
                _("下次走访"),
            ],
            "widths": [1, 2, 2, 1, 3, 3, 8, 2, 2],
            "rows": annex,
        },
    }
