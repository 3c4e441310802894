"""What rules may read of a household: one Ibis expression, the same for one and for everyone."""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from huimin.core.facts.types import Fact, FactTable, FactType
from huimin.services.poverty.models import GuaranteeKind

PROFILE = ibis.table({"household_id": "uuid", "lifted_year": "int16"}, name="poverty_profile")
INCOME = ibis.table(
    {
        "household_id": "uuid", "division_code": "string", "year": "int16", "members": "int16", "per_head": "decimal(14, 2)",
        "surveyed_on": "date", "source": "string",
    },
    name="poverty_income",
)  # fmt: skip
LINE = ibis.table(
    {"province": "string", "year": "int16", "amount": "decimal(10, 2)", "document": "string"},
    name="poverty_line",
)
GUARANTEE = ibis.table(
    {
        "household_id": "uuid", "kind": "string", "secure": "boolean", "on": "date", "found_by": "string",
        "recorded": "timestamp('UTC', 6)",
    },
    name="poverty_guarantee",
)  # fmt: skip
RISK = ibis.table(
    {
        "household_id": "uuid", "cause": "string", "sudden": "boolean", "loss": "decimal(12, 2)", "since": "date",
        "until": "date", "source": "string",
    },
    name="poverty_risk",
)  # fmt: skip
SECURE = tuple(f"{kind}_secure" for kind in GuaranteeKind.values)
CODE = "poverty.monitoring"  # the programme
VISIT_DAYS = 90


def latest_income(moment: Any) -> Any:
    """The last surveyed year of each household, with the line of its province for that year."""
    known = INCOME.cross_join(moment).filter(lambda t: t.surveyed_on <= t.today)
    rows = known.group_by(subject=known.household_id).aggregate(
        division_code=known.division_code.argmax(known.year), per_head=known.per_head.argmax(known.year),
        surveyed_on=known.surveyed_on.argmax(known.year), source=known.source.argmax(known.year), year=known.year.max(),
        members=known.members.argmax(known.year),
    )  # fmt: skip
    rows = rows.mutate(province=rows.division_code.substr(0, 2).concat("0000000000"))
    joined = rows.left_join(LINE, [rows.province == LINE.province, rows.year == LINE.year])
    return joined.select(
        subject=rows.subject,
        income_per_head=rows.per_head,
        income_per_head_at=rows.surveyed_on,
        income_per_head_source=rows.source,
        income_year=rows.year,
        members=rows.members.cast("decimal(6, 0)"),
        monitoring_line=LINE.amount,
        monitoring_line_source=LINE.document,
    )


def latest_guarantees(moment: Any) -> Any:
    """The latest finding of each guarantee, one column each with its date and who found it.

    Of two findings of one day the one recorded later counts. One pass over the table: no window, no sorting.
    """
    known = GUARANTEE.cross_join(moment).filter(lambda t: t.on <= t.today)
    when = ibis.struct({"on": known.on, "recorded": known.recorded})
    columns: dict[str, Any] = {}
    for kind in GuaranteeKind.values:
        here = known.kind == kind
        columns[f"{kind}_secure"] = known.secure.argmax(when, where=here)
        columns[f"{kind}_secure_at"] = known.on.max(where=here)
        columns[f"{kind}_secure_source"] = known.found_by.argmax(when, where=here)
    return known.group_by(subject=known.household_id).aggregate(**columns)


def open_risks(moment: Any) -> Any:
    """The risks that stand, how many of them came suddenly, and what those cost."""
    standing = RISK.cross_join(moment).filter(
        lambda t: (t.since <= t.today) & (t.until.isnull() | (t.until > t.today))
    )
    return standing.group_by(subject=standing.household_id).aggregate(
        open_risks=standing.count().cast("decimal(9, 0)"),
        open_risks_at=standing.since.max(),
        open_risks_source=standing.source.max(),
        sudden_hardship=standing.sudden.any(),
        sudden_hardship_at=standing.since.max(where=standing.sudden),
        sudden_hardship_source=standing.source.max(where=standing.sudden),
        sudden_loss=standing.loss.sum(where=standing.sudden).cast("decimal(14, 2)"),
    )


