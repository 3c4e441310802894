"""How each action of insight is called validly: see tests/conformance/test_killed.py."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from huimin.core.insight import actions

COUNTED = "poverty.households"


def batch(world: Any) -> None:
    """What the next action stores: it is handed over beside the arguments."""
    actions._batch.set(
        actions.Batch(
            generation="1", known_on=date(2025, 12, 31), as_of=datetime(2026, 11, 22, tzinfo=UTC),
            values={COUNTED: [(world.county, "", Decimal(9), None, False, False)]},
            assessed=[
                {
                    "kind": "county", "subject": world.county, "name": "榆中县", "area": world.county, "score": Decimal(90),
                    "grade": "excellent", "rank": 1, "hits": [], "facts": [],
                }
            ],
        )
    )  # fmt: skip


def asked(world: Any, **more: Any) -> dict[str, Any]:
    """A computation of the province."""
    return {"service": "poverty", "area": world.province, "period": "2025", "generation": "1", **more}


def compute(world: Any) -> Any:
    batch(world)
    return world.system, asked(world, versions={COUNTED: f"{world.number():016d}"})


def assess(world: Any) -> Any:
    batch(world)
    return world.system, asked(world, rule="poverty.assessment", version=f"{world.number():064d}")


def keep_reported(world: Any) -> Any:
    total = {
        "title": "贫困户",
        "place": "某县",
        "period": "2015",
        "value": "8",
        "unit": "户",
        "sentence": "有8户。",
    }
    return world.system, {
        "area": world.province, "document": f"报告{world.number()}", "published": date(2018, 8, 7), "totals": [total],
    }  # fmt: skip


def freeze_report(world: Any) -> Any:
    actor, given = compute(world)
    actions.keep_figures(actor, **given)
    return world.system, {"service": "poverty", "area": world.county, "period": "2025"}
