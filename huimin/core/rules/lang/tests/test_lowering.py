"""An expression means the same to one person, on DuckDB and on PostgreSQL: nulls, decimals, dates and texts."""

# ruff: noqa: E501 - expressions read better whole

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis
import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang import lower
from huimin.core.rules.lang.values import DaysTime, YearsMonths

D = Decimal
NOW = dt.datetime(2024, 3, 3, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 3, 3)
SCHEMA = {
    "a": "decimal(15, 2)", "b": "decimal(15, 2)", "n": "decimal(6, 0)", "i": "int16", "p": "boolean", "q": "boolean",
    "s": "string", "t": "string", "d": "date", "e": "date",
}  # fmt: skip
ROWS: list[tuple[Any, ...]] = [
    (D("8199.99"), D("8200.00"), D(4), 3, True, None, "李", "张", dt.date(2024, 2, 29), dt.date(2000, 2, 29)),
    (D("8200.00"), D("8200.00"), D(0), 0, False, True, "", "a", dt.date(2024, 1, 31), dt.date(2022, 2, 28)),
    (None, None, None, None, None, None, None, None, None, None),
    (D("9999999999999.99"), D("-9999999999999.99"), D(999999), -7, None, False, "𠮷野", "～", dt.date(1940, 6, 1), None),
    (D("-0.01"), D("0.03"), D(-3), 32767, True, True, "a", "A", dt.date(9998, 12, 31), dt.date(1, 1, 2)),
    (D("2.50"), D("0.00"), D(7), -32768, False, False, "abc", "abc", dt.date(2023, 2, 28), dt.date(2004, 2, 29)),
    (D("-5.50"), D("3.00"), D(2), 5, True, False, "a ", "620502", dt.date(2024, 12, 31), dt.date(2024, 1, 1)),
    (D("10000.00"), D("3.00"), D(3), 1, None, True, "620502003004", "62", dt.date(1986, 6, 1), dt.date(1949, 5, 1)),
]  # fmt: skip


def plain(value: Any) -> Any:
    """A value as both sides show it: whole numbers as decimals, durations as numbers."""
    if isinstance(value, YearsMonths):
        return D(value.months)
    if isinstance(value, DaysTime):
        return value.seconds
    if isinstance(value, dt.datetime):
        return ("moment", value)
    return D(value) if isinstance(value, int) and not isinstance(value, bool) else value


