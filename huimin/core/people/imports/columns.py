"""The columns a file of people or households may have. Each is checked by the rule that the desk's forms use.

`fast` says in DuckDB's SQL what is plainly right, and nothing that the rule would refuse or write otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from huimin.core.access.api import Kind, current, within
from huimin.core.intake.types import BadValue, Column, Outcome
from huimin.core.people import checks, idnumber, masking
from huimin.core.people.types import Education, Relation, Sex
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import Level

LANGUAGES = ("zh-hans", "zh-hant", "en")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM = " + ".join(
    f"((try_cast(substr({{v}}, 1, 17) AS BIGINT) // {10 ** (16 - n)}) % 10) * {w}"
    for n, w in enumerate(WEIGHTS)
)
_PROVINCES = ", ".join(f"'{code}'" for code in sorted(idnumber.PROVINCES))
BORN = "try_cast(substr({v}, 7, 4) || '-' || substr({v}, 11, 2) || '-' || substr({v}, 13, 2) AS DATE)"
FAST_ID = (
    "CASE WHEN regexp_full_match({v}, '[0-9]{{17}}[0-9X]') "
    f"AND (substr({{v}}, 1, 2) IN ({_PROVINCES}) OR ({{demo}} AND substr({{v}}, 1, 2) = '99')) "
    f"AND substr({{v}}, 18, 1) = substr('10X98765432', CAST(({_SUM}) % 11 AS INTEGER) + 1, 1) "
    f"AND {BORN} BETWEEN DATE '1880-01-01' AND DATE '{{today}}' THEN {{v}} END"
)
FAST_NAME = "CASE WHEN regexp_full_match({v}, '[㐀-鿿〇·]{{1,30}}') THEN {v} END"
FAST_PHONE = (
    "CASE WHEN regexp_full_match({v}, '1[3-9][0-9]{{9}}|0[0-9]{{2,3}}[0-9]{{7,8}}') "
    "OR ({demo} AND regexp_full_match({v}, '12[0-9]{{9}}')) THEN {v} END"
)
FAST_NUMBER = "CASE WHEN regexp_full_match({v}, '[0-9]{{17}}') THEN {v} END"
_DAY = re.compile(r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?$")

SYNONYMS: dict[str, Mapping[str, str]] = {
    "sex": {"1": "male", "2": "female", "男性": "male", "女性": "female", "M": "male", "F": "female"},
    "relation": {
        "本人": "head",
        "本人或户主": "head",
        "夫": "spouse",
        "妻": "spouse",
        "丈夫": "spouse",
        "妻子": "spouse",
        "夫妻": "spouse",
        "儿子": "son",
        "独生子": "son",
        "长子": "son",
        "次子": "son",
        "三子": "son",
        "女儿": "daughter",
        "独生女": "daughter",
        "长女": "daughter",
        "次女": "daughter",
        "三女": "daughter",
        "之子": "son",
        "之女": "daughter",
        "之妻": "spouse",
        "之夫": "spouse",
        "媳妇": "daughter_in_law",
        "父": "father",
        "母": "mother",
        "之父": "father",
        "之母": "mother",
        "孙女": "granddaughter",
        "孙": "grandson",
        "祖父": "grandparent",
        "祖母": "grandparent",
        "外祖父": "grandparent",
        "外祖母": "grandparent",
        "兄": "sibling",
        "弟": "sibling",
        "姐": "sibling",
        "妹": "sibling",
        "其他亲属": "other",
    },
    "education": {
        "文盲": "none",
        "半文盲": "none",
        "文盲半文盲": "none",
        "中专": "vocational",
        "职高": "vocational",
        "技校": "vocational",
        "专科": "college",
        "大学专科": "college",
        "本科": "bachelor",
        "大学本科": "bachelor",
        "研究生": "bachelor",
        "硕士": "bachelor",
        "博士": "bachelor",
    },
}


@lru_cache(maxsize=8)
def _meanings(kinds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for language in LANGUAGES:
        with override(language):
            for kind in kinds:
                found.setdefault(str(kind.label), kind)
    for word, value in SYNONYMS.get(name, {}).items():
        found.setdefault(word, kinds(value))
    for kind in kinds:
        found[kind.value] = kind
    return found


def chosen(kinds: Any, name: str, what: object) -> Callable[[str], Any]:
    """A check of a word that is one of `kinds`: by code, by its name in any language, or by a word of daily use."""

    def check(value: str) -> Any:
        known = _meanings(kinds, name).get(value.strip())
        return known if known is not None and known.value else checks.choice(value.strip(), kinds, what)

    return check


def day(what: object) -> Callable[[str], Any]:
    """A check of a day as people and spreadsheets write it: 2026-11-02, 2026/11/2, 2026.11.2, 2026年11月2日."""

    def check(value: str) -> Any:
        found = _DAY.match(value.strip())
        text = "{}-{:0>2}-{:0>2}".format(*found.groups()) if found else value
        return checks.day(text, what)

    return check


def number(value: str) -> str:
    """A household's number of seventeen digits."""
    text = idnumber.tidy(value)
    if idnumber._EXCEL.match(text):
        raise BadValue(
            _("户编号被表格软件改成了数值（%(text)s），末几位已丢失。请把该列设为文本格式后重新填写。")
            % {"text": value[:30]}
        )
    if not re.fullmatch(r"[0-9]{17}", text):
        raise BadValue(_("户编号应为 17 位数字：12 位村代码加 5 位序号。"))
    return text


