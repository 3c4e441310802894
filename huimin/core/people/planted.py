# ruff: noqa: SIM905 (a table of signs)
"""A made-up register in which some people stand twice, with what clerks get wrong; for tests, benchmarks and the demo.

How it is made, so that a figure measured on it can be judged. Families are those of the demo (`demo.Family`), in
made-up villages. Numbers are given as in life: an area of registration, the day of birth, an order at random; twins
have neighbouring orders. Natural look-alikes are part of it: twins (some with names that sound alike), people of the
same name and the same birth date elsewhere, brothers and sisters with one sign of the name in common.

A share of the people is registered a second time. Each field of the second record is drawn on its own, so some
have several errors: the name is typed by sound (王 for 汪), by shape, in the wrong order, with a sign missing
or another one (36 in 100); day, month or year of birth are wrong (14); the number is missing (45), or has a digit
changed or two exchanged with a check digit that fits again; the phone is the same (50), missing or another; the place
is the same household, another one of the village, the county, or anywhere; some are whole families registered again.
The tables of errors here and the weights in `matching` know nothing of each other; seeds below 100 were for tuning.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from stdnum.cn import ric

from huimin.core.people import demo_names as names
from huimin.core.people.demo import Family
from huimin.core.people.reading import syllables

TODAY = date(2026, 11, 22)
TWICE = 0.015  # of the people are registered a second time
TWINS, ALIKE_TWINS = 0.012, 0.1  # of the families have twins; of those have names that sound alike
LOOKALIKES = (
    0.001  # of the people have somebody of the same name, sex and birth date elsewhere: twenty times chance
)
WITHOUT_NUMBER = 0.02
BY_SHAPE = tuple(  # signs that look alike
    (
        "未末 己已 土士 日曰 天夫 王玉 干千 贝见 人入 午牛 甲申 由田 白自 木本 兰三 云去 令今 冬东 刀力 大太 "
        "小少 石右 立亚 永水 占古 宇字 成戌 红江 志忠 芳芬 莲连 梅海 娟捐 玲铃 霞露 琴琵 花华 英莫 林材 明朋 "
        "建健 国园 军车 强疆 斌武 峰蜂 伟纬 涛铸 杰木 刚钢 勇男 荣劳 武式 福副 贵责 德得 祥详 福幅 清青 晓烧 "
        "佳住 婷停 静净 燕蒸 艳绝 倩情 雪雷 欣欢 怡始 萍苹 蓉容 洁吉 瑶遥 "
    ).split()
)


@dataclass(slots=True)
class Made:
    """A record of the made-up register; `of` names the person, the same for both records of one."""

    of: int
    name: str
    sex: str
    born: date
    village: str
    household: int
    number: str
    relation: str
    phone: str = ""
    twice: bool = False
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def register(people: int, seed: int) -> list[Made]:
    """About so many records, in a random order; the same for the same seed."""
    return Register(people, seed).make()


def pairs(rows: list[Made]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """The planted duplicates: ids of the two records of one person, the smaller first."""
    first: dict[int, uuid.UUID] = {}
    found = set()
    for row in rows:
        other = first.setdefault(row.of, row.id)
        if other != row.id:
            found.add((min(other, row.id), max(other, row.id)))
    return found


def numbered(area: int, born: date, order: int) -> str:
    """A number of nobody with a check digit that fits."""
    body = f"99{area:04d}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


class Register:
    """Makes the records."""

    def __init__(self, people: int, seed: int) -> None:
        self.people, self.random = people, Random(seed)  # noqa: S311
        self.used: set[str] = set()
        self.rows: list[Made] = []
        self.households = 0
        self.count = 0
        self.villages = [
            f"62{county:04d}{town:03d}{village:03d}"
            for county in range(101, 187) for town in range(101, 115) for village in range(201, 213)
        ]  # fmt: skip

    def make(self) -> list[Made]:
        """Families, look-alikes, second records; shuffled."""
        while len(self.rows) < self.people * (1 - TWICE - LOOKALIKES):
            self.family()
        once = list(self.rows)
        for row in self.random.sample(once, int(self.people * LOOKALIKES)):
            self.lookalike(row)
        again = Errors(self.random, self.number, self.villages, self.new_household)
        by_home: dict[int, list[Made]] = {}
        for row in once:
            by_home.setdefault(row.household, []).append(row)
        wanted, done = int(self.people * TWICE), set[int]()
        order = self.random.sample(once, min(len(once), wanted * 4))
        for row in order:
            if len(done) >= wanted:
                break
            if row.of in done:
                continue
            whole = self.random.random() < 0.1
            home, village = (
                (self.new_household(), self.random.choice(self.villages)) if whole else (None, None)
            )
            for one in by_home[row.household] if whole else [row]:
                if one.of not in done:
                    done.add(one.of)
                    self.rows.append(again.second(one, home, village))
        self.random.shuffle(self.rows)
        for row in self.rows:
            row.id = uuid.UUID(int=self.random.getrandbits(128), version=4)
        return self.rows

    def new_household(self) -> int:
        self.households += 1
        return self.households

    def number(self, area: int, born: date, sex: str, near: str = "") -> str:
        """A number that nobody else has; `near` is a twin's."""
        random = self.random
        for attempt in range(1000):
            order = (
                int(near[14:17]) + 2 * (attempt + 1) if near else random.randrange(500) * 2 + (sex == "male")
            )
            if near and (order % 2 == 1) != (sex == "male"):
                order += 1
            made = numbered(area, born, order % 1000)
            if made not in self.used:
                self.used.add(made)
                return made
        raise ValueError("no number left")

    def add(
        self, name: str, sex: str, born: date, village: str, household: int, relation: str, near: str = ""
    ) -> Made:
        """A person with a number, mostly."""
        random = self.random
        area = (
            int(near[2:6])
            if near
            else int(village[2:6])
            if random.random() < 0.85
            else random.randrange(101, 999)
        )
        number = "" if random.random() < WITHOUT_NUMBER else self.number(area, born, sex, near)
        row = Made(
            self.count, name, sex, born, village, household, number, relation, self.phone(born, household)
        )
        self.count += 1
        self.rows.append(row)
        return row

    def phone(self, born: date, household: int) -> str:
        """A phone of the grown up; one in eight shares it with others at home."""
        random, age = self.random, (TODAY - born).days // 365
        if age < 16 or random.random() > (0.85 if age < 75 else 0.5):
            return ""
        return f"12{household:09d}" if random.random() < 0.125 else f"12{10**8 + random.randrange(9 * 10**8)}"

    def family(self) -> None:
        """A household of the demo's making, now and then with twins."""
        random, village = self.random, self.random.choice(self.villages)
        people = names.ethnicity(random, village)
        grown = Family(random, people, TODAY)
        grown.grow()
        home = self.new_household()
        twins = random.random() < TWINS * 8  # of the families with a child that is not the first
        for one in grown.members:
            if one.died is not None:
                continue
            row = self.add(one.name, one.sex, one.born, village, home, one.relation)
            if (
                twins
                and one.relation in ("son", "daughter", "grandson", "granddaughter")
                and random.random() < 0.35
            ):
                self.twin(row, people)
                twins = False

    def twin(self, row: Made, people: str) -> None:
        """A brother or sister of the same day: half of them share a sign, one in ten sounds alike."""
        random = self.random
        sex = row.sex if random.random() < 0.65 else "female" if row.sex == "male" else "male"
        given = names.given(random, people, sex, row.born.year)
        surname = row.name[:1] if people in names.SURNAMES else ""
        if surname and len(row.name) == 3 and random.random() < 0.5:
            given = row.name[1] + given[-1]
        name = surname + given
        if random.random() < ALIKE_TWINS:
            name = row.name[:-1] + random.choice(alike(row.name[-1]) or [row.name[-1]])
        if name != row.name:
            self.add(name, sex, row.born, row.village, row.household, row.relation, near=row.number)

    def lookalike(self, row: Made) -> None:
        """Somebody else of that name and birth date, in a household of his own."""
        self.add(row.name, row.sex, row.born, self.random.choice(self.villages), self.new_household(), "head")


