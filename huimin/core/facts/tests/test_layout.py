"""What is read stays while it is read; a refresh that was killed leaves the former generation."""

from __future__ import annotations

import ibis
import pytest

from huimin.core.facts import api, layout, opening, parts, refreshing
from huimin.core.facts.reading import MOMENT
from huimin.core.facts.tables import Wanted
from huimin.core.facts.types import SnapshotError
from huimin.kit.refusal import NotFound

from .conftest import COUNTIES, household, same

pytestmark = pytest.mark.usefixtures("few_tables")


def counted(snapshot):
    return snapshot.con.execute("SELECT count(*) FROM people_household").fetchall()[0][0]


def test_a_reader_keeps_its_generation_and_a_killed_refresh_changes_nothing(population, connect, monkeypatch):
    link = connect()
    household(link, serial=1)
    api.refresh()
    with api.opened() as reader:
        household(link, serial=2)
        api.refresh(full=True)
        household(link, serial=3)
        monkeypatch.setattr(layout, "publish", lambda _manifest: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            api.refresh(full=True)
        monkeypatch.undo()
        with api.opened() as latest:
            assert (counted(reader), counted(latest)) == (1, 2)
            assert (reader.generation, latest.generation) == (1, 2)
    assert (population / "people_household" / "000003").exists()  # what the killed one left
    done = api.refresh()
    assert done.tables["people_household"] == 3
    same(link)
    assert layout.generations() == [done.generation]
    used = {path.split("/")[1] for path in (part.path for part in layout.latest().parts())}
    there = {path.name for path in population.glob("people_*/*")}
    assert there <= used
    with pytest.raises(NotFound), api.opened(1):
        pass


def test_what_cannot_be_followed_is_read_from_nothing_and_says_why(population, connect):
    link = connect()
    kept = household(link)
    api.refresh()
    link.execute("TRUNCATE poverty_income")
    done = api.refresh()
    assert done.full == {"poverty_income": "truncated"}
    same(link)
    link.execute("SET session_replication_role = replica")  # a restored database: its history ends earlier
    link.execute("DELETE FROM people_householdevent")
    link.execute("DELETE FROM people_household WHERE id = %s", [kept])
    link.execute("RESET session_replication_role")
    assert set(api.refresh().full.values()) == {"restored"}
    same(link)
    household(link, serial=5)
    api.refresh()
    link.execute(
        "INSERT INTO poverty_line (province, year, amount, document, is_demo) VALUES ('62', 2025, 1, '', true)"
    )
    for file in (population / "people_household").rglob("*.parquet"):
        file.unlink()
    done = api.refresh()
    assert done.full == {"people_household": "files_missing"}
    assert done.changed["poverty_line"] == 1
    same(link)


def test_a_large_delta_is_merged_into_its_base(population, connect, monkeypatch):
    monkeypatch.setattr(refreshing, "COMPACT_ROWS", 2)
    monkeypatch.setattr(refreshing, "COMPACT_SHARE", 0.1)
    link = connect()
    for serial in range(1, 5):
        household(link, COUNTIES[serial % 3], serial)
    api.refresh()
    link.execute("UPDATE people_household SET group_no = 2 WHERE number LIKE %s", ["%00001"])
    api.refresh()
    assert api.status().pending["people_household"] == 1
    link.execute("UPDATE people_household SET group_no = 3")
    api.refresh()
    assert "people_household" not in api.status().pending
    same(link)


def test_a_declared_type_that_postgresql_does_not_hold_stops_the_refresh(population, connect, monkeypatch):
    tables = {"poverty_income": Wanted("poverty_income", {"per_head": ibis.dtype("decimal(12, 2)")})}
    monkeypatch.setattr(refreshing, "wanted", lambda: tables)
    with pytest.raises(SnapshotError, match=r"poverty_income.per_head is numeric\(14,2\) in PostgreSQL"):
        api.refresh()
    assert api.status() is None


def test_parts_hold_each_household_once_with_all_its_rows_wherever_they_lie(population, connect, monkeypatch):
    link = connect()
    monkeypatch.setattr(parts, "ROWS", 1)  # so few households would be one part
    homes = [household(link, COUNTIES[serial % 3], serial) for serial in range(1, 7)]
    api.refresh()
    link.execute(  # moved alone: its income stays where it was recorded
        "UPDATE people_household SET division_code = %s WHERE id = %s", [COUNTIES[0] + "999999", homes[0]]
    )
    api.refresh()
    query = (
        "SELECT h.id, h.division_code, i.per_head FROM people_household h "
        "LEFT JOIN poverty_income i ON i.household_id = h.id"
    )
    with api.opened() as snapshot:
        whole = sorted(snapshot.con.execute(query).fetchall(), key=repr)
        found = list(snapshot.each("household", lambda part: part.con.execute(query).fetchall()))
    assert sorted((row for part in found for row in part), key=repr) == whole
    assert len(whole) == 6
    assert all(row[2] is not None for row in whole)
    assert [part for part in found if part][-1][0][0] == homes[0]  # the stray is a part of its own


def test_the_moment_is_the_day_that_was_asked_for(population, connect):
    from datetime import date

    api.refresh()
    with api.opened(today=date(2025, 3, 1)) as snapshot:
        assert snapshot.bound(MOMENT).execute().today[0].date() == date(2025, 3, 1)


def test_what_does_not_fit_in_memory_is_spilled_beside_the_snapshot_and_removed(population, settings):
    settings.POPULATION_MEMORY = "64MiB"
    con = opening.engine()
    rows = con.execute(
        "SELECT count(*) FROM (SELECT i, hash(i) AS h FROM range(4000000) t(i) ORDER BY h)"
    ).fetchall()
    con.execute("CREATE TABLE kept AS SELECT i, hash(i) AS h FROM range(8000000) t(i)")
    assert rows == [(4_000_000,)]
    assert list((population / "temp").rglob("*.tmp")) != []
    con.close()
    assert list((population / "temp").rglob("*.tmp")) == []
