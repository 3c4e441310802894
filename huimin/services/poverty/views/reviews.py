"""The democratic review: what waits, opening a meeting, the page a group sits around, the minutes on paper."""

from __future__ import annotations

from math import ceil
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Purpose, office_of, record_look
from huimin.core.exports.api import offered
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction, StepKind
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms.way import MeetingForm, VoteForm
from huimin.services.poverty.models import Application
from huimin.services.poverty.programme import CODE, PROGRAMME
from huimin.services.poverty.queries import way
from huimin.services.poverty.views.sending import key_of, run_form, viewer_of
from huimin.ui import formats
from huimin.ui.parts import Column, Link, Row, State, Table


def state_of(meeting: Any) -> State:
    """A meeting's state in words."""
    words = {
        "open": (_("进行中"), "waiting"),
        "closed": (_("已结束"), "done"),
        "cancelled": (_("已取消"), "plain"),
    }
    return State(*words[meeting.state])


def found(id: UUID) -> Any:
    """The meeting in sight; raise NotFound for any other."""
    meeting = programmes.meeting(id)
    if meeting is None:
        raise NotFound(_("没有找到这场评议会，或者不在您的管辖范围内。"), code="no_meeting")
    return meeting


def step_of(direction: str) -> Any:
    """The review step of a direction."""
    return next(step for step in PROGRAMME.way(direction) if step.kind is StepKind.REVIEW)


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Villages with households that wait for a review, and the meetings held."""
    viewer = viewer_of(request)
    held = programmes.meetings_in(places.q(viewer.spans("poverty"), group=None), CODE)
    names = places.names({one.division_code for one in held})
    table = Table(
        caption=_("开过的评议会"),
        columns=[
            Column(_("评议日期"), "date"),
            Column(_("村（社区）")),
            Column(_("事项")),
            Column(_("到会"), phone=False),
            Column(_("主持人"), phone=False),
            Column(_("状态")),
        ],
        rows=[
            Row(
                [
                    one.held_on,
                    names.get(one.division_code, ""),
                    way.direction_name(one.direction),
                    f"{one.present} / {one.eligible}",
                    one.chair,
                    state_of(one),
                ],
                url=reverse("poverty:desk-review", args=[one.id]),
            )
            for one in held
        ],
        export=offered("poverty.meetings", viewer),
        empty=_("还没有开过评议会"),
        empty_hint=_("入户调查通过的户会列在上面，凑齐后召集村民代表评议。"),
    )
    context = {
        "groups": way.groups(viewer, StepKind.REVIEW),
        "table": table,
        "may": viewer.may("poverty.hold_review"),
    }
    return render(request, "poverty/desk/reviews.html", context)


@require_http_methods(["GET", "POST"])
def open_review(request: HttpRequest, area: str, direction: str) -> HttpResponse:
    """Open a meeting of a village over the households that wait there."""
    viewer = viewer_of(request)
    if not viewer.may("poverty.hold_review"):
        raise NotAllowed(_("民主评议由村里召开。"), code="no_right")
    way.known_place(area, direction)
    step = step_of(direction)
    rows = list(way.waiting_at(direction, step, places.q(places.spans(area))))
    last = next((one for one in programmes.meetings_in(places.q(places.spans(area), group=None), CODE)), None)
    initial = {
        "held_on": clock.today(),
        "place": last.place if last else "",
        "chair": last.chair if last else viewer.label,
        "recorder": last.recorder if last else "",
        "eligible": last.eligible if last else None,
    }
    ticked = [str(row.id) for row in rows]
    form, status = MeetingForm(initial=initial), 200
    if request.method == "POST":
        ticked, form, status = request.POST.getlist("rows"), MeetingForm(request.POST), 422
        if form.is_valid():
            opened: dict[str, Any] = {}

            def run(data: Any, key: str) -> None:
                chosen = tuple(row.id for row in rows if str(row.id) in ticked)
                opened.update(
                    actions.hold_review(
                        viewer,
                        key=key,
                        programme=CODE,
                        direction=direction,
                        area=area,
                        procedures=chosen,
                        **data,
                    )
                )

            refusal = run_form(request, form, run)
            if refusal is None:
                return redirect("poverty:desk-review", opened["meeting"])
            status = refusal.status
    context = {
        "form": form,
        "lines": way.lines(rows),
        "ticked": ticked,
        "key": key_of(request),
        "step": step,
        "village": places.name_of(area),
        "quorum": step.quorum,
        "leaving": direction == Direction.EXIT,
        "places": [Link(_("民主评议"), reverse("poverty:desk-reviews")), Link(_("召开评议会"))],
        "last": last,
    }
    return render(request, "poverty/desk/review_open.html", context, status=status)


@require_safe
def review(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The meeting: while it is open one household at a time, afterwards what it led to."""
    one = found(meeting)
    if one.state != "open":
        return summary(request, one)
    return seat(
        request, one, int(request.GET.get("n") or 0) if (request.GET.get("n") or "0").isdigit() else 0
    )


