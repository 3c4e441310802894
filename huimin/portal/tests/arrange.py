"""Figures kept as a computation would keep them: counted in villages, added up for everything above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from huimin.core.insight import actions
from huimin.core.insight.api import INDICATORS
from huimin.kit.area import AreaCode

VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE = "620123101201", "620123101202", "621102101202"
Counted = Mapping[str, tuple[int, int | None]]

# The incidence of one county falls from 23.6 % to 15.5 %; in the other it is so small that it is withheld.
INCIDENCE: Mapping[str, Counted] = {
    "2024": {VILLAGE: (136, 600), NEXT_VILLAGE: (100, 400), OTHER_VILLAGE: (6, 300)},
    "2025": {VILLAGE: (95, 600), NEXT_VILLAGE: (60, 400), OTHER_VILLAGE: (3, 300)},
}
HOUSEHOLDS: Mapping[str, Counted] = {
    "2024": {VILLAGE: (40, None), NEXT_VILLAGE: (30, None), OTHER_VILLAGE: (6, None)},
    "2025": {VILLAGE: (28, None), NEXT_VILLAGE: (18, None), OTHER_VILLAGE: (1, None)},
}


def summed(villages: Counted, by: str = "") -> list[tuple[str, str, Decimal, Decimal | None, bool, bool]]:
    """The rows of villages and of everything above them; from one to four is withheld."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rate = any(below is not None for _above, below in villages.values())
    for code, (above, below) in villages.items():
        for area in (*(str(one) for one in AreaCode(code).ancestors), code):
            found[area][0] += above
            found[area][1] += below or 0
    return [
        (area, by, Decimal(above), Decimal(below) if rate else None, 0 < above < 5, 0 < above < 5)
        for area, (above, below) in found.items()
    ]


def keep(system: Any, name: str, period: str, rows: list[Any]) -> None:
    """Keep one indicator's rows of a period."""
    year = int(period[:4])
    batch = actions.Batch(
        generation="20261122T0100",
        known_on=date(year, 12, 31),
        as_of=datetime(2026, 11, 22, 1, tzinfo=UTC),
        demo=True,
        values={name: rows},
    )
    with actions.storing(batch):
        actions.keep_figures(
            system, service="poverty", area="620000000000", period=period, generation="20261122T0100",
            versions={name: INDICATORS[name].version},
        )  # fmt: skip


def keep_figures(system: Any) -> None:
    """Two years of incidence, and of households by kind."""
    for period, villages in INCIDENCE.items():
        keep(system, "poverty.incidence", period, summed(villages))
    for period, villages in HOUSEHOLDS.items():
        part = {code: (above // 2, None) for code, (above, _below) in villages.items()}
        rest = {code: (above - above // 2, None) for code, (above, _below) in villages.items()}
        rows = summed(villages) + summed(part, "unstable") + summed(rest, "marginal")
        keep(system, "poverty.households", period, rows)
