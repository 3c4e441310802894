"""A chunk of facts stored by COPY or, where it takes the place of what was kept, by one UPDATE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models

from huimin.core.intake.api import Moved, Work
from huimin.core.journal.api import Act, copy_arrow, stage, unstage

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ("id", "household_id", "division_code", "group_no")


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A table of facts about households: its model, what tells rows of a household apart, its fields by file and by us."""

    model: type[models.Model]
    key: tuple[str, ...]
    values: tuple[str, ...]
    kinds: Mapping[str, str]
    fields: tuple[str, ...]
    also: Callable[[Act, Any], Mapping[str, int]] | None


def tables(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches as tables."""
    import pyarrow as pa

    for batch in batches:
        yield pa.Table.from_batches([batch])


def column_of(spec: Spec, name: str) -> str:
    """A field's column, as SQL."""
    field: Any = spec.model._meta.get_field(name)
    return str(connection.ops.quote_name(field.column))


def column_type(spec: Spec, name: str) -> str:
    """A field's type in PostgreSQL."""
    return str(spec.model._meta.get_field(name).db_type(connection))


def anything(spec: Spec) -> bool:
    """Whether anything is kept: a first load need not look."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {spec.model._meta.db_table})")
        return bool(cursor.fetchone()[0])


def kept_query(spec: Spec, wanted: str) -> str:
    """What is kept under the keys of a staged table: row, id and the values."""
    values = ", ".join(f"t.{column_of(spec, name)}" for name in spec.values)
    keys = " AND ".join(f't.{column_of(spec, name)} = w."{name}"' for name in spec.key)
    return (
        f'SELECT w."row", t.id, {values} FROM {wanted} w JOIN {spec.model._meta.db_table} t '
        f"ON t.household_id = w.household_id AND {keys}"
    )


def store(spec: Spec, act: Act, work: Work, rows: pa.Table) -> dict[str, int]:
    """Store a chunk; raise Moved where there is by now what the check did not find."""
    import pyarrow.compute as pc

    stored: dict[str, int] = {}
    first = rows.filter(rows["first"])  # of each household; chunks are stored in the order of rows
    more = spec.also(act, first) if spec.also is not None and len(first) else {}
    stored.update({name: number for name, number in more.items() if number})
    fresh = rows.filter(pc.equal(rows["op"], "new")).select([*PLACE, *spec.fields])
    changed = rows.filter(pc.equal(rows["op"], "update")).select([*PLACE, *spec.fields])
    try:
        if len(fresh):
            stored["facts"] = copy_arrow(spec.model, fresh)
    except IntegrityError as error:
        raise Moved(str(error)) from error
    if len(changed):
        stored["updated"] = _update(spec, changed)
    return stored


def _update(spec: Spec, rows: pa.Table) -> int:
    names = ("id", *spec.fields)
    stage("changed_facts", {name: column_type(spec, name) for name in names}, [rows.select(list(names))])
    places = ", ".join(f'{column_of(spec, name)} = c."{name}"' for name in spec.fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {spec.model._meta.db_table} t SET {places} FROM changed_facts c WHERE t.id = c.id"
        )
        done = int(cursor.rowcount)
    unstage("changed_facts")
    return done
