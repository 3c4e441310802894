"""Dates, times and durations: reading and writing their texts, and the calendar arithmetic of FEEL."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

from . import eras, fine
from .values import NUMBERS, DaysTime, Value, YearsMonths, is_date, is_moment, number

DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?"
ZONE = (
    r"(?P<zone>Z|z|(?P<sign>[+-])(?P<oh>\d\d):(?P<om>\d\d)(?::(?P<os>\d\d))?|@(?P<region>[A-Za-z_+\-/0-9]+))?"
)
_DATE = re.compile(DATE)
_TIME = re.compile(f"{CLOCK}{ZONE}")
_MOMENT = re.compile(f"{DATE}T{CLOCK}{ZONE}")
_YEARS_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?")
_DAYS_TIME = re.compile(r"(-)?P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_NO_DAY = dt.date(1970, 1, 1)
DAY = 86400
MAX_OFFSET = 18 * 3600


# Reading


def read_date(text: str) -> Value:
    """A date as YYYY-MM-DD, or None; years of up to nine digits, before and after year 0."""
    match = _DATE.fullmatch(text)
    return make_date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None


def make_date(year: int, month: int, day: int) -> Value:
    """The date of these parts, or None when the calendar has no such day."""
    try:
        return eras.of(year, month, day)
    except (ValueError, OverflowError):
        return None


def read_time(text: str) -> dt.time | None:
    """A time as hh:mm:ss with decimals and zone, or None; 24:00:00 is midnight."""
    match = _TIME.fullmatch(text)
    found = _clock(match) if match else None
    return found[0] if found else None


def read_moment(text: str) -> Value:
    """A date and time joined by T, or None; 24:00:00 is the start of the next day."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return None
    day = make_date(int(match["year"]), int(match["month"]), int(match["day"]))
    found = _clock(match)
    if day is None or found is None:
        return None
    moment = combined(day, found[0])
    return shifted(moment, DAY) if found[1] else moment


def _clock(match: re.Match[str]) -> tuple[dt.time, bool] | None:
    """The time of a match, and whether it was written 24:00:00."""
    hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
    fraction = match["fraction"] or "."
    micros, nano = divmod(int(fraction[1:10].ljust(9, "0")), fine.PER_MICROSECOND)
    midnight = hour == 24
    if midnight and (minute or second or micros or nano):
        return None
    try:
        plain = dt.time(0 if midnight else hour, minute, second, micros, _zone(match))
        return fine.joined(plain, nano), midnight
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> dt.tzinfo | None:
    if match["zone"] is None:
        return None
    if match["region"]:
        return region(match["region"])
    if match["zone"] in "Zz":
        return dt.UTC
    if int(match["om"]) > 59 or int(match["os"] or 0) > 59:
        raise ValueError("offset")
    offset = int(match["oh"]) * 3600 + int(match["om"]) * 60 + int(match["os"] or 0)
    return fixed_zone(-offset if match["sign"] == "-" else offset)


def region(name: str) -> dt.tzinfo:
    """A zone by its name, or ValueError when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as missing:
        raise ValueError(name) from missing


def fixed_zone(seconds: int) -> dt.tzinfo:
    """A zone at an offset of at most 18 hours, or ValueError."""
    if abs(seconds) > MAX_OFFSET:
        raise ValueError(seconds)
    return dt.timezone(dt.timedelta(seconds=seconds)) if seconds else dt.UTC


def read_duration(text: str) -> YearsMonths | DaysTime | None:
    """A duration in years and months, or in days and time, or None."""
    if match := _YEARS_MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    if match := _DAYS_TIME.fullmatch(text):
        days, hours, minutes = (int(match[part] or 0) for part in (2, 3, 4))
        seconds = number(days * DAY + hours * 3600 + minutes * 60) + number(match[5] or 0)
        return DaysTime(number(-seconds if match[1] else seconds))
    return None


def read_any(text: str) -> Value:
    """Whatever date, time or duration a text holds, or None."""
    for read in (read_date, read_moment, read_time, read_duration):
        if (found := read(text)) is not None:
            return found
    return None


# Writing


def write(value: Value) -> str:
    """The text of a date, time, date and time or duration, which reads back as the same value."""
    if isinstance(value, YearsMonths):
        return _write_months(value.months)
    if isinstance(value, DaysTime):
        return _write_seconds(value.seconds)
    if is_date(value):
        return f"{'-' if value.year < 0 else ''}{abs(value.year):04}-{value.month:02}-{value.day:02}"
    if is_moment(value):
        return f"{write(value.date())}T{write(value.timetz())}"
    nanos = fine.nanoseconds(value)
    fraction = f".{nanos:09}".rstrip("0") if nanos else ""
    return f"{value:%H:%M:%S}{fraction}{write_zone(value.tzinfo)}"


def write_zone(zone: dt.tzinfo | None) -> str:
    """A zone as Z, +hh:mm or @Region/City."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    seconds = round((zone.utcoffset(None) or dt.timedelta()).total_seconds())
    if not seconds:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    tail = f":{rest % 60:02}" if rest % 60 else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}{tail}"


