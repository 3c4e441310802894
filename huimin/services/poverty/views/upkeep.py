"""The household as a whole: another head, another place, its end; what goes with it is said before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView, Member
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import NotAllowed, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms import people as forms
from huimin.services.poverty.programme import CODE
from huimin.services.poverty.views.measures import one
from huimin.services.poverty.views.sending import dossier_url, form_page, trail, viewer_of
from huimin.ui.parts import Action

MOST = 300  # villages in one list to choose from


def actions_of(viewer: Viewer, home: HouseholdView, size: int) -> list[Action]:
    """What may be done with the household itself, beside its members."""
    if home.closed_on is not None:
        return []
    pages = (
        ("people.change_head", _("户主变更"), "desk-head", "user-check", size > 1),
        ("people.move_household", _("迁移"), "desk-move", "truck", True),
        ("people.close_household", _("销户"), "desk-close", "lock", True),
    )
    return [
        Action(word, reverse(f"poverty:{name}", args=[home.id]), icon, "quiet")
        for right, word, name, icon, there in pages
        if there and viewer.covers(right, home.division_code, ())
    ]


def open_home(request: HttpRequest, household: UUID, right: str) -> HouseholdView:
    """A household in sight that stands, for one who keeps its register."""
    home = people.household(household)
    if not viewer_of(request).covers(right, home.division_code, ()):
        raise NotAllowed(_("您没有办理这一户登记的权限，请联系村或乡镇的经办人。"))
    if home.closed_on is not None:
        text = _("该户已于 %(day)s 销户，不能再变更。")
        raise Refused(text % {"day": home.closed_on.isoformat()}, code="household_closed")
    return home


def head(request: HttpRequest, household: UUID) -> HttpResponse:
    """Another member becomes head: who, and then what the others are to that one."""
    home = open_home(request, household, people.change_head.name)
    found = people.members(home.id)
    asked = request.POST.get("head") or request.GET.get("head", "")
    chosen = next((m for m in found if str(m.person.id) == asked and m.person.id != home.head), None)
    if chosen is None:
        context = {
            "home": home,
            "heirs": [m for m in found if m.person.id != home.head],
            "back": dossier_url(home.id),
            "places": trail(home, _("户主变更")),
        }
        return render(request, "poverty/desk/head.html", context)
    others = [m for m in found if m.person.id != chosen.person.id]

    def make(*args: Any, **options: Any) -> forms.HeadChanged:
        named = [(str(m.person.id), m.person.name) for m in others]
        return forms.HeadChanged(*args[:1], others=named, **options)

    def run(data: Mapping[str, Any], key: str) -> None:
        people.change_head(
            viewer_of(request), key=key, household=home.id, head=chosen.person.id, relations=dict(data)
        )

    return form_page(
        request,
        make=make,
        run=run,
        title=_("户主变更为%(name)s") % {"name": chosen.person.name},
        submit=_("变更户主"),
        done=dossier_url(home.id),
        home=home,
        initial={str(m.person.id): becomes(m, chosen) for m in others},
        lead=_("现户主%(name)s。户编号、帮扶措施和经过都不变，公示和手册从今天起写新户主。")
        % {"name": home.name},
        more={"hidden": {"head": asked}},
    )


def becomes(one: Member, new: Member) -> str:
    """What a member is to the new head, where it follows from what both are to the old one; else nothing."""
    parent = "father" if one.person.sex == "male" else "mother"
    if new.relation == "spouse":
        kept = {"head": "spouse", "son": "son", "daughter": "daughter"}
    elif new.relation in ("son", "daughter"):
        kept = {"head": parent, "spouse": parent, "son": "sibling", "daughter": "sibling"}
    else:
        kept = {}
    return kept.get(one.relation.value, "")


def villages_of(viewer: Viewer, home: HouseholdView) -> list[tuple[str, str]]:
    """The villages a household may be moved to by this viewer, its own first."""
    here = places.current(home.division_code, home.group_no)
    found = {here: "".join(places.path_of(here)[-2:])}
    for held in viewer.held:
        if people.move_household.name not in held.actions:
            continue
        rows = (
            [places.division(held.area)]
            if AreaCode(held.area).level is Level.VILLAGE
            else places.at_level(Level.VILLAGE, held.area)
        )
        paths = places.paths([row.code for row in rows[:MOST]])
        found |= {code: " ".join(path[-2:]) for code, path in sorted(paths.items()) if code not in found}
    return list(found.items())


def move(request: HttpRequest, household: UUID) -> HttpResponse:
    """The whole household lives elsewhere from a day on."""
    home = open_home(request, household, people.move_household.name)
    villages = villages_of(viewer_of(request), home)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.move_household(
            viewer_of(request),
            key=key,
            household=home.id,
            division_code=data["division_code"],
            group_no=data["group_no"],
            address=data["address"],
            on=data["on"],
        )

    def make(*args: Any, **options: Any) -> forms.HouseholdMoved:
        return forms.HouseholdMoved(*args[:1], villages=villages, **options)

    return form_page(
        request,
        make=make,
        run=run,
        title=_("整户迁移"),
        submit=_("迁移"),
        done=dossier_url(home.id),
        home=home,
        initial={"division_code": villages[0][0], "group_no": home.group_no, "on": clock.today()},
        lead=_("全家 %(n)d 口人一起迁。证件、成员、帮扶记录跟着走，不用再填。迁到本村以外，由乡镇办理。")
        % {"n": home.size},
    )


def close(request: HttpRequest, household: UUID) -> HttpResponse:
    """The household is no more; its record stays. One that is helped or on its way is settled first."""
    home = open_home(request, household, people.close_household.name)
    held = standing_in_way(home)

    def run(data: Mapping[str, Any], key: str) -> None:
        if (text := standing_in_way(home)) is not None:
            raise Refused(text, code="still_in_programme")
        people.close_household(
            viewer_of(request), key=key, household=home.id, on=data["on"], reason=data["reason"]
        )
        messages.success(request, _("%(name)s户已销户，档案保留可查。") % {"name": home.name})

    lead = _("销户后 %(n)d 名成员都不再在册，这一户不能再办理业务；档案和历史保留。这一步不能撤回。") % {
        "n": home.size
    }
    return form_page(
        request,
        make=one(forms.HouseholdClosed),
        run=run,
        title=_("销户"),
        submit=_("销户"),
        done=dossier_url(home.id),
        home=home,
        initial={"on": clock.today()},
        lead=lead,
        more={"blocked": held or "", "danger": True},
    )


def standing_in_way(home: HouseholdView) -> str | None:
    """Why a household cannot be closed yet: it is being helped, or a procedure is open."""
    enrolment = programmes.enrolment_of(home.id, CODE)
    if enrolment is not None and enrolment.state != "exited":
        return _("这一户还在帮扶，请先按程序办理退出，再销户。")
    if any(row.state == "open" for row in programmes.procedures_of(home.id, CODE)):
        return _("这一户的申请还在办理，请先撤回或办完，再销户。")
    return None
