"""The hash chain: how an entry is written and how the whole is checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection

from huimin.core.journal.models import Entry, Head
from huimin.core.journal.types import Problem, Report
from huimin.kit.ref import Ref

FIRST = "0" * 64
FIELDS = ("seq", "id", "at", "action", "actor", "actor_label", "area", "subjects", "key", "asked", "payload")


def plain(value: Any) -> Any:
    """The value as JSON has it; floats are refused because they do not survive a round trip."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            raise TypeError("a float cannot be journalled: use Decimal")
        case Decimal() | UUID() | Ref():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case Enum():
            return plain(value.value)
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case set() | frozenset():
            return sorted(plain(v) for v in value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return str(value)


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same text for the same value."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(row: Entry, previous: str) -> str:
    """The hash of a row and the hash before it, as 64 hexadecimal digits."""
    body = {name: plain(getattr(row, name)) for name in FIELDS}
    return hashlib.sha256((previous + canonical(body)).encode()).hexdigest()


def append(rows: Iterable[Entry]) -> None:
    """Add rows at the end of the chain, within the caller's transaction; locks the head until commit."""
    head = Head.objects.select_for_update().filter(id=1).first()
    if head is None:
        if Entry.objects.exists():
            raise RuntimeError("the head of the journal is missing: run `huimin journal verify`")
        Head.objects.get_or_create(id=1)
        head = Head.objects.select_for_update().get(id=1)
    added = []
    for row in rows:
        head.seq += 1
        row.seq, row.previous = head.seq, head.hash
        row.hash = head.hash = digest(row, row.previous)
        added.append(row)
    Entry.objects.bulk_create(added)
    head.save(update_fields=["seq", "hash"])


def verify(progress: Callable[[int, int], None] | None = None, expect: str = "") -> Report:
    """Walk the whole chain in order and report every row that was changed, removed, added or moved.

    `expect` is a head hash noted earlier (64 hexadecimal digits): it must still stand in the chain.
    """
    head = Head.objects.filter(id=1).first()
    problems: list[Problem] = []
    previous, last, checked, seen = FIRST, 0, 0, expect in ("", FIRST)
    for row in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        if row.seq != last + 1:
            problems.append(
                Problem(seq=row.seq, code="missing", text=f"entries {last + 1} to {row.seq - 1} are missing")
            )
        if row.previous != previous:
            problems.append(Problem(seq=row.seq, code="order", text="does not follow the entry before it"))
        if digest(row, row.previous) != row.hash:
            problems.append(Problem(seq=row.seq, code="changed", text="was changed after it was written"))
        previous, last = row.hash, row.seq
        checked += 1
        seen = seen or row.hash == expect
        if progress and checked % 1000 == 0:
            progress(checked, head.seq if head else 0)
    if head is None and checked:
        problems.append(Problem(seq=last, code="head", text="the head of the journal is missing"))
    elif head is not None and (head.seq, head.hash) != (last, previous):
        problems.append(
            Problem(
                seq=head.seq, code="tail", text=f"the journal should end at {head.seq}, it ends at {last}"
            )
        )
    if not seen:
        problems.append(Problem(seq=last, code="expected", text=f"the hash {expect} is not in the journal"))
    return Report(checked=checked, head=previous, problems=tuple(problems))


def claim(key: str) -> Entry | None:
    """Wait for anyone doing the same thing, then return what they wrote; the lock ends with the transaction."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    return Entry.objects.filter(key=key).first()
