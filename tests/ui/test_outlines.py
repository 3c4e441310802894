"""The outlines of the packaged province: every county is joined or named, neighbours meet, files are as made."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from huimin.ui.outlines import HEIGHT, MAPS, WIDTH, outline
from tools.outlines import GRID, arcs, inside, junctions, rings, simplified, thinned, unpacked

ROOT = Path(__file__).parents[2]
RECORD = json.loads((MAPS / "OUTLINES.json").read_text(encoding="utf-8"))
GANSU = "620000000000"


def divisions(digits: int) -> set[str]:
    """The packaged codes of a level, in full."""
    with gzip.open(ROOT / "huimin/core/places/data/gansu.csv.gz", "rt", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        codes = {row["code"].ljust(12, "0") for row in rows}
    rest = {4: 2, 6: 4}[digits]
    return {code for code in codes if not int(code[digits:]) and int(code[rest:digits])}


def test_every_county_has_an_outline_or_a_reason_why_not():
    prefectures, counties = divisions(4), divisions(6)
    drawn = {shape.code for code in prefectures for shape in outline(code).shapes}
    assert len(counties) == 88
    assert counties - drawn == {code.ljust(12, "0") for code in RECORD["missing"]}
    assert drawn - counties == set()
    assert all(RECORD["missing"].values())


def test_every_prefecture_is_on_the_provinces_map():
    assert {shape.code for shape in outline(GANSU).shapes} == divisions(4)


def test_the_two_counties_whose_code_changed_are_drawn_under_todays():
    assert "620881000000" in {shape.code for shape in outline("620800000000").shapes}
    assert {shape.code for shape in outline("620200000000").shapes} == {"620201000000"}
    assert set(RECORD["aliases"]) == {"620824", "620200"}


def test_a_county_a_village_and_a_province_without_files_have_no_outline():
    assert outline("620123000000") is None
    assert outline("620123101201") is None
    assert outline("110000000000") is None
    assert outline("000000000000") is None


def test_a_map_fits_its_sheet_and_names_stand_inside_their_area():
    for code in (GANSU, *divisions(4)):
        sheet = outline(code)
        assert sheet.width <= WIDTH + 1
        assert sheet.height <= HEIGHT + 1
        for shape in sheet.shapes:
            assert 0 <= shape.x <= sheet.width
            assert 0 <= shape.y <= sheet.height
            assert shape.room > 0, shape.code


def test_the_files_are_as_they_were_made_and_small():
    check = subprocess.run(
        [sys.executable, str(ROOT / "tools/boundaries.py"), "--check"], check=False, capture_output=True
    )
    assert check.returncode == 0, check.stderr.decode()
    assert all((MAPS / name).stat().st_size < 60_000 for name in RECORD["files"])


def test_neighbours_of_a_finished_map_share_their_borders_point_by_point():
    content = json.loads((MAPS / "6229.json").read_text(encoding="utf-8"))
    sides: dict[frozenset[tuple[float, float]], int] = {}
    for feature in content["features"]:
        for part in feature["geometry"]["coordinates"]:
            for a, b in zip(part[0], part[0][1:], strict=False):
                side = frozenset((tuple(a), tuple(b)))
                sides[side] = sides.get(side, 0) + 1
    assert sum(count > 2 for count in sides.values()) < 0.01 * len(sides), "a sliver may close on itself"
    assert sum(count == 2 for count in sides.values()) > 0.3 * len(sides)


def packed(ring: list[tuple[int, int]], offset: tuple[int, int]) -> str:
    x, y = offset
    text = ""
    for east, north in ring:
        for step in (east - x, north - y):
            text += chr(((step << 1) ^ (step >> 31)) + 64)
        x, y = east, north
    return text


point = st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000))


@given(st.lists(point, max_size=30), point)
def test_what_echarts_packs_is_unpacked(ring, offset):
    assert unpacked(packed(ring, offset), offset) == ring


@given(st.lists(point, min_size=3, max_size=40, unique=True), st.floats(0, 50))
def test_a_thinned_line_keeps_its_ends_and_reads_the_same_from_both(line, slack):
    thin = thinned(tuple(line), slack)
    assert (thin[0], thin[-1]) == (line[0], line[-1])
    assert set(thin) <= set(line)


def test_two_squares_keep_one_border_and_a_ring_without_neighbours_closes():
    left = [(0, 0), (4, 0), (4, 1), (5, 2), (4, 3), (4, 4), (0, 4)]
    right = [(4, 0), (8, 0), (8, 4), (4, 4), (4, 3), (5, 2), (4, 1)]
    nodes = junctions([left, right])
    assert nodes == {(4, 0), (4, 4)}
    thin = simplified({"a": [left], "b": [right]}, 0.5)
    assert (5, 2) in thin["a"][0]
    assert (5, 2) in thin["b"][0]
    straight = simplified({"a": [left], "b": [right]}, 2)
    assert (5, 2) not in straight["a"][0]
    assert set(straight["a"][0]) & set(straight["b"][0]) == {(4, 0), (4, 4)}
    alone = [piece for piece in arcs(left, set()) if piece]
    assert alone[0][0] == alone[-1][-1]
    assert inside((2, 2), straight["a"][0])


def test_a_plain_ring_is_read_on_the_grid():
    square = {"type": "Polygon", "coordinates": [[[100, 36], [101, 36], [101, 37], [100, 36]]]}
    (ring,) = rings(square)
    assert set(ring) == {(100 * GRID, 36 * GRID), (101 * GRID, 36 * GRID), (101 * GRID, 37 * GRID)}
    assert len(ring) == 3
