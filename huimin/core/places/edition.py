"""What a process may remember of the divisions, for as long as nobody changed them.

Every change renews the token of the one Edition row. A process reads the token again after RECHECK_SECONDS,
after its own changes, and whenever it enters or leaves a transaction: what was rolled back is forgotten too.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from huimin.core.places.models import Division, DivisionChange, Edition
from huimin.core.places.territory import Territory
from huimin.core.places.types import Change, Kind, Place
from huimin.kit.area import Level

RECHECK_SECONDS = 2.0
KEPT_PLACES = 50_000
KEPT_DAYS = 16
KEPT_EDITIONS = 4
FIELDS = ("code", "name", "level", "parent_code", "kind", "pinyin", "initials", "valid_from", "valid_to")


class Known:
    """Everything read under one token: changes, territories by day, and places by code."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.counted: dict[object, Any] = {}
        self._territories: OrderedDict[date, Territory] = OrderedDict()

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All recorded changes in order."""
        return tuple(
            Change(
                row.id, row.kind, row.on, row.from_code, row.to_code,
                tuple(row.groups) if row.groups else None,
                row.origin, row.old_name, row.new_name, row.document,
            )
            for row in DivisionChange.objects.order_by("on", "id")
        )  # fmt: skip

    @cached_property
    def renames(self) -> dict[str, list[Change]]:
        """The renames of every renamed division, in order."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            if change.kind == "rename":
                found.setdefault(change.from_code, []).append(change)
        return found

    def territory(self, day: date) -> Territory:
        """The territory at the end of a day."""
        known = self._territories.get(day)
        if known is None:
            known = Territory.on(self.changes, day)
            self._territories[day] = known
            while len(self._territories) > KEPT_DAYS:
                self._territories.popitem(last=False)
        return known

    def name(self, place: Place, day: date) -> str:
        """The name a division had on a day."""
        for change in self.renames.get(place.code, ()):
            if change.on > day:
                return change.old_name
        return place.name

    def fetch(self, codes: set[str]) -> dict[str, Place]:
        """The divisions of those codes that exist, with their latest names; at most one query."""
        found = {code: place for code in codes if (place := self.places.get(code))}
        missing = [code for code in codes if code not in found]
        if missing:
            rows = Division.objects.filter(code__in=missing).values_list(*FIELDS)
            fresh = {row[0]: place_of(row) for row in rows}
            if len(self.places) + len(fresh) > KEPT_PLACES:
                self.places = {}
            self.places.update(fresh)
            found.update(fresh)
        return found


def place_of(row: tuple[Any, ...]) -> Place:
    """A row of FIELDS as a Place."""
    code, name, level, parent, kind, pinyin, initials, start, end = row
    return Place(code, name, Level(level), parent, Kind(kind), pinyin, initials, start, end)


_local = threading.local()
_lock = threading.Lock()
_known: OrderedDict[UUID | None, Known] = OrderedDict()


def current() -> Known:
    """What is known of the divisions as they stand now."""
    moment = (connection.in_atomic_block, tuple(connection.savepoint_ids))
    checked = getattr(_local, "checked", None)
    if checked is not None and checked[0] == moment and time.monotonic() - checked[1] < RECHECK_SECONDS:
        known: Known = checked[2]
        return known
    token = Edition.objects.filter(id=1).values_list("token", flat=True).first()
    with _lock:
        known = _known.get(token) or _known.setdefault(token, Known())
        while len(_known) > KEPT_EDITIONS:
            _known.popitem(last=False)
    _local.checked = (moment, time.monotonic(), known)
    return known


def forget() -> None:
    """Drop what this process remembers; called after every change, and by tests that write rows."""
    with _lock:
        _known.clear()
    _local.checked = None
