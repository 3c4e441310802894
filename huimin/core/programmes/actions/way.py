"""The way itself: order is enforced here and nowhere else, whatever the client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.people import api as people
from huimin.core.programmes.actions.writing import keep, record
from huimin.core.programmes.catalogue import PROGRAMMES
from huimin.core.programmes.models import Enrolment, Procedure
from huimin.core.programmes.types import Direction, Programme, Step, StepKind
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused


def level_name(level: int) -> str:
    """The name of a level in the reader's language."""
    names = {5: _("村"), 4: _("乡镇"), 3: _("县"), 2: _("市州"), 1: _("省")}
    return names.get(int(level), "")


def programme_of(act: Act, code: str) -> Programme:
    """The programme, if the running action belongs to its service; raise Refused otherwise."""
    programme = PROGRAMMES[code]
    if act.name.partition(".")[0] != programme.service:
        raise Refused(_("这个操作不属于该帮扶项目。"), code="other_service")
    return programme


def lock(act: Act, procedure: UUID | str) -> tuple[Programme, Procedure]:
    """Lock a procedure, name its household as the subject and check the actor's right there."""
    row = Procedure.objects.select_for_update(of=("self",)).filter(id=procedure).first()
    if row is None:
        raise NotFound(_("没有找到这一户的办理记录，或者不在您的管辖范围内。"), code="no_procedure")
    act.on(Ref.of("household", row.household_id), area=row.division_code)
    return programme_of(act, row.programme), row


def step_now(programme: Programme, row: Procedure) -> Step:
    """The step where the procedure stands."""
    return programme.step(row.direction, row.step)


def must_stand_at(programme: Programme, row: Procedure, *kinds: StepKind, needs: str) -> Step:
    """The procedure's step, if it is open, of one of the kinds and done under that right; else say whose turn it is."""
    if row.state != "open":
        words = {"done": _("已经办结"), "refused": _("未通过，已经办结"), "withdrawn": _("已经撤回")}
        raise Refused(
            _("%(name)s户的办理%(state)s，不能再操作。") % {"name": row.name, "state": words[row.state]},
            code="closed",
        )
    step = step_now(programme, row)
    if step.kind not in kinds or step.needs != needs:
        raise Refused(
            _("%(name)s户现在在“%(step)s”这一步，由%(level)s办理，还不能进行这个操作。")
            % {"name": row.name, "step": step.title, "level": level_name(step.level)},
            code="not_this_step",
        )
    return step


def forward(act: Act, programme: Programme, row: Procedure) -> Step | None:
    """Move a procedure to the step that follows (or back to the one that returned it); None after the last."""
    following = programme.after(row.direction, row.step)
    if row.resume:
        following, row.resume = programme.step(row.direction, row.resume), ""
    row.wrong, row.reason = {}, ""
    if following is not None:
        row.step, row.level, row.since = following.code, following.level, act.now
    keep(row)
    return following


def send_back(act: Act, programme: Programme, row: Procedure, *, reason: str, wrong: dict[str, str]) -> None:
    """Return a procedure to its survey: everything entered stays, the wrong fields are marked, one step re-opens."""
    if not reason.strip():
        raise Refused(_("退回时请写明理由。"), code="reason_needed", fields={"reason": _("请写明理由。")})
    record(act, row, "returned", reason=reason, wrong=wrong)
    first = programme.way(row.direction)[0]
    row.resume, row.step, row.level, row.since = row.step, first.code, first.level, act.now
    row.reason, row.wrong = reason, wrong
    keep(row)


def close(act: Act, row: Procedure, state: str, reason: str = "") -> None:
    """End a procedure."""
    row.state, row.reason, row.closed, row.since = state, reason, act.now, act.now
    keep(row)


def refuse(act: Act, row: Procedure, *, reason: str, **data: Any) -> None:
    """End a procedure with a written reason; without one it is refused."""
    if not reason.strip():
        raise Refused(
            _("不同意时请写明理由，理由会告知申请户。"),
            code="reason_needed",
            fields={"reason": _("请写明理由。")},
        )
    record(act, row, "refused", reason=reason, **data)
    close(act, row, "refused", reason)


def open_procedure(
    act: Act, *, programme: str, household: UUID, direction: str = Direction.ENTRY, route: str, note: str = ""
) -> Procedure:
    """Start a household's way in or out; raise Refused where one is open or the household is in (or not in) already."""
    declared = programme_of(act, programme)
    home = people.household(household)
    act.on(Ref.of("household", home.id), area=home.division_code)
    inside = (
        Enrolment.objects.filter(programme=programme, household_id=home.id).exclude(state="exited").first()
    )
    if direction == Direction.ENTRY and inside:
        raise Refused(_("%(name)s户已经纳入，不能重复申请。") % {"name": home.head_name}, code="already_in")
    if direction == Direction.EXIT and not inside:
        raise Refused(_("%(name)s户没有纳入，不能办理退出。") % {"name": home.head_name}, code="not_in")
    first = declared.way(direction)[0]
    try:
        with transaction.atomic():
            row = Procedure.objects.create(
                programme=programme, household_id=home.id, division_code=home.division_code, group_no=home.group_no,
                direction=direction, route=route, step=first.code, level=first.level, name=home.head_name,
                kind=inside.kind if inside else "", enrolment=inside, opened=act.now, since=act.now, opened_by=act.actor.label,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            _("%(name)s户已有正在办理的申请，不用重复提交。") % {"name": home.head_name}, code="already_open"
        ) from None
    record(act, row, "opened", reason=note, route=route)
    return row


def withdraw(act: Act, *, procedure: UUID, reason: str) -> dict[str, Any]:
    """The household takes its application back, at any step before the end."""
    _programme, row = lock(act, procedure)
    if row.state != "open":
        raise Refused(_("已经办结，不能撤回。"), code="closed")
    record(act, row, "withdrawn", reason=reason)
    close(act, row, "withdrawn", reason)
    return {"procedure": row.id}
