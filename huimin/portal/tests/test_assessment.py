"""Assessment and reports at the desk: who stands where and why, the evidence a press away; a report stays as it was frozen."""

from __future__ import annotations

import re

import pytest

from huimin.core.insight import api as insight
from huimin.portal.tests.arrange import keep, keep_figures, summed
from huimin.portal.tests.conftest import COUNTY, OTHER_COUNTY, OTHER_VILLAGE, PROVINCE, VILLAGE

PAGE, REPORTS = "/desk/assessment/poverty/", "/desk/reports/poverty/"


def text(response) -> str:
    """What a reader sees."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def figures(counties, system, clock):
    """One county does well, the other badly."""
    keep_figures(system)
    for name, villages in {
        "poverty.visits_on_time": {VILLAGE: (98, 100), OTHER_VILLAGE: (20, 100)},
        "poverty.without_effect": {VILLAGE: (1, 50), OTHER_VILLAGE: (40, 50)},
        "poverty.lacking_share": {VILLAGE: (1, 50), OTHER_VILLAGE: (20, 50)},
        "poverty.unassigned": {VILLAGE: (0, None), OTHER_VILLAGE: (2, None)},
    }.items():
        if name in insight.INDICATORS:
            keep(system, name, "2025", summed(villages))
    with system.acting():
        insight.assess("poverty", "2025")


@pytest.fixture
def province(figures, officer, browse):
    return browse(officer(PROVINCE, "poverty.province", account=True))


@pytest.fixture
def county(figures, officer, browse):
    return browse(officer(COUNTY, "poverty.county", account=True))


def test_counties_stand_in_order_with_grade_score_and_reasons(province):
    page = text(province.get(PAGE, {"in": "62", "at": "2025"}))
    assert page.index("榆中县 1") < page.index("安定区 2")
    assert "走访按期，得40分。" in page
    assert "由考核规则算出，不由人打分" in page


def test_one_grade_alone_can_be_looked_at(province):
    best = text(province.get(PAGE, {"in": "62", "at": "2025", "grade": "excellent"}))
    assert "榆中县 1" in best
    assert "安定区 2" not in best


def test_townships_are_ranked_within_a_county_that_is_chosen_first(province):
    assert "先选一个县区" in text(province.get(PAGE, {"in": "62", "at": "2025", "kind": "township"}))
    assert "夏官营镇" in text(province.get(PAGE, {"in": "620123", "at": "2025", "kind": "township"}))


def test_an_officer_sees_only_his_own_area_assessed(county):
    page = text(county.get(PAGE, {"in": "62", "at": "2025", "kind": "county"}))
    assert "榆中县" in page
    assert "安定区" not in page
    other = county.get(PAGE + "one/", {"in": "621102", "at": "2025", "kind": "county", "who": OTHER_COUNTY})
    assert other.status_code == 404
    assert "不在您的辖区" in other.content.decode()


def test_the_evidence_of_a_county_is_one_press_away(county):
    page = county.get(PAGE + "one/", {"in": "620123", "at": "2025", "kind": "county", "who": COUNTY})
    assert "为什么是这个分" in text(page)
    assert "98 / 100" in text(page)
    origin = "/desk/insight/poverty/figure/?in=620123&amp;of=visits_on_time&amp;at=2025"
    assert origin in page.content.decode()
    assert county.get(origin.replace("&amp;", "&")).status_code == 200


def test_a_past_period_is_shown_as_it_was_assessed_and_one_without_says_so(province):
    assert "这一期还没有考核结果" in text(province.get(PAGE, {"in": "62", "at": "2024"}))


def test_before_anything_was_assessed_the_page_says_so(counties, officer, browse):
    county = browse(officer(COUNTY, "poverty.county", account=True))
    assert "还没有考核结果" in text(county.get(PAGE))
    assert county.get(PAGE + "one/").status_code == 404
    assert "还没有计算过统计指标" in text(county.get(REPORTS))


def freeze(browser, **data):
    return browser.post(
        REPORTS + "?in=620123&at=2025", {"period": "2025", "key": "freeze-1", **data}, follow=True
    )


def test_a_report_is_frozen_listed_and_taken_as_pdf_and_excel_the_same_each_time(county):
    page = freeze(county)
    assert "报告已定稿" in text(page)
    files = re.findall(r'href="(/desk/reports/poverty/[0-9a-f-]{36}/(?:pdf|xlsx)/)"', page.content.decode())
    kinds = {"pdf": b"%PDF", "xlsx": b"PK"}
    for path in dict.fromkeys(files):
        first, again = county.get(path), county.get(path)
        assert first.content == again.content
        assert first.content.startswith(kinds[path.rstrip("/").rpartition("/")[2]])
        assert "attachment" in first["Content-Disposition"]


def test_pressing_twice_freezes_one_report(county):
    freeze(county)
    page = freeze(county).content.decode()
    assert len(set(re.findall(r"/desk/reports/poverty/([0-9a-f-]{36})/pdf/", page))) == 1


def test_a_frozen_report_is_not_given_to_another_county(county, officer, browse):
    path = re.search(r"/desk/reports/poverty/[0-9a-f-]{36}/pdf/", freeze(county).content.decode()).group(0)
    other = browse(officer(OTHER_COUNTY, "poverty.county", account=True))
    assert other.get(path).status_code == 404
    assert other.get(REPORTS + "?in=620123").content.decode().count("/pdf/") == 0


def test_a_period_that_was_never_counted_is_refused_in_words(county):
    answer = county.post(REPORTS + "?in=620123&at=2025", {"period": "2019", "key": "no"})
    assert answer.status_code == 409
    assert "2019" in answer.content.decode()


def test_an_unknown_kind_of_file_is_refused(county):
    path = re.search(r"/desk/reports/poverty/[0-9a-f-]{36}/", freeze(county).content.decode()).group(0)
    assert county.get(path + "doc/").status_code == 404


def test_the_menu_leads_to_both(county):
    page = county.get("/desk/").content.decode()
    assert f'href="{PAGE}"' in page
    assert f'href="{REPORTS}"' in page
