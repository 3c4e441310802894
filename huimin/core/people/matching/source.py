"""The records of an area for a search: read in chunks by a cursor of the server, numbers opened on the way and dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection, transaction

from huimin.core.people.crypto import decrypt
from huimin.core.people.matching import prepare
from huimin.core.people.merging.state import stamp
from huimin.core.people.models import Person
from huimin.core.places import api as places

NUMBER = "people.person.id_number"
READ = """
SELECT p.id, p.name, p.sex, p.birth_date, p.division_code, m.household_id, p.id_number, p.id_hash,
       p.phone_hash
  FROM people_person p LEFT JOIN people_membership m ON m.person_id = p.id AND m."end" IS NULL
 WHERE p.merged_into_id IS NULL AND ({where})
"""


def tables(area: str, stamps: dict[str, bytes]) -> Iterator[pa.Table]:
    """Tables of what is compared, of everybody recorded in an area; `stamps` receives each record's digest by id."""
    spans = places.spans(area)
    where = " OR ".join(["p.division_code BETWEEN %s AND %s"] * len(spans)) or "false"
    bounds = [code for span in spans for code in (span.low, span.high)]
    with (
        transaction.atomic(),
        connection.cursor(),
        connection.connection.cursor(name="people_match") as cursor,
    ):
        cursor.itersize = 20_000
        cursor.execute(READ.format(where=where), bounds)
        yield from prepare.tables(_records(cursor, stamps))


def _records(cursor: Any, stamps: dict[str, bytes]) -> Iterator[prepare.Source]:
    for id, name, sex, born, code, household, number, digest, phone in cursor:
        stamps[str(id)] = stamp(name, sex, born, digest)
        clear = decrypt(bytes(number), NUMBER) if number else ""
        yield id, name, sex, born, code, household, clear, bytes(phone).hex() if phone else None


def places_of(ids: Collection[str]) -> dict[str, str]:
    """Where persons are recorded now, by id; without those that were merged meanwhile."""
    wanted = [UUID(id) for id in ids]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 5000):
        rows = Person.objects.filter(id__in=wanted[start : start + 5000], merged_into=None)
        found |= {str(id): code for id, code in rows.values_list("id", "division_code")}
    return found
