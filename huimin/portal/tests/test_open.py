from decimal import Decimal

import pytest
from django.core.cache import cache

from huimin.manifest import Metric, Page
from huimin.portal.open.figures import written


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("path", ["/open/", "/open/services/", "/open/figures/", "/open/about/", "/health"])
def test_public_pages_need_no_sign_in(client, counties, service, path):
    assert client.get(path).status_code == 200


def test_the_first_public_page_offers_sign_in_and_the_services(client, counties, service):
    service.shows(
        open=(Page(title="正在公示", url="portal:about", icon="speakerphone", count=lambda viewer: 3),)
    )
    page = client.get("/open/").content.decode()
    assert "登录办事" in page
    assert "正在公示" in page
    assert "样例服务" in page


def test_a_service_says_its_law_and_owner(client, counties, service):
    page = client.get("/open/services/").content.decode()
    assert "样例法第一条" in page
    assert "样例局" in page


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "少于 5"),
        (4, "少于 5"),
        (5, "5"),
        (12345, "12,345"),
        (None, "—"),
        (Decimal("3.5"), "3.5"),
    ],
)
def test_counts_that_could_point_at_a_family_are_withheld(value, text):
    assert written(value) == text


def test_figures_are_shown_for_a_place_and_those_below(client, counties, service):
    service.shows(
        metrics=(Metric(name="kept", title="在册户", unit="户", count=lambda area: int(area[2:6])),)
    )
    page = client.get("/open/figures/?area=620123").content.decode()
    assert "榆中县的统计数字" in page
    assert "夏官营镇" in page
    assert "在册户" in page


@pytest.mark.parametrize("area", ["x", "11", "999999", "62012310120199", "620199"])
def test_an_unknown_area_shows_the_province(client, counties, service, area):
    assert "甘肃省的统计数字" in client.get(f"/open/figures/?area={area}").content.decode()


def test_a_figure_is_counted_once_for_a_while(client, counties, service):
    calls = []
    service.shows(
        metrics=(Metric(name="kept", title="在册户", unit="户", count=lambda area: calls.append(area) or 9),)
    )
    client.get("/open/figures/?area=620123101")
    client.get("/open/figures/?area=620123101")
    assert calls == ["620123101000"]


def test_the_language_can_be_chosen(client, counties, service):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/open/"})
    assert answer["Location"] == "/open/"
    assert '<html lang="en"' in client.get("/open/").content.decode()


def test_health_says_when_the_database_is_gone(client, db, monkeypatch):
    from django.db import OperationalError

    from huimin.portal import health

    class Gone:
        def cursor(self):
            raise OperationalError("gone")

    monkeypatch.setattr(health, "connection", Gone())
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["ok"] is False


def test_an_unknown_address_is_a_page_of_ours_and_json_for_programs(client, db):
    assert "没有这一页" in client.get("/nowhere/").content.decode()
    assert client.get("/api/nowhere", headers={"Accept": "application/json"}).json()["code"] == "not_found"


def test_a_form_without_its_token_is_refused_with_advice(db):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "刷新后重新提交" in answer.content.decode()


def test_every_page_carries_the_strict_policy(client, counties, service):
    policy = client.get("/open/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
