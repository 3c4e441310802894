"""Paper from the record: handbook, card, village board; the number of pages is shown before anything is printed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Purpose, record_look, within
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.services.poverty import actions
from huimin.services.poverty.prints import press
from huimin.services.poverty.programme import CODE
from huimin.services.poverty.queries import paper, printed
from huimin.services.poverty.views.citizen import my
from huimin.services.poverty.views.sending import key_of, trail, viewer_of
from huimin.ui.parts import Column, Link, Row, Table


def sent(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser and is not kept by anything between."""
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}.pdf",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def looked(home: HouseholdView, page: str) -> None:
    """The trace of a paper that leaves with a household's record."""
    record_look(Ref.of("household", home.id), area=home.division_code, purpose=Purpose.PROGRAMME, page=page)


@require_safe
def papers(request: HttpRequest, household: UUID) -> HttpResponse:
    """A household's papers with their pages, before printing; of the handbook also what changed since it was printed."""
    home = people.household(household)
    looked(home, "papers")
    state = printed.state(home)
    context = {
        "home": home,
        "printing": state,
        "handbook_pages": press.pages("handbook", paper.handbook(home)),
        "changed_pages": press.pages("handbook", paper.handbook(home, state.changed)) if state.partly else 0,
        "card_pages": press.pages("card", paper.card(home)),
        "may_print": viewer_of(request).covers("poverty.note_print", home.division_code, ()),
        "key": str(uuid4()),
        "places": trail(home, _("打印")),
    }
    return render(request, "poverty/desk/papers.html", context)


@require_POST
def print_handbook(request: HttpRequest, household: UUID) -> HttpResponse:
    """The handbook to be printed, whole or only what changed; what is on paper then is remembered."""
    home = people.household(household)
    state = printed.state(home)
    chosen = state.changed if request.POST.get("parts") == "changed" else tuple(state.digests)
    if not chosen:
        return redirect("poverty:desk-papers", household=home.id)
    looked(home, "handbook")
    content = press.pdf("handbook", paper.handbook(home, chosen))
    parts = {str(number): state.digests[number] for number in chosen}
    key = f"{key_of(request)}/{printed.digest(parts)[:16]}"  # the same press of the same record is noted once
    actions.note_print(viewer_of(request), key=key, household=home.id, parts=parts)
    return sent(content, f"帮扶手册-{home.number}")


@require_safe
def handbook(request: HttpRequest, household: UUID) -> HttpResponse:
    """The handbook of a household in sight."""
    home = people.household(household)
    looked(home, "handbook")
    return sent(press.pdf("handbook", paper.handbook(home)), f"帮扶手册-{home.number}")


@require_safe
def card(request: HttpRequest, household: UUID) -> HttpResponse:
    """The card of a household in sight."""
    home = people.household(household)
    looked(home, "card")
    return sent(press.pdf("card", paper.card(home)), f"明白卡-{home.number}")


@require_safe
def my_handbook(request: HttpRequest) -> HttpResponse:
    """My own household's handbook."""
    home = my(request).home
    return sent(press.pdf("handbook", paper.handbook(home)), "帮扶手册")


@require_safe
def my_card(request: HttpRequest) -> HttpResponse:
    """My own household's card."""
    home = my(request).home
    return sent(press.pdf("card", paper.card(home)), "明白卡")


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """Villages with households being helped: one file each."""
    rows: dict[str, int] = {}
    found, village = programmes.enrolments(CODE).exclude(state="exited").order_by(), places.answering()
    for code, group, number in found.values_list("division_code", "group_no").annotate(n=Count("id")):
        area = village(code, group)
        rows[area] = rows.get(area, 0) + number
    shown = sorted(rows.items())[:500]
    paths = places.paths(area for area, _number in shown)
    table = Table(
        caption=_("各村公示栏"),
        columns=[Column(_("村（社区）")), Column(_("户数"), "number", unit=_("户"))],
        rows=[
            Row(
                [" ".join(paths.get(area, (area,))[-2:]), number],
                url=reverse("poverty:desk-board-ready", args=[area]),
            )
            for area, number in shown
        ],
        empty=_("还没有正在帮扶的户"),
        empty_hint=_("纳入公告后，可以在这里打印公示栏和台账。"),
    )
    return render(request, "poverty/desk/boards.html", {"table": table})


def village(request: HttpRequest, area: str) -> dict[str, Any]:
    """What goes on a village's board; raise NotFound for a village outside the viewer's places."""
    if (
        len(area) != 12
        or not within(viewer_of(request).spans("poverty"), area)
        or area not in places.divisions([area])
    ):
        raise NotFound(_("没有找到这个村，或者不在您的管辖范围内。"), code="no_village")
    record_look(Ref.of("division", area), area=area, purpose=Purpose.PROGRAMME, page="board")
    return paper.board(area)


@require_safe
def board_ready(request: HttpRequest, area: str) -> HttpResponse:
    """How many pages a village's board takes, before printing."""
    data = village(request, area)
    context = {
        "title": data["title"],
        "pages": press.pages("board", data),
        "households": len(data["posted"]["rows"]),
        "url": reverse("poverty:desk-board", args=[area]),
        "places": [Link(_("打印"), reverse("poverty:desk-boards")), Link(data["title"])],
    }
    return render(request, "poverty/desk/board.html", context)


@require_safe
def board(request: HttpRequest, area: str) -> HttpResponse:
    """A village's board and annex as one file."""
    data = village(request, area)
    return sent(press.pdf("board", data), data["title"])
