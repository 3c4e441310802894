"""What would have to be different: the smallest change of facts that gives another outcome."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from huimin.core.facts.types import FactValue
from huimin.core.rules.changes import smallest


def fact(name, value, unit=""):
    return FactValue(name=name, title=name, value=value, unit=unit, source="", at=None)


def decide(given_facts):
    poor = given_facts["income"] < given_facts["line"]
    return "in" if poor or not given_facts["housing"] else "out"


def facts(income, housing, line=8200):
    return {
        "income": fact("income", Decimal(income), "元"), "line": fact("line", Decimal(line), "元"),
        "housing": fact("housing", housing),
    }  # fmt: skip


def shown(found):
    return {outcome: [(c.name, c.operator, c.bound) for c in group] for outcome, group in found}


def test_one_fact_is_enough_where_one_is_the_cause():
    found = smallest(facts(7900, True), "in", decide, frozenset({"line"}))
    assert shown(found) == {"out": [("income", ">=", Decimal(8200))]}


def test_two_facts_are_named_where_both_are_the_cause():
    found = smallest(facts(7900, False), "in", decide, frozenset({"line"}))
    assert shown(found) == {"out": [("income", ">=", Decimal(8200)), ("housing", "=", True)]}


def test_what_nobody_can_change_is_not_offered():
    assert not any(
        c.name == "line"
        for _o, group in smallest(facts(9000, True), "out", decide, frozenset({"line"}))
        for c in group
    )


def test_an_unknown_fact_is_left_alone():
    found = smallest({**facts(9000, True), "water": fact("water", None)}, "out", decide)
    assert all(c.name != "water" for _o, group in found for c in group)


@given(st.integers(0, 20000), st.booleans(), st.integers(1000, 20000))
def test_every_change_offered_really_gives_the_outcome_it_names(income, housing, line):
    known = facts(income, housing, line)
    values = {name: f.value for name, f in known.items()}
    for outcome, group in smallest(known, decide(values), decide):
        assert decide({**values, **{c.name: c.value for c in group}}) == outcome != decide(values)
