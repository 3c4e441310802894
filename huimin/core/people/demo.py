"""Believable people of Gansu for demonstrations: made up from a seed, with numbers and phones that nobody can have."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, timedelta
from random import Random
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import acting_as, system
from huimin.core.journal.api import Act, action
from huimin.core.people import demo_names as names
from huimin.core.people import idnumber, loading
from huimin.core.people.loading import NewHousehold, NewMembership, NewPerson, Progress
from huimin.core.people.models import Person
from huimin.core.people.types import Sex
from huimin.core.places import api as places
from huimin.core.places.types import Kind, Place
from huimin.kit.area import Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import Refused

# Villages dense enough to work in, about sixty households each: Xiaguanying and Jinya in Yuzhong (two townships of
# one county), Huaping in Anding, Maji in Linxia county, Sangke in Xiahe.
DENSE = ("620123101201", "620123103201", "621102101202", "622921102205", "623027103204")
IN_DENSE, IN_TOWNSHIP, IN_COUNTY = 60, 12, 2
SIZE = 3.45  # members of a household on the average, as it comes out
SEED = 20_260_101


@action("people.load_demo", title=gettext_lazy("载入演示人员"))
def load_demo(act: Act, *, n: int, seed: int, area: str) -> dict[str, Any]:
    """Fill an empty register with made-up people; one entry for all of them."""
    act.on(Ref.of("division", area), area=area)
    if Person.objects.exists():
        raise Refused(_("登记库中已有人员，演示数据只能载入空库。"), code="not_empty")
    people = Population(n, seed, area, act.today)
    made = people.make(_progress)
    loaded = loading.load(made.persons, made.households, made.memberships, _progress, n)
    return {"persons": loaded.persons, "households": loaded.households, "memberships": loaded.memberships}


_listener: ContextVar[Progress | None] = ContextVar("who hears of the progress", default=None)


def _progress(stage: str, done: int, total: int) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(stage, done, total)


def load_people(
    n: int = 60_000, seed: int = SEED, progress: Progress | None = None, area: str = "620000000000"
) -> dict[str, Any]:
    """Load about n made-up people, the same for the same seed and day; return the numbers of rows stored.

    `progress(stage, done, total)` is called with the stages make, person, household, membership. Repeating it is
    harmless; raise Refused where the register holds anybody else.
    """
    viewer = system("demo")
    token = _listener.set(progress)
    try:
        with acting_as(viewer):
            return load_demo(viewer, key=f"{area}/{n}/{seed}", n=n, seed=seed, area=area)
    finally:
        _listener.reset(token)


# What is typed wrong in the second records of the demo: name, days added to the birth date, number or not, same household.
SECOND = (
    ("sound", 0, False, False), ("same", 0, False, False), ("order", 0, False, False), ("sound", 0, True, False),
    ("same", 1, False, False), ("sound", 0, False, True), ("same", 0, True, False), ("same", 0, False, True),
)  # fmt: skip


@action("people.plant_duplicates", title=gettext_lazy("载入演示重复人员"))
def plant_duplicates(act: Act, *, area: str, seed: int) -> dict[str, Any]:
    """Register some of the people of an area a second time, as a clerk might: next door, married away, without a number."""
    from huimin.core.people import planted
    from huimin.core.people.actions import add_member, register_household, register_person
    from huimin.core.people.models import Membership

    act.on(Ref.of("division", area), area=area)
    random = Random(seed)  # noqa: S311 - made-up people, not secrets
    spans = places.q(places.spans(area))
    rows = Person.objects.filter(spans, died_on=None, left_on=None, name__regex="^.{3}$").exclude(
        id_hash=None
    )
    grown = list(rows.filter(birth_date__lt=date(act.today.year - 20, 1, 1)).order_by("id")[:2000])
    chosen = random.sample(grown, min(len(SECOND), len(grown)))
    made = []
    for number, (person, (typing, days, numbered, at_home)) in enumerate(zip(chosen, SECOND, strict=False)):
        name, born = person.name, person.birth_date + timedelta(days=days)
        if typing == "sound":
            name = name[:2] + random.choice(planted.alike(name[2]) or [name[2]])
        elif typing == "order":
            name = name[0] + name[2] + name[1]
        digits = person.id_number
        free = idnumber.make(born, Sex(person.sex), 480 + number, area=int(digits[2:6])) if numbered else ""
        values: dict[str, Any] = {
            "name": name,
            "sex": person.sex,
            "birth_date": born,
            "ethnicity": person.ethnicity,
            "id_number": free,
        }
        key, home = f"{act.key}/{number}", Membership.objects.filter(person=person, end=None).first()
        if at_home and home is not None:
            done = add_member(
                act.actor, key=f"{key}/member", household=home.household_id, relation="other", on=act.today, reason="other",
                new=values,
            )  # fmt: skip
            made.append(done["person"])
            continue
        code = person.division_code if number % 2 else random.choice(grown).division_code
        values |= {"division_code": code, "group_no": person.group_no, "phone": person.phone}
        second = register_person(act.actor, key=f"{key}/person", **values)["person"]
        register_household(
            act.actor, key=f"{key}/household", head=uuid.UUID(second), division_code=code, group_no=person.group_no,
            address=_("%(group)d组%(number)d号") % {"group": person.group_no, "number": 80 + number},
            on=act.today - timedelta(days=400 + 90 * number),
        )  # fmt: skip
        made.append(second)
    return {"persons": len(made)}


class Made:
    """What was made up so far."""

    def __init__(self) -> None:
        self.persons: list[NewPerson] = []
        self.households: list[NewHousehold] = []
        self.memberships: list[NewMembership] = []


class Population:
    """About n people in the villages of an area."""

    def __init__(self, n: int, seed: int, area: str, today: date) -> None:
        self.n, self.area, self.today = n, area, today
        self.random = Random(seed)  # noqa: S311 - made-up people, not secrets
        self.serials: Counter[tuple[int, date, Sex]] = Counter()
        self.numbers: Counter[str] = Counter()
        self.made = Made()

    def make(self, progress: Progress) -> Made:
        """All of them."""
        for village in self.villages():
            self.household(village)
            done = len(self.made.persons)
            if done % 1000 < 8:
                progress("make", min(done, self.n), self.n)
            if done >= self.n:
                break
        return self.made

    def villages(self) -> Iterator[Place]:
        """A village for every household: the dense ones and their surroundings first, then the whole area at random."""
        all_of_them = places.at_level(Level.VILLAGE, self.area)
        if not all_of_them:
            raise Refused(_("请先载入行政区划，再载入演示人员。"), code="no_divisions")
        by_code = {place.code: place for place in all_of_them}
        dense = [by_code[code] for code in DENSE if code in by_code] or [all_of_them[0]]
        budget = int(self.n / SIZE * 0.7)
        townships, counties = {p.code[:9] for p in dense}, {p.code[:6] for p in dense}
        near = [p for p in all_of_them if p.code[:9] in townships and p not in dense]
        around = [p for p in all_of_them if p.code[:6] in counties and p.code[:9] not in townships]
        planned = [p for p in dense for _n in range(IN_DENSE)]
        planned += [p for p in near for _n in range(IN_TOWNSHIP)] + [
            p for p in around for _n in range(IN_COUNTY)
        ]
        yield from planned[: max(budget, len(dense))]
        weights = [3 if place.kind is Kind.COMMUNITY else 2 for place in all_of_them]
        sums, total = [], 0
        for weight in weights:
            total += weight
            sums.append(total)
        while True:
            yield from self.random.choices(all_of_them, cum_weights=sums, k=1000)

    def household(self, village: Place) -> None:
        """One household of one to seven with its members, now and then one who has died."""
        random, code = self.random, village.code
        people = names.ethnicity(random, code)
        family = Family(random, people, self.today)
        family.grow()
        group = 0 if village.kind is Kind.COMMUNITY else random.randint(1, 6)
        head = family.members[0]
        opened = min(
            max(head.born + timedelta(days=365 * random.randint(22, 30)), date(1984, 1, 1)), date(2023, 1, 1)
        )
        opened += timedelta(days=random.randrange(300))
        for one in family.members:
            if one.died is not None:
                opened = min(opened, one.died - timedelta(days=365))
        self.numbers[code] += 1
        serial = self.numbers[code]
        id = self.uuid()
        for index, one in enumerate(family.members):
            person = self.person(one, code, group)
            if index == 0:
                address = self.address(village, group, serial)
                self.made.households.append(
                    NewHousehold(
                        f"{code}{serial:05d}", code, group, address, person.id, person.name, opened, id=id
                    )
                )
            start, joined = (one.born, "birth") if one.born > opened else (opened, "founding")
            left = "death" if one.died else ""
            self.made.memberships.append(
                NewMembership(id, person.id, one.relation, start, one.died, joined, left, id=self.uuid())
            )

    def person(self, one: Relative, code: str, group: int) -> NewPerson:
        """A member as a person with number, phone and schooling."""
        random = self.random
        sex = Sex(one.sex)
        area = int(code[2:6])
        serial = self.serials[area, one.born, sex]
        self.serials[area, one.born, sex] += 1
        age = (self.today - one.born).days // 365
        number = "" if age < 1 and random.random() < 0.5 else idnumber.make(one.born, sex, serial, area=area)
        phone = f"12{random.randrange(10**9):09d}" if 15 < age < 82 and random.random() < 0.85 else ""
        person = NewPerson(
            one.name, one.sex, one.born, code, group, one.people, number, phone, schooling(random, one.born.year, age),
            died_on=one.died, id=self.uuid(),
        )  # fmt: skip
        self.made.persons.append(person)
        return person

    def address(self, village: Place, group: int, serial: int) -> str:
        """A house in a villagers' group, or a flat."""
        if group:
            return _("%(group)d组%(number)d号") % {"group": group, "number": serial}
        random = self.random
        return f"{random.randint(1, 12)}号楼{random.randint(1, 4)}单元{random.randint(1, 6)}0{random.randint(1, 3)}室"

    def uuid(self) -> uuid.UUID:
        """The next id of the seed."""
        return uuid.UUID(int=self.random.getrandbits(128), version=4)


