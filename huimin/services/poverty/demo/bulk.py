"""Made-up households that were monitored over the last years: facts first, then what the rules make of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from huimin.core.people.types import Family, Relative
from huimin.core.rules.api import Question
from huimin.kit.area import AreaCode
from huimin.kit.clock import BEIJING
from huimin.kit.ref import Ref
from huimin.services.poverty.demo import words
from huimin.services.poverty.loading import NewFile, NewGuarantee, NewIncome, NewRisk
from huimin.services.poverty.models import GuaranteeKind

LINES = {2020: 5000, 2021: 6000, 2022: 6500, 2023: 7100, 2024: 7700, 2025: 8300, 2026: 8600}
KNOWN, MONITORED, DENSE_MONITORED = 0.15, 0.022, 0.06
KINDS = {"unstable": 36, "marginal": 43, "sudden": 21}
YEARS = {2021: 20, 2022: 19, 2023: 18, 2024: 17, 2025: 15, 2026: 11}
LEFT = 0.36
SEED = 20_260_103
# One county's made-up story: many households came in in 2021, and a third of them have left since, year by year.
FALLING, CAME = "622926", 0.283
WENT = {2022: 5, 2023: 11, 2024: 10, 2025: 8}  # share; percent of those that came
OPINION = "同意纳入。"
MISSING = {"housing": 34, "water": 22, "medical": 26, "schooling": 18}
NOTES = {
    "housing": "主房鉴定为C级", "water": "冬季水管结冰，供水不稳", "medical": "有家人没有参加医保",
    "schooling": "孩子请长假，有辍学风险",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who is responsible in a village or township."""

    id: UUID
    name: str
    unit: str
    phone: str


@dataclass(slots=True, kw_only=True)
class Plan:
    """What happened to one monitored household: when it came in, why, and when it left."""

    family: Family
    kind: str
    cause: str
    who: str
    survey: date
    entered: date
    leaving: date | None
    exited: date | None
    missing: str
    entry_decision: UUID
    exit_decision: UUID
    enrolment: UUID


def moment(day: date, hour: int = 15) -> datetime:
    """An hour of a day in Beijing."""
    return datetime.combine(day, time(hour), BEIJING)