def build(moment: Any) -> Any:
    """Every fact of a household that has a profile."""
    income, guarantees, risks = latest_income(moment), latest_guarantees(moment), open_risks(moment)
    profile = PROFILE.select(subject="household_id", lifted=PROFILE.lifted_year.notnull())
    found = profile.left_join(income, "subject").drop("subject_right")
    found = found.left_join(guarantees, "subject").drop("subject_right")
    found = found.left_join(risks, "subject").drop("subject_right")
    return found.mutate(
        open_risks=ibis.coalesce(found.open_risks, ibis.literal(0, "decimal(9, 0)")),
        sudden_hardship=ibis.coalesce(found.sudden_hardship, ibis.literal(False)),
        sudden_loss=ibis.coalesce(found.sudden_loss, ibis.literal(0, "decimal(14, 2)")),
    )


YES_NO: dict[str, Any] = {"type": FactType.BOOLEAN, "source": _("入户调查")}
HOUSEHOLD = FactTable(
    name="household",
    subject="household",
    build=build,
    facts=(
        Fact(
            name="income_per_head",
            title=_("家庭人均年纯收入"),
            type=FactType.NUMBER,
            unit=gettext_noop("元/人·年"),
            source=_("入户调查"),
        ),
        Fact(name="income_year", title=_("收入年度"), type=FactType.NUMBER, source=_("入户调查"), given=True),
        Fact(
            name="members",
            title=_("计算收入的家庭人口"),
            type=FactType.NUMBER,
            unit=gettext_noop("人"),
            source=_("入户调查"),
            given=True,
        ),
        Fact(
            name="monitoring_line",
            title=_("监测范围线"),
            type=FactType.NUMBER,
            unit=gettext_noop("元/人·年"),
            source=_("省级文件"),
            given=True,
        ),
        Fact(
            name="lifted", title=_("是否脱贫户"), type=FactType.BOOLEAN, source=_("建档立卡档案"), given=True
        ),
        Fact(name="food_secure", title=_("不愁吃"), **YES_NO),
        Fact(name="clothing_secure", title=_("不愁穿"), **YES_NO),
        Fact(name="schooling_secure", title=_("义务教育有保障"), **YES_NO),
        Fact(name="medical_secure", title=_("基本医疗有保障"), **YES_NO),
        Fact(name="housing_secure", title=_("住房安全有保障"), **YES_NO),
        Fact(name="water_secure", title=_("饮水安全有保障"), **YES_NO),
        Fact(
            name="open_risks",
            title=_("尚未消除的风险"),
            type=FactType.NUMBER,
            unit=gettext_noop("项"),
            source=_("入户调查"),
        ),
        Fact(
            name="sudden_hardship", title=_("遭遇突发严重困难"), type=FactType.BOOLEAN, source=_("入户调查")
        ),
        Fact(
            name="sudden_loss",
            title=_("突发困难的支出和损失"),
            type=FactType.NUMBER,
            unit=gettext_noop("元"),
            source=_("入户调查"),
        ),
    ),
)


# What help came to, of every household: read by indicators, as of the last day of a period. "This year" is that day's.

HOME = ibis.table(
    {
        "id": "uuid", "division_code": "string", "group_no": "int16", "opened_on": "date", "closed_on": "date",
    },
    name="people_household",
)  # fmt: skip
MEMBERSHIP = ibis.table({"household_id": "uuid", "start": "date", "end": "date"}, name="people_membership")
DIVISION = ibis.table({"code": "string", "kind": "string"}, name="places_division")
ENROLMENT = ibis.table(
    {
        "id": "uuid", "household_id": "uuid", "programme": "string", "kind": "string", "entered": "date", "exited": "date",
    },
    name="programmes_enrolment",
)  # fmt: skip
ASSIGNMENT = ibis.table(
    {"enrolment_id": "uuid", "officer_id": "uuid", "start": "date", "end": "date"},
    name="programmes_assignment",
)
VISIT = ibis.table({"enrolment_id": "uuid", "on": "date"}, name="programmes_visit")
MEASURE = ibis.table(
    {
        "id": "uuid", "enrolment_id": "uuid", "kind": "string", "fund": "string", "cost": "decimal(14, 2)", "start": "date",
    },
    name="programmes_measure",
)  # fmt: skip
RURAL = ("committee", "village")  # kinds of divisions whose households are rural; the others are communities
YEAR = 365  # days after which a measure is judged


