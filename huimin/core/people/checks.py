"""What may be written about people: each value is tidied, and all that is wrong is said at once, field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError

from huimin.core.people import idnumber
from huimin.core.people.types import Education, Relation, Sex
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotFound, Refused

TITLES = {
    "name": gettext_lazy("姓名"), "sex": gettext_lazy("性别"), "birth_date": gettext_lazy("出生日期"),
    "ethnicity": gettext_lazy("民族"), "id_number": gettext_lazy("证件号码"), "phone": gettext_lazy("联系电话"),
    "education": gettext_lazy("文化程度"), "died_on": gettext_lazy("死亡日期"), "address": gettext_lazy("住址"),
}  # fmt: skip
_NAME = re.compile(r"^[㐀-鿿\U00020000-\U0003ffff〇·]{1,30}$|^[A-Za-z][A-Za-z .'·-]{1,59}$")
_PHONE = re.compile(r"^1[3-9]\d{9}$|^0\d{2,3}-?\d{7,8}$")
_DEMO_PHONE = re.compile(r"^12\d{9}$")  # no telephone number begins with 12 and has eleven digits


class Invalid(ValueError):
    """One value cannot be kept; the text says why and what to do."""


class Problems:
    """Collects what is wrong with a form, so that the person mends it in one go."""

    def __init__(self) -> None:
        self.fields: dict[str, object] = {}

    def take(self, name: str, check: Callable[..., Any], *args: Any) -> Any:
        """The checked value, or None with the problem noted under the field's name."""
        try:
            return check(*args)
        except idnumber.Wrong as wrong:
            self.fields[name] = wrong.message
        except Invalid as wrong:
            self.fields[name] = str(wrong)
        return None

    def stop(self) -> None:
        """Raise Refused where anything was wrong; nothing of the form is lost by it."""
        if self.fields:
            count = len(self.fields)
            text = _("有 %(count)d 处需要更正，请按标出的提示修改后再提交。")
            raise Refused(text % {"count": count}, code="invalid", fields=self.fields)


def name(value: object) -> str:
    """A name in Chinese or Latin letters, blanks within Chinese names removed."""
    text = (
        unicodedata.normalize("NFC", str(value or ""))
        .strip()
        .replace("•", "·")
        .replace("．", "·")
        .replace("・", "·")
    )
    if re.search(r"[㐀-鿿]", text):
        text = re.sub(r"\s+", "", text)
    if not text:
        raise Invalid(_("请填写姓名。"))
    if not _NAME.match(text):
        raise Invalid(
            _("姓名“%(text)s”含有汉字、字母和间隔号以外的字符，请按证件填写。") % {"text": text[:30]}
        )
    return text


def day(value: object, what: object, *, future: bool = False) -> date:
    """A day, given as one or as 2026-11-02; not in the future."""
    try:
        found = (
            value
            if isinstance(value, date)
            else date.fromisoformat(str(value or "").strip().replace("/", "-"))
        )
    except ValueError:
        raise Invalid(_("%(what)s应写作 2026-11-02 的形式。") % {"what": what}) from None
    if found > clock.today() and not future:
        raise Invalid(_("%(what)s %(day)s 还没有到，请核对。") % {"what": what, "day": found.isoformat()})
    if found.year < 1880:
        raise Invalid(_("%(what)s %(day)s 过早，请核对。") % {"what": what, "day": found.isoformat()})
    return found


def choice(value: object, kinds: Any, what: object) -> Any:
    """One of a list of codes, also given by its Chinese name."""
    for kind in kinds:
        if value in (kind.value, kind) or str(value) == str(kind.label):
            return kind
    known = "、".join(str(kind.label) for kind in kinds)
    raise Invalid(_("%(what)s应为：%(known)s。") % {"what": what, "known": known})


def ethnicity(value: object) -> str:
    """The Chinese name of an ethnicity, with 族 added where it is missing."""
    text = str(value or "").strip()
    if not re.fullmatch(r"[㐀-鿿]{1,9}", text):
        raise Invalid(_("请填写民族，例如“汉族”。"))
    return text if text.endswith("族") or text in ("其他", "外国血统") else text + "族"


def phone(value: object) -> str:
    """A telephone number as digits, or nothing."""
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", str(value or "")))
    text = re.sub(r"^(\+?86)(?=1\d{10}$)", "", text)
    if not text or _PHONE.match(text) or (getattr(settings, "DEMO", False) and _DEMO_PHONE.match(text)):
        return text
    raise Invalid(_("电话号码应为 11 位手机号，或带区号的固定电话。"))


def village(value: object) -> str:
    """The code of a village or community that stands today."""
    text = str(value or "").strip()
    try:
        level = AreaCode(text).level
    except ValueError:
        raise Invalid(_("请选择所在的村或社区。")) from None
    if level is not Level.VILLAGE:
        raise Invalid(_("请选择到村或社区一级。"))
    try:
        if not places.exists(text):
            heirs = "、".join(places.name_of(code) for code in places.successors(text) if code != text)
            if heirs:
                raise Invalid(_("该村已并入%(name)s，请改选。") % {"name": heirs})
            raise Invalid(_("没有代码为 %(code)s 的村，请重新选择。") % {"code": text})
    except NotFound:
        raise Invalid(_("没有代码为 %(code)s 的村，请重新选择。") % {"code": text}) from None
    return text


def group(value: object) -> int:
    """The number of the villagers' group, 0 where there is none."""
    try:
        number = int(str(value or 0))
    except ValueError:
        number = -1
    if not 0 <= number <= 999:
        raise Invalid(_("村民小组应为 1 到 999 的序号，没有则留空。"))
    return number


def uscc(value: object) -> str:
    """A unified social credit code of eighteen signs."""
    text = idnumber.tidy(value)
    try:
        return str(stdnum_uscc.validate(text))
    except ValidationError:
        raise Invalid(_("统一社会信用代码应为 18 位且校验码相符，请按登记证书填写。")) from None


PERSON: dict[str, Callable[[Any], Any]] = {
    "name": name,
    "sex": lambda value: choice(value, Sex, TITLES["sex"]).value,
    "birth_date": lambda value: day(value, TITLES["birth_date"]),
    "ethnicity": ethnicity,
    "id_number": lambda value: idnumber.parse(value).number if value not in (None, "") else "",
    "phone": phone,
    "education": lambda value: choice(value or "", Education, TITLES["education"]).value,
}


def person(values: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The fields of a person that are given, tidied; a number and the fields it repeats must agree."""
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field not in PERSON:
            problems.fields[field] = _("这个字段不能在此更正。")
            continue
        clean[field] = problems.take(field, PERSON[field], value)
    return clean


def agrees(number: str, born: date, sex: str, problems: Problems, changed: set[str]) -> None:
    """Note where a number says another birth date or sex than the record, on the field that is being written."""
    try:
        read = idnumber.parse(number)
    except idnumber.Wrong:
        return  # an old number that was recorded before: only what is written now is checked
    for field, same, said in (
        ("birth_date", read.birth_date == born, read.birth_date.isoformat()),
        ("sex", read.sex == sex, str(read.sex.label)),
    ):
        if not same:
            where = field if field in changed else "id_number"
            text = _("与证件号码不一致：号码中的%(what)s为%(said)s，请核对证件。")
            problems.fields.setdefault(where, text % {"what": TITLES[field], "said": said})


def relation(value: object) -> Relation:
    """What somebody is to the head of the household."""
    found: Relation = choice(value, Relation, _("与户主关系"))
    return found
