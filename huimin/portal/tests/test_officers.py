import re
from uuid import uuid4

import pytest

from huimin.core.access import api as access
from huimin.core.journal.models import Entry

from .conftest import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE

LIST, NEW = "/desk/officers/", "/desk/officers/new/"
FILLED = {
    "name": "马小兰", "username": "maxl", "title": "帮扶专干", "phone": "13900000001", "office": "new",
    "office_name": "过店子村民委员会", "role": "poverty.village",
}  # fmt: skip


@pytest.fixture
def keeper(browse, officer, counties):
    """A township's officer at his desk."""
    return browse(officer(TOWNSHIP, "poverty.township", name="镇长", account=True))


def filled(**other):
    return {**FILLED, "key": str(uuid4()), **other}


def password_in(page):
    found = re.search(r'portal-password">([\w-]+)<', page)
    return found and found.group(1)


def post_of(username):
    return next(
        posts[0] for account, posts in access.posts_of_staff() if account.username == username and posts
    )


def page_of(username):
    return f"{LIST}{post_of(username).id}/"


def test_t9_a_township_opens_a_village_on_its_own_without_waiting_for_the_county(keeper, client):
    """T9: 权限要一级一级开，等上级。"""
    answer = keeper.post(f"{NEW}?at={VILLAGE}", filled())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    password = password_in(page)
    account = access.account_of("maxl")
    assert account.check_password(password)
    viewer = access.viewer_of(account)
    assert viewer.may("poverty.survey")
    assert viewer.area == VILLAGE
    assert {"access.open_post", "access.appoint", "access.grant"} <= set(
        Entry.objects.filter(actor=f"account:{access.account_of('officer1').pk}").values_list(
            "action", flat=True
        )
    )
    assert not Entry.objects.filter(payload__contains=password).exists()
    client.logout()
    signed = client.post("/account/login/", {"login": "maxl", "password": password})
    assert signed["Location"] == "/desk/"


def test_pressing_twice_opens_one_account_and_shows_the_same_password(keeper):
    sent = filled()
    first, second = (keeper.post(f"{NEW}?at={VILLAGE}", sent).content.decode() for _press in range(2))
    assert password_in(first) == password_in(second)
    assert Entry.objects.filter(action="access.open_post").count() == 1


def test_who_waits_for_a_right_can_be_listed_alone(keeper):
    keeper.post(f"{NEW}?at={VILLAGE}", filled(role=""))
    assert "马小兰" in keeper.get(LIST, {"without": "1"}).content.decode()
    keeper.post(page_of("maxl"), {"do": "grant", "role": "poverty.village", "area": VILLAGE, "key": "g"})
    assert "马小兰" not in keeper.get(LIST, {"without": "1"}).content.decode()
    assert access.viewer_of(access.account_of("maxl")).may("poverty.survey")


def test_officers_of_another_county_are_not_seen_nor_opened(browse, officer, counties):
    officer(VILLAGE, "poverty.village", name="本县干部")
    there = officer(OTHER_VILLAGE, "poverty.village", name="外县干部").officer
    desk = browse(officer(COUNTY, "poverty.county", account=True))
    page = desk.get(LIST).content.decode()
    assert "本县干部" in page
    assert "外县干部" not in page
    assert "外县干部" not in desk.get(LIST, {"q": "外县", "in": OTHER_COUNTY}).content.decode()
    assert desk.get(f"{LIST}{there}/").status_code == 404
    sent = desk.post(f"{NEW}?at={OTHER_VILLAGE}", filled())
    assert access.account_of("maxl") is None
    assert sent.status_code == 200  # the choice of a place within one's own area


def test_a_village_officer_does_not_get_the_page(browse, officer, counties):
    desk = browse(officer(VILLAGE, "poverty.village", account=True))
    assert desk.get(LIST).status_code == 403
    assert desk.get(NEW).status_code == 403
    assert LIST not in desk.get("/desk/").content.decode()


def test_a_level_does_not_open_its_own_or_a_higher_one(keeper, officer):
    assert 'name="username"' not in keeper.get(f"{NEW}?at={TOWNSHIP}").content.decode()
    colleague = officer(TOWNSHIP, name="同事", account=True)
    for sent in (
        {"do": "password"},
        {"do": "close", "reason": "不合适"},
        {"do": "end_post", "reason": "不合适"},
        {"do": "grant", "role": "poverty.township", "area": TOWNSHIP},
    ):
        answer = keeper.post(page_of(colleague.username), {**sent, "key": str(uuid4())})
        assert answer.status_code in (403, 422), sent
    colleague.refresh_from_db()
    assert colleague.is_active
    assert post_of(colleague.username).roles == ()


