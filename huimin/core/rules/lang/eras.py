"""Dates beyond the years 1 to 9999 that Python holds.

The calendar repeats every 400 years, weekdays included. A far date is therefore a date of the years 2000 to
2399 and a number of eras of 400 years; what Python can hold is always a plain date or datetime.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

YEARS = 400
DAYS = 146_097
FIRST = 2000
MAX_YEAR = 999_999_999


@dataclass(frozen=True)
class _Far:
    base: Any
    eras: int

    @property
    def year(self) -> int:
        """The real year."""
        return int(self.base.year) + self.eras * YEARS

    def __getattr__(self, name: str) -> Any:
        # Month, day, weekday, hour and zone are those of the same day in another era.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.base, name)


class FarDate(_Far):
    """A date before year 1 or after 9999."""


class FarMoment(_Far):
    """A date and time before year 1 or after 9999."""

    def date(self) -> Any:
        """The date without the time."""
        return joined(self.base.date(), self.eras)


def split(value: Any) -> tuple[Any, int]:
    """A date or date and time as a plain one and a number of eras."""
    return (value.base, value.eras) if isinstance(value, _Far) else (value, 0)


def moved(value: Any) -> tuple[Any, int]:
    """The same with the plain one always in the years 2000 to 2399, far from where Python ends."""
    base, eras = split(value)
    extra, year = divmod(base.year - FIRST, YEARS)
    return base.replace(year=FIRST + year), eras + extra


def joined(base: Any, eras: int) -> Any:
    """A plain date or date and time moved by a number of eras; OverflowError beyond a billion years."""
    year = base.year + eras * YEARS
    if 1 <= year <= dt.MAXYEAR:
        return base.replace(year=year)
    if abs(year) > MAX_YEAR:
        raise OverflowError(year)
    inside, extra = moved(base)
    far = FarMoment if isinstance(base, dt.datetime) else FarDate
    return far(inside, eras + extra)


def of(year: int, month: int, day: int) -> Any:
    """The date of a year, month and day; ValueError when there is none."""
    eras, rest = divmod(year - FIRST, YEARS)
    return joined(dt.date(FIRST + rest, month, day), eras)
