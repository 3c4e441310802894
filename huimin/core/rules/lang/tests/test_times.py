"""Times to the nanosecond, and dates far from now."""

from __future__ import annotations

import pickle
from decimal import Decimal as D

import pytest


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('@"10:00:00.123456789"', "10:00:00.123456789"),
        ('@"10:00:00.123456789" + @"PT0.000000001S"', "10:00:00.12345679"),
        ('@"23:59:59.999999999" + @"PT0.000000001S"', "00:00:00"),
        ('@"2020-01-01T10:00:00.999999999" + @"PT0.000000001S"', "2020-01-01T10:00:01"),
        ('@"9999-12-31T23:59:59.999999999" + @"PT0.000000001S"', "10000-01-01T00:00:00"),
        ('@"2020-01-31T10:00:00.000000001@Europe/Paris" + @"P1M"', "2020-02-29T10:00:00.000000001@Europe/Paris"),
        ('date and time(@"2020-01-31T10:00:00.000000001Z", "Asia/Tokyo")',
         "2020-01-31T19:00:00.000000001@Asia/Tokyo"),
        ('date and time(@"2020-01-31", time(@"2019-01-01T10:00:00.000000001Z"))', "2020-01-31T10:00:00.000000001Z"),
        ('time(10, 11, 12.123456789)', "10:11:12.123456789"),
        ('time(10, 11, 12, null)', "10:11:12"),
        ('@"10:00:00.000000002" - @"10:00:00.000000001"', "PT0.000000001S"),
    ],
)  # fmt: skip
def test_a_nanosecond_is_kept(feel, text, written):
    assert feel(f"string({text})") == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"10:00:00.000000001" = @"10:00:00.000000002"', False),
        ('@"10:00:00.000000001" < @"10:00:00.000000002"', True),
        ('@"2020-01-01T10:00:00.000000001Z" = @"2020-01-01T11:00:00.000000001+01:00"', True),
        ('is(@"10:00:00.000000001", @"10:00:00.000000001")', True),
        ('is(@"10:00:00.000000001", @"10:00:00.000000002")', False),
        ('@"10:00:03.000000001".second', D("3.000000001")),
    ],
)
def test_a_nanosecond_makes_a_difference(feel, text, expected):
    assert feel(text) == expected


def test_a_time_with_nanoseconds_can_be_kept_and_compared_in_python(feel):
    moment = feel('@"2020-01-01T10:00:00.123456789Z"')
    assert pickle.loads(pickle.dumps(moment)) == moment  # our own bytes
    assert moment != feel('@"2020-01-01T10:00:00.123456Z"')
    assert len({moment, feel('@"2020-01-01T10:00:00.123456789Z"')}) == 1
    assert moment.replace(year=2021) == feel('@"2021-01-01T10:00:00.123456789Z"')
