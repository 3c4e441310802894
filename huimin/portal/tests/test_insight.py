"""The picture of places: what it says, how far each viewer sees, and how each figure leads to where it comes from."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from huimin.core.insight.actions import keep_reported
from huimin.portal.insight import words
from huimin.portal.tests.arrange import keep_figures
from huimin.portal.tests.conftest import COUNTY, OTHER_COUNTY, OTHER_VILLAGE, PROVINCE, VILLAGE

PAGE, PUBLIC = "/desk/insight/poverty/", "/open/insight/poverty/"


@pytest.fixture
def figures(counties, system, clock):
    keep_figures(system)


@pytest.fixture
def county(figures, officer, browse):
    return browse(officer(COUNTY, "poverty.county", account=True))


@pytest.fixture
def province(figures, officer, browse):
    return browse(officer(PROVINCE, "poverty.province", account=True))


def text(response) -> str:
    """What a reader sees: tags away, spaces closed up."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def section(response, label: str) -> str:
    found = re.search(
        rf'<section[^>]*aria-label="{label}".*?</section>', response.content.decode(), re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(0))) if found else ""


def test_a_county_going_from_23_6_to_15_5_percent_is_seen_as_such(county):
    page = text(county.get(PAGE, {"in": "620123", "of": "incidence", "at": "2025"}))
    assert "榆中县2025年监测人口发生率为 15.5%，比2024年的 23.6% 下降 8.1 个百分点。" in page
    assert "155 / 1,000" in page
    assert "截至 2025年12月31日" in page
    assert "演示数据" in page


def test_a_county_officer_begins_at_his_county_and_the_province_at_the_province(county, officer, browse):
    assert "各乡镇" in text(county.get(PAGE))
    assert "各市州" in text(browse(officer(PROVINCE, "poverty.province", account=True)).get(PAGE))


def test_the_address_holds_place_indicator_and_period(county):
    page = county.get(PAGE, {"in": "620123101", "of": "households", "at": "2024"})
    assert "监测帮扶户" in page.content.decode()
    assert "in=620123101201&amp;of=households&amp;at=2024" in page.content.decode()


def test_what_the_address_gets_wrong_is_filled_in_with_the_usual(county):
    page = text(county.get(PAGE, {"in": "999", "of": "nothing", "at": "1999"}))
    assert "榆中县2025年监测人口发生率" in page


