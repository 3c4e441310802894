"""Resident identity numbers (公民身份号码, GB 11643): read, check, mask, and make up for demonstrations.

A number that passes is well formed; it is not proof that such a person exists. The first six digits are the
division of the first registration: divisions are abolished and numbers stay, so only the province is checked.

Demo people carry numbers of the area 99, which has never been a province: no real person can have one. They are
refused unless `settings.DEMO` is on or `demo_numbers_allowed=True` is given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum.cn import ric

from huimin.core.people.types import Sex
from huimin.kit import clock

# The first two digits of provinces (GB/T 2260), with 83 of Taiwan residents' permits.
PROVINCES = frozenset(
    first + second
    for first, last in ((10, 5), (20, 3), (30, 7), (40, 6), (49, 5), (60, 5), (70, 1), (80, 3))
    for second in range(1, last + 1)
)
DEMO_AREA = "99"
_EXCEL = re.compile(r"^\d(\.\d*)?E\+?\d+$|^\d{15,18}\.0+$")
_FORM = re.compile(r"^\d{17}[\dX]$")
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'‘’`-]")


class Wrong(ValueError):
    """What is wrong with a number, in words for the person who typed it; `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A well formed number and what it says."""

    number: str
    birth_date: date
    sex: Sex
    demo: bool

    @property
    def masked(self) -> str:
        """The number with the ten digits of area and birth hidden."""
        return mask(self.number)


def tidy(value: object) -> str:
    """The number without blanks and marks, full-width digits made narrow, x in capitals."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", str(value))).upper()


def parse(value: object, *, demo_numbers_allowed: bool | None = None) -> IdNumber:
    """Read a number as typed or as a file has it; raise Wrong with what is wrong and how to mend it."""
    number = tidy(value)
    if isinstance(value, float) or _EXCEL.match(number):
        raise Wrong(
            "excel",
            _("证件号码被表格软件改成了数值（%(text)s），末几位已丢失。请把该列设为文本格式后重新填写。")
            % {"text": value},
        )
    if not number:
        raise Wrong("empty", _("请填写证件号码。"))
    if re.fullmatch(r"\d{15}", number):
        raise Wrong("old", _("这是已停用的 15 位证号，请填写 18 位公民身份号码。"))
    if len(number) != 18:
        raise Wrong("length", _("证件号码应为 18 位，现在是 %(count)d 位。") % {"count": len(number)})
    if not _FORM.match(number):
        raise Wrong("form", _("证件号码前 17 位应为数字，最后一位为数字或 X。"))
    demo = number.startswith(DEMO_AREA)
    if demo_numbers_allowed is None:
        demo_numbers_allowed = bool(getattr(settings, "DEMO", False))
    if int(number[:2]) not in PROVINCES and not (demo and demo_numbers_allowed):
        raise Wrong(
            "province", _("证件号码开头的 %(digits)s 不是省级代码，请核对前两位。") % {"digits": number[:2]}
        )
    born = _birth(number)
    if ric.calc_check_digit(number) != number[-1]:
        if number.endswith("000"):
            raise Wrong(
                "excel", _("证件号码末三位是 000 且校验码不符，可能被表格软件改写。请按证件重新填写末几位。")
            )
        raise Wrong("check", _("证件号码的校验码（最后一位）不符，请逐位核对。"))
    return IdNumber(number, born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE, demo)


def _birth(number: str) -> date:
    digits = number[6:14]
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Wrong(
            "date", _("证件号码中的出生日期 %(digits)s 不存在，请核对第 7 至 14 位。") % {"digits": digits}
        ) from None
    if not date(1880, 1, 1) <= born <= clock.today():
        raise Wrong(
            "date", _("证件号码中的出生日期 %(digits)s 不可能，请核对第 7 至 14 位。") % {"digits": digits}
        )
    return born


def mask(number: str) -> str:
    """The number with all but the first four and the last four signs hidden: 6201**********1234."""
    return number[:4] + "*" * (len(number) - 8) + number[-4:] if len(number) > 8 else "*" * len(number)


def make(born: date, sex: Sex, serial: int, *, area: int = 0) -> str:
    """A well formed number of nobody: area 990000 to 999999, `serial` 0 to 499 within area, day and sex."""
    if not 0 <= serial < 500 or not 0 <= area < 10_000:
        raise ValueError(f"no demo number for serial {serial} in area {area}")
    order = serial * 2 + (1 if sex is Sex.MALE else 0)
    body = f"{DEMO_AREA}{area:04d}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")
