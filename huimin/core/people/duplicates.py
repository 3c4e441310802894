"""Somebody who is registered already: found everywhere, told without showing a person of another area."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from huimin.core.access.api import beyond
from huimin.core.people import masking
from huimin.core.people.crypto import lookup_hash
from huimin.core.people.models import Person
from huimin.core.places import api as places
from huimin.kit.area import AreaCode, Level


def taken(number: str, but: UUID | None = None) -> str | None:
    """Why this identity number cannot be registered, or None where nobody has it.

    A person in the viewer's sight is named (masked) with the village; of anybody else only the county to ask.
    """
    digest = lookup_hash("id_number", number)
    same = Q(id_hash=digest) & ~Q(id=but)
    seen = Person.objects.filter(same).first()
    if seen is not None and seen.merged_into_id is not None:
        if seen.merged_into_id == but:
            text = _("该证件号码记在此人已合并的另一条记录上。要改用它，请撤销合并，重新合并时选用该号码。")
            return text
        seen = Person.objects.filter(id=seen.merged_into_id).first() or seen
    if seen is not None:
        where = "".join(places.path_of(seen.division_code)[-2:])
        return _("该证件号码已登记：%(name)s（%(where)s）。请查找此人，不必重复录入。") % {
            "name": masking.name(seen.name), "where": where,
        }  # fmt: skip
    with beyond("find a duplicate identity number"):
        code = Person.objects.filter(same).values_list("division_code", flat=True).first()
    if code is None:
        return None
    county = "".join(places.path_of(str(AreaCode(code).at(Level.COUNTY)))[-2:])
    return _("该证件号码已登记，请联系%(county)s。") % {"county": county}
