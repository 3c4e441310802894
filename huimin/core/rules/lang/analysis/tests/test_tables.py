from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.rules import lang
from huimin.core.rules.lang import analysis
from huimin.core.rules.lang.analysis import About
from huimin.core.rules.lang.tests.conftest import document, table_xml

NOW = dt.datetime(2024, 3, 3, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 3)


def made(policy, inputs, rows, **options):
    return lang.load(document(table_xml(policy, inputs, {"o": "string"}, rows, **options)))


def kinds(found, *wanted):
    return [each for each in found.findings if each.kind in wanted]


def rows_hit(model, facts):
    """Which rows match, by the evaluation itself."""
    found = lang.evaluate(model, "result", facts, now=NOW, today=TODAY)
    return {each.row for each in found.matched}


def test_a_gap_is_found_between_two_rows_with_an_example_that_no_row_covers():
    model = made("U", {"income": "number"}, [["< 8000", '"a"'], ["> 8200", '"b"'], ["null", '"c"']])
    [gap] = kinds(analysis.analyse(model), "gap")
    assert gap.regions[0].test == "[8000..8200]"
    assert 8000 <= gap.facts["income"] <= 8200
    assert gap.wrong
    assert gap.sure


def test_a_gap_for_an_unknown_fact_alone_is_said_to_be_one():
    model = made("U", {"income": "number"}, [["< 8000", '"a"'], [">= 8000", '"b"']])
    [gap] = kinds(analysis.analyse(model), "gap")
    assert gap.missing
    assert not gap.wrong
    assert gap.facts == {"income": None}


def test_a_fact_that_is_never_missing_has_no_such_gap():
    model = made("U", {"income": "number"}, [["< 8000", '"a"'], [">= 8000", '"b"']])
    assert not analysis.analyse(model, about={"income": About(nullable=False)}).findings


def test_there_is_no_gap_between_neighbouring_whole_numbers():
    rows = [["<= 64", '"a"'], [">= 65", '"b"'], ["null", '"c"']]
    model = made("U", {"age": "number"}, rows)
    [gap] = kinds(analysis.analyse(model), "gap")
    assert gap.regions[0].test == "(64..65)"
    assert not analysis.analyse(model, about={"age": About(step=Decimal(1))}).findings


def test_neighbouring_days_have_no_gap_between_them():
    rows = [['<= @"2024-02-28"', '"a"'], ['>= @"2024-03-01"', '"b"'], ["null", '"c"']]
    [gap] = kinds(analysis.analyse(made("U", {"day": "date"}, rows)), "gap")
    assert gap.facts["day"] == dt.date(2024, 2, 29)
    rows[0][0] = '<= @"2024-02-29"'
    assert not analysis.analyse(made("U", {"day": "date"}, rows)).findings


def test_allowed_values_bound_what_can_be_a_gap():
    rows = [['"town"', '"a"'], ['"village"', '"b"'], ["null", '"c"']]
    assert kinds(analysis.analyse(made("U", {"place": "string"}, rows)), "gap")
    allowed = made("U", {"place": "string"}, rows, allowed='"town", "village"')
    assert not analysis.analyse(allowed).findings


def test_a_default_output_leaves_no_gap():
    model = made("U", {"income": "number"}, [["< 8000", '"a"']], default='"none"', values='"a","none"')
    assert not analysis.analyse(model).findings


def test_rows_that_both_match_are_an_overlap_under_unique_and_a_conflict_under_any_only_when_they_differ():
    rows = [["< 10", "-", '"a"'], ["< 20", "true", '"b"'], ["-", "-", '"a"']]
    inputs = {"x": "number", "y": "boolean"}
    found = kinds(analysis.analyse(made("U", inputs, rows)), "overlap")
    assert {each.rows for each in found} == {(1, 2), (1, 3), (2, 3)}
    for each in found:
        assert set(each.rows) <= rows_hit(made("R", inputs, rows), each.facts)
    conflicts = kinds(analysis.analyse(made("A", inputs, rows)), "conflict")
    assert {each.rows for each in conflicts} == {(1, 2), (2, 3)}


def test_a_row_that_no_value_reaches_can_never_match():
    model = made("U", {"x": "number"}, [["(5..5]", '"a"'], ["-", '"b"']])
    [never] = kinds(analysis.analyse(model), "never")
    assert never.rows == (1,)


