"""A policy officer changes the monitoring rule, another publishes it, and on its day a household is decided otherwise."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_doors import DESK, enter

VILLAGE, OTHER = "620123101201", "621102101202"
PHONE = {"width": 390, "height": 844}
SHOTS = os.environ.get("HUIMIN_SHOTS", "")  # a folder: the pages as they were seen


def shot(page: Any, name: str) -> None:
    """Keep what is seen, where somebody wants to look at it: at the desk, and on a phone."""
    if not SHOTS:
        return
    size = page.viewport_size
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    page.set_viewport_size(size)


@pytest.fixture
def register(province: None, settings: Any, tmp_path: Path, clock: Any) -> Any:
    """Households of two counties with incomes of 2025 on both sides of the line; the citizen's is above it."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.facts import api as facts
    from huimin.core.people.models import Household
    from huimin.core.places import api as places
    from huimin.services.poverty import actions
    from huimin.services.poverty.tests.arrange import SECURE, household

    settings.POPULATION, settings.MEDIA_ROOT, settings.VAR = (
        tmp_path / "population",
        tmp_path / "files",
        tmp_path,
    )
    viewer = system("journey")
    with acting_as(viewer):
        places.import_package(within="621102000000")
        for year in (2025, 2026):
            actions.set_line(
                viewer, province="620000000000", year=year, amount=Decimal(8300), document="演示文件", is_demo=True
            )  # fmt: skip
        homes = {"马桂花": Household.objects.get().id}
        for n, (area, name) in enumerate(
            ((VILLAGE, "秦良玉"), (VILLAGE, "秦叔宝"), (OTHER, "霍去病"), (OTHER, "霍光明"))
        ):
            homes[name] = household(viewer, area, name, n)
        for name, income in (
            ("马桂花", 8800),
            ("秦良玉", 8000),
            ("秦叔宝", 9900),
            ("霍去病", 8900),
            ("霍光明", 7000),
        ):
            actions.update_facts(
                viewer, household=homes[name], year=2025, members=1, amounts={"wages": Decimal(income)}, guarantees=SECURE
            )  # fmt: skip
        facts.refresh()
    return homes


def work(draft: str) -> None:
    """The worker's turn: the simulation that waits."""
    from huimin.core.rules import api as rules

    [waiting] = [one for one in rules.simulations(draft) if one.closed is None]
    assert rules.work_simulation(waiting.id) == "done"


def writes(page: Any, axe: Any) -> str:
    """The policy officer raises the line of 2025, sees the gap this leaves, and fills it; returns the draft's id."""
    page.goto("/desk/rules/")
    shot(page, "1-book")
    page.get_by_role("link", name="防止返贫监测对象认定").first.click()
    assert "突发严重困难户" in page.inner_text("main")
    assert not axe(page)
    shot(page, "2-rule")
    page.get_by_role("button", name="起草新版本").click()
    page.wait_for_url(re.compile("/desk/rules/drafts/[0-9a-f-]{36}/"))
    draft = page.url.rstrip("/").rpartition("/")[2]
    line = page.locator("#line")
    line.get_by_label("第 1 行 收入年度").fill("2025")
    line.get_by_label("第 1 行 采用的范围线").fill("9200")
    live = page.locator("#rules-live")
    live.get_by_text("没有一行管这种情况").wait_for()
    assert "收入年度为没有数据 或 0 到 2025（含 0，不含 2025） 或 高于 2025" in live.inner_text()
    assert "is-refused" in str(line.get_attribute("class")), "the step is marked"
    assert not axe(page)
    shot(page, "3-gap")
    line.get_by_role("button", name="加一行").click()
    page.wait_for_load_state()
    line.get_by_label("第 2 行 收入年度").fill("not(2025)")
    line.get_by_label("第 2 行 采用的范围线").fill("monitoring_line")
    line.get_by_label("第 1 行 依据").fill("省防返贫监测范围调整通知（演示）")
    live.get_by_text("没有错误，没有空缺").wait_for()
    page.get_by_role("button", name="保存并检查").click()
    page.wait_for_load_state()
    live.get_by_text("没有错误，没有空缺").wait_for()
    shot(page, "4-filled")
    return draft


def draws(page: Any, axe: Any, draft: str) -> None:
    """The same draft in dmn-js: its watermark is seen, a cell is changed there and kept."""
    page.goto(f"/desk/rules/drafts/{draft}/drawing/?step=line")
    page.locator("[data-rules-drawing][data-ready]").wait_for()
    mark = page.locator(".bjs-powered-by").first
    mark.wait_for(state="visible")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box["width"] > 40
    top = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.bjs-powered-by') !== null",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert top, "something lies over the watermark of dmn-js"
    assert not axe(page)
    shot(page, "5-drawing")
    page.locator('td.cell[data-element-id="line_r1o"]').click()
    page.keyboard.press("Control+a")
    page.keyboard.type("9000")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存").wait_for()


