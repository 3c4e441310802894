"""The compiled form against the interpreter: the same outcome, rows, trace, facts used and diagnostics, always.

Bugs planted on 2026-11-25, each caught by a test here: '<' for '<=' between regions, the null of a boolean column put with
false, the bit of the row below in Table._ask, int() for math.floor in the bound of a whole number, used[...] left out of
a reading within an expression, 'and' for 'or' in Expressions._conjunction, a decimal not rounded to 34 digits, 'or' for '|'
where both operands are to be worked out, and the rows below a first hit asked one row too late.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.rules import lang
from huimin.core.rules.lang.compiled import compiled
from huimin.core.rules.lang.plan import Link
from huimin.core.rules.lang.running import evaluated

from .conftest import NOW, TODAY, document, table_xml

D = Decimal
KINDS = {"amount": "number", "count": "number", "name": "string", "yes": "boolean", "day": "date", "any": ""}
NUMBERS: list[Any] = [
    D("0"), D("-0.01"), D("8199.99"), D("8200"), D("8200.00"), 8200, 8201, 3, 0, -1, D("3.5"), D("-0"),
    D("9999999999999.99"), 999999999999999, D("999999999999999.5"), D(10) ** 34 + 1, 10**34 + 1,
]  # fmt: skip
TEXTS: list[Any] = ["李", "张", "", "𠮷野", "～", "a", "A", "a ", "李\0", "620502003004"]
DAYS: list[Any] = [dt.date(2024, 2, 29), dt.date(2023, 2, 28), dt.date(2024, 3, 3), dt.date(2024, 3, 4)]
SIGNS = ["<", "<=", ">", ">=", "=", "!="]
ENDS = ["[]", "[)", "(]", "()"]
STRANGE: list[Any] = [
    1.5, float("nan"), D("NaN"), D("Infinity"), object, [], [3], ["李"], {"a": 1}, dt.datetime(2024, 2, 29, 12),
    dt.time(12), b"x", True, "李", 3, dt.date(2024, 2, 29), None,
]  # fmt: skip
VALUES = {
    "amount": NUMBERS, "count": NUMBERS, "name": TEXTS, "yes": [True, False], "day": DAYS,
    "any": [*NUMBERS[:8], *TEXTS[:4], *DAYS[:2], True],
}  # fmt: skip
WRITTEN = {
    "amount": ["8200", "0", "-0.01", "8199.99", "3", "3.5"], "count": ["0", "3", "3.5", "8200"],
    "name": [f'"{text}"' for text in ("李", "张", "", "𠮷野", "a", "～")], "yes": ["true", "false"],
    "day": ['date("2024-02-29")', '@"2024-03-03"', 'date("2023-02-30")'], "any": ["3", '"李"', "true", "null"],
}  # fmt: skip


def forms(name: str, one: str, two: str, sign: str, ends: str, other: str) -> list[str]:
    """The cells that a column may hold, made of two constants, a sign, the ends of an interval and another fact."""
    found = [
        one, f"{one}, {two}", f"{sign} {one}", f"{ends[0]}{one}..{two}{ends[1]}", "null", f"not({one})",
        f"not({sign} {one}, {two})", f"not({one}, null)", f"[{one}, null]", f"? != {one}", f"? in ({sign} {one}, {two})",
        f"not({ends[0]}{one}..{two}{ends[1]})", f"{sign} {one}, {two}", other, f"{sign} {other}", f"[{other}..{one}]",
        f"not({other})", f"? {sign} {other} and {other} != null", f"? between {one} and {two}",
        f"? = {other} or ? {sign} {one}",
    ]  # fmt: skip
    if KINDS[name] == "number":
        found += [f"> {other} * 1000.5", "? / count <= 2733.33", "modulo(?, 2) = 0", "if ? > 3 then true else null",
                  "-? + 1 > count", "some i in [1, 2, 3] satisfies i = ?", "? * 0 = 0", "? - amount"]  # fmt: skip
    if KINDS[name] == "string":
        found += ["string length(?) = 1", "contains(?, other)", 'starts with(?, "a")', 'under(?, "62")']
    if KINDS[name] == "date":
        found += ["< today()", '> today() - duration("P1D")', "?.year >= count"]
    return found


@st.composite
def cells(draw: Any, name: str, names: list[str]) -> str:
    """A cell of a column: half of them hold for anything, so that rows hit, and several of them at once."""
    one, two = (draw(st.sampled_from(WRITTEN[name])) for _ in range(2))
    sign, ends = draw(st.sampled_from(SIGNS)), draw(st.sampled_from(ENDS))
    found = forms(name, one, two, sign, ends, draw(st.sampled_from(names)))
    return "-" if draw(st.booleans()) else str(draw(st.sampled_from(found)))


@st.composite
def models(draw: Any) -> lang.Model:
    """A table of up to three columns and five rows under any hit policy, and a decision that requires it."""
    names = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3, unique=True))
    policy, aggregation = draw(
        st.sampled_from(
            [("UNIQUE", ""), ("FIRST", ""), ("ANY", ""), ("PRIORITY", ""), ("RULE ORDER", ""), ("OUTPUT ORDER", ""),
             ("COLLECT", ""), ("COLLECT", "SUM"), ("COLLECT", "MIN"), ("COLLECT", "MAX"), ("COLLECT", "COUNT")]
        )
    )  # fmt: skip
    outputs = ["1", "2.50", "-3", "null", '"a"', '"b"', "[1]", "amount", "count + 1", "1 / count", names[0]]
    if aggregation or draw(st.booleans()):
        outputs = outputs[:3]
    width = 1 if aggregation else draw(st.integers(1, 2))
    rows = [
        [
            *(draw(cells(name, names)) for name in names),
            *(draw(st.sampled_from(outputs)) for _ in range(width)),
        ]
        for _ in range(draw(st.integers(1, 5)))
    ]
    xml = table_xml(
        policy, {name: KINDS[name] for name in names},
        {name: draw(st.sampled_from(["", "number"])) for name in ("out", "more")[:width]}, rows,
        aggregation=aggregation, values=draw(st.sampled_from(["", "1, 2.50, -3", '"a", 1'])),
        default=draw(st.sampled_from(["", "0", '"none"', "amount"])),
        allowed=draw(st.sampled_from(["", "", "", "null, <= 8200", '"李", "a", true, 3'])),
    )  # fmt: skip
    after = draw(st.sampled_from(AFTER))
    if draw(st.booleans()):
        xml = xml.replace('id="in0"', 'id="in0" huimin:fact="case.first"')
    return lang.load(document(xml + after))


AFTER = [
    "",
    """<decision id="after" name="after"><variable name="after"/>
    <informationRequirement><requiredDecision href="#dec"/></informationRequirement>
    <informationRequirement><requiredInput href="#in0"/></informationRequirement>
    <literalExpression><text>if result = null then amount else [result, result + 1, result > 2 and amount > 3]</text>
    </literalExpression></decision>""",
    """<decision id="after" name="after"><variable name="after" typeRef="string"/>
    <informationRequirement><requiredDecision href="#dec"/></informationRequirement>
    <decisionTable hitPolicy="FIRST"><input><inputExpression><text>result</text></inputExpression></input>
    <output name="o"/><rule id="a"><inputEntry><text>null</text></inputEntry><outputEntry><text>"x"</text></outputEntry></rule>
    <rule id="b"><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>result</text></outputEntry></rule>
    </decisionTable></decision>""",
]
GIVEN = {
    name: st.one_of(st.sampled_from(VALUES[name]), st.sampled_from([None, *VALUES[name]]), st.sampled_from(STRANGE))
    for name in KINDS
} | {"case.first": st.sampled_from([None, *NUMBERS, *TEXTS, *DAYS, True, *STRANGE])}  # fmt: skip
FACTS = st.one_of(
    st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in KINDS}),
    st.fixed_dictionaries({}, optional=GIVEN),
)


def told(found: lang.Evaluation) -> list[str]:
    """Everything an evaluation says, to the last digit and kind, so that 1 is not 1.0 and true is not 1."""
    return [
        repr(each)
        for each in (
            found.decision, found.outcome, found.matched, tuple(found.trace), list(found.used.items()),
            [(one.code, str(one.place), one.place, one.message, dict(one.params)) for one in found.diagnostics],
        )
    ]  # fmt: skip


def both(model: lang.Model, decision: str, facts: dict[str, Any]) -> None:
    """The two agree on one set of facts, with the trace and without."""
    found = model.decision(decision)
    assert found is not None
    expected = evaluated(Link(model.plan, found), facts, NOW, TODAY)
    form = compiled(model, found)
    assert told(form.evaluate(facts, NOW, TODAY)) == told(expected), form.source(True)
    outcome, matched = form.decide(facts, NOW, TODAY)
    assert (repr(outcome), matched) == (repr(expected.outcome), expected.matched), form.source()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(), st.lists(FACTS, min_size=16, max_size=16))
def test_a_random_table_gives_the_same_compiled_and_interpreted(model, rows):
    for facts in rows:
        both(model, model.decisions[-1].name, facts)


@pytest.mark.parametrize("x", [None, 1, 3, 6])
@pytest.mark.parametrize("count", [None, 0, 1, 2])
def test_rows_below_a_first_hit_are_not_asked_and_those_before_it_are(table, x, count):
    rows = [["> 5", "-", "1"], ["? / count > 2", "-", "2"], ["? / count > 1", "-", "3"], ["-", "-", "4"]]
    model = table("FIRST", {"x": "number", "count": "number"}, {"out": "number"}, rows)
    both(model, "result", {"x": x, "count": count})


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_cell_holds_for_the_same_values(table, name):
    pairs = [(one, two) for one in WRITTEN[name] for two in WRITTEN[name][:1]]
    every = [
        cell
        for at, (one, two) in enumerate(pairs)
        for sign in SIGNS
        for cell in forms(name, one, two, sign, ENDS[at % 4], "other")
    ]
    rows = [[cell, "-", "-", str(at)] for at, cell in enumerate(dict.fromkeys(every))]
    inputs = {name: KINDS[name], "other": KINDS[name], "count" if name != "count" else "amount": "number"}
    model = table("COLLECT", inputs, {"out": "number"}, rows)
    for value in [*VALUES[name], *STRANGE]:
        both(model, "result", {name: value, "other": VALUES[name][1], "count": 2, "amount": 2})


@pytest.mark.parametrize(
    "cell", ["< -0.01", "<= -0.01", "> -3.5", ">= 2.5", "[-0.5..0.5]", "(-1..1)", "not(< -2.5)"]
)
def test_whole_numbers_meet_bounds_with_decimals(table, cell):
    model = table("UNIQUE", {"x": "number"}, {"out": ""}, [[cell, "true"]])
    for value in range(-5, 6):
        both(model, "result", {"x": value})
        both(model, "result", {"x": D(value)})


# No text of a rule reaches the source

HOSTILE = [
    "__import__('os').system('false')", "a' + b", 'x"""', "v1", "K0", "matched", "run", "facts", "None", "def", "\\", "{v1}",
    "%s", "'); raise SystemExit #", "名\u2028字", "𠮷",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_a_rule_stays_a_constant(definitions, text):
    quoted = escape(text.replace("\\", "\\\\").replace('"', '\\"'), {'"': "&quot;"})
    name = quoteattr(text)
    model = definitions(
        f'''<inputData id="i" name={name}><variable name={name} typeRef="string"/></inputData>
        <decision id="d" name={name}><variable name={name}/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <decisionTable hitPolicy="FIRST"><input label={name}><inputExpression typeRef="string"><text>{escape(text)}</text>
        </inputExpression></input><output name={name}/><output name="other"/>
        <rule id={name}><inputEntry><text>"{quoted}"</text></inputEntry><outputEntry><text>"{quoted}"</text></outputEntry>
        <outputEntry><text>{{"{quoted}": ["{quoted}" + "{quoted}"]}}</text></outputEntry></rule></decisionTable></decision>'''
    )
    for given_text in (text, "x", None):
        both(model, model.decisions[0].name, {model.inputs[0].name: given_text})
    form = compiled(model, model.decisions[0])
    for traced in (False, True):
        written = form.source(traced)
        assert written.isascii()
        assert not [
            node.value
            for node in ast.walk(ast.parse(written))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and node.value not in ("", "table.input_values", "table.several_hits")
        ]  # fmt: skip
        known = {node.id for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Name)}
        assert all(re.fullmatch("[A-Za-z_]+[0-9]*", each) for each in known)


def test_a_made_function_reaches_no_builtin_of_python(table):
    model = table("FIRST", {"x": "number"}, {"out": ""}, [["> 1", "1"]])
    form = compiled(model, model.decisions[0])
    form.decide({}, NOW, TODAY)
    assert form._plain.__globals__["__builtins__"] == {}
