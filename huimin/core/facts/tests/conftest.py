"""A snapshot in a folder of the test's own, and connections that write into the register behind Django's back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huimin.core.facts import layout, refreshing
from huimin.core.facts.opening import opened
from huimin.core.facts.source import conninfo
from huimin.core.facts.tables import wanted

COUNTIES = ("620123", "621102", "622921")


@pytest.fixture
def population(tmp_path: Path, settings: Any) -> Path:
    """The folder of the snapshot."""
    settings.POPULATION = tmp_path / "population"
    return settings.POPULATION


@pytest.fixture
def connect(transactional_db: Any) -> Iterator[Callable[..., Any]]:
    """Open a connection of its own: `connect()` commits each statement, `connect(autocommit=False)` when told."""
    with ExitStack() as open_ones:

        def make(autocommit: bool = True) -> Any:
            return open_ones.enter_context(psycopg.connect(conninfo(), autocommit=autocommit))

        yield make


FEW = ("people_household", "people_membership", "poverty_income", "poverty_line", "rules_decisionrow")


@pytest.fixture
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot of a few tables only, which is quicker: by place, without a place, and one that is read whole."""
    monkeypatch.setattr(refreshing, "wanted", lambda: {name: wanted()[name] for name in FEW})


def household(link: Any, county: str = COUNTIES[0], serial: int = 1) -> uuid.UUID:
    """Add a household with an income; its id."""
    id = uuid.uuid4()
    village = (
        f"{county}{101200 + serial:06d}"  # one each: the sums of a village are locked by who changes them
    )
    link.execute(
        "INSERT INTO people_household (id, number, division_code, group_no, address, head_name, head_pinyin, opened_on, "
        "located_since) VALUES (%s, %s, %s, 1, '', '', '', '2020-01-01', '2020-01-01')",
        [id, f"{village}{serial:05d}", village],
    )
    link.execute(
        "INSERT INTO poverty_income (id, household_id, division_code, group_no, year, members, wages, business, property, "
        "transfers, excluded, cost, surveyed_on, source) "
        "VALUES (%s, %s, %s, 1, 2025, 3, 30000, 0, 0, 0, 0, 0, '2026-01-10', '入户')",
        [uuid.uuid4(), id, village],
    )
    return id


def decision(link: Any, subject: uuid.UUID) -> None:
    """Add a decision about a household."""
    link.execute(
        "INSERT INTO rules_ruleversion (id, rule, number, title, hash, text, valid_from, adopted, language, examples, origin, "
        "note, basis, authors, proposer, proposer_label, publisher, publisher_label) "
        "VALUES (gen_random_uuid(), 'r', %s, '', %s, '', '2026-01-01', now(), '', '', 'shipped', '', '', '[]', '', '', '', '')",
        [subject.int % 2**31, subject.hex],
    )
    link.execute(
        "INSERT INTO rules_decisionrow (id, version_id, rule, subject_kind, subject_id, division_code, as_of, at, outcome, "
        "hits, facts, articles, entry_id) SELECT gen_random_uuid(), id, 'r', 'household', %s, '620123101201', '2026-01-01', "
        "now(), '\"none\"', '[]', '[]', '[]', id FROM rules_ruleversion WHERE hash = %s",
        [str(subject), subject.hex],
    )


def register(table: str, columns: list[str], link: Any) -> list[tuple[Any, ...]]:
    """The rows of a table in PostgreSQL, in order."""
    names = ", ".join(f'"{column}"' + "::text" * (column == "outcome") for column in columns)
    return sorted(link.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)


def same(link: Any) -> None:
    """Assert that the latest snapshot holds what PostgreSQL holds, table by table and row by row."""
    manifest = layout.latest()
    with opened() as snapshot:
        for table in refreshing.wanted():
            kept = list(manifest.tables[table].columns)
            names = ", ".join(f'"{column}"' for column in kept)
            found = sorted(snapshot.con.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)
            assert found == register(table, kept, link), table
            assert snapshot.tables[table] == len(found), table
