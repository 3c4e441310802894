"""Which households a list shows: by tab, place, type, cause, officer, income, visits, and as it was on a past day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left
from django.db.models.lookups import GreaterThan

from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.services.poverty.models import Cause, Income, Line, Risk
from huimin.services.poverty.programme import CODE, KINDS
from huimin.services.poverty.queries.line import lines_of

TABS = ("enrolled", "way", "left", "all")
ORDERS: dict[str, dict[str, Any]] = {
    "enrolled": {
        "area": ("division_code", "id"),
        "name": ("name", "id"),
        "entered": ("entered", "id"),
        "visit": ("next_visit", "id"),
    },
    "way": {"area": ("division_code", "id"), "name": ("name", "id"), "since": ("since", "id")},
    "left": {"area": ("division_code", "id"), "name": ("name", "id"), "exited": ("exited", "id")},
    "all": {"area": "area", "name": "head", "number": "number"},
}
FIRST = {"enrolled": "area", "way": "since", "left": "area", "all": "area"}


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for; anything it does not know is passed over."""

    tab: str = "enrolled"
    text: str = ""
    area: str = ""
    kind: str = ""
    cause: str = ""
    officer: str = ""
    below: bool = False
    overdue: bool = False
    on: date | None = None
    known: bool = False
    sort: str = ""
    cursor: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def past(self) -> bool:
        """Whether it is asked how the list was on an earlier day; `known`: as it was recorded by then."""
        return self.on is not None and self.tab == "enrolled"

    @property
    def filtered(self) -> bool:
        """Whether the list is narrowed by anything but its tab."""
        return bool(
            self.text or self.area or self.kind or self.cause or self.officer or self.below or self.overdue
        )


def read(query: Mapping[str, str]) -> Asked:
    """The list an address asks for."""
    tab = query.get("tab", "")
    tab = tab if tab in TABS else "enrolled"
    sort = query.get("sort", "")
    area = query.get("in", "")
    return Asked(
        tab=tab,
        text=" ".join(query.get("q", "").replace("\0", "").split())[:60],
        area=area if len(area) == 12 and area.isascii() and area.isdigit() else "",
        kind=query.get("kind", "") if query.get("kind", "") in KINDS else "",
        cause=query.get("cause", "") if query.get("cause", "") in Cause.values else "",
        officer=uuid_or_none(query.get("officer", "")),
        below=query.get("below") == "1",
        overdue=query.get("overdue") == "1",
        on=day(query.get("on", "")),
        known=query.get("known") == "1",
        sort=sort if sort.lstrip("-") in ORDERS[tab] else "",
        cursor=query.get("after", "") or query.get("before", ""),
        said={k: v for k, v in query.items() if k not in ("after", "before", "format")},
    )


