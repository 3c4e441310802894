"""Effects: what leaves after commit. Delivered at least once, by the worker or by `drain`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from huimin.core.journal.models import Outgoing
from huimin.kit import clock
from huimin.kit.registry import Registry

log = logging.getLogger(__name__)
ATTEMPTS = 12


@dataclass(frozen=True)
class Effect:
    """A named thing that happens outside the transaction."""

    name: str
    run: Callable[[dict[str, Any]], None]
    title: object


EFFECTS: Registry[Effect] = Registry("effect")


def effect(name: str, *, title: object = "") -> Callable[[Callable[[dict[str, Any]], None]], Effect]:
    """Register a function as an effect: it takes the payload, may run twice, and writes only through actions."""

    def register(run: Callable[[dict[str, Any]], None]) -> Effect:
        return EFFECTS.add(name, Effect(name, run, title or name))

    return register


def put(rows: list[Outgoing]) -> None:
    """Keep effects in the running transaction and wake the worker when it commits."""
    if not rows:
        return
    from huimin.core.journal.tasks import wake

    Outgoing.objects.bulk_create(rows)
    wake()


def drain(limit: int | None = None) -> int:
    """Deliver what is due, each in a transaction of its own; return how many were delivered."""
    delivered = 0
    while limit is None or delivered < limit:
        with transaction.atomic():
            row = (
                Outgoing.objects.select_for_update(skip_locked=True)
                .filter(done__isnull=True, due__lte=clock.now())
                .order_by("due")
                .first()
            )
            if row is None:
                break
            delivered += deliver(row)
    return delivered


def deliver(row: Outgoing) -> int:
    """Run one effect and mark it; a failure is kept with its reason and tried again later."""
    row.attempts += 1
    try:
        with transaction.atomic():
            EFFECTS[row.effect].run(dict(row.payload))
    except Exception as error:
        log.exception("effect %s (%s) failed", row.effect, row.id)
        row.error = f"{type(error).__name__}: {error}"[:2000]
        wait = (
            timedelta(days=3650)
            if row.attempts >= ATTEMPTS
            else timedelta(seconds=min(2**row.attempts * 5, 7200))
        )
        row.due = clock.now() + wait
        row.save(update_fields=["attempts", "error", "due"])
        return 0
    row.done, row.error = clock.now(), ""
    row.save(update_fields=["attempts", "done", "error"])
    return 1
