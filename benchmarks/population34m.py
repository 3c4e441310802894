#!/usr/bin/env python3
"""A register of 34 million people: facts, rule and comparison with yesterday's decisions. Prints a table and lines of JSON.

    benchmarks/population34m.py [--people 34000000] [--folder DIR]

Without a folder it makes the register up first (`huimin bench make-people`, 4.7 GiB for 34 million) and removes it at the
end. What is timed: the facts of every household as the service declares them, the rule poverty.monitoring lowered to SQL,
each outcome compared with the latest decision kept; what changes is counted by county and kind. Peak memory is the process's.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _million
from population import Figures

RULE = "poverty.monitoring"
KEPT = """
    SELECT try_cast(subject_id AS UUID) AS subject, json_extract_string(arg_max(outcome, "at"), '$') AS outcome
    FROM rules_decisionrow WHERE rule = 'poverty.monitoring' AND subject_kind = 'household' GROUP BY 1
"""


def rule_sql(snapshot: Any) -> str:
    """The rule over the facts of everyone: subject and outcome."""
    import ibis

    from huimin.core.rules.api import BOOK
    from huimin.core.rules.lang import lower

    file, facts = BOOK[RULE], snapshot.facts("poverty.household")
    names = {name: fact.partition(".")[2] for name, fact in file.inputs.items()}
    found = lower.model(file.model, file.decision, facts, names, today=snapshot.today, now=snapshot.as_of)
    return str(ibis.to_sql(found.select("subject", "outcome"), dialect="duckdb"))


def measure(figures: Figures) -> None:
    """Decide for everyone, compare, and count; then the same facts and rule alone."""
    from huimin.core.facts import api

    with api.opened() as snapshot:
        decided = rule_sql(snapshot)
        compare = (
            f"SELECT substr(h.division_code, 1, 6), coalesce(k.outcome, 'none'), coalesce(d.outcome, 'none'), count(*) "
            f"FROM ({decided}) d JOIN people_household h ON h.id = d.subject LEFT JOIN ({KEPT}) k ON k.subject = d.subject "
            "GROUP BY ALL"
        )
        with figures.timed("facts_rule_and_comparison") as more:
            flows: Counter[tuple[str, str, str]] = Counter()
            for part in snapshot.each("household", lambda part: part.con.execute(compare).fetchall()):
                for county, before, after, count in part:
                    flows[county, before, after] += count
            more["rows"] = sum(flows.values())
            more["changed"] = sum(count for (_c, before, after), count in flows.items() if before != after)
            more["counties"] = len({county for county, _b, _a in flows})
        with figures.timed("facts_and_rule") as more:
            count = f"SELECT count(*) FROM ({decided}) WHERE outcome <> 'none'"
            parts = snapshot.each("household", lambda part: part.con.execute(count).fetchall()[0][0])
            more["rows"] = sum(parts)
        county = "SELECT count(*) FROM poverty_income WHERE division_code BETWEEN '620121' AND '620122'"
        with figures.timed("one_county_of_one_table") as more:
            more["rows"] = snapshot.con.execute(county).fetchall()[0][0]


@contextmanager
def made(people: int, folder: Path | None, figures: Figures) -> Iterator[None]:
    """A made-up register in a folder, or one made for this run and removed."""
    from django.conf import settings

    from huimin.core.facts import api
    from huimin.kit import clock
    from huimin.services.poverty.demo import everyone

    with tempfile.TemporaryDirectory(prefix="huimin-34m-") as own:
        settings.POPULATION = folder or Path(own)
        if folder is None or not folder.exists():
            settings.POPULATION.mkdir(exist_ok=True)
            with figures.timed("make_people") as more:
                codes = everyone.counties(people)
                done = api.make_up(everyone.shares(people, clock.today()), len(codes) + 1, everyone.MACROS)
                more["rows"] = sum(done.tables.values())
        found = api.status()
        assert found is not None
        figures.people = found.tables["people_person"]
        figures.add(
            "snapshot_size", found.bytes / 2**20, "MiB", files=found.files, rows=sum(found.tables.values())
        )
        yield


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=34_000_000, help="how many people to make up")
    parser.add_argument("--folder", type=Path, help="where such a register is, or is made and left")
    given = parser.parse_args()
    assert _million.NAME
    import django

    django.setup()
    from huimin.core.access.api import acting_as, system

    figures = Figures(given.people)
    figures.benchmark = "population34m"
    with acting_as(system("benchmark")), made(given.people, given.folder, figures):
        measure(figures)
    figures.show("everyone")


if __name__ == "__main__":
    main()
