"""The public DMN Technology Compatibility Kit: what passed once must pass for ever.

The kit lies outside the repository (see its NOTE.md for source and licence). The baseline is a list of the
cases that pass; it may grow and never shrink. To add to it after an improvement:

    HUIMIN_RECORD_BASELINE=1 python -m pytest tests/peers/dmn_tck
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from huimin.core.rules.lang import tck

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("HUIMIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
KIT = DATA / "dmn-tck"
BASELINE = Path(__file__).with_name("baseline.txt")

pytestmark = pytest.mark.skipif(
    not KIT.is_dir(),
    reason=f"the test kit is not at {KIT}; set HUIMIN_SHARED_DATA to the folder that holds dmn-tck",
)


@pytest.fixture(scope="module")
def report() -> tck.Report:
    return tck.run(KIT)


def test_no_case_of_the_baseline_stops_passing(report):
    passing = {case.id for case in report.cases if case.passed}
    known = set(BASELINE.read_text().splitlines()) if BASELINE.exists() else set()
    if os.environ.get("HUIMIN_RECORD_BASELINE"):
        BASELINE.write_text("".join(f"{each}\n" for each in sorted(known | passing)))
    reasons = {case.id: case.reason for case in report.cases}
    lost = [f"{each}: {reasons.get(each, 'no longer in the kit')}" for each in sorted(known - passing)]
    assert lost == []


def test_every_case_given_passes(report):
    assert [f"{case.id}: {case.reason}" for case in report.cases if not case.passed] == []
    assert report.of("compliance-level-2").figures()["all"] == (116, 116)
    assert report.of("compliance-level-2").figures()["expecting a value"] == (105, 105)


def test_a_level_alone_is_the_same_as_within_the_kit(report):
    alone = tck.run(KIT / "compliance-level-2")
    assert alone.levels == ["compliance-level-2"]
    assert alone.figures() == report.of("compliance-level-2").figures()


def test_four_figures_are_quoted_side_by_side(report):
    figures = report.figures()
    assert list(figures) == ["all", "expecting a value", "with a table", "an engine of nulls"]
    assert figures["all"][0] > figures["an engine of nulls"][0]
