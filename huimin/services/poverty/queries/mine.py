"""What a household sees of itself: where it stands, what waits for it, what it has and could have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.cases import api as cases
from huimin.core.cases.types import CaseView
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction, ProcedureView
from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.manifest import Entitlement, Task
from huimin.services.poverty.models import Message
from huimin.services.poverty.programme import CODE, KINDS, PROGRAMME
from huimin.services.poverty.queries import letters, story
from huimin.services.poverty.queries.line import lines_of
from huimin.ui import formats

NEAR = 20  # per cent above the line that still counts as a near miss
SOON = timedelta(days=7)


class Mine:
    """A household's own page: the way it is on or was on last, help, who helps, messages, appeals; each read when asked for."""

    def __init__(self, home: HouseholdView) -> None:
        self.home = home

    @cached_property
    def procedure(self) -> ProcedureView | None:
        """The way it is on or was on last."""
        return next(iter(programmes.procedures_of(self.home.id, CODE)), None)

    @cached_property
    def enrolment(self) -> Any:
        """Its latest enrolment, or None."""
        return programmes.enrolment_of(self.home.id, CODE)

    @cached_property
    def decision(self) -> Decision | None:
        """The latest decision about it."""
        return next(iter(rules.decisions_about(Ref.of("household", self.home.id), limit=1)), None)

    @cached_property
    def officer(self) -> Any:
        """Who is responsible for it, or None."""
        return programmes.responsible(self.enrolment.id) if self.enrolment else None

    @cached_property
    def measures(self) -> Sequence[Any]:
        """Its measures with their kinds."""
        kinds = {kind.code: kind for kind in PROGRAMME.measures}
        rows = programmes.measures_of(self.enrolment.id) if self.enrolment else ()
        return [(row, kinds.get(row.kind)) for row in rows]

    @cached_property
    def visits(self) -> Sequence[Any]:
        """The visits to it."""
        return programmes.visits_of(self.enrolment.id) if self.enrolment else ()

    @cached_property
    def messages(self) -> Sequence[Message]:
        """The latest twenty messages to it."""
        return list(Message.objects.filter(household_id=self.home.id).order_by("-at")[:20])

    @cached_property
    def appeals(self) -> Sequence[CaseView]:
        """Its appeals."""
        return cases.cases_about(Ref.of("household", self.home.id), "poverty")

    @cached_property
    def notice(self) -> Any:
        """The notice it is on now, or None."""
        return open_notice(self.procedure)

    @property
    def kind(self) -> str:
        """Its type in words."""
        return str(KINDS.get(self.enrolment.kind, "")) if self.enrolment else ""

    @property
    def unread(self) -> int:
        """How many of the latest messages are unread."""
        return sum(1 for one in self.messages if one.read is None)

    @property
    def helped(self) -> bool:
        """Whether it is being helped now."""
        return self.enrolment is not None and self.enrolment.state != "exited"

    @property
    def on_the_way(self) -> bool:
        """Whether something is being decided about it now."""
        return self.procedure is not None and self.procedure.state == "open"

    @property
    def may_apply(self) -> bool:
        """Whether it can apply now."""
        return not self.helped and not self.on_the_way

    @property
    def open_appeal(self) -> CaseView | None:
        """The appeal that waits for an answer, or None."""
        return next((one for one in self.appeals if one.state in ("received", "accepted")), None)


def home_of(viewer: Viewer) -> HouseholdView | None:
    """The household the viewer himself is in today."""
    return people.household_of(viewer.person) if viewer.person else None


def of(viewer: Viewer) -> Mine | None:
    """Everything about the viewer's own household, or None where he is in none."""
    home = home_of(viewer)
    return Mine(home) if home else None


def open_notice(procedure: ProcedureView | None) -> Any:
    """The notice the household is on now, or None."""
    if procedure is None or procedure.state != "open":
        return None
    items = programmes.notices_about(procedure.id)
    return next((item.notice for item in items if item.notice.state == "open"), None)


def headline(mine: Mine) -> tuple[str, str, str]:
    """Where the household stands in one line, its tone, and what comes next."""
    procedure = mine.procedure
    if procedure is not None and procedure.state == "open":
        leaving = procedure.direction == Direction.EXIT
        what = _("正在办理退出：%(step)s") if leaving else _("申请正在办理：%(step)s")
        due = formats.cdate(story.due(procedure))
        level = programmes.level_name(procedure.level)
        if mine.notice is not None:
            following = _("公示到 %(day)s，期满没有异议就往下办。") % {"day": formats.cdate(mine.notice.end)}
        else:
            following = _("现在轮到%(level)s办，%(day)s前办完。") % {"level": level, "day": due}
        return what % {"step": procedure.step_title}, "waiting", following
    if mine.helped:
        if mine.enrolment.state == "suspended":
            return _("帮扶已暂停"), "waiting", mine.enrolment.suspended_reason
        visit = mine.enrolment.next_visit
        following = _("帮扶干部 %(day)s 前会上门。") % {"day": formats.cdate(visit)} if visit else ""
        return _("正在帮扶中：%(kind)s") % {"kind": mine.kind}, "done", following
    if mine.enrolment is not None:
        return (
            _("已经退出帮扶"),
            "plain",
            _("%(day)s 退出。家里再遇到困难，随时可以申请。") % {"day": formats.cdate(mine.enrolment.exited)},
        )
    if procedure is not None and procedure.state == "refused":
        return _("上次申请没有通过"), "refused", _("可以看看原因；情况有变化可以再申请，不同意可以申诉。")
    if procedure is not None and procedure.state == "withdrawn":
        return _("上次申请已撤回"), "plain", _("家里有困难，随时可以再申请。")
    return (
        _("您家没有正在办的帮扶"),
        "plain",
        _("家里遇到困难、收入明显减少，可以在这里申请，村里十天内上门核实。"),
    )


