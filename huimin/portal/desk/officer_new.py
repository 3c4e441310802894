"""Opening an account with a post below one's own level: first where, then who."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huimin.core.access import api as access
from huimin.core.access.api import Viewer, within
from huimin.core.places import api as places
from huimin.kit.area import NATION, AreaCode
from huimin.kit.refusal import Refused
from huimin.portal.desk import officer_forms as forms
from huimin.portal.desk.officers import (
    RIGHT,
    area_name,
    asked_area,
    below,
    keeper,
    post_in_reach,
    top_of,
    trail,
)
from huimin.ui.parts import Link


def key_of(request: HttpRequest) -> str:
    """The key of this sending: made when the form is shown, sent back with it."""
    return request.POST.get("key", "")[:80] or str(uuid4())


def initial_password(key: str) -> str:
    """A password for the one who is given it: the same for the same sending, so that a double press shows it again."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"initial password/{key}".encode(), hashlib.sha256).digest()
    text = b32encode(made).decode().lower().translate(str.maketrans("lo", "89"))
    return "-".join(text[start : start + 4] for start in (0, 4, 8, 12))


def refused_in(form: Form, run: Callable[[], Any]) -> Refused | None:
    """Run it; what is refused is put beside the form's fields or on top of it."""
    try:
        run()
    except Refused as refusal:
        named = {name: text for name, text in refusal.fields.items() if name in form.fields}
        for name, text in named.items():
            form.add_error(name, str(text))
        if not named:
            form.add_error(None, str(refusal))
        return refusal
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an account with a post in the division of `?at=`; without one below one's level, choose the division."""
    viewer = keeper(request)
    code = asked_area(request, viewer, "at")
    own = access.grantable(viewer, code)
    text = " ".join(request.GET.get("q", "").split())[:40]
    if code == str(NATION) or text or not access.staffs(viewer, code):
        return choose(request, viewer, code, text)
    roles = forms.role_choices(
        (s, r) for s, r in own if access.ROLES[f"{s}.{r}"].level == AreaCode(code).level
    )
    form = forms.NewPost(
        request.POST or None, offices=access.offices_at(code), roles=roles or forms.role_choices(own)
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            key, made = key_of(request), {}

            def run() -> None:
                made.update(open_post(viewer, key, code, form.cleaned_data))

            refusal = refused_in(form, run)
            if refusal is None:
                return opened(
                    request, viewer, UUID(made["officer"]), initial_password(key) if made["made"] else ""
                )
            status = refusal.status
    context = {
        "form": form,
        "key": key_of(request),
        "place": area_name(code, places.names([code])),
        "places": [
            Link(_("人员与权限"), reverse("portal:officers")),
            *trail(viewer, code, reverse("portal:officer-new"), "at"),
            Link(_("开立账号")),
        ],
        "back": reverse("portal:officers") + f"?in={code}",
        "further": below(viewer, code),
        "further_url": reverse("portal:officer-new"),
    }
    return render(request, "portal/desk/officer_new.html", context, status=status)


def choose(request: HttpRequest, viewer: Viewer, code: str, text: str) -> HttpResponse:
    """The divisions below one's own to choose from, with a search."""
    found = (
        [
            one
            for one in places.search(text, within=top_of(viewer), limit=20)
            if within(viewer.reach(RIGHT), one.code) and access.staffs(viewer, one.code)
        ]
        if text
        else below(viewer, code)
    )
    paths = places.paths([one.code for one in found]) if text else {}
    context = {
        "found": [(one, " ".join(paths.get(one.code, ())[:-1])) for one in found],
        "text": text,
        "code": code,
        "places": [Link(_("人员与权限"), reverse("portal:officers")), Link(_("开立账号"))],
    }
    return render(request, "portal/desk/officer_where.html", context)


def open_post(viewer: Viewer, key: str, area: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Send a filled-in form to the action."""
    service, _dot, role = data["role"].rpartition(".")
    return access.open_post(
        viewer, key=key, area=area, office=data["office"], office_phone=data["office_phone"],
        username=data["username"], name=data["name"], title=data["title"], phone=data["phone"],
        password=initial_password(key), service=service, role=role,
    )  # fmt: skip


def opened(request: HttpRequest, viewer: Viewer, officer: UUID, password: str) -> HttpResponse:
    """The page after an account was opened or got a new password; the password stands here and nowhere else."""
    post = post_in_reach(viewer, officer)
    context = {
        "post": post,
        "password": password,
        "again": reverse("portal:officer-new") + f"?at={post.area}",
    }
    return render(request, "portal/desk/officer_opened.html", context)
