"""What happens to a case; services make actions of these functions under their own names."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.cases import calendar
from huimin.core.cases.models import Case, CaseNote
from huimin.core.journal.api import Act
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused


def note(act: Act, case: Case, what: str, text: str = "") -> None:
    """Keep one thing that happened."""
    CaseNote.objects.create(
        case=case, what=what, text=text, by_label=act.actor.label, at=act.now, entry_id=act.entry
    )


def open_case(
    act: Act, *, kind: str, topic: str, subject: Ref, name: str, area: str, group: int, text: str, level: int, days: int,
    about: str = "",
) -> Case:  # fmt: skip
    """Open a case with a deadline in working days; one that is open about the same thing is refused with its number."""
    service = act.name.partition(".")[0]
    act.on(subject, area=area)
    if len(text.strip()) < 6:
        raise Refused(
            _("请写明情况和理由（至少六个字）。"), code="no_text", fields={"text": _("请写明情况和理由。")}
        )
    before = Case.objects.filter(
        service=service, kind=kind, subject_id=subject.id, about=about, state__in=["received", "accepted"]
    ).first()
    if before:
        raise Refused(
            _("您已就此提出申诉（编号%(number)s），正在办理，最迟%(due)s答复。")
            % {"number": before.number, "due": before.due.isoformat()},
            code="already_open",
        )
    row = Case.objects.create(
        number=f"{kind[:1].upper()}{act.today:%Y%m%d}{secrets.randbelow(10**6):06d}", service=service, kind=kind, topic=topic,
        subject_kind=subject.kind, subject_id=subject.id, name=name, division_code=area, group_no=group, text=text.strip(),
        about=about, level=level, received=act.now, due=calendar.after_working_days(act.today, days),
        calendar=calendar.version(),
    )  # fmt: skip
    note(act, row, "received", text.strip())
    return row


def lock(act: Act, case: UUID | str) -> Case:
    """Lock a case within the actor's sight and name its subject."""
    row = Case.objects.select_for_update().filter(id=case).first()
    if row is None or row.service != act.name.partition(".")[0]:
        raise NotFound(_("没有找到这件申诉，或者不在您的管辖范围内。"), code="no_case")
    act.on(Ref.of(row.subject_kind, row.subject_id), area=row.division_code)
    return row


def accept(act: Act, *, case: UUID) -> dict[str, Any]:
    """Take a case in hand."""
    row = lock(act, case)
    if row.state != "received":
        raise Refused(_("这件申诉已经受理或办结。"), code="state")
    row.state, row.handler = "accepted", act.actor.label
    row.save()
    note(act, row, "accepted")
    return {"case": row.id}


def answer(act: Act, *, case: UUID, upheld: bool, text: str) -> dict[str, Any]:
    """Answer a case in writing."""
    row = lock(act, case)
    if row.state not in ("received", "accepted"):
        raise Refused(_("这件申诉已经办结。"), code="state")
    if len(text.strip()) < 6:
        raise Refused(_("请写明答复（至少六个字）。"), code="no_answer", fields={"text": _("请写明答复。")})
    row.state, row.outcome, row.answer = "answered", "upheld" if upheld else "rejected", text.strip()
    row.handler, row.closed = act.actor.label, act.now
    row.save()
    note(act, row, row.outcome, text.strip())
    return {"case": row.id, "upheld": upheld}


def withdraw(act: Act, *, case: UUID) -> dict[str, Any]:
    """The reporter takes a case back."""
    row = lock(act, case)
    if row.state not in ("received", "accepted"):
        raise Refused(_("这件申诉已经办结。"), code="state")
    row.state, row.closed = "withdrawn", act.now
    row.save()
    note(act, row, "withdrawn")
    return {"case": row.id}
