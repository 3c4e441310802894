"""Reading people. Every query goes through `objects` and so shows only what the current viewer may see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Left, RPad
from django.utils.translation import gettext as _

from huimin.core.access.api import beyond
from huimin.core.people import idnumber, past, shown
from huimin.core.people.crypto import lookup_hash
from huimin.core.people.models import (
    DivisionCount,
    Household,
    Membership,
    Organisation,
    Person,
    ProposedChange,
)
from huimin.core.people.paging import keyset
from huimin.core.people.types import (
    Counts,
    Family,
    HouseholdView,
    KeysetPage,
    Member,
    OrganisationView,
    PersonView,
    ProposalState,
    ProposalView,
    Relative,
)
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import DIGITS, WIDTH, AreaCode, Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound

HOUSEHOLD_ORDERS = {
    "area": ("division_code", "number"),
    "number": ("number",),
    "head": ("head_pinyin", "id"),
    "opened": ("opened_on", "id"),
    "-opened": ("-opened_on", "-id"),
}
PERSON_ORDERS = {"name": ("pinyin", "id"), "area": ("division_code", "pinyin", "id")}
_TOP = "\U0010ffff"
FEW = 3000  # persons a search means, whose households are looked up one by one


def person(id: UUID | str) -> PersonView:
    """A person in sight; raise NotFound for anybody else."""
    row = Person.objects.filter(id=id).first()
    if row is None:
        raise NotFound(_("没有找到此人，或不在您的管辖范围内。"), code="no_person")
    return shown.person(row)


def people(ids: Iterable[UUID | str]) -> dict[UUID, PersonView]:
    """Persons in sight by id; one query."""
    return {row.id: shown.person(row) for row in Person.objects.filter(id__in=list(ids))}


def household(id: UUID | str, on: date | None = None, known: datetime | None = None) -> HouseholdView:
    """A household in sight today, or as it was on a day (`known`: as recorded at a moment); else raise NotFound."""
    if on is None and known is None:
        row = Household.objects.filter(id=id).first()
    else:
        row = past.households(None, on or clock.today(), known).filter(pgh_obj_id=id).first()
    if row is None:
        raise NotFound(_("没有找到该户，或不在您的管辖范围内。"), code="no_household")
    day = on or clock.today()
    return shown.household(row, past.sizes([row.id], day, known) if known else sizes([row.id], day))


def households_by_id(ids: Iterable[UUID | str]) -> dict[UUID, HouseholdView]:
    """Households in sight by id, with their sizes today; two queries."""
    rows = list(Household.objects.filter(id__in=list(ids)))
    counted = sizes([row.id for row in rows])
    return {row.id: shown.household(row, counted) for row in rows}


def during(on: date) -> Q:
    """Memberships that hold on a day."""
    return Q(start__lte=on) & (Q(end=None) | Q(end__gt=on))


def sizes(ids: Collection[UUID], on: date | None = None) -> dict[UUID, int]:
    """How many members households have on a day, by id."""
    rows = Membership._base_manager.filter(during(on or clock.today()), household_id__in=ids)
    return dict(rows.values_list("household_id").annotate(n=Count("id")).order_by())


def members(
    household: UUID | str, on: date | None = None, known: datetime | None = None
) -> tuple[Member, ...]:
    """Who is in a household on a day (today), the head first, then the eldest; `known`: as recorded at that moment."""
    if known is not None:
        return past.members(household, on or clock.today(), known)
    rows = Membership.objects.select_related("person").filter(
        during(on or clock.today()), household_id=household
    )
    found = sorted(rows, key=lambda m: (m.relation != "head", m.person.birth_date, str(m.person_id)))
    return tuple(shown.member(row, on) for row in found)


def history_of(household: UUID | str) -> tuple[Member, ...]:
    """Everybody who is or was in a household, by the day they joined."""
    rows = Membership.objects.select_related("person").filter(household_id=household).order_by("start", "id")
    return tuple(shown.member(row) for row in rows)


def household_of(person: UUID | str, on: date | None = None) -> HouseholdView | None:
    """The household somebody is in on a day (today), or None."""
    found = Membership.objects.filter(during(on or clock.today()), person_id=person).values_list(
        "household_id", flat=True
    )
    id = found.first()
    row = Household.objects.filter(id=id).first() if id else None
    return shown.household(row, sizes([row.id], on)) if row else None


def homes_of(persons: Iterable[UUID | str]) -> dict[UUID, UUID]:
    """The ids of the households that persons are in today, within sight, by person; one query."""
    rows = Membership.objects.filter(during(clock.today()), person_id__in=list(persons))
    return dict(rows.order_by().values_list("person_id", "household_id"))


def prefix(field: str, text: str) -> Q:
    """Rows whose field begins with a text, as a range that an index with collation C serves."""
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + _TOP})


def matching(text: str) -> Q | None:
    """Persons a search text means: a full number, a phone, a name's beginning, pinyin or initials; None for no text."""
    text = idnumber.tidy(text)
    if not text:
        return None
    if re.fullmatch(r"\d{17}[\dX]", text):
        return Q(id_hash=lookup_hash("id_number", text))
    if re.fullmatch(r"1\d{10}", text):
        return Q(phone_hash=lookup_hash("phone", text))
    if re.fullmatch(r"[A-Z]+", text):
        low = text.lower()
        return prefix("pinyin", low) | prefix("initials", low)
    return prefix("name", text)


