"""Targeted help (精准扶贫, 防返贫监测): its contents page."""

from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import Role
from huimin.core.exports.api import RIGHTS as OUTLETS
from huimin.core.intake import api as intake
from huimin.core.rules.api import DRAFTING, PUBLISHING
from huimin.manifest import ApiAction, Demo, Page, Service
from huimin.services.poverty import actions, demo, effects
from huimin.services.poverty.facts import HELP, HOUSEHOLD, MEASURES
from huimin.services.poverty.imports import IMPORTS
from huimin.services.poverty.metrics import METRICS, costs
from huimin.services.poverty.metrics.indicators import INDICATORS
from huimin.services.poverty.models import AlertKind
from huimin.services.poverty.programme import KINDS, PROGRAMME
from huimin.services.poverty.queries import exporting, mine, tasks

PEOPLE = {
    "people.register_person", "people.correct_person", "people.register_household", "people.add_member",
    "people.end_membership", "people.change_head", "people.move_household", "poverty.move_household", "people.close_household",
    "people.settle_change",
}  # fmt: skip
DUPLICATES = {"people.merge", "people.unmerge", "people.keep_apart", "people.find_duplicates"}
VISITS = {
    "visit",
    "attach",
    "add_measure",
    "finish_measure",
    "update_facts",
    "add_risk",
    "remove_risk",
    "note_print",
}
BULK = {"start_bulk", "stop_bulk", "continue_bulk"}
VILLAGE = VISITS | {
    "apply", "survey", "hold_review", "record_votes", "write_minutes", "close_review", "cancel_review", "post_first_notice",
    "close_notice", "withdraw", "propose_exit", "dismiss_alert", "ask",
}  # fmt: skip
TOWNSHIP = VISITS | BULK | {
    "apply", "check", "post_second_notice", "close_notice", "settle_objection", "assign", "dismiss_alert", "propose_exit",
    "ask",
}  # fmt: skip
COUNTY = BULK | {
    "approve", "announce", "settle_objection", "assign", "accept_appeal", "answer_appeal", "suspend", "resume", "raise_alert",
    "attach", "answer_question", "note_print",
}  # fmt: skip
STAFF = {
    "open_office",
    "appoint",
    "open_post",
    "end_post",
    "grant",
    "end_grant",
    "set_password",
    "close_account",
    "open_client",
    "renew_client",
    "close_client",
}
EVERYONE = {"rules.run_population", "rules.stop_population"}
INSIGHT = {"insight.freeze_report"}
RIGHTS = {"people.propose_change", "access.unmask", *(f"access.{name}" for name in STAFF)}
FILES = {"people.import_people", "people.import_households", *intake.RIGHTS}


def rights(names: set[str], *more: str) -> frozenset[str]:
    """The full names of this service's rights, with some of the core's; everybody may take away the lists he sees."""
    return frozenset({f"poverty.{name}" for name in names} | set(more) | OUTLETS)


