"""The door of facts: the catalogue, what is known of a subject, facts that come as files, and everyone in the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from huimin.core.facts.catalogue import FACTS, TABLES, fact, register_facts
from huimin.core.facts.imports import (
    amount_column,
    constant,
    household_facts,
    now,
    source,
    this_year,
    today,
    whole,
    yes_no,
)
from huimin.core.facts.opening import Snapshot, opened, status
from huimin.core.facts.reading import scales, values
from huimin.core.facts.tables import register_snapshot_table
from huimin.core.facts.types import Refresh, Share

__all__ = [
    "FACTS", "TABLES", "Snapshot", "amount_column", "constant", "fact", "household_facts", "make_up", "now", "opened",
    "refresh", "register_facts", "register_snapshot_table", "scales", "source", "status", "this_year", "today", "values",
    "whole", "yes_no",
]  # fmt: skip


def refresh(progress: Callable[[str, int, int], None] | None = None, full: bool = False) -> Refresh:
    """Bring the population snapshot up to date with what changed; `full` reads every table from nothing.

    `progress(table, done, total)` hears of each table. One refresh at a time, another waits. Raises SnapshotError where
    declared columns are not PostgreSQL's, or values do not arrive as they were sent.
    """
    from huimin.core.facts import refreshing  # with the drivers: only who refreshes loads them

    return refreshing.refresh(progress, full)


def make_up(
    shares: Iterable[Share],
    total: int,
    macros: Iterable[str],
    progress: Callable[[str, int, int], None] | None = None,
) -> Refresh:
    """Write a made-up generation into the empty folder of the snapshot, one county (of `total`) at a time.

    `macros` are statements of DuckDB that the shares' queries use. Raises Refused where a snapshot is there already.
    """
    from huimin.core.facts import made

    return made.make_up(shares, total, macros, progress)
