"""The examples of a draft: a sentence each, what is given and what should come out; run whenever they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huimin.core.rules import api as rules
from huimin.core.rules.lang import model as m
from huimin.core.rules.types import Case, DraftView
from huimin.kit.refusal import Refused
from huimin.portal.desk.rules import viewer_of
from huimin.portal.desk.rules_edit import base_of, live, must_change, save, trail
from huimin.portal.desk.rules_shown import Input, Shown, readable

GIVEN = "g:"


@dataclass(frozen=True)
class FactField:
    """A field of the form: a fact with its value as it is typed; `options` where there are few."""

    name: str
    title: str
    unit: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    error: str = ""


@never_cache
@require_http_methods(["GET", "POST"])
def examples(request: HttpRequest, draft: UUID) -> HttpResponse:
    """All examples with how they come out; `?n=` opens one to be changed, `?n=new` a new one; POST keeps, adds, removes."""
    viewer, found = viewer_of(request), rules.draft(draft)
    shown = readable(found.rule, found.text)
    problem, status = "", 200
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        must_change(viewer)
        try:
            save(request, found, examples=changed(request, found, shown))
            return redirect("portal:rule-examples", draft)
        except Refused as refusal:
            if refusal.status != 409:
                raise
            problem, status, errors = (
                str(refusal),
                422,
                {name: str(text) for name, text in refusal.fields.items()},
            )
    asked = request.POST.get("n", "") or request.GET.get("n", "")
    known = cases_of(found)
    context = base_of(found, "examples", viewer) | live(found, found.text, found.examples, viewer, shown)
    context |= {
        "places": trail(found, _("试例")), "problem": problem, "shown": shown, "asked": asked,
        "whole": request.POST.get("yaml", found.examples), "yaml_open": bool(request.POST.get("yaml")),
    }  # fmt: skip
    if shown is not None and asked and context["may_change"]:
        context["form"] = form_of(
            known, asked, request.GET.get("like", ""), shown, found, request.POST, errors
        )
    return render(request, "portal/rules/examples.html", context, status=status)


def cases_of(found: DraftView) -> tuple[Case, ...]:
    """The examples of a draft, none where their text cannot be read."""
    try:
        return rules.read_cases(found.examples)
    except Refused:
        return ()


def changed(request: HttpRequest, found: DraftView, shown: Shown | None) -> str:
    """The examples as the form leaves them, as text."""
    given = request.POST
    if "yaml" in given:
        rules.read_cases(given["yaml"])
        return given["yaml"].replace("\r\n", "\n")
    known = list(rules.read_cases(found.examples))
    number = int(given.get("n", "")) if given.get("n", "").isdigit() else 0
    if number > len(known):
        raise Refused(_("试例已经变动，请刷新页面后重试。"), code="no_example")
    if given.get("do") == "remove" and number:
        del known[number - 1]
        return rules.written_cases(known)
    if shown is None:
        raise Refused(_("规则还读不出来，请先改好规则。"), code="not_readable")
    old = known[number - 1] if number else Case(number=0, case="", given={}, expect=None)
    fresh = filled(given, old, shown, found)
    if number:
        known[number - 1] = fresh
    else:
        known.append(fresh)
    return rules.written_cases(known)


def filled(given: Mapping[str, str], old: Case, shown: Shown, found: DraftView) -> Case:
    """An example from the fields of the form; Refused names each field that cannot be read."""
    errors: dict[str, str] = {}
    sentence = given.get("case", "").strip()
    if not sentence:
        errors["case"] = _("请用一句话说明这是什么情况。")
    kinds = kinds_of(found)
    values: dict[str, Any] = {}
    for one in shown.inputs:
        raw = given.get(GIVEN + one.name)
        if raw is None:
            if one.name in old.given:
                values[one.name] = old.given[one.name]
            continue
        try:
            values[one.name] = read_value(raw, kinds.get(one.name, ""))
        except ValueError as error:
            errors[GIVEN + one.name] = str(error)
    known = {one.name for one in shown.inputs}
    values.update((name, value) for name, value in old.given.items() if name not in known)
    try:
        expect = read_value(given.get("expect", ""), outcome_kind(found))
    except ValueError as error:
        errors["expect"] = str(error)
        expect = None
    if errors:
        raise Refused(_("有 %(n)s 处没有填对。") % {"n": len(errors)}, code="invalid", fields=dict(errors))
    return replace(old, case=sentence, given=values, expect=expect)


def kinds_of(found: DraftView) -> dict[str, str]:
    """The types of the rule's inputs."""
    model = rules.BOOK[found.rule].as_written(found.text).model
    return {one.name: model.plan.type(one.type_name).name for one in model.inputs}


def outcome_kind(found: DraftView) -> str:
    """The type of what the rule decides."""
    file = rules.BOOK[found.rule].as_written(found.text)
    decision = file.model.decision(file.decision)
    return file.model.plan.type(decision.type_name).name if decision else ""


def read_value(raw: str, kind: str) -> Any:
    """A typed value: a number, yes or no, a date, a text; empty is none. ValueError with what to do."""
    text = raw.strip()
    if text == "":
        return None
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError(_("请选择是或否。"))
        return text == "true"
    if kind == "number":
        try:
            value = Decimal(text.replace(",", "").replace("，", ""))
        except InvalidOperation:
            raise ValueError(_("请填数字。")) from None
        if not value.is_finite():
            raise ValueError(_("请填数字。"))
        return value
    if kind == "date":
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(_("日期请写成 2026-01-31 的样子。")) from None
    return text[:500]


def typed(value: Any) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def form_of(
    known: tuple[Case, ...], asked: str, like: str, shown: Shown, found: DraftView, given: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """The form of one example: as it is kept, or as it was sent and not accepted."""
    number = int(asked) if asked.isdigit() and 0 < int(asked) <= len(known) else 0
    start = int(like) if like.isdigit() and 0 < int(like) <= len(known) else number
    case = (
        known[(start or 1) - 1]
        if known and (start or not number)
        else Case(number=0, case="", given={}, expect=None)
    )
    kinds = kinds_of(found)
    yes_no = (("true", _("是")), ("false", _("否")))

    def field(one: Input) -> FactField:
        value = given.get(GIVEN + one.name, typed(case.given.get(one.name)))
        options = yes_no if kinds.get(one.name) == "boolean" else ()
        return FactField(
            one.name, one.title, one.unit, kinds.get(one.name, ""), value, options, errors.get(GIVEN + one.name, "")
        )  # fmt: skip

    return {
        "n": number or "new", "case": given.get("case", case.case if number else ""),
        "fields": [field(one) for one in shown.inputs],
        "expect": given.get("expect", typed(case.expect)), "options": outcome_options(shown, found), "errors": errors,
        "cancel": reverse("portal:rule-examples", args=[found.id]),
    }  # fmt: skip


def outcome_options(shown: Shown, found: DraftView) -> tuple[tuple[str, str], ...]:
    """The outcomes that the rule can have, with their words; none where it lists none."""
    file = rules.BOOK[found.rule].as_written(found.text)
    decision = file.model.decision(file.decision)
    logic = decision.logic if decision else None
    if outcome_kind(found) == "boolean":
        return (("true", _("是")), ("false", _("否")))
    if not isinstance(logic, m.DecisionTable) or len(logic.outputs) != 1 or logic.outputs[0].values is None:
        return ()
    values = [one.strip().strip('"') for one in logic.outputs[0].values.source.split(",")]
    return tuple((one, shown.words.value(one)) for one in values)
