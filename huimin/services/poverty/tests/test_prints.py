"""Paper from the record: every number typed once, every paper says the same."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from huimin.core.access import api as access
from huimin.core.people import api as people
from huimin.services.poverty.prints import press
from huimin.services.poverty.queries import paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(household, way):
    """A household that is being helped."""
    found = household(name="王秀兰")
    way.enrol(found)
    return found


def text_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    return "".join(page.extract_text() for page in reader.pages).replace("\n", ""), len(reader.pages)


def test_t4_handbook_card_and_board_print_the_same_income_from_one_calculation(at_door, team, home, village):
    door = at_door(team.village)
    papers = [
        text_of(door.get(reverse("poverty:desk-handbook", args=[home]))),
        text_of(door.get(reverse("poverty:desk-card", args=[home]))),
        text_of(door.get(reverse("poverty:desk-board", args=[village]))),
    ]
    for text, _pages in papers:
        assert "7,900.00" in text
    for part in (
        "一、家庭基本情况",
        "二、致贫返贫原因",
        "三、帮扶责任人",
        "四、帮扶计划",
        "五、帮扶措施",
        "六、走访和成效",
    ):
        assert part in papers[0][0]


def test_t6_a_board_and_its_annex_are_one_file_and_the_pages_are_shown_before_printing(
    at_door, team, home, village
):
    door = at_door(team.village)
    page = door.get(reverse("poverty:desk-board-ready", args=[village])).content.decode()
    text, pages = text_of(door.get(reverse("poverty:desk-board", args=[village])))
    assert f"A4 纸 {pages} 页" in page
    assert "王*兰" in text
    assert "不得张贴" in text
    first = (
        PdfReader(io.BytesIO(door.get(reverse("poverty:desk-board", args=[village])).content))
        .pages[0]
        .extract_text()
    )
    assert "王秀兰" not in first
    assert "7,900" not in first


def test_what_a_person_typed_is_never_read_as_markup(system, home):
    with access.acting_as(system):
        data = paper.card(people.household(home))
    data["facts"][0][1] = '#panic("x") *bold* $x$ \\ ] //'
    text = PdfReader(io.BytesIO(press.pdf("card", data))).pages[0].extract_text()
    assert '#panic("x") *bold* $x$' in text


def test_papers_of_another_county_are_not_found_and_every_look_leaves_a_trace(
    at_door, officer, team, home, village
):
    other = officer("621002000000", "poverty.county")
    for name, argument in (
        ("desk-handbook", home),
        ("desk-card", home),
        ("desk-papers", home),
        ("desk-board", village),
    ):
        assert at_door(other).get(reverse(f"poverty:{name}", args=[argument])).status_code == 404
    at_door(team.village).get(reverse("poverty:desk-card", args=[home]))
    from huimin.kit.ref import Ref

    with access.acting_as(team.village):
        assert [look.page for look in access.looks_at(Ref.of("household", home))] == ["card"]


def test_a_citizen_takes_his_own_handbook(at_door, citizen, system, home):
    with access.acting_as(system):
        head = people.household(home).head
    text, _pages = text_of(at_door(citizen(head)).get(reverse("poverty:me-handbook")))
    assert "王秀兰" in text
    assert at_door().get(reverse("poverty:me-handbook")).status_code == 302
