"""Times to the nanosecond: Python's own stop at the microsecond.

A value that has no nanoseconds beyond its microseconds is always a plain time or datetime, so that the rare
finer one costs nobody else anything. Arithmetic takes a value apart, works on the plain one, and joins it again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

PER_MICROSECOND = 1000


class _Fine:
    """What both kinds share: the nanoseconds beyond the microsecond, 1 to 999."""

    nano: int
    plain: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fine) and self.nano == other.nano and bool(self.plain == other.plain)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.plain, self.nano))

    def __repr__(self) -> str:
        return f"{self.plain!r} and {self.nano} ns"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return joined, (self.plain, self.nano)

    def replace(self, **parts: Any) -> Any:
        """The value with other parts; the nanoseconds stay unless the microsecond is given."""
        return joined(self.plain.replace(**parts), 0 if "microsecond" in parts else self.nano)


class FineTime(_Fine, dt.time):  # type: ignore[misc]
    """A time with nanoseconds."""


class FineMoment(_Fine, dt.datetime):  # type: ignore[misc]
    """A date and time with nanoseconds."""

    def timetz(self) -> Any:
        """The time with its zone."""
        return joined(self.plain.timetz(), self.nano)

    def time(self) -> Any:
        """The time without its zone."""
        return joined(self.plain.time(), self.nano)

    def astimezone(self, tz: dt.tzinfo | None = None) -> Any:
        """The same instant in another zone."""
        return joined(self.plain.astimezone(tz), self.nano)


def parted(value: Any) -> tuple[Any, int]:
    """A time or date and time as a plain one and its nanoseconds beyond the microsecond."""
    return (value.plain, value.nano) if isinstance(value, _Fine) else (value, 0)


def joined(plain: Any, nano: int) -> Any:
    """A plain time or datetime with nanoseconds beyond its microseconds, 0 to 999."""
    if not nano:
        return plain
    clock = (plain.hour, plain.minute, plain.second, plain.microsecond, plain.tzinfo)
    made: Any
    if isinstance(plain, dt.datetime):
        made = FineMoment(plain.year, plain.month, plain.day, *clock, fold=plain.fold)
    else:
        made = FineTime(*clock, fold=plain.fold)
    made.plain, made.nano = plain, nano
    return made


def nanoseconds(value: Any) -> int:
    """The part of a time below the second, in nanoseconds."""
    return int(value.microsecond) * PER_MICROSECOND + int(getattr(value, "nano", 0))
