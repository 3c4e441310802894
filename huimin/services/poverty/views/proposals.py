"""What other departments say of a person: one press confirms it, a refusal keeps its reason (T10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.people import api as people
from huimin.core.people.types import Education, HouseholdView, ProposalState, ProposalView, Sex
from huimin.core.places import api as places
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.services.poverty.forms.people import ProposalRefused
from huimin.services.poverty.queries.tasks import address
from huimin.services.poverty.views.sending import key_of, next_url, viewer_of
from huimin.ui import formats
from huimin.ui.parts import Filter, Pager

PAGE = 30
RIGHT = "people.settle_change"
CHOICES = {"sex": dict(Sex.choices), "education": dict(Education.choices)}


@dataclass(frozen=True)
class Proposed:
    """A proposal as a page shows it: field by field now and proposed, with the form that refuses it."""

    row: ProposalView
    place: str
    lines: list[tuple[str, str, str]]
    home: HouseholdView | None
    may: bool
    form: ProposalRefused
    key: str
    refusal: str = ""
    open: bool = False


def shown(viewer: Viewer, row: ProposalView, place: str = "", home: HouseholdView | None = None) -> Proposed:
    """A proposal with what the viewer may do about it."""
    lines = []
    for field, now, new in row.changes:
        words = CHOICES.get(field, {})
        title = str(people.TITLES.get(field, field))
        lines.append((title, str(words.get(now, now)) or formats.NONE, str(words.get(new, new))))
    may = row.state == ProposalState.PENDING and viewer.covers(RIGHT, row.person.division_code, ())
    form = ProposalRefused(prefix=f"r{str(row.id)[:8]}")
    return Proposed(row, place, lines, home, may, form, str(uuid4()))


def of_household(viewer: Viewer, members: Any) -> list[Proposed]:
    """What waits about the members of a household, for its dossier."""
    rows = people.proposals(persons=[one.person.id for one in members]).rows
    return [shown(viewer, row) for row in rows]


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; settled ones with their reason by the chip."""
    return listed(request)


def listed(request: HttpRequest, refused: Proposed | None = None, status: int = 200) -> HttpResponse:
    """The list; one whose sending was refused stays open with what was typed."""
    viewer = viewer_of(request)
    asked = request.GET.get("state", "")
    state = ProposalState(asked) if asked in set(ProposalState) else ProposalState.PENDING
    area = request.GET.get("in", "")
    page = people.proposals(
        area if area and places.exists(area) else None,
        state=state,
        after=request.GET.get("after") or request.GET.get("before") or None,
        limit=PAGE,
    )
    names = places.paths({row.person.division_code for row in page.rows})
    found = []
    for row in page.rows:
        place = " ".join(names.get(row.person.division_code, ())[-2:])
        found.append(shown(viewer, row, place, people.household_of(row.person.id)))
    if refused is not None:
        others = [one for one in found if one.row.id != refused.row.id]
        same = next((one for one in found if one.row.id == refused.row.id), refused)
        found = [
            Proposed(
                same.row, same.place, same.lines, same.home, same.may, refused.form, refused.key,
                refused.refusal, True,
            ),
            *others,
        ]  # fmt: skip
    context = {
        "proposed": found,
        "state": state,
        "filters": [Filter("state", _("状态"), [(one.value, str(one.label)) for one in ProposalState])],
        "pager": Pager(page.previous or "", page.next or ""),
        "back": next_url(request, ""),
    }
    return render(request, "poverty/desk/proposals.html", context, status=status)


@require_POST
def settle(request: HttpRequest, id: UUID) -> HttpResponse:
    """Confirm with one press, or refuse with a reason; what goes wrong is said beside it."""
    viewer = viewer_of(request)
    row = people.proposal(id)
    if row is None:
        raise NotFound(_("没有找到这条待核实数据，或不在您的管辖范围内。"), code="no_proposal")
    now = shown(viewer, row, home=people.household_of(row.person.id))
    accept = request.POST.get("accept") == "1"
    form = ProposalRefused(request.POST, prefix=now.form.prefix)
    typed = form["reason"].value() or ""
    if not accept and not form.is_valid():
        return listed(
            request, Proposed(now.row, now.place, now.lines, now.home, now.may, form, now.key, "", True), 422
        )
    try:
        people.settle_change(
            viewer, key=key_of(request), proposal=id, accept=accept, reason="" if accept else str(typed)
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.errors.clear()
        said = ""
        if accept or "reason" not in refusal.fields:
            said = str(refusal)
            form = now.form
        else:
            form.add_error("reason", str(refusal.fields["reason"]))
        stays = Proposed(now.row, now.place, now.lines, now.home, now.may, form, str(uuid4()), said, True)
        return listed(request, stays, refusal.status)
    return redirect(next_url(request, address("poverty:desk-proposals")))
