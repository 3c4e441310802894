"""A household's dossier: who, facts, the way, what was done; its panel; unmasking with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import PURPOSES, Purpose, Viewer, record_look
from huimin.core.cases import api as cases
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty.models import Alert, Application, Profile
from huimin.services.poverty.programme import CODE, KINDS
from huimin.services.poverty.queries import printed, story
from huimin.services.poverty.views import proposals, upkeep
from huimin.services.poverty.views.sending import dossier_url, key_of, trail, viewer_of
from huimin.ui.parts import Action, State


@dataclass(frozen=True)
class Standing:
    """How a household stands in the programme: in, on the way, out, or never was."""

    enrolment: Any
    procedure: Any
    state: State


def standing(household: UUID) -> Standing:
    """The enrolment and the latest procedure, with the word for both."""
    enrolment = programmes.enrolment_of(household, CODE)
    found = programmes.procedures_of(household, CODE)
    procedure = next((one for one in found if one.state == "open"), found[0] if found else None)
    if enrolment is not None and enrolment.state == "active":
        word = State(str(KINDS.get(enrolment.kind, _("监测中"))), "done")
    elif enrolment is not None and enrolment.state == "suspended":
        word = State(_("已暂停"), "waiting")
    elif procedure is not None and procedure.state == "open":
        word = State(_("办理中：%(step)s") % {"step": procedure.step_title}, "info")
    elif enrolment is not None:
        word = State(_("已退出"), "plain")
    else:
        word = State(_("未纳入监测"), "plain", "home")
    return Standing(enrolment, procedure, word)


def next_action(viewer: Viewer, home: HouseholdView, now: Standing) -> Action | None:
    """The button that does what comes next, for the one whose turn it is; None where it is somebody else's."""
    row = now.procedure
    if row is not None and row.state == "open":
        pages = {
            "survey": ("poverty.survey", _("填写入户调查"), reverse("poverty:desk-survey", args=[row.id])),
            "review": ("poverty.hold_review", _("召开民主评议"), page("poverty:desk-reviews")),
            "notice1": ("poverty.post_first_notice", _("张贴第一次公示"), page("poverty:desk-notices")),
            "check": ("poverty.check", _("乡镇审核"), page("poverty:desk-checks")),
            "notice2": ("poverty.post_second_notice", _("张贴第二次公示"), page("poverty:desk-notices")),
            "approve": ("poverty.approve", _("县级审批"), page("poverty:desk-checks")),
            "announce": ("poverty.announce", _("发布公告"), page("poverty:desk-notices")),
        }
        right, word, url = pages[row.step]
        return (
            Action(word, url, "arrow-right", "primary")
            if viewer.covers(right, home.division_code, ()) and url
            else None
        )
    if now.enrolment is None or now.enrolment.state == "exited":
        may = viewer.covers("poverty.apply", home.division_code, ())
        return (
            Action(_("代为申请"), reverse("poverty:desk-apply", args=[home.id]), "file-plus", "primary")
            if may
            else None
        )
    held = programmes.responsible(now.enrolment.id)
    if (
        held is None
        and now.enrolment.state == "active"
        and viewer.covers("poverty.assign", home.division_code, ())
    ):
        return Action(
            _("落实责任人"),
            reverse("poverty:desk-assign", args=[now.enrolment.id]),
            "user-check",
            "primary",
        )
    if viewer.covers("poverty.visit", home.division_code, ()) and now.enrolment.state == "active":
        return Action(
            _("登记走访"),
            reverse("poverty:desk-visit", args=[now.enrolment.id]),
            "clipboard-check",
            "primary",
        )
    return None