def whole(column: Any) -> Any:
    """A count as a decimal, nought where there is nothing."""
    return ibis.coalesce(column.cast("decimal(9, 0)"), ibis.literal(0, "decimal(9, 0)"))


def this_year(day: Any, today: Any) -> Any:
    """Whether a day lies in the year of another, not after it."""
    return ibis.coalesce((day.year() == today.year()) & (day <= today), ibis.literal(False))


def enrolments(moment: Any) -> Any:
    """Every time a household was helped that had begun by then; `inside` where it still was."""
    known = ENROLMENT.filter(ENROLMENT.programme == CODE).cross_join(moment)
    known = known.filter(lambda t: t.entered <= t.today)
    return known.mutate(inside=known.exited.isnull() | (known.exited > known.today))


def helped(moment: Any) -> Any:
    """One row a household that is or was helped: whether it is, since when, as what."""
    known = enrolments(moment)
    last = known.mutate(
        place=ibis.row_number().over(
            group_by=known.household_id, order_by=[known.inside.desc(), known.entered.desc()]
        )
    )
    return last.group_by(subject=last.household_id).aggregate(
        enrolled=last.inside.any(),
        came_in=this_year(last.entered, last.today).any(),
        left_safe=this_year(last.exited, last.today).any(),
        helped_kind=last.kind.max(where=last.place == 0),
    )


def main_causes(moment: Any) -> Any:
    """The cause that stands longest; of a household without one, the last that stood."""
    known = RISK.cross_join(moment).filter(lambda t: t.since <= t.today)
    standing = known.until.isnull() | (known.until > known.today)
    last = known.mutate(
        place=ibis.row_number().over(
            group_by=known.household_id,
            order_by=[
                standing.desc(), ibis.coalesce(known.until, known.today).desc(), known.since, known.cause,
            ],
        )
    )  # fmt: skip
    return last.filter(last.place == 0).select(subject="household_id", main_cause="cause")


def officers(moment: Any) -> Any:
    """Who answers for a household that is helped."""
    held = ASSIGNMENT.join(enrolments(moment), ASSIGNMENT.enrolment_id == ENROLMENT.id)
    held = held.filter(lambda t: t.inside & (t.start <= t.today) & (t.end.isnull() | (t.end > t.today)))
    return held.group_by(subject=held.household_id).aggregate(officer=held.officer_id.cast("string").max())


def visits_due(moment: Any) -> Any:
    """The visits that fell due this year, and how many of them came within the days.

    Coming in, and every visit, sets the day by which the next one is due. It counts in the year in which it is paid, or
    in which its day passes.
    """
    known = enrolments(moment)
    came = known.select("id", "household_id", "exited", "today", on=known.entered, place=ibis.literal(0))
    paid = VISIT.join(known, VISIT.enrolment_id == known.id).filter(lambda t: t.on <= t.today)
    paid = paid.select("id", "household_id", "exited", "today", "on", place=ibis.literal(1))
    rows = came.union(paid)
    rows = rows.mutate(
        next=rows.on.lead().over(ibis.window(group_by=rows.id, order_by=[rows.on, rows.place])),
        due=(rows.on + ibis.interval(days=VISIT_DAYS)).cast("date"),
    )
    rows = rows.mutate(settled=ibis.least(ibis.coalesce(rows.next, rows.due), rows.due))
    rows = rows.filter(lambda t: this_year(t.settled, t.today) & (t.exited.isnull() | (t.settled < t.exited)))
    return rows.group_by(subject=rows.household_id).aggregate(
        visits_due=rows.count(), visits_on_time=(rows.next <= rows.due).sum()
    )


