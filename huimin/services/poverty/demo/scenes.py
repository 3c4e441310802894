"""What stands where today in the showcase: some households at every step, help under way, alerts, an appeal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from huimin.core.access import api as access
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.services.poverty import actions
from huimin.services.poverty.demo import words
from huimin.services.poverty.demo.showcase import Cohort, Home, enrolment_id, open_risks
from huimin.services.poverty.models import Alert, AlertKind

if TYPE_CHECKING:
    from huimin.services.poverty.demo.showcase import Showcase


def write(show: Showcase) -> None:
    """All scenes, the showcase village first: it gets its households before the others."""
    helped(show)
    waiting_in_village(show)
    turned_down(show)
    returned(show)
    alerts(show)
    proposals(show)
    waiting_above(show)
    if show.elsewhere:
        cohort(show, show.elsewhere, 2, 3, "", "self")
        cohort(show, show.elsewhere, 2, 9, "survey")


def cohort(show: Showcase, village: str, number: int, days: int, last: str, route: str = "officer") -> Cohort:
    """Some households of a village that applied so many days ago and got up to a step."""
    start = show.today - timedelta(days=days)
    return show.go(Cohort(village, show.take(village, number, start, route), start, last))


def waiting_in_village(show: Showcase) -> None:
    """Surveys, reviews and notices that wait in the showcase village."""
    village = show.village
    for days, route in ((2, "self"), (3, "officer"), (5, "self"), (6, "officer")):
        cohort(show, village, 1, days, "", route)
    cohort(show, village, 4, 10, "survey", "self")
    cohort(show, village, 3, 11, "survey")
    posted = cohort(show, village, 4, 12, "notice1")
    if posted.homes:
        show.on(show.today - timedelta(days=1), 19.5, lambda: objection(posted))
    cohort(show, village, 3, 16, "notice1")


def objection(posted: Cohort) -> None:
    """A villager disagrees with one household on the open notice."""
    actions.object_to(
        access.PUBLIC, key="demo/objection", notice=UUID(posted.made["notice1"]), row=len(posted.homes) - 1,
        text="这户去年在县城买了商品房，儿子有小汽车，请核实。", contact="",
    )  # fmt: skip


def waiting_above(show: Showcase) -> None:
    """What waits in the township and the county, from the showcase village and its neighbours."""
    mine = show.village
    near = [v for v in sorted(show.free) if v[:9] == mine[:9] and v != mine and len(show.free[v]) >= 4]
    others = (v for v in show.free if v[:9] != mine[:9] and v != show.elsewhere)
    far = sorted(others, key=lambda v: (-len(show.free[v]), v))[:3]
    if sum(len(show.free[v]) for v in near) < 30:  # a small demo: the showcase village stands in
        near.append(mine)
    far = far or near

    def some(places: list[str], number: int, days: int, last: str) -> None:
        left = number
        for village in places * 4:
            share = min(left, 3)
            left -= len(cohort(show, village, share, days, last).homes)
            if left <= 0:
                return

    cohort(show, mine, 1, 18, "close1")
    cohort(show, mine, 1, 27, "close2")
    some(near, 8, 18, "close1")  # wait for the township's check
    some(near[::-1], 3, 18, "check")  # wait for the second notice
    some(near[1:] + near[:1], 3, 20, "notice2")  # on the second notice
    some(near[2:] + near[:2], 2, 25, "notice2")  # its window has ended
    some(near, 5, 28, "close2")  # wait for the county
    some(far, 9, 27, "close2")
    some(far, 4, 28, "approve")  # ready to be announced


def turned_down(show: Showcase) -> None:
    """One that the meeting refused and that appeals, and one that the rule did not find in trouble."""
    start = show.today - timedelta(days=40)
    group = Cohort(show.village, show.take(show.village, 1, start, "self", sudden=False), start, "survey")
    show.go(group)
    for home in group.homes:
        show.on(
            start + timedelta(days=7),
            15,
            lambda: show.review(
                group, [UUID(h.procedure) for h in group.homes], [UUID(h.procedure) for h in group.homes]
            ),
        )
        show.on(show.today - timedelta(days=3), 20, partial(appeal, show, home))
    start = show.today - timedelta(days=33)
    for home in show.take(show.village, 1, start, "self", sudden=False):
        home.low, home.missing = False, ""
        show.on(start, 11, partial(show.apply, home))
        show.on(start + timedelta(days=4), 10, partial(show.survey, home, target=1.3))


def appeal(show: Showcase, home: Home) -> None:
    """The head of the household disagrees."""
    latest = programmes.procedures_of(home.id, actions.CODE)[0]
    actions.appeal(
        show.head(home), key=f"demo/appeal/{home.id}", household=home.id, about=str(latest.id),
        text="我在县城只是打零工，一天一结，老人住院花了不少钱，请重新核实我家的收入。",
    )  # fmt: skip


def returned(show: Showcase) -> None:
    """One that the township sent back with the wrong fields marked."""
    start = show.today - timedelta(days=19)
    group = show.go(Cohort(show.village, show.take(show.village, 1, start), start, "close1"))
    for home in group.homes:
        show.on(show.today - timedelta(days=1), 11, partial(send_back, show, home))


def send_back(show: Showcase, home: Home) -> None:
    """The township returns a household."""
    actions.check(
        show.hand(show.village[:9] + "000"), key=f"demo/return/{home.id}", procedure=UUID(home.procedure), verdict="return",
        reason="人口数与户口簿不一致，外出务工工资没有附银行流水，请核实后重新填报。",
        wrong={"members": "户口簿上多一人，请核对", "wages": "请附务工地工资流水"},
    )  # fmt: skip


ALERTS = (
    (AlertKind.MEDICAL, "县医保局", "住院总费用较高，医保报销后自付超过预警线", Decimal("46820.50")),
    (AlertKind.DROPOUT, "县教育局", "连续两周没有到校，班主任家访未见到人", None),
    (AlertKind.HOUSE, "县住建局", "秋季连阴雨后排查，后墙开裂，疑似C级", None),
    (AlertKind.JOB, "县人社局", "务工企业停产，本人已返乡", None),
)


def alerts(show: Showcase) -> None:
    """Rows of other departments' lists that wait for an officer to go and see; one was found without trouble."""
    for number, (kind, department, detail, amount) in enumerate((*ALERTS, ALERTS[0])):
        day = show.today - timedelta(days=2 + number)
        for home in show.take(show.village, 1, show.today):
            show.on(
                day,
                16.5,
                partial(raise_alert, show, home, kind, department, detail, amount),
            )
            if number == len(ALERTS):
                show.on(show.today - timedelta(days=1), 12, partial(dismiss, show, home))


