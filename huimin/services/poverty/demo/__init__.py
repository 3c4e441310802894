"""Believable data of targeted help for the demo province: the lines, five years of monitoring, and a village at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy

from huimin.core.access import api as access
from huimin.core.journal.api import Act, action
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.core.rules import api as rules
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.services.poverty import actions, loading
from huimin.services.poverty.demo.bulk import LINES, Bulk, Officer
from huimin.services.poverty.demo.helping import enrolment
from huimin.services.poverty.demo.showcase import Showcase, staged
from huimin.services.poverty.models import Message, Profile

Progress = Callable[[str, int, int], None]
PROVINCE = "620000000000"
DOCUMENT = "演示文件"
DENSE = 30  # a village with so many households is one to work in
_bulk: ContextVar[tuple[Bulk, Progress]] = ContextVar("what is loaded")


@action("poverty.load_demo", title=gettext_lazy("载入演示帮扶数据"))
def load_demo(act: Act, *, area: str) -> dict[str, Any]:
    """Store what households met with over the last years and what the rules make of it; one entry for all of it."""
    act.on(Ref.of("division", area), area=area)
    bulk, progress = _bulk.get()
    made = loading.load_facts(bulk.files())
    entry, leaving = bulk.questions()
    total = len(entry) + len(leaving)
    decided = rules.decide_many(
        act, "poverty.monitoring", entry, lambda done: progress("decisions", done, total)
    )
    left = rules.decide_many(
        act, "poverty.exit", leaving, lambda done: progress("decisions", len(entry) + done, total)
    )
    rows = bulk.enrolments(decided, left, enrolment)
    made |= programmes.loading.load(act, actions.CODE, rows)
    return made | {"decisions": total}


def load(progress: Progress | None = None, *, today: date | None = None) -> dict[str, Any]:
    """Load everything, as of today or a day given; all of it or nothing, and nothing where it is there already."""
    heard = progress or (lambda _stage, _done, _total: None)
    viewer = access.system("demo")
    with access.acting_as(viewer):
        if Profile.objects.exists():
            return {}
        now = (
            clock.now()
            if today is None
            else datetime(today.year, today.month, today.day, 9, tzinfo=clock.BEIJING)
        )
        with transaction.atomic(), clock.at(now):
            return _load(viewer, heard)


def _load(viewer: access.Viewer, heard: Progress) -> dict[str, Any]:
    families = people.families(PROVINCE)
    if not families:
        return {}
    officers = officers_by_place()
    show = Showcase(families, viewer, officers, clock.today())
    lines(viewer)
    bulk = Bulk(families, dense(families), show.reserved, officers, clock.today())
    token = _bulk.set((bulk, heard))
    try:
        made = load_demo(viewer, key="demo", area=PROVINCE)
    finally:
        _bulk.reset(token)
    acted = show.run(lambda done, total: heard("showcase", done, total))
    programmes.loading.settle_history()
    loading.settle_history()
    return {**made, "acted": acted}


def lines(viewer: access.Viewer) -> None:
    """The province's lines by year; they rest on no real document and say so."""
    for year, amount in LINES.items():
        with clock.at(datetime(max(year, 2020), 12 if year == 2020 else 1, 10, 10, tzinfo=clock.BEIJING)):
            actions.set_line(
                viewer,
                key=f"demo/{year}",
                province=PROVINCE,
                year=year,
                amount=Decimal(amount),
                document=DOCUMENT,
                is_demo=True,
            )


def dense(families: Iterable[Any]) -> set[str]:
    """The villages with enough households to work in."""
    counted: dict[str, int] = {}
    for family in families:
        counted[family.division_code] = counted.get(family.division_code, 0) + 1
    return {code for code, number in counted.items() if number >= DENSE}


def officers_by_place() -> dict[str, Officer]:
    """The first officer of each division."""
    found: dict[str, Officer] = {}
    for card in access.officers_in(PROVINCE, service="poverty", limit=1_000_000):
        found.setdefault(card.area, Officer(id=card.id, name=card.name, unit=card.office, phone=card.phone))
    return found


def citizens() -> list[UUID]:
    """Heads of households that have something to read about their help, the one helped longest first."""
    with access.acting_as(access.system("demo")):
        told = Message.objects.values("household_id")
        rows = (
            programmes.enrolments(actions.CODE)
            .filter(household_id__in=told, state="active")
            .order_by("entered", "id")
        )
        home = [staged(row.household_id) for row in rows[:20]]
        return [head for head in home if head is not None]


__all__ = ["citizens", "load", "load_demo"]
