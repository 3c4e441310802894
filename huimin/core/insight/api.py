"""The door of insight: indicators, figures per division and period, sourced totals, assessments, frozen reports.

Figures come from what was computed and kept, never from a scan of the register. Where no viewer is named it is the current
one: he sees full figures within his reach and published ones elsewhere (small cells withheld).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huimin.core.access.api import Viewer
from huimin.core.insight import queries
from huimin.core.insight.actions import freeze_report
from huimin.core.insight.assessing import assess, assessment
from huimin.core.insight.board import board, parts
from huimin.core.insight.catalogue import (
    ASSESSMENTS,
    INDICATORS,
    of_service,
    register_assessment,
    register_indicators,
)
from huimin.core.insight.computing import compute, due
from huimin.core.insight.periods import Span, before, parse
from huimin.core.insight.periods import title as period_title
from huimin.core.insight.prints.press import printed
from huimin.core.insight.queries import Mixed, total
from huimin.core.insight.reports import frozen, frozen_reports
from huimin.core.insight.sources import load_sources
from huimin.core.insight.types import Figure, Indicator, Sourced

__all__ = [
    "ASSESSMENTS", "INDICATORS", "Mixed", "Span", "assess", "assessment", "before", "below", "board", "breakdown",
    "compute", "due", "figure", "figures", "freeze_report", "frozen", "frozen_reports", "indicators", "load_sources",
    "parse", "parts", "period_title", "periods", "printed", "register_assessment", "register_indicators", "reported",
    "total", "trend",
]  # fmt: skip


def indicators(service: str) -> tuple[Indicator, ...]:
    """The indicators of a service, in the order it declares them."""
    return of_service(service)


def periods(service: str) -> list[str]:
    """The periods that were computed for a service: years ("2025"), then quarters ("2026Q3"), then months ("2026-09")."""
    return queries.computed_periods(service)


def figures(
    indicator: str, areas: Iterable[str], periods: Sequence[str], *, published: bool = False, viewer: Viewer | None = None,
    by: str = "",
) -> dict[tuple[str, str], Figure]:  # fmt: skip
    """An indicator's figures by (division, period); periods never computed are left out; `by` asks for one part."""
    return queries.figures(INDICATORS[indicator], areas, periods, published=published, viewer=viewer, by=by)


def figure(
    indicator: str, area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> Figure | None:
    """One figure, or None where the period was never computed."""
    return figures(indicator, [area], [period], published=published, viewer=viewer).get((area, period))


def below(
    indicator: str, area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[Figure]:
    """The figures of the divisions right below one, as they stood at the end of the period, by code.

    Statistical units (places.Place.statistical) are among them: they have people, but are never ranked.
    """
    return queries.below(INDICATORS[indicator], area, period, published=published, viewer=viewer)


def trend(
    indicator: str, area: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[Figure]:
    """A division's figures over the computed years, oldest first; each as its division was at that time."""
    return queries.trend(INDICATORS[indicator], area, published=published, viewer=viewer)


def breakdown(
    indicator: str, area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> list[tuple[str, str, Figure]]:
    """The parts of a figure as (code, title, figure): the declared codes in order, others after them."""
    return queries.broken_down(INDICATORS[indicator], area, period, published=published, viewer=viewer)


def reported(indicator: str | None = None, area: str | None = None) -> list[Sourced]:
    """Totals that documents state, with sentence, document and date: of an indicator and a division, or all."""
    return queries.reported(indicator, area)
