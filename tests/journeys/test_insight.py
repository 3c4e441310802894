"""From the province's map to a village and the rows behind its figure, back again, and refused outside the own area."""

from __future__ import annotations

import re

import pytest

from tests.journeys.test_doors import DESK, PHONE, enter


@pytest.fixture
def figures(province):
    from huimin.core.access.api import acting_as, system
    from huimin.core.places import api as places
    from huimin.portal.tests.arrange import keep_figures

    viewer = system("journey")
    with acting_as(viewer):
        places.import_package(within="621102000000")
        keep_figures(viewer)


def title(page) -> str:
    return page.inner_text("h1")


def press(page, place: str, selector: str = "") -> None:
    """Press an area of the map, or a tile, and wait for the picture of it."""
    page.click(selector or f'.hm-atlas [data-spot="{place}"]')
    page.wait_for_url(re.compile(rf"in={place.rstrip('0')}"))


def test_a_leader_goes_down_the_map_to_the_rows_and_back_again(figures, open_page, axe, live, watched):
    page = open_page(DESK)
    enter(page, "county")
    page.click("text=数据地图")
    assert title(page).startswith("榆中县")
    page.click(".hm-places >> text=甘肃省")
    page.wait_for_url(re.compile("in=62&"))
    assert axe(page) == []
    page.evaluate("window.same = true")
    press(page, "620100000000")
    assert title(page).startswith("兰州市")
    press(page, "620123000000")
    press(page, "620123101000")
    press(page, "620123101201")
    assert page.evaluate("window.same"), "a step puts a picture in place, it loads no page"
    assert page.evaluate("document.activeElement.matches('[data-picture-title]')")
    village = page.url
    page.click("[data-rows]")
    page.wait_for_url(re.compile("/desk/poverty/"))
    assert "监测户" in page.inner_text("h1")
    page.go_back()
    assert page.url == village
    page.go_back()
    page.wait_for_url(re.compile("in=620123101&"))
    page.wait_for_load_state()
    assert "各村" in page.inner_text("#picture")
    page.goto("/desk/insight/poverty/?in=62&of=incidence&at=2025")
    press(page, "621100000000", 'tr[data-spot="621100000000"] a')
    assert "不在您的辖区" in page.inner_text("#picture")
    assert page.locator("[data-rows]").count() == 0
    watched.expect("403")
    page.goto("/desk/insight/poverty/rows/?in=6211&of=incidence&at=2025")
    assert "不在您的辖区" in page.inner_text("body")


def test_on_a_phone_the_public_picture_fits_reads_and_works_without_script(
    figures, open_page, axe, chromium, live
):
    page = open_page(PHONE)
    page.goto("/open/insight/poverty/?in=62&of=incidence&at=2025")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert axe(page) == []
    plain = chromium.new_context(base_url=live.url, viewport=PHONE, java_script_enabled=False)
    try:
        page = plain.new_page()
        page.goto("/open/insight/poverty/?in=62&of=incidence&at=2025")
        page.click('.hm-atlas-map [data-spot="620100000000"]')
        page.wait_for_url(re.compile("in=6201&"))
        page.click('tr[data-spot="620123000000"] a')
        page.wait_for_url(re.compile("in=620123&"))
        assert "15.5" in page.inner_text("h1 >> xpath=ancestor::div[@id='picture']")
    finally:
        plain.close()
