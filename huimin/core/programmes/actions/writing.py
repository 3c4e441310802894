"""How a step reaches the tables: at once for one household, or kept back and written together for hundreds.

The rules of the way (`way.py`, `checking.py`) do not know which: they change a procedure in memory, `record` what was
done and `keep` it. Within `together()` both wait until the block ends and then cost two statements for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from huimin.core.journal.api import Act, copy_rows, plain
from huimin.core.programmes.models import Procedure, StepRecord

RECORD = ("procedure_id", "step", "outcome", "reason", "data", "by", "by_label", "at", "entry_id")
# What a step may change of a procedure, with the types of its columns.
CHANGES = {
    "state": "text", "step": "text", "level": "smallint", "resume": "text", "kind": "text", "decision_id": "uuid",
    "enrolment_id": "uuid", "reason": "text", "wrong": "jsonb", "since": "timestamptz", "closed": "timestamptz",
}  # fmt: skip


@dataclass
class Together:
    """Steps of several households that wait to be written."""

    rows: dict[UUID, Procedure] = field(default_factory=dict)
    records: list[tuple[Any, ...]] = field(default_factory=list)

    @contextmanager
    def one(self, row: Procedure) -> Iterator[None]:
        """One household: whole, or (where a rule refuses it) not at all."""
        mark = len(self.records)
        try:
            yield
        except BaseException:
            del self.records[mark:]
            self.rows.pop(row.id, None)
            raise

    def write(self) -> None:
        """Write all of it in two statements."""
        if self.records:
            copy_rows(StepRecord, RECORD, self.records)
        if not self.rows:
            return
        columns = ", ".join(f"{name} = new.{name}" for name in CHANGES)
        given = ", ".join(f"%s::{kind}[]" for kind in CHANGES.values())
        values = [
            [Jsonb(v) if name == "wrong" else v for v in (getattr(row, name) for row in self.rows.values())]
            for name in CHANGES
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE programmes_procedure old SET {columns} "
                f"FROM unnest(%s::uuid[], {given}) AS new(id, {', '.join(CHANGES)}) WHERE old.id = new.id",
                [list(self.rows), *values],
            )
            assert cursor.rowcount == len(self.rows)  # all of them were locked before


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
        row.id, step or row.step, outcome, reason, plain(data), act.actor.id, act.actor.label, act.now, act.entry,
    )  # fmt: skip
    waiting = _together.get()
    if waiting is None:
        StepRecord.objects.create(**dict(zip(RECORD, values, strict=True)))
    else:
        waiting.records.append(values)


def keep(row: Procedure) -> None:
    """Store where a procedure stands now."""
    waiting = _together.get()
    if waiting is None:
        row.save()
    else:
        waiting.rows[row.id] = row