def _write_months(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return ("-" if months < 0 else "") + "P" + (parts or "0M")


def _write_seconds(seconds: Decimal) -> str:
    whole, fraction = divmod(abs(seconds), 1)
    days, rest = divmod(int(whole), DAY)
    second = f"{rest % 60}" + (f"{fraction.normalize():f}"[1:] if fraction else "")
    clock = (
        (f"{rest // 3600}H" if rest >= 3600 else "")
        + (f"{rest % 3600 // 60}M" if rest % 3600 >= 60 else "")
        + (f"{second}S" if second != "0" else "")
    )
    text = "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if seconds < 0 else "") + (text if text != "P" else "PT0S")


# Arithmetic


def combined(day: Value, time: dt.time) -> Value:
    """A date, or the date of a date and time, joined with a time; the zone is the time's."""
    base, era = eras.split(day)
    plain, nano = fine.parted(time)
    return eras.joined(fine.joined(dt.datetime.combine(base, plain), nano), era)


def shifted(moment: Value, seconds: Decimal | int) -> Value:
    """A date and time moved by seconds of real time, whatever its zone does meanwhile."""
    base, era = eras.split(moment)
    plain, nano = fine.parted(base)
    micros, nano = divmod(nano + int(seconds * 1_000_000_000), fine.PER_MICROSECOND)
    if not era:
        try:
            return fine.joined(_stepped(plain, dt.timedelta(microseconds=micros)), nano)
        except OverflowError:
            pass
    base, era = eras.moved(eras.joined(plain, era))
    more, rest = divmod(micros, eras.DAYS * DAY * 1_000_000)
    stepped = _stepped(base, dt.timedelta(microseconds=rest))
    return eras.joined(fine.joined(stepped, nano), era + more)


def _stepped(moment: dt.datetime, step: dt.timedelta) -> dt.datetime:
    if moment.tzinfo is None:
        return moment + step
    return (moment.astimezone(dt.UTC) + step).astimezone(moment.tzinfo)


def add_days_time(value: Value, seconds: Decimal) -> Value:
    """A date, time or date and time plus seconds; a date goes to the day in which the result falls."""
    if is_moment(value):
        return shifted(value, seconds)
    if is_date(value):
        return shifted(combined(value, dt.time()), seconds).date()
    start = combined(_NO_DAY, value.replace(tzinfo=None))
    return shifted(start, seconds % DAY).time().replace(tzinfo=value.tzinfo)


def add_months(value: Value, months: int) -> Value:
    """A date or date and time plus months; a day that the month has not becomes its last day."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    era, inside = divmod(year - eras.FIRST, eras.YEARS)
    last = calendar.monthrange(eras.FIRST + inside, month + 1)[1]
    base, _ = eras.split(value)
    moved = base.replace(year=eras.FIRST + inside, month=month + 1, day=min(base.day, last))
    return eras.joined(moved, era)


def seconds_between(later: Value, earlier: Value) -> Decimal | None:
    """The seconds from earlier to later, or None when only one of them has a zone."""
    if isinstance(later, dt.time):
        return _seconds_apart(*(combined(_NO_DAY, each) for each in (later, earlier)))
    (left, left_era), (right, right_era) = (eras.split(_as_moment(each)) for each in (later, earlier))
    apart = number((left_era - right_era) * eras.DAYS * DAY)
    found = _seconds_apart(left, right)
    return None if found is None else NUMBERS.add(apart, found)


def _seconds_apart(left: dt.datetime, right: dt.datetime) -> Decimal | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    (left, more), (right, less) = fine.parted(left), fine.parted(right)
    if left.tzinfo is not None:
        left, right = left.astimezone(dt.UTC), right.astimezone(dt.UTC)
    apart = _as_seconds(left - right)
    return apart if more == less else NUMBERS.add(apart, number(more - less).scaleb(-9))


def _as_moment(value: Value) -> Value:
    """A date counts as midnight UTC when it meets a date and time with a zone, as the standard has it."""
    return value if is_moment(value) else combined(value, dt.time(tzinfo=dt.UTC))


def _as_seconds(step: dt.timedelta) -> Decimal:
    return number(step.days * DAY + step.seconds) + number(step.microseconds).scaleb(-6)


def months_between(start: Value, end: Value) -> int:
    """The whole months from start to end, negative when end is earlier; the time of day does not count."""
    if day_of(end) < day_of(start):
        return -months_between(end, start)
    months: int = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < start.day else months


def day_of(value: Value) -> tuple[int, int, int]:
    """The year, month and day of a date or date and time: dates of all eras compare by it."""
    return (value.year, value.month, value.day)


def offset_seconds(value: Value) -> int | None:
    """The offset of a time or date and time from UTC in seconds, or None when it has no zone."""
    if value.tzinfo is None:
        return None
    moment = value if is_moment(value) else dt.datetime.combine(_NO_DAY, value)
    offset = moment.utcoffset()
    return None if offset is None else round(offset.total_seconds())
