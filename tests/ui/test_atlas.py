"""Maps, trends and bars: what is not known is hatched, scales are round, targets divide, long names are cut short."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huimin.ui.atlas import Atlas, Bar, Panel, Point, Spot, Trend, atlas_data, panel_data, trend_data
from huimin.ui.outlines import short_name
from huimin.ui.shading import band_of, bands

values = st.lists(st.decimals(0, 10**7, places=1), min_size=1, max_size=90)


@given(values)
def test_every_value_has_a_band_and_the_darker_one_is_higher(found):
    legend = bands(found)
    assert 1 <= len(legend) <= 5
    shades = [int(one.css[-1]) for one in legend]
    assert shades == sorted(set(shades))
    for value in found:
        band = band_of(value, legend)
        assert band is not None
        assert band.low <= value <= band.high


@given(values, st.decimals(0, 10**7, places=1), st.sampled_from(["up", "down"]))
def test_around_a_target_teal_is_the_good_side(found, target, better):
    legend = bands(found, target=target, better=better)
    for value in found:
        band = band_of(value, legend)
        if band.css.startswith("hm-good"):
            assert value >= target if better == "up" else value <= target
        if band.css.startswith("hm-bad"):
            assert value <= target if better == "up" else value >= target


def test_steps_are_round_and_two_colours_need_a_target_in_between():
    edges = [one.low for one in bands([Decimal("4.1"), Decimal("12.6")])]
    assert edges == [Decimal(4), Decimal(6), Decimal(8), Decimal(10), Decimal(12)]
    far = bands([Decimal(n) for n in (1, 2, 3, 4, 5, 9000)])
    assert len(far) > 2, "one very large place does not make all others alike"
    one_side = bands([Decimal(96), Decimal(99)], target=Decimal(95), better="up")
    assert all(one.css.startswith("hm-s") for one in one_side)
    both = bands([Decimal(80), Decimal(99)], target=Decimal(95), better="up")
    assert {one.css[:6] for one in both} == {"hm-bad", "hm-goo"}
    assert (both[0].text[-2:], both[-1].text) == ("以下", "95 以上")


def test_no_value_has_no_band():
    assert bands([None, None]) == ()
    assert band_of(None, bands([Decimal(1)])) is None


def spot(code: str, value: int | None, *, ranked: bool = True) -> Spot:
    return Spot(
        code=code,
        name=code[:6],
        value=None if value is None else Decimal(value),
        text=str(value),
        ranked=ranked,
    )


def test_a_place_without_an_outline_stands_beside_the_map():
    atlas = Atlas(
        code="620100000000",
        label="",
        unit="",
        spots=[spot("620123000000", 3), spot("620171000000", 9, ranked=False)],
    )
    data = atlas_data(atlas)
    assert [one["spot"].code for one in data["drawn"]] == ["620123000000"]
    assert [one.code for one in data["aside"]] == ["620171000000"]
    assert {one.code for one in data["bare"]} >= {"620102000000"}, (
        "an outline without a figure is still drawn"
    )


def test_a_place_without_a_figure_has_a_name_on_the_map_and_no_words_in_its_place():
    data = atlas_data(
        Atlas(
            code="620100000000",
            label="",
            unit="",
            spots=[spot("620121000000", None), spot("620123000000", 3)],
        )
    )
    assert [(one["named"], one["full"]) for one in data["drawn"]] == [(True, False), (True, True)]


def test_townships_are_tiles_beside_the_county_on_a_small_map():
    data = atlas_data(
        Atlas(
            code="620123000000",
            label="",
            unit="",
            spots=[spot("620123100000", 3), spot("620123101000", None)],
        )
    )
    assert data["sheet"] is None
    assert [one["css"] for one in data["tiles"]][1] == ""
    assert data["unknown"]
    assert data["locator"].code == "620123000000"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("临夏回族自治州", "临夏"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("东乡族自治县", "东乡"),
        ("阿克塞哈萨克族自治县", "阿克塞"),
        ("榆中县", "榆中县"),
    ],
)
def test_the_map_names_autonomous_divisions_short(name, short):
    assert short_name(name) == short


def point(label: str, value: int | None, *, running: bool = False) -> Point:
    return Point(label=label, value=None if value is None else Decimal(value), text=str(value), open=running)


def test_a_trend_breaks_where_nothing_is_known_and_is_dashed_while_the_year_runs():
    trend = Trend(label="", unit="%", points=[point("2022", 9), point("2023", None), point("2024", 7), point("2025", 6),
                                              point("2026", 5, running=True)])  # fmt: skip
    data = trend_data(trend)
    assert data["solid"].count("M") == 2
    assert data["dashed"].count("L") == 1
    assert data["marks"][1]["y"] is None
    heights = [mark["y"] for mark in data["marks"] if mark["y"] is not None]
    assert heights == sorted(heights), "a falling figure is drawn falling"


@given(
    st.lists(st.decimals(-1000, 10**9, places=1), min_size=1, max_size=12),
    st.none() | st.decimals(0, 10**9, places=1),
)
def test_a_trend_stays_on_its_sheet(found, target):
    data = trend_data(
        Trend(
            label="", unit="", points=[point(str(n), int(one)) for n, one in enumerate(found)], target=target
        )
    )
    assert all(0 <= mark["y"] <= data["height"] for mark in data["marks"])


def test_bars_keep_a_sliver_for_what_is_small_and_none_for_nothing():
    data = panel_data(
        Panel(
            title="",
            bars=[Bar(label="a", text="1", share=Decimal("0.01")), Bar(label="b", text="0", share=None)],
        )
    )
    assert [one["width"] for one in data["bars"]] == ["0.6%", "0%"]


def test_a_trend_of_nothing_is_only_a_table():
    assert trend_data(Trend(label="", unit="", points=[point("2025", None)]))["marks"] == []
