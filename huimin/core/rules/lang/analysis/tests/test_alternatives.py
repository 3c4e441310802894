"""What would have to be different: the smallest change of facts that gives another outcome."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import huimin.services.poverty
from huimin.core.rules import lang
from huimin.core.rules.lang.analysis import About
from huimin.core.rules.lang.tests.conftest import document, table_xml

NOW = dt.datetime(2024, 3, 3, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 3)
RULES = Path(huimin.services.poverty.__path__[0]) / "rules"
MONITORING, ASSESSMENT = (lang.load(RULES / f"{name}.dmn") for name in ("monitoring", "assessment"))
FIXED = {name: About(fixed=True) for name in ("monitoring_line", "members", "lifted")}
SECURE = [f"{each}_secure" for each in ("food", "clothing", "schooling", "medical", "housing", "water")]


def ways(model, decision, facts, about=FIXED):
    return lang.what_if(model, decision, facts, today=TODAY, now=NOW, about=about)


def told(found):
    return {
        str(each.outcome): [(c.name, c.operator, c.bound, c.upto) for c in each.conditions] for each in found
    }


def outcome(model, decision, facts):
    return lang.evaluate(model, decision, facts, now=NOW, today=TODAY).outcome


def household(**more):
    known = {
        "income_per_head": Decimal(9000), "monitoring_line": Decimal(8500), "members": Decimal(4), "lifted": True,
        "sudden_hardship": False, "sudden_loss": Decimal(0), **dict.fromkeys(SECURE, True),
    }  # fmt: skip
    return {**known, **more}


def test_one_fact_is_enough_where_one_is_the_cause():
    found = told(ways(MONITORING, "monitoring", household()))
    assert found["unstable"] == [("income_per_head", "<", Decimal(8500), None)]
    assert found["sudden"] == [
        ("sudden_hardship", "=", True, None), ("income_per_head", "<", Decimal(8500), None),
    ]  # fmt: skip
    # What is left of the income after the loss counts: 4 * (9000 - 8500).
    found = told(ways(MONITORING, "monitoring", household(sudden_hardship=True, sudden_loss=Decimal(1900))))
    assert found["sudden"] == [("income_per_head", "<", Decimal(8975), None)]


def test_two_facts_are_named_where_both_are_the_cause():
    found = told(
        ways(MONITORING, "monitoring", household(income_per_head=Decimal(8000), housing_secure=False))
    )
    assert sorted(found["none"]) == [
        ("housing_secure", "=", True, None), ("income_per_head", ">=", Decimal(8500), None),
    ]  # fmt: skip


def test_what_nobody_can_change_and_what_nobody_knows_is_left_alone():
    facts = household(housing_secure=False, water_secure=None)
    for each in ways(MONITORING, "monitoring", facts):
        assert {c.name for c in each.conditions}.isdisjoint({*FIXED, "water_secure"})
    assert "marginal" not in told(ways(MONITORING, "monitoring", facts))


def test_a_stretch_has_two_ends_where_going_too_far_gives_something_else():
    facts = {name: Decimal(0) for name in ("without_effect", "lacking_share", "unassigned")}
    found = told(ways(ASSESSMENT, "assessment", {**facts, "visits_on_time": Decimal(40)}, {}))
    assert found["good"] == [("visits_on_time", ">=", Decimal(70), ("<", Decimal(85)))]
    assert found["excellent"] == [("visits_on_time", ">=", Decimal(85), None)]


def test_whole_numbers_move_by_whole_steps_and_not_below_the_least():
    model = lang.load(
        document(table_xml("U", {"n": "number"}, {"o": "string"}, [["0", '"a"'], ["not(0)", '"b"']]))
    )
    about = {"n": About(step=Decimal(1), least=Decimal(0))}
    [other] = ways(model, "result", {"n": Decimal(0)}, about)
    assert other.conditions[0].value == 1
    assert other.conditions[0].operator == ">"


@pytest.mark.parametrize("born", [dt.date(1970, 5, 1), dt.date(1950, 5, 1)])
def test_dates_move_by_days(born):
    rows = [['<= @"1960-03-03"', '"old"'], ['> @"1960-03-03"', '"young"'], ["null", '"?"']]
    model = lang.load(document(table_xml("U", {"born": "date"}, {"o": "string"}, rows)))
    [other] = ways(model, "result", {"born": born}, {})
    assert other.conditions[0].value in (dt.date(1960, 3, 3), dt.date(1960, 3, 4))
    assert outcome(model, "result", {"born": other.conditions[0].value}) == other.outcome


HOUSEHOLDS = st.builds(
    household,
    income_per_head=st.sampled_from([None, *map(Decimal, (0, 8000, 8499, 8500, 8501, 12000))]),
    sudden_hardship=st.sampled_from([True, False, None]),
    sudden_loss=st.sampled_from([Decimal(0), Decimal(3000), Decimal(20000)]),
    lifted=st.booleans(),
    **dict.fromkeys(SECURE[-3:], st.sampled_from([True, True, False, None])),
)
GRID = {
    "income_per_head": [Decimal(each) for each in range(0, 20000, 250)],
    "sudden_loss": [Decimal(each) for each in range(0, 60000, 1000)],
    **{name: [True, False] for name in ("sudden_hardship", *SECURE)},
}


@settings(max_examples=25, deadline=None)
@given(facts=HOUSEHOLDS)
def test_every_change_offered_gives_its_outcome_and_no_smaller_one_does(facts):
    now = outcome(MONITORING, "monitoring", facts)
    found = ways(MONITORING, "monitoring", facts)
    sizes = {}
    for each in found:
        changed = {c.name: c.value for c in each.conditions}
        assert all(facts[name] != value for name, value in changed.items())
        assert outcome(MONITORING, "monitoring", {**facts, **changed}) == each.outcome != now
        sizes[each.outcome] = len(changed)
    movable = [name for name in GRID if facts[name] is not None]
    for size in (1, 2):
        for names in combinations(movable, size):
            grids = [
                GRID[name] if size == 1 else GRID[name][:: max(1, len(GRID[name]) // 8)] for name in names
            ]
            for values in product(*grids):
                other = outcome(MONITORING, "monitoring", {**facts, **dict(zip(names, values, strict=True))})
                if other != now:
                    assert sizes[other] <= size, (names, values)


@settings(max_examples=20, deadline=None)
@given(facts=HOUSEHOLDS)
def test_every_value_of_a_stretch_gives_the_outcome_and_none_just_beyond_it(facts):
    for each in ways(MONITORING, "monitoring", facts):
        changed = {c.name: c.value for c in each.conditions}
        for c in each.conditions:
            if isinstance(c.value, bool) or c.operator == "=":
                continue
            inside, outside = (c.bound, c.bound - 1) if c.operator == ">=" else (c.bound - 1, c.bound)
            inside, outside = (c.bound + 1, c.bound) if c.operator == ">" else (inside, outside)
            for value, same in ((inside, True), (outside, False)):
                given_ = {**facts, **changed, c.name: value}
                assert (outcome(MONITORING, "monitoring", given_) == each.outcome) is same
