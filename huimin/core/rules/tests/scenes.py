"""How each action of rules is called validly: see tests/conformance/test_killed.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from huimin.core.rules import actions
from huimin.core.rules.book import BOOK
from huimin.core.rules.models import PopulationRun
from huimin.kit import clock

RULE = "poverty.monitoring"


def run_population(world: Any) -> Any:
    PopulationRun.objects.filter(closed=None).update(state="done", closed=clock.now())
    return world.system, {"service": "poverty"}


def opened(world: Any) -> UUID:
    """A run that waits."""
    actor, given = run_population(world)
    return UUID(actions.run_population(actor, **given)["run"])


def stop_population(world: Any) -> Any:
    return world.system, {"run": opened(world)}


def decide_population(world: Any) -> Any:
    home = world.household()
    row = (uuid4(), str(home), world.village, '"marginal"', None, "[]", "[]", "[]")
    return world.system, {
        "run": opened(world), "rule": RULE, "version": BOOK[RULE].model.hash, "generation": 1, "day": clock.today(),
        "county": world.county[:6], "read": clock.now(), "rows": actions.Rows([row]),  # type: ignore[arg-type]
    }  # fmt: skip
