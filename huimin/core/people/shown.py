"""From rows to what other parts may hold: masked, frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from huimin.core.people import idnumber, masking
from huimin.core.people.models import Membership, Organisation, Person, ProposedChange
from huimin.core.people.types import (
    Education,
    HouseholdView,
    Joining,
    Member,
    OrganisationKind,
    OrganisationView,
    PersonView,
    ProposalState,
    ProposalView,
    Relation,
    Sex,
)
from huimin.kit import clock


def age(born: date, on: date) -> int:
    """Completed years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def person(row: Person, on: date | None = None) -> PersonView:
    """A person's row (or a version of it) with number and phone masked; the age is that of a day or of death."""
    day = on or clock.today()
    if row.died_on is not None and row.died_on < day:
        day = row.died_on
    return PersonView(
        id=row.id, name=row.name, masked_name=masking.name(row.name), sex=Sex(row.sex), birth_date=row.birth_date,
        age=age(row.birth_date, day), ethnicity=row.ethnicity, id_number=idnumber.mask(row.id_number),
        phone=masking.phone(row.phone), division_code=row.division_code, group_no=row.group_no,
        education=Education(row.education), died_on=row.died_on, left_on=row.left_on,
        merged_into=row.merged_into_id,
    )  # fmt: skip


def member(row: Membership, on: date | None = None) -> Member:
    """A membership with its person selected."""
    return Member(
        membership=row.id, household=row.household_id, person=person(row.person, on), relation=Relation(row.relation),
        start=row.start, end=row.end, joined_by=Joining(row.joined_by), left_by=row.left_by,
    )  # fmt: skip


def household(row: Any, sizes: Mapping[UUID, int]) -> HouseholdView:
    """A household's row or version; sizes by household id."""
    return HouseholdView(
        id=row.id, number=row.number, division_code=row.division_code, group_no=row.group_no, head=row.head_id,
        head_name=row.head_name, masked_head_name=masking.name(row.head_name),
        masked_address=masking.address(row.address), size=sizes.get(row.id, 0), opened_on=row.opened_on,
        located_since=row.located_since, closed_on=row.closed_on, latitude=row.latitude, longitude=row.longitude,
    )  # fmt: skip


def organisation(row: Organisation) -> OrganisationView:
    """An organisation's row."""
    return OrganisationView(
        id=row.id,
        name=row.name,
        uscc=row.uscc,
        kind=OrganisationKind(row.kind),
        division_code=row.division_code,
    )


def proposal(row: ProposedChange) -> ProposalView:
    """A proposed change with its person selected; numbers and phones on both sides masked."""
    hide = {"id_number": idnumber.mask, "phone": masking.phone}
    changes = []
    for field, new in json.loads(row.changes).items():
        show = hide.get(field, str)
        now = getattr(row.person, field)
        changes.append((field, "" if now is None else show(str(now)), show(str(new))))
    return ProposalView(
        id=row.id, person=person(row.person), changes=tuple(changes), source=row.source, document=row.document,
        state=ProposalState(row.state), reason=row.reason, proposed_at=row.proposed_at, settled_at=row.settled_at,
    )  # fmt: skip