def mine(viewer: Viewer) -> Sequence[Task]:
    """What waits for this citizen: a notice that names the household, a visit, unread words, an answer."""
    one = of(viewer)
    if one is None:
        return ()
    today, group, home = clock.today(), _("精准帮扶"), reverse("poverty:me-home")
    found = []
    if one.notice is not None:
        left = (one.notice.end - today).days
        text = _("还有 %(n)s 天") % {"n": left} if left > 0 else _("今天期满")
        url = reverse("poverty:open-notice", args=[one.notice.id])
        found.append(task("notice", group, _("您家在公示中"), text, one.home, url, one.notice.end))
    if one.helped and one.enrolment.next_visit and one.enrolment.next_visit <= today + SOON:
        who = one.officer.officer_name if one.officer else _("帮扶干部")
        found.append(
            task(
                "visit",
                group,
                _("%(who)s要来入户走访") % {"who": who},
                "",
                one.home,
                home,
                one.enrolment.next_visit,
            )
        )
    if one.unread:
        url = home + "#messages"
        found.append(
            task(
                "messages",
                group,
                _("%(n)s 条新消息") % {"n": one.unread},
                one.messages[0].title,
                one.home,
                url,
                None,
            )
        )
    if one.open_appeal is not None:
        url = reverse("poverty:me-appeal-progress", args=[one.open_appeal.id])
        found.append(task("appeal", group, _("申诉正在办理"), "", one.home, url, one.open_appeal.due))
    return found


def task(
    key: str, group: str, title: str, detail: str, home: HouseholdView, url: str, due: date | None
) -> Task:
    """One thing that waits for a citizen."""
    return Task(
        key=f"poverty.{key}",
        group=group,
        title=title,
        detail=detail,
        area=home.division_code,
        url=url,
        due=due,
    )


def entitlements(viewer: Viewer) -> Sequence[Entitlement]:
    """What the household has, is asking for, or could ask for; and what it just misses."""
    one = of(viewer)
    if one is None:
        return ()
    title, home = str(PROGRAMME.title), reverse("poverty:me-home")
    if one.helped:
        running = [row.title for row, _kind in one.measures if row.state == "running"]
        text = (
            _("帮扶措施：%(what)s") % {"what": formats.listed(running[:3])}
            if running
            else _("帮扶措施正在落实。")
        )
        return (Entitlement(title=title, state=_("正在享受"), text=text, url=home),)
    if one.on_the_way:
        return (Entitlement(title=title, state=_("办理中"), text=headline(one)[2], url=home),)
    return could_have(one.home, title)


def could_have(home: HouseholdView, title: str) -> Sequence[Entitlement]:
    """What today's facts would give by the rule; a near miss names what is missing."""
    facts = story.known(home.id)
    given = {name: fact.value for name, fact in facts.items()}
    income, line = given.get("poverty.income_per_head"), given.get("poverty.monitoring_line")
    if income is None or line is None:
        return ()
    file = rules.rule_on(letters.MONITORING)
    year = given.get("poverty.income_year")
    counted = lines_of(home.division_code[:2] + "0" * 10).get(int(year)) if year is not None else None
    line = counted.amount if counted else line
    outcome = rules.evaluate(
        file, {name: given.get(fact) for name, fact in file.inputs.items()}, clock.today()
    ).outcome
    apply = reverse("poverty:me-apply")
    if str(outcome) in KINDS:
        text = _("按登记的情况，您家可能符合“%(kind)s”的条件，可以申请。") % {"kind": KINDS[str(outcome)]}
        return (Entitlement(title=title, state=_("可以申请"), text=text, url=apply),)
    if line <= income <= line * (100 + NEAR) / 100:
        missing = _("人均纯收入低于 %(line)s（现在登记的是 %(income)s）") % {
            "line": formats.yuan(line, "整"), "income": formats.yuan(income, "整"),
        }  # fmt: skip
        text = _("收入只比范围线高一点。情况变差了，马上可以申请。")
        return (Entitlement(title=title, state=_("只差一点"), text=text, url=apply, missing=(missing,)),)
    return ()
