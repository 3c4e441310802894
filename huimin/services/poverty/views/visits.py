"""The responsible officer's page and the visit: on one screen, with photos, also without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huimin.core.access.api import Purpose, Viewer, record_look
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms.desk import Visit
from huimin.services.poverty.models import GuaranteeKind
from huimin.services.poverty.programme import CODE, KINDS, PROGRAMME
from huimin.services.poverty.queries import story
from huimin.services.poverty.views.measures import enrolment_or_404
from huimin.services.poverty.views.sending import key_of, run_form, trail, viewer_of
from huimin.ui import formats

WORKER = Path(__file__).resolve().parents[1] / "static" / "poverty" / "visit-worker.js"
SEEN = (
    gettext_lazy("家里一切正常"), gettext_lazy("收入稳定"), gettext_lazy("有人生病住院"), gettext_lazy("孩子上学有困难"),
    gettext_lazy("房屋有裂缝或漏雨"), gettext_lazy("饮水有困难"), gettext_lazy("务工人员返乡"), gettext_lazy("种养遇到困难"),
    gettext_lazy("想学技术"),
)  # fmt: skip


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My households with the visits that are due first; for those without any, the visits due in sight."""
    viewer = viewer_of(request)
    today = clock.today()
    rows = list(programmes.households_of(viewer.officer, CODE)[:300]) if viewer.officer else []
    everyone = not rows
    if everyone:
        rows = list(programmes.due_visits(None, today + timedelta(days=14), CODE)[:100])
    context = {
        "groups": grouped(rows, today),
        "everyone": everyone,
        "count": len(rows),
        "promises": list(
            programmes.promises_due(
                viewer.officer if not everyone else None, today + timedelta(days=7), CODE
            )[:50]
        ),
        "today": today,
        "owner": viewer.id,
    }
    return render(request, "poverty/desk/mine.html", context)


def grouped(rows: list[Any], today: date) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Households by when their next visit is due: overdue, in a fortnight, later, suspended."""
    last = programmes.last_visits([row.id for row in rows])
    names = places.names({row.division_code for row in rows})
    found: list[tuple[str, str, list[dict[str, Any]]]] = [
        (_("已到期"), "waiting", []), (_("两周内"), "info", []), (_("以后"), "plain", []), (_("已暂停"), "plain", []),
    ]  # fmt: skip
    for row in rows:
        due = row.next_visit
        at = (
            3
            if row.state == "suspended"
            else 2
            if due is None or due > today + timedelta(days=14)
            else 0
            if due <= today
            else 1
        )
        line = {
            "row": row,
            "kind": str(KINDS.get(row.kind, "")),
            "place": names.get(row.division_code, ""),
            "last": last.get(row.id),
            "late": (today - due).days if due and due < today else 0,
        }
        found[at][2].append(line)
    return [group for group in found if group[2]]


@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, enrolment: UUID) -> HttpResponse:
    """One visit. Without scripts it is an ordinary form; with them it is kept on the phone first and sent from there."""
    row = enrolment_or_404(enrolment)
    home = people.household(row.household_id)
    viewer = viewer_of(request)
    record_look(Ref.of("household", home.id), area=home.division_code, purpose=Purpose.VISIT, page="visit")
    now = story.guarantees(home.id)
    status = 200
    if request.method == "POST":
        form = Visit(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            box: list[dict[str, Any]] = []
            refusal = run_form(
                request, form, lambda data, key: box.append(kept(viewer, row, form, data, key))
            )
            if refusal is None:
                return told(request, row, box[0])
            status = refusal.status
    else:
        base = {f"base_{kind}": stamp(found) for kind, found in now.items()}
        form = Visit(initial={"on": clock.today(), **base})
    rows = [(field, now.get(field.name.removeprefix("guarantee_"))) for field in form.guarantees]
    context = {
        "form": form,
        "home": home,
        "row": row,
        "members": people.members(home.id),
        "key": key_of(request),
        "guarantees": rows,
        "changed": any(field.value() for field in form.guarantees),
        "met": members_met(home.id),
        "seen": SEEN,
        "visits": programmes.visits_of(row.id)[:3],
        "measures": [m for m in programmes.measures_of(row.id) if m.state == "running"],
        "next_visit": clock.today() + timedelta(days=PROGRAMME.visit_days),
        "places": trail(home, _("走访")),
        "owner": viewer.id,
        "today": clock.today(),
    }
    return render(request, "poverty/desk/visit.html", context, status=status)


def told(request: HttpRequest, row: Any, done: Mapping[str, Any]) -> HttpResponse:
    """After a visit: the day of the next one; where a guarantee has two values, both, on the page that settles it."""
    messages.success(request, _("走访已登记，下次走访在 %(day)s 前。") % {"day": done["next_visit"]})
    for one in done["conflicts"]:
        text = _(
            "%(title)s有两种说法：您记的是%(mine)s，系统里是%(theirs)s（%(on)s %(by)s）。请核对后在下面保存。"
        ) % {
            "title": one["title"],
            "mine": one["mine"],
            "theirs": one["theirs"],
            "on": one["theirs_on"],
            "by": one["theirs_by"],
        }
        messages.warning(request, text)
    if done["conflicts"]:
        return redirect("poverty:desk-facts", row.household_id)
    return redirect("poverty:desk-mine")


def members_met(household: UUID) -> list[str]:
    """Who may be met: the grown members by name, then the usual words."""
    grown = [
        formats.aside(m.person.name, m.relation.label)
        for m in people.members(household)
        if m.person.age >= 14
    ]
    return [*grown[:5], _("邻居"), _("没有见到人")]


def stamp(found: Any) -> str:
    """What was known of a guarantee when the form was opened, so that a later change is noticed."""
    return f"{'yes' if found.secure else 'no'} {found.id}" if found is not None else ""


def kept(
    viewer: Viewer, row: Any, form: Visit, data: Mapping[str, Any], key: str, *, offline: bool = False
) -> dict[str, Any]:
    """Keep a visit with its photos and the guarantees that changed; the same key again changes nothing.

    A guarantee that somebody else recorded since the form was opened is left as it is where the two differ; both
    values are given back under `conflicts`.
    """
    made = actions.visit(
        viewer, key=key, enrolment=row.id, on=data["on"], met=data["met"], found=data["found"], promised=data["promised"],
        promised_by=data["promised_by"], offline=offline,
    )  # fmt: skip
    number = UUID(made["visit"])
    for place, photo in enumerate(data["photos"] or ()):
        actions.attach(
            viewer,
            key=f"{key}/photo/{place}",
            of_kind="visit",
            of_id=number,
            household=row.household_id,
            name=str(photo.name)[:120],
            content=photo.read(),
        )
    changed, conflicts = apart(row.household_id, form, data)
    if changed:
        notes = dict.fromkeys(changed, data["note"])
        actions.update_facts(
            viewer, key=f"{key}/facts", household=row.household_id, guarantees=changed, notes=notes
        )
    after = programmes.enrolment(row.id)
    return {
        "visit": str(number),
        "next_visit": after.next_visit.isoformat() if after and after.next_visit else "",
        "conflicts": conflicts,
    }


def apart(
    household: UUID, form: Visit, data: Mapping[str, Any]
) -> tuple[dict[str, bool], list[dict[str, Any]]]:
    """The guarantees to write, and those that were changed by somebody else meanwhile."""
    now = story.guarantees(household)
    changed, conflicts = {}, []
    for kind, secure in form.changed().items():
        there = now.get(kind)
        if there is not None and stamp(there) != data.get(f"base_{kind}", "") and there.secure != secure:
            words = {True: _("有保障"), False: _("没有保障")}
            conflicts.append(
                {
                    "kind": kind,
                    "title": str(GuaranteeKind(kind).label),
                    "mine": words[secure],
                    "mine_secure": secure,
                    "theirs": words[there.secure],
                    "theirs_on": there.on.isoformat(),
                    "theirs_by": there.found_by,
                    "note": data["note"],
                }
            )
        elif there is None or there.secure != secure or there.note != data["note"]:
            changed[kind] = secure
    return changed, conflicts


# The day without a network


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from an address whose scope holds the visit pages."""
    headers = {"Service-Worker-Allowed": "/desk/poverty/", "Cache-Control": "no-cache"}
    return HttpResponse(
        WORKER.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8", headers=headers
    )


