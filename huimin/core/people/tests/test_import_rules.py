"""What SQL calls plainly right in a file is what the desk's forms take, and is written as they write it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.people import checks, idnumber
from huimin.core.people.imports import columns
from huimin.core.people.types import Sex
from huimin.kit import clock

ODD = st.text(alphabet="0123456789Xx ０１９Ｘ-'·abc王李\u200b\u00a0", max_size=20)


def fast(expression: str, value: str, demo: bool = True) -> str | None:
    """What the vectorised check makes of one value; None where it leaves it to the form's own rule."""
    said = expression.format(v="v", today=clock.today().isoformat(), demo="true" if demo else "false")
    row = duckdb.connect().execute(f"SELECT {said} FROM (SELECT ? AS v)", [value]).fetchall()
    return row[0][0]  # type: ignore[no-any-return]


def slow(check: Any, value: str) -> str | None:
    """What the form's rule makes of it; None where it refuses."""
    try:
        return str(check(value))
    except ValueError:
        return None


numbers = st.builds(
    lambda born, male, serial, area: idnumber.make(born, Sex.MALE if male else Sex.FEMALE, serial, area=area),
    st.dates(date(1880, 1, 1), date(2026, 11, 1)), st.booleans(), st.integers(0, 499), st.integers(0, 9999),
)  # fmt: skip
spoiled = st.builds(
    lambda number, at, sign: number[:at] + sign + number[at + 1 :],
    numbers,
    st.integers(0, 17),
    st.sampled_from("0123456789X"),
)
somewhere = st.builds(
    lambda area, rest: (body := f"{area:06d}{rest}") + idnumber.ric.calc_check_digit(body + "0"),
    st.integers(100_000, 999_999), st.from_regex(r"[12][0-9]{10}", fullmatch=True),
)  # fmt: skip


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO = True


@settings(max_examples=150, deadline=None)
@given(st.one_of(numbers, spoiled, somewhere, ODD))
def test_identity_numbers(value):
    found = fast(columns.FAST_ID, value)
    assert found is None or found == slow(
        lambda v: idnumber.parse(v, demo_numbers_allowed=True).number, value
    )


@settings(max_examples=60, deadline=None)
@given(numbers)
def test_every_good_number_is_plainly_right(value):
    assert fast(columns.FAST_ID, value) == value
    assert fast(columns.FAST_ID, value, demo=False) is None


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.from_regex(r"(1[0-9]{10}|0[0-9]{9,12})", fullmatch=True), ODD))
def test_telephones(value):
    found = fast(columns.FAST_PHONE, value)
    assert found is None or found == slow(checks.phone, value)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(alphabet="王李建国〇·㐀鿿", max_size=32), st.text(max_size=12), ODD))
def test_names(value):
    found = fast(columns.FAST_NAME, value)
    assert found is None or found == slow(checks.name, value)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.from_regex(r"[0-9]{16,18}", fullmatch=True), ODD))
def test_household_numbers(value):
    found = fast(columns.FAST_NUMBER, value)
    assert found is None or found == slow(columns.number, value)


WRITTEN = st.sampled_from(["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}年{1}月{2}日"])


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2026, 11, 1)), WRITTEN)
def test_days_are_read_as_people_write_them(day, form):
    assert columns.day("日期")(form.format(day.year, day.month, day.day)) == day


@pytest.mark.parametrize("word", ["男", "女", "male", "1"])
def test_words_are_taken_in_every_language(word):
    from django.utils.translation import override

    for language in ("zh-hans", "en"):
        with override(language):
            assert columns.chosen(Sex, "sex", "性别")(word) in Sex


def test_amounts_are_the_same_in_sql_and_in_words():
    from decimal import Decimal

    from huimin.core.facts.imports import amount_column

    column = amount_column("wages", "工资", most=Decimal(10_000_000))
    for text in (
        "0",
        "12000",
        "12000.5",
        "9999999.99",
        "10000000",
        "10000000.01",
        "-1",
        "1e3",
        "",
        "12.345",
        "１２",
        "99999999",
    ):
        found = fast(column.fast, text)
        assert found is None or found == column.check(text), text
    assert column.check("12,000.50元") == Decimal("12000.50")
    assert re.fullmatch("[0-9]+", "12000")
