"""What is counted of targeted help per place and period: how many, of what kind and cause, what was done, with what effect.

The expressions read columns of the tables of facts `help` (a row a household) and `measures` (a row a measure), as of the
last day of the period. "This year" is from 1 January to that day, so a quarter's figures are those of the year so far.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from huimin.core.insight.types import Indicator
from huimin.services.poverty.models import Cause
from huimin.services.poverty.programme import KINDS, PROGRAMME

LIST = "poverty:desk-households?tab=enrolled&in={area}&on={on}"
LEFT = "poverty:desk-households?tab=left&in={area}"
KIND = {one.code: one.title for one in PROGRAMME.measures}
HOMES, PERSONS, ITEMS, YUAN = gettext_noop("户"), gettext_noop("人"), gettext_noop("项"), gettext_noop("元")
HELP, MEASURES = "poverty.help", "poverty.measures"

INDICATORS = (
    Indicator(
        name="poverty.incidence", title=_("监测人口发生率"), unit="%", direction="down", per=100, table=HELP,
        numerator="if enrolled and rural then people else 0", denominator="if rural then people else 0", rows=LIST,
        words=_("每一百个农村人口里，有多少人住在监测帮扶中的户里。"),
    ),
    Indicator(
        name="poverty.households", title=_("监测帮扶户"), unit=HOMES, direction="down", table=HELP, numerator="enrolled",
        by="helped_kind", groups=KINDS, rows=LIST + "&kind={by}", words=_("期末正在监测帮扶的户。"),
    ),
    Indicator(
        name="poverty.people", title=_("监测帮扶人口"), unit=PERSONS, direction="down", table=HELP,
        numerator="if enrolled then people else 0", rows=LIST, words=_("期末正在监测帮扶的户里的人。"),
    ),
    Indicator(
        name="poverty.population", title=_("农村人口"), unit=PERSONS, table=HELP, numerator="if rural then people else 0",
        rows="poverty:desk-households?tab=all&in={area}", words=_("期末住在村里的人，社区的不算；发生率以此为分母。"),
    ),
    Indicator(
        name="poverty.causes", title=_("监测帮扶户的主要原因"), unit=HOMES, table=HELP, numerator="enrolled", by="main_cause",
        groups=dict(Cause.choices), rows=LIST + "&cause={by}",
        words=_("期末正在监测帮扶的户，每户按持续最久的一个原因计一次。"),
    ),
    Indicator(
        name="poverty.entered", title=_("当年新纳入"), unit=HOMES, direction="down", table=HELP, numerator="came_in",
        by="helped_kind", groups=KINDS, rows=LIST, words=_("从年初到期末新纳入监测的户。"),
    ),
    Indicator(
        name="poverty.lifted", title=_("当年风险消除"), unit=HOMES, direction="up", table=HELP, numerator="left_safe",
        by="helped_kind", groups=KINDS, rows=LEFT, words=_("从年初到期末风险消除、按程序退出的户。"),
    ),
    Indicator(
        name="poverty.visits_on_time", title=_("按期走访率"), unit="%", direction="up", target=Decimal(95), per=100, table=HELP,
        numerator="visits_on_time", denominator="visits_due", rows=LIST,
        words=_("当年到期的走访中，在规定天数内完成的占多少。"),
    ),
    Indicator(
        name="poverty.measures", title=_("当年帮扶措施"), unit=ITEMS, table=MEASURES, numerator="given", by="measure_kind",
        groups=KIND, subject="measure", rows=LIST, words=_("从年初到期末落实的帮扶措施。"),
    ),
    Indicator(
        name="poverty.cost", title=_("当年帮扶资金"), unit=YUAN, table=MEASURES,
        numerator="if given then measure_cost else 0", by="measure_kind", groups=KIND, subject="measure", rows=LIST,
        words=_("从年初到期末落实的帮扶措施所用的资金。"),
    ),
    Indicator(
        name="poverty.funds", title=_("当年帮扶资金来源"), unit=YUAN, table=MEASURES,
        numerator="if given then measure_cost else 0", by="measure_fund", subject="measure", rows=LIST,
        words=_("从年初到期末落实的帮扶资金，按来源分。"),
    ),
    Indicator(
        name="poverty.cost_per_household", title=_("户均帮扶资金"), unit=YUAN, table=HELP, numerator="help_cost",
        denominator="enrolled or left_safe", rows=LIST, words=_("当年帮扶资金，分到期末在帮和当年退出的每一户。"),
    ),
    Indicator(
        name="poverty.without_effect", title=_("未见成效的措施"), unit="%", direction="down", target=Decimal(10), per=100,
        table=MEASURES, numerator="judged and without_effect", denominator="judged", by="measure_kind", groups=KIND,
        subject="measure", rows=LIST,
        words=_("当年满一年的措施中，家庭收入没有比监测线长得快、风险也没有消除的占多少。"),
    ),
    Indicator(
        name="poverty.income", title=_("监测户人均纯收入"), unit=YUAN, direction="up", table=HELP,
        numerator="if enrolled then income_total else 0",
        denominator="if enrolled and income_total != null then income_people else 0", rows=LIST,
        words=_("正在监测帮扶的户最近一年的人均纯收入。"),
    ),
    Indicator(
        name="poverty.income_to_line", title=_("收入与监测线之比"), unit="%", direction="up", target=Decimal(100), per=100,
        table=HELP, numerator="if enrolled and line_total != null then income_total else 0",
        denominator="if enrolled and income_total != null then line_total else 0", rows=LIST,
        words=_("正在监测帮扶的户最近一年的收入，是同年监测线的百分之几。"),
    ),
    Indicator(
        name="poverty.lacking", title=_("保障有缺项的户"), unit=HOMES, direction="down", target=Decimal(0), table=HELP,
        numerator="enrolled and guarantees_lacking > 0", rows=LIST,
        words=_("正在监测帮扶、两不愁三保障和饮水安全还有缺项的户。"),
    ),
    Indicator(
        name="poverty.lacking_share", title=_("保障有缺项的户占比"), unit="%", direction="down", target=Decimal(5), per=100,
        table=HELP, numerator="enrolled and guarantees_lacking > 0", denominator="enrolled", rows=LIST,
        words=_("每一百个监测帮扶户里，有多少户两不愁三保障和饮水安全还有缺项。"),
    ),
    Indicator(
        name="poverty.unassigned", title=_("没有帮扶责任人的户"), unit=HOMES, direction="down", target=Decimal(0), table=HELP,
        numerator="enrolled and officer = null", rows=LIST + "&officer=none", public=False,
        words=_("正在监测帮扶、期末没有帮扶责任人的户。"),
    ),
    Indicator(
        name="poverty.officer_households", title=_("责任人帮扶的户"), unit=HOMES, table=HELP, numerator="enrolled",
        by="officer", levels=(5,), public=False, rows=LIST + "&officer={by}",
        words=_("期末由一名责任人帮扶的户。"),
    ),
    Indicator(
        name="poverty.officer_visits_on_time", title=_("责任人按期走访率"), unit="%", direction="up", target=Decimal(95),
        per=100, table=HELP, numerator="visits_on_time", denominator="visits_due", by="officer", levels=(5,), public=False,
        rows=LIST + "&officer={by}", words=_("一名责任人的户当年到期的走访中，按期完成的占多少。"),
    ),
    Indicator(
        name="poverty.officer_without_effect", title=_("责任人未见成效的措施"), unit="%", direction="down",
        target=Decimal(10), per=100, table=HELP, numerator="measures_without_effect", denominator="measures_judged",
        by="officer", levels=(5,),
        public=False, rows=LIST + "&officer={by}", words=_("一名责任人的户当年满一年的措施中，未见成效的占多少。"),
    ),
    Indicator(
        name="poverty.officer_lacking_share", title=_("责任人的户保障有缺项"), unit="%", direction="down", per=100, table=HELP,
        numerator="enrolled and guarantees_lacking > 0", denominator="enrolled", by="officer", levels=(5,), public=False,
        rows=LIST + "&officer={by}", words=_("一名责任人的户里，保障有缺项的占多少。"),
    ),
)  # fmt: skip
