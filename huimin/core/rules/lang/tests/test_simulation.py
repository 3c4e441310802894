"""Two versions of a rule over the same facts: who goes where, counted in one scan, is what one by one says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang import lower

from .conftest import NOW, TODAY, document, table_xml

D = Decimal
SCHEMA = {"county": "string", "income": "decimal(15, 2)", "members": "int16"}
ROWS = [
    (county, income, members)
    for county in ("620121", "620122", None)
    for income in (None, D("7999.99"), D("8000"), D("8200"), D("8200.01"), D("9000"))
    for members in (1, 3, None)
]


def version(line: str, policy: str = "UNIQUE", words: tuple[str, str] = ('"help"', '"watch"')) -> lang.Model:
    """A table with a line of income, and a decision that gives an amount by the outcome."""
    rows = [[f"< {line}", ">= 3", words[0]], [f"< {line}", "< 3", words[1]], ["< 8000", "-", '"third"']]
    inside = table_xml(
        policy, {"income": "number", "members": "number"}, {"grade": "string"}, rows, default='"none"'
    )
    amount = (
        '<decision id="a" name="amount"><variable name="amount" typeRef="number"/>'
        '<informationRequirement><requiredDecision href="#dec"/></informationRequirement><literalExpression>'
        '<text>if result = "help" then 120.50 else if result = "watch" then 10 else null</text>'
        "</literalExpression></decision>"
    )
    return lang.load(document(inside + amount))


@pytest.fixture
def people() -> Any:
    """The facts on DuckDB, as Ibis and as what runs it."""
    con = duckdb.connect()
    con.execute("CREATE TABLE people (county VARCHAR, income DECIMAL(15, 2), members SMALLINT)")
    con.executemany("INSERT INTO people VALUES (?, ?, ?)", ROWS)
    return ibis.table(SCHEMA, name="people"), lambda found: con.execute(
        str(ibis.to_sql(found, dialect="duckdb"))
    )


def alone(model: lang.Model, decision: str, row: tuple[Any, ...]) -> Any:
    facts = dict(zip(SCHEMA, row, strict=True))
    return lang.evaluate(model, decision, facts, now=NOW, today=TODAY).outcome


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
def test_a_simulation_counts_what_one_by_one_gives(people, policy):
    table, run = people
    old, new = version("8200", policy), version("9000", policy, ('"help"', "null"))
    found = run(lower.simulate(old, new, "result", table, by=["county"], amount="amount"))
    counted = {tuple(row[:3]): row[3:] for row in found.fetchall()}
    expected: Counter[tuple[Any, ...]] = Counter()
    amounts: dict[tuple[Any, ...], list[Any]] = {}
    for row in ROWS:
        key = (row[0], alone(old, "result", row), alone(new, "result", row))
        expected[key] += 1
        sums = amounts.setdefault(key, [None, None])
        for side, model in enumerate((old, new)):
            amount = alone(model, "amount", row)
            if amount is not None:
                sums[side] = (sums[side] or 0) + amount
    assert counted == {key: (count, *amounts[key]) for key, count in expected.items()}


def test_who_changes_is_listed_with_the_rows_that_decided(people):
    table, run = people
    old, new = version("8200", "FIRST"), version("9000", "FIRST")
    both = lower.compared(old, new, "result", table)
    changed = both.filter(~both.before.identical_to(both.after))
    listed = set(
        run(changed.select("county", "income", "members", "before", "after", "after_row")).fetchall()
    )
    expected = {
        (*row, before, after, 1 if after == "help" else 2)
        for row in ROWS
        if (before := alone(old, "result", row)) != (after := alone(new, "result", row))
    }
    assert listed == expected
    assert expected


def test_facts_are_read_once_and_nothing_is_joined(people):
    table, _ = people
    sql = str(
        ibis.to_sql(lower.simulate(version("8200"), version("9000"), "result", table), dialect="duckdb")
    )
    assert sql.count('"people"') == 1
    assert "JOIN" not in sql


def test_a_version_without_the_decision_is_refused(people):
    table, _ = people
    other = lang.load(document(table_xml("FIRST", {"income": "number"}, {"x": ""}, [["-", "1"]])))
    with pytest.raises(lower.NotLowerable, match="amount"):
        lower.simulate(version("8200"), other, "amount", table)