def seat(
    request: HttpRequest,
    one: Any,
    place: int,
    form: VoteForm | None = None,
    status: int = 200,
    refusal: Refused | None = None,
) -> HttpResponse:
    """One household of an open meeting, large, with its votes; `place` counts from 1, 0 is the first without a vote."""
    votes = programmes.votes_of(one.id)
    if not 1 <= place <= len(votes):
        place = next((n for n, vote in enumerate(votes, 1) if vote.agree is None), len(votes))
    vote = votes[place - 1]
    line = way.lines([vote.procedure])[0]
    home = Ref.of("household", line.household)
    record_look(home, area=vote.division_code, purpose=Purpose.REVIEW, page="review")
    counted = {"agree": vote.agree, "against": vote.against, "abstain": vote.abstain, "opinion": vote.opinion}
    address = reverse("poverty:desk-review", args=[one.id])
    context = {
        "meeting": one,
        "votes": votes,
        "vote": vote,
        "line": line,
        "place": place,
        "total": len(votes),
        "done": sum(1 for v in votes if v.agree is not None),
        "form": form or VoteForm(initial=counted),
        "members": people.members(line.household),
        "application": Application.objects.filter(procedure_id=vote.procedure_id).first(),
        "before": f"{address}?n={place - 1}" if place > 1 else "",
        "after": f"{address}?n={place + 1}" if place < len(votes) else "",
        "key": str(uuid4()),
        "village": places.name_of(one.division_code),
        "majority": int(one.present * step_of(one.direction).majority) + 1,
        "places": [Link(_("民主评议"), reverse("poverty:desk-reviews")), Link(formats.cdate(one.held_on))],
        "leaving": one.direction == Direction.EXIT,
        "closing_key": str(uuid4()),
        "refusal": refusal,
    }
    return render(request, "poverty/desk/review.html", context, status=status)


@require_POST
def vote(request: HttpRequest, meeting: UUID, place: int) -> HttpResponse:
    """Keep the votes on one household and go to the next."""
    one = found(meeting)
    votes = programmes.votes_of(one.id)
    if not 1 <= place <= len(votes):
        raise NotFound(_("这一户不在这场评议会的名单上。"), code="not_on_list")
    form = VoteForm(request.POST)
    if not form.is_valid():
        return seat(request, one, place, form, 422)
    refusal = run_form(
        request,
        form,
        lambda data, key: actions.record_votes(
            viewer_of(request), key=key, meeting=meeting, procedure=votes[place - 1].procedure_id, **data
        ),
    )
    if refusal is not None:
        return seat(request, found(meeting), place, form, refusal.status)
    following = place + 1 if place < len(votes) else place
    return redirect(reverse("poverty:desk-review", args=[meeting]) + f"?n={following}")


@require_POST
def minutes(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Keep the minutes as they are written; answers with when."""
    text = request.POST.get("minutes", "")[:20000]
    try:
        actions.write_minutes(viewer_of(request), key=str(uuid4()), meeting=meeting, minutes=text)
    except Refused as refusal:
        if refusal.code == "closed" and found(meeting).minutes == text.strip():
            return HttpResponse(status=204)  # typed, then closed at once: the closing kept it
        raise
    return HttpResponse(
        _("%(time)s 已保存") % {"time": clock.now().astimezone(clock.BEIJING).strftime("%H:%M:%S")}
    )


@require_POST
def close(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Close the meeting; what is missing is said on the meeting's page, with the minutes as they were typed."""
    one = found(meeting)
    try:
        actions.close_review(
            viewer_of(request), key=key_of(request), meeting=meeting, minutes=request.POST.get("minutes", "")
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        if refusal.code == "closed":
            raise
        one.minutes = request.POST.get("minutes", "")
        return seat(request, one, 0, status=refusal.status, refusal=refusal)
    return redirect("poverty:desk-review", meeting)


@require_POST
def cancel(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Cancel an open meeting."""
    reason = request.POST.get("reason", "").strip() or _("未说明")
    actions.cancel_review(viewer_of(request), key=key_of(request), meeting=meeting, reason=reason)
    return redirect("poverty:desk-reviews")


def results(one: Any) -> list[dict[str, Any]]:
    """Each household of a closed meeting with what became of it."""
    need = one.present * step_of(one.direction).majority
    return [
        {"vote": vote, "agreed": vote.agree is not None and vote.agree > need, "procedure": vote.procedure}
        for vote in programmes.votes_of(one.id)
    ]


def summary(request: HttpRequest, one: Any) -> HttpResponse:
    """What a meeting led to."""
    rows = results(one)
    context = {
        "meeting": one,
        "rows": rows,
        "agreed": sum(1 for row in rows if row["agreed"]),
        "village": places.name_of(one.division_code),
        "state": state_of(one),
        "photos": programmes.photos_of("meeting", one.id),
        "places": [Link(_("民主评议"), reverse("poverty:desk-reviews")), Link(formats.cdate(one.held_on))],
        "may_post": viewer_of(request).may("poverty.post_first_notice"),
        "may_attach": viewer_of(request).may("poverty.attach"),
    }
    return render(request, "poverty/desk/review_done.html", context)


@require_safe
def print_minutes(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes on A4, to be signed."""
    one = found(meeting)
    office = office_of(one.division_code)
    rows = results(one)
    context = {
        "meeting": one,
        "rows": rows,
        "agreed": sum(1 for row in rows if row["agreed"]),
        "needed": ceil(one.eligible * step_of(one.direction).quorum),
        "village": places.name_of(one.division_code),
        "office": office.name if office else places.name_of(one.division_code),
    }
    return render(request, "poverty/print/minutes.html", context)
