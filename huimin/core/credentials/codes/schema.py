"""The form of an EU certificate's content, by its version (1.0.0 to 1.3.x): what each field is, how long, which are needed.

Written from the specification (eHealth Network, JSON schema of the EU DCC). Codes of the value sets are another verdict: see
valuesets.py. What the versions differ in is all in `Rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

KINDS = ("v", "t", "r")
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
NEWEST = (1, 3)
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?", re.DOTALL)
MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"(?P<zone>[Zz]|[+-](\d{2})(?::?(\d{2}))?)?"
)
BIRTH = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}")
LATIN = re.compile(r"[A-Z<]*")
COUNTRY = re.compile(r"[A-Z]{1,10}")

NEEDED = {
    "v": ("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"),
    "t": ("tg", "tt", "sc", "tr", "tc", "co", "is", "ci"),
    "r": ("tg", "fr", "co", "is", "df", "du", "ci"),
}  # fmt: skip
TEXTS = ("tg", "vp", "mp", "ma", "tt", "nm", "tr", "tc", "co", "is", "ci")
DAYS = ("dt", "fr", "df", "du")
MOMENTS = ("sc", "dr")
DOSES = ("dn", "sd")


@dataclass(frozen=True)
class Rules:
    """What versions differ in: the length of texts, the largest dose, and how loosely dates are written."""

    longest: int
    largest_dose: int | None
    loose_days: (
        bool  # a date may have a time after it, and a birthday may be empty of zone: early issuers did so
    )
    loose_moments: bool  # a moment may lack its zone or its seconds
    empty_birth: bool


def rules_of(version: tuple[int, int]) -> Rules:
    """The rules of a version; later ones than 1.3 follow 1.3."""
    if version >= NEWEST:
        return Rules(80, None, False, False, True)
    early = version < (1, 2)
    return Rules(50, 9, early, True, False)


def flaws(content: Any) -> tuple[str, ...]:
    """What is wrong with the form of a content, each as `path: what`; none where it fits its version."""
    return tuple(found(content))


def kind_of(content: Any) -> str:
    """Which of v, t and r a content is of; "" where it is none or more than one."""
    if not isinstance(content, Mapping):
        return ""
    there = [name for name in KINDS if content.get(name) is not None]
    return there[0] if len(there) == 1 else ""


def found(content: Any) -> Iterator[str]:
    """Every flaw, from the outside in."""
    if not isinstance(content, Mapping):
        yield "content: not a map"
        return
    version = content.get("ver")
    numbers = VERSION.fullmatch(version) if isinstance(version, str) else None
    if numbers is None or numbers[1] != "1":
        yield f"ver: {version!r} is no version 1.x.y"
        return
    rules = rules_of((1, int(numbers[2])))
    yield from of_name(content.get("nam"), rules)
    yield from of_birth(content.get("dob"), rules)
    there = [name for name in KINDS if content.get(name) is not None]
    if len(there) != 1:
        yield f"one of v, t and r is needed, found {', '.join(there) or 'none'}"
    for kind in there:
        entries = content[kind]
        if not isinstance(entries, list) or len(entries) != 1:
            yield f"{kind}: not one entry"
            continue
        yield from of_entry(kind, entries[0], rules)


def of_name(name: Any, rules: Rules) -> Iterator[str]:
    """What is wrong with a name."""
    if not isinstance(name, Mapping):
        yield "nam: not a map"
        return
    if name.get("fnt") is None:
        yield "nam.fnt: missing"
    for field in ("fn", "fnt", "gn", "gnt"):
        if name.get(field) is not None:
            yield from of_text(f"nam.{field}", name[field], rules.longest)
            if field.endswith("t") and isinstance(name[field], str) and not LATIN.fullmatch(name[field]):
                yield f"nam.{field}: more than A to Z and <"


def of_birth(birth: Any, rules: Rules) -> Iterator[str]:
    """What is wrong with a date of birth."""
    if not isinstance(birth, str):
        yield "dob: not a text"
    elif (birth == "" and rules.empty_birth) or (
        rules.loose_days and (parts := DAY.fullmatch(birth)) and real_day(parts[1])
    ):
        return
    elif not BIRTH.fullmatch(birth):
        yield "dob: not a date from 1900 to 2099, of year, year and month, or day"


def of_entry(kind: str, entry: Any, rules: Rules) -> Iterator[str]:
    """What is wrong with an entry."""
    if not isinstance(entry, Mapping):
        yield f"{kind}: not a map"
        return
    for field in NEEDED[kind]:
        if entry.get(field) is None:
            yield f"{kind}.{field}: missing"
    for field, value in entry.items():
        if value is None:  # issuers write null for what they leave out
            continue
        path = f"{kind}.{field}"
        if field in TEXTS:
            longest = rules.longest if field in ("tc", "is", "ci") or rules.longest > 50 else None
            yield from of_text(path, value, longest)
            if field == "co" and isinstance(value, str) and not COUNTRY.search(value):
                yield f"{path}: no capital letter"
        elif field in DAYS:
            if not day_fits(value, rules):
                yield f"{path}: not a day"
        elif field in MOMENTS:
            if not moment_fits(value, rules):
                yield f"{path}: not a moment with its zone"
        elif field in DOSES:
            whole = (isinstance(value, int) or (isinstance(value, float) and value.is_integer())) and (
                not isinstance(value, bool)
            )
            if not whole or value < 1 or (rules.largest_dose is not None and value > rules.largest_dose):
                yield f"{path}: not a positive number of doses"


def of_text(path: str, value: Any, longest: int | None) -> Iterator[str]:
    """What is wrong with a text."""
    if not isinstance(value, str):
        yield f"{path}: not a text"
    elif longest is not None and len(value) > longest:
        yield f"{path}: longer than {longest}"


def real_day(text: str) -> bool:
    """Whether a day is in the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def day_fits(value: Any, rules: Rules) -> bool:
    """Whether a value is a day, with a time after it only where the version's issuers did so."""
    parts = DAY.fullmatch(value) if isinstance(value, str) else None
    return bool(parts and real_day(parts[1]) and (parts[2] is None or rules.loose_days))


def moment_fits(value: Any, rules: Rules) -> bool:
    """Whether a value is a moment; a zone may be Z, +02, +0200 or +02:00."""
    parts = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if parts is None or not real_day(parts[1]):
        return False
    if not rules.loose_moments and (parts["zone"] is None or parts[4] is None):
        return False
    return int(parts[2]) < 24 and int(parts[3]) < 60 and int(parts[4] or 0) <= 60


def read_moment(value: Any) -> datetime | None:
    """A moment of its text, in UTC where no zone is said; None where it is none."""
    from datetime import UTC

    if not isinstance(value, str):
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", value.strip())
    text = re.sub(r"[Zz]$", "+00:00", text)
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text) if "T" in text else text
    text = re.sub(r"(T.*[+-]\d\d)$", r"\1:00", text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
