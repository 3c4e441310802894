"""Other departments' programs: let in for an area and a few scopes, with a token that is shown once; shut out again."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access import api as access
from huimin.core.access.api import Client, Viewer, within
from huimin.core.places import api as places
from huimin.kit.area import NATION
from huimin.kit.refusal import NotFound
from huimin.portal.desk import client_forms as forms
from huimin.portal.desk.officer_new import refused_in
from huimin.portal.desk.officers import RIGHT, area_name, asked_area, keeper, top_of
from huimin.ui import formats
from huimin.ui.parts import Action, Column, Filter, Link, Row, State, Table


def key_of(request: HttpRequest) -> str:
    """The key of this sending: made when the form is shown, sent back with it."""
    return request.POST.get("key", "")[:80] or str(uuid4())


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """The programs let in within the viewer's area."""
    viewer = keeper(request)
    rows = access.clients_within(viewer.reach(RIGHT), ended=request.GET.get("ended") == "1")
    context = {
        "table": table_of(rows),
        "filters": [Filter("ended", _("已停用"))],
        "actions": [Action(_("开通接口程序"), reverse("portal:client-new"), "plus", "primary")],
    }
    return render(request, "portal/desk/clients.html", context)


def table_of(rows: tuple[Client, ...]) -> Table:
    """The list of programs."""
    names = places.names({one.area for one in rows})
    return Table(
        caption=_("接口程序"),
        columns=[
            Column(_("名称")), Column(_("辖区"), phone=False), Column(_("权限范围")), Column(_("用途"), phone=False),
            Column(_("开通日期"), "date", phone=False), Column(_("停用日期"), "date", phone=False),
            Column(_("最近使用"), "time", phone=False), Column(_("状态")),
        ],
        rows=[
            Row(
                [
                    one.name, area_name(one.area, names), scopes_in_words(one.scopes), purpose_in_words(one.purpose),
                    one.start, one.end, one.last_used, state_of(one),
                ],
                url=reverse("portal:client", args=[one.id]),
            )
            for one in rows
        ],
        empty=_("还没有开通过接口程序"),
        empty_hint=_("其他部门的系统要查询或推送数据时，在这里为它开通。"),
    )  # fmt: skip


def state_of(one: Client) -> State:
    """Where a program stands."""
    return State(_("在用"), "done") if one.open else State(_("已停用"))


def scopes_in_words(scopes: tuple[str, ...]) -> str:
    """What a program may do, by title."""
    known = (access.SCOPES.get(name) for name in scopes)
    return formats.listed([str(one.title) for one in known if one is not None])


def purpose_in_words(purpose: str) -> str:
    """Why a program looks at people."""
    return str({code.value: title for code, title in access.PURPOSES.items()}.get(purpose, purpose))


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Let a program in."""
    viewer = keeper(request)
    code = asked_area(request, viewer, "at")
    form = forms.NewClient(request.POST or None, areas=areas_of(viewer, code), initial={"area": code})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            key, data, made = key_of(request), form.cleaned_data, {}
            secret = access.secret_for(key)

            def run() -> None:
                given = {name: data[name] for name in ("name", "area", "purpose", "end", "per_minute")}
                hashed = access.hashed(secret)
                made.update(
                    access.open_client(
                        viewer, key=key, scopes=tuple(data["scopes"]), secret_hash=hashed, **given
                    )
                )

            refusal = refused_in(form, run)
            if refusal is None:
                return shown(request, in_reach(viewer, UUID(made["client"])), secret)
            status = refusal.status
    context = {
        "form": form,
        "key": key_of(request),
        "places": [Link(_("接口程序"), reverse("portal:clients")), Link(_("开通接口程序"))],
        "back": reverse("portal:clients"),
    }
    return render(request, "portal/desk/client_new.html", context, status=status)


def areas_of(viewer: Viewer, code: str) -> list[tuple[str, str]]:
    """The divisions a program can be let in for: the viewer's own and those right below."""
    own = top_of(viewer)
    found = [own] if own != str(NATION) else []
    found += [one.code for one in places.children(own) if within(viewer.reach(RIGHT), one.code)]
    found += [code] if code not in found and code != str(NATION) else []
    names = places.names(found)
    return [(one, names.get(one, one)) for one in found]


def shown(request: HttpRequest, client: Client, secret: str) -> HttpResponse:
    """The token, this once."""
    context: Mapping[str, object] = {
        "client": client,
        "token": access.token_of(client.id, secret),
        "docs": reverse("api-docs"),
        "places": [Link(_("接口程序"), reverse("portal:clients")), Link(client.name)],
    }
    return render(request, "portal/desk/client_token.html", context)


def in_reach(viewer: Viewer, client: UUID) -> Client:
    """A program of the viewer's area; raise NotFound for any other."""
    found = access.client(client, viewer.reach(RIGHT))
    if found is None:
        raise NotFound(_("没有找到这个接口程序，或者不在您的辖区内。"), code="no_client")
    return found


@require_safe
def client(request: HttpRequest, client: UUID) -> HttpResponse:
    """One program: what it may do, and the ways to change its token or shut it out."""
    viewer = keeper(request)
    return page(request, in_reach(viewer, client), forms.Closing())


def page(request: HttpRequest, found: Client, form: forms.Closing, status: int = 200) -> HttpResponse:
    """The page of one program."""
    context = {
        "client": found,
        "place": area_name(found.area, places.names([found.area])),
        "scopes": [
            (name, str(one.title)) for name in found.scopes if (one := access.SCOPES.get(name)) is not None
        ],
        "purpose": purpose_in_words(found.purpose),
        "state": state_of(found),
        "form": form,
        "key": key_of(request),
        "places": [Link(_("接口程序"), reverse("portal:clients")), Link(found.name)],
    }
    return render(request, "portal/desk/client.html", context, status=status)


@never_cache
@require_POST
def renew(request: HttpRequest, client: UUID) -> HttpResponse:
    """Give it another token; the one before ends at once."""
    viewer = keeper(request)
    found, key = in_reach(viewer, client), key_of(request)
    secret = access.secret_for(key)
    access.renew_client(viewer, key=key, client=found.id, secret_hash=access.hashed(secret))
    return shown(request, found, secret)


@require_POST
def close(request: HttpRequest, client: UUID) -> HttpResponse:
    """Shut it out."""
    viewer = keeper(request)
    found, form = in_reach(viewer, client), forms.Closing(request.POST)
    if form.is_valid():
        refusal = refused_in(
            form,
            lambda: access.close_client(
                viewer, key=key_of(request), client=found.id, reason=form.cleaned_data["reason"]
            ),
        )
        if refusal is None:
            return redirect("portal:client", found.id)
    return page(request, found, form, 422)
