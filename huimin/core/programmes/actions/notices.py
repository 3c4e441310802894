"""Public notices: a masked list made from the decisions, a place, a window, objections; nothing passes before it closes."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.access.api import beyond, office_of
from huimin.core.journal.api import Act
from huimin.core.places import api as places
from huimin.core.programmes.actions.enrolments import enrol, leave
from huimin.core.programmes.actions.way import (
    forward,
    level_name,
    lock,
    must_stand_at,
    programme_of,
    send_back,
)
from huimin.core.programmes.actions.writing import record
from huimin.core.programmes.models import Notice, NoticeItem, Objection, Procedure
from huimin.core.programmes.types import Direction, Programme, Step, StepKind
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused


def masked_rows(programme: Programme, rows: list[Procedure]) -> list[dict[str, str]]:
    """The list as it is posted: one masked row for each household."""
    make = programme.public_row
    if make is None:
        raise LookupError(f"{programme.code} declares no public_row")
    return [dict(make(row.household_id, row.kind)) for row in rows]


def waiting_for(
    act: Act, declared: Programme, step: Step, direction: str, area: str, procedures: tuple[UUID, ...]
) -> list[Procedure]:
    """Lock the households a notice is for, and check each stands at its step in that division."""
    rows = list(
        Procedure.objects.select_for_update(of=("self",))
        .filter(
            places.q(places.spans(area, act.today)),
            id__in=procedures,
            programme=declared.code,
            direction=direction,
        )
        .order_by("division_code", "opened", "id")
    )
    if not rows or len(rows) != len(set(procedures)):
        raise NotFound(_("有的户不在这个范围的待公示名单里，请刷新后重新选择。"), code="not_on_list")
    for row in rows:
        at = must_stand_at(declared, row, step.kind, needs=step.needs)
        if at.code != step.code:
            raise Refused(_("%(name)s户还没有到这一步。") % {"name": row.name}, code="not_this_step")
        if NoticeItem.objects.filter(procedure=row, notice__step=step.code, notice__state="open").exists():
            raise Refused(
                _("%(name)s户已在公示中，不用重复张贴。") % {"name": row.name}, code="on_other_notice"
            )
    return rows


def draft(
    declared: Programme, at: Step, *, direction: str, area: str, place: str, start: date, rows: list[Procedure], today: date
) -> Notice:  # fmt: skip
    """The notice as it would be posted, not kept: what is previewed is what is posted."""
    name = "".join(places.path_of(area, today)[2:]) or places.name_of(area, today)
    office = office_of(area)
    return Notice(
        programme=declared.code, direction=direction, step=at.code, division_code=area, area_name=name, place=place.strip(),
        title=_("%(area)s%(programme)s%(what)s") % {"area": name, "programme": declared.title, "what": at.title},
        start=start, end=start + timedelta(days=at.days), columns=[[code, str(title)] for code, title in declared.columns],
        rows=masked_rows(declared, rows), basis=str(declared.article), office=office.name if office else name,
        phone=office.phone if office else "", announcement=at.kind is StepKind.ANNOUNCE,
    )  # fmt: skip


def post_notice(
    act: Act,
    *,
    programme: str,
    direction: str,
    step: str,
    area: str,
    place: str,
    procedures: tuple[UUID, ...],
    start: date,
) -> dict[str, Any]:
    """Post a notice or announcement of a division from a day; an announcement puts its households in (or out) at once."""
    declared = programme_of(act, programme)
    at = declared.step(direction, step)
    if act.name != at.needs or at.kind not in (StepKind.NOTICE, StepKind.ANNOUNCE):
        raise Refused(_("这一步不能张贴公示。"), code="not_this_step")
    act.on(Ref.of("division", area), area=area)
    if not place.strip():
        raise Refused(_("请写明张贴地点。"), code="no_place", fields={"place": _("请写明张贴地点。")})
    if abs((start - act.today).days) > 3:
        raise Refused(
            _("起始日期应在今天前后三天之内。"),
            code="start_date",
            fields={"start": _("应在今天前后三天之内。")},
        )
    rows = waiting_for(act, declared, at, direction, area, procedures)
    notice = draft(
        declared, at, direction=direction, area=area, place=place, start=start, rows=rows, today=act.today
    )
    notice.posted_by, notice.posted_at = act.actor.label, act.now
    notice.save(force_insert=True)
    for number, row in enumerate(rows):
        NoticeItem.objects.create(notice=notice, procedure=row, division_code=row.division_code, row=number)
        act.on(Ref.of("household", row.household_id), area=row.division_code)
        if at.kind is StepKind.ANNOUNCE:
            record(act, row, "done", notice=notice.id)
            _take_effect(act, declared, row)
    if at.kind is StepKind.ANNOUNCE:
        notice.state, notice.closed_at = "closed", act.now
        notice.save()
    return {"notice": notice.id}


def _take_effect(act: Act, programme: Programme, row: Procedure) -> None:
    if row.direction == Direction.ENTRY:
        enrol(act, programme, row)
    else:
        leave(act, programme, row)


def object_to(act: Act, *, notice: UUID, row: int, text: str, contact: str = "") -> dict[str, Any]:
    """Anyone may object to a household on an open notice, within its window; it stops that household only."""
    with beyond("objection to a public notice"):
        found = Notice.objects.select_for_update().filter(id=notice).first()
        if found is None:
            raise NotFound(_("没有找到这份公示。"), code="no_notice")
        act.on(Ref.of("notice", found.id), area=found.division_code)
        if found.state != "open" or found.announcement or not found.start <= act.today < found.end:
            raise Refused(
                _("公示期已于%(end)s结束，不能再提出异议。如有问题，请拨打%(phone)s反映。")
                % {"end": found.end.isoformat(), "phone": found.phone or "12345"},
                code="notice_closed",
            )
        if len(text.strip()) < 6:
            raise Refused(
                _("请写明异议的理由（至少六个字）。"), code="no_reason", fields={"text": _("请写明理由。")}
            )
        item = NoticeItem.objects.filter(notice=found, row=row).first()
        if item is None:
            raise NotFound(
                _("公示名单上没有这一户。"), code="not_on_list", fields={"row": _("请选择名单上的一户。")}
            )
        made = Objection.objects.create(
            item=item, division_code=item.division_code, text=text.strip(), contact=contact.strip(), received=act.now,
            number=f"Y{act.today:%y%m%d}{secrets.randbelow(10**6):06d}",
        )  # fmt: skip
    return {"objection": made.id, "number": made.number}


def _only_waited_for(objection: Objection, procedure: Procedure) -> bool:
    """Whether the notice is over and this was the last objection that held the household back."""
    notice = objection.item.notice
    if notice.state != "closed" or procedure.step != notice.step:
        return False
    return not Objection.objects.filter(item=objection.item, state="open").exists()


def settle_objection(act: Act, *, objection: UUID, upheld: bool, outcome: str) -> dict[str, Any]:
    """Settle an objection with a written outcome; upheld, the household's survey is done again."""
    row = (
        Objection.objects.select_for_update(of=("self",))
        .filter(id=objection)
        .select_related("item__procedure")
        .first()
    )
    if row is None:
        raise NotFound(_("没有找到这条异议。"), code="no_objection")
    programme, procedure = lock(act, row.item.procedure_id)
    if row.state != "open":
        raise Refused(_("这条异议已经处理。"), code="settled")
    if len(outcome.strip()) < 6:
        raise Refused(
            _("请写明核实情况和处理结果（至少六个字）。"),
            code="no_outcome",
            fields={"outcome": _("请写明处理结果。")},
        )
    row.state, row.outcome = "upheld" if upheld else "rejected", outcome.strip()
    row.settled, row.settled_by = act.now, act.actor.label
    row.save()
    if upheld and procedure.state == "open":
        step = programme.step(procedure.direction, procedure.step)
        if step.kind is StepKind.NOTICE:
            send_back(act, programme, procedure, reason=_("异议成立：%(text)s") % {"text": outcome}, wrong={})
            procedure.resume = ""
            procedure.save()
    elif procedure.state == "open" and _only_waited_for(row, procedure):
        record(act, procedure, "done", notice=row.item.notice_id, objections="rejected")
        forward(act, programme, procedure)
    return {"objection": row.id}


