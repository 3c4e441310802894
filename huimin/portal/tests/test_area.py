import pytest

from huimin.core.access.narrowing import common
from huimin.core.places.types import Span
from huimin.portal.area import full
from huimin.portal.context import name_of

from .conftest import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Span("620123000000", "620123999999"), Span(VILLAGE, VILLAGE), Span(VILLAGE, VILLAGE)),
        (Span("620100000000", "620199999999"), Span("621100000000", "621199999999"), None),
        (Span("6201", "6203"), Span("6202", "6204"), Span("6202", "6203")),
        (Span("1", "1", (1, 2)), Span("1", "1", (2, 3)), Span("1", "1", (2,))),
        (Span("1", "1", (1,)), Span("1", "1", (2,)), None),
        (Span("1", "1", (1, 2)), Span("1", "1", None, (2,)), Span("1", "1", (1,))),
        (Span("1", "1", None, (1,)), Span("1", "1", None, (2,)), Span("1", "1", None, (1, 2))),
        (Span("1", "1"), Span("1", "1", None, (2,)), Span("1", "1", None, (2,))),
    ],
)
def test_two_spans_share_what_lies_in_both(one, other, shared):
    assert common(one, other) == shared
    assert common(other, one) == shared


@pytest.mark.parametrize("text", ["", "x", "62012", "6201231012011", "六二"])
def test_what_is_no_code_is_no_area(text):
    assert full(text) == ("" if text else "000000000000")


@pytest.fixture
def county_officer(browse, officer, register, service):
    register("马桂花", VILLAGE)
    register("马兰英", NEXT_VILLAGE)
    return browse(officer(COUNTY, "sample.keeper", account=True))


def found(client, path="/desk/search/?q=马"):
    page = client.get(path).content.decode()
    return [name for name in ("马桂花", "马兰英") if name in page]


def test_a_chosen_area_narrows_what_is_read_until_it_is_let_go(county_officer):
    assert found(county_officer) == ["马桂花", "马兰英"]
    assert found(county_officer, f"/desk/search/?q=马&area={VILLAGE}") == ["马桂花"]
    assert found(county_officer) == ["马桂花"]
    assert found(county_officer, "/desk/search/?q=马&area=all") == ["马桂花", "马兰英"]


def test_an_area_outside_ones_own_is_passed_over(county_officer):
    assert found(county_officer, f"/desk/search/?q=马&area={OTHER_COUNTY}") == ["马桂花", "马兰英"]
    assert "area" not in county_officer.session


def test_the_province_is_not_within_a_county(county_officer):
    county_officer.get("/desk/?area=62")
    assert "area" not in county_officer.session


def test_the_chooser_keeps_the_area_and_goes_back(county_officer):
    answer = county_officer.post("/desk/area/", {"area": TOWNSHIP, "next": "/desk/search/?q=ma"})
    assert answer["Location"] == "/desk/search/?q=ma"
    assert county_officer.session["area"] == TOWNSHIP
    assert "夏官营" in county_officer.get("/desk/").content.decode()


def test_the_chooser_goes_nowhere_else(county_officer):
    for elsewhere in ("https://example.org/", "//example.org/desk/", "/open/"):
        assert county_officer.post("/desk/area/", {"area": "", "next": elsewhere})["Location"] == "/desk/"


def test_the_chooser_lists_what_lies_below_and_finds_by_name(county_officer):
    assert "夏官营镇" in county_officer.get("/desk/area/").content.decode()
    assert "过店子" in county_officer.get("/desk/area/?q=过店子").content.decode()
    assert "没有找到" in county_officer.get("/desk/area/?q=花坪").content.decode()


def test_every_officer_has_an_area_in_words(counties):
    assert name_of("000000000000") == "全国"
    assert name_of(COUNTY) == "榆中县"
    assert name_of("999999999999") == ""
