#!/usr/bin/env python3
"""People in bulk: load, list pages near and far, find. Prints a table, and a line of JSON for every figure.

    benchmarks/people.py [--people 60000]

It makes a database of its own beside the configured one and drops it at the end. The load encrypts numbers, phones and
addresses, keeps a version of every row and the sums. Pages hold 50 households with their sizes. Figures are for this
machine, warm, one process, over a random choice of places and people.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
SEED = 20261122
NAME = "huimin_bench_people"
PROVINCE = "620000000000"


class Figures:
    """Gathers figures and prints them."""

    def __init__(self, people: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self.people = people

    def add(self, figure: str, value: float, unit: str, **more: Any) -> None:
        """Keep one figure."""
        row = {"benchmark": "people", "figure": figure, "value": round(value, 3), "unit": unit}
        self.rows.append({**row, "people": self.people, **more})

    def timed(self, figure: str, calls: Sequence[Callable[[], Any]]) -> None:
        """Time every call in milliseconds; keep the median and the 95th percentile."""
        for call in calls[:5]:
            call()
        taken = []
        for call in calls:
            start = time.perf_counter()
            call()
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        self.add(f"{figure}_median", statistics.median(taken), "ms", calls=len(taken))
        self.add(f"{figure}_p95", taken[int(len(taken) * 0.95)], "ms", calls=len(taken))

    def show(self) -> None:
        """The table, then the lines for programs."""
        from rich.console import Console
        from rich.table import Table

        table = Table("figure", "value", "unit", title=f"people, {self.people:,} of them")
        for row in self.rows:
            table.add_row(row["figure"], f"{row['value']:,.3f}", row["unit"])
        Console().print(table)
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def measure(people: int) -> Figures:
    """Load, then read."""
    from huimin.core.people import api, demo
    from huimin.core.people.models import Household, Person
    from huimin.core.people.paging import cursor
    from huimin.core.people.queries import HOUSEHOLD_ORDERS
    from huimin.core.places import api as places

    figures = Figures(people)
    places.import_package()
    marks: dict[str, float] = {}
    start = time.perf_counter()
    done = demo.load_people(
        people, progress=lambda stage, *_: marks.__setitem__(stage, time.perf_counter() - start)
    )
    seconds = time.perf_counter() - start
    rows = sum(done.values())
    stored = seconds - marks["make"]
    figures.add("load_whole", seconds, "s", rows=rows)
    figures.add("load_make_up", marks["make"], "s")
    figures.add("load_persons", done["persons"] / (marks["person"] - marks["make"]), "rows/s")
    figures.add("load_households", done["households"] / (marks["household"] - marks["person"]), "rows/s")
    figures.add(
        "load_memberships", done["memberships"] / (marks["membership"] - marks["household"]), "rows/s"
    )
    figures.add("load_stored", rows / stored, "rows/s", rows=rows)

    chance = random.Random(SEED)  # noqa: S311
    for order in ("area", "head", "opened"):
        figures.timed(f"first_page_{order}", [lambda o=order: api.households(PROVINCE, order=o)] * 60)
        names = HOUSEHOLD_ORDERS[order]
        listed = Household.objects.order_by(*names)
        deep = [listed[int(done["households"] * chance.uniform(0.85, 0.99))] for _ in range(20)]
        calls = [
            lambda o=order, r=row, n=names: api.households(PROVINCE, order=o, after=cursor(False, r, n))
            for row in deep
        ]
        figures.timed(f"deep_page_{order}", calls * 3)
    some = [Person.objects.order_by("id")[chance.randrange(done["persons"])] for _ in range(100)]
    figures.timed("find_by_number", [lambda p=p: api.find_by_number(p.id_number) for p in some])
    figures.timed(
        "search_name_in_province", [lambda p=p: api.households(PROVINCE, text=p.name) for p in some]
    )
    county = [(p, p.division_code[:6] + "000000") for p in some]
    figures.timed(
        "search_surname_in_county", [lambda p=p, c=c: api.households(c, text=p.name[0]) for p, c in county]
    )
    figures.timed(
        "search_initials_in_county", [lambda p=p, c=c: api.households(c, text=p.initials) for p, c in county]
    )
    day = date(2020, 12, 31)
    figures.timed("as_of_county_page", [lambda c=c: api.households_as_of(c, day) for _p, c in county])
    figures.timed("as_of_province_page", [lambda: api.households_as_of(PROVINCE, day)] * 60)
    figures.timed("counts_province", [lambda: api.counts(PROVINCE)] * 60)
    figures.timed("counts_by_prefecture", [lambda: api.counts_below(PROVINCE)] * 60)
    villages = [p.division_code for p in some]
    figures.timed("village_page", [lambda v=v: api.households(v) for v in villages])
    return figures


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60_000, help="how many people to make up")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import override_settings

    from huimin.core.access.api import acting_as, system

    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        with override_settings(DEBUG=False), acting_as(system("benchmark")):
            call_command("migrate", verbosity=0)
            measure(given.people).show()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.close()
        connection.settings_dict["NAME"] = before


if __name__ == "__main__":
    main()
