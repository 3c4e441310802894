"""Paper from the record: every number typed once, every paper says the same."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from huimin.core.access import api as access
from huimin.core.journal.models import Entry
from huimin.core.people import api as people
from huimin.kit import clock as kit
from huimin.services.poverty import actions
from huimin.services.poverty.prints import press
from huimin.services.poverty.queries import paper
from huimin.ui import formats

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


def pages_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def printing(door, home, parts):
    """Print the handbook, or what changed of it; the texts of its pages, none where nothing was printed."""
    url = reverse("poverty:desk-handbook-print", args=[home])
    answer = door.post(url, {"key": str(uuid4()), "parts": parts})
    return pages_of(answer) if answer.status_code == 200 else []


def test_t5_each_part_of_the_handbook_stands_on_its_own_pages_with_its_number_and_the_day(
    at_door, team, home
):
    pages = printing(at_door(team.village), home, "all")
    assert len(pages) == 6
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 部分，共 6 部分" in page
        assert "".join(page.split()).count(formats.cdate(kit.today())) >= 2  # head and foot
        assert "户主签字" in page


def test_t5_a_month_without_change_needs_no_entry_and_no_page(at_door, team, home, clock):
    door = at_door(team.village)
    printing(door, home, "all")
    entries = Entry.objects.count()
    clock.forward(days=31)
    page = door.get(reverse("poverty:desk-papers", args=[home])).content.decode()
    assert "没有变化，不用重印" in page
    assert "只印有变化的页" not in page
    assert printing(door, home, "changed") == []
    assert Entry.objects.count() == entries


def test_t5_only_the_pages_that_changed_print_again_with_the_same_words_on_every_page(at_door, team, home):
    door = at_door(team.village)
    printing(door, home, "all")
    actions.add_risk(team.village, household=home, cause="disaster", since=kit.today(), detail="房后滑坡")
    for name in ("desk-papers", "desk-household"):
        page = door.get(reverse(f"poverty:{name}", args=[home]) + "?purpose=programme").content.decode()
        assert "只印有变化的页（第 2、6 部分）" in page, name
        assert "全部打印" in page
    again = printing(door, home, "changed")
    assert len(again) == 2
    assert "房后滑坡" in again[0]
    assert "第 2 部分，共 6 部分" in again[0]
    assert "第 6 部分，共 6 部分" in again[1]
    assert printing(door, home, "changed") == []


def test_what_is_on_paper_does_not_depend_on_the_readers_language(at_door, team, home):
    door = at_door(team.village)
    printing(door, home, "all")
    door.cookies["django_language"] = "en"
    assert 'lang="en"' in door.get(reverse("poverty:desk-papers", args=[home])).content.decode()
    assert printing(door, home, "changed") == []


def test_a_print_pressed_twice_is_noted_once_and_a_citizens_is_not(at_door, team, home, citizen, system):
    door, url = at_door(team.village), reverse("poverty:desk-handbook-print", args=[home])
    for _twice in range(2):
        assert door.post(url, {"key": "pressed", "parts": "all"}).status_code == 200
    with access.acting_as(system):
        head = people.household(home).head
    at_door(citizen(head)).get(reverse("poverty:me-handbook"))
    at_door(team.province).get(reverse("poverty:desk-handbook", args=[home]))
    assert Entry.objects.filter(action="poverty.note_print").count() == 1
    assert at_door(team.province).post(url, {"key": "other", "parts": "all"}).status_code == 403


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
