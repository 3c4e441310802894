"""Years, quarters and months by name: 2025, 2026Q3, 2026-09."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from huimin.kit.refusal import Refused

_NAME = re.compile(r"(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
FIRST_MONTH = {"1": 1, "2": 4, "3": 7, "4": 10}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period with its first and last day, both inclusive."""

    last: date
    first: date
    name: str

    def known_on(self, today: date) -> date:
        """The day its figures speak of: its last day, or today while it runs."""
        return min(self.last, today)

    def closed(self, today: date) -> bool:
        """Whether it is over."""
        return self.last < today


def parse(name: str) -> Span:
    """The days of a period; raise Refused(code="no_period") for a name that is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise Refused(
            _("“%(name)s”不是统计期：应写作 2025、2026Q3 或 2026-09。") % {"name": name}, code="no_period"
        )
    year = int(found["year"])
    if not 1900 <= year < 9999:
        raise Refused(
            _("“%(name)s”不是统计期：应写作 2025、2026Q3 或 2026-09。") % {"name": name}, code="no_period"
        )
    if found["quarter"]:
        first, months = date(year, FIRST_MONTH[found["quarter"]], 1), 3
    elif found["month"]:
        first, months = date(year, int(found["month"]), 1), 1
    else:
        first, months = date(year, 1, 1), 12
    number = first.year * 12 + first.month - 1 + months
    return Span(date(number // 12, number % 12 + 1, 1) - timedelta(days=1), first, name)


def title(name: str) -> str:
    """A period as people say it."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    if found["quarter"]:
        return _("%(year)s年第%(quarter)s季度") % {"year": found["year"], "quarter": found["quarter"]}
    if found["month"]:
        return _("%(year)s年%(month)s月") % {"year": found["year"], "month": int(found["month"])}
    return _("%(year)s年") % {"year": found["year"]}


def usual(today: date, years: int = 6, quarters: int = 4) -> list[str]:
    """The periods a computation keeps unless told otherwise: the last years up to this one, and the last quarters."""
    found = [str(year) for year in range(today.year - years + 1, today.year + 1)]
    year, quarter = today.year, (today.month - 1) // 3 + 1
    recent = []
    for _number in range(quarters):
        recent.append(f"{year}Q{quarter}")
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return [*found, *reversed(recent)]


def open_on(today: date) -> list[str]:
    """The year and the quarter that run on a day, and those that ended in the month before it: what a night computes."""
    names = []
    for day in (today - timedelta(days=31), today):
        for name in (str(day.year), f"{day.year}Q{(day.month - 1) // 3 + 1}"):
            if name not in names:
                names.append(name)
    return names


def before(name: str) -> str:
    """The same period a year earlier."""
    return f"{int(name[:4]) - 1}{name[4:]}"
