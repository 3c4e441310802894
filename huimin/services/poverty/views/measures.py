"""Ways in and out, risks, measures, responsible officers: each a short form that ends where it began."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huimin.core.access.api import Viewer, officers_in
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms import desk as forms
from huimin.services.poverty.models import Alert, Risk
from huimin.services.poverty.programme import CODE
from huimin.services.poverty.queries import finding
from huimin.services.poverty.views.households import chosen
from huimin.services.poverty.views.sending import dossier_url, form_page, key_of, viewer_of
from huimin.ui import formats


def enrolment_or_404(number: UUID) -> Any:
    """The enrolment within sight; raise NotFound for any other."""
    row = programmes.enrolment(number)
    if row is None or row.programme != CODE:
        raise NotFound(_("没有找到这一户的帮扶记录，或者不在您的管辖范围内。"), code="no_enrolment")
    return row


def apply(request: HttpRequest, household: UUID) -> HttpResponse:
    """Put a household forward: found on a visit, told by the household, or named by another department's list."""
    home = people.household(household)
    asked = finding.uuid_or_none(request.GET.get("alert", "") or request.POST.get("alert", ""))
    alert = (
        Alert.objects.filter(id=asked, household_id=home.id, state="open").first()
        if asked not in ("", "none")
        else None
    )
    initial: dict[str, Any] = {"route": "officer"}
    lead = _("提交后十天内入户调查。证件、人口等信息直接取自登记，不用再填。")
    if alert is not None:
        cause = {"medical": "illness", "dropout": "schooling", "house": "disaster", "job": "jobless"}.get(
            alert.kind, ""
        )
        initial |= {
            "cause": cause,
            "text": _("%(department)s推送：%(person)s，%(detail)s。")
            % {"department": alert.department, "person": alert.person_name, "detail": alert.detail},
        }
        lead = _("由%(department)s的预警转入，已替您填好，请核对后补充。") % {"department": alert.department}

    def make(*args: Any, **options: Any) -> forms.Apply:
        form = forms.Apply(*args[:1], **options)
        if alert is not None:
            del form.fields["route"]
        return form

    def run(data: Mapping[str, Any], key: str) -> None:
        route = "alert" if alert is not None else data["route"]
        actions.apply(
            viewer_of(request),
            key=key,
            household=home.id,
            cause=data["cause"],
            text=data["text"],
            authorised=data["authorised"],
            route=route,
            alert=alert.id if alert is not None else None,
        )

    return form_page(
        request,
        make=make,
        run=run,
        title=_("代为申请"),
        submit=_("提交申请"),
        done=dossier_url(home.id),
        home=home,
        lead=lead,
        initial=initial,
        autosave=f"poverty-apply-{home.id}",
        more={"hidden": {"alert": alert.id} if alert is not None else {}},
    )