def incomes_by(day: str, measures: Any) -> Any:
    """The income and the line that a measure's household had by a day: of the last year that was surveyed by then."""
    lines = LINE.select("province", "year", "amount")
    rows = measures.join(INCOME, measures.household_id == INCOME.household_id)
    rows = rows.filter(lambda t: t.surveyed_on <= t[day])
    rows = rows.mutate(
        place=ibis.row_number().over(group_by=rows.id, order_by=rows.year.desc()),
        province=rows.division_code.substr(0, 2).concat("0000000000"),
    )
    rows = rows.filter(rows.place == 0).join(lines, ["province", "year"])
    return rows.select("id", income=rows.per_head, line=rows.amount)


def judged(moment: Any) -> Any:
    """The measures whose year was over this year, and whether they had an effect.

    A measure had one where a year later the income is a larger share of its line than at the start, or a risk that stood at
    the start is gone.
    """
    known = enrolments(moment).select("household_id", "today", enrolment_id="id")
    rows = MEASURE.join(known, "enrolment_id").select("id", "household_id", "start", "today")
    rows = rows.mutate(after=(rows.start + ibis.interval(days=YEAR)).cast("date"))
    rows = rows.filter(lambda t: this_year(t.after, t.today))
    risks = rows.join(RISK, rows.household_id == RISK.household_id)
    gone = (
        risks.filter(lambda t: (t.since <= t.start) & (t.until > t.start) & (t.until <= t.after))
        .select("id")
        .distinct()
    )
    gone = gone.mutate(gone=ibis.literal(True))
    first, second = incomes_by("start", rows), incomes_by("after", rows)
    rows = rows.left_join(first.rename(income_before="income", line_before="line"), "id").drop("id_right")
    rows = rows.left_join(second, "id").drop("id_right")
    rows = rows.left_join(gone, "id").drop("id_right")
    up = ibis.coalesce(rows.income * rows.line_before > rows.income_before * rows.line, ibis.literal(False))
    return rows.select("id", "household_id", effect=up | ibis.coalesce(rows.gone, ibis.literal(False)))


def measures_of_households(moment: Any) -> Any:
    """What was given to a household this year and what it cost; what was judged this year, and had no effect."""
    rows = MEASURE.join(enrolments(moment).select("household_id", "today", enrolment_id="id"), "enrolment_id")
    rows = rows.filter(lambda t: this_year(t.start, t.today))
    given = rows.group_by(subject=rows.household_id).aggregate(
        measures_given=rows.count(), help_cost=rows.cost.sum()
    )
    seen = judged(moment)
    told = seen.group_by(subject=seen.household_id).aggregate(
        measures_judged=seen.count(), measures_without_effect=(~seen.effect).sum()
    )
    return given, told


def build_help(moment: Any) -> Any:
    """Every household that is there on the day, with its people and what was done for it."""
    homes = HOME.cross_join(moment).filter(
        lambda t: (t.opened_on <= t.today) & (t.closed_on.isnull() | (t.closed_on > t.today))
    )
    homes = homes.left_join(DIVISION, homes.division_code == DIVISION.code)
    homes = homes.select(
        "division_code", "group_no", subject="id", rural=ibis.coalesce(DIVISION.kind.isin(RURAL), ibis.literal(False)),
    )  # fmt: skip
    living = MEMBERSHIP.cross_join(moment).filter(
        lambda t: (t.start <= t.today) & (t.end.isnull() | (t.end > t.today))
    )
    people = living.group_by(subject=living.household_id).aggregate(people=living.count())
    income = latest_income(moment)
    income = income.select(
        "subject",
        income_total=(income.income_per_head * income.members).cast("decimal(18, 2)"),
        line_total=(income.monitoring_line * income.members).cast("decimal(18, 2)"),
        income_people=income.members,
    )
    secure = latest_guarantees(moment)
    lacking = [ibis.coalesce((~secure[name]).cast("int32"), ibis.literal(0)) for name in SECURE]
    secure = secure.select("subject", guarantees_lacking=sum(lacking[1:], lacking[0]))
    given, told = measures_of_households(moment)
    found = homes
    for table in (
        people, helped(moment), main_causes(moment), officers(moment), visits_due(moment), income, secure, given, told,
    ):  # fmt: skip
        found = found.left_join(table, "subject").drop("subject_right")
    counts = (
        "people", "visits_due", "visits_on_time", "measures_given", "measures_judged", "measures_without_effect",
        "guarantees_lacking",
    )  # fmt: skip
    truths = ("enrolled", "came_in", "left_safe")
    money = ibis.literal(0, "decimal(18, 2)")
    return found.mutate(
        **{name: whole(found[name]) for name in counts},
        **{name: ibis.coalesce(found[name], ibis.literal(False)) for name in truths},
        help_cost=ibis.coalesce(found.help_cost.cast("decimal(18, 2)"), money),
    )


