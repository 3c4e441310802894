"""A decision's certificate as a file: for the one it is about, and for an officer within his area, with a trace."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.core.access.api import Purpose, Viewer, record_look
from huimin.core.credentials import api as credentials
from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound


@require_safe
def mine(request: HttpRequest, decision: UUID) -> HttpResponse:
    """The certificate of a decision about me or my household."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = decision_of(decision)
    if Ref.parse(found.subject) not in viewer.own:
        raise NotFound(_("没有找到这份决定。"), code="no_decision")
    return download(found)


@require_safe
def held(request: HttpRequest, decision: UUID) -> HttpResponse:
    """The certificate of a decision within the officer's area; that he took it is kept with who looked at whom."""
    found = decision_of(decision)
    asked = request.GET.get("purpose", "")
    record_look(
        Ref.parse(found.subject), area=found.area, page="certificate",
        purpose=Purpose(asked) if asked in set(Purpose) else Purpose.PROGRAMME,
    )  # fmt: skip
    return download(found)


def decision_of(id: UUID) -> Decision:
    """A decision within the viewer's sight; raise NotFound where there is none."""
    found = rules.decision(id)
    if found is None:
        raise NotFound(_("没有找到这份决定。"), code="no_decision")
    return found


def download(found: Decision) -> HttpResponse:
    """The signed file."""
    made = credentials.certificate(found.id)
    assert made is not None
    response = HttpResponse(made.content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "no-store"
    return response