EXPRESSIONS = [
    "a < b", "a <= b", "a > b", "a >= b", "a = b", "a != b", "a = null", "null = null", "a != null", "a < null",
    "not(p)", "p and q", "p or q", "not(p and q)", "p = q", "p != true", "p and a < b", "a < b or not(p)", "p and null",
    "a between b and 8200", "a in [b..8200]", "a in (b..8200]", "a in (1, 2.5, 8200)", "a in (< 5, null)", "a in [1, null]",
    "not(a in (8200, null))", "a in (> b)", "a in (not(8200))", "n in [i..7)", "a in [null..b]", "null in [a, b]",
    "a + b", "a - b * n", "a * n", "-a", "a * 0.05", "a ** 2", "n * i", "a / 4", "a / 8 + 1", "0.1 + 0.2 + a",
    "a / n < b", "a / b >= 1000", "a / b = a", "b > a / n", "a / 3 <= 3333.333333", "a / n in [0..100]", "a / n != null",
    "if a > 0 then a else 1 / 0", "if n > 0 then a / 2 else b", "if p then s else t", "if p then null else a", "if q then 1 else 2.55",
    "decimal(a, 0)", "decimal(a / n, 2)", "decimal(a / b, 1)", "floor(a)", "ceiling(a)", "round up(a, 0)", "round down(a, 0)",
    "round half up(a, 0)", "round half down(a, 0)", "round half up(a / n, 2)", "decimal(a, -2)", "floor(a / n)", "decimal(a * 0.5, 2)",
    "modulo(n, 5)", "modulo(n, i)", "modulo(a, -3)", "modulo(a, b)", "abs(a - b)", "min(a, b, n)", "max(a, 1)", "sum(a, b, n)",
    "count([a, b])", "all(p, q)", "any([p, q, true])", "list contains([a, 2.5], b)", "list contains([1, null], a)",
    's = "a"', 's != "a"', "s < t", "s >= t", "s + t", 's + "。"', "string length(s)", 'contains(s, "b")', 'contains(s, "")',
    'starts with(s, "62")', 'ends with(s, "c")', 'starts with(s, "")', 'ends with(s, "abcd")', "substring(s, 2)", "substring(s, -2, 1)",
    "substring(s, 0)", "substring(s, 2, 1)", 's in ["620500000000".."620599999999"]', 's in ("a", "", "李")', "string length(s) > 2",
    "d < e", "d = e", "d - e", 'd - e > duration("P365D")', "d < today()", 'd + duration("P1M")', 'd + duration("PT36H")',
    'd - duration("PT1H") < e', "years and months duration(e, d)", "years and months duration(e, d).years", "d.year", "d.month + 1",
    "(today() - d).days", "d.weekday", 'd in [date("2024-01-01")..date("2024-12-31")]', 'years and months duration(e, d) >= duration("P18Y")',
    "a instance of number", "p instance of Null", "s instance of number", "some x in [1, 2.5, 8200] satisfies a = x",
    "every x in [a, b] satisfies x > 0", "is(a, b)", "is(s, a)", "{x: a, y: x + 1}.y", "[a, b] = null",
    'under(s, "620500000000")', 'under(t, "62")', 'not(under(t, "620500000000"))', 'under(s, "621000000000")', 'under(s, "62050")',
    'under(t, "620000000000") and under(s, "000000000000")', "day of week(d)", "month of year(e)", "odd(n)", "even(i)", "odd(i * 2 + 1)",
    "product(a, n)", "product([n, i, 2])", "mean(a, b, 3, n)", "mean(a, b) > 8000", "mean(a, b, n) > 1", 'substring before(s, "b")',
    'substring after(s, "b")', 'substring before(t, "")', 'substring after(t, "")', 'substring after(s, "野")', 'substring before(s, "野")',
    'substring after(s, "c")', 'substring before(s, "62")', "10/0", "(a > b) = (a < b)",
]  # fmt: skip


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_an_expression_means_the_same_to_one_and_to_everyone(facts, engine):
    kept = facts(SCHEMA, ROWS)
    wrong = []
    for text in EXPRESSIONS:
        expected = [plain(lang.evaluate_text(text, given, now=NOW, today=TODAY)[0]) for given in kept.given()]
        try:
            column = lower.expression(text, kept.table, today=TODAY, now=NOW)
        except lower.NotLowerable as refused:
            if text not in REFUSED:
                wrong.append((text, str(refused)))
            continue
        duck, post = kept.found(kept.table.select("place", found=column))
        found = [plain(value) for _, value in (duck if engine == "duckdb" else post)]
        wrong += [
            (text, dict(given), one, two)
            for given, one, two in zip(kept.given(), expected, found, strict=True)
            if one != two or (isinstance(one, bool) is not isinstance(two, bool))
        ]
    assert wrong == []


REFUSED = {
    "[a, b] = null": "lower.collection",
    "a * b * a * b": "lower.digits",
    "a / b": "lower.quotient",
    "a / b + 1": "lower.quotient",
    "a / b < b / a": "lower.quotient",
    "a < s": "lower.kinds",
    "p < q": "lower.unordered",
    "for x in [1] return a": "lower.construct",
    "upper case(s)": "lower.function",
    'matches(s, "a")': "lower.function",
    "decimal(a, n)": "lower.written",
    "unknown < 5": "feel.unknown_name",
    "if a then 1 else 2": "lower.condition",
    "if p then 1 else s": "lower.kinds",
    "d + a": "lower.arithmetic",
}


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_would_differ_is_refused_with_place_and_reason(text, code):
    with pytest.raises(lower.NotLowerable) as refused:
        lower.expression(text, ibis.table(SCHEMA, name="facts"), today=TODAY, now=NOW)
    [found] = refused.value.problems
    assert found.code == code
    assert found.place.text == text
    assert found.place.end > found.place.start or code == "feel.unknown_name"


def test_a_moment_that_is_not_given_is_refused():
    with pytest.raises(lower.NotLowerable, match="No moment"):
        lower.expression("d < today()", ibis.table(SCHEMA, name="facts"))


def test_the_moment_may_be_a_column():
    table = ibis.table({**SCHEMA, "today": "date"}, name="facts")
    sql = ibis.to_sql(
        table.select(x=lower.expression("d < today()", table, today=table.today)), dialect="duckdb"
    )
    assert '"t0"."d" < "t0"."today"' in str(sql)


def test_floats_are_refused():
    with pytest.raises(lower.NotLowerable, match="float64"):
        lower.expression("x > 1", ibis.table({"x": "float64"}, name="facts"))
