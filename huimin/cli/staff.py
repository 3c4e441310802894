"""Staff of the demo province: the ready accounts, and officers around the villages with most people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from huimin.kit.area import NATION, AreaCode, Level

START = date(2025, 1, 1)
NAMES = {
    Level.VILLAGE: ("马建军", "石海燕", "杨志强", "马玉兰", "才让东珠"),
    Level.TOWNSHIP: ("王丽萍", "李国栋", "张彩霞", "马忠明", "卓玛草"),
    Level.COUNTY: ("赵文博", "赵文博", "孙晓梅", "马俊山", "扎西当知"),
    Level.PROVINCE: ("陈静",) * 5,
}
TITLES = {
    Level.VILLAGE: ("村民委员会", "村委会副主任"),
    Level.TOWNSHIP: ("乡村振兴工作站", "站长"),
    Level.COUNTY: ("农业农村局防返贫监测中心", "主任"),
    Level.PROVINCE: ("农业农村厅帮扶处", "处长"),
}
READY = {
    Level.VILLAGE: "village",
    Level.TOWNSHIP: "township",
    Level.COUNTY: "county",
    Level.PROVINCE: "province",
}


@dataclass(frozen=True)
class Post:
    """One officer of the demo."""

    username: str
    name: str
    office: str
    title: str
    area: str
    level: Level
    demo: bool


def posts(villages: list[str], names: dict[str, str]) -> list[Post]:
    """A post at every level above each village, once a division; the first village's are the ready ones."""
    found: dict[str, Post] = {}
    for number, village in enumerate(villages):
        for level, (office, title) in TITLES.items():
            area = str(AreaCode(village).at(level))
            if area in found:
                continue
            found[area] = Post(
                username=READY[level] if number == 0 else f"{READY[level]}-{AreaCode(area).short}",
                name=NAMES[level][number % 5],
                office=f"{names.get(area, '')}{office}".replace("村民委员会村民委员会", "村民委员会"),
                title=title,
                area=area,
                level=level,
                demo=number == 0,
            )
    return list(found.values())


def appoint(system: Any, villages: list[str]) -> int:
    """Set up offices and officers with every service's roles at their level; how many. Harmless twice."""
    from huimin.core.access import api as access
    from huimin.core.places import api as places
    from huimin.manifest import services

    codes = {str(AreaCode(v).at(level)) for v in villages for level in TITLES}
    roles = [(label, role.code, role.level) for label, service in services.items() for role in service.roles]
    made = posts(villages, places.names(codes))
    for post in made:
        officer = person_in_office(
            access, system, post.username, post.name, post.office, post.title, post.area, demo=post.demo
        )
        for service, role, level in roles:
            if level == post.level:
                key = f"demo/{post.username}/{service}.{role}"
                access.grant(
                    system, key, officer=officer, service=service, role=role, area=post.area, start=START
                )
    province = str(AreaCode(villages[0]).at(Level.PROVINCE))
    for username, name, office, title, area in (
        ("auditor", "周明", "省审计厅", "审计员", province),
        ("admin", "系统管理员", "省大数据中心", "管理员", str(NATION)),
    ):
        officer = person_in_office(
            access, system, username, name, office, title, province, demo=True, superuser=username == "admin"
        )
        access.grant(
            system, f"demo/{username}", officer=officer, service="*", role=username, area=area, start=START
        )
    return len(made) + 2


def person_in_office(
    access: Any, system: Any, username: str, name: str, office: str, title: str, area: str, *, demo: bool,
    superuser: bool = False,
) -> UUID:  # fmt: skip
    """An account with a post in an office; the officer's id."""
    key = f"demo/{username}"
    place = access.open_office(system, f"demo/{area}/{office}", name=office, area=area, phone=phone(area))[
        "office"
    ]
    access.open_account(system, key, username=username, name=name, demo=demo, superuser=superuser)
    post = access.appoint(
        system, key, office=place, username=username, name=name, title=title, phone=phone(area), start=START
    )
    return UUID(post["officer"])


def phone(area: str) -> str:
    """A telephone number that nobody has: exchange 000."""
    return f"0931-000{int(area[5:9]) % 10000:04d}"


def citizen(system: Any, village: str) -> str:
    """The ready citizen: a person a service has something to show for, else a head of a household."""
    from huimin.core.access import api as access
    from huimin.core.people import api as people
    from huimin.manifest import services

    suggested = (
        id
        for service in services.values()
        if service.demo and service.demo.citizens
        for id in service.demo.citizens()
    )
    heads = (row.head for row in people.households(village, limit=5) if row.head)
    person = next(suggested, None) or next(heads, None)
    if person is None:
        return ""
    name = people.person(person).name
    access.open_account(
        system, f"demo/citizen/{person}", username="citizen", name=name, person=person, demo=True
    )
    return name
