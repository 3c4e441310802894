#!/usr/bin/env python3
"""Duplicates of people: how many of the planted ones are found, how many others are proposed, how long it takes.

    benchmarks/duplicates.py [--people 100000] [--seed 1001] [--propose 0.75]

The register is made by `huimin/core/people/planted.py`, whose first lines say how; the seed is none of those that the
model was tuned on (below 100). Read, estimate and comparison are timed on two threads; making the register is not. Prints
a table, and a line of JSON for every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def measure(people: int, seed: int, propose: float) -> list[dict[str, Any]]:
    """Make, search, compare with what was planted."""
    from huimin.core.people import planted
    from huimin.core.people.matching import engine, prepare

    rows = planted.register(people, seed)
    truth = {tuple(sorted((str(one), str(other)))) for one, other in planted.pairs(rows)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    outcome = engine.search(prepare.tables(planted.sources(rows)), propose=0.001)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures: list[dict[str, Any]] = []

    def add(figure: str, value: float, unit: str) -> None:
        figures.append({"benchmark": "duplicates", "figure": figure, "value": round(value, 4), "unit": unit})

    add("records", len(rows), "records")
    add("planted", len(truth), "pairs")
    add("search", seconds, "s")
    add("peak_memory", peak, "MB")
    add("peak_memory_before_search", before, "MB")
    for limit in sorted({propose, 0.5, 0.8, 0.95}):
        found = {(one.first, one.second) for one in outcome.found if one.probability >= limit}
        hits = len(found & truth)
        name = "proposed" if limit == propose else f"from_{limit}"
        add(f"recall_{name}", hits / len(truth), "share")
        add(f"precision_{name}", hits / max(len(found), 1), "share")
    return [{**row, "people": people, "seed": seed} for row in figures]


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000, help="how many records")
    parser.add_argument("--seed", type=int, default=1001, help="of the register")
    parser.add_argument(
        "--propose", type=float, default=0.75, help="probability from which a pair is proposed"
    )
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django

    django.setup()
    from rich.console import Console
    from rich.table import Table

    rows = measure(given.people, given.seed, given.propose)
    table = Table("figure", "value", "unit", title=f"duplicates among {given.people:,} people")
    for row in rows:
        table.add_row(row["figure"], f"{row['value']:,.4g}", row["unit"])
    Console().print(table)
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
