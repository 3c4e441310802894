"""Households and members as they were on a day, as known now or as they were recorded at an earlier moment.

A household is where the version says that was recorded last among those with `located_since` on or before the day:
a move that is entered late is true from its own day, and a mistake that was corrected stays corrected.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from huimin.core.access.api import beyond
from huimin.core.journal.api import as_of
from huimin.core.people import shown
from huimin.core.people.models import Household, Membership, Person
from huimin.core.people.types import Member
from huimin.core.places import api as places

Versions: Any = Household.versions.rel.related_model  # type: ignore[attr-defined]


def households(area: str | None, day: date, known: datetime | None) -> QuerySet[Any]:
    """Versions of the households that were open in an area on a day; raises nothing for days before any record."""
    seen = Q(located_since__lte=day)
    if known is not None:
        seen &= Q(pgh_created_at__lte=known)
    latest = (
        Versions._base_manager.filter(seen, pgh_obj_id=OuterRef("pgh_obj_id"))
        .order_by("-pgh_created_at", "-pgh_id").values("pgh_id")[:1]
    )  # fmt: skip
    rows = Household.objects.limit(Versions._base_manager.filter(seen))
    if area:
        rows = rows.filter(places.q(places.spans(area, day)))
    rows = rows.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)
    return rows.filter(pgh_id=Subquery(latest)).exclude(pgh_label="delete")


def members_q(day: date, known: datetime) -> Q:
    """Memberships that, as recorded at a moment, held on a day."""
    return Q(id__in=_held(day, known).values("pgh_obj_id"))


def _held(day: date, known: datetime) -> QuerySet[Any]:
    """Versions of memberships; of households that are in sight on that day, wherever they have moved since."""
    with beyond("members of a household as of a past day"):
        rows = as_of(Membership, known)
    return rows.filter(Q(end=None) | Q(end__gt=day), start__lte=day)


def sizes(ids: Collection[UUID], day: date, known: datetime) -> dict[UUID, int]:
    """How many members households had on a day, as recorded at a moment."""
    rows = _held(day, known).filter(household_id__in=list(ids))
    return dict(rows.values_list("household_id").annotate(n=Count("pgh_id")).order_by())


def members(household: UUID | str, day: date, known: datetime) -> tuple[Member, ...]:
    """The members of a household in sight on a day, with the names and facts recorded at a moment."""
    if not households(None, day, known).filter(pgh_obj_id=household).exists():
        return ()
    found = list(_held(day, known).filter(household_id=household))
    with beyond("members of a household as of a past day"):
        people = {
            p.pgh_obj_id: p for p in as_of(Person, known).filter(pgh_obj_id__in=[m.person_id for m in found])
        }
    listed = []
    for row in found:
        version = people[row.person_id]
        row.person = Person(**{f.attname: getattr(version, f.attname) for f in Person._meta.concrete_fields})
        listed.append(row)
    listed.sort(key=lambda m: (m.relation != "head", m.person.birth_date, str(m.person_id)))
    return tuple(shown.member(row, day) for row in listed)
