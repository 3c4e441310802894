import pytest

from huimin.core.access import api as access

from .conftest import COUNTY


@pytest.fixture
def ready(officer, counties, service, system):
    access.open_account(system, username="county", name="赵文博", demo=True)
    office = access.open_office(system, name="监测中心", area=COUNTY)["office"]
    access.appoint(system, office=office, username="county", name="赵文博", start="2025-01-01")
    access.open_account(system, username="village", name="真人")


def test_outside_the_demo_no_ready_account_lets_anybody_in(client, ready, settings):
    settings.DEMO = False
    answer = client.post("/demo/sign-in/", {"account": "county"})
    assert answer.status_code == 404
    assert "_auth_user_id" not in client.session


def test_outside_the_demo_the_sign_in_page_offers_none(client, ready, settings):
    settings.DEMO = False
    assert "赵文博" not in client.get("/account/login/").content.decode()


def test_in_the_demo_one_press_signs_in(client, ready, settings):
    settings.DEMO = True
    assert "赵文博" in client.get("/account/login/").content.decode()
    answer = client.post("/demo/sign-in/", {"account": "county"})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_an_account_that_is_not_the_demos_is_never_ready(client, ready, settings):
    settings.DEMO = True
    assert client.post("/demo/sign-in/", {"account": "village"}).status_code == 404
    assert "真人" not in client.get("/account/login/").content.decode()


def test_a_name_that_is_not_listed_is_refused(client, ready, settings, system):
    settings.DEMO = True
    access.open_account(system, username="root", name="根", demo=True, superuser=True)
    assert client.post("/demo/sign-in/", {"account": "root"}).status_code == 404


def test_a_link_cannot_sign_in(client, ready, settings):
    settings.DEMO = True
    assert client.get("/demo/sign-in/?account=county").status_code == 405


def test_sign_in_leads_back_to_our_own_pages_only(client, ready, settings):
    settings.DEMO = True
    to = client.post("/demo/sign-in/", {"account": "county", "next": "https://example.org/"})["Location"]
    assert to == "/desk/"
    to = client.post("/demo/sign-in/", {"account": "county", "next": "/desk/search/?q=1"})["Location"]
    assert to == "/desk/search/?q=1"
