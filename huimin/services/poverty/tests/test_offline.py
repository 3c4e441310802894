"""A day without a network, in a browser: visits with photos are kept and sent as they are (T7)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.access.models import Account
from huimin.core.programmes import api as programmes
from huimin.kit import clock as kit
from huimin.services.poverty import actions
from huimin.services.poverty.models import Guarantee

pytestmark = pytest.mark.django_db(transaction=True)


def png(shade: int) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes([0, shade, shade] * 2)))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def phone(chromium: Any, live_server: Any) -> Any:
    """A signed-in phone: `phone(viewer)` gives its page."""
    opened = []

    def make(viewer: Any) -> Any:
        client = Client()
        account = Account.objects.get(id=viewer.id.rpartition(":")[2])
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN"
        )
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def helped(system: Any, household: Any, way: Any, team: Any, clock: Any) -> Any:
    """Two households in the village officer's care."""
    clock.set(kit.now())
    clock.forward(days=-40)
    found = []
    for _number in range(2):
        home = household()
        way.enrol(home)
        with access.acting_as(system):
            enrolment = programmes.enrolment_of(home, actions.CODE)
        actions.assign(team.township, enrolment=enrolment.id, officer=team.village.officer, start=kit.today())
        found.append(enrolment)
    clock.release()
    return found


def fill(page: Any, met: str, found: str) -> None:
    page.fill("#id_met", met)
    page.fill("#id_found", found)


def visits(system: Any, enrolment: Any) -> list[Any]:
    with access.acting_as(system):
        return programmes.visits_of(enrolment.id)


def test_no_signal_so_it_must_be_entered_again_by_hand(phone, helped, team, system):
    """T7: one day without network: visits with photos are saved as the final record; on return nothing is typed again."""
    first, second = helped
    page = phone(team.village)
    page.goto(reverse("poverty:desk-mine"))
    page.wait_for_selector("[data-visit-mine][data-pages='3']", state="attached")
    page.context.set_offline(True)
    for enrolment, word in ((first, "牛养得好"), (second, "玉米已经收完")):
        page.goto(reverse("poverty:desk-visit", args=[enrolment.id]))
        fill(page, "户主本人", word)
        page.set_input_files(
            "#id_photos", [{"name": "家里.png", "mimeType": "image/png", "buffer": png(len(word) * 20)}]
        )
        page.click("text=保存走访")
        page.wait_for_url("**/mine/")
    page.wait_for_selector("[data-outbox]:not([hidden])")
    assert page.locator("[data-outbox-list] > li").count() == 2
    assert visits(system, first) == []

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("[data-sent]:not([hidden])")
    assert page.locator("[data-outbox]").is_hidden()
    for enrolment, word in ((first, "牛养得好"), (second, "玉米已经收完")):
        made = visits(system, enrolment)
        assert [(v.met, v.found, v.offline) for v in made] == [("户主本人", word, True)]
        with access.acting_as(system):
            photos = programmes.photos_of("visit", made[0].id)
        assert [p.media for p in photos] == ["image/png"]


def test_a_conflict_shows_both_values_and_the_officer_chooses(phone, helped, team, system):
    """T7: a guarantee that somebody else recorded meanwhile is not overwritten: both values are shown."""
    first, _second = helped
    page = phone(team.village)
    page.goto(reverse("poverty:desk-mine"))
    page.wait_for_selector("[data-visit-mine][data-pages='3']", state="attached")
    page.context.set_offline(True)
    page.goto(reverse("poverty:desk-visit", args=[first.id]))
    fill(page, "户主本人", "房子后墙裂了")
    page.click("summary:has-text('保障有变化')")
    page.select_option("#id_guarantee_housing", "no")
    page.click("text=保存走访")
    page.wait_for_url("**/mine/")
    actions.update_facts(
        team.township,
        household=first.household_id,
        guarantees={"housing": True},
        notes={"housing": "鉴定为B级"},
    )

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("text=用系统里的")
    said = page.locator("[data-outbox-list]").inner_text()
    assert "我记的：没有保障" in said
    assert "系统里：有保障" in said
    assert len(visits(system, first)) == 1
    page.click("text=用我记的")
    page.wait_for_selector("[data-outbox]", state="hidden")
    with access.acting_as(system):
        last = (
            Guarantee.objects.filter(household_id=first.household_id, kind="housing")
            .order_by("-recorded")
            .first()
        )
    assert last.secure is False


AXE = Path(__file__).resolve().parents[4] / "tests" / "vendor" / "axe-core" / "axe.min.js"


def test_the_officers_pages_can_be_used_by_everybody_and_with_the_keyboard(phone, helped, team):
    """AA by axe on a phone, and a list that is walked, opened and left without a mouse (T19)."""
    if not AXE.exists():
        pytest.skip("tests/vendor/axe-core is missing: tools/vendor.py fetches it")
    first, _second = helped
    page = phone(team.village)
    home = first.household_id
    for address in (
        reverse("poverty:desk-households"),
        reverse("poverty:desk-household", args=[home]) + "?purpose=visit",
        reverse("poverty:desk-facts", args=[home]),
        reverse("poverty:desk-mine"),
        reverse("poverty:desk-visit", args=[first.id]),
        reverse("poverty:desk-alerts"),
    ):
        page.goto(address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], resultTypes: ['violations']})"
        )
        assert [one["id"] for one in found["violations"]] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(reverse("poverty:desk-households"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-panel-box]:not([hidden]) h1")
    assert "登记走访" in page.locator("[data-panel-body]").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("[data-panel-box]").is_hidden()
