"""The democratic review: a meeting with a quorum, votes for each household, minutes."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.programmes.actions.way import forward, lock, must_stand_at, programme_of, refuse
from huimin.core.programmes.actions.writing import record
from huimin.core.programmes.models import Meeting, Procedure, Vote
from huimin.core.programmes.types import Step, StepKind
from huimin.kit.area import AreaCode, Level
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused


def open_meeting(
    act: Act, *, programme: str, direction: str, area: str, held_on: date, place: str, chair: str, eligible: int, present: int,
    procedures: tuple[UUID, ...], recorder: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Open a village's review meeting over the households that wait for one; raise Refused without a quorum."""
    declared = programme_of(act, programme)
    act.on(Ref.of("division", area), area=area)
    if AreaCode(area).level != Level.VILLAGE:
        raise Refused(
            _("民主评议在村里召开，请选择一个村。"),
            code="not_a_village",
            fields={"area": _("请选择一个村。")},
        )
    if held_on > act.today:
        raise Refused(_("评议日期不能晚于今天。"), code="future", fields={"held_on": _("不能晚于今天。")})
    if not procedures:
        raise Refused(_("请至少选择一户。"), code="nobody", fields={"procedures": _("请至少选择一户。")})
    step = next(s for s in declared.way(direction) if s.kind is StepKind.REVIEW)
    _check_quorum(step, eligible, present)
    rows = list(
        Procedure.objects.select_for_update(of=("self",)).filter(
            id__in=procedures, programme=programme, direction=direction, division_code=area
        )
    )
    if len(rows) != len(set(procedures)):
        raise NotFound(_("有的户不在这个村的待评议名单里，请刷新后重新选择。"), code="not_on_list")
    for row in rows:
        must_stand_at(declared, row, StepKind.REVIEW, needs=step.needs)
        if Vote.objects.filter(procedure=row, meeting__state="open").exists():
            raise Refused(_("%(name)s户已在另一场评议会上。") % {"name": row.name}, code="on_other_meeting")
    meeting = Meeting.objects.create(
        programme=programme, direction=direction, division_code=area, held_on=held_on, place=place.strip(), chair=chair.strip(),
        recorder=recorder.strip(), eligible=eligible, present=present, opened=act.now,
    )  # fmt: skip
    for place_on_list, row in enumerate(sorted(rows, key=lambda r: r.opened)):
        act.on(Ref.of("household", row.household_id), area=row.division_code)
        Vote.objects.create(meeting=meeting, procedure=row, division_code=area, place=place_on_list)
    return {"meeting": meeting.id}


def _check_quorum(step: Step, eligible: int, present: int) -> None:
    needed = ceil(eligible * step.quorum)
    if present > eligible:
        raise Refused(
            _("到会人数不能多于应到人数。"), code="too_many", fields={"present": _("不能多于应到人数。")}
        )
    if eligible < 1 or present < needed:
        raise Refused(
            _("到会人数不足：应到%(eligible)s人，至少要有%(needed)s人到会，实到%(present)s人。")
            % {"eligible": eligible, "needed": needed, "present": present},
            code="no_quorum",
            fields={"present": _("至少要有%(needed)s人到会。") % {"needed": needed}},
        )


def meeting_open(act: Act, meeting: UUID) -> Meeting:
    """Lock an open meeting within the actor's sight; raise Refused where it is closed."""
    row = Meeting.objects.select_for_update().filter(id=meeting).first()
    if row is None:
        raise NotFound(_("没有找到这场评议会。"), code="no_meeting")
    programme_of(act, row.programme)
    act.on(Ref.of("division", row.division_code), area=row.division_code)
    if row.state != "open":
        raise Refused(_("这场评议会已经结束，记录不能再改。"), code="closed")
    return row


def record_votes(
    act: Act, *, meeting: UUID, procedure: UUID, agree: int, against: int, abstain: int, opinion: str = ""
) -> dict[str, Any]:
    """Keep one household's votes; they add up to those present, and may be corrected until the meeting closes."""
    row = meeting_open(act, meeting)
    total = agree + against + abstain
    if min(agree, against, abstain) < 0 or total != row.present:
        raise Refused(
            _("同意、反对、弃权合计%(total)s票，应等于到会人数%(present)s。")
            % {"total": total, "present": row.present},
            code="votes_do_not_add_up",
            fields={"agree": _("三项合计应为%(present)s。") % {"present": row.present}},
        )
    vote = Vote.objects.select_for_update().filter(meeting=row, procedure_id=procedure).first()
    if vote is None:
        raise NotFound(_("这一户不在这场评议会的名单上。"), code="not_on_list")
    act.on(Ref.of("household", vote.procedure.household_id), area=row.division_code)
    vote.agree, vote.against, vote.abstain, vote.opinion = agree, against, abstain, opinion.strip()
    vote.save()
    return {"vote": vote.id}


def write_minutes(act: Act, *, meeting: UUID, minutes: str) -> None:
    """Keep the minutes as they are written."""
    row = meeting_open(act, meeting)
    row.minutes = minutes
    row.save(update_fields=["minutes"])


def close_meeting(act: Act, *, meeting: UUID, minutes: str) -> dict[str, Any]:
    """Close the meeting: households agreed to go on, the others are refused with the meeting's reason."""
    row = meeting_open(act, meeting)
    if len(minutes.strip()) < 10:
        raise Refused(
            _("请先写好会议记录（至少十个字）。"), code="no_minutes", fields={"minutes": _("请写会议记录。")}
        )
    votes = list(Vote.objects.filter(meeting=row).order_by("place"))
    open_votes = [v.procedure.name for v in votes if v.agree is None]
    if open_votes:
        raise Refused(_("还有未表决的户：%(names)s。") % {"names": "、".join(open_votes)}, code="not_voted")
    row.minutes, row.state, row.closed = minutes.strip(), "closed", act.now
    row.save()
    agreed = 0
    for vote in votes:
        programme, procedure = lock(act, vote.procedure_id)
        step = programme.step(procedure.direction, procedure.step)
        must_stand_at(programme, procedure, StepKind.REVIEW, needs=step.needs)
        assert vote.agree is not None  # all have voted
        data: dict[str, Any] = {
            "meeting": row.id,
            "agree": vote.agree,
            "against": vote.against,
            "abstain": vote.abstain,
        }
        if vote.agree > row.present * step.majority:
            record(act, procedure, "done", reason=vote.opinion, **data)
            forward(act, programme, procedure)
            agreed += 1
        else:
            reason = _("村民代表会议评议未通过（同意%(agree)s票，到会%(present)s人）。%(opinion)s") % {
                "agree": vote.agree, "present": row.present, "opinion": vote.opinion,
            }  # fmt: skip
            refuse(act, procedure, reason=reason, **data)
    return {"meeting": row.id, "agreed": agreed, "refused": len(votes) - agreed}


def cancel_meeting(act: Act, *, meeting: UUID, reason: str) -> None:
    """Cancel an open meeting; its households wait for another."""
    row = meeting_open(act, meeting)
    act.note(reason=reason)
    row.state, row.closed = "cancelled", act.now
    row.save()
