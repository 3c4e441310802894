from datetime import date, timedelta

import pytest

from huimin.manifest import Task
from huimin.portal.desk.todo import sections, stretch

from .conftest import VILLAGE

TODAY = date(2026, 11, 22)


def task(title, days=None, group="走访", count=1):
    due = TODAY + timedelta(days=days) if days is not None else None
    return Task(
        key=title,
        group=group,
        title=title,
        detail="",
        area=VILLAGE,
        url="/desk/search/",
        due=due,
        count=count,
    )


@pytest.mark.parametrize(("days", "where"), [(-1, 0), (0, 1), (1, 2), (7, 2), (8, 3), (None, 4)])
def test_a_deadline_lies_in_one_stretch(days, where):
    due = TODAY + timedelta(days=days) if days is not None else None
    assert stretch(due, TODAY) == where


def test_empty_stretches_are_left_out_and_counts_add_up(counties):
    found = sections([task("甲", -3), task("乙", 3, count=4), task("丙", 2)], TODAY)
    assert [(str(one.title), one.count) for one in found] == [("已过期限", 1), ("七天内", 5)]
    assert found[0].lines[0].late == 3
    assert "过店子" in found[0].lines[0].place


@pytest.fixture
def desk(browse, officer, counties, service, clock):
    service.shows(
        tasks=lambda viewer, limit: [task("走访李家", 3), task("评议王家", -2, "评议"), task("不急的事")]
    )
    return browse(officer(VILLAGE, "sample.keeper", account=True))


def test_the_first_page_lists_what_waits_with_the_latest_first(desk):
    page = desk.get("/desk/").content.decode()
    assert page.index("评议王家") < page.index("走访李家") < page.index("不急的事")
    assert "晚 2 天" in page


def test_one_kind_can_be_shown_alone(desk):
    page = desk.get("/desk/", {"kind": "评议"}).content.decode()
    assert "评议王家" in page
    assert "走访李家" not in page


def test_nothing_to_do_is_said_in_words(browse, officer, counties, service):
    service.shows(tasks=lambda viewer, limit: [])
    page = browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/").content.decode()
    assert "没有等您办的事" in page


def test_a_service_one_has_no_role_in_asks_nothing(browse, officer, counties, service):
    service.shows(tasks=lambda viewer, limit: [task("走访李家")])
    assert "走访李家" not in browse(officer(VILLAGE, account=True)).get("/desk/").content.decode()


def test_the_menu_shows_a_service_only_to_those_who_work_in_it(browse, officer, counties, service):
    assert (
        "样例列表" in browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/").content.decode()
    )
    assert "样例列表" not in browse(officer(VILLAGE, account=True)).get("/desk/").content.decode()


def test_a_page_that_needs_a_right_is_hidden_without_it(browse, officer, counties, service):
    from huimin.manifest import Page

    service.shows(desk=(Page(title="要权限的页", url="portal:search", icon="key", needs="sample.other"),))
    assert (
        "要权限的页"
        not in browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/").content.decode()
    )


def test_a_menu_entry_that_leads_nowhere_is_an_error_with_its_name(browse, officer, counties, service):
    from huimin.manifest import Page

    service.shows(desk=(Page(title="错", url="sample:nowhere", icon="key"),))
    with pytest.raises(LookupError, match="sample:nowhere"):
        browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/")