def address(value: str) -> str:
    """An address of reasonable length."""
    if len(value) > 200:
        raise BadValue(_("住址太长，最多 200 字。"))
    return value


def group(value: str) -> int:
    """The number of a villagers' group, also written as 3组 or 第3组."""
    return checks.group(re.sub(r"^第?([0-9]{1,3})(?:村民)?(?:小组|[组社队])$", r"\1", value.strip()))


def villages(right: str) -> Callable[[Sequence[str]], Iterable[Outcome]]:
    """A check of villages, many at once: they stand today, and lie where the viewer may import."""

    def check(values: Sequence[str]) -> Iterable[Outcome]:
        today, viewer = clock.today(), current()
        reach = None if viewer.kind is Kind.SYSTEM else viewer.reach(right)
        known = places.divisions(value for value in values if re.fullmatch("[0-9]{12}", value))
        for value in values:
            place = known.get(value)
            if place is None or place.level is not Level.VILLAGE or not standing(place, today):
                try:
                    checks.village(value)
                except checks.Invalid as wrong:
                    yield None, str(wrong)
                    continue
            if reach is not None and not within(reach, value):
                yield None, _("这个村不在您的管辖范围内，请由当地导入。")
            else:
                yield value, ""

    return check


def standing(place: Any, today: Any) -> bool:
    """Whether a division stands on a day."""
    return (place.valid_from is None or place.valid_from <= today) and (
        place.valid_to is None or place.valid_to > today
    )


T = checks.TITLES
PLACE, GROUP, NUMBER = gettext_lazy("村代码"), gettext_lazy("村民小组"), gettext_lazy("户编号")
RELATION, SINCE = gettext_lazy("与户主关系"), gettext_lazy("入户日期")


def village_column(right: str, *, required: bool = False) -> Column:
    """Where somebody lives, by code."""
    return Column(
        name="division_code",
        title=PLACE,
        check=checks.village,
        check_many=villages(right),
        required=required,
        known_as=(
            "行政区划代码",
            "区划代码",
            "村编码",
            "所在村代码",
            "村级代码",
            "行政村代码",
            "village code",
            "division",
        ),
        hint=gettext_lazy("12 位村或社区代码"),
        example="620123101201",
    )


def group_column() -> Column:
    """The villagers' group."""
    return Column(
        name="group_no",
        title=GROUP,
        check=group,
        sql="INTEGER",
        known_as=("组", "小组", "村民组", "组别", "社", "group"),
        hint=gettext_lazy("1 到 999，没有则留空"),
        example="3",
    )


