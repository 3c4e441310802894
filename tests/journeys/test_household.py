"""One household from application to effect and exit, by everybody who has a part in it, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from huimin.core.access.api import acting_as, system
from huimin.core.journal import api as journal
from huimin.kit import clock
from huimin.kit.refusal import Refused

pytestmark = pytest.mark.usefixtures("province")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NAME = "马桂花"


@pytest.fixture
def later() -> Iterator[Any]:
    """Let days pass for everybody, the server included; the story starts half a year ago and ends before today."""
    clock.hold(clock.now() - timedelta(days=180))

    def wait(days: int) -> None:
        clock.hold(clock.now() + timedelta(days=days))

    yield wait
    clock.hold(None)


class Hand:
    """One of the people of the story, with a browser of his own."""

    def __init__(self, page: Any, who: str) -> None:
        self.page, self.who = page, who
        page.set_default_timeout(12_000)
        page.on("dialog", lambda dialog: dialog.accept())

    def go(self, path: str) -> None:
        """Open a page, signing in again where the session has run out while days passed."""
        self.page.goto(path)
        if "/account/login/" in self.page.url:
            self.page.click(f"button[value={self.who}]")
            self.page.wait_for_load_state()
            self.page.goto(path)

    def press(self, text: str, *, within: str = "main") -> None:
        """Press the button or link with these words and wait for what it leads to."""
        self.page.locator(f"{within} >> :is(button, a):visible").filter(
            has_text=re.compile(text)
        ).first.click()
        self.page.wait_for_load_state("networkidle")

    def fill(self, **values: str) -> None:
        """Fill fields by name."""
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]:visible").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def choose(self, name: str, value: str) -> None:
        """Tick one of several."""
        self.page.locator(f"main [name={name}][value={value}]").first.check(force=True)

    def sees(self, *texts: str) -> None:
        """Every text stands on the page."""
        shown = self.page.inner_text("main")
        for text in texts:
            assert text in shown, f"{self.who} does not see {text!r} at {self.page.url}:\n{shown[:1500]}"


@pytest.fixture
def lines(province: None, later: Any) -> None:
    """The province's monitoring line of these years."""
    from huimin.services.poverty import actions

    for year in (2024, 2025, 2026):
        actions.set_line(
            system("journey"),
            province="620000000000",
            year=year,
            amount=Decimal(8300),
            document="演示文件",
            is_demo=True,
        )


@pytest.fixture
def cast(open_page: Any, lines: None) -> dict[str, Hand]:
    """The citizen on a phone, the officers at their desks."""
    return {
        who: Hand(open_page(PHONE if who == "citizen" else DESK), who)
        for who in ("citizen", "village", "township", "county")
    }


def review(village: Hand) -> None:
    """The village's meeting about the household."""
    village.go("/desk/poverty/reviews/")
    village.press("召开评议会")
    village.fill(place="村委会会议室", chair="李主任", eligible="30", present="24")
    village.press("开会")
    village.sees(NAME)
    village.fill(agree="22", against="1", abstain="1")
    village.press("记下")
    village.fill(minutes="大家逐户讨论，多数同意，没有其他意见。")
    village.press("结束评议会")
    village.sees("表决结果", "22")


def post(hand: Hand, place: str, what: str = "张贴公示") -> str:
    """Post what waits to be posted at this level; return the address of the notice."""
    hand.go("/desk/poverty/notices/")
    hand.press(what)
    hand.fill(place=place)
    hand.press("看一看样子")
    hand.sees("马*花")
    assert NAME not in hand.page.inner_text(".hm-notice, .pv-preview, main article, main form")
    hand.press(what)
    return str(hand.page.url)


def finish(hand: Hand) -> None:
    """Close the notice whose window is over."""
    hand.go("/desk/poverty/notices/")
    hand.press("第.次公示")
    hand.press("结束公示")


