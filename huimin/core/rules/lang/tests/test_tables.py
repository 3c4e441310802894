"""Decision tables: every hit policy against a slow oracle, and what an evaluation tells about them."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.rules import lang
from huimin.core.rules.lang import FailedCell

POLICIES = {
    "UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F",
    "RULE ORDER": "R", "OUTPUT ORDER": "O", "COLLECT": "C",
}  # fmt: skip
ORDER = [3, 1, 2, 0]
CELLS = st.one_of(
    st.just(("-", lambda x: True)),
    st.integers(0, 4).map(lambda n: (f"< {n}", lambda x: x is not None and x < n)),
    st.integers(0, 4).map(lambda n: (f">= {n}", lambda x: x is not None and x >= n)),
    st.integers(0, 4).map(lambda n: (f"{n}", lambda x: x == n)),
    st.integers(0, 4).map(lambda n: (f"not({n})", lambda x: x != n)),
    st.tuples(st.integers(0, 2), st.integers(2, 4)).map(
        lambda ends: (f"[{ends[0]}..{ends[1]})", lambda x: x is not None and ends[0] <= x < ends[1])
    ),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(ORDER)), min_size=1, max_size=5)
SUBJECT = st.one_of(st.none(), st.integers(0, 4))


def oracle(policy: str, aggregation: str, rows, a, b):
    """What a table gives, worked out from the definition of each policy and nothing else."""
    hits = [out for left, right, out in rows if left[1](a) and right[1](b)]
    if not hits:
        return None
    if policy == "UNIQUE":
        return hits[0] if len(hits) == 1 else None
    if policy == "ANY":
        return hits[0] if len(set(hits)) == 1 else None
    if policy == "FIRST":
        return hits[0]
    if policy == "PRIORITY":
        return min(hits, key=ORDER.index)
    if policy == "OUTPUT ORDER":
        return [each for each in ORDER for _ in range(hits.count(each))]
    aggregates = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len}
    return aggregates[aggregation](hits) if aggregation else hits


@pytest.mark.parametrize(
    ("policy", "aggregation"),
    [(policy, "") for policy in POLICIES] + [("COLLECT", each) for each in ("SUM", "MIN", "MAX", "COUNT")],
)
@settings(max_examples=60, deadline=None)
@given(rows=ROWS, a=SUBJECT, b=SUBJECT)
def test_a_hit_policy_gives_what_its_definition_says(table, decide, policy, aggregation, rows, a, b):
    model = table(
        policy,
        {"a": "number", "b": "number"},
        {"out": "number"},
        [[left[0], right[0], str(out)] for left, right, out in rows],
        aggregation=aggregation,
        values=", ".join(map(str, ORDER)),
    )
    assert lang.check(model) == []
    assert decide(model, {"a": a, "b": b}).outcome == oracle(policy, aggregation, rows, a, b)


GRADES = [["< 10", "-", '"low"'], ["[10..20)", '"urban"', '"middle"'], ["-", "-", '"high"']]


def test_the_matched_row_comes_with_its_annotations(table, decide):
    model = table("FIRST", {"收入": "number", "area": "string"}, {"out": "string"}, GRADES)
    evaluation = decide(model, {"收入": 5, "area": None})
    assert evaluation.outcome == "low"
    assert [(each.decision, each.row, each.row_id) for each in evaluation.matched] == [("result", 1, "r1")]
    assert evaluation.matched[0].annotations == {"依据": "第1条"}


def test_the_trace_names_the_first_cell_that_failed(table, decide):
    model = table("FIRST", {"收入": "number", "area": "string"}, {"out": "string"}, GRADES)
    evaluation = decide(model, {"收入": 15, "area": "rural"})
    looked = evaluation.trace[0].tables[0]
    assert looked.inputs == (("收入", D(15)), ("area", "rural"))
    assert [row.hit for row in looked.rows] == [False, False, True]
    assert looked.rows[0].failed == FailedCell(1, "收入", "< 10", D(15))
    assert looked.rows[1].failed == FailedCell(2, "area", '"urban"', "rural")
    assert looked.rows[1].cells == (True, False)


def test_first_looks_no_further_than_the_first_hit(table, decide):
    model = table("FIRST", {"x": "number"}, {"out": ""}, [["-", "1"], ["-", "2"]])
    assert len(decide(model, {"x": 1}).trace[0].tables[0].rows) == 1


def test_several_outputs_are_a_context(table, decide):
    model = table("UNIQUE", {"x": "number"}, {"grade": "", "amount": "number"}, [["1", '"a"', "100"]])
    assert decide(model, {"x": 1}).outcome == {"grade": "a", "amount": D(100)}


def test_the_default_answers_when_no_row_hits(table, decide):
    model = table("UNIQUE", {"x": "number"}, {"out": ""}, [["1", '"a"']], default='"none"')
    evaluation = decide(model, {"x": 2})
    assert evaluation.outcome == "none"
    assert evaluation.matched == ()


def test_an_input_outside_its_allowed_values_decides_nothing(table, decide):
    model = table("UNIQUE", {"x": "string"}, {"out": ""}, [["-", "1"]], allowed='"a", "b"')
    evaluation = decide(model, {"x": "c"})
    assert evaluation.outcome is None
    assert evaluation.diagnostics[0].code == "table.input_values"
    assert decide(model, {"x": None}).outcome == 1


def test_an_output_outside_its_values_is_null(table, decide):
    model = table("UNIQUE", {"x": "string"}, {"out": ""}, [["-", '"c"']], values='"a", "b"')
    evaluation = decide(model, {"x": "c"})
    assert evaluation.outcome is None
    assert evaluation.diagnostics[0].code == "table.output_values"


def test_texts_cannot_be_added_up(table, decide):
    model = table("COLLECT", {"x": "number"}, {"out": ""}, [["-", "1"], ["-", "true"]], aggregation="SUM")
    assert decide(model, {"x": 1}).diagnostics[0].code == "table.aggregate"


def test_a_cell_that_cannot_be_read_never_hits(table, decide):
    model = table("FIRST", {"x": "number"}, {"out": ""}, [["< ", "1"], ["-", "2"]])
    evaluation = decide(model, {"x": 1})
    assert evaluation.outcome == 2
    assert evaluation.diagnostics[0].code == "eval.unparsable"
    assert evaluation.diagnostics[0].place.row == 1


def test_a_cell_may_refer_to_other_inputs_and_hold_lists(table, decide):
    rows = [["> limit", "-", '"over"'], ["-", "[1, 2]", '"listed"'], ["[0..limit]", "-", '"under"']]
    model = table("FIRST", {"x": "number", "limit": "number"}, {"out": ""}, rows)
    assert decide(model, {"x": 9, "limit": 3}).outcome == "over"
    assert decide(model, {"x": 1, "limit": 2}).outcome == "listed"
    assert decide(model, {"x": 1, "limit": 3}).outcome == "under"
