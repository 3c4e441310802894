"""In the programme: the officer responsible, measures, visits, effect, suspension, the end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.access.api import officer_card
from huimin.core.facts.api import values
from huimin.core.journal.api import Act, plain
from huimin.core.programmes.actions.way import close, programme_of
from huimin.core.programmes.models import Assignment, Enrolment, Measure, Procedure, Snapshot, Visit
from huimin.core.programmes.types import Programme
from huimin.core.rules.api import rule_on
from huimin.kit.money import yuan
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused


def snapshot(act: Act, enrolment: Enrolment, programme: Programme, moment: str) -> None:
    """Keep the facts the programme's rules read, as they are known today."""
    rules = (rule_on(programme.rule, act.today), rule_on(programme.exit_rule, act.today))
    names = dict.fromkeys(fact for rule in rules for fact in rule.inputs.values())
    household = str(enrolment.household_id)
    found = values(names, [household], act.today)[household]
    facts = [
        {
            "name": f.name,
            "title": f.title,
            "value": plain(f.value),
            "unit": f.unit,
            "source": f.source,
            "at": plain(f.at),
        }
        for f in found.values()
    ]
    Snapshot.objects.create(
        enrolment=enrolment, division_code=enrolment.division_code, moment=moment, on=act.today, facts=facts
    )


def enrol(act: Act, programme: Programme, procedure: Procedure) -> Enrolment:
    """Put a household in when its announcement is posted: the last step of the way in."""
    row = Enrolment.objects.create(
        programme=programme.code, household_id=procedure.household_id, division_code=procedure.division_code,
        group_no=procedure.group_no, kind=procedure.kind, name=procedure.name, entered=act.today,
        decision_id=procedure.decision_id, next_visit=act.today + timedelta(days=30),
    )  # fmt: skip
    procedure.enrolment = row
    close(act, procedure, "done")
    snapshot(act, row, programme, "baseline")
    return row


def leave(act: Act, programme: Programme, procedure: Procedure) -> None:
    """Take a household out when its exit is announced: the last step of the way out."""
    assert procedure.enrolment_id is not None  # a way out starts from an enrolment
    row = Enrolment.objects.select_for_update().get(id=procedure.enrolment_id)
    snapshot(act, row, programme, "exit")
    row.state, row.exited, row.next_visit = "exited", act.today, None
    row.save()
    Assignment.objects.filter(enrolment=row, end__isnull=True).update(end=act.today)
    Measure.objects.filter(enrolment=row, state="running").update(state="done", end=act.today)
    close(act, procedure, "done")


def lock_enrolment(
    act: Act, enrolment: UUID | str, *, states: tuple[str, ...] = ("active", "suspended")
) -> tuple[Programme, Enrolment]:
    """Lock an enrolment, name its household and check the actor's right and its state."""
    row = Enrolment.objects.select_for_update(of=("self",)).filter(id=enrolment).first()
    if row is None:
        raise NotFound(_("没有找到这一户的帮扶记录，或者不在您的管辖范围内。"), code="no_enrolment")
    act.on(Ref.of("household", row.household_id), area=row.division_code)
    programme = programme_of(act, row.programme)
    if row.state not in states:
        words = {"active": _("正在帮扶中"), "suspended": _("已经暂停"), "exited": _("已经退出")}
        raise Refused(
            _("%(name)s户%(state)s，不能进行这个操作。") % {"name": row.name, "state": words[row.state]},
            code="state",
        )
    return programme, row


def assign(
    act: Act, *, enrolment: UUID, officer: UUID, start: date, until: date | None = None
) -> dict[str, Any]:
    """Make an officer responsible from a day; whoever was before hands over on that day."""
    programme, row = lock_enrolment(act, enrolment)
    card = officer_card(officer)
    if card is None:
        raise Refused(_("没有找到这位干部。"), code="no_officer", fields={"officer": _("请重新选择。")})
    before = Assignment.objects.select_for_update().filter(enrolment=row, end__isnull=True).first()
    if before and before.officer_id == card.id:
        return {"assignment": before.id}
    if before:
        if start < before.start:
            raise Refused(
                _("接任日期不能早于前任的起始日期。"), code="dates", fields={"start": _("日期太早。")}
            )
        before.end = start
        before.save()
    made = Assignment.objects.create(
        enrolment=row, division_code=row.division_code, officer_id=card.id, officer_name=card.name, unit=card.office,
        phone=card.phone, start=start, end=None,
    )  # fmt: skip
    if row.next_visit is None:
        row.next_visit = act.today + timedelta(days=programme.visit_days)
        row.save()
    if until:
        act.note(until=until)
    return {"assignment": made.id}


