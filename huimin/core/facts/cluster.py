"""The snapshot on Spark: a view for each table over the same Parquet files, which its workers must be able to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huimin.core.facts import layout
from huimin.core.facts.layout import Held
from huimin.core.facts.tables import MOMENT_NAME

if TYPE_CHECKING:
    from huimin.core.facts.opening import Snapshot

TYPES = {
    "UUID": "BINARY",  # Spark knows no such type; its bytes are as good to join by
    "VARCHAR": "STRING",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "INTEGER": "INT",
}


def view_all(spark: Any, snapshot: Snapshot) -> None:
    """Make one view a table, and the one of the day; ids are 16 bytes there."""
    for table, held in snapshot.manifest.tables.items():
        relation(spark, held).createOrReplaceTempView(table)
    day = snapshot.today.isoformat()
    spark.sql(f"SELECT DATE '{day}' AS today").createOrReplaceTempView(MOMENT_NAME)


def relation(spark: Any, held: Held) -> Any:
    """The rows of a table: its base without what changed, and what changed."""
    columns = list(held.columns)
    kinds = [f"`{name}` {TYPES.get(kind, kind)}" for name, kind in held.columns.items()]
    # The types are said, not asked of the files: Spark refuses a file with a UUID that it is to describe.
    if held.base.files:
        reader = spark.read.schema(", ".join(kinds)).option("recursiveFileLookup", "true")
        base = reader.parquet(str(layout.home() / held.base.path))
    else:
        base = spark.createDataFrame([], ", ".join(kinds))
    if held.delta is None:
        return base.select(*columns)
    reader = spark.read.schema(", ".join([*kinds, "huimin_gone BOOLEAN"]))
    delta = reader.parquet(str(layout.home() / held.delta.path))
    kept = base.join(delta, on=held.key, how="left_anti")
    return kept.select(*columns).unionByName(delta.where("NOT huimin_gone").select(*columns))
