"""The household's people: births, marriages, deaths, moves and corrections, on any day, each with its own date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView, Member
from huimin.kit import clock
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty.forms import people as forms
from huimin.services.poverty.views.measures import one
from huimin.services.poverty.views.sending import dossier_url, form_page, viewer_of


def member_of(household: UUID, membership: UUID) -> tuple[HouseholdView, Member]:
    """A household in sight and one of its members of today; raise NotFound for anybody else."""
    home = people.household(household)
    found = next((one for one in people.members(home.id) if one.membership == membership), None)
    if found is None:
        raise NotFound(_("没有找到这名成员，或不在您的管辖范围内。"), code="no_member")
    return home, found


def add(request: HttpRequest, household: UUID) -> HttpResponse:
    """Somebody joins: known by number, or new."""
    home = people.household(household)

    def run(data: Mapping[str, Any], key: str) -> None:
        known = people.find_by_number(data["id_number"]) if data["id_number"] else None
        if known is None and not (data["name"] and data["sex"] and data["birth_date"]):
            text = _("请填写。")
            fields = {name: text for name in ("name", "sex", "birth_date") if not data[name]}
            raise Refused(
                _("没有找到已登记的人，请填写姓名、性别和出生日期。"), code="new_person", fields=fields
            )
        new = {name: data[name] for name in ("name", "sex", "birth_date", "id_number") if data[name]}
        people.add_member(
            viewer_of(request),
            key=key,
            household=home.id,
            relation=data["relation"],
            on=data["on"],
            reason=data["reason"],
            leave=data["leave"],
            **({"person": known.id} if known else {"new": new}),
        )

    return form_page(
        request,
        make=one(forms.MemberAdded),
        run=run,
        title=_("增加成员"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial={"on": clock.today()},
        lead=_("出生、婚嫁、收养、迁入，哪天发生哪天登记，不用等到年底。"),
    )


def end(request: HttpRequest, household: UUID, membership: UUID) -> HttpResponse:
    """Somebody leaves."""
    home, member = member_of(household, membership)
    others = [
        (str(m.person.id), m.person.name) for m in people.members(home.id) if m.membership != membership
    ]
    heirs = others if member.relation == "head" else []

    def run(data: Mapping[str, Any], key: str) -> None:
        heir = data.get("new_head")
        people.end_membership(
            viewer_of(request),
            key=key,
            membership=membership,
            on=data["on"],
            reason=data["reason"],
            note=data["note"],
            new_head=UUID(heir) if heir else None,
        )

    return form_page(
        request,
        make=lambda *args, **options: forms.MemberEnded(*args[:1], heirs=heirs, **options),
        run=run,
        title=_("减少成员"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial={"on": clock.today()},
        lead=_("%(name)s，%(relation)s。") % {"name": member.person.name, "relation": member.relation.label},
    )


def correct(request: HttpRequest, household: UUID, membership: UUID) -> HttpResponse:
    """What was written wrong about a member; the earlier record stays in the history."""
    home, member = member_of(household, membership)
    now = member.person
    shown = {
        "name": now.name,
        "sex": now.sex.value,
        "birth_date": now.birth_date,
        "ethnicity": now.ethnicity,
        "education": now.education.value,
    }

    def run(data: Mapping[str, Any], key: str) -> None:
        changes = {name: data[name] for name, before in shown.items() if data[name] != before}
        changes |= {name: data[name] for name in ("phone", "id_number") if data[name]}
        if not changes:
            raise Refused(_("没有改动。改好有误的内容再保存。"), code="unchanged")
        people.correct_person(
            viewer_of(request), key=key, person=now.id, changes=changes, reason=data["reason"]
        )

    return form_page(
        request,
        make=one(forms.PersonCorrected),
        run=run,
        title=_("更正信息"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial=shown,
        lead=_("现在的证件号码 %(number)s，电话 %(phone)s。只改有误的，其余不动。")
        % {"number": now.id_number or "—", "phone": now.phone or "—"},
    )
