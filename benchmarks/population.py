#!/usr/bin/env python3
"""The population snapshot of a million people. Prints a table, and a line of JSON for every figure.

    benchmarks/population.py [--people 1000000]

It makes a database of its own beside the configured one and drops it at the end: every household has profile, incomes of two
years, guarantees and a risk (benchmarks/_million.py). Refreshes: from nothing, with nothing changed, after 10,000 changes.
Then everyone is decided by the monitoring rule, with writing: the first time (every outcome but the default is new), again, and
after 10,000 changes with the refresh.
Peak memory is the whole process's, without PostgreSQL's.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _million import register

CHANGES = (  # 10,000 rows, others in each round
    "UPDATE poverty_income SET wages = wages + 1 WHERE id IN "
    "(SELECT id FROM poverty_income ORDER BY id OFFSET {skip} LIMIT 4000)",
    'UPDATE poverty_risk SET "until" = since + 1 WHERE id IN '
    "(SELECT id FROM poverty_risk ORDER BY id OFFSET {skip} LIMIT 2500)",
    'INSERT INTO poverty_guarantee (id, household_id, division_code, group_no, kind, secure, "on", found_by, note, recorded) '
    "SELECT gen_random_uuid(), household_id, division_code, group_no, kind, NOT secure, current_date, '入户', '', now() "
    "FROM poverty_guarantee ORDER BY id OFFSET {skip} LIMIT 2000",
    "DELETE FROM poverty_guarantee WHERE id IN (SELECT id FROM poverty_guarantee ORDER BY id DESC OFFSET {skip} LIMIT 500)",
    "UPDATE people_household SET division_code = '620123101201' WHERE id IN "
    "(SELECT id FROM people_household ORDER BY id OFFSET {skip} LIMIT 1000)",
)


class Figures:
    """Gathers figures and prints them."""

    def __init__(self, people: int) -> None:
        self.benchmark, self.people, self.rows = "population", people, list[dict[str, Any]]()

    def add(self, figure: str, value: float, unit: str, **more: Any) -> None:
        """Keep one figure."""
        row = {"benchmark": self.benchmark, "figure": figure, "value": round(value, 3), "unit": unit}
        self.rows.append({**row, "people": self.people, **more})

    @contextmanager
    def timed(self, figure: str) -> Iterator[dict[str, Any]]:
        """Time a block in seconds, with its processor time and peak of memory; what the block puts in is kept beside."""
        more: dict[str, Any] = {}
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        start, worked = time.perf_counter(), time.process_time()
        yield more
        taken, cpu = time.perf_counter() - start, time.process_time() - worked
        self.add(figure, taken, "s", cpu=round(cpu, 2), peak_mib=peak_mib(), **more)

    def show(self, title: str) -> None:
        """The table, then the lines for programs."""
        from rich.console import Console
        from rich.table import Table

        table = Table(
            "figure", "value", "unit", "cpu s", "rows", "peak MiB", title=f"{title}, {self.people:,} people"
        )
        for row in self.rows:
            rows = f"{row['rows']:,}" if "rows" in row else ""
            table.add_row(
                row["figure"],
                f"{row['value']:,.3f}",
                row["unit"],
                str(row.get("cpu", "")),
                rows,
                str(row.get("peak_mib", "")),
            )
        Console().print(table)
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def peak_mib() -> int:
    """The highest resident memory of the process since the peak was started anew, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def change(skip: int) -> int:
    """Make 10,000 changes after the first rows by id; how many rows."""
    from django.db import connection, transaction

    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in CHANGES:
            cursor.execute(statement.format(skip=skip))
            changed += cursor.rowcount
    return changed


def refreshes(figures: Figures) -> None:
    """Refresh from nothing, with nothing changed, after changes."""
    from huimin.core.facts import api

    with figures.timed("refresh_from_nothing") as more:
        more["rows"] = sum(api.refresh().tables.values())
    found = api.status()
    assert found is not None
    figures.add("snapshot_size", found.bytes / 2**20, "MiB", files=found.files)
    with figures.timed("refresh_nothing_changed") as more:
        more["rows"] = sum(api.refresh().changed.values())
    for round_ in (1, 2):
        changed = change(4000 * (round_ - 1))
        with figures.timed(f"refresh_after_changes_{round_}") as more:
            done = api.refresh()
            more.update(rows=sum(done.changed.values()), changed=changed, full=len(done.full))


def runs(figures: Figures) -> None:
    """Decide everyone of the monitoring rule with writing: the first time all are new, then again, then after changes."""
    from uuid import uuid4

    from huimin.core.access.api import system
    from huimin.core.rules import api

    def run(figure: str, *, fresh: bool) -> None:
        with figures.timed(figure) as more:
            made = api.run_population(system("benchmark"), key=str(uuid4()), service="poverty", fresh=fresh)
            api.work(made["run"])
        done = api.run(made["run"])
        assert done.state == "done", done.error
        more.update(rows=done.changed, subjects=done.subjects)
        figures.rows[-1].update(more, seconds=dict(done.seconds))

    run("population_run_first", fresh=False)
    run("population_run_nothing_changed", fresh=False)
    change(8000)
    run("refresh_and_run_after_10000_changes", fresh=True)


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people to make up")
    given = parser.parse_args()
    with register(given.people) as made:
        figures = Figures(made["people_person"])
        refreshes(figures)
        runs(figures)
        figures.show("population snapshot")


if __name__ == "__main__":
    main()
