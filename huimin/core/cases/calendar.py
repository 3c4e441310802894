"""Working days in China, make-up Saturdays included; a deadline names the calendar it was computed with."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
import holidays.version


@lru_cache(maxsize=8)
def of_year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The year's days off, and its weekend days that are worked."""
    known = holidays.country_holidays("CN", years=year)
    worked: set[date] = getattr(known, "weekend_workdays", set())
    return frozenset(known.keys()), frozenset(worked)


def is_working(day: date) -> bool:
    """Whether offices work on a day."""
    off, worked = of_year(day.year)
    if day in worked:
        return True
    return day.weekday() < 5 and day not in off


def version() -> str:
    """The calendar's name and version, kept with each deadline."""
    return f"holidays {holidays.version.__version__} CN"


def after_working_days(start: date, days: int) -> date:
    """The day that lies a number of working days after another, not counting that day itself."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working(day):
            days -= 1
    return day
