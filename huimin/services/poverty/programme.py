"""The way in and out of monitoring, declared step by step: levels, days, quorum, rights."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.places import api as places
from huimin.core.programmes.types import MeasureKind, Programme, Step, StepKind
from huimin.kit.area import Level
from huimin.services.poverty import facts

CODE = facts.CODE
KINDS = {
    "unstable": gettext_lazy("脱贫不稳定户"),
    "marginal": gettext_lazy("边缘易致贫户"),
    "sudden": gettext_lazy("突发严重困难户"),
}
NOTICE_DAYS = 7


def public_row(household: UUID, kind: str) -> Mapping[str, str]:
    """A household on a public notice: name masked, no number, no address, no phone."""
    return masked_row(people.household(household), kind)


def masked_row(home: HouseholdView, kind: str) -> Mapping[str, str]:
    """The same of a household that is already read."""
    group = _("%(number)s组") % {"number": home.group_no} if home.group_no else "—"
    return {
        "name": home.masked_head_name, "village": places.name_of(home.division_code), "group": group,
        "size": str(home.size), "kind": str(KINDS.get(kind, "")),
    }  # fmt: skip


def way(*, leaving: bool) -> tuple[Step, ...]:
    """The steps of the way in; the way out mirrors it with one notice."""
    first = Step(
        code="notice1", kind=StepKind.NOTICE, title=gettext_lazy("第一次公示"), level=Level.VILLAGE,
        needs="poverty.post_first_notice", days=NOTICE_DAYS,
    )  # fmt: skip
    second = Step(
        code="notice2", kind=StepKind.NOTICE, title=gettext_lazy("第二次公示"), level=Level.TOWNSHIP,
        needs="poverty.post_second_notice", days=NOTICE_DAYS,
    )  # fmt: skip
    steps = (
        Step(
            code="survey", kind=StepKind.SURVEY, title=gettext_lazy("入户核查") if leaving else gettext_lazy("入户调查"),
            level=Level.VILLAGE, needs="poverty.survey",
        ),
        Step(
            code="review", kind=StepKind.REVIEW, title=gettext_lazy("民主评议"), level=Level.VILLAGE,
            needs="poverty.hold_review", quorum=Fraction(2, 3), majority=Fraction(1, 2),
        ),
        first,
        Step(
            code="check", kind=StepKind.CHECK, title=gettext_lazy("乡镇审核"), level=Level.TOWNSHIP, needs="poverty.check"
        ),
        *(() if leaving else (second,)),
        Step(
            code="approve", kind=StepKind.CHECK, title=gettext_lazy("县级审批"), level=Level.COUNTY, needs="poverty.approve"
        ),
        Step(
            code="announce", kind=StepKind.ANNOUNCE, title=gettext_lazy("公告"), level=Level.COUNTY, needs="poverty.announce"
        ),
    )  # fmt: skip
    return steps


MEASURES = (
    MeasureKind(code="industry", title=gettext_lazy("产业"), icon="plant"),
    MeasureKind(code="job", title=gettext_lazy("就业"), icon="briefcase"),
    MeasureKind(code="schooling", title=gettext_lazy("教育"), icon="school"),
    MeasureKind(code="health", title=gettext_lazy("健康"), icon="heart"),
    MeasureKind(code="housing", title=gettext_lazy("住房"), icon="home"),
    MeasureKind(code="water", title=gettext_lazy("饮水"), icon="droplet"),
    MeasureKind(code="allowance", title=gettext_lazy("低保"), icon="coin"),
    MeasureKind(code="tariff", title=gettext_lazy("资费优惠"), icon="wifi"),
    MeasureKind(code="gift", title=gettext_lazy("社会捐助"), icon="gift"),
)

PROGRAMME = Programme(
    code=CODE,
    title=gettext_lazy("防返贫监测帮扶"),
    entry=way(leaving=False),
    exit=way(leaving=True),
    kinds=KINDS,
    rule="poverty.monitoring",
    exit_rule="poverty.exit",
    article=gettext_lazy("《中华人民共和国乡村振兴促进法》第五十九条；本省防止返贫动态监测和帮扶办法"),
    measures=MEASURES,
    columns=(
        ("name", gettext_lazy("户主")),
        ("village", gettext_lazy("村（社区）")),
        ("group", gettext_lazy("村民小组")),
        ("size", gettext_lazy("家庭人口")),
        ("kind", gettext_lazy("监测类型")),
    ),
    public_row=public_row,
    visit_days=facts.VISIT_DAYS,
    routes={
        "self": gettext_lazy("自主申报"),
        "officer": gettext_lazy("干部排查"),
        "alert": gettext_lazy("部门预警"),
        "appeal": gettext_lazy("申诉成立"),
    },
)
