"""Two people publish a rule: one proposes it with reason, basis and day, another reads everything and publishes it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import Viewer
from huimin.core.rules import api as rules
from huimin.core.rules.types import DraftView
from huimin.kit import clock
from huimin.kit.refusal import NotAllowed, Refused
from huimin.portal.desk.rules import key_of, viewer_of
from huimin.portal.desk.rules_edit import base_of, live, trail
from huimin.portal.desk.rules_simulation import done_of, picture
from huimin.ui.parts import Step


@never_cache
@require_http_methods(["GET", "POST"])
def signing(request: HttpRequest, draft: UUID) -> HttpResponse:
    """What is signed, whole: the differences, the check, the examples, the simulation, the cost; and the forms to do so."""
    viewer, found = viewer_of(request), rules.draft(draft)
    problem, fields, status = "", {}, 200
    if request.method == "POST":
        try:
            return act(request, viewer, found)
        except NotAllowed as refusal:
            if refusal.code != "publishes_alone":
                raise
            problem, status = str(refusal), 403
        except Refused as refusal:
            if refusal.status != 409:
                raise
            problem, fields, status = (
                str(refusal),
                {name: str(text) for name, text in refusal.fields.items()},
                422,
            )
        found = rules.draft(draft)
    simulated = done_of(found)
    context = base_of(found, "signing", viewer) | live(found, found.text, found.examples, viewer)
    given = request.POST if problem else {}
    wrote = any(one.id == viewer.id for one in found.authors) or bool(
        found.proposer and found.proposer.id == viewer.id
    )
    may_publish = viewer.may("rules.publish") and found.state == "proposed"
    context |= {
        "places": trail(found, _("提请和发布")), "problem": problem, "fields": fields, "done": simulated,
        "steps": steps_of(found, context, simulated is not None), "wrote": wrote,
        "may_propose": viewer.may("rules.propose") and found.state == "draft",
        "may_publish": may_publish and not wrote, "must_not": may_publish and wrote,
        "may_recall": found.state == "proposed" and found.proposer is not None and found.proposer.id == viewer.id,
        "may_turn_down": viewer.may("rules.turn_down") and found.state == "proposed" and not wrote,
        "may_drop": viewer.may("rules.drop_draft") and found.state in ("draft", "proposed"),
        "basis": given.get("basis", found.basis), "note": given.get("note", found.note),
        "day": given.get("valid_from", "") or (found.valid_from or first_of_next_month()).isoformat(),
        "earliest": clock.today().isoformat(),
    }  # fmt: skip
    if simulated is not None:
        context |= picture(request, viewer, found, simulated, whole=False)
    return render(request, "portal/rules/signing.html", context, status=status)


def first_of_next_month() -> date:
    """The day that is proposed: people are told before a rule changes."""
    today = clock.today()
    return date(today.year + (today.month == 12), today.month % 12 + 1, 1)


def steps_of(found: DraftView, context: dict[str, Any], simulated: bool) -> list[Step]:
    """The way of a draft with where it stands."""
    ready = context["checked"].ready
    signed = found.state in ("proposed", "published")
    marks = [
        (_("改好"), bool(context["changes"]), ""), (_("检查和试例通过"), ready, ""), (_("全省试算"), simulated, ""),
        (_("提请"), signed, found.proposer.label if found.proposer else ""),
        (_("另一人发布"), found.state == "published", ""),
    ]  # fmt: skip
    first = next((n for n, (_title, done, _who) in enumerate(marks) if not done), len(marks))
    return [
        Step(
            title,
            "done" if done else "current" if n == first and found.state != "dropped" else "next",
            who=who,
        )
        for n, (title, done, who) in enumerate(marks)
    ]


def act(request: HttpRequest, viewer: Viewer, found: DraftView) -> HttpResponse:
    """Do what a form of the page asks."""
    given, key = request.POST, key_of(request)
    doing = given.get("do", "")
    if doing == "propose":
        revision = given.get("revision", "")
        rules.propose(
            viewer, key=key, draft=found.id, revision=int(revision) if revision.isdigit() else 0,
            basis=given.get("basis", "")[:1000], note=given.get("note", "")[:4000],
            valid_from=day_of(given.get("valid_from", "")),
        )  # fmt: skip
    elif doing == "publish":
        rules.publish(
            viewer, key=key, draft=found.id, seal=given.get("seal", "")[:64], basis=given.get("basis", "")[:1000],
            valid_from=day_of(given.get("valid_from", "")),
        )  # fmt: skip
    elif doing == "recall":
        rules.recall(viewer, key=key, draft=found.id)
    elif doing == "turn_down":
        rules.turn_down(viewer, key=key, draft=found.id, reason=given.get("reason", "")[:1000])
    elif doing == "drop":
        rules.drop_draft(viewer, key=key, draft=found.id)
    else:
        raise Refused(_("没有这项操作，请刷新页面后重试。"), code="unknown_act")
    return redirect("portal:rule-signing", found.id)


def day_of(text: str) -> date | None:
    """A day from a form; Refused where it is none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        words = _("日期请写成 2026-01-31 的样子。")
        raise Refused(words, code="invalid", fields={"valid_from": words}) from None
