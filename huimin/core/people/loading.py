"""Bulk loading of people by COPY: encrypted in bulk, history and sums kept by the triggers of the tables.

To be called inside an action, which gives the transaction and the journal entry. Rows are taken as they are: check
them first (`checks`); the database refuses what cannot be (a number twice, two households at once).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from huimin.core.people import reading
from huimin.core.people.crypto import encrypt_many, lookup_hash

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
CHUNK = 200_000


@dataclass(slots=True)
class NewPerson:
    """A person to be loaded; texts are clear here and encrypted on the way."""

    name: str
    sex: str
    birth_date: date
    division_code: str
    group_no: int = 0
    ethnicity: str = "汉族"
    id_number: str = ""
    phone: str = ""
    education: str = ""
    died_on: date | None = None
    left_on: date | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(slots=True)
class NewHousehold:
    """A household to be loaded; its number is not in use."""

    number: str
    division_code: str
    group_no: int
    address: str
    head: uuid.UUID | None
    head_name: str
    opened_on: date
    closed_on: date | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(slots=True)
class NewMembership:
    """Somebody's time in a household to be loaded."""

    household: uuid.UUID
    person: uuid.UUID
    relation: str
    start: date
    end: date | None = None
    joined_by: str = "founding"
    left_by: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were stored."""

    persons: int
    households: int
    memberships: int


PERSON = (
    "id, name, sex, birth_date, ethnicity, id_number, id_hash, phone, phone_hash, division_code, group_no, pinyin, "
    "initials, education, died_on, left_on"
)
HOUSEHOLD = "id, number, division_code, group_no, address, head_id, head_name, head_pinyin, opened_on, located_since, closed_on"
MEMBERSHIP = 'id, household_id, person_id, relation, start, "end", joined_by, left_by'


def load(
    persons: Iterable[NewPerson],
    households: Iterable[NewHousehold],
    memberships: Iterable[NewMembership],
    progress: Progress | None = None,
    total: int = 0,
) -> Loaded:
    """Store people, households and memberships, in this order; `total` is what progress is told of each."""
    done = Loaded(
        persons=_copy("people_person", PERSON, persons, _person_rows, progress, total),
        households=_copy("people_household", HOUSEHOLD, households, _household_rows, progress, total),
        memberships=_copy("people_membership", MEMBERSHIP, memberships, _membership_rows, progress, total),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE people_person, people_household, people_membership, people_divisioncount, people_personevent, "
            "people_householdevent, people_membershipevent"
        )
    return done


def _copy(
    table: str,
    columns: str,
    rows: Iterable[T],
    shape: Callable[[Sequence[T]], Iterable[tuple[Any, ...]]],
    progress: Progress | None,
    total: int,
) -> int:
    source, done = iter(rows), 0
    while chunk := list(islice(source, CHUNK)):
        with connection.cursor() as cursor:
            # The history's context travels with ordinary statements only: this one sets it for the COPY as well.
            cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in shape(chunk):
                    copy.write_row(row)
        done += len(chunk)
        if progress:
            progress(table.removeprefix("people_"), done, max(total, done))
    return done


def _person_rows(rows: Sequence[NewPerson]) -> Iterable[tuple[Any, ...]]:
    numbers = encrypt_many((row.id_number for row in rows), "people.person.id_number")
    phones = encrypt_many((row.phone for row in rows), "people.person.phone")
    for row, number, phone in zip(rows, numbers, phones, strict=True):
        pinyin, initials = reading.read(row.name)
        id_hash = lookup_hash("id_number", row.id_number) if row.id_number else None
        phone_hash = lookup_hash("phone", row.phone) if row.phone else None
        yield (
            row.id, row.name, row.sex, row.birth_date, row.ethnicity, number, id_hash, phone, phone_hash,
            row.division_code, row.group_no, pinyin, initials, row.education, row.died_on, row.left_on,
        )  # fmt: skip


def _household_rows(rows: Sequence[NewHousehold]) -> Iterable[tuple[Any, ...]]:
    addresses = encrypt_many((row.address for row in rows), "people.household.address")
    for row, address in zip(rows, addresses, strict=True):
        yield (
            row.id, row.number, row.division_code, row.group_no, address, row.head, row.head_name,
            reading.read(row.head_name)[0], row.opened_on, row.opened_on, row.closed_on,
        )  # fmt: skip


def _membership_rows(rows: Sequence[NewMembership]) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        yield row.id, row.household, row.person, row.relation, row.start, row.end, row.joined_by, row.left_by


COUNTED = """
WITH counted AS (
    SELECT division_code, group_no, sum(p) AS persons, sum(h) AS households FROM (
        SELECT division_code, group_no, 1 AS p, 0 AS h FROM people_person WHERE died_on IS NULL AND left_on IS NULL
        UNION ALL
        SELECT division_code, group_no, 0, 1 FROM people_household WHERE closed_on IS NULL
    ) rows GROUP BY division_code, group_no
)
SELECT division_code, group_no, s.persons, c.persons, s.households, c.households
  FROM people_divisioncount s FULL JOIN counted c USING (division_code, group_no)
 WHERE (coalesce(s.persons, 0), coalesce(s.households, 0)) <> (coalesce(c.persons, 0), coalesce(c.households, 0))
"""


def recount() -> list[tuple[Any, ...]]:
    """Where the maintained sums differ from a full count: for `huimin doctor` and tests, never for a page.

    Rows of (division_code, group_no, persons kept, counted, households kept, counted).
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        return list(cursor.fetchall())