def add_risk(request: HttpRequest, household: UUID) -> HttpResponse:
    """A cause or risk."""
    home = people.household(household)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.add_risk(
            viewer_of(request),
            key=key,
            household=home.id,
            cause=data["cause"],
            detail=data["detail"],
            sudden=data["sudden"],
            loss=data["loss"] or Decimal(0),
            since=data["since"],
        )

    return form_page(
        request,
        make=one(forms.RiskAdded),
        run=run,
        title=_("登记风险"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial={"since": clock.today()},
    )


def remove_risk(request: HttpRequest, risk: UUID) -> HttpResponse:
    """The end of a risk."""
    row = Risk.objects.filter(id=risk).first()
    if row is None:
        raise NotFound(_("没有找到这项风险。"), code="no_risk")
    home = people.household(row.household_id)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.remove_risk(viewer_of(request), key=key, risk=row.id, on=data["on"], how=data["how"])

    return form_page(
        request,
        make=one(forms.RiskRemoved),
        run=run,
        title=_("风险消除"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        lead=formats.told(row.get_cause_display(), row.detail) if row.detail else row.get_cause_display(),
        initial={"on": clock.today()},
    )


def one(form: type[Any]) -> Any:
    """A form that takes no files."""
    return lambda *args, **options: form(*args[:1], **options)


def add_measure(request: HttpRequest, enrolment: UUID) -> HttpResponse:
    """One piece of help."""
    row = enrolment_or_404(enrolment)
    home = people.household(row.household_id)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.add_measure(viewer_of(request), key=key, enrolment=row.id, **data)

    return form_page(
        request,
        make=one(forms.Measure),
        run=run,
        title=_("登记帮扶措施"),
        submit=_("保存"),
        done=dossier_url(home.id) + "#done",
        home=home,
        initial={"start": clock.today(), "kind": "industry"},
    )


def finish_measure(request: HttpRequest, measure: UUID) -> HttpResponse:
    """The end of a measure with what came of it."""
    row = programmes.measure(measure)
    if row is None:
        raise NotFound(_("没有找到这项帮扶措施。"), code="no_measure")
    home = people.household(row.enrolment.household_id)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.finish_measure(
            viewer_of(request),
            key=key,
            measure=row.id,
            result=data["result"],
            on=data["on"],
            stopped=data["outcome"] == "stopped",
        )

    return form_page(
        request,
        make=one(forms.Finished),
        run=run,
        title=_("措施结束"),
        submit=_("保存"),
        done=dossier_url(home.id) + "#done",
        home=home,
        lead=row.title,
        initial={"on": clock.today(), "outcome": "done"},
    )


def reasoned(request: HttpRequest, enrolment: UUID, action: Any, title: str, submit: str) -> HttpResponse:
    """A change of an enrolment that only needs a written reason."""
    row = enrolment_or_404(enrolment)
    home = people.household(row.household_id)

    def run(data: Mapping[str, Any], key: str) -> None:
        action(viewer_of(request), key=key, enrolment=row.id, **data)

    make = one(forms.Reason if action is actions.suspend else forms.Nothing)
    lead = row.suspended_reason and _("暂停的理由：%(reason)s") % {"reason": row.suspended_reason}
    return form_page(
        request,
        make=make,
        run=run,
        title=title,
        submit=submit,
        done=dossier_url(home.id),
        home=home,
        lead=lead,
    )


def suspend(request: HttpRequest, enrolment: UUID) -> HttpResponse:
    """Suspend help with a reason."""
    return reasoned(request, enrolment, actions.suspend, _("暂停帮扶"), _("暂停"))


def resume(request: HttpRequest, enrolment: UUID) -> HttpResponse:
    """Take help up again."""
    return reasoned(request, enrolment, actions.resume, _("恢复帮扶"), _("恢复"))


def propose_exit(request: HttpRequest, household: UUID) -> HttpResponse:
    """Start the way out."""
    home = people.household(household)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.propose_exit(viewer_of(request), key=key, household=home.id, text=data["text"])

    return form_page(
        request,
        make=one(forms.Exit),
        run=run,
        title=_("提出退出"),
        submit=_("提交"),
        done=dossier_url(home.id),
        home=home,
        lead=_("提交后要重新入户核查，再经评议、公示、审核、审批和公告，才算退出。"),
        autosave=f"poverty-exit-{home.id}",
    )


def withdraw(request: HttpRequest, procedure: UUID) -> HttpResponse:
    """The household takes its application back."""
    row = programmes.procedure(procedure)
    if row is None:
        raise NotFound(_("没有找到这一户的办理记录，或者不在您的管辖范围内。"), code="no_procedure")
    home = people.household(row.household)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.withdraw(viewer_of(request), key=key, procedure=row.id, reason=data["reason"])

    return form_page(
        request,
        make=one(forms.Reason),
        run=run,
        title=_("撤回办理"),
        submit=_("撤回"),
        done=dossier_url(home.id),
        home=home,
        lead=_("户主自己要求撤回时使用，已填的内容都会保留。"),
    )


# Responsible officers


def staff(viewer: Viewer) -> list[tuple[str, str]]:
    """The officers one may choose from: those with a role in this service in the viewer's area."""
    return (
        [
            (str(one.id), formats.aside(one.name, one.office))
            for one in officers_in(viewer.area, service="poverty")
        ]
        if viewer.area
        else []
    )


def assign(request: HttpRequest, enrolment: UUID) -> HttpResponse:
    """Who is responsible for one household."""
    row = enrolment_or_404(enrolment)
    home = people.household(row.household_id)
    held = programmes.responsible(row.id)
    viewer = viewer_of(request)

    def run(data: Mapping[str, Any], key: str) -> None:
        actions.assign(viewer, key=key, enrolment=row.id, officer=UUID(data["officer"]), start=data["start"])

    return form_page(
        request,
        make=lambda *args, **options: forms.Assigned(*args[:1], officers=staff(viewer), **options),
        run=run,
        title=_("落实责任人"),
        submit=_("保存"),
        done=dossier_url(home.id),
        home=home,
        initial={"start": clock.today()},
        lead=_("现在的责任人是%(name)s，自%(day)s起。换人后当天交接。")
        % {"name": held.officer_name, "day": held.start.isoformat()}
        if held
        else "",
    )


@require_http_methods(["GET", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """One officer for several households: each done or refused on its own, and what was refused is named."""
    viewer = viewer_of(request)
    ids = chosen(request)
    rows = list(programmes.enrolments(CODE).filter(id__in=ids).order_by("division_code", "id"))
    back = reverse("poverty:desk-households")
    if not rows:
        raise NotFound(_("没有勾选可以办理的户，请回到名单重新勾选。"), code="nobody")
    held = programmes.responsibles([row.id for row in rows])
    failed: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        form = forms.Assigned(request.POST, officers=staff(viewer))
        status = 422
        if form.is_valid():
            done, key = 0, key_of(request)
            for row in rows:
                try:
                    actions.assign(
                        viewer,
                        key=f"{key}/{row.id}",
                        enrolment=row.id,
                        officer=UUID(form.cleaned_data["officer"]),
                        start=form.cleaned_data["start"],
                    )
                    done += 1
                except Refused as refusal:
                    failed.append((row.name, str(refusal)))
            if not failed:
                messages.success(request, _("已为 %(n)d 户落实责任人。") % {"n": done})
                return redirect(back)
            status = 409
    else:
        form = forms.Assigned(initial={"start": clock.today()}, officers=staff(viewer))
    context = {
        "form": form,
        "rows": [(row, held.get(row.id)) for row in rows],
        "key": key_of(request),
        "back": back,
        "failed": failed,
        "query": urlencode([("rows", row.id) for row in rows]),
    }
    return render(request, "poverty/desk/assign.html", context, status=status)
