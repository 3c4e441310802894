"""The check of a file as a whole, before anything is written: it leaves the plan, the problems, and the file of bad rows."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from huimin.core.intake import badfile
from huimin.core.intake import work as working
from huimin.core.intake.work import Work, quoted

STEPS = 10


@dataclass(frozen=True)
class Checked:
    """What a check found, in rows; `reasons` counts problems by column's name."""

    total: int
    good: int
    unchanged: int
    bad: int
    reasons: dict[str, int] = field(default_factory=dict)


def check(work: Work, kind: str) -> Checked:
    """Look at every row; `kind` is the format that the file of bad rows has."""
    work.plan.unlink(missing_ok=True)
    work.forget()
    try:
        work.tell("check", 0, STEPS)
        total = working.tidy(work)
        work.tell("check", 4, STEPS)
        work.target.compare(work)
        work.tell("check", 8, STEPS)
        _problems(work)
        badfile.write(work, kind)
        ((bad,),) = work.sql('SELECT count(DISTINCT "row") FROM problem')
        ((good,),) = work.sql("SELECT count(*) FROM plan")
        reasons = dict(work.sql("SELECT col, count(*) FROM problem GROUP BY col ORDER BY count(*) DESC, col"))
        _keep(work, 'SELECT * FROM plan ORDER BY chunk, "row"', work.plan)
        work.tell("check", STEPS, STEPS)
        return Checked(total, good, total - bad - good, bad, reasons)
    finally:
        work.forget()


def _problems(work: Work) -> None:
    """Every problem with the cell it is about, in the order of rows and columns."""
    order = {column.name: n for n, column in enumerate(work.target.columns)}
    cells = "".join(f' WHEN {quoted(name)} THEN raw."{name}"' for name in work.columns)
    places = "".join(f" WHEN {quoted(name)} THEN {n}" for name, n in order.items())
    _keep(
        work,
        f"SELECT p.\"row\", p.col, coalesce(CASE p.col{cells} END, '') AS value, p.reason FROM problem p "
        f'JOIN raw USING ("row") ORDER BY p."row", CASE p.col{places} ELSE -1 END, p.reason',
        work.problems,
    )


def _keep(work: Work, query: str, path: Path) -> None:
    """Write a query's rows as Parquet under another name first, so that what has the name is whole."""
    fresh = path.with_suffix(".new")
    work.sql(f"COPY ({query}) TO {quoted(fresh)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 20000)")
    fresh.chmod(0o600)
    os.replace(fresh, path)