def number_column(*, required: bool = False) -> Column:
    """The household's number."""
    return Column(
        name="number",
        title=NUMBER,
        check=number,
        fast=FAST_NUMBER,
        required=required,
        known_as=("户号", "户编码", "家庭编号", "住户编号", "household number", "household"),
        hint=gettext_lazy("17 位：村代码加 5 位序号"),
        example="62012310120100001",
    )


def address_column() -> Column:
    """Where the house stands."""
    return Column(
        name="address",
        title=T["address"],
        check=address,
        mask=masking.address,
        known_as=("家庭住址", "地址", "居住地址", "详细地址", "address"),
        example="3组12号",
    )


PERSON = (
    Column(
        name="name",
        title=T["name"],
        check=checks.name,
        fast=FAST_NAME,
        required=True,
        mask=masking.name,
        known_as=("人员姓名", "成员姓名", "居民姓名", "名字", "name", "full name"),
        example="王建国",
    ),
    Column(
        name="id_number",
        title=T["id_number"],
        check=lambda value: idnumber.parse(value).number,
        fast=FAST_ID,
        mask=idnumber.mask,
        known_as=(
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "居民身份证号",
            "居民身份证号码",
            "证件号",
            "身份证件号码",
            "id number",
            "id card",
        ),
        hint=gettext_lazy("18 位公民身份号码，该列请设为文本格式"),
        example="",
    ),
    Column(
        name="sex",
        title=T["sex"],
        check=chosen(Sex, "sex", T["sex"]),
        known_as=("sex", "gender"),
        example="男",
        hint=gettext_lazy("有证件号码时可不填"),
    ),
    Column(
        name="birth_date",
        title=T["birth_date"],
        check=day(T["birth_date"]),
        sql="DATE",
        known_as=("出生年月日", "出生年月", "生日", "date of birth", "birthday"),
        example="1970-05-01",
        hint=gettext_lazy("有证件号码时可不填"),
    ),
    Column(
        name="ethnicity",
        title=T["ethnicity"],
        check=checks.ethnicity,
        known_as=("族别", "ethnicity"),
        example="汉族",
    ),
    Column(
        name="phone",
        title=T["phone"],
        check=checks.phone,
        fast=FAST_PHONE,
        mask=masking.phone,
        known_as=("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "phone", "mobile"),
        example="",
    ),
    Column(
        name="education",
        title=T["education"],
        check=chosen(Education, "education", T["education"]),
        known_as=("学历", "受教育程度", "教育程度", "education"),
        example="初中",
    ),
    village_column("people.import_people"),
    group_column(),
    number_column(),
    Column(
        name="relation",
        title=RELATION,
        check=chosen(Relation, "relation", RELATION),
        known_as=("关系", "与户主的关系", "家庭关系", "relation", "relationship"),
        example="户主",
    ),
    address_column(),
    Column(
        name="since",
        title=SINCE,
        check=day(SINCE),
        sql="DATE",
        known_as=("立户日期", "迁入日期", "建档日期", "since"),
        hint=gettext_lazy("户主的即为立户日期；不填为导入当天"),
        example="2015-01-01",
    ),
)

HOUSEHOLD = (
    number_column(required=True),
    village_column("people.import_households", required=True),
    group_column(),
    address_column(),
    Column(
        name="head_id",
        title=gettext_lazy("户主证件号码"),
        check=lambda value: idnumber.parse(value).number,
        fast=FAST_ID,
        required=True,
        mask=idnumber.mask,
        known_as=(
            "户主身份证号",
            "户主身份证号码",
            "户主证件号",
            "证件号码",
            "身份证号",
            "身份证号码",
            "head id",
        ),
        hint=gettext_lazy("户主须已登记为人员"),
        example="",
    ),
    Column(
        name="opened_on",
        title=gettext_lazy("立户日期"),
        check=day(gettext_lazy("立户日期")),
        sql="DATE",
        known_as=("建档日期", "入户日期", "opened"),
        hint=gettext_lazy("不填为导入当天"),
        example="2015-01-01",
    ),
)