def merged(found: Q) -> list[UUID]:
    """The persons that a search means by way of records which were merged into theirs; at most fifty."""
    rows = Person.objects.filter(found, merged_into__isnull=False)
    return _kept(rows.values_list("merged_into_id", flat=True)[:50])


def _kept(ids: Iterable[UUID]) -> list[UUID]:
    """The records that these were merged into in the end; those within sight are followed."""
    found = list(dict.fromkeys(ids))
    for _step in range(10):
        further = dict(
            Person.objects.filter(id__in=found, merged_into__isnull=False).values_list("id", "merged_into_id")
        )
        if not further:
            break
        found = list(dict.fromkeys(further.get(one, one) for one in found))
    return found


def searched(text: str) -> Q | None:
    """Persons a search text means, also by what a merged record of theirs said; None for no text."""
    found = matching(text)
    if found is None:
        return None
    ids = merged(found)
    return found | Q(id__in=ids) if ids else found


def persons(
    area: str | None = None, *, text: str = "", living: bool = True, order: str = "area", after: str | None = None,
    limit: int = 50,
) -> KeysetPage[PersonView]:  # fmt: skip
    """A page of the persons in sight of an area; orders: area, name."""
    rows = Person.objects.all()
    if area:
        rows = rows.filter(places.q(places.spans(area)))
    found = searched(text)
    if found is not None:
        rows = rows.filter(found)
    rows = rows.filter(merged_into=None)
    if living:
        rows = rows.filter(died_on=None, left_on=None)
    return keyset(rows, PERSON_ORDERS[order], after=after, limit=limit, show=shown.person)


def households(
    area: str | None = None, *, text: str = "", on: date | None = None, known: datetime | None = None,
    closed: bool = False, order: str = "area", after: str | None = None, limit: int = 50,
) -> KeysetPage[HouseholdView]:  # fmt: skip
    """A page of the households in sight of an area; orders: area, number, head, opened, -opened.

    `text`: beginning of a household number, of a member's name, pinyin or initials, or a whole identity number.
    `on`: as things were on that day, under the divisions of that day; `known`: as they were recorded at that moment.
    `closed` adds those that were closed (only without `on`).
    """
    if on is not None or known is not None:
        day = on or clock.today()
        rows = past.households(area, day, known)
        living = past.members_q(day, known) if known else during(day)
    else:
        day = clock.today()
        rows = Household.objects.all()
        if area:
            rows = rows.filter(places.q(places.spans(area)))
        if not closed:
            rows = rows.filter(closed_on=None)
        living = Q(end=None)
    rows = _with_text(rows, text, living)
    page = keyset(rows, HOUSEHOLD_ORDERS[order], after=after, limit=limit, show=lambda row: row)
    counted = (
        past.sizes([r.id for r in page.rows], day, known) if known else sizes([r.id for r in page.rows], day)
    )
    return KeysetPage(
        rows=tuple(shown.household(row, counted) for row in page.rows), next=page.next, previous=page.previous
    )