def close_notice(act: Act, *, notice: UUID) -> dict[str, Any]:
    """Close a notice after its window: households without an open objection go on, the others wait for its outcome."""
    found = Notice.objects.select_for_update().filter(id=notice).first()
    if found is None:
        raise NotFound(_("没有找到这份公示。"), code="no_notice")
    declared = programme_of(act, found.programme)
    act.on(Ref.of("division", found.division_code), area=found.division_code)
    step = declared.step(found.direction, found.step)
    if not act.actor.may(step.needs):
        raise NotAllowed(
            _("这份公示由%(level)s负责，请等待上级办理。") % {"level": level_name(step.level)},
            code="other_level",
        )
    if found.state != "open":
        raise Refused(_("这份公示已经结束。"), code="closed")
    if act.today < found.end:
        raise Refused(
            _("公示期到%(end)s才结束，还不能上报。") % {"end": found.end.isoformat()}, code="window_open"
        )
    found.state, found.closed_at = "closed", act.now
    found.save()
    passed = waiting = 0
    for item in NoticeItem.objects.filter(notice=found).order_by("row"):
        programme, procedure = lock(act, item.procedure_id)
        if procedure.state != "open" or procedure.step != found.step:
            continue
        if Objection.objects.filter(item=item, state="open").exists():
            waiting += 1
            continue
        record(act, procedure, "done", notice=found.id)
        forward(act, programme, procedure)
        passed += 1
    return {"notice": found.id, "passed": passed, "waiting": waiting}