@never_cache
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """Whether the server can be reached, who is signed in, and a token to send with."""
    return JsonResponse({"owner": viewer_of(request).id, "token": get_token(request)})


@never_cache
@require_POST
def sync(request: HttpRequest, enrolment: UUID) -> JsonResponse:
    """Take a visit that was kept on a phone; its key makes sending it again harmless."""
    viewer = viewer_of(request)
    form = Visit(request.POST, request.FILES)
    try:
        row = enrolment_or_404(enrolment)
        if request.POST.get("owner") != viewer.id:
            raise Refused(_("这次走访是另一位干部记的，请用他的账号登录后发送。"), code="other_owner")
        if not form.is_valid():
            fields = {name: " ".join(str(text) for text in errors) for name, errors in form.errors.items()}
            return JsonResponse(
                {"error": "invalid", "message": " ".join(fields.values()), "fields": fields}, status=422
            )
        done = kept(
            viewer, row, form, form.cleaned_data, key_of(request), offline=request.POST.get("offline") == "1"
        )
    except Refused as refusal:
        return JsonResponse(
            {
                "error": refusal.code,
                "message": str(refusal),
                "fields": {k: str(v) for k, v in refusal.fields.items()},
            },
            status=refusal.status,
        )
    return JsonResponse(done)


@never_cache
@require_POST
def settle(request: HttpRequest, enrolment: UUID) -> JsonResponse:
    """After a conflict the officer says which value holds: his own is written now, with its own key."""
    row = enrolment_or_404(enrolment)
    kind = request.POST.get("kind", "")
    try:
        actions.update_facts(
            viewer_of(request),
            key=key_of(request),
            household=row.household_id,
            guarantees={kind: request.POST.get("secure") == "1"},
            notes={kind: request.POST.get("note", "")[:300]},
        )
    except Refused as refusal:
        return JsonResponse({"error": refusal.code, "message": str(refusal)}, status=refusal.status)
    return JsonResponse({"done": True})


@require_GET
def photo(request: HttpRequest, photo: UUID) -> HttpResponse:
    """A photo within the viewer's sight."""
    row = programmes.photo(photo)
    if row is None:
        raise NotFound(_("没有找到这张照片，或者不在您的管辖范围内。"), code="no_photo")
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, max-age=3600"}
    return HttpResponse(bytes(row.content), content_type=row.media, headers=headers)
