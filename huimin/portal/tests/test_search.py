import pytest

from .conftest import COUNTY, OTHER_VILLAGE, VILLAGE


@pytest.fixture
def people(register):
    return register("马桂花", VILLAGE), register("马玉英", OTHER_VILLAGE)


@pytest.fixture
def desk(browse, officer, people, service):
    return browse(officer(COUNTY, "sample.keeper", account=True))


def page(desk, text):
    return desk.get("/desk/search/", {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["马桂花", "马桂", "maguihua", "mgh"])
def test_a_person_is_found_by_name_pinyin_and_initials(desk, text):
    assert "马桂花" in page(desk, text)


def test_a_person_is_found_by_the_whole_number_which_is_shown_masked(desk, people):
    found = page(desk, people[0].number)
    assert "马桂花" in found
    results = found.split('id="people-title"')[1]
    assert people[0].number not in results
    assert "*" in results.split("</ul>")[0]


def test_people_of_another_county_are_not_found(desk, people):
    assert "马玉英" not in page(desk, "马")
    assert "没有找到" in page(desk, people[1].number)


def test_places_are_found_within_the_area_only(desk):
    assert "过店子" in page(desk, "过店子")
    assert "没有找到" in page(desk, "花坪")


def test_an_empty_search_says_what_can_be_found(desk):
    assert "要找谁" in page(desk, "  ")


def test_text_is_escaped_and_cut(desk):
    found = page(desk, "<script>" + "x" * 500)
    assert "<script>x" not in found
    assert "x" * 100 not in found.split('id="content"')[1]


def test_a_result_leads_to_the_households_page_of_a_service(desk, people, service, monkeypatch):
    from huimin.portal.desk import registry

    service.shows(household="sample:household")
    monkeypatch.setattr(registry, "reverse", lambda route, args: f"/desk/sample/{args[0]}/")
    assert f'href="/desk/sample/{people[0].household}/"' in page(desk, "马桂花")