def page(name: str) -> str:
    """The address of a page that may not be there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def more_actions(viewer: Viewer, home: HouseholdView, now: Standing) -> list[Action]:
    """Everything else that may be done here, quietly."""

    def may(right: str) -> bool:
        return viewer.covers(f"poverty.{right}", home.division_code, ())

    found = []
    row, enrolment = now.procedure, now.enrolment
    if enrolment is not None and enrolment.state == "active":
        if may("add_measure"):
            found.append(Action(_("登记措施"), reverse("poverty:desk-measure", args=[enrolment.id]), "plus"))
        if may("update_facts"):
            found.append(Action(_("更新收入和保障"), reverse("poverty:desk-facts", args=[home.id]), "edit"))
        if may("propose_exit") and not (row and row.state == "open"):
            found.append(
                Action(_("提出退出"), reverse("poverty:desk-propose-exit", args=[home.id]), "logout")
            )
        if may("assign"):
            found.append(
                Action(_("责任人"), reverse("poverty:desk-assign", args=[enrolment.id]), "user-check")
            )
        if may("suspend"):
            found.append(
                Action(_("暂停帮扶"), reverse("poverty:desk-suspend", args=[enrolment.id]), "player-pause")
            )
    if enrolment is not None and enrolment.state == "suspended" and may("resume"):
        found.append(
            Action(_("恢复帮扶"), reverse("poverty:desk-resume", args=[enrolment.id]), "player-play")
        )
    if row is not None and row.state == "open" and may("withdraw"):
        found.append(Action(_("撤回"), reverse("poverty:desk-withdraw", args=[row.id]), "arrow-back-up"))
    return found


def purpose_of(request: HttpRequest) -> Purpose | None:
    """Why the page is opened, from its address."""
    asked = request.GET.get("purpose", "")
    return Purpose(asked) if asked in set(Purpose) else None


def facts_context(viewer: Viewer, home: HouseholdView) -> dict[str, Any]:
    """What the panel and the page both show."""
    now = standing(home.id)
    found = story.guarantees(home.id)
    decision = story.last_decision(home.id)
    return {
        "home": home,
        "place": " ".join(places.path_of(home.division_code)[-2:]),
        "now": now,
        "next": next_action(viewer, home, now),
        "years": story.years(home.id, home.division_code),
        "marks": story.marks(found),
        "found_out": story.found_out(found),
        "risks": story.risks(home.id),
        "steps": story.steps(now.procedure) if now.procedure else [],
        "officer": programmes.responsible(now.enrolment.id) if now.enrolment else None,
        "decision": story.in_words(decision) if decision else None,
        "alerts": list(Alert.objects.filter(household_id=home.id, state="open").order_by("received")),
        "today": clock.today(),
    }


def panel(request: HttpRequest, household: UUID) -> HttpResponse:
    """The side panel: key facts and the next action, with the same trace as the page."""
    home = people.household(household)
    viewer = viewer_of(request)
    record_look(
        Ref.of("household", home.id),
        area=home.division_code,
        purpose=purpose_of(request) or Purpose.PROGRAMME,
        page="panel",
    )
    return render(request, "poverty/desk/panel.html", facts_context(viewer, home))


def household(request: HttpRequest, household: UUID) -> HttpResponse:
    """The page of one household; without a purpose it asks for one first."""
    viewer = viewer_of(request)
    home = people.household(household)
    purpose = purpose_of(request)
    if purpose is None:
        asked = {
            "home": home,
            "purposes": [(code.value, str(word)) for code, word in PURPOSES.items()],
            "places": trail(home),
        }
        return render(request, "poverty/desk/purpose.html", asked)
    record_look(Ref.of("household", home.id), area=home.division_code, purpose=purpose, page="dossier")
    context: dict[str, Any] = facts_context(viewer, home)
    now: Standing = context["now"]
    members = people.members(home.id)
    facts = story.known(home.id) if now.enrolment else {}
    context |= {
        "purpose": purpose.value,
        "places": trail(home),
        "members": members,
        "proposed": proposals.of_household(viewer, members),
        "printing": printed.glance(home) if now.enrolment else None,
        "may_print": viewer.covers("poverty.note_print", home.division_code, ()),
        "key": str(uuid4()),
        "back": dossier_url(home.id, purpose.value),
        "former": [
            one for one in people.history_of(home.id) if one.end is not None and one.end <= clock.today()
        ],
        "more": more_actions(viewer, home, now),
        "done": story.done(now.enrolment) if now.enrolment else None,
        "effects": story.effects(now.enrolment, facts) if now.enrolment else [],
        "events": story.history(home.id, [one.person.id for one in members]),
        "cases": cases.cases_about(Ref.of("household", home.id), "poverty"),
        "profile": Profile.objects.filter(household_id=home.id).first(),
        "application": Application.objects.filter(household_id=home.id).order_by("-at").first(),
        "may_people": viewer.covers("people.add_member", home.division_code, ()),
        "upkeep": upkeep.actions_of(viewer, home, len(members)),
        "may_visit": viewer.covers("poverty.add_risk", home.division_code, ()),
        "may_unmask": viewer.covers("access.unmask", home.division_code, ()),
        "may_dismiss": viewer.covers("poverty.dismiss_alert", home.division_code, ()),
        "routes": programmes.PROGRAMMES[CODE].routes,
    }
    return render(request, "poverty/desk/household.html", context)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, household: UUID) -> HttpResponse:
    """A masked number, phone or address in clear: asked with a reason, which is kept with the look."""
    home = people.household(household)
    what = request.POST.get("what") or request.GET.get("what", "address")
    person = request.POST.get("person") or request.GET.get("person", "")
    titles = {"id_number": _("证件号码"), "phone": _("联系电话"), "address": _("家庭住址")}
    what = what if what in titles else "address"
    context: dict[str, Any] = {
        "home": home,
        "what": what,
        "person": person,
        "title": titles[what],
        "key": str(uuid4()),
        "purposes": PURPOSES,
    }
    whose = next(
        (one.person.name for one in people.history_of(home.id) if str(one.person.id) == person), home.name
    )
    context["whose"] = whose
    status = 200
    if request.method == "POST":
        reason, purpose, viewer = (
            request.POST.get("reason", ""),
            request.POST.get("purpose", "programme"),
            viewer_of(request),
        )
        try:
            if what == "address":
                context["clear"] = people.reveal_address(viewer, home.id, purpose, reason, key_of(request))
            else:
                inside = {str(one.person.id): one.person.id for one in people.history_of(home.id)}
                if person not in inside:
                    raise NotFound(_("没有找到此人，或不在您的管辖范围内。"), code="no_person")
                context["clear"] = people.reveal(
                    viewer, inside[person], what, purpose, reason, key_of(request)
                )
        except Refused as refusal:
            context |= {"error": str(refusal), "reason": reason, "key": key_of(request)}
            status = 200 if getattr(request, "htmx", False) else refusal.status  # htmx shows 200 only
    return render(request, "poverty/desk/reveal.html", context, status=status)
