#!/usr/bin/env python3
"""One subject, one decision: our compiled form, our interpreter and zen-engine over the same table and facts.

    benchmarks/rules_one.py [--people 20000] [--rounds 5]

The table has 8 inputs and 12 rules, FIRST, and gives a grade; the facts are made up: whole numbers, decimal money, texts
and booleans. "nulls" are the same people with one fact in ten not known; zen-engine raises an error when a null is compared,
so it is given the people without nulls, and money as binary floating point, which is what it takes. Every answer is
compared, and the interpreter is asked about all of them. Figures are decisions a second on one core, the median of
rounds; before each measurement there is a round that is not counted. Prints a table, and a line of JSON for every figure.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
SEED = 20261125
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
REGIONS = [f"6205{number:02d}" for number in range(1, 14)]
JOBS = ["employed", "self-employed", "unemployed", "student", "retired"]
MARITAL = ["single", "married", "divorced", "widowed"]
INPUTS = {
    "age": "number", "income": "number", "size": "number", "region": "string", "job": "string", "disabled": "boolean",
    "marital": "string", "years": "number",
}  # fmt: skip
# The cells in the order of the inputs; '' holds for anything.
RULES: list[tuple[list[str], str]] = [
    ([">= 80", "< 6000", "", "", "", "", "", ""], "A1"),
    (["", "< 3000", "", "", "", "true", "", ">= 1"], "A2"),
    (["< 18", "< 4500", ">= 5", "", "", "", "", ""], "A3"),
    (["[60..80)", "< 8200", "[1..2]", "", '"retired"', "", '"widowed"', ""], "B1"),
    (["", "< 8200", ">= 3", '"620501", "620502", "620503"', '"unemployed"', "", "", ">= 2"], "B2"),
    (["[18..60)", "[3000..8200)", "", "", '"unemployed", "self-employed"', "", '"divorced", "widowed"', ""], "B3"),
    (["", "< 10000", "> 6", "", "", "", "", "> 5"], "B4"),
    (["< 25", "", "", "", '"student"', "true", "", ""], "C1"),
    ([">= 65", "< 12000.50", "", '"620511", "620512", "620513"', "", "", "", ">= 10"], "C2"),
    (["", "[10000..15000]", ">= 4", "", '"self-employed"', "", '"married"', ">= 3"], "C3"),
    (["[40..60]", "< 20000", "", '"620507", "620508"', "", "false", '"single"', "< 1"], "C4"),
    (["", ">= 90000", "", "", '"employed"', "", "", ">= 20"], "D1"),
]  # fmt: skip
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model_text() -> str:
    """The table as DMN."""
    names = list(INPUTS)
    data = "".join(
        f'<inputData id="i{at}" name="{name}"><variable name="{name}" typeRef="{INPUTS[name]}"/></inputData>'
        for at, name in enumerate(names)
    )
    arrows = "".join(
        f'<informationRequirement><requiredInput href="#i{at}"/></informationRequirement>'
        for at in range(len(names))
    )
    columns = "".join(
        f'<input><inputExpression typeRef="{INPUTS[name]}"><text>{name}</text></inputExpression></input>'
        for name in names
    )
    rows = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{escape(cell or '-')}</text></inputEntry>" for cell in cells)
        + f'<outputEntry><text>"{code}"</text></outputEntry>'
        + f"<annotationEntry><text>第{number}条</text></annotationEntry></rule>"
        for number, (cells, code) in enumerate(RULES, 1)
    )
    return (
        f'<definitions xmlns="{DMN}" name="grade" namespace="https://huimin.example/bench" id="d">{data}'
        f'<decision id="grade" name="grade"><variable name="grade" typeRef="string"/>{arrows}'
        f'<decisionTable hitPolicy="FIRST">{columns}<output name="grade" typeRef="string">'
        '<defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>'
        f'<annotation name="依据"/>{rows}</decisionTable></decision></definitions>'
    )


def people(count: int) -> list[dict[str, Any]]:
    """Made-up facts."""
    chance = random.Random(SEED)  # noqa: S311
    return [
        {
            "age": chance.randrange(0, 101), "income": Decimal(chance.randrange(0, 10_000_000)).scaleb(-2),
            "size": chance.randrange(1, 9), "region": chance.choice(REGIONS), "job": chance.choice(JOBS),
            "disabled": chance.random() < 0.1, "marital": chance.choice(MARITAL), "years": chance.randrange(0, 40),
        }
        for _ in range(count)
    ]  # fmt: skip


def with_nulls(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same people with one fact in ten not known."""
    chance = random.Random(SEED + 1)  # noqa: S311
    return [{name: None if chance.random() < 0.1 else value for name, value in one.items()} for one in facts]


# zen-engine: a decision table of its own kind, in its own words


