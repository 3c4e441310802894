"""Reading population runs: the last ones, one of them, and the decisions it made within the viewer's sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Substr

from huimin.core.rules.models import DecisionRow, PopulationRun
from huimin.core.rules.types import Changed, Flow, PopulationRunView, RuleRun
from huimin.kit.area import AreaCode
from huimin.kit.refusal import NotFound


def runs(limit: int = 20, service: str = "") -> tuple[PopulationRunView, ...]:
    """The last population runs, newest first."""
    rows = PopulationRun.objects.filter(service=service) if service else PopulationRun.objects.all()
    return tuple(view(row) for row in rows.order_by("-opened", "-id")[:limit])


def run(id: UUID | str) -> PopulationRunView:
    """A population run; raise NotFound where there is none."""
    row = PopulationRun.objects.filter(id=id).first()
    if row is None:
        from django.utils.translation import gettext as _

        raise NotFound(_("没有找到这次全量认定。"), code="no_run")
    return view(row)


def open_run() -> PopulationRunView | None:
    """The population run that waits or runs, or None."""
    row = PopulationRun.objects.filter(closed=None).order_by("-opened").first()
    return view(row) if row else None


def last_whole_run(service: str) -> PopulationRunView | None:
    """The last run of a service on the whole province that ended well, or None."""
    rows = PopulationRun.objects.filter(
        service=service, state="done", area=str(AreaCode.parse(settings.PROVINCE))
    )
    row = rows.order_by("-opened", "-id").first()
    return view(row) if row else None


def view(row: PopulationRun) -> PopulationRunView:
    """A run as other parts see it."""
    return PopulationRunView(
        id=row.id, service=row.service, area=row.area, rules=tuple(RuleRun(**one) for one in row.rules),
        generation=row.generation, as_of=row.as_of, day=row.day, state=row.state, phase=row.phase, done=row.done,
        total=row.total, subjects=row.subjects, changed=row.changed, newer=row.newer, placeless=row.placeless,
        flows=tuple(Flow(**one) for one in row.counts), seconds=row.seconds, error=row.error, actor=row.actor_label,
        opened=row.opened, closed=row.closed,
    )  # fmt: skip


def flows_of(id: UUID) -> list[dict[str, Any]]:
    """How many went from which outcome to which, by rule and county, counted from the decisions of a run."""
    row = PopulationRun.objects.get(id=id)
    defaults = {one["name"]: one["default"] for one in row.rules}
    rows = (
        DecisionRow.objects.filter(run_id=id)
        .annotate(county=Substr("division_code", 1, 6))
        .values("rule", "county", "before", "outcome")
        .annotate(count=Count("id"))
        .order_by("rule", "county", "before", "outcome")
    )
    return [
        {
            "rule": one["rule"], "county": one["county"], "before": as_text(one["before"], defaults[one["rule"]]),
            "after": as_text(one["outcome"], defaults[one["rule"]]), "count": one["count"],
        }
        for one in rows
    ]  # fmt: skip


def as_text(outcome: Any, default: str | None) -> str:
    """An outcome as flows name it: '' for the default and for none."""
    text = "" if outcome is None else str(outcome).lower() if isinstance(outcome, bool) else str(outcome)
    return "" if text == default else text


def changes_within(
    run: UUID,
    *,
    spans: Iterable[Any] = (),
    kind: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> tuple[Changed, ...]:
    """The decisions of a run within the viewer's sight, by place; `after` is the (division, id) the page begins after.

    `kind` is enter, leave or change; `spans` narrows to places.
    """
    row = PopulationRun.objects.get(id=run)
    rows = DecisionRow.objects.filter(run_id=run)
    places = Q()
    for span in spans:
        places |= Q(division_code__range=(span.low, span.high))
    rows = rows.filter(places)
    if kind:
        rows = rows.filter(of_kind(kind, row.rules))
    if after is not None:
        rows = rows.filter(Q(division_code__gt=after[0]) | Q(division_code=after[0], id__gt=after[1]))
    return tuple(
        Changed(
            id=one.id, rule=one.rule, subject=f"{one.subject_kind}:{one.subject_id}", area=one.division_code,
            before=one.before, after=one.outcome,
        )
        for one in rows.order_by("division_code", "id")[:limit]
    )  # fmt: skip


def of_kind(kind: str, rules: Iterable[dict[str, Any]]) -> Q:
    """Which decisions of a run are of a kind: enter, leave or change."""
    found = Q(pk__in=[])
    for rule in rules:
        default = rule["default"]
        value = {"true": True, "false": False}.get(default, default)
        was = Q(before=value) | Q(before=None)
        now = Q(outcome=value) | Q(outcome=None)
        found |= Q(rule=rule["name"]) & {"enter": was, "leave": now & ~was, "change": ~was & ~now}[kind]
    return found
