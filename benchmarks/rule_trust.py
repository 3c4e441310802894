#!/usr/bin/env python3
"""Trust in a rule: gaps and overlaps of tables small and large, and what would have to be different for one household.

    benchmarks/rule_trust.py [--runs 5]

Random tables of 12 inputs and 60 rows, once with most cells filled and once with most left open; the rules of the services;
the smallest changes for a thousand random households under the monitoring rule. No database. Figures are for this machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SEED = 20261125
RULES = ROOT / "huimin" / "services" / "poverty" / "rules"
NOW, TODAY = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC), dt.date(2026, 11, 25)
SECURE = ("food", "clothing", "schooling", "medical", "housing", "water")


def table(chance: random.Random, policy: str, open_cells: float, inputs: int = 12, rows: int = 60) -> str:
    """A table of numbers and texts as DMN."""
    kinds = ["string" if at % 3 == 0 else "number" for at in range(inputs)]

    def cell(kind: str) -> str:
        if chance.random() < open_cells:
            return "-"
        if kind == "string":
            return ", ".join(f'"{chance.choice("abcdefg")}"' for _ in range(chance.randint(1, 3)))
        low = chance.randint(0, 99)
        high = chance.randint(low + 1, 100)
        return chance.choice([f"[{low}..{high}]", f">= {low}", f"< {high}", f"({low}..{high}]"])

    data = "".join(
        f'<inputData id="i{at}" name="x{at}"><variable name="x{at}" typeRef="{k}"/></inputData>'
        for at, k in enumerate(kinds)
    )
    arrows = "".join(
        f'<informationRequirement><requiredInput href="#i{at}"/></informationRequirement>'
        for at in range(inputs)
    )
    columns = "".join(
        f'<input><inputExpression typeRef="{k}"><text>x{at}</text></inputExpression></input>'
        for at, k in enumerate(kinds)
    )
    lines = "".join(
        "<rule>" + "".join(f"<inputEntry><text>{escape(cell(kind))}</text></inputEntry>" for kind in kinds)
        + f'<outputEntry><text>"{chance.choice("xyz")}"</text></outputEntry></rule>' for _ in range(rows)
    )  # fmt: skip
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="t" namespace="urn:t" id="d">'
        f'{data}<decision id="dec" name="result"><variable name="result"/>{arrows}<decisionTable hitPolicy="{policy}">'
        f'{columns}<output name="o" typeRef="string"/>{lines}</decisionTable></decision></definitions>'
    )


def timed(make: Any, runs: int) -> tuple[float, Any]:
    """The median of some runs in milliseconds, and what the last gave."""
    taken, found = [], None
    for _ in range(runs):
        start = time.perf_counter()
        found = make()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), found


def household(chance: random.Random) -> dict[str, Any]:
    """A household's facts at random, many of them near the line."""
    return {
        "income_per_head": Decimal(chance.randint(6000, 12000)), "monitoring_line": Decimal(8500), "income_year": Decimal(2025),
        "members": Decimal(chance.randint(1, 7)), "lifted": chance.random() < 0.5, "sudden_hardship": chance.random() < 0.3,
        "sudden_loss": Decimal(chance.choice([0, 0, 4000, 20000])),
        **{f"{name}_secure": chance.random() < 0.9 for name in SECURE},
    }  # fmt: skip


def measure(runs: int) -> list[dict[str, Any]]:
    """Every figure."""
    from huimin.core.rules import lang

    rows: list[dict[str, Any]] = []

    def add(figure: str, value: float, unit: str = "ms", **more: Any) -> None:
        rows.append(
            {"benchmark": "rule_trust", "figure": figure, "value": round(value, 2), "unit": unit, **more}
        )

    for name, open_cells in (("dense", 0.3), ("mixed", 0.6), ("sparse", 0.85)):
        for policy in ("UNIQUE", "FIRST"):
            model = lang.load(table(random.Random(SEED), policy, open_cells))  # noqa: S311
            taken, found = timed(lambda model=model: lang.analyse(model), runs)
            add(
                f"analyse_12x60_{name}_{policy.lower()}",
                taken,
                findings=len(found.findings),
                exact=found.exact,
            )
    for path in sorted(RULES.glob("*.dmn")):
        model = lang.load(path)
        taken, found = timed(lambda model=model: lang.analyse(model), runs)
        add(f"analyse_{path.stem}", taken, findings=len(found.findings), exact=found.exact)
    model = lang.load(RULES / "monitoring.dmn")
    about = {name: lang.About(fixed=True) for name in ("monitoring_line", "members", "lifted", "income_year")}
    chance = random.Random(SEED)  # noqa: S311
    taken = []
    for _ in range(1000):
        facts = household(chance)
        start = time.perf_counter()
        lang.what_if(model, "monitoring", facts, today=TODAY, now=NOW, about=about)
        taken.append((time.perf_counter() - start) * 1000)
    first, taken = taken[0], sorted(taken[1:])
    add("what_if_first", first)
    add("what_if_median", statistics.median(taken))
    add("what_if_p99", taken[int(len(taken) * 0.99)])
    return rows


def main() -> None:
    """Measure, print the table, then the lines for programs."""
    from rich.console import Console
    from rich.table import Table

    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=5)
    rows = measure(asked.parse_args().runs)
    shown = Table("figure", "value", "unit", "more", box=None)
    for row in rows:
        more = {
            name: value for name, value in row.items() if name not in ("benchmark", "figure", "value", "unit")
        }
        shown.add_row(row["figure"], f"{row['value']:,}", row["unit"], str(more or ""))
    Console().print(shown)
    for row in rows:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
