"""A province with a few counties, and figures kept as a computation would keep them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from huimin.core.insight import actions
from huimin.core.insight.api import INDICATORS
from huimin.core.places import api as places

PROVINCE = "620000000000"
TAKEN = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture
def gansu(db: Any) -> str:
    """The divisions of one county and those above it; the county's code."""
    places.import_package(within="620123000000")
    return "620123000000"


@pytest.fixture
def keep(system: Any) -> Callable[..., dict[str, Any]]:
    """Keep rows (division, by, numerator, denominator, hidden) of an indicator and period: `keep(name, "2025", rows)`."""

    def run(
        name: str, period: str, rows: Sequence[Any], *, version: str = "", generation: str = "1"
    ) -> dict[str, Any]:
        made = [
            (area, by, Decimal(n), None if d is None else Decimal(d), hidden, hidden)
            for area, by, n, d, hidden in rows
        ]
        batch = actions.Batch(
            generation=generation, known_on=date(int(period[:4]), 12, 31), as_of=TAKEN, values={name: made}
        )
        with actions.storing(batch):
            return actions.keep_figures(
                system, service="poverty", area=PROVINCE, period=period, generation=generation,
                versions={name: version or INDICATORS[name].version},
            )  # fmt: skip

    return run