def build_measures(moment: Any) -> Any:
    """Every measure that had begun by the day, with its household's place."""
    known = enrolments(moment).select("household_id", "today", enrolment_id="id")
    rows = MEASURE.join(known, "enrolment_id").filter(lambda t: t.start <= t.today)
    rows = rows.left_join(HOME, rows.household_id == HOME.id)
    rows = rows.select(
        "division_code", "group_no", "household_id", subject="id", measure_kind="kind", measure_fund="fund",
        measure_cost=rows.cost, given=this_year(rows.start, rows.today),
    )  # fmt: skip
    seen = judged(moment).select(subject="id", effect="effect")
    rows = rows.left_join(seen, "subject").drop("subject_right")
    return rows.mutate(
        judged=rows.effect.notnull(), without_effect=ibis.coalesce(~rows.effect, ibis.literal(False))
    ).drop("effect")


def counted(name: str, title: object, unit: str) -> Fact:
    """A number that is counted from the records of help."""
    return Fact(name=name, title=title, type=FactType.NUMBER, unit=unit, source=_("帮扶记录"), given=True)


def so(name: str, title: object) -> Fact:
    """A truth that follows from the records of help."""
    return Fact(name=name, title=title, type=FactType.BOOLEAN, source=_("帮扶记录"), given=True)


def named(name: str, title: object) -> Fact:
    """A code from the records of help."""
    return Fact(name=name, title=title, type=FactType.TEXT, source=_("帮扶记录"), given=True)


PEOPLE_UNIT, TIMES, ITEMS, YUAN = (
    gettext_noop("人"),
    gettext_noop("次"),
    gettext_noop("项"),
    gettext_noop("元"),
)
HELP = FactTable(
    name="help",
    subject="household",
    build=build_help,
    facts=(
        so("rural", _("农村户")),
        counted("people", _("当日家庭人口"), PEOPLE_UNIT),
        so("enrolled", _("当日在监测帮扶中")),
        so("came_in", _("当年纳入监测")),
        so("left_safe", _("当年风险消除退出")),
        named("helped_kind", _("监测类型")),
        named("main_cause", _("主要致贫返贫原因")),
        named("officer", _("当日帮扶责任人")),
        counted("visits_due", _("当年应走访"), TIMES),
        counted("visits_on_time", _("当年按期走访"), TIMES),
        counted("income_total", _("最近一年家庭纯收入"), YUAN),
        counted("line_total", _("同年监测线折合家庭收入"), YUAN),
        counted("income_people", _("计算收入的人口"), PEOPLE_UNIT),
        counted("guarantees_lacking", _("保障缺项"), ITEMS),
        counted("measures_given", _("当年落实的帮扶措施"), ITEMS),
        counted("help_cost", _("当年帮扶资金"), YUAN),
        counted("measures_judged", _("当年满一年的帮扶措施"), ITEMS),
        counted("measures_without_effect", _("满一年未见成效的帮扶措施"), ITEMS),
    ),
)
MEASURES = FactTable(
    name="measures",
    subject="measure",
    build=build_measures,
    facts=(
        named("measure_kind", _("帮扶措施类型")),
        named("measure_fund", _("帮扶资金来源")),
        counted("measure_cost", _("帮扶措施资金"), YUAN),
        so("given", _("当年落实")),
        so("judged", _("当年满一年")),
        so("without_effect", _("满一年未见成效")),
    ),
)
