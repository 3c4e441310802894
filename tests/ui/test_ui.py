"""The look: values are written one way, links keep the query, and no page needs an inline script or style."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client

from huimin.ui import formats, listing
from huimin.ui.fonts import FONT_DIR
from huimin.ui.parts import Column, Filter, Income, Part, Row, Table
from huimin.ui.templatetags.huimin import icon_names
from tests.ui import settings as gallery

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "/",
    "/?rows=0",
    "/?rows=1&state=due&sort=-name&hide=2",
    "/panel/",
    "/progress/",
    *(f"/shell/{one}/" for one in ("citizen", "letter", "form", "desk", "dossier", "open", "auth", "print")),
    "/shell/form/?wrong",
]


@pytest.fixture
def browser(settings) -> Client:
    """A client of the style page alone."""
    settings.ROOT_URLCONF = gallery.ROOT_URLCONF
    settings.TEMPLATES = gallery.TEMPLATES
    settings.MIDDLEWARE = gallery.MIDDLEWARE
    settings.LANGUAGE_CODE = "zh-hans"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return Client()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_lives_under_the_strict_policy(browser, page):
    text = browser.get(page).content.decode()
    assert not re.search(r'<[^>]+\s(style|on[a-z]+|hx-on[^=]*)="', text)
    assert "<style" not in text
    assert not re.search(r'<script(?![^>]*(src=|type="application/json"))', text)


@pytest.mark.parametrize("page", PAGES)
def test_every_icon_on_a_page_is_in_the_sprite(browser, page, caplog):
    browser.get(page)
    assert not [one.getMessage() for one in caplog.records if "no icon" in one.getMessage()]


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_an_error_page_says_what_to_do(browser, code):
    answer = browser.get(f"/error/{code}/")
    assert answer.status_code == code
    assert "请" in answer.content.decode()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1234"), "", "1,234.00 元"),
        (Decimal("12345678"), "万", "1,234.57 万元"),
        (0, "", "0.00 元"),
        (None, "", "—"),
        ("", "", "—"),
    ],
)
def test_money_has_separators_two_decimals_and_its_unit(value, unit, text):
    assert formats.yuan(value, unit) == text


def test_dates_are_spelled_out_in_text_and_short_in_tables():
    day = dt.date(2026, 3, 5)
    assert formats.cdate(day) == "2026年3月5日"
    assert formats.idate(day) == "2026-03-05"
    assert formats.idate(None) == "—"


@pytest.mark.parametrize(
    ("name", "text"), [("王桂兰", "王*兰"), ("李强", "李*"), ("马哈麦·阿卜杜拉", "马**拉"), ("", "—")]
)
def test_a_name_is_masked_without_telling_its_length(name, text):
    assert formats.masked(name) == text


def test_a_change_of_order_goes_back_to_the_first_page():
    query = QueryDict("state=due&after=k9")
    assert listing.head(query, Column("收入", sort="income")).url == "?state=due&sort=income"


def test_a_second_press_on_a_head_turns_the_order_round():
    head = listing.head(QueryDict("sort=income"), Column("收入", sort="income"))
    assert (head.order, head.url) == ("ascending", "?sort=-income")


def test_a_chip_keeps_the_other_filters():
    chip = listing.chip(
        QueryDict("state=due&kind=a"), Filter("state", "状态", [("due", "待核实"), ("in", "已纳入")])
    )
    assert chip.word == "待核实"
    assert chip.clear == "?kind=a"


def test_the_first_column_cannot_be_hidden():
    assert listing.hidden(QueryDict("hide=0.2.9.x"), 4) == {2}


def test_text_in_a_cell_is_escaped():
    table = Table("名单", [Column("户主")], [Row(["<b>王</b>"])])
    text = Template("{% load huimin %}{% table table %}").render(Context({"table": table}))
    assert "&lt;b&gt;王&lt;/b&gt;" in text


def test_income_without_any_part_still_draws_the_line():
    income = Income([Part("务工", None)], Decimal(8100), "监测线")
    text = Template("{% load huimin %}{% income income %}").render(Context({"income": income}))
    assert "低于监测线 8,100" in text


def test_the_sprite_holds_every_icon_that_is_listed():
    sys.path.insert(0, str(ROOT / "tools"))
    from vendor_icons import ICONS

    assert icon_names() == ICONS


def test_no_vendored_file_was_changed():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "vendor.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_fonts_for_printing_are_there():
    assert {one.name for one in FONT_DIR.glob("*.ttf")} == {
        "NotoSansSC_400Regular.ttf",
        "NotoSansSC_700Bold.ttf",
        "NotoSerifTibetan_400Regular.ttf",
    }
