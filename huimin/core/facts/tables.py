"""Which tables and columns the population snapshot holds: what facts read, and what core parts add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops

from huimin.core.facts.catalogue import TABLES
from huimin.core.facts.reading import MOMENT
from huimin.core.facts.types import SnapshotTable
from huimin.kit.registry import Registry

ADDED: Registry[SnapshotTable] = Registry("snapshot table")
MOMENT_NAME = "huimin_moment"


@dataclass(frozen=True)
class Wanted:
    """A table of the snapshot: its columns with their Ibis types, in a fixed order."""

    name: str
    columns: Mapping[str, Any]
    appended: str = ""

    def engine_types(self) -> dict[str, str]:
        """The columns with the types they have in DuckDB."""
        return {name: engine_type(dtype) for name, dtype in self.columns.items()}


def register_snapshot_table(table: SnapshotTable) -> None:
    """Have the snapshot hold a table; raise LookupError where the name is taken by another registration."""
    ADDED.add(table.name, table)


@lru_cache(maxsize=256)
def engine_type(dtype: Any) -> str:
    """An Ibis type as DuckDB names it when it describes a relation."""
    from ibis.backends.sql.datatypes import DuckDBType

    given = str(DuckDBType.to_string(ibis.dtype(dtype)))
    return {"TEXT": "VARCHAR", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}.get(given, given.replace(", ", ","))


@lru_cache(maxsize=2)
def read_by_facts(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The unbound tables in the expressions of some tables of facts, with the columns they declare; kept in the process."""
    found: dict[str, dict[str, Any]] = {}
    for table in (TABLES[name] for name in names):
        for node in table.build(MOMENT).op().find(ops.UnboundTable):
            if node.name != MOMENT_NAME:
                merge(found, node.name, dict(node.schema.items()))
    return found


def merge(into: dict[str, dict[str, Any]], name: str, columns: Mapping[str, Any]) -> None:
    """Add columns to a table; raise TypeError where two declarations of one column differ."""
    known = into.setdefault(name, {})
    for column, given in columns.items():
        dtype = ibis.dtype(given).copy(nullable=True)
        if known.setdefault(column, dtype) != dtype:
            raise TypeError(f"{name}.{column} is declared as {known[column]} and as {dtype}")


def wanted() -> dict[str, Wanted]:
    """Every table of the snapshot by name, in the order of names."""
    found = {name: dict(columns) for name, columns in read_by_facts(tuple(TABLES)).items()}
    for table in ADDED.values():
        merge(found, table.name, table.columns)
    appended = {table.name: table.appended for table in ADDED.values()}
    return {name: Wanted(name, found[name], appended.get(name, "")) for name in sorted(found)}
