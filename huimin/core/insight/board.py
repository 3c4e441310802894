"""Many indicators of a place at once: what a page shows together is read together, in two queries whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huimin.core.access.api import Viewer, current
from huimin.core.insight import queries
from huimin.core.insight.catalogue import INDICATORS
from huimin.core.insight.models import Computation
from huimin.core.insight.types import Figure

Parts = list[tuple[str, str, Figure]]


def board(
    names: Iterable[str], areas: Iterable[str], periods: Sequence[str], *, published: bool = False,
    viewer: Viewer | None = None,
) -> dict[tuple[str, str, str], Figure]:  # fmt: skip
    """Figures of several indicators by (indicator, division, period); what was never computed is left out."""
    viewer = viewer or current()
    wanted = list(dict.fromkeys(areas))
    known = computations(names, periods)
    read = queries._read([one.id for one in known.values()], wanted, "")
    return {
        (name, area, period): queries._figure(INDICATORS[name], one, area, "", read, published, viewer)
        for (name, period), one in known.items()
        for area in wanted
    }


def parts(
    names: Iterable[str], area: str, period: str, *, published: bool = False, viewer: Viewer | None = None
) -> dict[str, Parts]:
    """The parts of several figures of a division by indicator, each as `breakdown` gives them."""
    viewer = viewer or current()
    known = computations([name for name in names if INDICATORS[name].by], [period])
    read = queries._read([one.id for one in known.values()], [area], None)
    return {
        name: queries.parts_of(INDICATORS[name], one, area, read, published, viewer)
        for (name, _period), one in known.items()
    }


def computations(names: Iterable[str], periods: Sequence[str]) -> dict[tuple[str, str], Computation]:
    """By indicator and period the computation that counts, as for one indicator."""
    found: dict[tuple[str, str], Computation] = {}
    rows = Computation.objects.filter(indicator__in=list(names), period__in=list(periods))
    for row in rows.order_by("computed", "id"):
        key, version = (row.indicator, row.period), INDICATORS[row.indicator].version
        before = found.get(key)
        if before is None or row.version == version or before.version != version:
            found[key] = row
    return found
