"""The page behind a decision, for an officer: what matched, every fact, the law, the version, the certificate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.core.access.api import Purpose, record_look
from huimin.core.cases import api as cases
from huimin.core.credentials import api as credentials
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.services.poverty.queries import reasoning, story
from huimin.services.poverty.views.sending import dossier_url, trail
from huimin.ui.parts import Fact, Link


@require_safe
def decision(request: HttpRequest, id: UUID) -> HttpResponse:
    """One decision about a household in the officer's area; the look is kept."""
    found = rules.decision(id)
    if found is None or not found.rule.startswith("poverty."):
        raise NotFound(_("没有找到这份决定。"), code="no_decision")
    subject = Ref.parse(found.subject)
    asked = request.GET.get("purpose", "")
    purpose = Purpose(asked) if asked in set(Purpose) else Purpose.PROGRAMME
    record_look(subject, area=found.area, purpose=purpose, page="decision")
    try:
        home = people.household(UUID(subject.id))
    except NotFound:  # it has moved out of sight; what was decided here stays to be seen
        home = None
    context: dict[str, Any] = {
        "decision": found,
        "words": story.in_words(found),
        "facts": facts_of(found),
        "reasoning": reasoning.reasoning(found),
        "home": home,
        "place": " ".join(places.path_of(found.area)[-2:]),
        "places": trail(home, _("认定")) if home else [Link(_("认定"))],
        "dossier": dossier_url(home.id, purpose.value) if home else "",
        "rule_url": rule_url(found),
        "purpose": purpose.value,
        "cases": [one for one in cases.cases_about(subject, "poverty") if one.about == str(id)],
        **evidence(found),
    }
    return render(request, "poverty/desk/decision.html", context)


def facts_of(found: Decision) -> list[Fact]:
    """Every fact the decision used, unknown ones too."""
    return [
        Fact(_(one.title), story.shown(one.value, one.unit), story.said_unit(one.unit), one.source, one.at)
        for one in found.facts
    ]


def evidence(found: Decision) -> dict[str, Any]:
    """The fingerprint, and the closed day in whose tree it stands."""
    proven = credentials.inclusion(found.id)
    return {
        "leaf": credentials.fingerprint(found.id),
        "kept": proven.day.day if proven else None,
        "kept_url": page("portal:open-decisions-day", proven.day.day.isoformat()) if proven else "",
    }


def rule_url(found: Decision) -> str:
    """The page of the rule in the version that decided, where there is one."""
    url = page("portal:rule", found.rule)
    return f"{url}?version={found.number}" if url else ""


def page(name: str, *args: object) -> str:
    """The address of a page that may not be there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