@lru_cache(maxsize=4096)
def alike(sign: str) -> list[str]:
    """Common signs that sound the same without tones."""
    return [one for one in sounding().get(syllables(sign)[0] if syllables(sign) else "", ()) if one != sign]


@lru_cache(maxsize=1)
def sounding() -> dict[str, list[str]]:
    """The 3,755 signs of the first level of GB 2312 by syllable."""
    found: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                sign = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            found.setdefault(syllables(sign)[0], []).append(sign)
    return found


NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"))


def near_alike(random: Random, sign: str) -> str:
    """A sign that sounds nearly the same to those who do not tell zh from z or ing from in."""
    own = syllables(sign)[0]
    for one, other in random.sample(NEAR, len(NEAR)):
        for a, b in ((one, other), (other, one)):
            turned = own.replace(a, b, 1)
            if a in own and turned != own and turned in sounding():
                return random.choice(sounding()[turned])
    return random.choice(alike(sign) or [sign])


class Errors:
    """Makes a second record of a person, with what goes wrong when one is typed again."""

    def __init__(self, random: Random, number: object, villages: list[str], new_household: object) -> None:
        self.random, self.number, self.villages, self.new_household = random, number, villages, new_household

    def second(self, row: Made, home: int | None = None, village: str | None = None) -> Made:
        """The second record; `home` and `village` where the whole family is registered again."""
        random = self.random
        born = self.birth(row.born)
        sex = row.sex if random.random() < 0.99 else "female" if row.sex == "male" else "male"
        number = (
            self.wrong_number(row.number, born)
            if row.number and sex == row.sex and random.random() < 0.55
            else ""
        )
        if home is None:
            where = random.random()
            home, village = row.household, row.village
            if where >= 0.22:
                home = self.new_household()  # type: ignore[operator]
                county = [one for one in self.near(row.village) if one != row.village]
                village = (
                    row.village if where < 0.45 else random.choice(county) if where < 0.65
                    else random.choice(self.villages)
                )  # fmt: skip
        assert village is not None
        kept = random.random()  # the phone that was given again, none, or another
        phone = row.phone if kept < 0.5 else "" if kept < 0.8 else f"12{10**8 + random.randrange(9 * 10**8)}"
        return replace(
            row,
            phone=phone,
            name=self.name(row.name),
            sex=sex,
            born=born,
            number=number,
            household=home,
            village=village,
            twice=True,
        )

    def near(self, village: str) -> list[str]:
        return [one for one in self.villages if one[:6] == village[:6]]

    def name(self, name: str) -> str:
        """The name as it was typed."""
        random = self.random
        kind = random.choices(
            ("same", "sound", "near", "shape", "order", "length", "other"), (64, 14, 5, 7, 4, 3, 3)
        )[0]
        at = random.randrange(len(name))
        if kind == "same":
            return name
        if kind == "order" and len(name) >= 3 and name[1] != name[2]:
            return name[0] + name[2] + name[1] + name[3:]
        if kind == "length" and len(name) >= 3:
            at = random.randrange(1, len(name))
            return name[:at] + name[at + 1 :]
        if kind == "shape":
            for place in random.sample(range(len(name)), len(name)):
                other = next((p.replace(name[place], "") for p in BY_SHAPE if name[place] in p), "")
                if other:
                    return name[:place] + other + name[place + 1 :]
        if kind == "near":
            return name[:at] + near_alike(random, name[at]) + name[at + 1 :]
        if kind == "other":
            return name[:at] + random.choice(random.choice(list(sounding().values()))) + name[at + 1 :]
        return name[:at] + random.choice(alike(name[at]) or [name[at]]) + name[at + 1 :]

    def birth(self, born: date) -> date:
        """The birth date as it was typed."""
        random = self.random
        kind = random.choices(("same", "day", "month", "swap", "year"), (86, 5, 3, 3, 3))[0]
        try:
            if kind == "day":
                return born.replace(
                    day=random.choice([born.day % 10 + 10, born.day % 10 + 20, born.day + 1, born.day - 1])
                )
            if kind == "month":
                return born.replace(month=random.choice([born.month + 1, born.month - 1, born.month + 10]))
            if kind == "swap":
                return born.replace(day=born.month, month=born.day)
            if kind == "year":
                changed = born.replace(year=born.year + random.choice([-10, -1, 1, 10]))
                return changed if changed <= TODAY else born
        except ValueError:
            return max(born - timedelta(days=1), date(1900, 1, 1))
        return born

    def wrong_number(self, number: str, born: date) -> str:
        """Another number that passes: the birth part follows the record, a digit is changed or two are exchanged."""
        random = self.random
        body = number[:6] + f"{born:%Y%m%d}" + number[14:17]
        while body[:17] == number[:17] or random.random() < 0.12:
            at = random.choice((2, 3, 4, 5, 14, 15))
            if random.random() < 0.35:
                body = body[:at] + body[at + 1] + body[at] + body[at + 2 :] if at != 5 else body
            else:
                body = body[:at] + str(random.randrange(10)) + body[at + 1 :]
        return body + ric.calc_check_digit(body + "0")


def sources(rows: list[Made]) -> Iterator[tuple[object, ...]]:
    """The records as `matching.prepare` takes them."""
    for row in rows:
        yield row.id, row.name, row.sex, row.born, row.village, row.household, row.number, row.phone or None
