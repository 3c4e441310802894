"""The door of people: find, list and change persons, households and organisations.

What is returned is masked; the clear value of a field comes from `reveal` alone, with a purpose and a reason.
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.access.api import Purpose, Viewer, unmask
from huimin.core.people.actions import (
    add_member,
    change_head,
    close_household,
    correct_person,
    end_membership,
    move_household,
    propose_change,
    register_household,
    register_organisation,
    register_person,
    settle_change,
)
from huimin.core.people.checks import TITLES
from huimin.core.people.crypto import EncryptedTextField, lookup_hash
from huimin.core.people.demo import DENSE, load_people, plant_duplicates
from huimin.core.people.imports.columns import chosen, day, number_column
from huimin.core.people.imports.known import find_households, name_places
from huimin.core.people.masking import address as mask_address
from huimin.core.people.masking import name as mask_name
from huimin.core.people.masking import phone as mask_phone
from huimin.core.people.matching.actions import find_duplicates, search
from huimin.core.people.merging.actions import FIELDS as MERGE_FIELDS
from huimin.core.people.merging.actions import held, holds_household, keep_apart, merge, unmerge
from huimin.core.people.merging.queries import (
    last_runs,
    merge_between,
    pair,
    pairs,
    pairs_waiting,
    seen,
    stays,
    values_alike,
)
from huimin.core.people.models import Household, Person
from huimin.core.people.paging import keyset
from huimin.core.people.queries import (
    counts,
    counts_below,
    families,
    find_by_number,
    history_of,
    homes_of,
    household,
    household_of,
    households,
    households_as_of,
    households_by_id,
    members,
    organisation,
    people,
    person,
    persons,
    populated,
    proposal,
    proposals,
    proposals_waiting,
)
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

__all__ = [
    "DENSE",
    "KEEPING",
    "MERGE_FIELDS",
    "TITLES",
    "EncryptedTextField",
    "add_member",
    "change_head",
    "chosen",
    "close_household",
    "correct_person",
    "counts",
    "counts_below",
    "day",
    "end_membership",
    "families",
    "find_by_number",
    "find_duplicates",
    "find_households",
    "held",
    "history_of",
    "holds_household",
    "homes_of",
    "household",
    "household_of",
    "households",
    "households_as_of",
    "households_by_id",
    "keep_apart",
    "keyset",
    "last_runs",
    "load_people",
    "lookup_hash",
    "mask_address",
    "mask_name",
    "mask_phone",
    "members",
    "merge",
    "merge_between",
    "move_household",
    "name_places",
    "number_column",
    "organisation",
    "pair",
    "pairs",
    "pairs_waiting",
    "people",
    "person",
    "persons",
    "plant_duplicates",
    "populated",
    "proposal",
    "proposals",
    "proposals_waiting",
    "propose_change",
    "register_household",
    "register_organisation",
    "register_person",
    "reveal",
    "reveal_address",
    "search",
    "seen",
    "settle_change",
    "stays",
    "unmerge",
    "values_alike",
]  # fmt: skip
CLEAR = ("id_number", "phone")
KEEPING = frozenset(
    {
        register_person.name, correct_person.name, register_household.name, add_member.name, end_membership.name,
        change_head.name, move_household.name, close_household.name, settle_change.name,
    }
)  # fmt: skip
"""The rights of whoever keeps the register of an area; for the roles of manifests."""


def reveal(viewer: Viewer, person_id: UUID, field: str, purpose: Purpose | str, reason: str, key: str) -> str:
    """The clear `id_number` or `phone` of a person in sight; the look and its reason go to the journal first."""
    if field not in CLEAR:
        raise Refused(
            _("这个字段不能查看。"), code="no_such_field", fields={"field": _("请选择证件号码或联系电话。")}
        )
    with viewer.acting():
        row = Person.objects.filter(id=person_id).first()
        if row is None:
            raise NotFound(_("没有找到此人，或不在您的管辖范围内。"), code="no_person")
        subject = str(Ref.of("person", row.id))
        _record(viewer, key, subject, row.division_code, field, purpose, reason)
        return str(getattr(row, field))


def reveal_address(viewer: Viewer, household_id: UUID, purpose: Purpose | str, reason: str, key: str) -> str:
    """The clear address of a household in sight; the look and its reason go to the journal first."""
    with viewer.acting():
        row = Household.objects.filter(id=household_id).first()
        if row is None:
            raise NotFound(_("没有找到该户，或不在您的管辖范围内。"), code="no_household")
        _record(viewer, key, str(Ref.of("household", row.id)), row.division_code, "address", purpose, reason)
        return str(row.address)


def _record(
    viewer: Viewer, key: str, subject: str, area: str, what: str, purpose: Purpose | str, reason: str
) -> None:
    if viewer.person is not None and Ref.parse(subject) in viewer.own:
        return  # one's own number is no secret
    try:
        chosen = Purpose(purpose)
    except ValueError:
        text = _("请选择查看的目的。")
        raise Refused(text, code="purpose_needed", fields={"purpose": text}) from None
    unmask(viewer, key=key, subject=subject, area=area, what=what, purpose=chosen.value, reason=reason)
