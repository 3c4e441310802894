"""A village, its township and its county at work: households taken along the way by the real actions, at past dates.

Everything is a moment and something done then; sorted by time and done with the clock held there, so that journal,
history, notices and votes are as if it had been lived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from huimin.core.access import api as access
from huimin.core.journal import api as journal
from huimin.core.people import api as people
from huimin.core.people.types import Family
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.ref import Ref
from huimin.services.poverty import actions
from huimin.services.poverty.demo import words
from huimin.services.poverty.demo.bulk import LINES, MISSING, NOTES, Officer
from huimin.services.poverty.models import Alert, GuaranteeKind, Risk

SEED = 20_260_104
# Days after the application on which a cohort reaches each step.
AT = {
    "survey": 4,
    "review": 7,
    "notice1": 8,
    "close1": 15,
    "check": 16,
    "notice2": 17,
    "close2": 24,
    "approve": 26,
    "announce": 28,
}
ORDER = tuple(AT)


@dataclass(slots=True)
class Home:
    """A household on its way, and what is to come of its survey."""

    family: Family
    low: bool
    missing: str
    sudden: bool
    cause: str
    who: str
    route: str
    procedure: str = ""
    enrolment: str = ""

    @property
    def id(self) -> UUID:
        """The household's id."""
        return self.family.id


@dataclass(slots=True)
class Cohort:
    """Households of a village that go together from a day up to a step."""

    village: str
    homes: list[Home]
    start: date
    last: str
    direction: str = "entry"
    made: dict[str, str] = field(default_factory=dict)


