"""The survey on one page: known values filled in and marked, wrong fields marked, saved or saved and concluded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import DecimalField, Value
from django.db.models.functions import Round
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huimin.core.access.api import Purpose, record_look
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.services.poverty import actions
from huimin.services.poverty.forms.survey import LABELS, Survey
from huimin.services.poverty.models import Application, GuaranteeKind, Income, Line
from huimin.services.poverty.queries import story
from huimin.services.poverty.queries.line import lines_of
from huimin.services.poverty.views.sending import dossier_url, form_page, key_of, run_form, trail, viewer_of
from huimin.ui import formats


def known(home: HouseholdView) -> tuple[dict[str, Any], dict[str, str]]:
    """What is filled in before anybody types, and where each value comes from."""
    today = clock.today()
    initial: dict[str, Any] = {
        "year": today.year - 1 if today.month < 12 else today.year,
        "members": home.size or 1,
    }
    sources = {"members": _("户籍成员，%(n)d人") % {"n": home.size}}
    rows = list(Income.objects.filter(household_id=home.id).order_by("-year")[:1])
    if rows:
        row = rows[0]
        where = _("%(year)d年数据（%(source)s %(day)s）") % {
            "year": row.year,
            "source": row.source,
            "day": formats.idate(row.surveyed_on),
        }
        for name in LABELS:
            initial[name], sources[name] = getattr(row, name), where
        initial["year"] = max(row.year, initial["year"])
    for kind, found in story.guarantees(home.id).items():
        initial[f"guarantee_{kind}"] = "yes" if found.secure else "no"
        initial[f"note_{kind}"] = found.note
        sources[f"guarantee_{kind}"] = f"{found.found_by} {formats.idate(found.on)}"
    return initial, sources


@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, procedure: UUID) -> HttpResponse:
    """The survey of a household on its way in or out."""
    row = programmes.procedure(procedure)
    if row is None:
        raise NotFound(_("没有找到这一户的办理记录，或者不在您的管辖范围内。"), code="no_procedure")
    home = people.household(row.household)
    viewer = viewer_of(request)
    record_look(
        Ref.of("household", home.id), area=home.division_code, purpose=Purpose.PROGRAMME, page="survey"
    )
    initial, sources = known(home)
    status = 200
    if request.method == "POST":
        form = Survey(request.POST, known=sources, wrong=row.wrong)
        conclude = request.POST.get("do") != "save"
        status = 422
        if form.is_valid():
            result: dict[str, Any] = {}

            def run(data: Mapping[str, Any], key: str) -> None:
                result.update(
                    actions.survey(
                        viewer, key=key, procedure=row.id, year=data["year"], members=data["members"], amounts=form.amounts(),
                        guarantees=form.guarantees(), notes=form.notes(), conclude=conclude,
                    )
                )  # fmt: skip

            refusal = run_form(request, form, run)
            if refusal is None:
                messages.success(request, outcome(result, conclude))
                return redirect(dossier_url(home.id))
            status = refusal.status
    else:
        form = Survey(initial=initial, known=sources, wrong=row.wrong)
    context = {
        "form": form,
        "home": home,
        "row": row,
        "members": people.members(home.id),
        "key": key_of(request),
        "places": trail(home, row.step_title),
        "application": Application.objects.filter(procedure_id=row.id).first(),
        "due": story.due(row),
        "risks": [one for one in story.risks(home.id) if one.until is None],
        "title": survey_title(row, home),
    }
    return render(request, "poverty/desk/survey.html", context, status=status)


def survey_title(row: Any, home: HouseholdView) -> str:
    """The page's heading."""
    return _("%(step)s：%(name)s户") % {"step": row.step_title, "name": home.name}


def outcome(result: Mapping[str, Any], conclude: bool) -> str:
    """What saving led to, in one sentence."""
    if not conclude:
        return _("已保存，还没有提交。补齐后再提交。")
    return (
        _("调查已提交，进入下一步。")
        if result.get("passed")
        else _("调查已提交。按规则不进入下一步，原因见下面的认定结果。")
    )


@require_POST
def preview(request: HttpRequest, household: UUID) -> HttpResponse:
    """The income per head as the database computes and rounds it, beside the line of that year; nothing is kept."""
    home = people.household(household)
    form = Survey(request.POST)
    context: dict[str, Any] = {"home": home}
    wrong = not form.is_valid() and bool({"year", "members", *LABELS} & set(form.errors))
    if not wrong:
        amounts = form.amounts()
        counted = sum(
            (Decimal(amounts[name]) for name in LABELS if name not in ("cost", "excluded")), Decimal(0)
        ) - Decimal(amounts["cost"])
        number = DecimalField(max_digits=16, decimal_places=4)
        share = Round(
            Value(counted, output_field=number)
            / Value(Decimal(form.cleaned_data["members"]), output_field=number),
            2,
            output_field=number,
        )
        province = home.division_code[:2] + "0" * 10
        line = (
            Line.objects.filter(province=province, year=form.cleaned_data["year"])
            .annotate(share=share)
            .first()
        )
        counted_line = lines_of(province).get(form.cleaned_data["year"])
        context |= {
            "share": line.share if line else None,
            "line": counted_line,
            "year": form.cleaned_data["year"],
            "counted": counted,
            "members": form.cleaned_data["members"],
            "excluded": amounts["excluded"],
            "gap": abs(line.share - counted_line.amount) if line and counted_line else None,
        }
    context["wrong"] = wrong
    return render(request, "poverty/desk/preview.html", context)


def facts(request: HttpRequest, household: UUID) -> HttpResponse:
    """Income and guarantees of a household that is helped, changed on any day of the year."""
    home = people.household(household)
    initial, sources = known(home)
    viewer = viewer_of(request)
    box: list[Survey] = []

    def make(*args: Any, **options: Any) -> Survey:
        box[:] = [Survey(*args[:1], known=sources, **options)]
        return box[0]

    def run(data: Mapping[str, Any], key: str) -> None:
        now = story.guarantees(home.id)
        changed = {
            kind: secure for kind, secure in box[0].guarantees().items()
            if kind not in now or now[kind].secure != secure or now[kind].note != box[0].notes()[kind]
        }  # fmt: skip
        actions.update_facts(
            viewer, key=key, household=home.id, year=data["year"], members=data["members"], amounts=box[0].amounts(),
            guarantees=changed, notes={kind: box[0].notes()[kind] for kind in changed},
        )  # fmt: skip

    return form_page(
        request,
        make=make,
        run=run,
        title=_("更新收入和保障"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial=initial,
        template="poverty/desk/survey.html",
        more={"members": people.members(home.id), "updating": True, "kinds": GuaranteeKind},
    )
