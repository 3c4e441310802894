"""Notices at the desk and in public: previewed, posted, objected to, settled, closed only after their window."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.access import api as access
from huimin.core.people.types import HouseholdView
from huimin.core.programmes import api as programmes
from huimin.services.poverty.programme import KINDS, public_row
from huimin.services.poverty.views.notices import FIRST_PAGE, NEXT_PAGE, pages_of

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 400


@pytest.fixture
def reviewed(household, way, survey):
    """Three households whose review agreed."""
    found = [way.apply(household(name=name)) for name in ("王秀兰", "欧阳明月", "卓玛")]
    for one in found:
        survey(one)
    way.review(*found)
    return found


def post(door, village, rows, do, **changes):
    data = {
        "key": changes.pop("key", str(uuid4())),
        "place": "村务公开栏",
        "start": "2026-11-22",
        "rows": rows,
        "do": do,
        **changes,
    }
    return door.post(reverse("poverty:desk-notice-post", args=[village, "entry", "notice1"]), data)


def number_of(answer):
    return answer["Location"].rstrip("/").rpartition("/")[2]


def test_what_is_previewed_is_what_hangs_in_public_with_masked_names(at_door, team, village, reviewed):
    door = at_door(team.village)
    page = door.get(reverse("poverty:desk-notice-post", args=[village, "entry", "notice1"])).content.decode()
    assert page.count("checked") == 3
    preview = post(door, village, reviewed[:2], "preview").content.decode()
    assert "A4 纸 1 张" in preview
    rows = re.findall(r"<td>(.*?)</td>", preview[preview.index("hm-notice-table") :])
    notice = number_of(post(door, village, reviewed[:2], "post"))
    public = at_door().get(reverse("poverty:open-notice", args=[notice])).content.decode()
    assert re.findall(r"<td>(.*?)</td>", public) == rows
    assert "王*兰" in public
    assert "欧**月" in public
    assert "王秀兰" not in public
    assert "2组18号" not in public
    sheet = door.get(reverse("poverty:desk-notice-print", args=[notice])).content.decode()
    assert "<svg" in sheet
    assert "盖章处" in sheet


def test_posting_twice_hangs_one_notice(at_door, team, village, reviewed):
    door, key = at_door(team.village), str(uuid4())
    first, again = (post(door, village, reviewed, "post", key=key) for _ in range(2))
    assert number_of(first) == number_of(again)
    other = post(door, village, reviewed, "post")
    assert other.status_code == 409
    assert "已在公示中" in other.content.decode()
    assert len(programmes.public_notices()) == 1


def test_a_bad_start_keeps_the_place_that_was_typed(at_door, team, village, reviewed):
    answer = post(at_door(team.village), village, reviewed, "post", start="2026-12-20", place="老井旁的墙上")
    assert answer.status_code == 409
    assert "三天之内" in answer.content.decode()
    assert "老井旁的墙上" in answer.content.decode()


def test_t16_two_notices_then_announcement_a_notice_is_not_closed_before_its_window_ends(
    at_door, team, way, reviewed, clock
):
    door = at_door(team.village)
    notice = way.notice("notice1", *reviewed, wait=False)
    page = door.get(reverse("poverty:desk-notice", args=[notice])).content.decode()
    assert "disabled" in page
    assert "2026年11月29日 起才能结束" in page
    early = door.post(reverse("poverty:desk-notice-close", args=[notice]), {"key": "x"})
    assert early.status_code == 409
    assert "2026-11-29才结束" in early.content.decode()
    clock.forward(days=7)
    assert door.post(reverse("poverty:desk-notice-close", args=[notice]), {"key": "y"}).status_code == 302


def test_t16_an_objection_stops_that_household_only_until_it_is_settled(
    at_door, team, way, reviewed, clock, system
):
    notice = way.notice("notice1", *reviewed, wait=False)
    public, url = at_door(), reverse("poverty:open-notice", args=[notice])
    bad = public.post(url, {"key": "k0", "row": "1", "text": "不对", "contact": "13800001234"})
    assert bad.status_code == 409
    assert "13800001234" in bad.content.decode()
    made = public.post(url, {"key": "k1", "row": "1", "text": "这家在县城有两套房子", "contact": ""})
    number = made["Location"].partition("number=")[2]
    assert number in public.get(made["Location"]).content.decode()
    clock.forward(days=7)
    at_door(team.village).post(reverse("poverty:desk-notice-close", args=[notice]), {"key": "y"})
    with access.acting_as(system):
        steps = [programmes.procedure(p).step for p in reviewed]
        objection = programmes.objections_on(notice)[0]
    assert sorted(steps) == ["check", "check", "notice1"]
    door = at_door(team.township)
    url, prefix = reverse("poverty:desk-objection-settle", args=[objection.id]), str(objection.id)[:8]
    empty = door.post(url, {"key": "s0", f"{prefix}-upheld": "no", f"{prefix}-outcome": "查过"})
    assert empty.status_code == 409
    assert "查过" in empty.content.decode()
    assert (
        door.post(
            url, {"key": "s1", f"{prefix}-upheld": "no", f"{prefix}-outcome": "入户核实，名下没有房产"}
        ).status_code
        == 302
    )
    with access.acting_as(system):
        assert {programmes.procedure(p).step for p in reviewed} == {"check"}


def test_a_closed_notice_takes_no_objection_and_says_so(at_door, way, reviewed):
    notice = way.notice("notice1", *reviewed)
    answer = at_door().post(
        reverse("poverty:open-notice", args=[notice]),
        {"key": "k", "row": "0", "text": "这家的收入不对，请核实"},
    )
    assert answer.status_code == 409
    assert "公示期已于2026-11-29结束" in answer.content.decode()
    assert '<form method="post" class="hm-form"' not in answer.content.decode()


def test_the_photo_of_the_posted_sheet_stays_with_the_notice(at_door, team, way, reviewed):
    from django.core.files.uploadedfile import SimpleUploadedFile

    door, notice = at_door(team.village), way.notice("notice1", *reviewed, wait=False)
    url = reverse("poverty:desk-way-attach", args=["notice", notice])
    wrong = door.post(url, {"photo": SimpleUploadedFile("a.txt", b"text")})
    assert wrong.status_code == 409
    assert door.post(url, {"photo": SimpleUploadedFile("墙上.jpg", PHOTO)}).status_code == 302
    assert "墙上.jpg" in door.get(reverse("poverty:desk-notice", args=[notice])).content.decode()


def test_the_desk_page_of_a_notice_is_closed_to_another_county(at_door, officer, way, reviewed):
    other = officer("621002000000", "poverty.county")
    notice = way.notice("notice1", *reviewed, wait=False)
    assert at_door(other).get(reverse("poverty:desk-notice", args=[notice])).status_code == 404
    assert "王*兰" not in at_door(other).get(reverse("poverty:desk-notices")).content.decode()


def test_a_place_finds_its_notices(at_door, way, reviewed, village):
    from huimin.core.places import api as places

    way.notice("notice1", *reviewed, wait=False)
    name = places.name_of(village)
    assert "第一次公示" in at_door().get(reverse("poverty:open-notices"), {"q": name}).content.decode()
    assert "第一次公示" not in at_door().get(reverse("poverty:open-notices"), {"q": "敦煌"}).content.decode()


names = st.text(alphabet="王李张欧阳卓玛才让秀兰明月强", min_size=2, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=names,
    number=st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True),
    phone=st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    house=st.integers(1, 999),
    kind=st.sampled_from([*KINDS, ""]),
    group=st.integers(0, 9),
)
def test_a_row_of_a_notice_never_holds_a_name_number_phone_or_address(
    name, number, phone, house, kind, group, monkeypatch, village
):
    from datetime import date

    from huimin.core.people import api as people

    address = f"{group}组{house}号"
    home = HouseholdView(
        id=uuid4(),
        number=number,
        division_code=village,
        group_no=group,
        head=None,
        head_name=name,
        masked_head_name=people.mask_name(name),
        masked_address=people.mask_address(address),
        size=3,
        opened_on=date(2010, 1, 1),
        located_since=date(2010, 1, 1),
    )
    monkeypatch.setattr(people, "household", lambda _id: home)
    written = " ".join(public_row(home.id, kind).values())
    assert "*" in written
    for secret in (name, number, phone, f"{house}号"):
        assert secret not in written


def test_t6_the_pages_are_known_before_printing():
    assert [
        pages_of(n)
        for n in (0, 1, FIRST_PAGE, FIRST_PAGE + 1, FIRST_PAGE + NEXT_PAGE, FIRST_PAGE + NEXT_PAGE + 1)
    ] == [1, 1, 1, 2, 2, 3]