def zen_model() -> dict[str, Any]:
    """The same table as zen-engine reads it."""
    names = list(INPUTS)
    inputs = [{"id": f"i{at}", "name": name, "field": name} for at, name in enumerate(names)]
    rules = [
        {f"i{at}": cell for at, cell in enumerate(cells)}
        | {"o": f'"{code}"', "n": str(number), "_id": f"r{number}"}
        for number, (cells, code) in enumerate(RULES, 1)
    ]
    rules.append({f"i{at}": "" for at in range(len(names))} | {"o": '"none"', "n": "0", "_id": "r0"})
    outputs = [
        {"id": "o", "name": "grade", "field": "grade"},
        {"id": "n", "name": "row", "field": "row"},
    ]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {
            "id": "table", "type": "decisionTableNode", "name": "table",
            "content": {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules},
        },
        {"id": "out", "type": "outputNode", "name": "out"},
    ]  # fmt: skip
    edges = [
        {"id": "e1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "e2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def floats(one: dict[str, Any]) -> dict[str, Any]:
    """Facts as zen-engine takes them."""
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in one.items()}


class Figures:
    """Gathers figures and prints them."""

    def __init__(self, rounds: int) -> None:
        self.rounds, self.rows = rounds, list[dict[str, Any]]()

    def each(self, figure: str, facts: list[Any], call: Callable[[Any], Any]) -> list[Any]:
        """Time a call for each of some facts; what it gave for each."""

        def everybody() -> None:
            for one in facts:
                call(one)

        self.timed(figure, len(facts), everybody)
        return [call(one) for one in facts]

    def timed(self, figure: str, count: int, call: Callable[[], Any], **more: Any) -> Any:
        """Time a call that makes count decisions; what it gave."""
        found = call()
        taken = []
        for _ in range(self.rounds):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
        seconds = statistics.median(taken)
        self.rows.append(
            {
                "benchmark": "rules_one", "figure": figure, "value": round(count / seconds), "unit": "decisions/s",
                "microseconds": round(seconds / count * 1e6, 3), "decisions": count, **more,
            }
        )  # fmt: skip
        return found

    def show(self) -> None:
        """The table, then the lines for programs."""
        from rich.console import Console
        from rich.table import Table

        table = Table(
            "figure", "decisions/s", "µs each", title="one table of 8 inputs and 12 rules, one core"
        )
        for row in self.rows:
            table.add_row(row["figure"], f"{row['value']:,}", f"{row['microseconds']:,.2f}")
        Console(width=100).print(table)
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def rows_of(matched: Any) -> int:
    """The number of the row that matched, 0 for none."""
    return matched[0].row if matched else 0


def ours(figures: Figures, facts: list[dict[str, Any]], name: str = "") -> list[tuple[Any, int]]:
    """Our own figures; the answers of the compiled form, each compared with the interpreter's."""
    from huimin.core.rules import lang
    from huimin.core.rules.lang.compiled import compiled
    from huimin.core.rules.lang.plan import Link
    from huimin.core.rules.lang.running import evaluated

    model = lang.load(model_text())
    [decision] = model.decisions
    form, link = compiled(model, decision), Link(model.plan, decision)
    decide, evaluate = form.decide, form.evaluate

    def in_full(one: dict[str, Any]) -> None:
        for looked in evaluate(one, NOW, TODAY).trace:
            for table in looked.tables:
                len(table.rows)

    found = figures.each(f"compiled{name}", facts, lambda one: decide(one, NOW, TODAY))
    traced = figures.each(f"compiled, with trace{name}", facts, lambda one: evaluate(one, NOW, TODAY))
    figures.each(f"compiled, with trace, every row read{name}", facts, in_full)
    few = facts[: max(1, len(facts) // 10)]
    figures.each(f"interpreter, with trace{name}", few, lambda one: evaluated(link, one, NOW, TODAY))
    for one, (outcome, matched), full in zip(facts, found, traced, strict=True):
        alone = evaluated(link, one, NOW, TODAY)
        assert (outcome, matched) == (alone.outcome, alone.matched), one
        assert full == alone, one
    return [(outcome, rows_of(matched)) for outcome, matched in found]


def theirs(figures: Figures, facts: list[dict[str, Any]], expected: list[tuple[Any, int]]) -> None:
    """zen-engine's figures; its answers have to be ours."""
    try:
        import zen
    except ImportError:
        print("zen-engine is not installed: make bench installs it", file=sys.stderr)
        return
    given = [floats(one) for one in facts]
    table = zen.ZenEngine().create_decision(json.dumps(zen_model()))
    found = figures.each("zen-engine", given, table.evaluate)
    figures.each("zen-engine, with trace", given, lambda one: table.evaluate(one, {"trace": True}))
    answers = [(one["result"]["grade"], int(one["result"]["row"])) for one in found]
    assert answers == expected, next(
        pair for pair in zip(answers, expected, strict=True) if pair[0] != pair[1]
    )
    batch(figures, given, expected)


def batch(figures: Figures, given: list[dict[str, Any]], expected: list[tuple[Any, int]]) -> None:
    """zen-engine's own batch: one call for everybody, a table that goes through a list."""
    import zen

    model = zen_model()
    [table] = [node for node in model["nodes"] if node["type"] == "decisionTableNode"]
    table["content"] |= {
        "executionMode": "loop",
        "inputField": "people",
        "outputPath": "people",
        "passThrough": False,
    }
    engine = zen.ZenEngine().create_decision(json.dumps(model))
    found = figures.timed(
        "zen-engine, a loop over a list", len(given), lambda: engine.evaluate({"people": given})
    )
    answers = [(one["grade"], int(one["row"])) for one in found["result"]["people"]]
    assert answers == expected


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20_000, help="how many people to make up")
    parser.add_argument("--rounds", type=int, default=5, help="how often each measurement is repeated")
    given = parser.parse_args()
    figures = Figures(given.rounds)
    facts = people(given.people)
    expected = ours(figures, facts)
    ours(figures, with_nulls(facts), ", nulls")
    theirs(figures, facts, expected)
    figures.show()


if __name__ == "__main__":
    main()