class Relative:
    """A member of a family that is being made up."""

    __slots__ = ("born", "died", "name", "people", "relation", "sex")

    def __init__(
        self, name: str, people: str, sex: str, born: date, relation: str, died: date | None = None
    ) -> None:
        self.name, self.people, self.sex, self.born, self.relation, self.died = (
            name,
            people,
            sex,
            born,
            relation,
            died,
        )


KINDS = ("couple", "three", "elders", "parent", "widowed", "single")
SHARES = (40, 73, 84, 89, 95, 100)
CHILDREN = {"汉族": (18, 62, 96, 100), "": (8, 38, 78, 100)}  # in 100 families: none, one, two, three


class Family:
    """People of one household over up to four generations, grown from its head."""

    def __init__(self, random: Random, people: str, today: date) -> None:
        self.random, self.people, self.today = random, people, today
        self.surname = names.surname(random, people)
        self.fathers = self.surname  # what children are called by
        self.members: list[Relative] = []

    def grow(self) -> None:
        """Make up its members, the head first."""
        kind = self.random.choices(KINDS, cum_weights=SHARES)[0]
        getattr(self, f"_{kind}")()

    def add(self, relation: str, sex: str, age: float, surname: str | None = None) -> Relative:
        """A member of an age in years; a surname of None is the family's."""
        random = self.random
        age = min(max(age, 0.02), 98.0)
        born = self.today - timedelta(days=int(age * 365.25) + random.randrange(7))
        own = self.surname if surname is None else surname
        one = Relative(
            own + names.given(random, self.people, sex, born.year), self.people, sex, born, relation
        )
        self.members.append(one)
        return one

    def other_surname(self) -> str:
        return names.surname(self.random, self.people)

    def sex(self) -> str:
        return "male" if self.random.random() < 0.518 else "female"

    def pair(self, age: float) -> None:
        """A head and a spouse."""
        male_head = self.random.random() < 0.9
        sexes = ("male", "female") if male_head else ("female", "male")
        self.add("head", sexes[0], age)
        other = self.other_surname()
        self.add("spouse", sexes[1], age + self.random.gauss(-1.5 if male_head else 1.5, 2.5), other)
        self.fathers = self.surname if male_head else other

    def children(self, parents_age: float, son: str, daughter: str) -> None:
        shares = CHILDREN["汉族" if self.people == "汉族" else ""]
        count = self.random.choices(range(4), cum_weights=shares)[0]
        age = parents_age - self.random.uniform(21, 29)
        for _n in range(count):
            if age < 0:
                break
            sex = self.sex()
            if age < 24 or self.random.random() < 0.35:  # the others have left home
                self.add(son if sex == "male" else daughter, sex, age, self.fathers)
            age -= self.random.uniform(1.5, 6)

    def _couple(self) -> None:
        age = self.random.triangular(24, 66, 42)
        self.pair(age)
        self.children(age, "son", "daughter")

    def _three(self) -> None:
        """The elders are head with a son and his family, or the middle ones with the parents."""
        age = self.random.triangular(26, 52, 38)
        elder = age + self.random.uniform(21, 29)
        if self.random.random() < 0.5:
            self.pair(elder)
            self.bereave()
            self.add("son", "male", age, self.fathers)
            self.add("daughter_in_law", "female", age - self.random.gauss(1.5, 2), self.other_surname())
            self.children(age, "grandson", "granddaughter")
            return
        self.pair(age)
        self.children(age, "son", "daughter")
        if self.random.random() < 0.7:
            self.add("father", "male", elder)
        mother = self.add("mother", "female", elder - 2, self.other_surname())
        if self.random.random() < 0.1 and elder > 60:
            mother.died = self.day_of_death()

    def _elders(self) -> None:
        self.pair(self.random.triangular(58, 88, 67))

    def _parent(self) -> None:
        age = self.random.triangular(30, 56, 42)
        self.add("head", self.sex(), age)
        before = len(self.members)
        self.children(age, "son", "daughter")
        if len(self.members) == before:
            self.add("son", "male", max(age - 25, 1))

    def _widowed(self) -> None:
        age = self.random.triangular(60, 92, 74)
        self.add("head", "female" if self.random.random() < 0.65 else "male", age)

    def _single(self) -> None:
        self.add(
            "head", "male" if self.random.random() < 0.7 else "female", self.random.triangular(24, 75, 45)
        )

    def bereave(self) -> None:
        """Now and then the head's spouse has died in the last years."""
        if self.random.random() < 0.15:
            self.members[1].died = self.day_of_death()

    def day_of_death(self) -> date:
        return self.today - timedelta(days=self.random.randrange(20, 5 * 365))


def schooling(random: Random, year: int, age: int) -> str:
    """The highest school finished by somebody of an age who was born in a year."""
    if age < 12:
        return ""
    if age < 15:
        return "primary"
    if age < 18:
        return "junior"
    shares = (
        (35, 72, 94, 98, 100, 100, 100) if year < 1955 else (14, 46, 82, 92, 96, 98, 100) if year < 1975
        else (4, 22, 66, 78, 84, 93, 100) if year < 1990 else (1, 5, 38, 56, 66, 84, 100)
    )  # fmt: skip
    kinds = ("none", "primary", "junior", "senior", "vocational", "college", "bachelor")
    return random.choices(kinds, cum_weights=shares)[0]
