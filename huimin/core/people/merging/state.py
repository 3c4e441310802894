"""Digests of two records: what was compared, and what an officer was shown."""

from __future__ import annotations

import hmac

from django.conf import settings

from huimin.core.people.models import Membership, Person


def stamp(*columns: object) -> bytes:
    """The 16 bytes of one record's compared values (name, sex, birth date, id_hash); a pair's are both, lower id first."""
    text = "\0".join(
        "" if one is None else bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one)
        for one in columns
    )
    return hmac.digest(settings.LOOKUP_KEY, f"stamp\0{text}".encode(), "sha256")[:16]


def stamp_of(first: Person, second: Person) -> bytes:
    """What of two records decides whether they are one person's: a pair kept apart comes back only when it changes."""
    low, high = sorted((first, second), key=lambda row: row.id)
    return b"".join(stamp(row.name, row.sex, row.birth_date, row.id_hash) for row in (low, high))


def seen_of(first: Person, second: Person) -> str:
    """Digest of everything the page of a pair shows and a merge would change."""
    low, high = sorted((first, second), key=lambda row: row.id)
    parts: list[object] = []
    for row in (low, high):
        parts += [
            row.name, row.sex, row.birth_date, row.ethnicity, row.id_hash, row.phone_hash, row.education, row.division_code,
            row.group_no, row.died_on, row.left_on, row.merged_into_id,
        ]  # fmt: skip
        held = Membership.objects.filter(person=row, end=None).order_by("id")
        parts += list(held.values_list("id", "household_id", "relation"))
    return stamp(*parts).hex()
