"""What was done for a made-up household: the steps of its ways, the officer, measures, visits, snapshots."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from huimin.core.programmes.api import loading
from huimin.services.poverty.demo import words
from huimin.services.poverty.demo.bulk import OPINION, Bulk, Plan, grown, moment

ENTRY = (("survey", 0), ("review", 4), ("notice1", 12), ("check", 14), ("notice2", 22), ("approve", 27))
EXIT = (("survey", 0), ("review", 4), ("notice1", 12), ("check", 15), ("approve", 24))


def enrolment(bulk: Bulk, plan: Plan, kind: str) -> loading.NewEnrolment:
    """A household's time in the programme, with its ways, officer, help and visits."""
    family = plan.family
    made = loading.NewEnrolment(
        id=plan.enrolment, household=family.id, area=family.division_code, group=family.group_no,
        name=family.head_name, kind=kind, decision=plan.entry_decision,
        entered=plan.entered, exited=plan.exited, next_visit=None,
    )  # fmt: skip
    fill(bulk, plan, made)
    return made


def fill(bulk: Bulk, plan: Plan, made: loading.NewEnrolment) -> None:
    """Add everything that belongs to an enrolment."""
    made.procedures.append(way(bulk, plan, "entry", plan.survey, plan.entered, made.kind))
    if plan.leaving and plan.exited:
        made.procedures.append(way(bulk, plan, "exit", plan.leaving, plan.exited, made.kind))
    assign(bulk, plan, made)
    help_of(bulk, plan, made)
    visits(bulk, plan, made)
    made.snapshots.append(("baseline", plan.entered, plan.entered))
    made.snapshots += [("year", day, day) for day in loading.year_ends(plan.entered, plan.exited, bulk.today)]
    if plan.exited:
        made.snapshots.append(("exit", plan.exited, plan.exited))


def way(bulk: Bulk, plan: Plan, direction: str, survey: date, end: date, kind: str) -> loading.NewProcedure:
    """The steps of a way that was gone to its end."""
    village = plan.family.division_code
    who = {
        "village": bulk.officer(village).name, "township": bulk.officer(village[:9] + "000").name,
        "county": bulk.officer(village[:6] + "000000").name,
    }  # fmt: skip
    by = {
        "survey": "village",
        "review": "village",
        "notice1": "village",
        "check": "township",
        "notice2": "township",
        "approve": "county",
    }
    route = "officer" if direction == "exit" else bulk.one({"self": 40, "officer": 42, "alert": 18})
    opened = moment(survey - timedelta(days=bulk.random.randint(3, 9)), 10)
    steps = [loading.NewStep(step="survey", outcome="opened", at=opened, by_label=who["village"])]
    for step, after in ENTRY if direction == "entry" else EXIT:
        reason = "" if step != "review" else (OPINION if direction == "entry" else "同意退出。")
        at = moment(survey + timedelta(days=after), bulk.random.randint(9, 17))
        steps.append(loading.NewStep(step=step, outcome="done", at=at, by_label=who[by[step]], reason=reason))
    steps.append(loading.NewStep(step="announce", outcome="done", at=moment(end, 10), by_label=who["county"]))
    decision = plan.entry_decision if direction == "entry" else plan.exit_decision
    return loading.NewProcedure(
        id=bulk.uuid(), direction=direction, route=route, kind=kind, decision=decision, steps=steps
    )


def assign(bulk: Bulk, plan: Plan, made: loading.NewEnrolment) -> None:
    """The village's officer, now and then after somebody of the township."""
    village = plan.family.division_code
    start = plan.entered + timedelta(days=bulk.random.randint(1, 6))
    term = [(bulk.officer(village), start, plan.exited)]
    if bulk.chance(0.15):
        change = start + timedelta(days=bulk.random.randint(60, 300))
        if change < (plan.exited or bulk.today):
            term = [
                (bulk.officer(village[:9] + "000"), start, change),
                (bulk.officer(village), change, plan.exited),
            ]
    for officer, first, last in term:
        made.assignments.append(
            loading.NewAssignment(
                id=bulk.uuid(),
                officer=officer.id,
                name=officer.name,
                unit=officer.unit,
                phone=officer.phone,
                start=first,
                end=last,
            )
        )


def help_of(bulk: Bulk, plan: Plan, made: loading.NewEnrolment) -> None:
    """Two to five measures that suit the cause."""
    random = bulk.random
    kinds = list(words.FOR_CAUSE[plan.cause][: random.randint(1, 3)])
    if plan.missing:
        kinds.insert(
            0,
            {"housing": "housing", "water": "water", "medical": "health", "schooling": "schooling"}[
                plan.missing
            ],
        )
    kinds += [
        kind
        for kind, share in (("tariff", 0.3), ("gift", 0.24), ("industry", 0.2), ("schooling", 0.08))
        if bulk.chance(share)
    ]
    used: set[str] = set()
    for kind in kinds:
        title, least, most, fund, executor, result = random.choice(words.MEASURES[kind])
        start = plan.entered + timedelta(days=random.randint(8, 160))
        if title in used or start >= (plan.exited or bulk.today):
            continue
        used.add(title)
        cost = Decimal(random.randint(least // 10, most // 10) * 10)
        end = start + timedelta(days=random.randint(60, 400))
        last = plan.exited or bulk.today
        over = end < last or plan.exited is not None
        made.measures.append(
            loading.NewMeasure(
                id=bulk.uuid(), kind=kind, title=title.format(n=random.choice((2, 3, 4, 5))), cost=cost, fund=fund,
                executor=executor, start=start, end=min(end, last) if over else None, state="done" if over else "running",
                result=result.format(gain=random.randint(8, 60) * 100) if over else "",
            )
        )  # fmt: skip


def visits(bulk: Bulk, plan: Plan, made: loading.NewEnrolment) -> None:
    """A visit every two or three months; some officers are late."""
    random = bulk.random
    end = plan.exited or bulk.today
    if not plan.exited and bulk.chance(0.14):
        end -= timedelta(days=random.randint(95, 140))  # nobody has been there since
    officer, day = (
        bulk.officer(plan.family.division_code),
        plan.entered + timedelta(days=random.randint(9, 30)),
    )
    while day < end:
        met = random.choice(grown(plan.family.members, day))
        promise = random.choice(words.PROMISES) if bulk.chance(0.22) else ""
        made.visits.append(
            loading.NewVisit(
                id=bulk.uuid(), officer=officer.name, on=day, met=met,
                found=words.visit_text(random, plan.cause, met, len(plan.family.members)), promised=promise,
                promised_by=day + timedelta(days=random.randint(7, 30)) if promise else None,
            )
        )  # fmt: skip
        day += timedelta(days=random.randint(58, 92))
    if not plan.exited:
        last = made.visits[-1].on if made.visits else None
        made.next_visit = last + timedelta(days=90) if last else plan.entered + timedelta(days=30)
