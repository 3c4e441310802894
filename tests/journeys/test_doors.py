import re

import pytest

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def enter(page, who):
    page.goto("/account/login/")
    page.click(f"button[value={who}]")
    page.wait_for_load_state()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("who", "lands", "words"),
    [
        ("citizen", "/", "等我办的事"),
        ("village", "/desk/", "待办"),
        ("county", "/desk/", "待办"),
        ("auditor", "/desk/audit/", "操作日志"),
        ("admin", "/system/", "惠民系统管理"),
    ],
)
def test_each_ready_account_lands_on_a_page_that_fits_and_reads(
    province, open_page, live, axe, size, who, lands, words
):
    page = open_page(size)
    enter(page, who)
    assert page.url == live.url + lands
    assert words in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    if who != "admin":
        assert axe(page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "path", ["/account/login/", "/open/", "/open/services/", "/open/figures/", "/open/about/"]
)
def test_public_pages_fit_and_read(province, open_page, axe, size, path):
    page = open_page(size)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert axe(page) == []


def test_an_officer_narrows_the_area_in_the_side_panel_and_widens_it_again(province, open_page):
    page = open_page(DESK)
    enter(page, "county")
    page.click("a.hm-area")
    page.click("text=夏官营镇")
    page.wait_for_url(re.compile("/desk/"))
    assert "夏官营镇" in page.inner_text(".hm-area")
    page.click("a.hm-area")
    page.click("text=看全部辖区")
    page.wait_for_load_state()
    assert "榆中县" in page.inner_text(".hm-area")


def test_an_officer_finds_somebody_from_any_page_by_the_keyboard(province, open_page):
    page = open_page(DESK)
    enter(page, "village")
    page.keyboard.press("/")
    page.keyboard.type("mgh")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/search/"))
    assert "马桂花" in page.inner_text("#content")


def test_the_desk_is_closed_to_a_citizen_and_says_why(province, open_page, watched):
    watched.expect("403")
    page = open_page(PHONE)
    enter(page, "citizen")
    page.goto("/desk/")
    assert "工作台只对工作人员开放" in page.inner_text("body")


def test_the_auditor_verifies_the_journal_by_a_press(province, open_page):
    page = open_page(DESK)
    enter(page, "auditor")
    page.click("text=现在核验全部日志")
    page.wait_for_load_state()
    assert "核验通过" in page.inner_text("#content")


def test_the_policy_stops_a_script_written_into_a_page(province, open_page, watched):
    watched.expect("Content Security Policy")
    page = open_page(DESK)
    page.goto("/open/")
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s)"
    )
    assert page.evaluate("window.broken") is None


def test_the_watch_fails_a_test_whose_page_breaks_the_policy(province, open_page, watched):
    page = open_page(DESK)
    page.goto("/open/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in one for one in watched.problems)
    watched.problems.clear()


def test_the_list_of_what_waits_is_worked_by_keys_and_opens_beside_it(province, open_page, monkeypatch):
    from dataclasses import replace

    from huimin.manifest import Task, services

    label, service = services.items()[0]
    waits = [
        Task(
            key=str(n),
            group="样例",
            title=f"第 {n} 件",
            detail="",
            area="620123101201",
            url="/desk/search/?q=mgh",
        )
        for n in (1, 2)
    ]
    monkeypatch.setitem(services._things, label, replace(service, tasks=lambda viewer, limit: waits))
    page = open_page(DESK)
    enter(page, "village")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    panel = page.locator("[data-panel-body]")
    panel.locator("text=马桂花").first.wait_for()
    assert panel.locator("header.hm-top").count() == 0, "the panel holds a page with its frame"
    page.keyboard.press("j")
    page.wait_for_function("document.querySelectorAll('[data-row]')[1].classList.contains('is-here')")
    page.keyboard.press("Escape")
    assert page.locator("[data-panel-box]").is_hidden()
    assert page.url.endswith("/desk/")
