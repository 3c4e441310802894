"""The inputs on which executions silently disagree (field notes, section 3), each under its number."""

# ruff: noqa: E501 - rows of a table read better whole

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from huimin.core.rules.lang import DaysTime, YearsMonths

D = Decimal

EXPRESSIONS = [
    ("N2 null differs from a text", 'x != "a"', {"x": None}, True),
    ("N2 null equals null", "null = null", {}, True),
    ("N3 null is not less than five", "x < 5", {"x": None}, None),
    ("N4 two is not in a list with null", "list contains([1, null], 2)", {}, False),
    ("N4 not of two in a list with null", "not(list contains([1, null], 2))", {}, True),
    ("N4 null is in a list with null", "list contains([1, null], null)", {}, True),
    ("N4 in says the same for two", "2 in [1, null]", {}, False),
    ("N4 in says the same for null", "null in [1, null]", {}, True),
    ("N5 null and false", "null and false", {}, False),
    ("N5 false or null", "false or null", {}, None),
    ("N5 false or a number", "false or 123", {}, None),
    ("N6 all with a null", "all([true, null, true])", {}, None),
    ("N6 all of nothing", "all([])", {}, True),
    ("N6 sum of nothing", "sum([])", {}, None),
    ("N6 count of nothing", "count([])", {}, D(0)),
    ("N8 text and null", '"a" + null', {}, None),
    ("N9 the empty text is not null", '"" = null', {}, False),
    ("N9 the empty text has length 0", 'string length("")', {}, D(0)),
    ("N10 beyond the end", "[1,2,3][4]", {}, None),
    ("N10 position zero", "[1,2,3][0]", {}, None),
    ("N10 from the end", "[1,2,3][-1]", {}, D(3)),
    ("M1 division by zero", "10/0", {}, None),
    ("M1 modulo by zero", "modulo(10, 0)", {}, None),
    ("M2 nothing by nothing is no number", "0/0 >= 1000", {}, None),
    ("M3 the branch not taken", "if x > 0 then x else 1/0", {"x": 2}, D(2)),
    ("M4 seven halves", "7/2", {}, D("3.5")),
    ("M4 modulo of a negative", "modulo(-12, 5)", {}, D(3)),
    ("M4 modulo by a negative", "modulo(12, -5)", {}, D(-3)),
    ("M5 tenths are exact", "0.1 + 0.2 = 0.3", {}, True),
    ("M6 a third of ten thousand", "10000.00/3 <= 3333.333333", {}, False),
    ("M7 four decimals are kept", "0.25 > 0.24996", {}, True),
    ("M8 products keep their decimals", "0.25 * 1.1", {}, D("0.275")),
    ("M8 means are not rounded", "mean([0.33, 0.34, 0.34])", {}, D("1.01") / 3),
    ("M9 sixteen digits are exact", "floor(9007199254740993 / 1)", {}, D("9007199254740993")),
    ("M10 sums are exact", "0.01 * 34000000", {}, D("340000.00")),
    ("M11 half to even", "decimal(2.5, 0)", {}, D(2)),
    ("M11 half to even, two decimals", "decimal(0.515, 2)", {}, D("0.52")),
    ("M11 the 35th digit goes to the even", "x + 0.5", {"x": D(10) ** 33}, D(10) ** 33),
    ("M11 the 35th digit goes up to the even", "x + 0.5", {"x": D(10) ** 33 + 1}, D(10) ** 33 + 2),
    ("M11 half up", "round half up(-5.5, 0)", {}, D(-6)),
    ("M12 beyond 32 bits", "2147483647 + 1", {}, D(2147483648)),
    ("M12 34 digits are exact", "99999999999999999 * 99999999999999999", {}, D("9999999999999999800000000000000001")),
    ("M13 the sign binds tighter", "-3 ** 2", {}, D(9)),
    ("M13 powers go from the left", "3 ** 4 ** 5", {}, D(3486784401)),
    ("M13 negative powers", "10 ** -5", {}, D("0.00001")),
    ("M14 no negative zero", "ceiling(-0.3333)", {}, D(0)),
    ("M14 no negative zero as text", "string(ceiling(-0.3333))", {}, "0"),
    ("M14 true is not one", "true = 1", {}, None),
    ("M14 a text is not a number", '"10" = 10', {}, None),
    ("S1 capitals come first", '"a" < "B"', {}, False),
    ("S1 code points order names", '"李" < "张"', {}, False),
    ("S2 a rare character is one", 'string length("𠮷")', {}, D(1)),
    ("S2 rare characters come last", '"～" < "𠮷"', {}, True),
    ("S3 composed is not decomposed", '"é" = "e\u0301"', {}, False),
    ("S5 case matters", 'contains("abc", "ABC")', {}, False),
    ("S5 a trailing space matters", '"a" = "a "', {}, False),
    ("S5 everything contains nothing", 'contains("abc", "")', {}, True),
    ("S6 from the end", 'substring("abcd", -2, 1)', {}, "c"),
    ("S6 there is no position zero", 'substring("abcd", 0)', {}, None),
    ("S7 every occurrence", 'replace("banana", "a", "o")', {}, "bonono"),
    ("S8 grades are ordered as text", '"special" < "first"', {}, False),
    ("D1 the end of the month", 'date("2024-01-31") + duration("P1M")', {}, dt.date(2024, 2, 29)),
    ("D2 hours added to a date", 'date("2021-01-01") + duration("PT36H")', {}, dt.date(2021, 1, 2)),
    ("D2 hours taken from a date", 'date("2021-01-01") - duration("PT1H")', {}, dt.date(2020, 12, 31)),
    ("D3 one night is not a year", 'years and months duration(date("2000-12-31"), date("2001-01-01")).years', {}, D(0)),
    ("D3 born on 29 February", 'years and months duration(date("2004-02-29"), date("2022-02-28")).years', {}, D(17)),
    ("D4 January to February", 'years and months duration(date("2024-01-31"), date("2024-02-29"))', {}, YearsMonths(0)),
    ("D4 a month is not thirty days", 'duration("P1M") = duration("P30D")', {}, None),
    ("D4 days between dates", 'date("2024-03-01") - date("2024-02-01")', {}, DaysTime(D(29 * 86400))),
    ("D5 no date and time in a range of dates", 'x in [date("2024-01-01")..date("2024-01-31")]', {"x": dt.datetime(2024, 1, 31, 12)}, None),
    ("D5 a date less a local date and time", 'date("2021-01-02") - date and time("2021-01-01T10:10:10")', {}, None),
    ("D6 the date in its own zone", 'date(date and time("2024-02-01T00:30:00+08:00"))', {}, dt.date(2024, 2, 1)),
    ("D7 a day without midnight", 'date("1940-06-01") + duration("P1D")', {}, dt.date(1940, 6, 2)),
    ("D8 24 o'clock is the next day", 'date and time("2021-01-01T24:00:00")', {}, dt.datetime(2021, 1, 2)),
    ("D8 a day that is not", 'date("2023-02-29")', {}, None),
    ("D8 the year 12000 is a year", 'string(date("12000-12-31") + duration("P1D"))', {}, "12001-01-01"),
    ("D9 Sunday by name", 'day of week(date("2024-03-03"))', {}, "Sunday"),
    ("D9 week of the old year", 'week of year(date("2010-01-01"))', {}, D(53)),
    ("D10 today is a parameter", "today()", {}, dt.date(2024, 3, 3)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "values", "expected"), [each[1:] for each in EXPRESSIONS], ids=[each[0] for each in EXPRESSIONS]
)
def test_an_expression_gives_the_answer_of_the_standard(feel, text, values, expected):
    found = feel(text, **values)
    if isinstance(expected, Decimal):
        assert abs(found - expected) < D("1e-20")
    else:
        assert found == expected
        assert type(found) is type(expected)


