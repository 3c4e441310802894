"""Every decision that the test kit asks for, compiled and interpreted: the same outcome, trace and diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from huimin.core.rules.lang import tck
from huimin.core.rules.lang.compiled import compiled
from huimin.core.rules.lang.plan import Link
from huimin.core.rules.lang.running import evaluated

from .test_dmn_tck import KIT, pytestmark  # noqa: F401 - skipped where the kit is not


def asked() -> Iterator[tuple[str, Link, dict[str, Any]]]:
    """Every decision of every case, with the facts of the case."""
    for path in sorted(KIT.rglob("*-test-*.xml")):
        root = etree.parse(str(path)).getroot()
        model = tck.load(path.with_name(tck._text(root, "modelName")))
        for case in tck._all(root, "testCase"):
            facts = {node.get("name", ""): tck._value(node) for node in tck._all(case, "inputNode")}
            for node in tck._all(case, "resultNode"):
                decision = model.decision(node.get("name", ""))
                if decision is not None and case.get("type", "decision") == "decision":
                    yield f"{path.name} {decision.name}", Link(model.plan, decision), facts


def told(found: Any) -> str:
    """All that an evaluation says, functions without their address."""
    said = (found.outcome, found.matched, tuple(found.trace), list(found.used.items()), found.diagnostics)
    return re.sub(" at 0x[0-9a-f]+", "", repr(said))


def test_every_case_gives_the_same_compiled_and_interpreted():
    different, count = [], 0
    moment = tck.MOMENT
    for name, link, facts in asked():
        count += 1
        form = compiled(link.plan.model, link.element)
        alone = evaluated(link, facts, moment, moment.date())
        outcome, matched = form.decide(facts, moment, moment.date())
        short = re.sub(" at 0x[0-9a-f]+", "", repr((outcome, matched)))
        if (
            told(form.evaluate(facts, moment, moment.date())) != told(alone)
            or short != re.sub(" at 0x[0-9a-f]+", "", repr((alone.outcome, alone.matched)))
        ):  # fmt: skip
            different.append(name)
    assert different == []
    assert count > 1900
