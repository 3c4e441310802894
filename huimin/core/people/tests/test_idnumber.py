from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huimin.core.people import idnumber
from huimin.core.people.types import Sex

days = st.dates(date(1900, 1, 1), date(2026, 1, 1))
sexes = st.sampled_from(list(Sex))
numbers = st.builds(idnumber.make, days, sexes, st.integers(0, 499), area=st.integers(0, 9999))
PUBLISHED = "11010519491231002X"  # the example printed in GB 11643-1999


def wrong(text, **flags):
    with pytest.raises(idnumber.Wrong) as caught:
        idnumber.parse(text, **flags)
    return caught.value


@given(days, sexes, st.integers(0, 499), st.integers(0, 9999))
def test_a_number_says_the_birth_date_and_the_sex_it_was_made_from(born, sex, serial, area):
    read = idnumber.parse(idnumber.make(born, sex, serial, area=area))
    assert (read.birth_date, read.sex, read.demo) == (born, sex, True)


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(number, place, by):
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    wrong(changed)


@given(numbers, st.integers(0, 15))
def test_two_neighbours_that_change_places_are_noticed(number, place):
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if changed != number:
        wrong(changed)


def test_the_example_of_the_standard_passes_however_it_is_typed():
    for text in (PUBLISHED, PUBLISHED.lower(), f"  {PUBLISHED[:6]} {PUBLISHED[6:14]} {PUBLISHED[14:]} ", f"'{PUBLISHED}",
                 "１１０１０５１９４９１２３１００２ｘ", "110105-19491231-002X"):  # fmt: skip
        assert idnumber.parse(text).number == PUBLISHED


def test_a_number_of_an_abolished_division_passes():
    body = "62242319600102001"  # 622423 was 通渭县 until 2003
    assert idnumber.parse(body + idnumber.ric.calc_check_digit(body + "0")).number.startswith("622423")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "empty", "请填写证件号码"),
        ("6201231970010212", "length", "18 位，现在是 16 位"),
        ("11010519491231A02X", "form", "前 17 位应为数字"),
        ("110105194912310", "old", "15 位"),
        ("110105194902310021", "date", "19490231 不存在"),
        ("110105209902280021", "date", "不可能"),
        ("110105194912310021", "check", "校验码"),
        ("010105194912310021", "province", "01 不是省级代码"),
        ("6.2012E+17", "excel", "文本格式"),
        ("620123197001021000", "excel", "000"),
        (620123197001021234.0, "excel", "文本格式"),
        ("110105194912310021.0", "excel", "文本格式"),
    ],
)
def test_it_is_said_what_is_wrong_and_how_to_mend_it(text, code, said):
    found = wrong(text)
    assert found.code == code
    assert said in found.message


def test_numbers_of_nobody_are_refused_outside_a_demonstration(settings):
    number = idnumber.make(date(1970, 1, 2), Sex.MALE, 7, area=123)
    settings.DEMO = False
    assert wrong(number).code == "province"
    assert idnumber.parse(number, demo_numbers_allowed=True).demo
    settings.DEMO = True
    assert wrong(number, demo_numbers_allowed=False).code == "province"


@given(numbers)
def test_a_masked_number_keeps_four_signs_at_each_end_and_its_length(number):
    masked = idnumber.mask(number)
    assert masked == number[:4] + "*" * 10 + number[-4:]
    assert number[6:14] not in masked