class Showcase:
    """The households that are taken along, and who takes them."""

    def __init__(
        self, families: Sequence[Family], system: access.Viewer, officers: Mapping[str, Officer], today: date
    ) -> None:
        self.random = Random(SEED)  # noqa: S311 - made-up households, not secrets
        self.system, self.officers, self.today = system, officers, today
        self.events: list[tuple[datetime, int, Callable[[], object]]] = []
        self.hands: dict[str, access.Viewer] = {}
        self.reserved: dict[UUID, int] = {}
        ready = access.account_of("village")
        self.village = access.viewer_of(ready).area if ready else ""
        other = access.account_of("village2")
        self.elsewhere = access.viewer_of(other).area if other else ""
        self.free: dict[str, list[Family]] = {}
        for family in families:
            grown = [m for m in family.members if (today - m.born).days > 19 * 365]
            if (
                (family.division_code[:6] == self.village[:6] or family.division_code == self.elsewhere)
                and grown
                and family.head
                and 2 <= len(family.members) <= 6
            ):
                self.free.setdefault(family.division_code, []).append(family)
        for homes in self.free.values():
            self.random.shuffle(homes)
        from huimin.services.poverty.demo.scenes import write

        if self.village:
            write(self)

    # Writing the scenes

    def take(
        self, village: str, number: int, start: date, route: str = "officer", **wanted: Any
    ) -> list[Home]:
        """Some free households of a village for a way that starts on a day; fewer where there are not so many."""
        found = []
        for _n in range(number):
            if not self.free.get(village):
                break
            family = self.free[village].pop()
            random = self.random
            sudden = wanted.get("sudden", random.random() < 0.2)
            missing = random.choice(tuple(MISSING)) if random.random() < 0.35 and not sudden else ""
            adults = [m.name for m in family.members if (self.today - m.born).days > 19 * 365]
            home = Home(
                family=family, low=not missing, missing=missing, sudden=sudden, who=random.choice(adults), route=route,
                cause=wanted.get("cause") or words.pick_cause(random, "sudden" if sudden else "lasting"),
            )  # fmt: skip
            self.reserved[family.id] = start.year - 1
            found.append(home)
        return found

    def on(self, day: date, hour: float, run: Callable[[], object]) -> None:
        """Have something done at an hour of a day."""
        at = datetime.combine(day, time(0), clock.BEIJING) + timedelta(hours=hour)
        self.events.append((at, len(self.events), run))

    def hand(self, area: str) -> access.Viewer:
        """The officer of a division, as he signs in."""
        if area not in self.hands:
            code = AreaCode(area)
            word = {5: "village", 4: "township", 3: "county"}[int(code.level)]
            mine = str(AreaCode(self.village).at(code.level)) == area
            name = word if mine else "village2" if area == self.elsewhere else f"{word}-{code.short}"
            account = access.account_of(name)
            if account is None:
                raise LookupError(f"no officer in {area}")
            self.hands[area] = access.viewer_of(account)
        return self.hands[area]

    def run(self, heard: Callable[[int, int], None]) -> int:
        """Do it all in order of time; how much was done."""
        now = clock.now()
        events = sorted(self.events, key=lambda e: e[:2])
        for number, (at, _order, run) in enumerate(events):
            last = number + 1 == len(events) or events[number + 1][0].date() != at.date()
            with clock.at(min(at, now)):
                run()
                if last:  # messages reach the households on the same day
                    journal.drain()
            if number % 20 == 0:
                heard(number, len(events))
        heard(len(self.events), len(self.events))
        return len(self.events)

    # Steps of a cohort

    def go(self, cohort: Cohort) -> Cohort:
        """Write a cohort's steps up to its last one."""
        if not cohort.homes:
            return cohort
        steps = ORDER[: ORDER.index(cohort.last) + 1] if cohort.last else ()
        for number, home in enumerate(cohort.homes):
            self.on(cohort.start, 9.5 + number * 0.4, partial(self.apply, home))
        for step in steps:
            day = cohort.start + timedelta(days=AT[step])
            if step == "survey":
                for number, home in enumerate(cohort.homes):
                    self.on(day, 9 + number * 0.8, partial(self.survey, home))
            else:
                self.on(day, 15 if step == "review" else 10, partial(self.step, cohort, step))
        return cohort

    def apply(self, home: Home) -> None:
        """The household or the officer puts it forward."""
        text = words.detail(self.random, home.cause, home.who)
        asked: dict[str, Any] = {
            "household": home.id,
            "cause": home.cause,
            "text": f"{text}，希望纳入帮扶",
            "authorised": True,
            "route": home.route,
        }
        actor = self.head(home) if home.route == "self" else self.hand(home.family.division_code)
        alert = (
            Alert.objects.filter(household_id=home.id, state="open").first()
            if home.route == "alert"
            else None
        )
        if alert:
            asked["alert"] = alert.id
        home.procedure = actions.apply(actor, key=f"demo/apply/{home.id}", **asked)["procedure"]

    def head(self, home: Home) -> access.Viewer:
        """The head of a household at the citizens' door."""
        person = home.family.head
        own = frozenset({Ref.of("person", str(person)), Ref.of("household", home.id)})
        return access.Viewer(
            kind=access.Kind.CITIZEN, id=f"person:{person}", label=home.family.head_name, person=person, own=own,
            actions=frozenset({"poverty.apply", "poverty.appeal", "poverty.withdraw"}),
        )  # fmt: skip

    def survey(self, home: Home, *, again: str = "", target: float = 0.0) -> None:
        """The officer asks for income and guarantees; the rule decides."""
        year = clock.today().year - 1
        members = len(home.family.members)
        line, random = LINES[year], self.random
        share = target or (
            random.uniform(0.78, 0.98) if home.low and not home.sudden else random.uniform(1.05, 1.4)
        )
        actor = self.hand(home.family.division_code)
        if home.sudden and not again:
            loss = Decimal(int((share - 1) * line * members) + random.randint(8, 40) * 1000)
            actions.add_risk(
                actor, key=f"demo/risk/{home.id}", household=home.id, cause=home.cause, sudden=True, loss=loss,
                since=clock.today() - timedelta(days=random.randint(5, 40)), detail=words.detail(random, home.cause, home.who),
            )  # fmt: skip
        total = Decimal(int(line * share) * members)
        amounts = split(random, total)
        guarantees = {kind: kind != home.missing or bool(target) for kind in GuaranteeKind.values}
        notes = {home.missing: NOTES[home.missing]} if home.missing and not target else {}
        actions.survey(
            actor, key=f"demo/survey{again}/{home.id}", procedure=UUID(home.procedure), year=year, members=members,
            amounts=amounts, guarantees=guarantees, notes=notes,
        )  # fmt: skip

    def step(self, cohort: Cohort, step: str) -> None:
        """One step of all households of a cohort."""
        ids = tuple(UUID(h.procedure) for h in cohort.homes if h.procedure)
        village = cohort.village
        if step == "review":
            self.review(cohort, ids)
        elif step in ("notice1", "notice2", "announce"):
            area = (
                village
                if step == "notice1"
                else village[:9] + "000"
                if step == "notice2"
                else village[:6] + "000000"
            )
            post = {
                "notice1": actions.post_first_notice,
                "notice2": actions.post_second_notice,
                "announce": actions.announce,
            }[step]
            places = {
                "notice1": "村务公开栏",
                "notice2": "乡镇政务公开栏、各村公开栏",
                "announce": "县政府网站",
            }
            posted = post(
                self.hand(area), key=self.key(step, ids), programme=actions.CODE, direction=cohort.direction, step=step,
                area=area, place=places[step], procedures=ids, start=clock.today(),
            )  # fmt: skip
            cohort.made[step] = posted["notice"]
        elif step in ("close1", "close2"):
            area = village if step == "close1" else village[:9] + "000"
            notice = UUID(cohort.made["notice1" if step == "close1" else "notice2"])
            actions.close_notice(self.hand(area), key=f"demo/close/{notice}", notice=notice)
        else:
            run, area = (
                (actions.check, village[:9] + "000")
                if step == "check"
                else (actions.approve, village[:6] + "000000")
            )
            for id in ids:
                run(self.hand(area), key=f"demo/{step}/{id}", procedure=id, verdict="approve")

    def key(self, what: str, ids: Sequence[UUID]) -> str:
        """A key for something done for several."""
        return f"demo/{what}/{ids[0]}/{len(ids)}"

    def review(self, cohort: Cohort, ids: Sequence[UUID], refuse: Sequence[UUID] = ()) -> None:
        """A meeting of the villagers' representatives."""
        actor, random = self.hand(cohort.village), self.random
        present = random.randint(27, 35)
        meeting = actions.hold_review(
            actor, key=self.key("review", ids), programme=actions.CODE, direction=cohort.direction, area=cohort.village,
            held_on=clock.today(), place="村委会会议室", chair=actor.label, eligible=38, present=present, procedures=tuple(ids),
            recorder=random.choice(("村文书", "驻村工作队队员")),
        )["meeting"]  # fmt: skip
        for id in ids:
            against, abstain = (
                (random.randint(17, 20), 2)
                if id in refuse
                else (random.choice((0, 0, 0, 1, 2)), random.choice((0, 0, 1, 2)))
            )
            opinion = (
                "大家认为该户在县城有稳定工作，暂不符合条件。"
                if id in refuse
                else random.choice(("", "情况属实，同意。", "", "大家都了解，同意纳入。"))
            )
            actions.record_votes(
                actor, key=f"demo/vote/{id}", meeting=UUID(meeting), procedure=id, agree=present - against - abstain,
                against=against, abstain=abstain, opinion=opinion if cohort.direction == "entry" or id in refuse else "",
            )  # fmt: skip
        actions.close_review(
            actor, key=f"demo/close-review/{meeting}", meeting=UUID(meeting),
            minutes=f"会议逐户介绍了{len(ids)}户的家庭情况、收入和困难，代表发言讨论后投票表决，结果当场宣布。",
        )  # fmt: skip


def split(random: Random, total: Decimal) -> dict[str, Decimal]:
    """A net income by source."""
    wages = Decimal(int(float(total) * random.uniform(0.35, 0.65)))
    transfers = Decimal(int(float(total) * random.uniform(0.08, 0.2)))
    business = total - wages - transfers
    cost = Decimal(int(float(business) * random.uniform(0.2, 0.5)))
    return {"wages": wages, "business": business + cost, "transfers": transfers, "cost": cost}


def staged(household: UUID) -> UUID | None:
    """The head of a household."""
    return people.household(household).head


def enrolment_id(home: Home) -> UUID:
    """The household's enrolment."""
    found = programmes.enrolment_of(home.id, actions.CODE)
    if found is None:
        raise LookupError(f"{home.family.head_name} is not enrolled")
    return found.id


def open_risks(home: Home) -> list[Risk]:
    """The household's risks that stand."""
    return list(Risk.objects.filter(household_id=home.id, until__isnull=True))
