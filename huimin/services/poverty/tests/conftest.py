"""A village with households, and the officers above it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.services.poverty import actions

GOOD = dict.fromkeys(("food", "clothing", "schooling", "medical", "housing", "water"), True)


@pytest.fixture
def village(db: Any) -> str:
    """The code of a real village of Gansu, with the divisions above it."""
    places.import_package()
    township = places.children("620123000000")[0].code
    return str(places.children(township)[0].code)


@pytest.fixture
def household(system: Any, village: str) -> Callable[..., UUID]:
    """Make a household of some members in the village (or another)."""
    numbers = iter(range(100, 1000))

    def make(area: str = "", members: int = 3, name: str = "") -> UUID:
        number = next(numbers)
        where = area or village
        head = people.register_person(
            system,
            name=name or f"王秀{'兰英梅芳霞'[number % 5]}",
            sex="female",
            birth_date=date(1970, 5, 1),
            division_code=where,
            group_no=2,
        )["person"]
        made = people.register_household(
            system, head=UUID(head), division_code=where, group_no=2, address="2组18号", on=date(2010, 1, 1)
        )
        for child in range(members - 1):
            people.add_member(
                system, household=UUID(made["household"]), relation="son", on=date(2012 + child, 3, 1), reason="birth",
                new={"name": f"李小{'明军强'[child % 3]}", "sex": "male", "birth_date": date(2012 + child, 3, 1)},
            )  # fmt: skip
        return UUID(made["household"])

    return make


@pytest.fixture
def team(officer: Callable[..., Any], village: str) -> SimpleNamespace:
    """Officers of the village, its township, its county and the province."""
    return SimpleNamespace(
        village=officer(village, "poverty.village", name="李村干"),
        township=officer(village[:9] + "000", "poverty.township", name="张乡镇"),
        county=officer(village[:6] + "000000", "poverty.county", name="赵县级"),
        province=officer("620000000000", "poverty.province", name="陈省级"),
    )


@pytest.fixture
def line(system: Any) -> Decimal:
    """The monitoring line of this year and the last."""
    for year in (2025, 2026):
        actions.set_line(
            system, province="620000000000", year=year, amount=Decimal(8200), document="测试文件"
        )
    return Decimal(8200)


@pytest.fixture
def survey(team: SimpleNamespace) -> Callable[..., dict[str, Any]]:
    """Survey a procedure: everything secure and 7,900 yuan a head unless said otherwise."""

    def run(procedure: str, per_head: int = 7900, members: int = 3, **guarantees: bool) -> dict[str, Any]:
        return actions.survey(
            team.village, procedure=UUID(procedure), year=2025, members=members,
            amounts={"wages": Decimal(per_head) * members}, guarantees={**GOOD, **guarantees},
        )  # fmt: skip

    return run


@pytest.fixture
def way(clock: Any, team: SimpleNamespace, village: str, line: Decimal, survey: Any) -> SimpleNamespace:
    """Take households along the way, step by step or up to one."""
    township, county = village[:9] + "000", village[:6] + "000000"

    def apply(household: UUID) -> str:
        return actions.apply(
            team.village,
            household=household,
            cause="illness",
            text="家里有人生病花费很大",
            authorised=True,
            route="officer",
        )["procedure"]

    def review(*procedures: str, direction: str = "entry", agree: int = 20) -> str:
        meeting = actions.hold_review(
            team.village, programme=actions.CODE, direction=direction, area=village, held_on=access_today(), place="村委会",
            chair="李村干", eligible=30, present=24, procedures=tuple(UUID(p) for p in procedures),
        )["meeting"]  # fmt: skip
        for procedure in procedures:
            actions.record_votes(
                team.village,
                meeting=UUID(meeting),
                procedure=UUID(procedure),
                agree=agree,
                against=24 - agree,
                abstain=0,
            )
        actions.close_review(team.village, meeting=UUID(meeting), minutes="会议讨论了名单上的各户情况。")
        return str(meeting)

    def notice(step: str, *procedures: str, direction: str = "entry", wait: bool = True) -> str:
        post, who, area = {
            "notice1": (actions.post_first_notice, team.village, village),
            "notice2": (actions.post_second_notice, team.township, township),
            "announce": (actions.announce, team.county, county),
        }[step]
        posted = post(
            who, programme=actions.CODE, direction=direction, step=step, area=area, place="村务公开栏",
            procedures=tuple(UUID(p) for p in procedures), start=access_today(),
        )["notice"]  # fmt: skip
        if wait and step != "announce":
            clock.forward(days=7)
            actions.close_notice(who, notice=UUID(posted))
        return str(posted)

    def access_today() -> date:
        from huimin.kit import clock as kit

        return kit.today()

    def enrol(household: UUID) -> str:
        procedure = apply(household)
        survey(procedure)
        review(procedure)
        notice("notice1", procedure)
        actions.check(team.township, procedure=UUID(procedure), verdict="approve")
        notice("notice2", procedure)
        actions.approve(team.county, procedure=UUID(procedure), verdict="approve")
        notice("announce", procedure)
        return procedure

    return SimpleNamespace(apply=apply, survey=survey, review=review, notice=notice, enrol=enrol)


@pytest.fixture
def at_door() -> Callable[..., Any]:
    """A browser of somebody's own: `at_door(viewer)` is signed in as him, `at_door()` is the public."""
    from django.test import Client

    from huimin.core.access.models import Account

    def make(viewer: Any = None) -> Any:
        client = Client()
        if viewer is not None:
            account = Account.objects.get(pk=int(viewer.id.partition(":")[2]))
            client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def snapshot(db: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Take a snapshot of what the test has written, without committing it: `snapshot()` makes the next generation.

    Until then nobody finds one. The engine, its tables and their types are those of the population snapshot.
    """
    from contextlib import contextmanager

    import pyarrow as pa
    from django.db import connection

    from huimin.core.facts import api, opening, tables
    from huimin.kit import clock

    taken: list[Any] = []

    def take() -> Any:
        con = opening.engine(memory="512MiB", threads=1)
        counts = {}
        for name, wanted in tables.wanted().items():
            columns = ", ".join(f'"{column}"' for column in wanted.columns)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {columns} FROM {name}")
                rows = [[None if v is None else str(v) for v in row] for row in cursor.fetchall()]
            texts = pa.table(
                {c: pa.array([r[n] for r in rows], pa.string()) for n, c in enumerate(wanted.columns)}
            )
            con.register("texts", texts)
            cast = ", ".join(f'CAST("{c}" AS {kind}) AS "{c}"' for c, kind in wanted.engine_types().items())
            con.execute(f"CREATE TABLE {name} AS SELECT {cast} FROM texts")
            con.unregister("texts")
            counts[name] = len(rows)
        taken.append((len(taken) + 1, clock.now(), con, counts))
        return con

    @contextmanager
    def opened(generation: int | None = None, today: date | None = None) -> Any:
        number, moment, con, counts = taken[-1]
        cursor = con.cursor()
        yield SimpleNamespace(generation=number, as_of=moment, con=cursor, tables=counts)
        cursor.close()

    monkeypatch.setattr(api, "opened", opened)
    return take
