"""How a step reaches the tables: at once for one household, or kept back and written together for hundreds.

The rules of the way (`way.py`, `checking.py`) do not know which: they change a procedure in memory, `record` what was
done and `keep` it. Within `together()` both wait until the block ends; households to which the same happens then share
one statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from huimin.core.journal.api import Act, plain
from huimin.core.programmes.models import Procedure, StepRecord

RECORD = ("procedure_id", "step", "outcome", "reason", "data", "by", "by_label", "at", "entry_id")
# What a step may change of a procedure.
CHANGES = (
    "state", "step", "level", "resume", "kind", "decision_id", "enrolment_id", "reason", "wrong", "since", "closed",
)  # fmt: skip


@dataclass
class Together:
    """Steps of several households that wait to be written; those that change alike are one statement."""

    rows: dict[Changed, list[UUID]] = field(default_factory=dict)
    records: dict[tuple[Any, ...], list[UUID]] = field(default_factory=dict)
    _row: list[Procedure] = field(default_factory=list)
    _records: list[tuple[Any, ...]] = field(default_factory=list)

    @contextmanager
    def one(self, row: Procedure) -> Iterator[None]:
        """One household: whole, or (where a rule refuses it) not at all."""
        self._row, self._records = [], []
        before = [getattr(row, name) for name in CHANGES]
        yield
        for kept in self._row[-1:]:
            after = zip(CHANGES, before, (getattr(kept, name) for name in CHANGES), strict=True)
            changed = tuple((name, _plainly(name, new)) for name, old, new in after if new != old)
            self.rows.setdefault(changed, []).append(row.id)
        for record in self._records:
            self.records.setdefault(record, []).append(row.id)

    def keep(self, row: Procedure) -> None:
        """Have the row written as it is at the end of its turn."""
        self._row.append(row)

    def add(self, record: tuple[Any, ...]) -> None:
        """Have a record of the row written: its values but the procedure."""
        self._records.append(tuple(_plainly(name, v) for name, v in zip(RECORD[1:], record, strict=True)))

    def write(self) -> None:
        """Write all of it, a statement for each kind of change and of record."""
        columns = ", ".join(f'"{name}"' for name in RECORD)
        values = ", ".join(_slot(name) for name in RECORD[1:])
        with connection.cursor() as cursor:
            for record, ids in self.records.items():
                cursor.execute(
                    f"INSERT INTO programmes_steprecord ({columns}) "
                    f"SELECT id, {values} FROM unnest(%s::uuid[]) AS done(id)",
                    [*record, ids],
                )
            for changed, ids in self.rows.items():
                if changed:
                    names = ", ".join(f'"{name}" = {_slot(name)}' for name, _value in changed)
                    cursor.execute(
                        f"UPDATE programmes_procedure SET {names} WHERE id = ANY(%s::uuid[])",
                        [*(value for _name, value in changed), ids],
                    )
                    assert cursor.rowcount == len(ids)  # all of them were locked before


Changed = tuple[tuple[str, Any], ...]


def _slot(name: str) -> str:
    """The place of a column's value in a statement."""
    return "%s::jsonb" if name in ("wrong", "data") else "%s"


def _plainly(name: str, value: Any) -> Any:
    """A value that can be compared and written: JSON as its text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if name in ("wrong", "data") else value


_together: ContextVar[Together | None] = ContextVar("steps written together", default=None)


@contextmanager
def together() -> Iterator[Together]:
    """Keep steps back within the block and write them at its end; nothing of a block that raises."""
    waiting = Together()
    token = _together.set(waiting)
    try:
        yield waiting
    finally:
        _together.reset(token)
    waiting.write()


def record(act: Act, row: Procedure, outcome: str, *, step: str = "", reason: str = "", **data: Any) -> None:
    """Keep what was done in a step."""
    values = (
        step or row.step, outcome, reason, plain(data), act.actor.id, act.actor.label, act.now, act.entry,
    )  # fmt: skip
    waiting = _together.get()
    if waiting is None:
        StepRecord.objects.create(**dict(zip(RECORD, (row.id, *values), strict=True)))
    else:
        waiting.add(values)


def keep(row: Procedure) -> None:
    """Store where a procedure stands now."""
    waiting = _together.get()
    if waiting is None:
        row.save()
    else:
        waiting.keep(row)