def raise_alert(
    show: Showcase, home: Home, kind: str, department: str, detail: str, amount: Decimal | None
) -> None:
    """The county enters a row of a department's list, with the number that is on it."""
    county = show.hand(show.village[:6] + "000000")
    adults = [m for m in home.family.members if m.name == home.who] or list(home.family.members)
    number = people.reveal(
        show.system, adults[0].person, "id_number", "check", "部门名单比对", f"demo/{home.id}"
    )
    if number:
        actions.raise_alert(
            county, key=f"demo/alert/{home.id}", id_number=number, kind=kind, department=department, detail=detail,
            on=clock.today() - timedelta(days=1), amount=amount,
        )  # fmt: skip


def proposals(show: Showcase) -> None:
    """What other departments say of people in the showcase village: school finished, and the death of an old member."""
    members = [
        (home.head, member, (show.today - member.born).days // 365)
        for home in show.free.get(show.village, [])
        for member in home.members
    ]
    young = [one.person for _head, one, age in members if 19 <= age <= 23]
    old = [one.person for head, one, age in members if age > 72 and one.person != head]
    if young:
        push = partial(
            propose_change, show, young[0], {"education": "vocational"}, "县教育局", "毕业生学籍比对 2026年"
        )
        show.on(show.today - timedelta(days=3), 17, push)
    if old:
        died = {"died_on": (show.today - timedelta(days=9)).isoformat()}
        push = partial(propose_change, show, old[-1], died, "县民政局", "殡葬服务信息比对 11月")
        show.on(show.today - timedelta(days=1), 17, push)


def propose_change(show: Showcase, person: UUID, changes: dict[str, str], source: str, document: str) -> None:
    """The county takes in a row of a department's data; nothing changes until the village has looked."""
    people.propose_change(
        show.hand(show.village[:6] + "000000"), key=f"demo/proposal/{person}", person=person, changes=changes, source=source,
        document=document,
    )  # fmt: skip


def dismiss(show: Showcase, home: Home) -> None:
    """An officer found no trouble."""
    found = Alert.objects.filter(household_id=home.id).first()
    if found:
        actions.dismiss_alert(
            show.hand(show.village), key=f"demo/dismiss/{home.id}", alert=found.id,
            outcome="入户核实：商业保险已赔付，家庭收入稳定，没有致贫风险。",
        )  # fmt: skip


# Those who came in by the real way: helped, visited, some on their way out

HELPED = (
    # applied so many days ago, days since the last visit, how far the way out has got
    (640, 40, "announce"), (560, 52, "approve"), (520, 47, "notice1"), (470, 55, "survey"), (430, 60, "open"),
    (400, 90, ""), (330, 112, ""), (210, 85, ""), (150, 63, ""),
)  # fmt: skip


def helped(show: Showcase) -> None:
    """Households that have been helped for a while: one has left, four are on their way out, visits are due and overdue."""
    for number, (days, visited, leaving) in enumerate(HELPED):
        start = show.today - timedelta(days=days)
        homes = show.take(show.village, 1, start, "self" if number % 2 else "officer")
        group = show.go(Cohort(show.village, homes, start, "announce"))
        for home in homes:
            entered = start + timedelta(days=28)
            show.on(entered + timedelta(days=2), 10, partial(assign, show, home))
            measures(show, home, entered)
            last = show.today - timedelta(days=visited)
            day = entered + timedelta(days=14)
            while day < last - timedelta(days=30):
                show.on(day, 14, partial(visit, show, home))
                day += timedelta(days=show.random.randint(60, 85))
            show.on(last, 14, partial(visit, show, home))
            if leaving:
                leave(show, group, home, leaving)


def assign(show: Showcase, home: Home) -> None:
    """The village's officer becomes responsible."""
    card = show.officers[show.village]
    actions.assign(
        show.hand(show.village[:9] + "000"), key=f"demo/assign/{home.id}", enrolment=enrolment_id(home), officer=card.id,
        start=clock.today(),
    )  # fmt: skip


def measures(show: Showcase, home: Home, entered: date) -> None:
    """Help that suits the cause, the first of it finished with its result."""
    kinds = [*dict.fromkeys(words.FOR_CAUSE[home.cause]), "tariff"][:4]
    if home.missing:
        kinds.insert(0, {"medical": "health"}.get(home.missing, home.missing))
    for number, kind in enumerate(kinds):
        day = entered + timedelta(days=10 + number * 12)
        if day >= show.today:
            return
        chosen = show.random.choice(words.MEASURES[kind])
        done = day + timedelta(days=80)
        show.on(
            day,
            15,
            partial(add_measure, show, home, kind, chosen, number, done),
        )


def add_measure(
    show: Showcase,
    home: Home,
    kind: str,
    chosen: tuple[str, int, int, str, str, str],
    number: int,
    done: date,
) -> None:
    """Register one, and finish it some time later where it is a thing that ends."""
    title, least, most, fund, executor, result = chosen
    random, actor = show.random, show.hand(show.village)
    made = actions.add_measure(
        actor, key=f"demo/measure/{number}/{home.id}", enrolment=enrolment_id(home), kind=kind,
        title=title.format(n=random.choice((2, 3, 4))), cost=Decimal(random.randint(least // 10, most // 10) * 10), fund=fund,
        start=clock.today(), executor=executor,
    )  # fmt: skip
    if number == 0 and done < show.today - timedelta(days=70):
        with clock.at(clock.now() + (done - clock.today())):
            actions.finish_measure(
                actor, key=f"demo/finish/{home.id}", measure=UUID(made["measure"]), on=done,
                result=result.format(gain=random.randint(12, 60) * 100),
            )  # fmt: skip


def visit(show: Showcase, home: Home) -> None:
    """A visit with what was found."""
    random = show.random
    promise = random.choice(words.PROMISES) if random.random() < 0.3 else ""
    actions.visit(
        show.hand(show.village), key=f"demo/visit/{home.id}/{clock.today()}", enrolment=enrolment_id(home), on=clock.today(),
        met=home.who, found=words.visit_text(random, home.cause, home.who, len(home.family.members)), promised=promise,
        promised_by=clock.today() + timedelta(days=15) if promise else None,
    )  # fmt: skip


# Days before today on which a way out was proposed, by how far it has got, and what was done since.
OUT = {
    "announce": (45, ("survey", "review", "notice1", "close1", "check", "approve", "announce")),
    "approve": (26, ("survey", "review", "notice1", "close1", "check")),
    "notice1": (9, ("survey", "review", "notice1")),
    "survey": (6, ("survey",)),
    "open": (2, ()),
}
OUT_AT = {"survey": 3, "review": 5, "notice1": 6, "close1": 13, "check": 16, "approve": 24, "announce": 28}


def leave(show: Showcase, entry: Cohort, home: Home, far: str) -> None:
    """The risk is gone: the household is taken along the way out."""
    days, steps = OUT[far]
    start = show.today - timedelta(days=days)
    out = Cohort(entry.village, [home], start, far, "exit")
    show.on(start, 9, lambda: propose(show, home))
    for step in steps:
        day = start + timedelta(days=OUT_AT[step])
        if step == "survey":
            show.on(day, 9.2, lambda: gone(show, home))
            show.on(day, 10, lambda: show.survey(home, again="-exit", target=1.35))
        else:
            show.on(day, 11, partial(show.step, out, step))


def propose(show: Showcase, home: Home) -> None:
    """The village's officer proposes it."""
    home.procedure = actions.propose_exit(
        show.hand(show.village),
        key=f"demo/exit/{home.id}",
        household=home.id,
        text="收入稳定增加，原有风险已经消除，建议按程序退出",
    )["procedure"]


def gone(show: Showcase, home: Home) -> None:
    """Every risk of it is gone."""
    for risk in open_risks(home):
        actions.remove_risk(
            show.hand(show.village), key=f"demo/gone/{risk.id}", risk=risk.id, on=clock.today(),
            how=show.random.choice(words.REMOVED[risk.cause]),
        )  # fmt: skip
