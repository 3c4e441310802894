"""The household's own pages: where it stands, the decision as a letter, apply, withdraw, appeal, messages."""

from __future__ import annotations

from uuid import UUID

import segno
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes.types import Direction
from huimin.core.rules import api as rules
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.services.poverty import actions
from huimin.services.poverty.forms.way import AppealForm, ApplyForm, WithdrawForm
from huimin.services.poverty.queries import letters, reasoning, story
from huimin.services.poverty.queries import mine as reads
from huimin.services.poverty.queries.mine import Mine
from huimin.services.poverty.views.appeals import events_of, state_of
from huimin.services.poverty.views.decisions import evidence, facts_of, page
from huimin.services.poverty.views.sending import Run, key_of, run_form, viewer_of
from huimin.ui.parts import Step


def my(request: HttpRequest) -> Mine:
    """The viewer's own household; raise NotAllowed where he is in none."""
    found = reads.of(viewer_of(request))
    if found is None:
        raise NotAllowed(
            _("登记库里还没有您的户籍家庭，请带上户口簿到村委会登记后再办。"), code="no_household"
        )
    return found


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where my household stands, who helps, what was done, what I was told."""
    one = my(request)
    line, tone, following = reads.headline(one)
    context = {
        "mine": one,
        "headline": line,
        "tone": tone,
        "following": following,
        "steps": steps_of(one),
        "result": letters.result_of(one.decision)[0] if one.decision else "",
        "key": key_of(request),
        "appeals": [(case, state_of(case)) for case in one.appeals[:3]],
        "taken": request.GET.get("done", ""),
        "leaving": bool(one.procedure and one.procedure.direction == Direction.EXIT),
    }
    return render(request, "poverty/me/home.html", context)


def steps_of(one: Mine) -> list[Step]:
    """The way as steps: whole while it is open, only what happened where it has ended, none while help goes on."""
    if one.procedure is None or (one.helped and not one.on_the_way):
        return []
    found = story.steps(one.procedure)
    return found if one.on_the_way else [step for step in found if step.state != "next"]


@require_safe
def decision(request: HttpRequest, id: UUID) -> HttpResponse:
    """A decision about my household, as a letter."""
    one = my(request)
    found = rules.decision(id)
    if found is None or found.subject != str(Ref.of("household", one.home.id)):
        raise NotFound(_("没有找到这份决定。"), code="no_decision")
    appealed = next((case for case in one.appeals if case.about == str(id)), None)
    url = (
        ""
        if appealed and appealed.state in ("received", "accepted")
        else reverse("poverty:me-appeal") + f"?about={id}"
    )
    told = evidence(found)
    proof_url = page("portal:my-certificate", found.id)
    context = {
        "letter": letters.letter(found, appeal_url=url, proof_url=proof_url),
        "appealed": appealed,
        "decision": found,
        "facts": facts_of(found),
        "reasoning": reasoning.reasoning(found),
        "qr": checked_at(request, told["leaf"], found.as_of.isoformat()),
        **told,
    }
    return render(request, "poverty/me/decision.html", context)


def checked_at(request: HttpRequest, leaf: str, day: str) -> str:
    """The QR code on a printed letter: where anybody can ask whether its fingerprint was kept."""
    url = page("portal:open-decisions-check")
    address = request.build_absolute_uri(f"{url}?day={day}&leaf={leaf}")
    return mark_safe(segno.make(address, error="m").svg_inline(scale=3, border=0)) if url else ""


def one_form(
    request: HttpRequest, form_class: type[Form], run: Run, done: str, template: str, **context: object
) -> HttpResponse:
    """A citizen's page with one form: shown, sent, shown again with what is wrong and everything typed."""
    form, status = form_class(), 200
    if request.method == "POST":
        form, status = form_class(request.POST), 422
        if form.is_valid():
            refusal = run_form(request, form, run)
            if refusal is None:
                return redirect(done)
            status = refusal.status
    return render(request, template, {"form": form, "key": key_of(request), **context}, status=status)


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Apply for my household; what is in the register is not asked again."""
    one = my(request)
    if request.method == "GET" and not one.may_apply:
        messages.info(request, _("您家已经在办或者正在帮扶，不用再申请。"))
        return redirect("poverty:me-home")
    viewer = viewer_of(request)
    members = people.members(one.home.id)
    path = places.paths([one.home.division_code]).get(one.home.division_code, ())
    return one_form(
        request,
        ApplyForm,
        lambda data, key: actions.apply(
            viewer,
            key=key,
            household=one.home.id,
            cause=data["cause"],
            text=data["text"],
            authorised=data["authorised"],
        ),
        reverse("poverty:me-home") + "?done=apply",
        "poverty/me/apply.html",
        mine=one,
        members=members,
        place=" ".join(path[2:]),
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, procedure: UUID) -> HttpResponse:
    """Take my application back."""
    viewer, one = viewer_of(request), my(request)
    if one.procedure is None or one.procedure.id != procedure:
        raise NotFound(_("没有找到这份申请。"), code="no_procedure")
    return one_form(
        request,
        WithdrawForm,
        lambda data, key: actions.withdraw(
            viewer, key=key, procedure=procedure, reason=data["reason"].strip() or _("申请户自行撤回")
        ),
        reverse("poverty:me-home"),
        "poverty/me/withdraw.html",
        mine=one,
    )


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest) -> HttpResponse:
    """Disagree with a decision."""
    viewer, one = viewer_of(request), my(request)
    about = request.POST.get("about", "") or request.GET.get("about", "")
    try:
        found = rules.decision(UUID(about)) if about else one.decision
    except ValueError:
        found = one.decision
    made: dict[str, object] = {}
    response = one_form(
        request,
        AppealForm,
        lambda data, key: made.update(
            actions.appeal(
                viewer,
                key=key,
                household=one.home.id,
                text=data["text"],
                about=str(found.id) if found else "",
            )
        ),
        reverse("poverty:me-home"),
        "poverty/me/appeal.html",
        mine=one,
        decision=found,
        result=letters.result_of(found)[0] if found else "",
    )
    if made:
        return redirect(reverse("poverty:me-appeal-progress", args=[made["case"]]) + "?done=appeal")
    return response


@require_http_methods(["GET", "POST"])
def appeal_progress(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far my appeal is; POST takes it back."""
    one = my(request)
    case = next((case for case in one.appeals if case.id == id), None)
    if case is None:
        raise NotFound(_("没有找到这件申诉。"), code="no_case")
    if request.method == "POST":
        actions.withdraw_appeal(viewer_of(request), key=key_of(request), case=id)
        return redirect("poverty:me-appeal-progress", id)
    context = {
        "case": case,
        "state": state_of(case),
        "events": events_of(case),
        "key": key_of(request),
        "open": case.state in ("received", "accepted"),
        "taken": request.GET.get("done", ""),
    }
    return render(request, "poverty/me/appeal_progress.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """I have read what I was told."""
    one = my(request)
    actions.read_messages(viewer_of(request), key=key_of(request), household=one.home.id)
    return redirect(reverse("poverty:me-home") + "#messages")