def test_a_row_behind_several_others_together_is_masked_under_first():
    rows = [["< 10", '"a"'], [">= 5", '"b"'], ["[3..20]", '"c"'], ["-", '"d"']]
    model = made("F", {"x": "number"}, rows)
    assert [each.rows for each in kinds(analysis.analyse(model), "masked")] == [(3,)]


def test_under_priority_the_order_of_outputs_masks():
    rows = [["< 10", '"low"'], ["< 20", '"high"'], [">= 20", '"low"']]
    model = made("P", {"x": "number"}, rows, values='"high","low"')
    assert [each.rows for each in kinds(analysis.analyse(model), "masked")] == [(1,)]


def test_rows_that_could_be_fewer_are_hints_and_no_fault():
    rows = [["< 10", '"a"'], ["[10..20]", '"a"'], ["> 20", '"b"'], ["> 20", '"b"'], ["null", '"c"']]
    found = analysis.analyse(made("A", {"x": "number"}, rows))
    assert not found.wrong
    assert [(each.kind, each.rows) for each in found.findings] == [
        ("mergeable", (1, 2)),
        ("duplicate", (3, 4)),
    ]


# Facts that are compared with each other, through required decisions

GRAPH = """
  <inputData id="a" name="income"><variable name="income" typeRef="number"/></inputData>
  <inputData id="b" name="line"><variable name="line" typeRef="number"/></inputData>
  <inputData id="c" name="members"><variable name="members" typeRef="number"/></inputData>
  <decision id="p" name="poor"><variable name="poor" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#a"/></informationRequirement>
    <informationRequirement><requiredInput href="#b"/></informationRequirement>
    <literalExpression><text>income &lt; line</text></literalExpression></decision>
  <decision id="q" name="far"><variable name="far" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#a"/></informationRequirement>
    <informationRequirement><requiredInput href="#b"/></informationRequirement>
    <informationRequirement><requiredInput href="#c"/></informationRequirement>
    <literalExpression><text>{far}</text></literalExpression></decision>
  <decision id="dec" name="result"><variable name="result" typeRef="string"/>
    <informationRequirement><requiredDecision href="#p"/></informationRequirement>
    <informationRequirement><requiredDecision href="#q"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input label="poor"><inputExpression typeRef="boolean"><text>poor</text></inputExpression></input>
      <input label="far"><inputExpression typeRef="boolean"><text>far</text></inputExpression></input>
      <output name="o" typeRef="string"/>
      {rows}
    </decisionTable></decision>"""


def graph(far, rows):
    lines = "".join(
        "<rule>" + "".join(f"<inputEntry><text>{c}</text></inputEntry>" for c in row[:2])
        + f"<outputEntry><text>{row[2]}</text></outputEntry></rule>" for row in rows
    )  # fmt: skip
    return lang.load(document(GRAPH.format(far=far, rows=lines)))


def test_what_two_decisions_over_the_same_facts_never_give_together_is_no_gap():
    rows = [["true", "-", '"a"'], ["not(true)", "not(true)", '"b"']]
    # far: the income is under half the line. Then it is under the line too, unless the line is below nought.
    [gap] = kinds(analysis.analyse(graph("2 * income &lt; line", rows)), "gap")
    assert gap.facts["line"] <= gap.facts["income"] < 0
    found = analysis.analyse(graph("line &gt; 0 and 2 * income &lt; line", rows))
    assert found.exact
    assert not found.findings


def test_products_of_facts_are_followed_exactly():
    rows = [["true", "-", '"a"'], ["not(true)", "not(true)", '"b"']]
    model = graph("members &gt; 0 and members * income &lt; members * line", rows)
    found = analysis.analyse(model)
    assert found.exact
    assert not found.findings
    [gap] = kinds(analysis.analyse(graph("members * income &lt; members * line", rows)), "gap")
    assert gap.facts["members"] < 0


def test_what_is_not_followed_is_said():
    model = graph("modulo(members, 7) &gt; income", [["-", "-", '"a"']])
    assert analysis.analyse(model).exact is False
    assert {each.name for each in analysis.analyse(model).tables[0].doubts} >= {"members"}


