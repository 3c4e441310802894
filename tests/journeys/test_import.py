"""A clerk imports a file with errors, corrects what the page names, sends it again, and everybody is in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huimin.core.access.api import acting_as
from huimin.core.people import idnumber
from huimin.core.people.models import Membership, Person
from huimin.core.people.types import Sex
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db(transaction=True)
VILLAGE = "620123101201"


def test_a_file_with_errors_is_corrected_and_everybody_is_in(
    open_page, sign_in, axe, officer, system, settings, tmp_path: Path, watched: Any
):
    settings.MEDIA_ROOT, settings.DEMO = tmp_path / "files", True
    places.import_package(within="620123000000")
    clerk = officer("620123000000", "poverty.county", account=True)
    numbers = [idnumber.make(date(1980, 5, 1), Sex.MALE, n) for n in range(3)]
    rows = [
        f"王建国,{numbers[0]},男,{VILLAGE},{VILLAGE}00001,户主,",
        f"王大勇,{numbers[1]},女,{VILLAGE},{VILLAGE}00001,兄弟姐妹,",
        f"李四,{numbers[2][:-1]},男,{VILLAGE},,,12345",
    ]
    sent = tmp_path / "榆中县人口.csv"
    sent.write_bytes(
        ("姓名,身份证号,性别,村代码,户编号,与户主关系,手机\n" + "\n".join(rows)).encode("gb18030")
    )
    page = open_page()
    sign_in(page, clerk)
    page.goto("/desk/import/")
    assert not axe(page)
    page.get_by_label("数据来源").fill("县公安局户籍")
    page.get_by_label("文件", exact=True).set_input_files(sent)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("heading", name="每一列是什么").wait_for()
    assert not axe(page)
    assert page.get_by_label("身份证号").input_value() == "id_number"
    page.get_by_text("逐行导入").click()
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("heading", name="有误的行").wait_for()
    assert not axe(page)
    assert page.get_by_text("号码中的性别为男").is_visible()
    page.get_by_role("button", name="导入没有问题的 1 行").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载有误的行").click()
    kept = tmp_path / "corrected.csv"
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert "证件号码应为 18 位" in text
    for wrong, right in (
        (",女,", ",男,"),
        (numbers[2][:-1] + ",", numbers[2] + ","),
        ("12345,", "12012345678,"),
    ):
        assert wrong in text
        text = text.replace(wrong, right, 1)
    kept.write_text(text, "utf-8")
    page.goto("/desk/import/")
    page.get_by_label("数据来源").fill("县公安局户籍")
    page.get_by_label("文件", exact=True).set_input_files(kept)
    page.get_by_role("button", name="上传").click()
    page.get_by_text("整份导入").click()
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("button", name="导入 2 行").click()
    page.get_by_text("已导入").first.wait_for()
    with acting_as(system):
        assert Person.objects.count() == 3
        assert Membership.objects.count() == 2