SERVICE = Service(
    title=_("精准帮扶"),
    about=_("早发现、早干预、早帮扶：监测有返贫致贫风险的家庭，按程序纳入，落实帮扶，风险消除后退出。"),
    law=_("《中华人民共和国乡村振兴促进法》第五十九条"),
    owner=_("农业农村（乡村振兴）部门"),
    icon="heart-handshake",
    facts=(HOUSEHOLD, HELP, MEASURES),
    imports=IMPORTS,
    rules=("monitoring.dmn", "exit.dmn"),
    everyone=("monitoring.dmn",),
    costs={"monitoring.dmn": costs.MONITORING},
    outcomes=KINDS,
    programmes=(PROGRAMME,),
    actions=(*(a for a in vars(actions).values() if type(a).__name__ == "Action"), demo.load_demo),
    citizen=(
        "poverty.apply",
        "poverty.appeal",
        "poverty.withdraw",
        "poverty.withdraw_appeal",
        "poverty.read_messages",
    ),
    anyone=("poverty.object",),
    effects=(effects.tell,),
    roles=(
        Role(
            code="village",
            title=_("村级帮扶干部"),
            level=5,
            actions=rights(VILLAGE, *PEOPLE, "access.unmask"),
        ),
        Role(
            code="township",
            title=_("乡镇帮扶干部"),
            level=4,
            actions=rights(TOWNSHIP | {"import_facts"}, *PEOPLE, *RIGHTS, *INSIGHT, *FILES),
        ),
        Role(
            code="county",
            title=_("县级帮扶干部"),
            level=3,
            actions=rights(COUNTY | {"import_facts"}, *RIGHTS, *INSIGHT, *DUPLICATES, *EVERYONE, *FILES),
        ),
        Role(
            code="province",
            title=_("省级帮扶干部"),
            level=1,
            actions=rights(
                {"set_line", "answer_question"},
                "insight.compute",
                "insight.assess",
                *RIGHTS,
                *EVERYONE,
                *INSIGHT,
                *DUPLICATES,
                *FILES,
            ),
        ),
        Role(code="policy", title=_("省级政策起草员"), level=1, actions=rights(set(), *DRAFTING)),
        Role(code="publisher", title=_("省级规则发布人"), level=1, actions=rights(set(), *PUBLISHING)),
    ),
    desk=(
        Page(title=_("监测户"), url="poverty:desk-households", icon="home-heart"),
        Page(
            title=_("我的帮扶户"),
            url="poverty:desk-mine",
            icon="user-heart",
            needs="poverty.visit",
            count=tasks.overdue_visits,
        ),
        Page(title=_("部门预警"), url="poverty:desk-alerts", icon="bell", count=tasks.open_alerts),
        Page(
            title=_("待核实数据"),
            url="poverty:desk-proposals",
            icon="transfer",
            needs="people.settle_change",
            count=tasks.open_proposals,
        ),
        Page(title=_("民主评议"), url="poverty:desk-reviews", icon="users-group"),
        Page(title=_("公示公告"), url="poverty:desk-notices", icon="speakerphone"),
        Page(title=_("审核审批"), url="poverty:desk-checks", icon="rubber-stamp", needs="poverty.start_bulk"),
        Page(title=_("申诉"), url="poverty:desk-appeals", icon="gavel", needs="poverty.answer_appeal"),
        Page(title=_("公示栏打印"), url="poverty:desk-boards", icon="printer"),
    ),
    household="poverty:desk-household",
    me=(
        Page(title=_("我家的帮扶"), url="poverty:me-home", icon="home-heart"),
        Page(title=_("申请帮扶"), url="poverty:me-apply", icon="heart-handshake"),
    ),
    open=(
        Page(title=_("公示"), url="poverty:open-notices", icon="speakerphone"),
        Page(title=_("公告"), url="poverty:open-announcements", icon="rubber-stamp"),
        Page(title=_("帮扶户数"), url="poverty:open-counts", icon="chart-bar"),
        Page(title=_("帮扶怎么办"), url="poverty:open-how", icon="help-circle"),
    ),
    api=(
        ApiAction(
            path="alerts",
            action=actions.raise_alert,
            title=_("登记部门预警"),
            about=_(
                "本部门发现的可能致贫的情况，例如大额医疗支出；同一条重复提交不会登记两次。当地干部入户核实。"
            ),
            fields={
                "id_number": _("证件号码"),
                "kind": _("类别：medical 大额医疗支出，dropout 疑似辍学，house 房屋受损，job 失业返乡"),
                "detail": _("情况"),
                "on": _("日期"),
                "amount": _("金额（元）"),
            },
            choices={"kind": AlertKind.values},
            source="department",
        ),
    ),
    exports=exporting.EXPORTS,
    metrics=METRICS,
    indicators=INDICATORS,
    assessments=("assessment.dmn",),
    tasks=tasks.tasks,
    mine=mine.mine,
    entitlements=mine.entitlements,
    demo=Demo(load=demo.load, citizens=demo.citizens),
)
