"""Certificates of real decisions: by one, by a survey, by a run on everyone; read by whom they are about and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from huimin.core.access import api as access
from huimin.core.credentials import api as credentials
from huimin.core.credentials import proof
from huimin.core.rules import api as rules
from huimin.kit.ref import Ref


def decision_about(home: Any) -> Any:
    return rules.decisions_about(Ref.of("household", home))[0]


def states(content: bytes) -> dict[str, str]:
    report = proof.check(proof.parse(content), keys=credentials.key_list()["keys"])
    return {one.name: one.state for one in report.checks}


@pytest.mark.parametrize("more", [{}, {"per_head": 9000}, {"housing": False}])
def test_a_households_decision_is_derived_again_from_its_certificate(household, way, system, more):
    home = household()
    way.survey(way.apply(home), **more)
    with access.acting_as(system):
        made = credentials.certificate(decision_about(home).id)
        text = made.content.decode()
        assert set(states(made.content).values()) == {"ok", "none"}
        assert "王秀" not in text
        assert str(home) not in text
