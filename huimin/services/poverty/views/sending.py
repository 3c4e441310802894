"""Sending a form to an action: a refusal comes back beside its fields, nothing typed is lost, a double press is harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from huimin.core.access.api import Viewer
from huimin.core.people.types import HouseholdView
from huimin.core.places import api as places
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.ui.parts import Link

PAGE = "poverty/desk/form.html"
Run = Callable[[Any, str], Any]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is at the door."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def dossier_url(household: object, purpose: str = "programme") -> str:
    """The address of a household's dossier, with why it is opened."""
    return reverse("poverty:desk-household", args=[household]) + f"?purpose={purpose}"


def next_url(request: HttpRequest, otherwise: str) -> str:
    """Where to go when it is done: the `next` of the form where it is one of our pages."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}) and asked.startswith("/desk/")
    return asked if safe else otherwise


def key_of(request: HttpRequest) -> str:
    """The key of this sending: made when the form is shown, sent back with it."""
    return request.POST.get("key", "")[:80] or str(uuid4())


def run_form(request: HttpRequest, form: Form, run: Run) -> Refused | None:
    """Send a valid form's data to an action; what it refuses is put beside the fields. None when it is done."""
    try:
        run(form.cleaned_data, key_of(request))
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        tell(form, refusal)
        return refusal
    return None


def tell(form: Form, refusal: Refused) -> None:
    """Put a refusal's words beside the fields it names, and the rest on top."""
    placed = False
    for name, text in refusal.fields.items():
        if name in form.fields:
            form.add_error(name, str(text))
            placed = True
    if not placed:
        form.add_error(None, str(refusal))


def form_page(
    request: HttpRequest,
    *,
    make: Callable[..., Form],
    run: Run,
    title: str,
    submit: str,
    done: str,
    home: HouseholdView | None = None,
    lead: str = "",
    initial: Mapping[str, Any] | None = None,
    template: str = PAGE,
    autosave: str = "",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page with one form: shown, sent, and shown again with what is wrong (422 by the form, 409 by the action)."""
    status = 200
    if request.method == "POST":
        form = make(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            refusal = run_form(request, form, run)
            if refusal is None:
                return redirect(next_url(request, done))
            status = refusal.status
    else:
        form = make(initial=dict(initial or {}))
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "submit": submit,
        "key": key_of(request),
        "next": next_url(request, ""),
        "back": next_url(request, done),
        "home": home,
        "places": trail(home, title) if home else [],
        "autosave": autosave,
        "multipart": form.is_multipart(),
        **(more or {}),
    }
    return render(request, template, context, status=status)


def trail(home: HouseholdView, title: str = "") -> list[Link]:
    """The way to a household's page: list, village, household, and the page itself."""
    found = [
        Link(
            places.names([home.division_code]).get(home.division_code, ""),
            reverse("poverty:desk-households") + f"?in={home.division_code}",
        ),
        Link(home.name, dossier_url(home.id)),
    ]
    return [*found, Link(title)] if title else found
