"""Computing a service's figures: each period counted from the snapshot, small cells marked, kept by one action each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer, current
from huimin.core.insight import periods as spans
from huimin.core.insight.actions import Batch, Row, keep_figures, storing
from huimin.core.insight.catalogue import of_service
from huimin.core.insight.queries import computed_periods
from huimin.core.insight.types import Computed, Indicator
from huimin.core.insight.withholding import Withheld, withhold
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.clock import BEIJING
from huimin.kit.refusal import Refused

if TYPE_CHECKING:
    from huimin.core.insight.counting import Counted

Progress = Callable[[str, int, int], None]


def province() -> str:
    """The division an installation serves, where its computations are entered in the journal."""
    return AreaCode.parse(settings.PROVINCE).code


def compute(
    service: str,
    periods: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    viewer: Viewer | None = None,
) -> Computed:
    """Count every indicator of a service for some periods (the usual ones by default) from the latest snapshot, and keep them.

    `progress(period, done, total)` hears of each period. Repeating it on the same snapshot changes nothing. Raises
    Refused for a period that has not begun on the snapshot's day, NotFound where there is no snapshot.
    """
    from huimin.core.facts.api import opened
    from huimin.core.insight.counting import count, hold  # with the engines: only who computes loads them

    started, heard, viewer = time.monotonic(), progress or (lambda *_: None), viewer or current()
    wanted = of_service(service)
    if not wanted:
        return Computed(service=service, periods=(), rows=0, generation="", seconds=0.0)
    stages: dict[str, float] = {"count": 0.0, "withhold": 0.0, "keep": 0.0}
    rows = 0
    with opened() as snapshot:
        known = snapshot.as_of.astimezone(BEIJING).date()
        hold(snapshot, wanted)
        names = list(periods) if periods is not None else spans.usual(known)
        for done, span in enumerate([begun(name, known) for name in names]):
            heard(span.name, done, len(names))
            day = span.known_on(known)
            at = time.monotonic()
            counted = count(snapshot, wanted, day)
            stages["count"] += time.monotonic() - at
            at = time.monotonic()
            values = {one.name: kept(one, counted[one.name]) for one in wanted if one.name in counted}
            stages["withhold"] += time.monotonic() - at
            at = time.monotonic()
            versions = {one.name: one.version for one in wanted}
            batch = Batch(
                generation=str(snapshot.generation),
                known_on=day,
                as_of=snapshot.as_of,
                demo=settings.DEMO,
                values=values,
            )
            with storing(batch):
                rows += keep_figures(
                    viewer, key=key(service, span.name, snapshot.generation, day, versions), service=service, area=province(),
                    period=span.name, generation=str(snapshot.generation), versions=versions,
                )["values"]  # fmt: skip
            stages["keep"] += time.monotonic() - at
        heard("", len(names), len(names))
        generation = str(snapshot.generation)
    seconds = round(time.monotonic() - started, 3)
    return Computed(
        service=service, periods=tuple(names), rows=rows, generation=generation, seconds=seconds,
        stages={stage: round(took, 3) for stage, took in stages.items()},
    )  # fmt: skip


def due(service: str) -> list[str]:
    """The periods to compute now: those that run or have just ended; the usual ones where nothing was computed yet."""
    today = clock.today()
    return spans.open_on(today) if computed_periods(service) else spans.usual(today)


def begun(name: str, day: date) -> spans.Span:
    """The period of that name; raise Refused(code="not_begun") where it begins after the snapshot."""
    span = spans.parse(name)
    if span.first > day:
        raise Refused(
            _("统计期 %(name)s 还没有开始，快照只到 %(day)s。") % {"name": name, "day": day.isoformat()},
            code="not_begun",
        )
    return span


def key(service: str, period: str, generation: int, day: date, versions: dict[str, str]) -> str:
    """What tells one computation from another: the same again is harmless."""
    return f"{service}/{period}/{generation}/{day}/" + ",".join(sorted(versions.values()))


def kept(indicator: Indicator, counted: Counted) -> list[Row]:
    """An indicator's rows as they are stored, with the marks of what is withheld from the public."""
    from huimin.core.insight.counting import sizes

    withheld = withhold(*sizes(counted)) if indicator.public else Withheld()
    rows: list[Row] = [
        (code, "", cell.numerator, cell.denominator, code in withheld.hidden, code in withheld.closed)
        for code, cell in counted.whole.items()
    ]
    rows += [
        (code, part, cell.numerator, cell.denominator, code in withheld.closed, code in withheld.closed)
        for code, parts in counted.parts.items()
        for part, cell in parts.items()
    ]
    return rows
