"""Every indicator against a count by hand over the rows of PostgreSQL, at several days, across merged villages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest

from huimin.core.access import api as access
from huimin.core.access.models import Officer
from huimin.core.insight import api
from huimin.core.insight.models import Computation, Value
from huimin.core.journal.models import Entry
from huimin.core.people.models import Household, Membership, Person
from huimin.core.places import api as places
from huimin.core.programmes.models import Assignment, Enrolment, Measure, Visit
from huimin.kit.refusal import Refused
from huimin.services.poverty.facts import CODE, VISIT_DAYS
from huimin.services.poverty.models import Guarantee, GuaranteeKind, Income, Line, Profile, Risk

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2023, 1, 1), date(2026, 11, 1)
HOMES = 60


class Register:
    """Made-up rows, kept in memory too, so that they can be counted by hand."""

    def __init__(self, villages: list[str], officers: list[UUID]) -> None:
        self.random, self.villages = Random(7), villages
        self.homes: dict[UUID, dict] = {}
        Line.objects.bulk_create(
            Line(province="620000000000", year=year, amount=Decimal(6000 + 500 * (year - 2021)), document="x")
            for year in range(2021, 2027)
        )
        for _number in range(HOMES):
            self.add(officers)

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(days=self.random.randint(0, max((last - first).days, 0)))

    def add(self, officers: list[UUID]) -> None:
        random, id = self.random, uuid4()
        area, group = random.choice(self.villages), random.randint(0, 3)
        place = {"division_code": area, "group_no": group}
        opened = self.day(last=date(2024, 6, 1))
        closed = self.day(opened) if random.random() < 0.1 else None
        home = {"id": id, "area": area, "group": group, "opened": opened, "closed": closed, "members": []}
        home |= {"enrolments": [], "risks": [], "incomes": [], "guarantees": []}
        Household.objects.create(
            id=id, number=f"{area}{len(self.homes):05d}", address="", opened_on=opened, located_since=opened, closed_on=closed,
            **place,
        )  # fmt: skip
        for _member in range(random.randint(1, 4)):
            person = Person.objects.create(
                name="王", sex="male", birth_date=date(1980, 1, 1), pinyin="wang", initials="w", **place
            )
            start = self.day(opened, date(2025, 1, 1))
            end = self.day(start) if random.random() < 0.2 else None
            Membership.objects.create(household_id=id, person=person, relation="head", start=start, end=end)
            home["members"].append((start, end))
        self.facts(home, place)
        entered = self.day()
        while entered < LAST and random.random() < 0.75:
            exited = self.day(entered + timedelta(days=30)) if random.random() < 0.5 else None
            home["enrolments"].append(self.enrol(id, place, entered, exited, officers))
            entered = self.day(exited + timedelta(days=1)) if exited else LAST
        self.homes[id] = home

    def facts(self, home: dict, place: dict) -> None:
        random, of = self.random, {"household_id": home["id"], **place}
        Profile.objects.create(**of)
        for year in range(2022, 2026):
            if random.random() < 0.8:
                row = Income.objects.create(
                    year=year, members=random.randint(1, 4), wages=Decimal(random.randint(8000, 40000)),
                    surveyed_on=self.day(date(year + 1, 1, 1), date(year + 1, 3, 1)), source="x", **of,
                )  # fmt: skip
                row.refresh_from_db()
                home["incomes"].append(row)
        for _risk in range(random.randint(0, 3)):
            since = self.day()
            until = self.day(since) if random.random() < 0.5 else None
            cause = random.choice(("illness", "disaster", "labour"))
            home["risks"].append(Risk.objects.create(cause=cause, since=since, until=until, source="x", **of))
        for kind in GuaranteeKind.values:
            on = self.day()
            for secure in (random.random() < 0.7, random.random() < 0.7):
                home["guarantees"].append(
                    Guarantee.objects.create(
                        kind=kind, secure=secure, on=on, found_by="x", recorded=f"{on}T00:00Z", **of
                    )
                )
                on = self.day(on + timedelta(days=1), LAST + timedelta(days=2))

    def enrol(self, id: UUID, place: dict, entered: date, exited: date | None, officers: list[UUID]) -> dict:
        random = self.random
        kind = random.choice(("unstable", "marginal", "sudden"))
        row = Enrolment.objects.create(
            programme=CODE, household_id=id, kind=kind, name="王", entered=entered, exited=exited,
            state="exited" if exited else "active", **place,
        )  # fmt: skip
        of = {"enrolment": row, "division_code": place["division_code"]}
        officer = None
        if random.random() < 0.9:
            officer = random.choice(officers)
            Assignment.objects.create(officer_id=officer, officer_name="李", start=entered, end=exited, **of)
        end = exited or LAST
        visits = sorted(self.day(entered, end) for _visit in range(random.randint(0, 9)))
        Visit.objects.bulk_create(
            Visit(officer_name="李", on=on, met="x", found="x", recorded=f"{on}T00:00Z", **of)
            for on in visits
        )
        measures = [
            Measure.objects.create(
                kind=random.choice(("industry", "job")), title="x", cost=Decimal(random.randint(0, 9000)),
                fund=random.choice(("财政", "捐赠")), start=self.day(entered, end), **of,
            )
            for _measure in range(random.randint(0, 4))
        ]  # fmt: skip
        return {
            "entered": entered, "exited": exited, "kind": kind, "officer": officer, "visits": visits, "measures": measures,
        }  # fmt: skip


def lasting(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or end > day)


def this_year(on: date | None, day: date) -> bool:
    return on is not None and on.year == day.year and on <= day


def line(year: int) -> Decimal:
    return Decimal(6000 + 500 * (year - 2021))


def due(enrolment: dict, day: date) -> Iterable[bool]:
    """Whether each visit that fell due this year came in time."""
    marks = [enrolment["entered"], *(v for v in enrolment["visits"] if v <= day)]
    for place, on in enumerate(marks):
        later = marks[place + 1] if place + 1 < len(marks) else None
        limit = on + timedelta(days=VISIT_DAYS)
        settled = min(later or limit, limit)
        if this_year(settled, day) and not (enrolment["exited"] and settled >= enrolment["exited"]):
            yield later is not None and later <= limit


def effect(home: dict, start: date) -> bool:
    """Whether income outgrew the line, or a risk went, within a year."""
    after = start + timedelta(days=365)
    if any(r.since <= start and r.until and start < r.until <= after for r in home["risks"]):
        return True

    def known(day: date) -> Income | None:
        rows = [i for i in home["incomes"] if i.surveyed_on <= day]
        return max(rows, key=lambda i: i.year) if rows else None

    first, second = known(start), known(after)
    return bool(first and second and second.per_head * line(first.year) > first.per_head * line(second.year))


def by_hand(home: dict, day: date, rural: bool) -> dict[str, tuple]:
    """What a household adds to each indicator: (numerator, denominator, part)."""
    times = [e for e in home["enrolments"] if e["entered"] <= day]
    inside = [e for e in times if lasting(e["entered"], e["exited"], day)]
    measures = [m for e in times for m in e["measures"] if m.start <= day]
    judged = [m for m in measures if this_year(m.start + timedelta(days=365), day)]
    came = any(this_year(e["entered"], day) for e in times)
    left = any(this_year(e["exited"], day) for e in times)
    found: dict[str, tuple] = {}
    visits = [one for e in times for one in due(e, day)]
    given = [m for m in measures if this_year(m.start, day)]
    here = lasting(home["opened"], home["closed"], day)
    people = sum(1 for start, end in home["members"] if lasting(start, end, day))
    latest = [i for i in home["incomes"] if i.surveyed_on <= day]
    income = max(latest, key=lambda i: i.year) if latest else None
    last = sorted(times, key=lambda e: (e in inside, e["entered"]))
    kind = last[-1]["kind"] if last else "none"
    risks = [r for r in home["risks"] if r.since <= day]
    standing = sorted(
        risks,
        key=lambda r: (
            not lasting(r.since, r.until, day), -(r.until or day).toordinal(), r.since, r.cause,
        ),
    )  # fmt: skip
    cause = standing[0].cause if standing else "none"
    lacking = 0
    for kind_of in GuaranteeKind.values:
        seen = [g for g in home["guarantees"] if g.kind == kind_of and g.on <= day]
        lacking += bool(seen) and not max(seen, key=lambda g: (g.on, g.recorded)).secure
    officer = str(inside[0]["officer"]) if inside and inside[0]["officer"] else "none"
    if here:
        found["incidence"] = (people if inside and rural else 0, people if rural else 0, "")
        found["households"] = (bool(inside), None, kind)
        found["people"] = (people if inside else 0, None, "")
        found["population"] = (people if rural else 0, None, "")
        found["causes"] = (bool(inside), None, cause)
        found["entered"] = (came, None, kind)
        found["lifted"] = (left, None, kind)
        found["visits_on_time"] = (sum(visits), len(visits), "")
        found["cost_per_household"] = (sum(m.cost for m in given), bool(inside) or left, "")
        total = income.per_head * income.members if income else None
        found["income"] = (total if inside and income else 0, income.members if inside and income else 0, "")
        found["income_to_line"] = (
            total if inside and income else 0, line(income.year) * income.members if inside and income else 0, "",
        )  # fmt: skip
        found["lacking"] = (bool(inside) and lacking > 0, None, "")
        found["lacking_share"] = (bool(inside) and lacking > 0, bool(inside), "")
        found["unassigned"] = (bool(inside) and officer == "none", None, "")
        found["officer_households"] = (bool(inside), None, officer)
        found["officer_visits_on_time"] = (sum(visits), len(visits), officer)
        found["officer_without_effect"] = (
            sum(not effect(home, m.start) for m in judged),
            len(judged),
            officer,
        )
        found["officer_lacking_share"] = (bool(inside) and lacking > 0, bool(inside), officer)
    for m in measures:
        now = this_year(m.start, day)
        found[f"measures/{m.id}"] = (now, None, m.kind)
        found[f"cost/{m.id}"] = (m.cost if now else 0, None, m.kind)
        found[f"funds/{m.id}"] = (m.cost if now else 0, None, m.fund)
        one = m in judged
        found[f"without_effect/{m.id}"] = (one and not effect(home, m.start), one, m.kind)
    return found


@pytest.fixture
def register(system, clock):
    """Households of three villages and one community, with everything that happened to them."""
    clock.set(date(2026, 11, 22))
    places.import_package(within="620123000000")
    towns = places.children("620123000000")
    villages = [v.code for v in places.children(towns[0].code) if v.kind == "committee"][:3]
    communities = [c.code for t in towns for c in places.children(t.code) if c.kind == "community"][:1]
    office = access.open_office(system, name="村委会", area=villages[0])["office"]
    for n in range(3):
        access.appoint(system, office=UUID(office), username=f"o{n}", name=f"干部{n}", start=FIRST)
    with access.acting_as(system):
        yield Register([*villages, *communities], list(Officer.objects.values_list("id", flat=True)))


def expected(register: Register, day: date) -> dict[tuple, list]:
    """Every cell by hand: (indicator, division, part) → [numerator, denominator]."""
    found: dict[tuple, list] = {}
    for home in register.homes.values():
        village = places.current(home["area"], home["group"], day)
        rural = places.division(home["area"]).kind in ("committee", "village")
        for key, (n, d, part) in by_hand(home, day, rural).items():
            name = key.partition("/")[0]
            parts = ("", part) if part else ("",)
            for level, code in enumerate((village[:2], village[:4], village[:6], village[:9], village), 1):
                for one in parts:
                    if one and level not in api.INDICATORS[f"poverty.{name}"].levels:
                        continue
                    cell = found.setdefault((name, code.ljust(12, "0"), one), [Decimal(0), Decimal(0)])
                    cell[0] += n
                    cell[1] += d or 0
    return {key: cell for key, cell in found.items() if any(cell)}


def stored(period: str) -> dict[tuple, list]:
    rows = Value.objects.filter(computation__period=period)
    return {
        (name.partition(".")[2], code, by): [n, d or Decimal(0)]
        for name, code, by, n, d in rows.values_list(
            "computation__indicator", "division_code", "by", "numerator", "denominator"
        )
    }


PERIODS = ["2023", "2024", "2025", "2026", "2024Q3", "2025-05"]


def test_every_figure_is_what_is_counted_by_hand_over_the_rows(register, snapshot, system):
    snapshot()
    assert {one.name.partition(".")[2] for one in api.indicators("poverty")} == {
        key.partition("/")[0] for home in register.homes.values() for key in by_hand(home, LAST, True)
    }
    done = api.compute("poverty", PERIODS)
    assert done.rows == Value.objects.count() > 500
    for period in PERIODS:
        day = min(api.parse(period).last, date(2026, 11, 22))
        assert stored(period) == expected(register, day), period


def test_a_merged_village_counts_where_it_belonged_at_the_end_of_each_period(register, snapshot, system):
    first, second, third = register.villages[:3]
    access.merge_villages(system, codes=(first,), into=second, on=date(2024, 7, 1), document="批复")
    access.split_village(
        system, code=third, into=second, name="", groups=(1,), on=date(2025, 3, 1), document="批复"
    )
    snapshot()
    api.compute("poverty", ["2023", "2024", "2025"])
    for period in ("2023", "2024", "2025"):
        assert stored(period) == expected(register, api.parse(period).last), period
    codes = {p: {code for _name, code, _by in stored(p)} for p in ("2023", "2024")}
    assert first in codes["2023"]
    assert first not in codes["2024"]


def test_computing_again_changes_nothing_until_there_is_a_new_snapshot(register, snapshot, system):
    snapshot()
    api.compute("poverty", ["2025"])
    before, entries = stored("2025"), Entry.objects.count()
    ids = set(Computation.objects.values_list("id", flat=True))
    api.compute("poverty", ["2025"])
    assert set(Computation.objects.values_list("id", flat=True)) == ids
    assert Entry.objects.count() == entries
    Visit.objects.all().delete()
    assert stored("2025") == before
    snapshot()
    api.compute("poverty", ["2025"])
    assert stored("2025") != before
    assert (
        Computation.objects.filter(period="2025").values("generation").distinct().get()["generation"] == "2"
    )


def test_a_period_that_has_not_begun_is_refused_and_one_that_runs_speaks_of_today(register, snapshot, system):
    snapshot()
    with pytest.raises(Refused, match="还没有开始"):
        api.compute("poverty", ["2027"])
    api.compute("poverty", ["2026"])
    assert api.figure("poverty.people", "620123000000", "2026").known_on == date(2026, 11, 22)


def test_a_night_counts_and_assesses_what_runs_and_what_has_just_ended(
    register, snapshot, system, clock, monkeypatch
):
    from huimin.core.facts import api as facts
    from huimin.core.insight.tasks import compute_due

    monkeypatch.setattr(facts, "refresh", snapshot)
    compute_due()
    assert api.periods("poverty")[-1] == "2026Q4"
    assert len(api.periods("poverty")) == 10  # the first night: all usual periods
    clock.set(date(2027, 1, 10))
    compute_due()
    assert set(Computation.objects.filter(generation="2").values_list("period", flat=True)) == {
        "2026", "2026Q4", "2027", "2027Q1",
    }  # fmt: skip
    assert api.assessment("poverty", "620000000000", "2026", "township")
