# ruff: noqa: SIM905 (tables of names)
"""Offices and officers of the demo province, and its ready accounts: made up, with telephone numbers that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from huimin.core.access import loading
from huimin.core.access.loading import NewOffice, NewPost
from huimin.core.access.models import Account
from huimin.core.access.scope import acting_as, system
from huimin.core.access.viewers import ROLES
from huimin.core.journal.api import Act, action
from huimin.core.places import api as places
from huimin.kit.area import DIGITS, NATION, WIDTH, AreaCode, Level
from huimin.kit.ref import Ref

START = date(2020, 3, 1)
SEED = 20_260_102
OFFICES = {
    Level.PROVINCE: ("农业农村厅帮扶处", ("处长", "二级调研员")),
    Level.PREFECTURE: ("农业农村局帮扶科", ("科长",)),
    Level.COUNTY: ("防返贫监测中心", ("主任", "副主任")),
    Level.TOWNSHIP: ("乡村振兴工作站", ("站长", "专干")),
    Level.VILLAGE: ("", ("村委会副主任",)),
}
READY = {
    Level.VILLAGE: "village",
    Level.TOWNSHIP: "township",
    Level.COUNTY: "county",
    Level.PROVINCE: "province",
}
# Roles that nobody holds beside another: who writes a rule and who publishes it are two people. Name and post of each.
APART = {"policy": ("陈文博", "政策法规处主任科员"), "publisher": ("李建军", "分管副厅长")}
SURNAMES = "王张李刘杨陈赵马高何郭魏孙朱周徐宋罗梁胡黄郑田石董曹韩冯苏任贾雷汪史姚潘牛包"
HAN = (
    "建军 海燕 志强 玉兰 丽萍 国栋 彩霞 文博 晓梅 俊山 小龙 红霞 永刚 秀芳 振华 雪琴 立新 春梅 晓东 爱玲 学文 淑珍 "
    "宏伟 慧敏 世荣 桂花 鹏飞 艳丽 成林 亚楠 正平 媛媛 克勤 婷婷 生福 小娟 耀祖 静 涛 磊 芸 浩 洁 斌"
).split()
TIBETAN = "才让东珠 扎西当知 卓玛草 拉毛才让 旦正加 道吉才让 才让卓玛 贡保加 尕藏才让 桑吉草 万玛扎西 豆格加".split()
HUI_PREFECTURE, TIBETAN_PREFECTURE = "6229", "6230"

Progress = Callable[[str, int, int], None]
_plan: ContextVar[tuple[list[str], Sequence[str]]] = ContextVar("villages to staff")


@action("access.load_demo", title=gettext_lazy("载入演示机构和干部"))
def load_demo(act: Act, *, area: str, villages: int) -> dict[str, Any]:
    """Set up offices and officers for a number of villages and all above them; one entry for all of them."""
    act.on(Ref.of("division", area), area=area)
    staff = Staff(*_plan.get())
    return loading.load(act, staff.offices(), staff.posts())


def load_accounts(
    villages: Iterable[str],
    showcase: Sequence[str],
    progress: Progress | None = None,
    area: str = "620000000000",
) -> dict[str, Any]:
    """Staff the area down to these villages; the ready accounts are those of the first village of `showcase`.

    `village2` is the officer of the first of them that lies in another county. Repeating it changes nothing; what was
    stored is returned, or {} where the ready accounts are there already.
    """
    if Account.objects.filter(username=READY[Level.VILLAGE], is_demo=True).exists():
        return {}
    wanted = sorted({*villages, *showcase})
    token = _plan.set((wanted, showcase))
    viewer = system("demo")
    try:
        if progress:
            progress("staff", 0, len(wanted))
        with acting_as(viewer):
            made = load_demo(viewer, key=area, area=area, villages=len(wanted))
        if progress:
            progress("staff", len(wanted), len(wanted))
        return made
    finally:
        _plan.reset(token)


class Staff:
    """The offices and posts of an area, the same for the same villages."""

    def __init__(self, villages: list[str], showcase: Sequence[str]) -> None:
        codes = {v[: DIGITS[level]].ljust(WIDTH, "0") for v in villages for level in OFFICES}
        province = str(AreaCode(villages[0]).at(Level.PROVINCE))
        for level in (Level.PREFECTURE, Level.COUNTY):
            codes |= {place.code for place in places.at_level(level, province)}
        self.codes = sorted(codes)
        self.names = places.names(set(self.codes))
        self.showcase = showcase
        self.province = province
        self.random = Random(SEED)  # noqa: S311 - made-up officers, not secrets
        self.roles = [(*name.partition(".")[::2], role.level) for name, role in ROLES.items()]

    def uuid(self, what: str) -> UUID:
        """An id that is the same every time."""
        return UUID(bytes=sha256(f"{SEED}/{what}".encode()).digest()[:16], version=4)

    def offices(self) -> Iterator[NewOffice]:
        """One office a division, and those of the auditor and the administrator."""
        for code in self.codes:
            name = self.office_name(code)
            yield NewOffice(
                id=self.uuid(code),
                name=name,
                area=code,
                phone=landline(code),
                address=f"{self.names.get(code, '')}政务大厅",
            )
        for word, name in (("auditor", "省审计厅"), ("admin", "省大数据中心")):
            yield NewOffice(
                id=self.uuid(word), name=name, area=self.province, phone="0931-0000009", address=""
            )

    def office_name(self, code: str) -> str:
        """The office's name: a village's is its committee."""
        own = self.names.get(code, "")
        if AreaCode(code).level is not Level.VILLAGE:
            return own + OFFICES[AreaCode(code).level][0]
        if own.endswith("委员会") or own.endswith("居委会"):
            return own
        if own.endswith("村委会"):
            return own.removesuffix("委会") + "村民委员会"
        return own + ("村民委员会" if own.endswith("村") else "居民委员会")

    def posts(self) -> list[NewPost]:
        """An officer or two in each office."""
        found = []
        ready, second = self.ready()
        for code in self.codes:
            level = AreaCode(code).level
            roles = [
                (s, r)
                for s, r, at in self.roles
                if s != "*" and r not in APART and (at == level or (level is Level.PREFECTURE and at == 1))
            ]
            for number, title in enumerate(OFFICES[level][1]):
                first = number == 0
                username = f"{READY.get(level, 'city')}-{AreaCode(code).short}" + (
                    "" if first else f"-{number + 1}"
                )
                if first and (code in ready or code == second):
                    username = ready.get(code, "village2")
                grants = tuple((self.uuid(f"{code}/{number}/{s}.{r}"), s, r) for s, r in roles)
                found.append(
                    NewPost(
                        office=self.uuid(code), officer=self.uuid(f"{code}/{number}"), username=username, name=self.name(code),
                        title=title, phone=self.mobile(), start=START, area=code, grants=grants,
                    )
                )  # fmt: skip
        found += self.apart() if ready else []
        for username, name, title, area in (
            ("auditor", "周明", "审计员", self.province), ("admin", "系统管理员", "管理员", str(NATION)),
        ):  # fmt: skip
            found.append(
                NewPost(
                    office=self.uuid(username), officer=self.uuid(f"{username}/0"), username=username, name=name, title=title,
                    phone=landline(self.province), start=START, area=area, superuser=username == "admin",
                    grants=((self.uuid(f"{username}/0/*"), "*", username),),
                )
            )  # fmt: skip
        return found

    def apart(self) -> list[NewPost]:
        """A post in the province's office for each role that stands alone, with a ready account of the role's name."""
        found = []
        for code, (name, title) in APART.items():
            grants = tuple(
                (self.uuid(f"{code}/{service}"), service, role)
                for service, role, _level in self.roles
                if role == code
            )
            if grants:
                found.append(
                    NewPost(
                        office=self.uuid(self.province), officer=self.uuid(f"{code}/0"), username=code, name=name, title=title,
                        phone=landline(self.province), start=START, area=self.province, grants=grants,
                    )
                )  # fmt: skip
        return found

    def ready(self) -> tuple[dict[str, str], str]:
        """The ready accounts' names by division, and the village of `village2`."""
        if not self.showcase:
            return {}, ""
        first = AreaCode(self.showcase[0])
        ready = {str(first.at(level)): name for level, name in READY.items()}
        other = (v for v in self.showcase if v[:6] != first.code[:6])
        return ready, next(other, "")

    def name(self, code: str) -> str:
        """A name as officers there may have."""
        random = self.random
        if code.startswith(TIBETAN_PREFECTURE) and random.random() < 0.6:
            return random.choice(TIBETAN)
        surname = (
            "马" if code.startswith(HUI_PREFECTURE) and random.random() < 0.5 else random.choice(SURNAMES)
        )
        return surname + random.choice(HAN)

    def mobile(self) -> str:
        """A mobile number that nobody has: none begins with 12."""
        return f"12{self.random.randrange(10**9):09d}"


def landline(area: str) -> str:
    """A telephone number that nobody has: exchange 000."""
    return f"0931-000{int(area[5:9]) % 10000:04d}"
