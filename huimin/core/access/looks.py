"""The trace of who looked at whom. Rows are only added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from huimin.core.access.models import Look
from huimin.core.access.scope import current
from huimin.core.access.types import Kind, Purpose, Viewer
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock
from huimin.kit.ref import Ref

PURPOSES = {
    Purpose.PROGRAMME: _("帮扶工作"),
    Purpose.REVIEW: _("评议与审核"),
    Purpose.VISIT: _("入户走访"),
    Purpose.APPEAL: _("处理申诉"),
    Purpose.CORRECTION: _("更正信息"),
    Purpose.CHECK: _("监督检查"),
}
AGAIN = timedelta(minutes=30)


def record_look(
    subject: Ref,
    *,
    area: str,
    purpose: Purpose,
    page: str = "",
    revealed: str = "",
    reason: str = "",
    viewer: Viewer | None = None,
) -> None:
    """Leave the trace of a look; the same look within half an hour leaves one row, unmasking always leaves its own."""
    viewer = viewer or current()
    if viewer.kind is Kind.SYSTEM or (viewer.kind is Kind.CITIZEN and subject in viewer.own):
        return
    now = clock.now()
    if not revealed:
        same = Look.objects.filter(
            subject=str(subject), viewer=viewer.id, purpose=purpose, page=page, at__gt=now - AGAIN
        )
        if same.exists():
            return
    Look(
        at=now, viewer=viewer.id, viewer_label=viewer.label, subject=str(subject), area=area, purpose=purpose,
        page=page[:200], revealed=revealed, reason=reason[:300],
    ).save()  # fmt: skip


def looks_at(subject: Ref, limit: int = 50) -> list[Look]:
    """The latest looks at a subject, newest first."""
    return list(Look.objects.filter(subject=str(subject)).order_by("-at")[:limit])


def looks_at_any(subjects: Iterable[Ref], limit: int = 50) -> list[Look]:
    """The latest looks at any of several subjects, newest first; one query."""
    return list(Look.objects.filter(subject__in=[str(one) for one in subjects]).order_by("-at")[:limit])


def looks_within(
    spans: Iterable[Span],
    *,
    purpose: str = "",
    revealed: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[Look]:
    """The latest looks at people of some places, newest first; `revealed`: only where something was unmasked."""
    rows = Look.objects.filter(places.q(spans, column="area", group=None))
    if purpose:
        rows = rows.filter(purpose=purpose)
    if revealed:
        rows = rows.exclude(revealed="")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])
