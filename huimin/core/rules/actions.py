"""Decisions are kept here: inserted, never changed; one by one within an action, or a county of a population run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.journal.api import Act, action, plain
from huimin.core.rules.book import BOOK
from huimin.core.rules.deciding import articles_of, changes_of, evaluate, hits_of, known, used, view
from huimin.core.rules.models import DecisionRow, PopulationRun
from huimin.core.rules.population import subject_kind
from huimin.core.rules.types import Decision
from huimin.core.rules.versions.actions import kept
from huimin.core.rules.versions.force import in_force, rule_on
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

LOST = timedelta(minutes=10)  # a run whose worker has not been heard of for so long is over


def decide(act: Act, rule: str, subject: Ref, *, area: str, today: date | None = None) -> Decision:
    """Decide a rule for a subject within an action, keep the decision and return it."""
    day = today or act.today
    now = in_force(rule, day)
    file = now.file
    facts = known(file, subject, day)
    found = evaluate(file, {name: fact.value for name, fact in facts.items()}, day)
    hits = hits_of(found)
    row = DecisionRow.objects.create(
        version=kept(act, now, day), rule=rule, subject_kind=subject.kind, subject_id=subject.id, division_code=area,
        as_of=day, at=act.now, outcome=plain(found.outcome), hits=hits, facts=used(facts), articles=articles_of(hits),
        changes=changes_of(file, facts, day), entry_id=act.entry,
    )  # fmt: skip
    return view(row)


# For everyone


def run_id(actor: str, key: str) -> UUID:
    """The id of the run that this actor starts under this key: pressed twice, it is found again."""
    return uuid5(NAMESPACE_URL, f"population/{actor}/{key}")


@action("rules.run_population", title=gettext_lazy("全量认定"))
def run_population(
    act: Act, *, service: str, rule: str = "", area: str = "", fresh: bool = True
) -> dict[str, Any]:
    """Begin a run of a service's rules (or of one rule) on everyone of a division (the province); the worker does it.

    One of the same division or a wider one that waits or runs already is given back instead of a second one. Raises
    NotFound for a service without such rules, Refused where one of another division is under way.
    """
    area = str(AreaCode.parse(area or settings.PROVINCE))
    act.on(Ref.of("division", area), area=area)
    named = [
        one.name
        for one in BOOK.values()
        if one.service == service and one.over == "facts" and rule in ("", one.name)
    ]
    files = [rule_on(name, act.today) for name in named if BOOK[name].everyone or rule]
    if not files:
        raise NotFound(_("“%(name)s”没有可以全量认定的规则。") % {"name": rule or service}, code="no_rule")
    with connection.cursor() as cursor:  # two presses at once: the second waits and finds the first one's run
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rules.run_population'))")
    open_run = PopulationRun.objects.select_for_update().filter(service=service, closed=None).first()
    if open_run is not None:
        if open_run.beat > act.now - LOST:
            if not AreaCode(open_run.area).covers(area):
                raise Refused(_("另一次全量认定正在进行，请等它结束。"), code="running")
            return {"run": open_run.id, "joined": True}
        close_run(open_run.id, "failed", error=_("运行中断，没有完成。"))
    row = PopulationRun.objects.create(
        id=run_id(act.actor.id, act.key), service=service, area=area, day=act.today, fresh=fresh,
        rules=[{"name": f.name, "title": f.model.name, "version": f.model.hash, "default": f.default} for f in files],
        actor=act.actor.id, actor_label=act.actor.label, opened=act.now, beat=act.now,
    )  # fmt: skip
    return {"run": row.id, "joined": False}


@action("rules.stop_population", title=gettext_lazy("停止全量认定"))
def stop_population(act: Act, *, run: UUID) -> dict[str, Any]:
    """Have a run end before its next county; what is written stays."""
    row = PopulationRun.objects.select_for_update().filter(id=run).first()
    if row is None:
        raise NotFound(_("没有找到这次全量认定。"), code="no_run")
    act.on(Ref.of("division", row.area), area=row.area)
    if row.closed is None:
        row.state, row.closed = "stopped", act.now
        row.save(update_fields=["state", "closed"])
    return {"run": row.id, "state": row.state}


class Rows:
    """The decisions of one county to be kept: an argument that the journal knows by name only."""

    def __init__(self, found: Iterator[tuple[Any, ...]]) -> None:
        self.found = found

    def __str__(self) -> str:
        return "rows"


@action("rules.decide_population", title=gettext_lazy("写入全量认定结果"), private=("rows",))
def decide_population(
    act: Act,
    *,
    run: UUID,
    rule: str,
    version: str,
    generation: int,
    day: date,
    county: str,
    read: datetime,
    rows: Rows,
) -> dict[str, Any]:
    """Keep the decisions of one rule for one county, all or none; who was decided one by one since `read` is left out."""
    area = county.ljust(12, "0")
    act.on(Ref.of("division", area), area=area)
    kept_version = kept(act, in_force(rule, day), day)
    if kept_version.hash != version:
        raise Refused(_("规则已经变更，请重新运行。"), code="other_version")
    low, high = AreaCode(area).span
    since = set(
        DecisionRow.objects.filter(rule=rule, division_code__range=(low, high), at__gt=read).values_list(
            "subject_id", flat=True
        )
    )
    kind = subject_kind(BOOK[rule])
    outcomes: Counter[str] = Counter()
    left_out = 0
    fields = (
        "id, version_id, rule, subject_kind, as_of, at, entry_id, run_id, changes, subject_id, division_code, outcome, "
        "before, hits, facts, articles"
    )
    constant = (kept_version.id, rule, kind, day, act.now, act.entry, run, None)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY rules_decisionrow ({fields}) FROM STDIN") as copy,
    ):
        for id, subject, division, outcome, before, hits, facts, articles in rows.found:
            if subject in since:
                left_out += 1
                continue
            copy.write_row((id, *constant, subject, division, outcome, before, hits, facts, articles))
            outcomes[outcome] += 1
    act.note(outcomes=dict(outcomes), left_out=left_out)
    return {"kept": sum(outcomes.values()), "left_out": left_out}


def advance(run: UUID, **values: Any) -> bool:
    """Write down how far a run is; False where it was stopped meanwhile."""
    with transaction.atomic():
        row = PopulationRun.objects.select_for_update().get(id=run)
        if row.closed is not None:
            return False
        for name, value in values.items():
            setattr(row, name, value)
        row.beat = clock.now()
        row.save()
    return True


def close_run(run: UUID, state: str, *, error: str = "") -> None:
    """End a run that is still open."""
    PopulationRun.objects.filter(id=run, closed=None).update(
        state=state, error=error, closed=clock.now(), beat=clock.now()
    )
