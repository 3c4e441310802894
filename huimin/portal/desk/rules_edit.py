"""A draft of a rule at the desk: cells in a form or in dmn-js, checked as one types, taken away as a file and brought back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.rules import api as rules
from huimin.core.rules.types import DraftView
from huimin.kit.refusal import NotAllowed, Refused
from huimin.portal.desk.rules import attached, draft_state, key_of, service_title, viewer_of
from huimin.portal.desk.rules_compare import compared
from huimin.portal.desk.rules_found import found_in, marks_of
from huimin.portal.desk.rules_shown import Shown, examples_of, readable
from huimin.portal.desk.rules_vocabulary import vocabulary
from huimin.portal.desk.rules_xml import add_row, for_editor, from_editor, put, remove_row
from huimin.ui.parts import Link

CELL = "c:"  # how the fields of cells are named in the form
LARGEST = 2_000_000  # characters of a file that is brought
# dmn-js writes its watermark, its drag image and CodeMirror's sheet as inline styles. These are allowed by their text, each by
# its hash, and on this page alone: no other style in markup is, and scripts are not at all. A change of dmn-js shows as an
# error in the browser's console, which the journey in tests/journeys/test_rules.py looks for.
STYLES = (
    "'unsafe-hashes'",
    "'sha256-r3vOsuepBDg6tz/cOusiNJ9Y4Lp9hGQTT7pzDks1Xxc='",  # the watermark's place
    "'sha256-CA/eh4+2R0J7cEQ14gBMtx834RIOjzMUqCM+evtrkp4='",  # the watermark's picture in its line
    "'sha256-jj2u2EQNNuqPf2tptEaCgoZGFd2IUR6rGkQfrFulCYc='",  # the sheet of the editor of cells
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",  # an empty style
)


def draft_steps(draft: DraftView, current: str) -> list[Link]:
    """The way of a draft, as tabs."""
    pages = [
        ("portal:rule-draft", _("修改"), "edit"), ("portal:rule-examples", _("试例"), "examples"),
        ("portal:rule-simulation", _("试算"), "simulation"), ("portal:rule-signing", _("提请和发布"), "signing"),
    ]  # fmt: skip
    return [Link(word, reverse(url, args=[draft.id]), current=name == current) for url, word, name in pages]


def trail(draft: DraftView, last: str = "") -> list[Link]:
    """The way from the book to a draft."""
    found = [
        Link(_("规则"), reverse("portal:rules")),
        Link(draft.title, reverse("portal:rule", args=[draft.rule])),
        Link(_("草稿"), reverse("portal:rule-draft", args=[draft.id]) if last else ""),
    ]
    return [*found, Link(last)] if last else found


def changeable(viewer: Viewer, draft: DraftView) -> bool:
    """Whether this viewer may change this draft."""
    return draft.state in ("draft", "proposed") and viewer.may("rules.save_draft")


def must_change(viewer: Viewer) -> None:
    """Raise NotAllowed where the viewer may not write rules."""
    if not viewer.may("rules.save_draft"):
        raise NotAllowed(_("您没有修改规则的权限。"), code="not_editor")


def base_of(draft: DraftView, current: str, viewer: Viewer) -> dict[str, Any]:
    """What every page of a draft shows."""
    return {
        "draft": draft, "tabs": draft_steps(draft, current), "state": draft_state(draft), "service": service_title(draft.rule),
        "may_change": changeable(viewer, draft), "key": str(uuid4()),
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """A draft's tables and sentences as a form; POST keeps them, adds or removes a row. Read-only for who may not write."""
    viewer, found = viewer_of(request), rules.draft(draft)
    problem, text = "", found.text
    if request.method == "POST":
        must_change(viewer)
        try:
            text = posted(found.text, request.POST)
            saved = save(request, found, text=text)
            address = reverse("portal:rule-draft", args=[draft])
            anchor = request.POST.get("do", "").partition(":")[2].partition(":")[0]
            if saved["voided"]:
                address += "?voided=1"
            return redirect(f"{address}#{anchor}" if anchor else address)
        except Refused as refusal:
            if refusal.status not in (400, 409, 422):
                raise
            problem = str(refusal)
    shown = readable(found.rule, text)
    return render(
        request,
        "portal/rules/draft.html",
        base_of(found, "edit", viewer)
        | live(found, text, found.examples, viewer, shown)
        | {
            "shown": shown, "problem": problem, "places": trail(found), "voided": request.GET.get("voided"),
            "changed": changed_keys(found, shown),
        },
        status=422 if problem else 200,
    )  # fmt: skip


def changed_keys(found: DraftView, shown: Shown | None) -> frozenset[str]:
    """The keys of the cells that differ from the version the draft was begun from."""
    base = readable(found.rule, rules.version(found.rule, found.base_number).text)
    if base is None or shown is None:
        return frozenset()
    return frozenset(
        key for key, source in texts_of(shown).items() if texts_of(base).get(key, None) != source
    )


