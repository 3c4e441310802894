"""What the register knows of the people and households a file names: found by keyed hash and number, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huimin.core.access.api import Kind, within
from huimin.core.intake.api import Work
from huimin.core.journal.api import arrow_rows, stage, unstage
from huimin.core.people.crypto import lookup_hashes
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level

if TYPE_CHECKING:
    import pyarrow as pa

PERSON = (
    "row",
    "person",
    "name",
    "sex",
    "birth_date",
    "ethnicity",
    "phone_hash",
    "education",
    "division_code",
    "group_no",
    "died_on",
    "number",
    "relation",
)
_SELECT = """
SELECT DISTINCT ON (i."row") i."row", p.id, p.name, p.sex, p.birth_date, p.ethnicity, encode(p.phone_hash, 'hex'), p.education,
       p.division_code, p.group_no, p.died_on, h.number, m.relation
  FROM {wanted} i JOIN people_person q ON {on} JOIN people_person p ON p.id = coalesce(q.merged_into_id, q.id)
  LEFT JOIN people_membership m ON m.person_id = p.id AND m."end" IS NULL
  LEFT JOIN people_household h ON h.id = m.household_id
 ORDER BY i."row", p.id
"""
HOUSEHOLD = (
    "number",
    "household",
    "division_code",
    "group_no",
    "opened_on",
    "closed_on",
    "head",
    "head_name",
)
_HOUSEHOLDS = """
SELECT h.number, h.id, h.division_code, h.group_no, h.opened_on, h.closed_on, h.head_id, h.head_name
  FROM wanted_numbers i JOIN people_household h ON h.number = i.number
"""


def hashes(work: Work, table: str) -> None:
    """Make `hashed` (row, id_hash, phone_hash as hexadecimal digits) of a table's id_number and phone."""
    import pyarrow as pa

    work.sql('CREATE TABLE hashed ("row" BIGINT, id_hash VARCHAR, phone_hash VARCHAR)')
    for batch in work.batches(
        f'SELECT "row", id_number, phone FROM {table} WHERE id_number IS NOT NULL OR phone IS NOT NULL'
    ):
        rows, numbers, phones = (column for column in batch.columns)
        work.fill(
            "hashed",
            pa.table(
                {
                    "row": rows,
                    "id_hash": pa.array(lookup_hashes("id_number", numbers.to_pylist()), pa.string()),
                    "phone_hash": pa.array(lookup_hashes("phone", phones.to_pylist()), pa.string()),
                }
            ),
        )


def _bytea(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    import pyarrow as pa

    for batch in batches:
        yield pa.Table.from_batches([batch])


def anybody() -> bool:
    """Whether the register holds anybody: a first load need not look."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_person), EXISTS (SELECT FROM people_household)")
        return any(cursor.fetchone())


def find_people(work: Work) -> None:
    """Make `known` of the table `person`: who of them is registered, by number, or without one by name, birth, sex, village."""
    columns = ", ".join(f"{name} VARCHAR" for name in PERSON[1:])
    work.sql(f'CREATE TABLE known ("row" BIGINT, {columns})')
    if not anybody():
        return
    by_hash = "SELECT \"row\", '\\x' || id_hash AS id_hash FROM hashed WHERE id_hash IS NOT NULL"
    nameless = (
        'SELECT "row", name, sexed, born, division_code FROM person WHERE id_number IS NULL AND name IS NOT NULL '
        "AND sexed IS NOT NULL AND born IS NOT NULL AND division_code IS NOT NULL"
    )
    with transaction.atomic():
        if stage("wanted_hashes", {"row": "bigint", "id_hash": "bytea"}, _bytea(work.batches(by_hash))):
            _take(work, _SELECT.format(wanted="wanted_hashes", on="q.id_hash = i.id_hash"))
        kinds = {
            "row": "bigint",
            "name": 'text COLLATE "C"',
            "sexed": "text",
            "born": "date",
            "division_code": 'text COLLATE "C"',
        }
        if stage("wanted_names", kinds, _bytea(work.batches(nameless))):
            on = "q.name = i.name AND q.birth_date = i.born AND q.sex = i.sexed AND q.division_code = i.division_code"
            _take(work, _SELECT.format(wanted="wanted_names", on=on))
        unstage("wanted_hashes", "wanted_names")


def _take(work: Work, query: str) -> None:
    import pyarrow as pa

    for table in arrow_rows(query, PERSON):
        work.fill("known", table.set_column(0, "row", table["row"].cast(pa.int64())))


def find_households(work: Work, numbers: str) -> None:
    """Make `known_household` of the numbers a query gives (one column `number`)."""
    columns = ", ".join(f"{name} VARCHAR" for name in HOUSEHOLD)
    work.sql(f"CREATE TABLE known_household ({columns})")
    if not anybody():
        return
    with transaction.atomic():
        stage("wanted_numbers", {"number": 'text COLLATE "C"'}, _bytea(work.batches(numbers)))
        for table in arrow_rows(_HOUSEHOLDS, HOUSEHOLD):
            work.fill("known_household", table)
        unstage("wanted_numbers")


def name_places(work: Work, query: str, *, wordy: bool = True) -> None:
    """Make `place` of the (division_code, group_no) a query gives: where they are today, in words, and whether in reach.

    The county is named only where it is out of reach; without `wordy` so is the place.
    """
    import pyarrow as pa

    found = [(code, int(group or 0)) for code, group in work.sql(query) if code]
    viewer, right, today = work.viewer, work.target.action, clock.today()
    reach = None if viewer.kind is Kind.SYSTEM else viewer.reach(right)
    codes = {code for code, _group in found}
    near = codes if reach is None else {code for code in codes if within(reach, code)}
    homes = {code: str(AreaCode(code).at(Level.COUNTY)) for code in codes - near}
    paths = places.paths((codes if wordy else codes - near) | set(homes.values()))
    named = {
        code: (
            "".join(paths.get(code, (_("未知区划"),))[-2:]),
            "".join(paths.get(homes[code], ())[-2:]) if code in homes else "",
            code in near,
        )
        for code in codes
    }
    gone = {code for code, _group, _village in places.moved(today)}
    rows: list[tuple[Any, ...]] = []
    for code, group in found:
        name, county, mine = named[code]
        now = places.current(code, group, today) if code in gone else code
        rows.append((code, str(group), now, name, county, mine))
    work.sql(
        "CREATE TABLE place (code VARCHAR, group_no VARCHAR, now VARCHAR, name VARCHAR, county VARCHAR, mine BOOLEAN)"
    )
    if rows:
        columns = list(zip(*rows, strict=True))
        names_of = ("code", "group_no", "now", "name", "county", "mine")
        work.fill(
            "place",
            pa.table({name: pa.array(column) for name, column in zip(names_of, columns, strict=True)}),
        )