def add_measure(
    act: Act, *, enrolment: UUID, kind: str, title: str, cost: Decimal, fund: str, start: date, end: date | None = None,
    executor: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Record help for a household: what kind, at what cost, from which fund, from when."""
    programme, row = lock_enrolment(act, enrolment, states=("active",))
    wrong: dict[str, object] = {}
    if kind not in {k.code for k in programme.measures}:
        wrong["kind"] = _("请选择帮扶措施的类别。")
    if not title.strip():
        wrong["title"] = _("请写明做什么。")
    if cost < 0 or cost > Decimal("10000000"):
        wrong["cost"] = _("金额应在 0 到 1000 万元之间。")
    if cost > 0 and not fund.strip():
        wrong["fund"] = _("请写明资金来源。")
    if end and end < start:
        wrong["end"] = _("结束日期不能早于开始日期。")
    if wrong:
        raise Refused(_("帮扶措施没有保存，请改正标出的内容。"), code="invalid", fields=wrong)
    made = Measure.objects.create(
        enrolment=row, division_code=row.division_code, kind=kind, title=title.strip(), cost=yuan(cost), fund=fund.strip(),
        executor=executor.strip(), start=start, end=end,
    )  # fmt: skip
    return {"measure": made.id}


def finish_measure(
    act: Act, *, measure: UUID, result: str, on: date, stopped: bool = False
) -> dict[str, Any]:
    """End a measure with what came of it."""
    found = Measure.objects.select_for_update(of=("self",)).filter(id=measure).first()
    if found is None:
        raise NotFound(_("没有找到这项帮扶措施。"), code="no_measure")
    lock_enrolment(act, found.enrolment_id)
    if found.state != "running":
        raise Refused(_("这项帮扶措施已经结束。"), code="closed")
    if len(result.strip()) < 2:
        raise Refused(_("请写明成效。"), code="no_result", fields={"result": _("请写明成效。")})
    if on < found.start:
        raise Refused(_("结束日期不能早于开始日期。"), code="dates", fields={"on": _("日期太早。")})
    found.state, found.result, found.end = "stopped" if stopped else "done", result.strip(), on
    found.save()
    return {"measure": found.id}


def visit(
    act: Act, *, enrolment: UUID, on: date, met: str, found: str, promised: str = "", promised_by: date | None = None,
    offline: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Record a visit; the next one is due after the programme's interval."""
    programme, row = lock_enrolment(act, enrolment)
    wrong: dict[str, object] = {}
    if on > act.today:
        wrong["on"] = _("走访日期不能晚于今天。")
    if on < row.entered:
        wrong["on"] = _("走访日期不能早于纳入日期。")
    if not met.strip():
        wrong["met"] = _("请写明见到了谁。")
    if len(found.strip()) < 2:
        wrong["found"] = _("请写明了解到的情况。")
    if promised_by and not promised.strip():
        wrong["promised"] = _("请写明承诺的事项。")
    if wrong:
        raise Refused(_("走访记录没有保存，请改正标出的内容。"), code="invalid", fields=wrong)
    made = Visit.objects.create(
        enrolment=row, division_code=row.division_code, officer_name=act.actor.label, on=on, met=met.strip(),
        found=found.strip(),
        promised=promised.strip(), promised_by=promised_by, recorded=act.now, offline=offline,
    )  # fmt: skip
    due = on + timedelta(days=programme.visit_days)
    if row.next_visit is None or due > row.next_visit:
        row.next_visit = due
        row.save()
    return {"visit": made.id}


def suspend(act: Act, *, enrolment: UUID, reason: str) -> dict[str, Any]:
    """Suspend help with a written reason."""
    _programme, row = lock_enrolment(act, enrolment, states=("active",))
    if len(reason.strip()) < 4:
        raise Refused(_("请写明暂停的理由。"), code="reason_needed", fields={"reason": _("请写明理由。")})
    row.state, row.suspended_reason = "suspended", reason.strip()
    row.save()
    return {"enrolment": row.id}


def resume(act: Act, *, enrolment: UUID) -> dict[str, Any]:
    """Take up help again."""
    _programme, row = lock_enrolment(act, enrolment, states=("suspended",))
    row.state, row.suspended_reason = "active", ""
    row.save()
    return {"enrolment": row.id}
