from datetime import date, timedelta

import pytest

from huimin.manifest import Entitlement, Page, Task
from huimin.portal.citizen.views import day_in_words

from .conftest import VILLAGE

TODAY = date(2026, 11, 22)


@pytest.fixture
def home(browse, citizen, register, service, clock):
    person = register("马桂花").person
    return browse(citizen(person, "马桂花", account=True))


def test_home_names_me_and_my_place(home):
    page = home.get("/").content.decode()
    assert "<h1>马桂花</h1>" in page
    assert "过店子" in page


def test_the_head_of_the_page_masks_the_name(home):
    assert "马*花" in home.get("/").content.decode()


def test_what_waits_for_me_is_there_by_its_day(home, service):
    due = TODAY + timedelta(days=1)
    waits = [Task(key="1", group="走访", title="李干部入户", detail="", area=VILLAGE, url="/me/x/", due=due)]
    service.shows(mine=lambda viewer: waits)
    page = home.get("/").content.decode()
    assert "明天" in page
    assert "李干部入户" in page


def test_nothing_waiting_is_said(home):
    assert "现在没有等您办的事" in home.get("/").content.decode()


def test_tiles_are_the_services_pages_for_citizens(home, service):
    service.shows(me=(Page(title="申请帮扶", url="portal:entitlements", icon="pencil"),))
    assert "申请帮扶" in home.get("/").content.decode()


def test_entitlements_and_near_misses_with_what_is_missing(home, service):
    found = [
        Entitlement(title="监测帮扶", state="正在享受", text="上月纳入。", url="/me/a/"),
        Entitlement(
            title="危房改造", state="", text="房屋鉴定后可以申请。", url="/me/b/", missing=("房屋鉴定",)
        ),
    ]
    service.shows(entitlements=lambda viewer: found)
    page = home.get("/me/entitlements/").content.decode()
    assert page.index("监测帮扶") < page.index("只差一点") < page.index("危房改造")
    assert "还缺：房屋鉴定" in page


@pytest.mark.parametrize(
    ("days", "words"), [(0, "今天"), (1, "明天"), (2, "后天"), (3, "2026年11月25日"), (-1, "2026年11月21日")]
)
def test_days_near_are_words(clock, days, words):
    assert day_in_words(TODAY + timedelta(days=days)) == words


def test_a_stranger_at_the_first_page_is_led_to_the_public_one(client, db):
    assert client.get("/")["Location"] == "/open/"


def test_an_officer_at_the_first_page_is_led_to_the_desk(browse, officer, counties, service):
    assert browse(officer(VILLAGE, "sample.keeper", account=True)).get("/")["Location"] == "/desk/"
