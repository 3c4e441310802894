"""The door of facts: the catalogue, what is known of a subject, and the population snapshot for asking about everyone."""

from __future__ import annotations

from collections.abc import Callable

from huimin.core.facts.catalogue import FACTS, TABLES, fact, register_facts
from huimin.core.facts.opening import Snapshot, opened, status
from huimin.core.facts.reading import values
from huimin.core.facts.tables import register_snapshot_table
from huimin.core.facts.types import Refresh

__all__ = [
    "FACTS", "TABLES", "Snapshot", "fact", "opened", "refresh", "register_facts", "register_snapshot_table", "status",
    "values",
]  # fmt: skip


def refresh(progress: Callable[[str, int, int], None] | None = None, full: bool = False) -> Refresh:
    """Bring the population snapshot up to date with what changed; `full` reads every table from nothing.

    `progress(table, done, total)` hears of each table. One refresh at a time, another waits. Raises SnapshotError where
    declared columns are not PostgreSQL's, or values do not arrive as they were sent.
    """
    from huimin.core.facts import refreshing  # with the drivers: only who refreshes loads them

    return refreshing.refresh(progress, full)