def test_the_age_at_a_day_is_followed_to_the_day():
    inside = """
      <inputData id="b" name="born"><variable name="born" typeRef="date"/></inputData>
      <decision id="dec" name="result"><informationRequirement><requiredInput href="#b"/></informationRequirement>
      <decisionTable hitPolicy="UNIQUE"><input label="age"><inputExpression typeRef="number">
      <text>years and months duration(born, @"2025-06-01").years</text></inputExpression></input><output name="o"/>
      <rule><inputEntry><text>&lt;= 59</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
      <rule><inputEntry><text>&gt; 60</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
      <rule><inputEntry><text>null</text></inputEntry><outputEntry><text>3</text></outputEntry></rule>
      </decisionTable></decision>"""
    found = analysis.analyse(lang.load(document(inside)))
    [gap] = kinds(found, "gap")
    assert found.exact
    assert dt.date(1964, 6, 1) < gap.facts["born"] <= dt.date(1965, 6, 1)


# Against trying everything

NUMBERS = st.integers(0, 4)


@st.composite
def number_cell(draw):
    low, high = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    return draw(
        st.sampled_from(
            ["-", "-", f"< {low}", f">= {low}", f"[{low}..{high}]", f"({low}..{high})", f"not({low})", "null",
             f"{low}, {high}", f"not(< {low})", f"? > {low} and ? != {high}"]
        )
    )  # fmt: skip


TEXT_CELL = st.sampled_from(
    ["-", '"a"', '"b"', 'not("a")', '"a","c"', "null", '< "b"', 'starts with(?, "a")']
)
FLAG_CELL = st.sampled_from(["-", "true", "false", "not(true)", "null"])
DAY_CELL = st.sampled_from(["-", '< @"2024-02-29"', '@"2024-02-29"', '>= @"2024-02-28"', "null"])
TRIED = {
    "n": [None, *(Decimal(each) / 4 for each in range(-8, 28))],
    "s": [None, "", "a", "aa", "b", "c", "d"],
    "f": [None, True, False],
    "d": [None, *(dt.date(2024, 2, day) for day in range(26, 30)), dt.date(2024, 3, 1)],
}
ROWS = st.lists(
    st.tuples(number_cell(), TEXT_CELL, FLAG_CELL, DAY_CELL, st.sampled_from(['"x"', '"y"'])),
    min_size=1, max_size=6,
)  # fmt: skip
INPUTS = {"n": "number", "s": "string", "f": "boolean", "d": "date"}


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, whole=st.booleans(), policy=st.sampled_from("UF"))
def test_the_findings_of_a_table_are_those_of_trying_everything(rows, whole, policy):
    cells = [list(row) for row in rows]
    about = {"n": About(step=Decimal(1))} if whole else {}
    found = analysis.analyse(made(policy, INPUTS, cells), about=about)
    hits = {}
    for name, values in TRIED.items():
        column = list(INPUTS).index(name)
        single = made("R", {name: INPUTS[name]}, [[row[column], '"x"'] for row in cells])
        tried = [v for v in values if not (whole and name == "n" and v is not None and v % 1)]
        hits[name] = [rows_hit(single, {name: value}) for value in tried]
    together = {frozenset.intersection(*map(frozenset, each)) for each in product(*hits.values())}
    everything = set(range(1, len(cells) + 1))
    assert bool(kinds(found, "gap")) == (frozenset() in together)
    for each in kinds(found, "gap"):
        assert not rows_hit(made("R", INPUTS, cells), each.facts)
    if policy == "U":
        pairs = {
            (a, b) for a in everything for b in everything if a < b and any({a, b} <= t for t in together)
        }
        assert {each.rows for each in kinds(found, "overlap")} == pairs
    sure = [each for each in found.tables if each.exact]
    if not sure:  # starts with() is not followed, and nothing is claimed of what never happens
        assert "starts with" in str(cells)
        return
    never = everything - set().union(*together)
    assert {each.rows[0] for each in kinds(found, "never")} == never
    if policy == "F":
        first = {min(t) for t in together if t}
        assert {each.rows[0] for each in kinds(found, "masked")} == everything - first - never


@pytest.mark.parametrize("policy", ["U", "F"])
def test_a_wide_table_is_split_and_not_multiplied_out(policy):
    inputs = {f"x{at}": "number" for at in range(12)}
    rows = []
    for at in range(12):
        for step in range(5):
            cells = ["-"] * 12
            cells[at] = f"[{step * 10}..{step * 10 + 10})"
            for before in range(at):
                cells[before] = "not([0..50))"
            rows.append([*cells, '"a"'])
    known = {name: About(nullable=False) for name in inputs}
    found = analysis.analyse(made(policy, inputs, rows), about=known)
    [gap] = kinds(found, "gap")
    assert found.tables[0].exact
    assert {each.test for each in gap.regions} == {"< 0, >= 50"}
