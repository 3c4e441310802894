"""The rule book at the desk: every rule, one rule as people read it, its versions, and what changed between two of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huimin.core.access.api import Viewer
from huimin.core.rules import api as rules
from huimin.core.rules.types import BookEntry, DraftView, VersionView
from huimin.kit.refusal import NotFound
from huimin.manifest import services
from huimin.portal.desk.rules_compare import compared
from huimin.portal.desk.rules_found import found_in
from huimin.portal.desk.rules_shown import examples_of, readable
from huimin.ui import formats
from huimin.ui.parts import Action, Column, Event, Link, Row, State, Table


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks: every officer may read the rules, the door has seen to that."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def key_of(request: HttpRequest) -> str:
    """The hidden key of a form, so that a second press is the same act."""
    return request.POST.get("key", "")[:80] or str(uuid4())


def service_title(rule: str) -> str:
    """The service that a rule belongs to, as people call it."""
    service = services.get(rule.partition(".")[0])
    return str(service.title) if service else rule.partition(".")[0]


def version_state(one: VersionView) -> State:
    """Where a version stands."""
    return {
        "in_force": State(_("现行"), "done"),
        "coming": State(_("将要施行"), "info", "calendar-event"),
        "past": State(_("已被代替"), "plain", "history"),
        "withdrawn": State(_("已撤回"), "plain", "circle-x"),
        "offered": State(_("随新版系统提供，未发布"), "plain", "package"),
    }[one.state]


def draft_state(one: DraftView) -> State:
    """Where a draft stands."""
    return {
        "draft": State(_("起草中"), "info", "pencil"),
        "proposed": State(_("等待另一人发布"), "waiting"),
        "published": State(_("已发布"), "done"),
        "dropped": State(_("已作废"), "plain", "circle-x"),
    }[one.state]


def version_name(one: VersionView) -> str:
    """A version as people call it."""
    return _("第 %(n)s 版") % {"n": one.number} if one.number else _("随新版系统提供的文本")


def since(one: VersionView) -> str:
    """From when a version counts."""
    if one.valid_from is None:
        return _("系统启用时")
    return formats.idate(one.valid_from)


def proposals(viewer: Viewer) -> int:
    """How many drafts wait for this viewer to publish them."""
    if not viewer.may("rules.publish"):
        return 0
    waiting = [one for one in rules.drafts() if one.state == "proposed"]
    return sum(all(each.id != viewer.id for each in one.authors) for one in waiting)


@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """Every rule: in force since when, what is drafted, proposed and to come."""
    entries = rules.book()
    table = Table(
        caption=_("规则"),
        columns=[
            Column(_("规则")), Column(_("服务"), phone=False), Column(_("现行版本")), Column(_("施行日期"), phone=False),
            Column(_("将要施行"), phone=False), Column(_("起草和提请")), Column(_("最近一次检查"), phone=False),
        ],
        rows=[
            Row(
                [
                    one.title, service_title(one.rule), version_name(one.in_force), since(one.in_force),
                    formats.listed(f"{version_name(next)} {since(next)}" for next in one.coming), open_drafts(one),
                    check_state(one.in_force),
                ],
                url=reverse("portal:rule", args=[one.rule]),
            )
            for one in entries
        ],
        empty=_("还没有规则"),
    )  # fmt: skip
    waiting = [one for one in rules.drafts() if one.state in ("draft", "proposed")]
    context = {"table": table, "drafts": [draft_line(one) for one in waiting]}
    return render(request, "portal/rules/book.html", context)


def open_drafts(one: BookEntry) -> Any:
    """How many drafts of a rule are open, and how many of them wait for the second person."""
    if one.proposed:
        return State(_("%(n)s 份等待发布") % {"n": one.proposed}, "waiting")
    return _("%(n)s 份草稿") % {"n": one.drafts} if one.drafts else ""


def check_state(one: VersionView) -> State:
    """What the check of a version finds, in a word: it is made when the page is opened."""
    checked = rules.check(one.rule, one.text, one.examples)
    if checked.errors or checked.failed:
        return State(_("%(n)s 处问题") % {"n": len(checked.errors) + len(checked.failed)}, "refused")
    return State(_("没有问题，%(n)s 条试例通过") % {"n": len(checked.cases)}, "done")


def draft_line(one: DraftView) -> dict[str, Any]:
    """A draft in a list."""
    return {
        "title": one.title, "url": reverse("portal:rule-draft", args=[one.id]), "state": draft_state(one),
        "who": formats.listed(each.label for each in one.authors), "changed": one.changed, "note": one.note,
    }  # fmt: skip


@require_safe
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    """A rule as people read it: steps, inputs, examples, articles, findings, versions; `?version=` shows an earlier one."""
    viewer = viewer_of(request)
    chosen = version_asked(request, rule)
    shown = readable(rule, chosen.text)
    if shown is None:
        raise NotFound(_("这一版的文本读不出来，请下载文件查看。"), code="not_readable")
    checked = rules.check(rule, chosen.text, chosen.examples)
    versions = rules.versions(rule)
    now = next(one for one in versions if one.state == "in_force")
    address = reverse("portal:rule", args=[rule])
    drafts = [one for one in rules.drafts(rule) if one.state in ("draft", "proposed")]
    context = {
        "rule": rule, "shown": shown, "chosen": chosen, "state": version_state(chosen), "name": version_name(chosen),
        "since": since(chosen), "current": chosen.number == now.number and chosen.state == "in_force",
        "now_url": address, "service": service_title(rule),
        "examples": examples_of(checked.cases, shown.words),
        "failed": len(checked.failed),
        "found": found_in(rule, chosen.text, checked, shown),
        "versions": versions_table(rule, versions, chosen),
        "pairs": [(one.number, version_name(one)) for one in versions if one.number],
        "drafts": [draft_line(one) for one in drafts],
        "may_draft": viewer.may("rules.start_draft"),
        "key": str(uuid4()),
        "history": history(versions),
        "places": [Link(_("规则"), reverse("portal:rules")), Link(shown.title)],
        "actions": [
            Action(
                _("下载规则文件"), f"{reverse('portal:rule-file', args=[rule])}?version={chosen.number}", "download", "quiet"
            ),
        ],
        "may_withdraw": viewer.may("rules.withdraw") and chosen.state == "coming",
    }  # fmt: skip
    return render(request, "portal/rules/rule.html", context)


def version_asked(request: HttpRequest, rule: str) -> VersionView:
    """The version of `?version=`, by default the one in force."""
    asked = request.GET.get("version", "")
    return rules.version(rule, int(asked) if asked.isdigit() and len(asked) < 7 else 0)


def versions_table(rule: str, versions: tuple[VersionView, ...], chosen: VersionView) -> Table:
    """All versions of a rule, the newest first."""
    address = reverse("portal:rule", args=[rule])
    return Table(
        caption=_("各版本"),
        columns=[
            Column(_("版本")), Column(_("状态")), Column(_("施行日期")), Column(_("施行到"), phone=False),
            Column(_("提请"), phone=False), Column(_("发布"), phone=False), Column(_("依据"), phone=False),
        ],
        rows=[
            Row(
                [
                    version_name(one), version_state(one), since(one), one.until or "",
                    one.proposer.label if one.proposer else _("随系统提供"), one.publisher.label if one.publisher else "",
                    one.basis,
                ],
                url=f"{address}?version={one.number}" if one.number and one.number != chosen.number else "",
            )
            for one in versions
        ],
    )  # fmt: skip


def history(versions: tuple[VersionView, ...]) -> list[Event]:
    """What happened to a rule, the newest first."""
    return [
        Event(
            one.adopted, _("%(version)s：%(state)s") % {"version": version_name(one), "state": version_state(one).word},
            who=one.publisher.label if one.publisher else "", text=one.withdrawn or one.note,
        )
        for one in versions
        if one.adopted
    ]  # fmt: skip


@require_safe
def compare(request: HttpRequest, rule: str) -> HttpResponse:
    """What differs between two versions, in words; `?a=` and `?b=` are their numbers."""
    known = {one.number: one for one in rules.versions(rule) if one.number}
    asked = [request.GET.get(name, "") for name in ("a", "b")]
    numbers = [int(one) if one.isdigit() and int(one) in known else None for one in asked]
    if not known:
        raise NotFound(_("这条规则还只有一个版本。"), code="one_version")
    b = numbers[1] or max(known)
    a = numbers[0] or max((n for n in known if n < b), default=b)
    first, second = known[a], known[b]
    context = {
        "rule": rule, "title": second.title, "first": first, "second": second,
        "first_name": version_name(first), "second_name": version_name(second),
        "pairs": [(n, version_name(one)) for n, one in sorted(known.items(), reverse=True)],
        "changes": compared(rule, first.text, second.text),
        "places": [
            Link(_("规则"), reverse("portal:rules")), Link(second.title, reverse("portal:rule", args=[rule])),
            Link(_("对比")),
        ],
    }  # fmt: skip
    return render(request, "portal/rules/compare.html", context)


@require_safe
def file(request: HttpRequest, rule: str) -> HttpResponse:
    """A version's file as it was published; `?examples=1` its examples."""
    chosen = version_asked(request, rule)
    number = chosen.number or 0
    if request.GET.get("examples"):
        return attached(chosen.examples, f"{rule}-{number}.cases.yaml", "application/yaml")
    return attached(chosen.text, f"{rule}-{number}.dmn", "application/xml")


def attached(text: str, name: str, kind: str) -> HttpResponse:
    """A text as a file to be taken."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type=f"{kind}; charset=utf-8", headers=headers)


@require_POST
def start(request: HttpRequest, rule: str) -> HttpResponse:
    """Begin a draft from the version in force or from an earlier one."""
    base = request.POST.get("base", "")
    made = rules.start_draft(
        viewer_of(request), key=key_of(request), rule=rule, base=int(base) if base.isdigit() else 0
    )
    return redirect("portal:rule-draft", made["draft"])


@require_POST
def withdraw(request: HttpRequest, rule: str) -> HttpResponse:
    """Take a published version back before its day."""
    number = request.POST.get("version", "")
    rules.withdraw(
        viewer_of(request), key=key_of(request), rule=rule, number=int(number) if number.isdigit() else 0,
        reason=request.POST.get("reason", "")[:500],
    )  # fmt: skip
    return redirect("portal:rule", rule)
