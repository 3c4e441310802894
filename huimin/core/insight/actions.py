"""What insight keeps: figures of a period, assessments, reported totals, frozen reports. Bulk rows come by COPY, set by set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.insight import periods as spans
from huimin.core.insight.catalogue import INDICATORS
from huimin.core.insight.models import (
    Assessment,
    Computation,
    FrozenReport,
    IndicatorVersion,
    Reported,
    Value,
)
from huimin.core.insight.reports import gather
from huimin.core.journal.api import Act, action, canonical, copy_rows
from huimin.core.places import api as places
from huimin.core.rules.api import keep_version, rule_on
from huimin.kit.ref import Ref

VALUE = ("computation_id", "division_code", "by", "numerator", "denominator", "hidden", "closed")
ASSESSMENT = (
    "service", "rule", "version", "period", "kind", "subject", "name", "division_code", "score", "grade", "rank", "hits",
    "facts", "generation", "known_on", "as_of", "demo", "entry_id",
)  # fmt: skip
Row = tuple[
    str, str, Decimal, Decimal | None, bool, bool
]  # division, by, numerator, denominator, hidden, closed


@dataclass(kw_only=True)
class Batch:
    """What one action stores, too much to pass as journalled arguments: rows by indicator, or rows of assessments."""

    generation: str
    known_on: date
    as_of: datetime
    demo: bool = False
    values: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    assessed: Sequence[Mapping[str, Any]] = ()


_batch: ContextVar[Batch] = ContextVar("figures to be stored")


@contextmanager
def storing(batch: Batch) -> Iterator[None]:
    """Hand a batch to the action that is called within the block."""
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)


@action("insight.compute", title=gettext_lazy("计算统计指标"))
def keep_figures(
    act: Act, *, service: str, area: str, period: str, generation: str, versions: dict[str, str]
) -> dict[str, Any]:
    """Keep a period's figures of a service, as counted from a generation of the snapshot by these versions.

    Figures of the same period and version are replaced; those of other versions stay.
    """
    act.on(Ref.of("division", area), area=area)
    batch = _batch.get()
    stored = 0
    adopt(act, versions)
    for name, version in versions.items():
        before = list(
            Computation.objects.select_for_update()
            .filter(indicator=name, period=period, version=version)
            .values_list("id", flat=True)
        )
        drop(before)
        made = Computation.objects.create(
            service=service, indicator=name, version=version, period=period, known_on=batch.known_on, generation=generation,
            as_of=batch.as_of, computed=act.now, demo=batch.demo, entry_id=act.entry,
        )  # fmt: skip
        stored += copy_rows(Value, VALUE, ((made.id, *row) for row in batch.values.get(name, ())))
    return {"values": stored, "indicators": len(versions)}


def adopt(act: Act, versions: Mapping[str, str]) -> None:
    """Keep the text of every version that is used for the first time."""
    known = set(
        IndicatorVersion.objects.filter(version__in=versions.values()).values_list("indicator", "version")
    )
    IndicatorVersion.objects.bulk_create(
        [
            IndicatorVersion(
                indicator=name, version=version, definition=INDICATORS[name].definition, adopted=act.now
            )
            for name, version in versions.items()
            if (name, version) not in known
        ],
        ignore_conflicts=True,
    )


def drop(computations: list[int]) -> None:
    """Remove computations with their values, set by set."""
    if computations:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM insight_value WHERE computation_id = ANY(%s)", [computations])
            cursor.execute("DELETE FROM insight_computation WHERE id = ANY(%s)", [computations])


@action("insight.assess", title=gettext_lazy("考核评价"))
def keep_assessments(
    act: Act, *, service: str, area: str, rule: str, version: str, period: str, generation: str
) -> dict[str, Any]:
    """Keep how everyone did in a period by a version of the rule; the same period and version are replaced."""
    act.on(Ref.of("division", area), area=area)
    batch = _batch.get()
    if rule_on(rule, batch.known_on).model.hash == version:
        keep_version(act, rule, batch.known_on)  # its text stays readable for as long as what it decided
    Assessment.objects.filter(rule=rule, version=version, period=period).delete()
    stored = copy_rows(
        Assessment, ASSESSMENT,
        (
            (
                service, rule, version, period, one["kind"], one["subject"], one["name"], one["area"], one["score"],
                one["grade"], one["rank"], one["hits"], one["facts"], generation, batch.known_on, batch.as_of, batch.demo,
                act.entry,
            )
            for one in batch.assessed
        ),
    )  # fmt: skip
    return {"assessed": stored}


@action("insight.keep_reported", title=gettext_lazy("登记文件中的统计数"))
def keep_reported(
    act: Act, *, area: str, document: str, published: date | None, totals: list[dict[str, Any]]
) -> dict[str, Any]:
    """Keep the totals that a document states, each with its sentence; those that are kept already stay as they are."""
    act.on(Ref.of("division", area), area=area)
    made = Reported.objects.bulk_create(
        [
            Reported(
                indicator=one.get("indicator", ""), kind=one.get("kind", ""), title=one["title"],
                place_code=one.get("code", ""), place=one["place"], period=str(one["period"]), value=Decimal(str(one["value"])),
                unit=one["unit"], sentence=one["sentence"], document=document, published=published,
                demo=bool(one.get("demo", False)), entry_id=act.entry,
            )
            for one in totals
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return {"asked": len(made)}


def kept_totals() -> set[tuple[str, str, str, str]]:
    """The reported totals that are kept: (document, title, place, period)."""
    return set(Reported.objects.values_list("document", "title", "place", "period"))


@action("insight.freeze_report", title=gettext_lazy("定稿统计报告"))
def freeze_report(act: Act, *, service: str, area: str, period: str) -> dict[str, Any]:
    """Keep a report of a division and a period as the actor may see it now; it is printed from what is kept alone.

    The same content again is the same report.
    """
    act.on(Ref.of("division", area), area=area)
    title = _("%(place)s%(period)s统计报告") % {"place": places.name_of(area), "period": spans.title(period)}
    content = canonical(gather(service, title, area, period))
    mark = hashlib.sha256(content.encode()).hexdigest()
    made = FrozenReport.objects.filter(service=service, division_code=area, period=period, hash=mark).first()
    if made is None:
        generation = str(json.loads(content)["generation"])
        made = FrozenReport.objects.create(
            service=service, division_code=area, period=period, title=title, content=content, hash=mark,
            generation=generation, frozen=act.now, frozen_by=act.actor.label, entry_id=act.entry,
        )  # fmt: skip
    return {"report": made.id, "hash": made.hash}