CELLS = [
    ("N1 null is not the employed", "string", 'not("employed")', None, True),
    ("N3 null is not below five", "number", "< 5", None, False),
    ("N3 nor is it not below five", "number", "not(< 5)", None, False),
    ("M2 a null amount passes no limit", "number", ">= 1000", None, False),
    ("S8 an unknown grade is no grade", "string", '"first", "second"', "third", False),
    ("D5 a date and time is refused in a column of dates", "date", '<= date("2024-01-31")', dt.datetime(2024, 1, 31, 12), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cell", "value", "hit"), [each[1:] for each in CELLS], ids=[each[0] for each in CELLS]
)
def test_a_cell_hits_on_true_alone(table, decide, kind, cell, value, hit):
    model = table("UNIQUE", {"x": kind}, {"out": ""}, [[cell, "true"]])
    assert decide(model, {"x": value}).outcome is (True if hit else None)


def test_M2_a_fact_that_is_no_number_is_refused(table, decide):
    model = table("UNIQUE", {"x": "number"}, {"out": ""}, [[">= 1000", '"hit"'], ["-", '"any"']])
    for value in (float("nan"), Decimal("NaN"), Decimal("Infinity"), 1000.5):
        evaluation = decide(model, {"x": value})
        assert evaluation.outcome == "any"
        assert [each.code for each in evaluation.diagnostics] == ["fact.float"]


def test_L1_two_rows_under_unique_are_null_with_a_diagnostic(table, decide):
    model = table("UNIQUE", {"x": "number"}, {"out": ""}, [["> 1", "1"], ["> 2", "2"]])
    evaluation = decide(model, {"x": 3})
    assert evaluation.outcome is None
    assert evaluation.matched == ()
    assert evaluation.diagnostics[-1].code == "table.several_hits"
    assert "Rows 1, 2" in evaluation.diagnostics[-1].message
