"""Evaluating FEEL: control, collections, functions, and nulls that say why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest

from huimin.core.rules.lang import DaysTime, Range, RuleError, YearsMonths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for x in 1..3 return x * x", [1, 4, 9]),
        ("for x in 3..1 return x", [3, 2, 1]),
        ("for x in [1,2], y in [x, 10] return x + y", [2, 11, 4, 12]),
        ("for i in 1..5 return if i <= 2 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [] satisfies x > 1", True),
        ("[{x: 1}, {x: 2}, {y: 3}][x > 1]", [{"x": 2}]),
        ("[1, 2, 3][item >= 2]", [2, 3]),
        ("[{x: 1}, {x: 2}].x", [1, 2]),
        ("{a: 1, b: a + 1}.b", 2),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), out: f(5)}.out", 120),
        ("(function(a, b) a - b)(b: 1, a: 3)", 2),
        ("5 in (< 3, [4..6))", True),
        ("5 in (4..6)", True),
        ("3 between 1 and 3", True),
        ('date("2024-02-29").weekday', 4),
        ('duration("P1Y14M").years', 2),
        ("[1..5].start", 1),
        ("null[1 = 1]", []),
        ("5[1]", 5),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ('sort(["b", "a"])', ["a", "b"]),
        ("string([1, \"a\", {b: null}])", '[1, "a", {b: null}]'),
        ('number("1 000,5", " ", ",")', D("1000.5")),
        ("min(3, 1, 2) + max([1, 5])", 6),
        ("context put({a: {b: 1}}, [\"a\", \"b\"], 2).a.b", 2),
        ("before([1..5), [5..7])", True),
        ("overlaps before([1..3], [2..5])", True),
        ('matches("abc", "^A", "i")', True),
        ('split("a;b;c", ";")', ["a", "b", "c"]),
        ('5 instance of number and "a" instance of string and not(null instance of string)', True),
    ],
)  # fmt: skip
def test_an_expression_has_its_value(feel, text, expected):
    assert feel(text) == expected


def test_temporal_literals_become_python_values(feel):
    assert feel('@"2024-02-29"') == dt.date(2024, 2, 29)
    assert feel('@"P1Y"') == YearsMonths(12)
    assert feel('@"-PT1.5S"') == DaysTime(D("-1.5"))
    assert feel('date and time("2024-01-01T00:00:00@Asia/Shanghai").time offset') == DaysTime(D(28800))
    assert feel("(> 5)") == Range(D(5), None, False, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nothing", "eval.unknown_name"),
        ("nothing(1)", "eval.unknown_name"),
        ("1 + \"a\"", "eval.operands"),
        ("1 / 0", "eval.division_by_zero"),
        ("10 ** 9999", "eval.number"),
        ("1 < \"a\"", "eval.compare"),
        ("if 1 then 2 else 3", "eval.condition"),
        ("1 and true", "eval.boolean"),
        ("{a: 1}.b", "eval.no_member"),
        ("[1][2]", "eval.index"),
        ("[1][\"a\"]", "eval.filter"),
        ("(1)(2)", "eval.not_function"),
        ("floor(\"a\")", "eval.arguments"),
        ("floor(nothing: 1)", "eval.arguments"),
        ("date(\"x\")", "eval.result"),
        ("for x in 1 return x", "eval.iteration"),
        ("for x in 1..999999999 return x", "eval.iteration"),
        ("for x in 1..999, y in 1..999 return x", "eval.iteration"),
        ("[1..\"a\"]", "eval.range"),
        ("@\"x\"", "eval.literal"),
        ("-\"a\"", "eval.operand"),
        ("{a: 1, a: 2}", "eval.duplicate_key"),
        ("(function() external {java: {}})()", "eval.external"),
        ("(function(a: number) a)(\"x\")", "eval.arguments"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_null_and_says_why(diagnosed, text, code):
    assert code in diagnosed(text)


def test_endless_recursion_is_null(definitions, decide):
    model = definitions(
        '<decision id="d1" name="d"><variable name="d"/>'
        "<literalExpression><text>{f: function(n) f(n + 1), x: f(1)}.x</text></literalExpression></decision>"
    )
    evaluation = decide(model, {})
    assert evaluation.outcome is None
    assert evaluation.diagnostics[-1].code == "eval.recursion"


def test_a_diagnostic_names_the_characters(definitions, decide):
    model = definitions(
        '<decision id="d1" name="比率"><variable name="比率"/>'
        "<literalExpression><text>1 + 2 / 0</text></literalExpression></decision>"
    )
    found = decide(model, {}).diagnostics[0]
    assert (found.place.element, found.place.start, found.place.end) == ("比率", 4, 9)
    assert str(found) == "'比率', at character 5: '2 / 0': Division by zero."


def test_an_unreadable_expression_is_an_error(feel):
    with pytest.raises(RuleError) as caught:
        feel("1 +")
    assert caught.value.problems[0].code == "feel.unfinished"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null instance of Any", False),
        ("null instance of Null", True),
        ("1 instance of Any", True),
        ("[] instance of list<number>", True),
        ("[1, null] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{b: 2} instance of context<a: number>", False),
        ("[1..2] instance of range<number>", True),
        ("[1..2] instance of range<string>", False),
        ("(function(a: number) a) instance of function<number> -> number", True),
        ("(function(a: Any) 1) instance of function<number> -> number", True),
        ("(function(a: string) a) instance of function<number> -> string", False),
        ('(function(a: number) "x") instance of function<number> -> number', False),
        ("(function(a: number) a) instance of function<number, number> -> number", False),
        ("(function(a: list<number>) a) instance of function<list<number>> -> list<number>", True),
    ],
)
def test_a_value_is_of_a_type_or_is_not(feel, text, expected):
    assert feel(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"10:00:00+02:00".timezone', None),
        ('@"10:00:00@Europe/Paris".timezone', "Europe/Paris"),
        ('time("T10:00:00")', None),
        ("concatenate([1], null)", None),
        ('substring("foobar", 3.8)', "obar"),
        ('substring("foobar", 3, 2.9)', "ob"),
        ('substring("foobar", -2, null)', "ar"),
        ('substring("foobar", 3, 0.5)', None),
        ("(function(a: list<number>) a)(1)", [D(1)]),
        ("(function(a: number) a)([1])", D(1)),
        ('(function(a: date and time) a)(@"2020-01-01")', dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_what_is_given_is_converted_as_the_standard_says_and_no_further(feel, text, expected):
    assert feel(text) == expected