def test_a_step_of_the_map_brings_only_the_picture(county):
    whole, step = county.get(PAGE), county.get(PAGE, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "<html" not in step.content.decode()
    assert 'id="picture"' in step.content.decode()
    assert "HX-Request" in step["Vary"]
    back = county.get(PAGE, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_the_map_is_drawn_and_the_same_places_stand_in_a_table(province):
    page = province.get(PAGE, {"at": "2025"}).content.decode()
    drawn = set(re.findall(r'<a href="[^"]*" tabindex="-1" data-spot="(\d{12})"', page))
    listed = set(re.findall(r'<tr data-spot="(\d{12})"', page))
    assert drawn == listed == {"620100000000", "621100000000"}
    assert page.count("<style") == 0


def test_below_a_county_tiles_stand_in_the_place_of_the_map(county):
    page = county.get(PAGE, {"in": "620123", "at": "2025"}).content.decode()
    assert "hm-mosaic-tile" in page
    assert "hm-atlas-map" not in page


def test_the_best_and_the_worst_are_told_by_the_indicators_direction(province):
    ranking = section(province.get(PAGE, {"in": "62", "at": "2025", "of": "incidence"}), "县区排名")
    assert ranking.index("安定区") < ranking.index("榆中县")


def test_statistical_units_are_not_ranked(system, figures, officer, browse):
    from huimin.core.places import api as places
    from huimin.portal.tests.arrange import keep, summed

    places.import_package(within="620171000000")
    new_area = next(iter(places.children(places.children("620171000000")[0].code))).code
    keep(
        system,
        "poverty.incidence",
        "2025",
        summed({VILLAGE: (95, 600), new_area: (400, 500), "620122100201": (9, 300)}),
    )
    page = browse(officer(PROVINCE, "poverty.province", account=True)).get(PAGE, {"in": "6201", "at": "2025"})
    assert "兰州新区" in text(page)
    assert "统计单位，不参加排名" in text(page)
    assert "兰州新区" not in section(page, "县区排名")


def test_in_his_area_an_officer_sees_small_numbers_and_the_rows(county, officer, browse):
    page = county.get(PAGE, {"in": "620123", "at": "2025"})
    assert "/desk/insight/poverty/rows/?in=620123" in page.content.decode()
    mine = browse(officer(OTHER_COUNTY, "poverty.county", account=True))
    assert "1.0" in section(mine.get(PAGE, {"in": "621102", "at": "2025"}), "监测人口发生率")


def test_outside_his_area_he_sees_what_is_published_and_why_not_the_rows(county):
    page = county.get(PAGE, {"in": "621102", "at": "2025"})
    assert "安定区不在您的辖区" in text(page)
    assert "数很小，公布会指向具体的家庭" in text(page)
    assert "insight/poverty/rows/" not in page.content.decode()


def test_a_figure_leads_to_the_rows_in_his_area(county):
    answer = county.get(PAGE + "rows/", {"in": "620123", "of": "households", "at": "2025", "by": "unstable"})
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/poverty/?tab=enrolled&in=620123000000&on=2025-12-31&kind=unstable"
    assert county.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("place", ["62", "6201", "621102", "621102101202"])
def test_rows_outside_his_area_are_refused_in_words(county, place):
    answer = county.get(PAGE + "rows/", {"in": place, "of": "incidence", "at": "2025"})
    assert answer.status_code == 403
    assert "不在您的辖区" in answer.content.decode()


def test_who_has_narrowed_his_view_is_told_how_to_widen_it(county):
    county.get("/desk/", {"area": "620123101"})
    answer = county.get(PAGE + "rows/", {"in": "620123", "at": "2025"})
    assert answer.status_code == 403
    assert "您现在只看一部分辖区" in answer.content.decode()


def test_a_figure_says_how_it_was_counted(county):
    page = text(county.get(PAGE + "figure/", {"in": "620123", "of": "incidence", "at": "2025"}))
    assert "每一百个农村人口里" in page
    assert "if enrolled and rural then people else 0" in page
    assert "2025年12月31日" in page
    assert "20261122T0100" in page


def test_a_part_of_a_figure_has_its_own_origin(county):
    page = text(
        county.get(PAGE + "figure/", {"in": "620123", "of": "households", "at": "2025", "by": "unstable"})
    )
    assert "脱贫不稳定户" in page
    assert "23" in page


def test_bars_are_shares_of_their_sum_on_one_scale(county):
    page = county.get(PAGE, {"in": "620123", "at": "2025"}).content.decode()
    panel = re.search(
        r'<section class="hm-multiple" aria-label="监测帮扶户">.*?</section>', page, re.DOTALL
    ).group(0)
    assert re.findall(r'hm-multiple-bar" width="([\d.]+)%"', panel) == ["50.0", "50.0"]


def test_what_documents_state_stands_apart_with_its_sentence(county, system):
    keep_reported(
        system, area=PROVINCE, document="工作报告（2014）", published=date(2014, 11, 3),
        totals=[
            {"title": "贫困发生率",
                "kind": "poverty", "code": COUNTY, "place": "榆中县", "period": "2013", "value": "15.5", "unit": "%",
             "sentence": "由23.6%下降到15.5%。"},
            {"title": "贫困户",
                "kind": "poverty", "code": OTHER_COUNTY, "place": "安定区", "period": "2013", "value": "8", "unit": "户",
             "sentence": "别处的一句话。"},
        ],
    )  # fmt: skip
    page = text(county.get(PAGE, {"in": "620123"}))
    assert "由23.6%下降到15.5%。" in page
    assert "文件所载" in page
    assert "工作报告（2014）" in page
    assert "别处的一句话" not in page
    assert "别处的一句话" in text(county.get(PAGE, {"in": "62"})), "the province's page holds all of them"


@pytest.mark.parametrize(
    ("value", "written"),
    [("34000000", "3,400 万人"), ("150000000", "1.5 亿人"), ("23.6", "23.6 人"), ("23000", "23,000 人")],
)
def test_large_figures_of_documents_are_written_as_chinese_writes_them(value, written):
    assert words.stated(Decimal(value), "人").whole == written


def test_the_public_sees_published_figures_and_no_way_to_rows(client, figures):
    page = client.get(PUBLIC, {"in": "620123", "at": "2025"})
    assert "15.5%" in text(page)
    assert "/rows/" not in page.content.decode()
    assert "/desk/" not in page.content.decode()
    small = text(client.get(PUBLIC, {"in": OTHER_VILLAGE, "at": "2025"}))
    assert "未公布" in small
    assert "1.0%" not in small


def test_the_public_is_not_shown_what_is_not_public(client, figures):
    page = text(client.get(PUBLIC))
    assert "没有帮扶责任人的户" not in page
    assert "每一百个农村人口里" in text(client.get(PUBLIC + "figure/", {"in": "620123"}))


def test_without_figures_the_page_says_so(counties, officer, browse, client):
    assert "还没有计算过统计指标" in text(client.get(PUBLIC))
    assert client.get(PUBLIC + "figure/").status_code == 404
    county = browse(officer(COUNTY, "poverty.county", account=True))
    assert "还没有计算过统计指标" in text(county.get(PAGE))
    assert county.get(PAGE + "rows/").status_code == 404


def test_who_does_not_work_in_the_service_is_told_so(figures, officer, browse):
    other = browse(officer(COUNTY, account=True))
    answer = other.get(PAGE)
    assert answer.status_code == 403
    assert "您在这项服务里没有岗位" in answer.content.decode()


def test_a_service_without_indicators_has_no_picture(client, figures):
    assert client.get("/open/insight/nothing/").status_code == 404


def test_the_menu_leads_to_it(county):
    assert 'href="/desk/insight/poverty/"' in county.get("/desk/").content.decode()
    assert 'href="/open/insight/poverty/"' in county.get("/open/").content.decode()
