"""One officer: the post, what he may do and where, his account; what the level above may change of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huimin.core.access import api as access
from huimin.core.access.api import Post, Viewer, within
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import NATION, AreaCode, Level
from huimin.kit.refusal import Refused
from huimin.portal.desk import officer_forms as forms
from huimin.portal.desk.officer_new import initial_password, key_of, opened, refused_in
from huimin.portal.desk.officers import RIGHT, area_name, keeper, post_in_reach, state_of
from huimin.ui.parts import Link


@dataclass(frozen=True)
class Held:
    """A role on an officer's page, with the form that takes it back."""

    id: UUID
    title: str
    area: str
    start: Any
    end: Any
    form: Form | None = None


@never_cache
@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, officer: UUID) -> HttpResponse:
    """One officer: post, roles, account; POST with `do` gives or takes a role, ends the post, sets a password, closes."""
    viewer = keeper(request)
    post = post_in_reach(viewer, officer)
    doing, which = request.POST.get("do", ""), request.POST.get("grant", "")
    made = {name: forms_of(viewer, post)[name]() for name in ("grant", "end_post", "password", "close")}
    refused: dict[str, Form] = {}
    status, problem = 200, ""
    if request.method == "POST":
        make = forms_of(viewer, post).get(doing)
        if make is None:
            raise Refused(_("没有这项操作，请刷新页面后重试。"), code="unknown_act")
        form, status = make(request.POST), 422
        if form.is_valid():
            key = key_of(request)
            refusal = refused_in(form, lambda: act(viewer, key, post, doing, which, form.cleaned_data))
            if refusal is None and doing == "password":
                return opened(request, viewer, post.id, initial_password(key))
            if refusal is None:
                return redirect("portal:officer", officer=post.id)
            status, problem = refusal.status, str(refusal)
        made[doing] = refused[doing] = form
    mine = request.viewer.id == f"account:{post.account}"  # type: ignore[attr-defined]
    names = places.names({post.area, *(one.area for one in (*post.roles, *post.earlier))})

    def held(one: Any) -> Held:
        title, area = forms.role_title(one.service, one.role), area_name(one.area, names)
        may_end = not mine and (one.service, one.role) in access.grantable(viewer, one.area)
        form = refused.get("end_grant") if which == str(one.id) else None
        form = form or forms.Reason(auto_id=f"end-{one.id}-%s")
        return Held(one.id, title, area, one.start, one.end, form if may_end else None)

    given = [held(one) for one in post.roles]
    may_keep = not mine and access.staffs(viewer, post.area)
    may_grant = not mine and not post.ended and len(made["grant"].fields["role"].choices) > 1  # type: ignore[attr-defined]
    shown = {
        "grant": may_grant,
        "end_grant": any(str(one.id) == which and one.form for one in given),
        "password": may_keep and post.open, "end_post": may_keep and not post.ended, "close": may_keep and post.open,
    }  # fmt: skip
    context = {
        "post": post,
        "state": state_of(post),
        "place": " ".join(places.path_of(post.area)) if post.area != str(NATION) else _("全国"),
        "places": [Link(_("人员与权限"), reverse("portal:officers") + f"?in={post.area}"), Link(post.name)],
        "roles": given,
        "earlier": [held(one) for one in post.earlier],
        "forms": made,
        "open_form": doing if refused else "",
        "open_grant": which if "end_grant" in refused else "",
        "mine": mine,
        "may_keep": may_keep,
        "problem": "" if shown.get(doing) else problem,  # else it stands at its form
        "may_grant": may_grant,
        "key": key_of(request) if refused else str(uuid4()),
    }
    return render(request, "portal/desk/officer.html", context, status=status)


def forms_of(viewer: Viewer, post: Post) -> dict[str, Callable[..., Form]]:
    """The forms of an officer's page by what they do."""

    def grant(data: Any = None) -> Form:
        areas = areas_for(viewer, post)
        roles = {pair: None for code, _name in areas for pair in access.grantable(viewer, code)}
        return forms.NewGrant(data, roles=forms.role_choices(roles), areas=areas)

    def reason(name: str) -> Callable[..., Form]:
        return lambda data=None: forms.Reason(data, auto_id=f"{name}-%s")

    return {
        "grant": grant, "end_grant": reason("end_grant"), "end_post": reason("end_post"), "password": forms.Sure,
        "close": reason("close"),
    }  # fmt: skip


def areas_for(viewer: Viewer, post: Post) -> list[tuple[str, str]]:
    """Where a role of this post may count: the office's own division, those below it, its neighbours."""
    here = AreaCode(post.area)
    near = [post.area]
    if here.level < Level.VILLAGE:
        near += [one.code for one in places.children(post.area)]
    if here.parent is not None:
        near += [one.code for one in places.children(str(here.parent))]
    if within(viewer.reach(RIGHT), str(NATION)):
        near.append(str(NATION))
    codes = [code for code in dict.fromkeys(near) if access.grantable(viewer, code)]
    names = places.names(codes)
    return [(code, area_name(code, names)) for code in codes]


def act(viewer: Viewer, key: str, post: Post, doing: str, which: str, data: Mapping[str, Any]) -> None:
    """Do what a form of the page asks."""
    if doing == "grant":
        service, _dot, role = data["role"].rpartition(".")
        access.grant(
            viewer,
            key=key,
            officer=post.id,
            service=service,
            role=role,
            area=data["area"],
            start=clock.today(),
        )
    elif doing == "end_grant":
        given = next((one.id for one in post.roles if str(one.id) == which), None)
        if given is None:
            raise Refused(_("这项权限已经收回，请刷新页面。"), code="gone")
        access.end_grant(viewer, key=key, grant=given, reason=data["reason"])
    elif doing == "end_post":
        access.end_post(viewer, key=key, officer=post.id, reason=data["reason"])
    elif doing == "password":
        access.set_password(viewer, key=key, account=post.account, password=initial_password(key))
    else:
        access.close_account(viewer, key=key, account=post.account, reason=data["reason"])
