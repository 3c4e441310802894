"""Names, paths, children, counts and search over Gansu."""

import threading
from datetime import date

import pytest
from django.db import connection

from huimin.core.places import api
from huimin.core.places.models import Division, Source
from huimin.core.places.search import SUFFIXES
from huimin.core.places.types import Kind
from huimin.kit.area import NATION, Level
from huimin.kit.refusal import NotFound

GANSU, HUINING, VILLAGE = "620000000000", "620422000000", "620123101201"


def test_importing_again_changes_nothing(gansu):
    again = api.import_package()
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 19224)
    assert Source.objects.count() == 1


def test_importing_mends_what_differs_and_says_how_much(gansu):
    Division.objects.filter(code=VILLAGE).update(name="别的名字", pinyin="x")
    Division.objects.filter(code="620123101202").delete()
    again = api.import_package()
    assert (again.inserted, again.updated, again.unchanged) == (1, 1, 19222)


def test_a_repeated_import_keeps_a_rename(gansu):
    api.rename(VILLAGE, "新村", on=date(2024, 5, 1), document="批复")
    again = api.import_package()
    assert (again.inserted, again.updated) == (0, 0)
    assert api.name_of(VILLAGE) == "新村"


def test_an_import_reports_its_progress(db):
    seen = []
    api.import_package(lambda stage, done, total: seen.append((stage, done, total)))
    assert [one for one in seen if one[0] == "copy"][-1] == ("copy", 19224, 19224)


def test_gansu_counts_86_counties_and_88_with_the_statistical_units(gansu):
    assert api.counts(GANSU)[Level.COUNTY] == len(api.counties(GANSU)) == 86
    assert api.counts(GANSU, statistical=True) == {
        Level.PROVINCE: 1, Level.PREFECTURE: 14, Level.COUNTY: 88, Level.TOWNSHIP: 1403, Level.VILLAGE: 17718,
    }  # fmt: skip
    assert not {"620171000000", "620201000000"} & {place.code for place in api.counties()}
    assert len(api.at_level(Level.COUNTY, GANSU)) == 88


def test_children_are_those_right_below(gansu):
    assert [place.code for place in api.children(NATION.code)] == [GANSU]
    assert len(api.children(GANSU)) == 14
    assert [place.name for place in api.children("620400000000")] == [
        "白银区",
        "平川区",
        "靖远县",
        "会宁县",
        "景泰县",
    ]
    assert api.children(VILLAGE) == ()


def test_a_path_goes_from_the_province_down_and_says_nothing_twice(gansu):
    assert api.path_of(VILLAGE) == ("甘肃省", "兰州市", "榆中县", "夏官营镇", "过店子村委会")
    assert api.path_of("620201001000") == ("甘肃省", "嘉峪关市", "雄关街道")
    assert api.path_of("620171000000") == ("甘肃省", "兰州市", "兰州新区")


def test_an_unknown_code_is_refused_and_left_out_of_bulk_answers(gansu):
    for code in ("629999999999", "62", "not a code", ""):
        for ask in (api.division, api.name_of, api.path_of):
            with pytest.raises(NotFound) as refused:
                ask(code)
            assert refused.value.code == "unknown_division"
        assert not api.exists(code)
    assert api.names(["629999999999", VILLAGE]) == {VILLAGE: "过店子村委会"}
    assert set(api.paths(["x", VILLAGE])) == {VILLAGE}


def test_a_page_of_names_and_paths_costs_one_query_and_none_the_second_time(gansu, django_assert_num_queries):
    codes = list(Division.objects.filter(level=5).values_list("code", flat=True)[:200])
    api.forget()
    api.name_of(GANSU)  # reads the token of the edition, and the renames
    with django_assert_num_queries(1):
        api.paths(codes)
    with django_assert_num_queries(0):
        api.names(codes)
        [api.name_of(code) for code in codes]
        [api.path_of(code) for code in codes]


def test_another_process_sees_a_rename(transactional_db):
    api.import_package()
    assert api.name_of(VILLAGE) == "过店子村委会"
    names = []

    def elsewhere() -> None:
        try:
            api.rename(VILLAGE, "新村", on=date(2024, 5, 1), document="批复")
            names.append(api.name_of(VILLAGE))
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    api.forget()
    assert [*names, api.name_of(VILLAGE)] == ["新村", "新村"]


@pytest.mark.parametrize("text", ["会宁", "会宁县", "huining", "HuiNing", "hui ning xian", "hnx", "620422"])
def test_huining_is_found_by_name_pinyin_initials_and_code(gansu, text):
    assert api.search(text)[0].code == HUINING


def test_whole_names_come_before_beginnings_and_high_levels_before_low(gansu):
    found = api.search("大庄", limit=200)
    names = {"大庄" + suffix for suffix in SUFFIXES}
    whole = [place for place in found if place.name in names]
    assert list(found[: len(whole)]) == whole
    assert [place.level for place in whole] == sorted(place.level for place in whole)
    assert len(found) > len(whole)
    assert api.search("dazhuang", limit=5)[0].name == "大庄镇"


def test_search_keeps_to_the_division_levels_and_limit(gansu):
    inside = api.search("城关", within="620100000000", levels=[Level.TOWNSHIP])
    assert inside
    assert all(place.code.startswith("6201") and place.level is Level.TOWNSHIP for place in inside)
    assert len(api.search("c", limit=7)) == 7
    assert api.search("", limit=7) == api.search("  ") == api.search("zzzzzz") == ()
    assert api.search("6204220000001") == ()
    assert any("杏" in place.name[1:] for place in api.search("杏", within=GANSU, limit=100))


def test_search_takes_any_text_as_text(gansu):
    for text in ("%", "_", "\\", "'; DROP TABLE places_division; --", "会%", "\U0010ffff"):
        assert api.search(text) == ()


def test_a_statistical_unit_says_so(gansu):
    assert api.division("620171000000").kind is Kind.STATISTICAL
    assert api.division("620171000000").statistical
    assert not api.division(HUINING).statistical
