#!/usr/bin/env python3
"""A rule before it is signed: checked, and simulated on the whole register. Prints a table and lines of JSON.

    benchmarks/rule_book.py [--people 1000000] [--folder DIR]

`publishing` is what stands before a signature: parse, check, lower, analysis of gaps and overlaps, all examples, for every
rule of the demo; the slowest counts. `simulation` decides the register twice, by the rule in force and by one with a line
raised by 800 yuan, in one scan from the snapshot's tables (facts are worked out on the way), counts by county and keeps the
list of those who change.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import _million
from population import Figures
from population34m import made

RULE = "poverty.monitoring"


def publishing(figures: Figures) -> None:
    """The gate of every rule, once in a process, as the first who opens it waits for it."""
    from huimin.core.rules import api

    slowest, seconds = "", 0.0
    for name, file in api.BOOK.items():
        text = file.text.replace("</description>", " </description>", 1)  # not what was parsed before
        started = time.perf_counter()
        assert api.check(name, text, file.examples).ready
        assert api.analysed(name, text) == ()
        taken = time.perf_counter() - started
        if taken > seconds:
            slowest, seconds = name, taken
    figures.add("publishing", seconds, "s", rule=slowest)


def simulating(figures: Figures) -> None:
    """Old and new for everyone, twice: the second finds the files in memory."""
    from huimin.core.facts import api as facts
    from huimin.core.rules import api
    from huimin.core.rules.versions.simulating import simulate
    from huimin.kit.area import NATION

    old = api.BOOK[RULE]
    new = old.as_written(old.text.replace("income_per_head &lt; line", "income_per_head &lt; line + 800", 1))
    assert new.model.hash != old.model.hash
    for figure in ("simulation_first", "simulation"):
        with (
            facts.opened() as snapshot,
            tempfile.TemporaryDirectory() as folder,
            figures.timed(figure) as more,
        ):
            found = simulate(old, new, snapshot, NATION, keep=Path(folder) / "changed.parquet")
            more["rows"] = found.subjects
            more["changed"] = sum(flow["count"] for flow in found.flows)
            more["counties"] = len({flow["county"] for flow in found.flows})


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people to make up")
    parser.add_argument("--folder", type=Path, help="where such a register is, or is made and left")
    given = parser.parse_args()
    assert _million.NAME
    import django

    django.setup()
    from huimin.core.access.api import acting_as, system

    figures = Figures(given.people)
    figures.benchmark = "rule_book"
    with acting_as(system("benchmark")), made(given.people, given.folder, figures):
        publishing(figures)
        simulating(figures)
    figures.show("the rule book")


if __name__ == "__main__":
    main()
