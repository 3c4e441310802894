"""Every action is harmless when repeated and leaves nothing half done when the database is killed in it.

Each action of the registry is called as its scene says (`tests/scenes.py` of the core part or service that owns it: a
function of the action's own name). A new action without a scene fails here by its name. docs/howto/add-a-service.md, 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection
from django.test import override_settings

from huimin.core.access import api as access
from huimin.core.journal import action as journal_action
from huimin.core.journal import api as journal
from huimin.core.journal.models import Entry
from huimin.core.people import api as people
from huimin.core.people import idnumber
from huimin.core.people.types import Sex
from huimin.core.places import api as places

COUNTY = "620123000000"
Scene = tuple[Any, dict[str, Any]]


def registered() -> list[str]:
    """The names of all actions but those that tests make; the demo's first, which want an empty register."""
    found = [name for name in journal.ACTIONS if ".tests." not in journal.ACTIONS[name].run.__module__]
    return sorted(found, key=lambda name: (not name.endswith(".load_demo"), name))


def scene_of(name: str) -> Callable[[Any], Scene]:
    """The function that says how an action is called validly: `people.add_member` is `add_member` in people's scenes."""
    part, _dot, word = name.partition(".")
    for module in (f"huimin.core.{part}.tests.scenes", f"huimin.services.{part}.tests.scenes"):
        try:
            scene = getattr(import_module(module), word, None)
        except ModuleNotFoundError as missing:
            if not module.startswith(str(missing.name)):
                raise
            continue
        if scene is not None:
            return scene  # type: ignore[no-any-return]
    pytest.fail(f"no scene calls {name}: add `def {word}(world)` to the tests/scenes.py of its owner")


class World:
    """A county with its villages and the line of its province: what scenes arrange their action in.

    Its parts are shared by all scenes, so a scene makes what it changes: a household, a village (`next_village`), a name.
    """

    def __init__(self) -> None:
        self.system = access.system("test")
        self.province, self.county = "620000000000", COUNTY
        villages = [one.code for town in places.children(COUNTY) for one in places.children(town.code)]
        self.village = villages.pop(0)
        self._villages, self._numbers = iter(villages), count(1)

    @property
    def township(self) -> str:
        """The township of `village`."""
        return self.village[:9] + "000"

    def next_village(self) -> str:
        """A village of the county that no other scene has."""
        return next(self._villages)

    def number(self) -> int:
        """A number that no other scene has."""
        return next(self._numbers)

    def id_number(self, born: date = date(1970, 5, 1)) -> str:
        """A valid identity number of a woman that no real person can have."""
        return idnumber.make(born, Sex.FEMALE, self.number())

    def person(self, area: str = "", **more: Any) -> UUID:
        """A woman born on 1970-05-01 in the village."""
        values = {
            "name": "王秀兰", "sex": "female", "birth_date": date(1970, 5, 1), "division_code": area or self.village,
            "group_no": 2, **more,
        }  # fmt: skip
        return UUID(people.register_person(self.system, **values)["person"])

    def household(self, area: str = "", members: int = 1, **more: Any) -> UUID:
        """A household of a woman and perhaps her children; `more` are fields of her."""
        made = people.register_household(
            self.system, head=self.person(area, **more), division_code=area or self.village, group_no=2, address="2组18号",
            on=date(2010, 1, 1),
        )  # fmt: skip
        for child in range(members - 1):
            born = date(2012 + child, 3, 1)
            people.add_member(
                self.system, household=UUID(made["household"]), relation="son", on=born, reason="birth",
                new={"name": "李小明", "sex": "male", "birth_date": born},
            )  # fmt: skip
        return UUID(made["household"])


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of this file, in the place of each test's own: empty before, and emptied after the last test."""
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        places.forget()
        yield
        call_command("flush", verbosity=0, interactive=False)
        places.forget()


@pytest.fixture(scope="module")
def world(transactional_db: None) -> Iterator[World]:
    """What all scenes of this file share."""
    with override_settings(DEMO=True), access.acting_as(access.system("test")):
        places.import_package(within=COUNTY)
        yield World()


def contents() -> dict[str, tuple[int, int]]:
    """How many rows every table has, and a digest of all of them."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t != "django_migrations"]
        each = " UNION ALL ".join(
            f"SELECT '{t}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{t}\" t"
            for t in tables
        )
        cursor.execute(each)
        return {table: (rows, int(digest)) for table, rows, digest in cursor.fetchall()}


def kill() -> None:
    """Take the database away: the embedded server is killed, of another one only our connection."""
    home = settings.DATABASES["default"].get("EMBEDDED")
    if not home:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return
    from huimin.config.postgres.cluster import Cluster

    Cluster.at(Path(home)).kill()


def start_again() -> None:
    """Have it back, after it recovered what was committed."""
    connection.close()
    home = settings.DATABASES["default"].get("EMBEDDED")
    if home:
        from huimin.config.postgres.cluster import Cluster

        Cluster.at(Path(home)).start_again()


@pytest.mark.parametrize("name", registered())
def test_killed_after_its_writes_it_leaves_nothing_and_the_same_key_then_does_it_once(
    name, world, monkeypatch
):
    actor, arguments = scene_of(name)(world)
    act, key = journal.ACTIONS[name], str(uuid4())
    before = contents()
    real, written = journal_action.chain.append, []

    def append(entries: Any) -> None:
        written.extend(entry.action for entry in entries)
        kill()
        real(entries)

    with monkeypatch.context() as patched:
        patched.setattr(journal_action.chain, "append", append)
        with pytest.raises(Error):
            act(actor, key=key, **arguments)
    assert written[-1:] == [name], "the scene was refused or is no action of its own"
    start_again()
    assert contents() == before, "something was left behind"
    first = act(actor, key=key, **arguments)
    after = contents()
    assert after != before
    assert Entry.objects.filter(key=f"{name}:{key}").count() == 1
    assert act(actor, key=key, **arguments) == first
    assert contents() == after, "repeated, it did something"


def test_a_run_over_many_households_killed_in_a_chunk_leaves_the_chunk_undone_and_then_goes_on(
    world, monkeypatch
):
    from huimin.core.programmes import api as programmes
    from huimin.services.poverty.tests import scenes

    office = access.open_office(world.system, name="县级审批中心", area=world.county)["office"]
    post = access.appoint(
        world.system, office=UUID(office), username="bulk", name="赵县级", start=date(2020, 1, 1)
    )
    access.grant(
        world.system, officer=UUID(post["officer"]), service="poverty", role="county", area=world.county,
        start=date(2020, 1, 1),
    )  # fmt: skip
    officer = access.viewer_of(access.account_of("bulk"))
    run = journal.ACTIONS["poverty.start_bulk"](officer, **scenes.start_bulk(world)[1])["run"]
    before = contents()
    real = journal_action.chain.append

    def append(entries: Any) -> None:
        real(entries)
        kill()

    with monkeypatch.context() as patched:
        patched.setattr(journal_action.chain, "append", append)
        with pytest.raises(Error):
            programmes.work_off(run)
    start_again()
    assert contents() == before, "something was left behind"
    assert programmes.work_off(run) == "done"
    made = programmes.bulk_run(officer, run)
    assert (made.done, made.total - made.failed) == (made.total, 1)
    after = contents()
    assert programmes.work_off(run) == "done"
    assert contents() == after


def test_after_all_of_it_the_journal_is_whole(world):
    report = journal.verify()
    assert report.ok, report.problems
