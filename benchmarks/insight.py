#!/usr/bin/env python3
"""Figures of every division, counted from the snapshot of a million people. Prints a table, and JSON lines for programs.

    benchmarks/insight.py [--people 1000000]

It makes a database of its own beside the configured one and drops it at the end (benchmarks/_million.py). One household in
forty-five is or was helped, with visits and measures. Computing counts every indicator of targeted help for each division and
period, marks the small cells and keeps the figures; reading is warm, in one process.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from _million import register
from population import Figures

PROVINCE, PREFECTURE, COUNTY = "620000000000", "620100000000", "620123000000"
HELPED = (
    "INSERT INTO programmes_enrolment (id, programme, household_id, division_code, group_no, kind, state, name, entered, "
    "exited, suspended_reason) SELECT gen_random_uuid(), 'poverty.monitoring', id, division_code, group_no, "
    "(ARRAY['unstable', 'marginal', 'sudden'])[1 + (random() * 2)::int], CASE WHEN leaves THEN 'exited' ELSE 'active' END, "
    "'人', entered, CASE WHEN leaves THEN entered + 400 END, '' FROM (SELECT id, division_code, group_no, "
    "date '2021-02-01' + (random() * 1500)::int AS entered, random() < 0.3 AS leaves FROM people_household "
    "WHERE ('x' || right(id::text, 6))::bit(24)::int % 45 = 0) AS chosen",
    'INSERT INTO programmes_visit (id, division_code, enrolment_id, officer_name, "on", met, found, promised, recorded, '
    "offline) "
    "SELECT gen_random_uuid(), division_code, id, '李', entered + n * 80, '人', '', '', now(), false "
    "FROM programmes_enrolment, generate_series(1, 12) AS n",
    "INSERT INTO programmes_measure (id, division_code, enrolment_id, kind, title, cost, fund, executor, start, state, result) "
    "SELECT gen_random_uuid(), division_code, id, (ARRAY['industry', 'job', 'health'])[n], '措施', 3000 + n, '衔接资金', '', "
    "entered + n * 90, 'running', '' FROM programmes_enrolment, generate_series(1, 3) AS n",
)


def timed(figures: Figures, figure: str, call: Callable[[], Any], times: int = 40) -> None:
    """The median and the 95th percentile of a call in milliseconds."""
    taken = []
    call()
    for _number in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    figures.add(f"{figure}_median", statistics.median(taken), "ms", calls=times)
    figures.add(f"{figure}_p95", sorted(taken)[int(times * 0.95)], "ms", calls=times)


def measure(figures: Figures) -> None:
    """Compute a year, all usual periods, then read and freeze."""
    from django.db import connection

    from huimin.core.access.api import system
    from huimin.core.facts.api import refresh
    from huimin.core.insight import api

    viewer = system("benchmark")
    with connection.cursor() as cursor:
        for statement in HELPED:
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    refresh()
    for name, periods in (("compute_one_year", ["2024"]), ("compute_usual_periods", None)):
        with figures.timed(name) as more:
            done = api.compute("poverty", periods)
            more.update(rows=done.rows, periods=len(done.periods), **done.stages)
    with figures.timed("assess_one_year") as more:
        more["rows"] = api.assess("poverty", "2024")
    for place, code in (("province", PROVINCE), ("prefecture", PREFECTURE), ("county", COUNTY)):
        timed(figures, f"below_{place}", lambda c=code: api.below("poverty.incidence", c, "2024"))
    timed(figures, "trend", lambda: api.trend("poverty.incidence", COUNTY))
    timed(figures, "parts", lambda: api.breakdown("poverty.causes", COUNTY, "2024"))
    with figures.timed("freeze_report"):
        made = api.freeze_report(viewer, service="poverty", area=PROVINCE, period="2024")
    with figures.timed("print_report_pdf"):
        api.printed(made["report"])


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people to make up")
    given = parser.parse_args()
    with register(given.people) as made:
        figures = Figures(made["people_person"])
        figures.benchmark = "insight"
        measure(figures)
        figures.show("insight")


if __name__ == "__main__":
    main()
