"""A department's list as a CSV file: read whole, every wrong cell named by row, column, value and reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.people import api as people
from huimin.kit import clock
from huimin.services.poverty.models import AlertKind

COLUMNS = ("证件号码", "姓名", "类别", "情况", "金额", "日期")
MOST = 5000
BYTES = 2 * 1024 * 1024
SAMPLE = (("620123195503042517", "王桂兰", "大额医疗支出", "肺部手术，自付较多", "23000", "2026-11-01"),)


@dataclass(frozen=True)
class Wrong:
    """A cell that cannot be taken; `row` counts the heading as 1, as spreadsheets do."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """What a file holds: rows that can be taken, cells that cannot, and how many rows it had."""

    rows: tuple[Mapping[str, Any], ...] = ()
    wrong: tuple[Wrong, ...] = ()
    total: int = 0

    @property
    def bad_rows(self) -> int:
        """How many rows have something wrong."""
        return len({one.row for one in self.wrong})


class Upload(forms.Form):
    """A department's list."""

    department = forms.CharField(
        label=gettext_lazy("哪个部门的数据"), max_length=120, help_text=gettext_lazy("例如：县医保局。")
    )
    file = forms.FileField(
        label=gettext_lazy("CSV 文件"),
        help_text=gettext_lazy("在 Excel 里选“另存为”，类型选“CSV UTF-8”。不能直接上传 .xlsx。"),
    )
    content = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].required = not (self.data or {}).get("content")

    def clean(self) -> dict[str, Any]:
        """The text of the file, or of the one that was checked before."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file:
            data["content"] = decoded(file)
        return data


def decoded(file: Any) -> str:
    """A file's text in UTF-8 or in the encoding of Chinese Excel; raise ValidationError for anything else."""
    if file.size > BYTES:
        raise forms.ValidationError({"file": _("文件超过 2 MB，请分成几份上传。")})
    raw = file.read()
    if raw.startswith(b"PK"):
        raise forms.ValidationError({"file": _("这是 Excel 文件，请另存为“CSV UTF-8”再上传。")})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text: str = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise forms.ValidationError({"file": _("文件不是 CSV 文本，请另存为“CSV UTF-8”再上传。")})


def check(content: str) -> Checked:
    """Read a whole list; nothing is written. Each row is good or has its wrong cells named."""
    lines = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    if not lines:
        return Checked(wrong=(Wrong(1, "", "", _("文件是空的。")),))
    heads = [one.strip() for one in lines[0]]
    missing = [name for name in COLUMNS if name not in heads]
    if missing:
        return Checked(wrong=tuple(Wrong(1, name, "", _("表头缺少这一列，请用模板。")) for name in missing))
    rows, wrong, total = [], [], 0
    seen: dict[tuple[Any, ...], int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        total += 1
        if total > MOST:
            return Checked(
                wrong=(Wrong(number, "", "", _("一次最多 %(n)d 行，请分成几份上传。") % {"n": MOST}),),
                total=total,
            )
        cells = {
            name: line[heads.index(name)].strip() if heads.index(name) < len(line) else "" for name in COLUMNS
        }
        row, problems = one_row(number, cells)
        again = tuple(cells.values())
        if not problems and again in seen:
            problems = [Wrong(number, "", "", _("与第 %(row)d 行完全相同。") % {"row": seen[again]})]
        seen.setdefault(again, number)
        wrong += problems
        if not problems:
            rows.append(row)
    return Checked(tuple(rows), tuple(wrong), total)


def one_row(number: int, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Wrong]]:
    """A row as the action takes it, and its wrong cells."""
    wrong: list[Wrong] = []

    def bad(column: str, reason: str) -> None:
        wrong.append(Wrong(number, column, cells[column][:40], reason))

    kinds = {str(kind.label): kind.value for kind in AlertKind} | {
        kind.value: kind.value for kind in AlertKind
    }
    kind = kinds.get(cells["类别"], "")
    if not kind:
        bad("类别", _("应为：%(kinds)s。") % {"kinds": "、".join(str(kind.label) for kind in AlertKind)})
    detail = cells["情况"]
    if not 2 <= len(detail) <= 300:
        bad("情况", _("请写明情况（2 到 300 字）。"))
    amount = amount_of(cells["金额"])
    if amount is None and cells["金额"]:
        bad("金额", _("应为 0 到 1000 万之间的数，单位元。"))
    on = day_of(cells["日期"])
    if on is None:
        bad("日期", _("日期应写成 2026-11-01，且不晚于今天。"))
    text = cells["证件号码"].lstrip("'")
    if (
        re.fullmatch(r"[\d.]+[eE]\+?\d+", text)
        or re.fullmatch(r"\d{16,18}\.0", text)
        or re.fullmatch(r"\d{15}000", text)
    ):
        bad("证件号码", _("号码被 Excel 改成了数字，后几位已经丢失。请把这一列设为“文本”后重新填写。"))
    elif not re.fullmatch(r"\d{17}[\dXx]", text):
        bad("证件号码", _("应为 18 位证件号码。"))
    else:
        person = people.find_by_number(text)
        if person is None or people.household_of(person.id) is None:
            bad("证件号码", _("在您的管辖范围内没有这个号码的在册人员。"))
        elif person.name != cells["姓名"]:
            bad("姓名", _("与登记的姓名不一致，登记为“%(name)s”。") % {"name": person.masked_name})
    return {"id_number": text, "kind": kind, "detail": detail, "amount": amount, "on": on}, wrong


def amount_of(text: str) -> Decimal | None:
    """An amount in yuan, or None."""
    try:
        found = Decimal(text.replace(",", "").replace("，", "").removesuffix("元").strip()) if text else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and 0 <= found <= 10_000_000 else None


def day_of(text: str) -> date | None:
    """A day until today, written 2026-11-01, 2026/11/1, 2026年11月1日 or 20261101; else None."""
    match = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text)
    if match is None:
        return None
    try:
        found = date(*map(int, match.groups()))
    except ValueError:
        return None
    return found if date(2015, 1, 1) <= found <= clock.today() else None