def approve(hand: Hand) -> None:
    """Approve the one household that waits."""
    hand.go("/desk/poverty/checks/")
    hand.sees(NAME)
    hand.page.locator("main tbody input[type=checkbox]").first.check(force=True)
    hand.press("^\\s*同意", within="body")
    hand.press("同意")


def survey(village: Hand, **amounts: str) -> None:
    """Fill the survey and send it on."""
    village.fill(**amounts)
    for kind in ("food", "clothing", "schooling", "medical", "housing", "water"):
        village.choose(f"guarantee_{kind}", "yes")
    village.press("提交")


def household_address(hand: Hand) -> str:
    """The address of the household's dossier, found by its name."""
    hand.go("/desk/search/?q=maguihua")
    link = hand.page.locator("main a").filter(has_text=NAME).first.get_attribute("href")
    assert link
    with acting_as(system("journey")):
        from huimin.core.people.models import Household

        return f"/desk/poverty/households/{Household.objects.get().id}/?purpose=programme"


def test_a_household_from_application_to_exit(cast: dict[str, Hand], later: Any) -> None:
    citizen, village, township, county = (cast[who] for who in ("citizen", "village", "township", "county"))

    citizen.go("/me/poverty/apply/")
    citizen.sees(NAME)
    citizen.fill(cause="illness", text="丈夫生病住院，花费很大，家里缺少收入")
    citizen.page.locator("main [name=authorised]").check()
    citizen.press("提交申请")
    citizen.go("/me/poverty/")
    citizen.sees("入户调查")

    village.go("/desk/")
    village.sees(NAME)
    village.press(f"{NAME}户")
    village.press("打开整页", within="body")
    survey(village, wages="5,000", business="3000", cost="500", property="0", transfers="400")
    citizen.go("/me/poverty/")
    citizen.sees("民主评议")

    review(village)
    post(village, "村务公开栏")
    citizen.go("/me/poverty/")
    citizen.sees("第一次公示")
    later(8)
    finish(village)
    approve(township)
    post(township, "镇政府门口和各村公开栏")
    later(8)
    finish(township)
    approve(county)
    post(county, "县政府网站", "发布公告")
    citizen.go("/me/poverty/")
    citizen.sees("边缘易致贫户")

    home = household_address(village)
    township.go(home)
    township.press("落实责任人|责任人")
    township.page.locator("main select").first.select_option(index=1)
    township.press("保存|确定")
    village.go(home)
    village.press("登记措施")
    village.fill(title="养殖肉牛 2 头", cost="8,000", fund="衔接推进乡村振兴补助资金")
    village.page.locator("main [name=kind]").first.select_option("industry") if village.page.locator(
        "main select[name=kind]"
    ).count() else village.choose("kind", "industry")
    village.press("保存|登记")
    later(60)
    village.go(home)
    village.press("登记走访")
    village.fill(met=NAME, found="牛养得好，收入增加，丈夫已经康复")
    village.press("保存走访")
    village.page.wait_for_timeout(1500)
    village.go(home)
    village.sees("养殖肉牛 2 头", "牛养得好")
    citizen.go("/me/poverty/")
    citizen.sees("养殖肉牛 2 头", "8,000", "牛养得好")

    village.go(home)
    village.press("已消除")
    village.fill(how="手术后康复，医保报销到位")
    village.press("保存|确定|消除")
    village.go(home)
    village.press("提出退出")
    village.fill(text="收入稳定，病已治愈，风险消除")
    village.press("提出退出|提交|确定")
    village.go("/desk/")
    village.press(f"{NAME}户")
    village.press("打开整页", within="body")
    survey(village, wages="12,000", business="3000", cost="500", property="0", transfers="400")
    review(village)
    post(village, "村务公开栏")
    later(8)
    finish(village)
    approve(township)
    approve(county)
    post(county, "县政府网站", "发布公告")
    citizen.go("/me/poverty/")
    citizen.sees("退出")
    village.go(home)
    village.sees("帮扶前后", "7,900", "14,900", "变好")
    with acting_as(system("journey")):
        report = journal.verify()
        assert report.ok, report.problems
        assert report.checked > 30