def _with_text(rows: QuerySet[Household], text: str, living: Q) -> QuerySet[Household]:
    text = text.strip()
    number = idnumber.tidy(text)
    if re.fullmatch(r"\d{1,16}|\d{17}", number) and not re.fullmatch(r"1\d{10}", number):
        return rows.filter(prefix("number", number))
    found = searched(text)
    if found is None:
        return rows
    members, meant = Membership.objects.filter(living), Person.objects.filter(found)
    few = list(meant.order_by().values_list("id", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return rows.filter(id__in=members.filter(person__in=few).values("household_id"))
    # Of many the households are walked in their order and looked into, until a page is full.
    one = Subquery(_yes(meant.filter(id=OuterRef("person_id"))))
    inside = _yes(members.filter(household_id=OuterRef("id")).alias(meant=one).filter(meant=True))
    return rows.alias(meant=Subquery(inside)).filter(meant=True)


def _yes(rows: QuerySet[Any]) -> QuerySet[Any]:
    """True where there is a row, as a value: a condition might be turned round by the planner."""
    found: QuerySet[Any] = rows.order_by().annotate(yes=Value(value=True)).values("yes")[:1]
    return found


def households_as_of(
    area: str, day: date, *, known: datetime | None = None, after: str | None = None, limit: int = 50
) -> KeysetPage[HouseholdView]:
    """The households of an area on a past day under the divisions of that day, by number; see `households`."""
    return households(area, on=day, known=known, order="number", after=after, limit=limit)


def find_by_number(text: str) -> PersonView | None:
    """The person in sight with this identity number, however it is typed, or None."""
    row = Person.objects.filter(id_hash=lookup_hash("id_number", idnumber.tidy(text))).first()
    if row is not None and row.merged_into_id is not None:
        row = Person.objects.filter(id__in=_kept([row.merged_into_id])).first()
    return shown.person(row) if row else None


def counts(area: str) -> Counts:
    """Live persons and open households of a division today, from maintained sums."""
    rows = DivisionCount.objects.filter(places.q(places.spans(area)))
    total = rows.aggregate(persons=Sum("persons"), households=Sum("households"))
    return Counts(persons=total["persons"] or 0, households=total["households"] or 0)


def counts_below(area: str) -> dict[str, Counts]:
    """Counts of the divisions right below one, by code, after merges and splits; from maintained sums."""
    level = AreaCode(area).level
    if level >= Level.VILLAGE:
        return {}
    digits = DIGITS[Level(level + 1)]
    rows = DivisionCount.objects.filter(places.q(places.spans(area)))
    moved = {code for code, _group, _to in places.moved()}
    found: dict[str, list[int]] = {}

    def add(code: str, persons: int, households: int) -> None:
        sums = found.setdefault(code, [0, 0])
        sums[0] += persons
        sums[1] += households

    plain = rows.exclude(division_code__in=moved) if moved else rows
    coded = plain.annotate(below=RPad(Left("division_code", digits), WIDTH, Value("0")))
    for code, persons, households in (
        coded.values_list("below").annotate(p=Sum("persons"), h=Sum("households")).order_by()
    ):
        add(code, persons, households)
    for row in rows.filter(division_code__in=moved) if moved else ():
        code = places.current(row.division_code, row.group_no)
        add(str(AreaCode(code).at(Level(level + 1))), row.persons, row.households)
    return {code: Counts(persons=p, households=h) for code, (p, h) in sorted(found.items()) if p or h}


def organisation(id: UUID | str) -> OrganisationView:
    """An organisation in sight; raise NotFound for any other."""
    row = Organisation.objects.filter(id=id).first()
    if row is None:
        raise NotFound(_("没有找到该单位，或不在您的管辖范围内。"), code="no_organisation")
    return shown.organisation(row)


def proposals(
    area: str | None = None, *, person: UUID | str | None = None, persons: Iterable[UUID] | None = None,
    state: ProposalState = ProposalState.PENDING, after: str | None = None, limit: int = 50,
) -> KeysetPage[ProposalView]:  # fmt: skip
    """A page of proposed changes in sight, oldest first; of a place, of a person, or of some persons."""
    rows = ProposedChange.objects.select_related("person").filter(state=state)
    if area:
        rows = rows.filter(places.q(places.spans(area)))
    if person:
        rows = rows.filter(person_id=person)
    if persons is not None:
        rows = rows.filter(person_id__in=list(persons))
    return keyset(rows, ("proposed_at", "id"), after=after, limit=limit, show=shown.proposal)


def proposals_waiting() -> int:
    """How many proposed changes in sight nobody has settled."""
    return ProposedChange.objects.filter(state=ProposalState.PENDING).count()


def proposal(id: UUID) -> ProposalView | None:
    """One proposed change in sight, settled or not."""
    row = ProposedChange.objects.select_related("person").filter(id=id).first()
    return shown.proposal(row) if row else None


def own_things(person_id: UUID) -> tuple[Ref, ...]:
    """What a citizen may see as his own: himself and the household he is in today."""
    with beyond("own things"):
        person_id = _kept([person_id])[0]  # the account of a record that was merged is the person's
        found = Membership.objects.filter(during(clock.today()), person_id=person_id).values_list(
            "household_id", flat=True
        )
        household = found.first()
    me = Ref.of("person", person_id)
    return (me, Ref.of("household", household)) if household else (me,)


def families(area: str) -> list[Family]:
    """Every open household in sight of an area with its members today, by place and number; two queries, for bulk work."""
    homes = Household.objects.filter(places.q(places.spans(area)), closed_on=None)
    here = homes.values("id")
    inside: dict[UUID, list[Relative]] = {}
    rows = Membership.objects.filter(during(clock.today()), household__in=here).values_list(
        "household_id",
        "person_id",
        "relation",
        "person__name",
        "person__sex",
        "person__birth_date",
        "person__died_on",
    )
    for home, person_id, relation, name, sex, born, died in rows:
        if died is None:
            one = Relative(person=person_id, name=name, relation=relation, sex=sex, born=born)
            inside.setdefault(home, []).append(one)
    found = []
    for id, code, group, head, head_name, opened in homes.order_by("division_code", "number").values_list(
        "id", "division_code", "group_no", "head_id", "head_name", "opened_on"
    ):
        members = sorted(inside.get(id, ()), key=lambda r: (r.relation != "head", r.born, str(r.person)))
        found.append(
            Family(
                id=id, division_code=code, group_no=group, head=head, head_name=head_name, opened_on=opened,
                members=tuple(members),
            )
        )  # fmt: skip
    return found


def populated(area: str) -> list[str]:
    """The codes of villages in sight of an area where somebody lives, from maintained sums."""
    rows = DivisionCount.objects.filter(places.q(places.spans(area)), households__gt=0)
    return sorted(set(rows.values_list("division_code", flat=True)))
