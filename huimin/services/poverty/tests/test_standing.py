# ruff: noqa: F811 (fixtures of the population tests are asked for by name)
"""How many households of the register stand in a gap or an overlap of a changed rule, and what two versions come to."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from huimin.core.facts import api as facts
from huimin.core.rules import api as rules
from huimin.core.rules.deciding import known
from huimin.kit.ref import Ref
from huimin.services.poverty.tests.test_population import (  # noqa: F401 - fixtures
    lines,
    link,
    snapshot_folder,
    someone,
)

TODAY = date(2026, 11, 22)


@pytest.mark.usefixtures("snapshot_folder", "lines")
def test_households_in_a_gap_and_an_overlap_are_those_that_decide_nothing_alone(someone, link, system, clock):
    chance = random.Random(3)
    homes = [str(someone(chance)) for _ in range(70)]
    facts.refresh()
    shipped = rules.BOOK["poverty.monitoring"]
    row = shipped.text.index('<rule id="monitoring_r2">')
    # Row 2 no longer asks whether the household was lifted, and row 4 wants it to have been.
    changed = shipped.text[:row] + shipped.text[row:].replace(
        "<text>true</text></inputEntry>\n        <outputEntry",
        "<text>-</text></inputEntry>\n        <outputEntry",
        1,
    )
    changed = changed.replace('"monitoring_r4c3"><text>-<', '"monitoring_r4c3"><text>true<')
    file = shipped.as_written(changed)
    with system.acting():
        found = rules.analysis_of(file)
        stood = rules.standings(file, found.findings)
        expected: Counter[str] = Counter()
        for home in homes:
            alone = known(file, Ref.of("household", home), TODAY)
            one = rules.evaluate(file, {name: each.value for name, each in alone.items()}, TODAY)
            if one.outcome is None:
                overlap = any(each.code == "table.several_hits" for each in one.diagnostics)
                expected["overlap" if overlap else "gap"] += 1
        flows = rules.compared(shipped, file)
    counted: Counter[str] = Counter()
    for finding, standing in zip(found.findings, stood, strict=True):
        if standing.people is not None:
            counted[finding.kind] += standing.people
            assert sum(count for _county, count in standing.counties) == standing.people
    assert counted == expected
    assert expected["gap"] > 0
    assert expected["overlap"] > 0
    assert flows.subjects == len(homes)
    leaving = sum(flow["count"] for flow in flows.flows if not flow["after"])
    assert leaving == expected["overlap"]  # no outcome is as good as none
