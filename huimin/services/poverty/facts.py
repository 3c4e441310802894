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


def latest_income(moment: Any) -> Any:
    """The last surveyed year of each household, with the line of its province for that year."""
    known = INCOME.cross_join(moment).filter(lambda t: t.surveyed_on <= t.today)
    last = known.mutate(place=ibis.row_number().over(group_by=known.household_id, order_by=known.year.desc()))
    rows = last.filter(last.place == 0)
    rows = rows.mutate(province=rows.division_code.substr(0, 2).concat("0000000000"))
    joined = rows.left_join(LINE, [rows.province == LINE.province, rows.year == LINE.year])
    return joined.select(
        subject=rows.household_id,
        income_per_head=rows.per_head,
        income_per_head_at=rows.surveyed_on,
        income_per_head_source=rows.source,
        income_year=rows.year,
        members=rows.members.cast("decimal(6, 0)"),
        monitoring_line=LINE.amount,
        monitoring_line_source=LINE.document,
    )


def latest_guarantees(moment: Any) -> Any:
    """The latest finding of each guarantee, one column each with its date and who found it."""
    known = GUARANTEE.cross_join(moment).filter(lambda t: t.on <= t.today)
    place = ibis.row_number().over(
        group_by=[known.household_id, known.kind], order_by=[known.on.desc(), known.recorded.desc()]
    )
    last = known.mutate(place=place).filter(lambda t: t.place == 0)
    columns: dict[str, Any] = {}
    for kind in GuaranteeKind.values:
        here = last.kind == kind
        columns[f"{kind}_secure"] = last.secure.any(where=here)
        columns[f"{kind}_secure_at"] = last.on.max(where=here)
        columns[f"{kind}_secure_source"] = last.found_by.max(where=here)
    return last.group_by(subject=last.household_id).aggregate(**columns)


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