def uuid_or_none(text: str) -> str:
    """The id, "none" for nobody, or "" where it is neither."""
    if text == "none":
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def day(text: str) -> date | None:
    """A past day, or None."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found < clock.today() else None


def end_of(on: date) -> datetime:
    """The last moment of a day in Beijing."""
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=clock.BEIJING) - timedelta(microseconds=1)


def order(asked: Asked) -> tuple[str, ...]:
    """The fields the list runs by."""
    name = asked.sort or FIRST[asked.tab]
    fields = ORDERS[asked.tab][name.lstrip("-")]
    return tuple(f"-{one}" for one in fields) if name.startswith("-") else tuple(fields)


def rows(asked: Asked) -> QuerySet[Any]:
    """The enrolments or procedures of a tab, filtered; of the tab `all` see `register`."""
    if asked.past and asked.on is not None and asked.known:
        found = programmes.enrolled_as_of(CODE, end_of(asked.on))
    elif asked.past and asked.on is not None:
        inside = Q(exited__isnull=True) | Q(exited__gt=asked.on)
        found = programmes.enrolments(CODE).filter(inside, entered__lte=asked.on)
    elif asked.tab == "way":
        found = programmes.open_procedures(CODE)
    elif asked.tab == "left":
        found = programmes.enrolments(CODE).filter(state="exited")
    else:
        found = programmes.enrolments(CODE).exclude(state="exited")
    if asked.area:
        found = found.filter(places.q(places.spans(asked.area, asked.on if asked.past else None)))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.text:
        found = found.filter(named(asked.text))
    if asked.cause:
        found = found.filter(
            Exists(standing(asked).filter(cause=asked.cause, household_id=OuterRef("household_id")))
        )
    if asked.below:
        found = found.alias(poor=poor()).filter(poor=True)
    if asked.tab == "enrolled":
        found = by_officer(found, asked)
        if (asked.overdue or asked.sort.lstrip("-") == "visit") and not asked.past:
            found = found.filter(next_visit__isnull=False)
        if asked.overdue and not asked.past:
            found = found.filter(next_visit__lt=clock.today(), state="active")
    return found


def standing(asked: Asked) -> QuerySet[Any]:
    """Risks that stand on the day the list is for."""
    on = asked.on if asked.past else None
    if on is None:
        return Risk.objects.filter(until__isnull=True)
    return Risk.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)


def poor() -> Subquery:
    """Whether a household's latest income is below the line of its province and year; null without income or line.

    A value for each row, not a condition over all incomes: the list is walked in its order and stops when a page is full.
    """
    line = Line.objects.filter(
        province=Concat(Left(OuterRef("division_code"), 2), Value("0" * 10)), year=OuterRef("year")
    )
    latest = Income.objects.filter(household_id=OuterRef("household_id")).order_by("-year")
    below = GreaterThan(Subquery(line.values("amount")), F("per_head"))
    return Subquery(latest.annotate(below=below).values("below")[:1], output_field=BooleanField())


def by_officer(found: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Only the households of one officer, or of none."""
    if not asked.officer:
        return found
    on = asked.on if asked.past else None
    number = "pgh_obj_id" if asked.past and asked.known else "id"
    held = programmes.assigned(on, None if asked.officer == "none" else asked.officer).values("enrolment_id")
    match = {f"{number}__in": held}
    return found.exclude(**match) if asked.officer == "none" else found.filter(**match)


def named(text: str) -> Q:
    """Households by the head's name, pinyin or initials, by number, or by a member's identity number."""
    low = text.lower()
    person = people.find_by_number(text) if len(text) >= 15 else None
    if person is not None:
        home = people.household_of(person.id)
        return Q(household_id=home.id if home else None)
    if text.isascii() and text.isdigit():
        return Q(household__number__startswith=text)
    if text.isascii():
        return Q(household__head_pinyin__startswith=low) | Q(household__head__initials__startswith=low)
    return Q(name__contains=text)


def incomes(households: list[UUID], on: date | None = None) -> dict[UUID, Any]:
    """The income of each household that was surveyed last (by a day), with the line of its year as `line`."""
    line = Line.objects.filter(province=OuterRef("province"), year=OuterRef("year")).values("amount")[:1]
    known = Q(surveyed_on__lte=on) if on else Q()
    latest = (
        Income.objects.filter(known, household_id__in=households)
        .annotate(province=Concat(Left(F("division_code"), 2), Value("0" * 10)))
        .annotate(line=line)
        .order_by("household_id", "-year")
        .distinct("household_id")
    )
    found = {row.household_id: row for row in latest}
    lines = {province: lines_of(province) for province in {row.province for row in found.values()}}
    for row in found.values():  # the rule in force may name the line of a year itself
        counted = lines[row.province].get(row.year)
        row.line = counted.amount if counted else row.line
    return found


def causes(households: list[UUID], on: date | None = None) -> dict[UUID, list[str]]:
    """The words for each household's standing causes."""
    found: dict[UUID, list[str]] = {}
    rows = standing(Asked(on=on)) if on else Risk.objects.filter(until__isnull=True)
    for household, cause in (
        rows.filter(household_id__in=households).order_by("since").values_list("household_id", "cause")
    ):
        word = str(Cause(cause).label)
        if word not in found.setdefault(household, []):
            found[household].append(word)
    return found
