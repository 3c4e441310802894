#!/usr/bin/env python3
"""A rule for 34 million people in a Parquet file, beside the CASE somebody writes by hand, zen-engine and OpenFisca.

    benchmarks/rules_everyone.py [--people 34000000] [--sample 100000] [--folder DIR] [--rounds 3]

The table is that of rules_one.py: 8 inputs, 12 rules, FIRST. The facts are made up by SQL: one flat file, whole numbers,
DECIMAL money, texts, booleans, one income in a hundred and one job in two hundred not known. Counting, writing (person,
row, outcome, zstd), deciding 100,000 changed people again against what is kept, and a changed threshold by county are run
on all of them in one DuckDB with two threads and 1.5 GB; the best of the rounds counts, and every count is compared with the
hand-written CASE. zen-engine (its own batch) and OpenFisca (its own arrays, loading not counted) decide a sample of the people
without nulls, which zen-engine does not compare; their figures are told per million. Memory is the most that the process
ever held before the peers. Last, the largest rule of the demo is read, checked, lowered and asked its examples.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import rules_one

HAND = """CASE
  WHEN age >= 80 AND income < 6000 THEN 1
  WHEN income < 3000 AND disabled AND years >= 1 THEN 2
  WHEN age < 18 AND income < 4500 AND size >= 5 THEN 3
  WHEN age >= 60 AND age < 80 AND income < 8200 AND size BETWEEN 1 AND 2 AND job = 'retired' AND marital = 'widowed' THEN 4
  WHEN income < 8200 AND size >= 3 AND region IN ('620501', '620502', '620503') AND job = 'unemployed' AND years >= 2 THEN 5
  WHEN age >= 18 AND age < 60 AND income >= 3000 AND income < 8200 AND job IN ('unemployed', 'self-employed')
    AND marital IN ('divorced', 'widowed') THEN 6
  WHEN income < 10000 AND size > 6 AND years > 5 THEN 7
  WHEN age < 25 AND job = 'student' AND disabled THEN 8
  WHEN age >= 65 AND income < 12000.50 AND region IN ('620511', '620512', '620513') AND years >= 10 THEN 9
  WHEN income BETWEEN 10000 AND 15000 AND size >= 4 AND job = 'self-employed' AND marital = 'married' AND years >= 3 THEN 10
  WHEN age BETWEEN 40 AND 60 AND income < 20000 AND region IN ('620507', '620508') AND NOT disabled AND marital = 'single'
    AND years < 1 THEN 11
  WHEN income >= 90000 AND job = 'employed' AND years >= 20 THEN 12
  ELSE 0 END"""
FACTS = """SELECT i AS subject, (620100 + hash(i) % 734)::VARCHAR AS county, (hash(i * 31 + 1) % 101)::SMALLINT AS age,
  CASE WHEN hash(i * 31 + 2) % 100 > 0 THEN ((hash(i * 31 + 3) % 10000000) / 100)::DECIMAL(12, 2) END AS income,
  (1 + hash(i * 31 + 4) % 8)::TINYINT AS size, (620501 + hash(i * 31 + 5) % 13)::VARCHAR AS region,
  CASE WHEN hash(i * 31 + 6) % 200 > 0 THEN
    ['employed', 'self-employed', 'unemployed', 'student', 'retired'][1 + (hash(i * 31 + 7) % 5)::INT] END AS job,
  hash(i * 31 + 8) % 10 = 0 AS disabled,
  ['single', 'married', 'divorced', 'widowed'][1 + (hash(i * 31 + 9) % 4)::INT] AS marital,
  (hash(i * 31 + 10) % 40)::SMALLINT AS years
  FROM range({people}) t(i)"""
ZSTD = "(FORMAT parquet, COMPRESSION zstd)"


class Figures:
    """Gathers figures and prints them."""

    def __init__(self, people: int, rounds: int) -> None:
        self.people, self.rounds, self.rows = people, rounds, list[dict[str, Any]]()

    def add(self, figure: str, value: float, unit: str, **more: Any) -> float:
        """Keep one figure."""
        self.rows.append(
            {"benchmark": "rules_everyone", "figure": figure, "value": round(value, 3), "unit": unit, "people": self.people}
            | more
        )  # fmt: skip
        return value

    def timed(self, figure: str, call: Callable[[], Any], rounds: int = 0, **more: Any) -> tuple[float, Any]:
        """The best of the rounds in seconds, with its processor time, and what the last gave."""
        best, cpu, found = float("inf"), 0.0, None
        for _ in range(rounds or self.rounds):
            began, worked = time.perf_counter(), time.process_time()
            found = call()
            taken = time.perf_counter() - began
            if taken < best:
                best, cpu = taken, time.process_time() - worked
        self.add(figure, best, "s", cpu=round(cpu, 2), **more)
        return best, found

    def show(self) -> None:
        """The table, then the lines for programs."""
        from rich.console import Console
        from rich.table import Table

        table = Table("figure", "value", "unit", title=f"a rule for everyone, {self.people:,} people")
        for row in self.rows:
            table.add_row(row["figure"], f"{row['value']:,.3f}", row["unit"])
        Console().print(table)
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def everyone(figures: Figures, con: Any, folder: Path) -> None:
    """Count, write, decide again, simulate."""
    import ibis

    from huimin.core.rules import lang
    from huimin.core.rules.lang import lower

    table = ibis.duckdb.from_connection(con).table("facts")
    old = lang.load(rules_one.model_text())
    new = lang.load(rules_one.model_text().replace("&lt; 8200", "&lt; 8600"))

    def lowered(facts: Any) -> str:
        found = lower.model(old, "grade", facts).select("subject", "row", "outcome")
        return str(ibis.to_sql(found, dialect="duckdb"))

    def count(query: str) -> Any:
        return con.execute(f"SELECT row, count(*) FROM ({query}) GROUP BY ALL ORDER BY ALL").fetchall()

    names = ", ".join(f"({number}, '{code}')" for number, (_, code) in enumerate(rules_one.RULES, 1))
    con.execute(f"CREATE TABLE codes AS SELECT * FROM (VALUES (0, 'none'), {names}) t(row, outcome)")
    hand = f"SELECT subject, nullif({HAND}, 0) AS row FROM facts"
    numbered = f"SELECT subject, {HAND} AS row FROM facts"
    joined = f"SELECT subject, nullif(row, 0) AS row, outcome FROM ({numbered}) JOIN codes USING (row)"
    by_hand, expected = figures.timed("count_by_hand", lambda: count(hand))
    ours, found = figures.timed("count", lambda: count(lowered(table)))
    assert found == expected
    figures.add("count_ratio", ours / by_hand, "times")
    places = {side: folder / f"{side}.parquet" for side in ("hand", "kept")}
    by_hand, _ = figures.timed(
        "write_by_hand", lambda: con.execute(f"COPY ({joined}) TO '{places['hand']}' {ZSTD}"), 2
    )
    ours, _ = figures.timed(
        "write", lambda: con.execute(f"COPY ({lowered(table)}) TO '{places['kept']}' {ZSTD}"), 2
    )
    figures.add("write_ratio", ours / by_hand, "times")
    sums = [
        con.execute(f"SELECT sum(hash(subject, row, outcome)) FROM '{each}'").fetchall()
        for each in places.values()
    ]
    assert sums[0] == sums[1]
    figures.add("people_a_second_written", figures.people / ours, "people/s")

    con.execute(
        f"COPY (SELECT * REPLACE ((income * 0.9)::DECIMAL(12, 2) AS income) FROM facts "
        f"WHERE subject % {max(1, figures.people // 100_000)} = 0) TO '{folder / 'delta.parquet'}' {ZSTD}"
    )
    con.execute(f"CREATE VIEW delta AS SELECT * FROM '{folder / 'delta.parquet'}'")
    delta = ibis.duckdb.from_connection(con).table("delta")

    def again() -> Any:
        query = (
            f"SELECT d.subject, d.row, d.outcome, k.outcome AS before FROM ({lowered(delta)}) d "
            f"JOIN '{places['kept']}' k USING (subject) WHERE d.outcome IS DISTINCT FROM k.outcome"
        )
        return con.execute(f"COPY ({query}) TO '{folder / 'changed.parquet'}' {ZSTD}").fetchall()

    [(subjects,)] = con.execute("SELECT count(*) FROM delta").fetchall()
    _, [(changed,)] = figures.timed("changed_again", again, changed=subjects)
    figures.rows[-1]["differ"] = changed

    def simulated() -> Any:
        found = lower.simulate(old, new, "grade", table, by=["county"])
        return con.execute(str(ibis.to_sql(found, dialect="duckdb"))).fetchall()

    _, flows = figures.timed("simulate_by_county", simulated)
    assert sum(row[-1] for row in flows) == figures.people
    figures.rows[-1] |= {
        "counties": len({row[0] for row in flows}),
        "change": sum(r[3] for r in flows if r[1] != r[2]),
    }


def peers(figures: Figures, con: Any, sample: int) -> None:
    """zen-engine and OpenFisca over a sample, and what they would take for a million."""
    people = con.execute(
        f"SELECT {', '.join(rules_one.INPUTS)}, {HAND} AS expected FROM facts "
        f"WHERE income IS NOT NULL AND job IS NOT NULL LIMIT {sample}"
    ).fetchall()
    names = list(rules_one.INPUTS)
    expected = [row[-1] for row in people]
    given = [rules_one.floats(dict(zip(names, row[:-1], strict=True))) for row in people]
    try:
        import zen
    except ImportError:
        print("zen-engine is not installed: make bench installs it", file=sys.stderr)
        return
    model = rules_one.zen_model()
    [table] = [node for node in model["nodes"] if node["type"] == "decisionTableNode"]
    table["content"] |= {
        "executionMode": "loop", "inputField": "people", "outputPath": "people", "passThrough": False,
    }  # fmt: skip
    engine = zen.ZenEngine().create_decision(json.dumps(model))
    taken, found = figures.timed(
        "zen_batch", lambda: engine.evaluate({"people": given}), 2, sample=len(given)
    )
    assert [int(one["row"]) for one in found["result"]["people"]] == expected
    figures.add("zen_a_million", taken / len(given) * 1e6, "s")
    write = next(row["value"] for row in figures.rows if row["figure"] == "write")
    figures.add("zen_is_slower_than_write", taken / len(given) / (write / figures.people), "times")
    fisca(figures, people, expected)


def fisca(figures: Figures, people: list[tuple[Any, ...]], expected: list[int]) -> None:
    """The table as a formula of OpenFisca over its arrays."""
    import numpy as np
    from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

    person = entities.Entity("person", "persons", "", "")
    system = taxbenefitsystems.TaxBenefitSystem([person])
    kinds = {"number": float, "string": str, "boolean": bool}

    def declared(name: str, kind: type, **more: Any) -> None:
        said = {
            "value_type": kind,
            "entity": person,
            "definition_period": periods.DateUnit.YEAR,
            "label": name,
        }
        system.add_variable(type(name, (variables.Variable,), said | more))

    def formula(population: Any, period: Any) -> Any:
        age, income, size, region, job, disabled, marital, years = (
            population(name, period) for name in rules_one.INPUTS
        )
        return np.select(
            [
                (age >= 80) & (income < 6000),
                (income < 3000) & disabled & (years >= 1),
                (age < 18) & (income < 4500) & (size >= 5),
                (age >= 60) & (age < 80) & (income < 8200) & (size <= 2) & (job == "retired") & (marital == "widowed"),
                (income < 8200) & (size >= 3) & np.isin(region, ["620501", "620502", "620503"])
                & (job == "unemployed") & (years >= 2),
                (age >= 18) & (age < 60) & (income >= 3000) & (income < 8200)
                & np.isin(job, ["unemployed", "self-employed"]) & np.isin(marital, ["divorced", "widowed"]),
                (income < 10000) & (size > 6) & (years > 5),
                (age < 25) & (job == "student") & disabled,
                (age >= 65) & (income < 12000.50) & np.isin(region, ["620511", "620512", "620513"]) & (years >= 10),
                (income >= 10000) & (income <= 15000) & (size >= 4) & (job == "self-employed")
                & (marital == "married") & (years >= 3),
                (age >= 40) & (age <= 60) & (income < 20000) & np.isin(region, ["620507", "620508"]) & ~disabled
                & (marital == "single") & (years < 1),
                (income >= 90000) & (job == "employed") & (years >= 20),
            ],
            list(range(1, 13)),
        )  # fmt: skip

    for name, kind in rules_one.INPUTS.items():
        declared(name, kinds[kind])
    declared("decided", int, formula=formula)
    columns = list(zip(*people, strict=True))

    def built() -> Any:
        simulation = simulations.SimulationBuilder().build_default_simulation(system, count=len(people))
        for at, (name, kind) in enumerate(rules_one.INPUTS.items()):
            values = np.array(columns[at], dtype=float) if kind == "number" else np.array(columns[at])
            simulation.set_input(name, "2026", values)
        return simulation

    ready = [built() for _ in range(2)]
    taken, found = figures.timed(
        "openfisca", lambda: ready.pop().calculate("decided", "2026"), 2, sample=len(people)
    )
    wrong = int((found != np.array(expected)).sum())  # its money is 32 bits of binary fraction
    figures.add("openfisca_a_million", taken / len(people) * 1e6, "s", wrong=wrong)
    count = next(row["value"] for row in figures.rows if row["figure"] == "count")
    figures.add("count_a_million", count / figures.people * 1e6, "s")


def published() -> int:
    """Read, check, lower and ask the examples of the largest rule of the demo: how many examples there were."""
    from huimin.cli import rules
    from huimin.core.rules import lang
    from huimin.core.rules.lang import lower

    path = max(rules.rule_files(None), key=lambda each: each.stat().st_size)
    model = lang.load(path)
    assert lang.check(model) == []
    decision = rules.decision_of(model, path)
    assert lower.check(model, decision) == []
    asked = list(rules.examples(path, decision))
    for one in asked:
        assert rules.evaluated(model, one.decision, one.given, one.today).outcome == one.expect
    return len(asked)


def main() -> None:
    """Measure and print."""
    import duckdb

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=34_000_000, help="how many people to make up")
    parser.add_argument("--sample", type=int, default=100_000, help="how many of them the peers decide")
    parser.add_argument("--folder", type=Path, help="where facts of so many people are, or are made and left")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is repeated")
    given = parser.parse_args()
    figures = Figures(given.people, given.rounds)
    with tempfile.TemporaryDirectory(prefix="huimin-rules-") as own:
        folder = given.folder or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(
            config={
                "threads": 2,
                "memory_limit": "1500MB",
                "preserve_insertion_order": False,
                "temp_directory": own,
            }
        )
        file = folder / f"facts-{given.people}.parquet"
        if not file.exists():
            con.execute(f"COPY ({FACTS.format(people=given.people)}) TO '{file}' {ZSTD}")
        con.execute(f"CREATE VIEW facts AS SELECT * FROM '{file}'")
        everyone(figures, con, Path(own))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures.add("memory", most, "MiB")
        _, examples = figures.timed("publish_largest_rule", published)
        figures.rows[-1]["examples"] = examples
        peers(figures, con, given.sample)
        con.close()
    figures.show()


if __name__ == "__main__":
    main()
