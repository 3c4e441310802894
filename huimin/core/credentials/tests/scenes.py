"""How each action of credentials is called validly: see tests/conformance/test_killed.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huimin.core.credentials.models import DecisionDay
from huimin.kit import clock


def renew_key(world: Any) -> Any:
    return world.system, {}


def close_day(world: Any) -> Any:
    last = DecisionDay.objects.order_by("-day").first()
    return world.system, {"day": last.day + timedelta(days=1) if last else clock.today() - timedelta(days=3)}