@pytest.fixture
def posted(lines: None, later: Any) -> dict[str, Any]:
    """A household whose first notice hangs, arranged without the browser."""
    from huimin.core.people.models import Household
    from huimin.services.poverty import actions

    me, area = system("journey"), "620123101201"
    with acting_as(me):
        home = Household.objects.get().id
    secure = dict.fromkeys(("food", "clothing", "schooling", "medical", "housing", "water"), True)
    made = actions.apply(me, household=home, cause="illness", text="家里有人生病花费很大", authorised=True)[
        "procedure"
    ]
    actions.survey(
        me,
        procedure=UUID(made),
        year=clock.today().year - 1,
        members=1,
        amounts={"wages": Decimal(7900)},
        guarantees=secure,
    )
    way = {"programme": actions.CODE, "direction": "entry", "area": area, "procedures": (UUID(made),)}
    held = actions.hold_review(
        me, **way, held_on=clock.today(), place="村委会", chair="主任", eligible=9, present=9
    )["meeting"]
    actions.record_votes(me, meeting=UUID(held), procedure=UUID(made), agree=9, against=0, abstain=0)
    actions.close_review(me, meeting=UUID(held), minutes="会议讨论了名单上的各户情况。")
    return {"home": home, "procedure": UUID(made), "way": way, "me": me}


def test_out_of_order_twice_from_elsewhere_and_too_late_are_refused_in_words(
    posted: dict[str, Any], cast: dict[str, Hand], open_page: Any, sign_in: Any, later: Any, watched: Any
) -> None:
    from huimin.services.poverty import actions

    watched.expect("404", "403", "409", "422")
    village, township, me = cast["village"], cast["township"], posted["me"]

    # Too early: the township's page does not offer the household, and its address tells whose turn it is.
    township.go("/desk/poverty/checks/")
    assert NAME not in township.page.inner_text("main")
    with pytest.raises(Refused, match="第一次公示"):
        actions.check(me, procedure=posted["procedure"], verdict="approve")

    # Twice: two windows prepare the same notice; the second one is told it hangs already.
    other_window = Hand(village.page.context.new_page(), "village")
    for hand in (village, other_window):
        hand.go("/desk/poverty/notices/")
        hand.press("张贴公示")
        hand.fill(place="村务公开栏")
        hand.press("看一看样子")
    village.press("张贴公示")
    other_window.press("张贴公示")
    other_window.sees("已在公示中")

    # From another township: the household cannot be found, by its own address either.
    from huimin.core.access import api as access

    office = access.open_office(me, name="和平镇帮扶站", area="620123102000")["office"]
    start = clock.today() - timedelta(days=1)
    post_made = access.appoint(me, office=UUID(office), username="elsewhere", name="何外乡", start=start)
    access.grant(
        me,
        officer=UUID(post_made["officer"]),
        service="poverty",
        role="township",
        area="620123102000",
        start=start,
    )
    elsewhere = Hand(open_page(DESK), "elsewhere")
    sign_in(elsewhere.page, access.account_of("elsewhere"))
    elsewhere.page.goto(f"/desk/poverty/households/{posted['home']}/?purpose=programme")
    assert "没有找到" in elsewhere.page.inner_text("body")
    assert NAME not in elsewhere.page.inner_text("body")

    # Too late: an objection written while the notice hung and sent after it closed.
    citizen = cast["citizen"]
    citizen.page.goto("/open/poverty/notices/")
    citizen.press("第一次公示")
    citizen.page.locator("main [name=row]").first.select_option(index=1)
    citizen.fill(text="这户在县城有一套商品房")
    later(8)
    citizen.page.locator("main form button").filter(has_text="异议").first.click()
    citizen.page.wait_for_load_state("networkidle")
    citizen.sees("公示期已于", "不能再提出异议")
    with acting_as(me):
        assert journal.verify().ok
