"""Reading the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from huimin.core.journal.action import ACTIONS
from huimin.core.journal.models import Entry, Head, Outgoing
from huimin.core.journal.types import EntryView
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit.ref import Ref


def label(row: Entry) -> str:
    """Who did it, as pages show it: a person's name, or the platform with its duty."""
    if row.actor.startswith("system:"):
        return _("系统（%(duty)s）") % {"duty": row.actor_label}
    return row.actor_label


def view(row: Entry) -> EntryView:
    """An entry as pages show it."""
    known = ACTIONS.get(row.action)
    return EntryView(
        seq=row.seq, id=row.id, at=row.at, action=row.action, title=str(known.title) if known else row.action,
        actor=row.actor, actor_label=label(row), area=row.area, subjects=tuple(row.subjects),
        details=json.loads(row.payload),
    )  # fmt: skip


def entries_about(ref: Ref, limit: int = 50) -> tuple[EntryView, ...]:
    """The latest entries that name a subject, newest first; the caller has checked that it may be seen."""
    rows = Entry.objects.filter(subjects__contains=[str(ref)]).order_by("-seq")[:limit]
    return tuple(view(row) for row in rows)


def entries_about_any(refs: Iterable[Ref], limit: int = 50) -> tuple[EntryView, ...]:
    """The latest entries that name one of several subjects, newest first; one query, each entry once."""
    rows = Entry.objects.filter(subjects__overlap=[str(ref) for ref in refs]).order_by("-seq")[:limit]
    return tuple(view(row) for row in rows)


def entries_within(
    spans: Iterable[Span], *, action: str = "", before: int | None = None, limit: int = 50
) -> tuple[EntryView, ...]:
    """The latest entries made in some places, newest first; `before` is the number of the last one shown."""
    rows = Entry.objects.filter(places.q(spans, column="area", group=None))
    if action:
        rows = rows.filter(action=action)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return tuple(view(row) for row in rows.order_by("-seq")[:limit])


def head() -> tuple[int, str]:
    """How many entries the journal has and the hash of the last, to be noted down outside."""
    row = Head.objects.filter(id=1).first()
    return (row.seq, row.hash) if row else (0, "")


def waiting() -> tuple[int, int]:
    """How many effects are still to be delivered, and how many of them have failed before."""
    due = Outgoing.objects.filter(done__isnull=True)
    return due.count(), due.filter(attempts__gt=0).count()
