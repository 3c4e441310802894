"""Ranges: how they lie to each other, and their texts. The examples are those of the standard."""

from __future__ import annotations

import pytest

TRUE = """
before(1, 10) | before(1, (1..10]) | before(1, [5..10]) | before([1..10), 10) | before([1..10], 15)
before([1..10], [15..20]) | before([1..10), [10..20]) | before([1..10], (10..20]) | before("a", "b")
after(10, 5) | after(12, [1..10]) | after(10, [1..10)) | after([11..20], 10) | after((11..20], 11)
after([11..20], [1..10]) | after([11..20], [1..11)) | after((11..20], [1..11])
meets([1..5], [5..10]) | met by([5..10], [1..5])
overlaps([1..5], [3..8]) | overlaps([1..8], [3..5]) | overlaps([1..5], [5..8]) | overlaps([5..8], [1..5])
overlaps before([1..5], [3..8]) | overlaps before([1..5], [5..8]) | overlaps before([1..5], (1..5])
overlaps before([1..5), (1..5]) | overlaps after([3..8], [1..5]) | overlaps after([5..8], [1..5])
overlaps after((1..5], [1..5)) | overlaps after((1..5], [1..5])
finishes(10, [1..10]) | finishes([5..10], [1..10]) | finishes([5..10), [1..10)) | finishes((1..10], [1..10])
finished by([1..10], 10) | finished by([1..10], (1..10])
includes([1..10], 5) | includes([1..10], [1..10)) | includes((1..10], (1..5]) | includes([1..10), [5..10))
during(5, [1..10]) | during([4..6], [1..10]) | starts(1, [1..10]) | starts([1..5], [1..10])
starts([1..10), [1..10]) | started by([1..10], 1) | started by([1..10], [1..10))
coincides(5, 5) | coincides([1..5], [1..5])
before(range1: [1..2], range2: [3..4]) | includes(range: [1..2], point: 1) | before(point1: 1, point2: 2)
"""
FALSE = """
before(10, 1) | before(1, [1..10]) | before([1..10], 10) | before([1..10], [10..20])
after(10, [1..10]) | after([11..20], 12) | meets([1..5), [5..10]) | meets([1..5], (5..10])
met by([5..10], [1..5)) | overlaps([1..5], [6..8]) | overlaps([1..5], (5..8]) | overlaps([1..5), [5..8])
overlaps((5..8], [1..5]) | overlaps before([1..5], [6..8]) | overlaps before([1..5), [1..5])
overlaps before([1..5], [1..5]) | overlaps after([6..8], [1..5]) | overlaps after((5..8], [1..5])
overlaps after([1..5], [1..5)) | overlaps after([1..5], [1..5]) | finishes(10, [1..10))
finishes([5..10), [1..10]) | includes((1..10], 1) | includes([1..10), [5..10]) | during(1, (1..10])
during([1..10], [1..10)) | starts(1, (1..10]) | starts((1..5], [1..10]) | starts([1..10], [1..10))
coincides((1..5), [1..5]) | coincides([1..5], [2..6])
(<10) = (null..10) | range("[1..3]") = (1..3]
"""
NULL = """
before(1, null) | before(1, "a") | includes([1..10], "a") | meets([1..2], 3)
range("") | range("[..]") | range("(..)") | range("[1..]") | range("[..1]") | range("[3..1]") | range("1..3")
range("[1..\\"a\\"]") | range("[1+1..3]") | range("[x..3]") | range("[true..true]") | range("[null..1]")
range("<10") | range("[1..3], 5") | range("[abs(1)..3]") | range("[date(2020,1,1)..date(2021,1,1)]") | range(null)
range(1) | range("[@\\"1\\"..@\\"2\\"]")
"""


def each(table: str) -> list[str]:
    return [text.strip() for line in table.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", each(TRUE))
def test_it_is_true(feel, text):
    assert feel(text) is True


@pytest.mark.parametrize("text", each(FALSE))
def test_it_is_false(feel, text):
    assert feel(text) is False


@pytest.mark.parametrize("text", each(NULL))
def test_it_is_null_with_a_reason(feel, diagnosed, text):
    assert feel(text) is None
    assert diagnosed(text)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("[18..21)", "[18..21)"),
        ("]1..3[", "(1..3)"),
        (" [-1 .. 3] ", "[-1..3]"),
        ("(..2)", "(< 2)"),
        ("[2..)", "(>= 2)"),
        ('["a..b".."c"]', '["a..b".."c"]'),
        ('[@"2020-01-01"..@"2021-01-01"]', '[@"2020-01-01"..@"2021-01-01"]'),
        ('[date("2020-01-01")..date("2021-01-01")]', '[@"2020-01-01"..@"2021-01-01"]'),
        ('[duration("P1D")..duration("P2D"))', '[@"P1D"..@"P2D")'),
    ],
)
def test_a_range_is_read_from_its_text(feel, text, literal):
    written = text.replace('"', '\\"')
    assert feel(f'range(from: "{written}") = {literal}') is True
