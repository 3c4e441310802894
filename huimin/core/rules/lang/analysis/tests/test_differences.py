from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import ibis
import pytest

import huimin.services.poverty
from huimin.core.rules import lang
from huimin.core.rules.lang import analysis
from huimin.core.rules.lang.analysis.counting import counts
from huimin.core.rules.lang.tests.conftest import document, table_xml

NOW = dt.datetime(2024, 3, 3, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 3)
EXIT = (Path(huimin.services.poverty.__path__[0]) / "rules" / "exit.dmn").read_text(encoding="utf-8")
ROWS = [["< 10", "true", '"a"'], ["[10..20)", "-", '"b"'], [">= 20", "-", '"c"']]


def made(rows, policy="U", **options):
    inputs = {"x": "number", "y": "boolean"}
    return lang.load(document(table_xml(policy, inputs, {"o": "string"}, rows, **options)))


def told(old, new):
    return [
        (each.kind, each.row, each.column, each.before, each.after) for each in analysis.differences(old, new)
    ]


def test_the_same_rule_has_no_difference_however_it_is_laid_out():
    other = lang.load(EXIT.replace("<decision ", "\n\n   <decision "))
    assert analysis.differences(lang.load(EXIT), other) == ()


def test_a_changed_cell_is_named_by_row_and_column():
    new = made([["< 12", "true", '"a"'], *ROWS[1:]])
    assert told(made(ROWS), new) == [("cell", 1, "x", "< 10", "< 12")]


def test_rows_that_came_went_and_changed_are_told_apart_without_ids():
    old = lang.load(
        document(table_xml("U", {"x": "number"}, {"o": "string"}, [r[::2] for r in ROWS])).replace(
            '<rule id="r', '<rule x="'
        )
    )
    rows = [["< 10", '"a"'], [">= 20", '"d"'], ["null", '"e"']]
    new = lang.load(
        document(table_xml("U", {"x": "number"}, {"o": "string"}, rows)).replace('<rule id="r', '<rule x="')
    )
    found = analysis.differences(old, new)
    assert [(each.kind, each.before, each.after) for each in found if each.decides] == [
        ("row_removed", '[10..20) → "b"', ""), ("output", '"c"', '"d"'), ("row_added", "", 'null → "e"'),
    ]  # fmt: skip
    assert all(each.message for each in found)


def test_rows_that_changed_places_are_said_to():
    found = told(made(ROWS, "F"), made(ROWS, "F"))
    assert not found
    xml = table_xml("F", {"x": "number", "y": "boolean"}, {"o": "string"}, ROWS)
    first, rest = xml.index('<rule id="r1"'), xml.index('<rule id="r2"')
    swapped = (
        xml[:first]
        + xml[rest : xml.index('<rule id="r3"')]
        + xml[first:rest]
        + xml[xml.index('<rule id="r3"') :]
    )
    kinds = {each[0] for each in told(made(ROWS, "F"), lang.load(document(swapped)))}
    assert kinds == {"row_moved"}


def test_a_line_in_an_expression_is_a_constant_that_became_another():
    inside = """<inputData id="i" name="x"><variable name="x" typeRef="number"/></inputData>
      <decision id="d1" name="poor" label="收入低"><variable name="poor"/>
      <informationRequirement><requiredInput href="#i"/></informationRequirement>
      <literalExpression><text>x &lt; {line} and x &gt; 0</text></literalExpression></decision>"""
    old, new = (lang.load(document(inside.format(line=line))) for line in (8200, 8500))
    [found] = analysis.differences(old, new)
    assert (found.kind, found.element, found.before, found.after) == ("constant", "收入低", "8200", "8500")
    other = lang.load(document(inside.format(line="8200 or x = 1")))
    assert [each.kind for each in analysis.differences(old, other)] == ["expression"]


def test_policy_default_and_texts_are_told():
    old = made(ROWS, "U", values='"a","b","c"')
    new = made(ROWS, "F", values='"c","b","a"', default='"a"')
    assert [each[0] for each in told(old, new)] == ["policy", "default", "values"]
    found = analysis.differences(
        lang.load(EXIT), lang.load(EXIT.replace("收入没有达到监测范围线。", "收入不够。"))
    )
    assert [(each.kind, each.decides) for each in found] == [("note", False)]


# Coverage


def test_rows_without_an_example_are_named_with_their_text():
    model = made(ROWS)
    seen = [
        lang.evaluate(model, "result", {"x": Decimal(x), "y": y}, now=NOW, today=TODAY)
        for x, y in ((5, True), (25, None), (30, False), (5, False))
    ]
    found = analysis.coverage(model, "result", seen)
    assert [(row.row, row.examples) for row in found.rows] == [(1, (0,)), (2, ()), (3, (1, 2))]
    assert [row.text for row in found.missed] == ['x [10..20) → "b"']


# How many stand where


@pytest.fixture
def people():
    con = duckdb.connect()
    con.execute("CREATE TABLE people (place VARCHAR, x DECIMAL(9, 2), y BOOLEAN)")
    rows = [
        ("n", 5, True),
        ("n", 5, False),
        ("s", 5, None),
        ("s", 15, True),
        ("s", None, True),
        ("n", 99, None),
    ]
    con.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
    schema = {"place": "string", "x": "decimal(9, 2)", "y": "boolean"}
    return lambda query: con.execute(
        str(ibis.to_sql(query(ibis.table(schema, name="people")), dialect="duckdb"))
    )


def test_people_in_every_gap_and_overlap_are_counted_in_one_scan(people):
    model = made([*ROWS, ["> 12", "-", '"d"']])
    found = analysis.analyse(model).findings
    counted = people(lambda table: counts(model, "result", table, found))
    names = [each[0] for each in counted.description]
    totals = dict(zip(names, counted.fetchone(), strict=True))
    assert totals.pop("subjects") == 6
    shown = {(each.kind, each.rows, each.missing): totals[f"f{at}"] for at, each in enumerate(found)}
    assert shown[("overlap", (2, 4), False)] == 1
    assert shown[("overlap", (3, 4), False)] == 1
    assert sum(count for (kind, *_), count in shown.items() if kind == "gap") == 3


def test_people_are_counted_by_place(people):
    model = made(ROWS)
    found = analysis.analyse(model).findings
    counted = people(lambda table: counts(model, "result", table, found, by=["place"]).order_by("place"))
    assert [row[:2] for row in counted.fetchall()] == [("n", 3), ("s", 3)]