def texts_of(shown: Shown) -> Mapping[str, str]:
    """Every cell and sentence of a rule by its key."""
    found = {step.id: step.source for step in shown.steps if step.table is None}
    for step in shown.steps:
        for row in step.table.rows if step.table else ():
            found.update((cell.key, cell.source) for cell in (*row.inputs, *row.outputs, *row.notes))
    return found


def posted(text: str, given: Mapping[str, str]) -> str:
    """The text with what a form says: cells that differ, then a row more or less."""
    fields = {name[len(CELL) :]: value for name, value in given.items() if name.startswith(CELL)}
    fresh = put(text, {key: value.strip().replace("\r\n", "\n") for key, value in fields.items()})
    what, _colon, place = given.get("do", "").partition(":")
    if what == "add":
        return add_row(fresh, place)
    if what == "remove":
        return remove_row(fresh, place.partition(":")[2] or place)
    return fresh


def save(request: HttpRequest, found: DraftView, **values: Any) -> dict[str, Any]:
    """Keep what was changed, as of the revision that the page was opened with."""
    must_change(viewer_of(request))
    revision = request.POST.get("revision", "")
    return rules.save_draft(
        viewer_of(request), key=key_of(request), draft=found.id,
        revision=int(revision) if revision.isdigit() and len(revision) < 9 else found.revision, **values,
    )  # fmt: skip


def live(
    found: DraftView, text: str, examples: str, viewer: Viewer, shown: Shown | None = None
) -> dict[str, Any]:
    """What the panel beside the tables shows: problems, examples, and what the draft changes."""
    shown = shown or readable(found.rule, text)
    checked = rules.check(found.rule, text, examples)
    problems = found_in(found.rule, text, checked, shown)
    base = rules.version(found.rule, found.base_number)
    return {
        "found": problems, "checked": checked, "marks": json.dumps(marks_of(problems)),
        "examples": examples_of(checked.cases, shown.words) if shown else (),
        "failed": len(checked.failed), "passed": len(checked.cases) - len(checked.failed),
        "changes": compared(found.rule, base.text, text), "base": base,
    }  # fmt: skip


@never_cache
@require_POST
def check(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The panel for what stands in the form, or in dmn-js (`xml`), without keeping it."""
    viewer, found = viewer_of(request), rules.draft(draft)
    must_change(viewer)
    try:
        text = given_text(request, found)
    except Refused as refusal:
        return render(request, "portal/rules/live.html", {"problem": str(refusal), "marks": "[]"})
    return render(
        request,
        "portal/rules/live.html",
        live(found, text, found.examples, viewer) | {"draft": found, "unsaved": text != found.text},
    )


def given_text(request: HttpRequest, found: DraftView) -> str:
    """The text that a page sends: as dmn-js wrote it, or as cells of a form."""
    xml = request.POST.get("xml", "")
    return from_editor(xml[:LARGEST], found.text) if xml else posted(found.text, request.POST)


@never_cache
@require_safe
@csp_update({"style-src": list(STYLES)})  # type: ignore[arg-type]
def drawing(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The draft in dmn-js: tables, graph and expressions."""
    viewer, found = viewer_of(request), rules.draft(draft)
    must_change(viewer)
    context = base_of(found, "edit", viewer) | live(found, found.text, found.examples, viewer)
    context |= {"places": trail(found, _("图形编辑")), "asked": rules.BOOK[found.rule].decision}
    context["translations"] = vocabulary()
    return render(request, "portal/rules/drawing.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def xml(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The text for dmn-js; POST keeps what it gives back, with everything it does not know put back."""
    found = rules.draft(draft)
    if request.method == "GET":
        return HttpResponse(for_editor(found.text).encode(), content_type="application/xml; charset=utf-8")
    saved = save(request, found, text=given_text(request, found))
    return JsonResponse(
        {
            "revision": saved["revision"],
            "seal": saved["seal"],
            "voided": saved["voided"],
            "key": str(uuid4()),
        }
    )


@never_cache
@require_http_methods(["GET", "POST"])
def draft_file(request: HttpRequest, draft: UUID) -> HttpResponse:
    """The draft as a .dmn file; POST brings one back, byte for byte."""
    found = rules.draft(draft)
    if request.method == "GET":
        return attached(found.text, f"{found.rule}-draft.dmn", "application/xml")
    sent = request.FILES.get("file")
    if sent is None:
        text = _("请选择 .dmn 文件。")
        raise Refused(text, code="no_file", fields={"file": text})
    raw = sent.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Refused(_("文件太大。规则文件一般不到 1 MB。"), code="too_large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_("文件不是 UTF-8 编码，请另存为 UTF-8 后再上传。"), code="not_utf8") from None
    save(request, found, text=text)
    return redirect("portal:rule-draft", draft)