def simulates(page: Any, axe: Any, draft: str) -> None:
    """Who would enter in each county, seen before anyone signs."""
    page.goto(f"/desk/rules/drafts/{draft}/simulation/")
    page.get_by_role("button", name="试算全省").click()
    page.wait_for_load_state()
    work(draft)
    page.goto(f"/desk/rules/drafts/{draft}/simulation/")
    said = page.inner_text("main")
    assert "新认定" in said
    rows = page.locator("section", has=page.get_by_role("heading", name="各县的变化")).locator("tbody tr")
    assert {row.strip() for row in rows.locator("th").all_inner_texts()} == {"兰州市 榆中县", "定西市 安定区"}
    assert page.locator("section", has=page.locator("#households")).locator("tbody tr").count() == 2
    assert not axe(page)
    shot(page, "6-simulation")


def test_an_officer_changes_the_monitoring_rule_another_publishes_it_and_a_citizen_reads_why(
    register, open_page, axe, watched, clock
):
    from huimin.core.access.api import acting_as, system
    from huimin.core.facts import api as facts
    from huimin.core.rules import api as rules

    watched.expect("minified copy of the development build of Inferno")  # what dmn-js says of itself
    page = open_page(DESK)
    page.set_default_timeout(60_000)
    enter(page, "policy")
    draft = writes(page, axe)
    draws(page, axe, draft)
    simulates(page, axe, draft)
    page.goto(f"/desk/rules/drafts/{draft}/signing/")
    page.get_by_label("改了什么，为什么").fill("2025年物价上涨，范围线提高到9000元。")
    page.get_by_label("依据的文件").fill("省防返贫监测范围调整通知（演示）")
    first = date.fromisoformat(page.get_by_label("从哪一天起施行").input_value())
    assert first.day == 1, "the first of next month is proposed"
    shot(page, "7-propose")
    page.locator("form").get_by_role("button", name="提请发布").click()
    page.get_by_text("等待另一人发布").first.wait_for()
    assert page.get_by_role("button", name="发布", exact=True).count() == 0
    # Nobody publishes alone, whatever he sends.
    watched.expect("403")
    alone = page.evaluate(
        """async ([seal]) => {
            const body = new FormData();
            for (const [name, value] of [["do", "publish"], ["seal", seal]]) body.append(name, value);
            const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
            const answer = await fetch(location.href, {method: "POST", body, headers: {"X-CSRFToken": token}});
            return [answer.status, await answer.text()];
        }""",
        [rules.draft(draft).signed],
    )
    assert alone[0] == 403
    assert rules.draft(draft).state == "proposed"

    other = open_page(DESK)
    other.set_default_timeout(60_000)
    enter(other, "publisher")
    other.goto("/desk/rules/")
    other.get_by_role("link", name="防止返贫监测对象认定").first.click()
    other.get_by_role("link", name="提请和发布").click()
    said = other.inner_text("main")
    assert "采用的范围线" in said
    assert "9,000" in said
    assert not axe(other)
    shot(other, "8-publish")
    other.get_by_role("button", name="发布", exact=True).click()
    other.get_by_text(f"{first.year}年{first.month}月1日起施行").wait_for()
    shot(other, "9-published")

    citizen = open_page(PHONE)
    citizen.set_default_timeout(60_000)
    for day, outcome in ((first - timedelta(days=1), None), (first, "marginal")):
        clock.set(day)
        with acting_as(system("worker")):
            facts.refresh()
            made = rules.run_population(system("worker"), key=str(day), service="poverty")
            assert rules.work(made["run"]).state == "done"
        with acting_as(system("journey")):
            from huimin.kit.ref import Ref

            found = rules.decisions_about(Ref.of("household", register["马桂花"]), "poverty.monitoring", 1)
            assert (found[0].outcome if found else None) == outcome, day
    enter(citizen, "citizen")
    citizen.goto("/me/poverty/")
    assert "您家符合“边缘易致贫户”的条件" in citizen.inner_text("body")
    citizen.get_by_text("为什么、依据、怎样会改变").click()
    citizen.wait_for_load_state()
    shot(citizen, "10-citizen")
    why = citizen.inner_text("main")
    assert "8,800" in why
    assert "9,000" in why
    assert "省防返贫监测范围调整通知（演示）" in why
    other.goto("/desk/rules/poverty.monitoring/")
    assert "第 2 版" in other.inner_text("main")
    shot(other, "11-in-force")
    other.goto("/desk/rules/poverty.monitoring/compare/?a=1&b=2")
    assert not axe(other)
    shot(other, "12-compare")