class Bulk:
    """Everything but the showcase, the same for the same people and day."""

    def __init__(
        self, families: Sequence[Family], dense: Collection[str], reserved: Mapping[UUID, int], officers: Mapping[str, Officer],
        today: date,
    ) -> None:  # fmt: skip
        self.random = Random(SEED)  # noqa: S311 - made-up households, not secrets
        self.today, self.officers, self.reserved = today, officers, reserved
        inside = [f for f in families if f.members]
        near = [f for f in inside if f.division_code in dense or f.id in reserved]
        others = [f for f in inside if f.division_code not in dense and f.id not in reserved]
        wanted = min(max(int(len(inside) * KNOWN) - len(near), 0), len(others))
        chosen = self.random.sample(others, wanted)
        self.known = sorted([*near, *chosen], key=lambda f: (f.division_code, str(f.id)))
        free = [f for f in self.known if f.division_code in dense and f.id not in reserved]
        monitored = self.random.sample(free, int(len(free) * DENSE_MONITORED))
        rest = max(int(len(inside) * MONITORED) - len(monitored), 0)
        monitored += self.random.sample(chosen, min(rest, len(chosen)))
        falling = [f for f in others if f.division_code.startswith(FALLING)]
        monitored = [f for f in monitored if not f.division_code.startswith(FALLING)]
        self.plans = {f.id: self.plan(f) for f in sorted(monitored, key=lambda f: str(f.id))}
        came = sorted(self.random.sample(falling, int(len(falling) * CAME)), key=lambda f: str(f.id))
        self.plans |= {f.id: self.plan_early(f, place / len(came) * 100) for place, f in enumerate(came)}
        strangers = {f.id for f in self.known}
        self.known += [f for f in came if f.id not in strangers]

    def uuid(self) -> UUID:
        """The next id of the seed."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in a share of cases."""
        return self.random.random() < share

    def one(self, weights: Mapping[Any, int]) -> Any:
        """One of some things by their weights."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def officer(self, area: str) -> Officer:
        """The officer of a division; where it has none, the one above answers for it."""
        code: AreaCode | None = AreaCode(area)
        while code is not None:
            if str(code) in self.officers:
                return self.officers[str(code)]
            code = code.parent
        raise LookupError(f"no officer answers for {area}")

    # When and why

    def plan(self, family: Family) -> Plan:
        """When a household came in, why, and whether it has left."""
        kind = self.one(KINDS)
        year = self.one({y: w for y, w in YEARS.items() if y <= self.today.year})
        latest = self.today - timedelta(days=40)
        month = self.random.randint(2, 12 if year < latest.year else max(latest.month - 1, 2))
        entered = date(year, month, 25)
        leaving = exited = None
        if self.chance(LEFT):
            exited = shift(date(entered.year, entered.month, 25), self.random.randint(11, 30))
            if exited > latest:
                exited = None
            else:
                leaving = shift(exited, -1).replace(day=20)
        below = self.chance(0.6)
        missing = "" if kind == "sudden" or below else self.one(MISSING)
        return Plan(
            family=family, kind=kind, cause=words.pick_cause(self.random, kind), who=self.sufferer(family), entered=entered,
            survey=shift(entered, -1).replace(day=20), leaving=leaving, exited=exited, missing=missing,
            entry_decision=self.uuid(), exit_decision=self.uuid(), enrolment=self.uuid(),
        )  # fmt: skip

    def plan_early(self, family: Family, share: float) -> Plan:
        """A household of the county that falls: it came in in 2021; `share` (0 to 100) says whether and when it has left."""
        plan = self.plan(family)
        plan.entered = date(2021, self.random.randint(3, 11), 25)
        plan.survey = shift(plan.entered, -1).replace(day=20)
        plan.leaving = plan.exited = None
        left = 0
        for year, percent in WENT.items():
            left += percent
            if share < left:
                exited = date(year, self.random.randint(4, 11), 25)
                if exited < self.today - timedelta(days=40):
                    plan.exited, plan.leaving = exited, shift(exited, -1).replace(day=20)
                break
        return plan

    def sufferer(self, family: Family) -> str:
        """The name of a grown member."""
        grown = [m.name for m in family.members if (self.today - m.born).days > 18 * 365]
        return self.random.choice(grown or [family.head_name])

    # Facts

    def files(self) -> list[NewFile]:
        """What is known of every household."""
        return [self.file(family) for family in self.known]

    def file(self, family: Family) -> NewFile:
        """Profile, incomes, guarantees and risks of one household."""
        plan, officer = self.plans.get(family.id), self.officer(family.division_code)
        lifted = plan.kind == "unstable" if plan else self.chance(0.24)
        if plan and plan.kind == "sudden":
            lifted = self.chance(0.3)
        found = NewFile(
            profile=self.uuid(), household=family.id, area=family.division_code, group=family.group_no,
            lifted_year=self.random.randint(2014, 2020) if lifted else None,
            authorised_on=plan.survey - timedelta(days=4) if plan else None,
            dwelling=self.random.choice(("砖混平房", "砖木结构", "土木结构", "楼房", "砖混平房")),
        )  # fmt: skip
        source = f"入户调查：{officer.name}"
        if plan:
            self.monitored(found, plan, source)
            return found
        last = self.reserved.get(family.id, self.today.year - 1)
        last = last - 1 if family.id in self.reserved else last
        target = LINES[last - 2] * self.random.uniform(1.25, 3.4)
        for year in range(last - 2, last + 1):
            self.income(found, family, year, target, self.january(year + 1), source)
            target *= self.random.uniform(1.02, 1.12)
        for kind in GuaranteeKind.values:
            found.guarantees.append(
                NewGuarantee(id=self.uuid(), kind=kind, secure=True, on=self.january(last), found_by=source)
            )
        return found

    def january(self, year: int) -> date:
        """A day on which last year's income was asked for; the same for a village office's round."""
        return date(year, 1, 8 + self.random.randrange(14))

    def monitored(self, found: NewFile, plan: Plan, source: str) -> None:
        """The facts of a household that was monitored, so that it came in for its reason and left when it had gone."""
        first = plan.survey.year - 1
        line = LINES[first]
        low = plan.kind != "sudden" and not plan.missing
        target = line * (self.random.uniform(0.7, 0.985) if low else self.random.uniform(1.04, 1.55))
        self.income(found, plan.family, first, target, plan.survey, source)
        last = (plan.leaving or self.today).year - 1
        for year in range(first + 1, last + 1):
            target = max(
                target * self.random.uniform(1.07, 1.2), LINES[year] * self.random.uniform(0.93, 1.0)
            )
            if plan.leaving:
                target = max(target, LINES[year] * (1.1 + 0.06 * (year - first)))
            self.income(found, plan.family, year, target, self.january(year + 1), source)
        for kind in GuaranteeKind.values:
            bad = kind == plan.missing
            found.guarantees.append(
                NewGuarantee(
                    id=self.uuid(),
                    kind=kind,
                    secure=not bad,
                    on=plan.survey,
                    found_by=source,
                    note=NOTES[kind] if bad else "",
                )
            )
        if plan.missing and (plan.leaving or self.chance(0.7)):
            mended = plan.entered + timedelta(days=self.random.randint(50, 280))
            mended = min(mended, (plan.leaving or self.today) - timedelta(days=20))
            found.guarantees.append(
                NewGuarantee(
                    id=self.uuid(),
                    kind=plan.missing,
                    secure=True,
                    on=mended,
                    found_by=f"走访核实：{source[5:]}",
                )
            )
        if plan.leaving:
            for kind in GuaranteeKind.values:
                found.guarantees.append(
                    NewGuarantee(
                        id=self.uuid(),
                        kind=kind,
                        secure=True,
                        on=plan.leaving,
                        found_by=f"走访核实：{source[5:]}",
                    )
                )
        self.risks(
            found,
            plan,
            source,
            Decimal(str(found.incomes[0].members)) * Decimal(int(target_gap(found, line))),
        )

    def risks(self, found: NewFile, plan: Plan, source: str, gap: Decimal) -> None:
        """Why it was monitored, and what removed it."""
        sudden = plan.kind == "sudden"
        loss = (gap + self.random.randint(6, 55) * 1000).quantize(Decimal(1)) if sudden else Decimal(0)
        until = plan.leaving - timedelta(days=self.random.randint(2, 25)) if plan.leaving else None
        found.risks.append(
            NewRisk(
                id=self.uuid(), cause=plan.cause, detail=words.detail(self.random, plan.cause, plan.who), sudden=sudden,
                loss=loss, since=plan.survey - timedelta(days=self.random.randint(4, 50)), until=until, source=source,
                removed_by=self.random.choice(words.REMOVED[plan.cause]) if until else "",
            )
        )  # fmt: skip

    def income(
        self, found: NewFile, family: Family, year: int, per_head: float, on: date, source: str
    ) -> None:
        """A year's income that comes to about an amount a head, from sources that suit who lives there."""
        members = max(sum(1 for m in family.members if m.born.year <= year), 1)
        total = Decimal(int(per_head) * members)
        workers = sum(1 for m in family.members if 18 <= year - m.born.year < 62)
        wages_share, transfer_share = (
            (self.random.uniform(0.4, 0.7), self.random.uniform(0.06, 0.2)) if workers else (0.0, 0.6)
        )
        wages, transfers = part(total, wages_share), part(total, transfer_share)
        own = part(total, self.random.choice((0, 0, 0.02, 0.05)))
        net = total - wages - transfers - own
        cost = part(net, self.random.uniform(0.3, 0.6))
        found.incomes.append(
            NewIncome(
                id=self.uuid(), year=year, members=members, wages=wages, business=net + cost, property=own, transfers=transfers,
                cost=cost, surveyed_on=on, source=source,
            )
        )  # fmt: skip

    # Decisions and enrolments

    def questions(self) -> tuple[list[Question], list[Question]]:
        """What the rules are asked: at entry, and at exit."""
        entry = [
            Question(
                id=p.entry_decision,
                subject=Ref.of("household", h),
                area=p.family.division_code,
                as_of=p.survey,
                at=moment(p.survey),
            )
            for h, p in self.plans.items()
        ]
        leaving = [
            Question(
                id=p.exit_decision,
                subject=Ref.of("household", h),
                area=p.family.division_code,
                as_of=p.leaving,
                at=moment(p.leaving),
            )
            for h, p in self.plans.items()
            if p.leaving
        ]
        return entry, leaving

    def enrolments(
        self, entry: Mapping[UUID, Any], leaving: Mapping[UUID, Any], make: Callable[..., Any]
    ) -> list[Any]:
        """The enrolments that the decisions lead to; `make` makes one of a plan."""
        found = []
        for plan in self.plans.values():
            kind = entry[plan.entry_decision]
            if kind not in KINDS:
                continue
            if plan.exited and leaving[plan.exit_decision] is not True:
                plan.exited = plan.leaving = None
            found.append(make(self, plan, kind))
        return found


def target_gap(found: NewFile, line: int) -> float:
    """By how much the first income exceeds the line, a head; at least nought."""
    first = found.incomes[0]
    net = first.wages + first.business + first.property + first.transfers - first.cost
    return max(float(net / first.members) - line, 0.0) + 1


def part(amount: Decimal, share: float) -> Decimal:
    """A share of an amount in tens of yuan."""
    return Decimal(int(float(amount) * share / 10) * 10)


def shift(day: date, months: int) -> date:
    """The same day some months on."""
    number = day.year * 12 + day.month - 1 + months
    return day.replace(year=number // 12, month=number % 12 + 1)


def grown(members: Sequence[Relative], on: date) -> list[str]:
    """Names of members who can be met on a visit."""
    return [m.name for m in members if (on - m.born).days > 16 * 365] or [members[0].name]