def test_nobody_gives_himself_a_role(keeper):
    own = page_of("officer1")
    assert 'value="grant"' not in keeper.get(own).content.decode()
    answer = keeper.post(own, {"do": "grant", "role": "poverty.village", "area": VILLAGE, "key": "k"})
    assert answer.status_code == 403
    assert "不能给自己办理" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "请填写"),
        ({"username": "带 空格"}, "中间不留空格"),
        ({"office_name": ""}, "请填写新机构的名称"),
        ({"username": "officer1"}, "已经有人使用"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(keeper, wrong, words):
    answer = keeper.post(f"{NEW}?at={VILLAGE}", filled(**wrong))
    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert words in page
    assert "13900000001" in page
    assert access.account_of("maxl") is None


def test_a_role_is_taken_back_with_a_reason(keeper):
    keeper.post(f"{NEW}?at={VILLAGE}", filled())
    given = post_of("maxl").roles[0].id
    unsaid = keeper.post(page_of("maxl"), {"do": "end_grant", "grant": given, "reason": "", "key": "a"})
    assert unsaid.status_code == 422
    assert post_of("maxl").roles
    keeper.post(page_of("maxl"), {"do": "end_grant", "grant": given, "reason": "调整分工", "key": "b"})
    assert not post_of("maxl").roles
    assert "调整分工" in Entry.objects.get(action="access.end_grant").payload
    assert not access.viewer_of(access.account_of("maxl")).may("poverty.survey")


def test_a_post_ends_with_all_its_roles_and_what_was_done_stays(keeper):
    keeper.post(f"{NEW}?at={VILLAGE}", filled())
    page = page_of("maxl")
    keeper.post(page, {"do": "end_post", "reason": "调离", "key": "e"})
    assert access.viewer_of(access.account_of("maxl")).held == ()
    assert "马小兰" not in keeper.get(LIST).content.decode()
    assert "马小兰" in keeper.get(LIST, {"ended": "1"}).content.decode()
    assert "已免职" in keeper.get(page).content.decode()
    late = keeper.post(page, {"do": "grant", "role": "poverty.village", "area": VILLAGE, "key": "l"})
    assert "已经结束" in late.content.decode()


def test_a_forgotten_password_is_set_anew_and_a_closed_account_cannot_sign_in(keeper):
    first = password_in(keeper.post(f"{NEW}?at={VILLAGE}", filled()).content.decode())
    second = password_in(keeper.post(page_of("maxl"), {"do": "password", "key": "p"}).content.decode())
    account = access.account_of("maxl")
    assert account.check_password(second)
    assert first != second
    keeper.post(page_of("maxl"), {"do": "close", "reason": "离职", "key": "c"})
    account.refresh_from_db()
    assert not account.is_active


def test_the_account_of_somebody_with_rights_elsewhere_is_not_touched(keeper, officer, system):
    """A village officer's account that also works for the county is the county's business."""
    account = officer(VILLAGE, "poverty.village", name="兼职干部", account=True)
    office = access.open_office(system, name="县中心", area=COUNTY)["office"]
    access.appoint(system, office=office, username=account.username, name="兼职干部", start="2020-01-01")
    here = next(p for a, ps in access.posts_of_staff() if a == account for p in ps if p.area == VILLAGE)
    answer = keeper.post(f"{LIST}{here.id}/", {"do": "password", "key": "p"})
    assert answer.status_code == 403
    assert password_in(answer.content.decode()) is None


def test_a_citizens_account_cannot_be_taken_over_by_making_him_an_officer(keeper, register, citizen):
    account = citizen(register("马桂花").person, name="马桂花", account=True)
    answer = keeper.post(f"{NEW}?at={VILLAGE}", filled(username=account.username, name="马桂花"))
    assert answer.status_code == 403
    assert not Entry.objects.filter(action="access.set_password").exists()


def test_the_list_is_searched_narrowed_and_turned_page_by_page(keeper, officer):
    for number in range(60):
        officer(VILLAGE if number % 2 else NEXT_VILLAGE, name=f"村干部{number:02d}")
    seen, after = [], ""
    for _page in range(3):
        page = keeper.get(LIST, {"after": after}).content.decode()
        seen += re.findall(r"村干部\d\d", page)
        following = re.search(r"after=([\w.%-]+)", page)
        if following is None:
            break
        after = following.group(1)
    assert len(set(seen)) == 60
    narrowed = keeper.get(LIST, {"in": VILLAGE}).content.decode()
    assert "村干部01" in narrowed
    assert "村干部02" not in narrowed
    assert "村干部07" in keeper.get(LIST, {"q": "村干部07"}).content.decode()
    assert keeper.get(LIST, {"after": "x.y"}).status_code == 200


def test_an_administrator_opens_any_level_and_reads_no_people(browse, officer, counties, settings):
    settings.TOTP_REQUIRED = []
    desk = browse(officer("000000000000", "*.admin", account=True))
    assert "甘肃省" in desk.get(NEW).content.decode()
    answer = desk.post(f"{NEW}?at={COUNTY}", filled(office_name="县监测中心", role="poverty.county"))
    assert answer.status_code == 200
    assert access.viewer_of(access.account_of("maxl")).area == COUNTY


def test_the_first_choice_is_where_and_places_are_found_by_name(keeper):
    page = keeper.get(NEW).content.decode()
    assert f"?at={VILLAGE}" in page
    assert f"?at={VILLAGE}" in keeper.get(NEW, {"q": VILLAGE}).content.decode()
