"""Which facts of targeted help may come as files: income, guarantees, risks."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huimin.core.facts import api as facts
from huimin.core.intake.types import BadValue, Column
from huimin.core.people import api as people
from huimin.services.poverty import loading
from huimin.services.poverty.actions import MOST, import_facts
from huimin.services.poverty.models import Cause, Guarantee, GuaranteeKind, Income, Risk

FIRST_YEAR = 2014  # the year from which households were registered
SURVEYED, SINCE, UNTIL = _("调查日期"), _("发生日期"), _("消除日期")


def text(most: int) -> Callable[[str], str]:
    """A check of a text's length; longer ones are refused, not cut."""

    def check(value: str) -> str:
        if len(value) > most:
            raise BadValue(gettext("最多 %(most)d 字。") % {"most": most})
        return value

    return check


SOURCE = Column(
    name="source", title=_("数据来源"), check=text(120), known_as=("来源",), hint=_("不填则用这份文件的来源")
)
AMOUNTS = (
    ("wages", _("工资性收入"), ("工资收入", "务工收入")),
    ("business", _("生产经营性收入"), ("经营性收入", "生产经营收入")),
    ("property", _("财产性收入"), ("财产收入",)),
    ("transfers", _("转移性收入"), ("转移收入",)),
    ("excluded", _("不计入的收入"), ()),
    ("cost", _("生产经营性支出"), ("生产成本", "经营支出")),
)
INCOME = facts.household_facts(
    name="poverty.income",
    title=_("家庭收入"),
    about=_("一行是一户一年的收入，单位元。"),
    icon="coin-yuan",
    model=Income,
    action=import_facts.name,
    key=("year",),
    update=True,
    also=loading.keep_profiles,
    columns=(
        Column(
            name="year",
            title=_("年度"),
            required=True,
            sql="INTEGER",
            known_as=("收入年度", "年份", "year"),
            example="2025",
            check=facts.whole(FIRST_YEAR, facts.this_year, _("年度应在 %(low)s 到 %(high)s 之间。")),
        ),
        Column(
            name="members",
            title=_("家庭人口"),
            required=True,
            sql="INTEGER",
            known_as=("家庭人口数", "人口数", "人口", "members"),
            check=facts.whole(1, lambda: 30, _("家庭人口应在 %(low)s 到 %(high)s 人之间。")),
            example="4",
        ),
        *(
            facts.amount_column(name, title, most=MOST, known_as=(*known, name))
            for name, title, known in AMOUNTS
        ),
        Column(
            name="surveyed_on",
            title=SURVEYED,
            check=people.day(SURVEYED),
            sql="DATE",
            known_as=("采集日期", "入户日期"),
            hint=_("不填为导入当天"),
            example="2026-03-01",
        ),
        SOURCE,
    ),
    fill={
        **dict.fromkeys((name for name, _title, _known in AMOUNTS), facts.constant("0")),
        "surveyed_on": facts.today,
        "source": facts.source,
    },
)
GUARANTEES = facts.household_facts(
    name="poverty.guarantee",
    title=_("保障情况"),
    about=_("一行是一户的一项保障在某一天有没有。"),
    icon="shield-check",
    model=Guarantee,
    action=import_facts.name,
    key=("kind", "on"),
    also=loading.keep_profiles,
    columns=(
        Column(
            name="kind",
            title=_("保障项目"),
            required=True,
            check=people.chosen(GuaranteeKind, "guarantee", _("保障项目")),
            known_as=("项目", "kind"),
            example="饮水安全",
        ),
        Column(
            name="secure",
            title=_("有保障"),
            required=True,
            check=facts.yes_no,
            sql="BOOLEAN",
            known_as=("是否有保障", "secure"),
            example="是",
        ),
        Column(
            name="on",
            title=SURVEYED,
            required=True,
            check=people.day(SURVEYED),
            sql="DATE",
            known_as=("认定日期", "日期", "date"),
            example="2026-03-01",
        ),
        Column(name="note", title=_("情况说明"), check=text(300), known_as=("说明", "备注")),
    ),
    fill={"note": facts.constant("''"), "found_by": facts.source, "recorded": facts.now},
)
RISKS = facts.household_facts(
    name="poverty.risk",
    title=_("返贫致贫风险"),
    about=_("一行是一户的一项风险，从哪天起，到哪天消除。"),
    icon="alert-triangle",
    model=Risk,
    action=import_facts.name,
    key=("cause", "since"),
    also=loading.keep_profiles,
    columns=(
        Column(
            name="cause",
            title=_("风险原因"),
            required=True,
            check=people.chosen(Cause, "cause", _("风险原因")),
            known_as=("原因", "致贫原因", "主要原因", "cause"),
            example="因病",
        ),
        Column(
            name="since",
            title=SINCE,
            required=True,
            check=people.day(SINCE),
            sql="DATE",
            known_as=("开始日期", "since"),
            example="2026-03-01",
        ),
        Column(
            name="until", title=UNTIL, check=people.day(UNTIL), sql="DATE", known_as=("结束日期", "until")
        ),
        Column(
            name="sudden",
            title=_("突发严重困难"),
            check=facts.yes_no,
            sql="BOOLEAN",
            known_as=("是否突发", "突发"),
        ),
        facts.amount_column("loss", _("支出或损失"), most=MOST, known_as=("损失金额", "支出金额", "loss")),
        Column(name="detail", title=_("情况说明"), check=text(300), known_as=("说明", "备注")),
        SOURCE,
    ),
    fill={
        "sudden": facts.constant("false"),
        "loss": facts.constant("0"),
        "detail": facts.constant("''"),
        "source": facts.source,
        "removed_by": facts.constant("''"),
    },
    rules=(
        ("until", _("消除日期早于发生日期，请核对。"), "until < since"),
        ("loss", _("突发困难请填写支出或损失的金额。"), "sudden AND loss = 0"),
    ),
)
IMPORTS = (INCOME, GUARANTEES, RISKS)
