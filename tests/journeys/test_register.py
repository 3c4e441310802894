"""A county clerk's day with the register: a file with errors, a person who stands in it twice, everyone decided at once,
one figure followed from the map of the province to a household of his own county, and a refusal for one beyond it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_doors import DESK, enter

VILLAGE, OTHER = "620123101201", "621102101202"
BORN = date(1980, 5, 6)


def numbered(sex: str, serial: int, born: date = BORN) -> str:
    """An identity number of nobody."""
    from huimin.core.people import idnumber
    from huimin.core.people.types import Sex

    return idnumber.make(born, Sex(sex), serial, area=123)


@pytest.fixture
def beyond(province: None, settings: Any, tmp_path: Path) -> Any:
    """A household that is helped in the clerk's county, and one in another; returns the latter's id."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.places import api as places
    from huimin.services.poverty import actions
    from huimin.services.poverty.tests.arrange import household, walk

    settings.POPULATION, settings.MEDIA_ROOT = tmp_path / "population", tmp_path / "files"
    viewer = system("journey")
    with acting_as(viewer):
        places.import_package(within="621102000000")
        for year in (2025, 2026):
            actions.set_line(
                viewer, province="620000000000", year=year, amount=Decimal(8300), document="演示文件", is_demo=True
            )  # fmt: skip
        found = {}
        for area, names in (
            (VILLAGE, ("秦良玉", "秦叔宝", "秦可卿")),
            (OTHER, ("霍去病", "霍光明", "霍小玉")),
        ):
            found[area] = [household(viewer, area, name, n) for n, name in enumerate(names)]
            walk(viewer, area, found[area])
    return found[OTHER][0]


def send(page: Any, file: Path, what: str, how: str) -> None:
    """Bring a file, say that its columns were guessed right, and have it checked."""
    page.goto("/desk/import/")
    page.get_by_text(what, exact=True).first.click()
    page.get_by_label("数据来源").fill("县公安局户籍")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传").click()
    page.get_by_text(how).click()
    page.get_by_role("button", name="检查文件").click()


def keep(path: Path, heading: str, *rows: str) -> Path:
    """A file as a clerk has it."""
    path.write_text("\n".join([heading, *rows]), "utf-8-sig")
    return path


def imports(page: Any, folder: Path) -> None:
    """A list of people with one wrong row: the good ones go in, the bad one is corrected in the file that came back."""
    number, double = numbered("male", 5), numbered("female", 2)
    people = keep(
        folder / "人口.csv",
        "姓名,身份证号,性别,村代码,村民小组,户编号,与户主关系,住址",
        f"孙志强,{number},女,{VILLAGE},1,{VILLAGE}00091,户主,1组91号",
        f"马贵花,{double},女,{VILLAGE},1,{VILLAGE}00092,户主,1组92号",
    )
    send(page, people, "人员", "逐行导入")
    page.get_by_text("号码中的性别为男").wait_for()
    page.get_by_role("button", name="导入没有问题的 1 行").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载有误的行").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    assert "孙志强" in text
    assert "马贵花" not in text
    corrected = folder / "更正.csv"
    corrected.write_text(text.replace(",女,", ",男,"), "utf-8-sig")
    send(page, corrected, "人员", "整份导入")
    page.get_by_role("button", name="导入 1 行").click()
    page.get_by_text("新登记的人").wait_for()
    income = keep(folder / "收入.csv", "户编号,年度,家庭人口,工资性收入", f"{VILLAGE}00091,2025,1,5000")
    send(page, income, "家庭收入", "整份导入")
    page.get_by_role("button", name="导入 1 行").click()
    page.get_by_text("新增的记录").wait_for()


def merges(page: Any) -> None:
    """The two records of one woman become one."""
    from huimin.core.people.models import MatchRun
    from huimin.core.people.tasks import match

    page.goto("/desk/duplicates/")
    page.get_by_role("button", name="现在查找").click()
    page.wait_for_load_state()
    match(str(MatchRun.objects.get().pk))  # the worker's turn
    page.goto("/desk/duplicates/")
    page.locator("[data-row] th a").filter(has_text="马").click()
    page.get_by_text("读音相同或相近").wait_for()
    page.get_by_label("保留这条").first.check()
    page.get_by_label("为什么是同一人").first.fill("核对了身份证原件和户口簿")
    page.get_by_role("button", name="合并").click()
    page.get_by_text("核对了身份证原件和户口簿").wait_for()
    page.goto("/desk/duplicates/")
    assert "没有等着核对的重复人员" in page.inner_text("main")


def decides(page: Any) -> None:
    """Everyone of the county is decided; whose income was imported enters, and the page leads to his file."""
    from huimin.core.rules import api as rules

    page.goto("/desk/population/")
    page.get_by_role("button", name="现在认定").click()
    page.wait_for_url(re.compile("/desk/population/[0-9a-f-]{36}/"))
    run = page.url.rstrip("/").rpartition("/")[2]
    rules.work(run)  # the worker's turn
    page.goto(f"/desk/population/{run}/")
    assert "已完成" in page.inner_text("main")
    page.locator("[data-row] th a").filter(has_text="孙志强").click()
    page.wait_for_load_state()
    page.get_by_text("帮扶工作", exact=True).click()  # why he looks
    page.wait_for_load_state()
    assert "孙志强" in page.inner_text("h1")
    assert "5,000" in page.inner_text("main")


def follows(page: Any) -> None:
    """From the map of the province down to a household of the own county."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.insight import api as insight

    with acting_as(system("worker")):
        insight.compute("poverty", ["2026"])
    page.goto("/desk/insight/poverty/?in=62&of=households&at=2026")
    for code in ("620100000000", "620123000000", "620123101000", VILLAGE):
        page.click(f'.hm-atlas [data-spot="{code}"]')
        page.wait_for_url(re.compile(rf"in={code.rstrip('0')}"))
    page.click("[data-rows]")
    page.wait_for_url(re.compile("/desk/poverty/"))
    row = page.locator("[data-row] th a").filter(has_text="秦良玉")
    row.click()
    page.locator(".hm-panel").get_by_text("秦良玉").first.wait_for()
    page.goto(str(row.get_attribute("href")))
    assert "秦良玉" in page.inner_text("h1")


def test_a_clerk_imports_corrects_merges_decides_and_follows_a_figure_and_is_refused_beyond_his_county(
    beyond, open_page, tmp_path, watched
):
    page = open_page(DESK)
    page.set_default_timeout(15_000)
    enter(page, "county")
    imports(page, tmp_path)
    merges(page)
    decides(page)
    follows(page)
    page.goto("/desk/insight/poverty/?in=6211&of=households&at=2026")
    assert "不在您的辖区" in page.inner_text("#picture")
    assert page.locator("[data-rows]").count() == 0
    watched.expect("403", "404")
    page.goto("/desk/insight/poverty/rows/?in=6211&of=households&at=2026")
    assert "不在您的辖区" in page.inner_text("body")
    page.goto(f"/desk/poverty/households/{beyond}/?purpose=programme")
    shown = page.inner_text("body")
    assert "霍去病" not in shown
    assert "不在您的管辖范围内" in shown
    from huimin.core.access.api import acting_as, system
    from huimin.core.journal import api as journal

    with acting_as(system("journey")):
        assert journal.verify().ok
