"""What time it is, in one place, so that a test or a demo can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_everywhere: datetime | None = None
_fixed: ContextVar[datetime | None] = ContextVar("fixed moment", default=None)


def now() -> datetime:
    """This moment, in UTC."""
    return _fixed.get() or _everywhere or datetime.now(UTC)


def today() -> date:
    """The calendar day in Beijing."""
    return now().astimezone(BEIJING).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment (with a zone) within the block."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


def hold(moment: datetime | None) -> None:
    """Hold the clock of the whole process, other threads included, at a moment (with a zone); None lets it run again."""
    global _everywhere
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    _everywhere = moment.astimezone(UTC) if moment else None
