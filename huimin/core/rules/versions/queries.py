"""Reading the rule book: what is in force, what was, what comes; drafts and what they would change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from huimin.core.rules.book import BOOK
from huimin.core.rules.models import RuleDraft, RuleSimulation, RuleVersion, RuleWithdrawal
from huimin.core.rules.types import BookEntry, DraftView, Flow, Signed, SimulationView, VersionView
from huimin.core.rules.versions.force import SHIPPED, Timeline, in_force, numbered, shipped
from huimin.kit import clock
from huimin.kit.refusal import NotFound

OPEN = ("draft", "proposed")


def book() -> tuple[BookEntry, ...]:
    """Every rule of every service, in the order in which services declare them."""
    rows = RuleDraft.objects.filter(state__in=OPEN).values("rule")
    counted = {
        one["rule"]: one
        for one in rows.annotate(drafts=Count("id"), proposed=Count("id", filter=Q(state="proposed")))
    }
    found = []
    for name, file in BOOK.items():
        known = versions(name)
        drafts = counted.get(name, {"drafts": 0, "proposed": 0})
        now = next(one for one in known if one.state == "in_force")
        found.append(
            BookEntry(
                rule=name, service=file.service, title=now.title, over=file.over, everyone=file.everyone, in_force=now,
                coming=tuple(one for one in reversed(known) if one.state == "coming"), drafts=drafts["drafts"],
                proposed=drafts["proposed"],
            )
        )  # fmt: skip
    return tuple(found)


def versions(rule: str) -> tuple[VersionView, ...]:
    """The versions of a rule, the newest first; a text that a release brought and nobody published stands as `offered`."""
    line, today = Timeline(rule), clock.today()
    rows = list(RuleVersion.objects.filter(rule=rule).order_by("number"))
    withdrawn = {one.version_id: one.reason for one in RuleWithdrawal.objects.filter(version__rule=rule)}
    now = line.on(today)
    found = [version_view(row, line, now.id, today, withdrawn) for row in rows]
    file = line.file
    if all(row.hash != file.model.hash for row in rows) or now.id is None:
        state = "in_force" if now.id is None else "offered"
        found.append(
            VersionView(
                rule=rule, number=now.number if now.id is None else 0, title=file.model.name, hash=file.model.hash,
                language=file.model.dmn_namespace, origin=SHIPPED, state=state, valid_from=None, until=None, adopted=None,
                basis="", note="", authors=(), proposer=None, publisher=None, text=file.text, examples=file.examples,
            )
        )  # fmt: skip
    return tuple(reversed(found))


def version_view(
    row: RuleVersion, line: Timeline, now: UUID | None, today: date, withdrawn: Mapping[Any, str]
) -> VersionView:
    """A kept version as pages see it."""
    if row.id in withdrawn:
        state = "withdrawn"
    elif row.id == now:
        state = "in_force"
    else:
        state = "coming" if row.valid_from > today else "past"
    return VersionView(
        rule=row.rule, number=row.number, title=row.title, hash=row.hash, language=row.language, origin=row.origin,
        state=state, valid_from=row.valid_from, until=line.until(row), adopted=row.adopted, basis=row.basis, note=row.note,
        authors=tuple(Signed(**one) for one in row.authors), proposer=who(row.proposer, row.proposer_label),
        publisher=who(row.publisher, row.publisher_label), text=row.text, examples=row.examples, draft=row.draft_id,
        withdrawn=withdrawn.get(row.id, ""),
    )  # fmt: skip


def who(id: str, label: str) -> Signed | None:
    """A person who signed, or None."""
    return Signed(id=id, label=label) if id else None


def version(rule: str, number: int = 0) -> VersionView:
    """A version by its number, by default the one in force; raise NotFound where there is none."""
    known = versions(rule)
    for one in known:
        if one.number == number if number else one.state == "in_force":
            return one
    numbered(rule, number)
    raise AssertionError("unreachable")


def version_on(rule: str, day: date) -> VersionView:
    """The version that is in force on a day."""
    return version(rule, in_force(rule, day).number)


def drafts(rule: str = "", *, closed: bool = False) -> tuple[DraftView, ...]:
    """Drafts, the last changed first: those that are open, or (`closed`) those that were published or dropped."""
    rows = RuleDraft.objects.exclude(state__in=OPEN) if closed else RuleDraft.objects.filter(state__in=OPEN)
    rows = rows.filter(rule=rule) if rule else rows
    return tuple(draft_view(row) for row in rows.order_by("-changed")[:200])


def draft(id: UUID | str) -> DraftView:
    """A draft; raise NotFound where there is none."""
    row = RuleDraft.objects.filter(id=id).first()
    if row is None:
        raise NotFound(_("没有找到这份草稿。"), code="no_draft")
    return draft_view(row)


def draft_view(row: RuleDraft) -> DraftView:
    """A draft as pages see it."""
    number = None
    if row.state == "published":
        number = RuleVersion.objects.filter(draft_id=row.id).values_list("number", flat=True).first()
    return DraftView(
        id=row.id, rule=row.rule, title=shipped(row.rule).model.name, base_number=row.base_number, base_hash=row.base_hash,
        text=row.text, examples=row.examples, note=row.note, basis=row.basis, valid_from=row.valid_from,
        revision=row.revision, seal=row.seal, state=row.state, signed=row.signed,
        authors=tuple(Signed(**one) for one in row.authors), proposer=who(row.proposer, row.proposer_label),
        proposed=row.proposed, answer=row.answer, created=row.created, changed=row.changed, closed=row.closed,
        version=number,
    )  # fmt: skip


def simulations(draft: UUID | str) -> tuple[SimulationView, ...]:
    """The simulations of a draft, the newest first."""
    rows = RuleSimulation.objects.filter(draft_id=UUID(str(draft))).select_related("draft")
    return tuple(simulation_view(row) for row in rows.order_by("-opened")[:50])


def simulation(id: UUID | str) -> SimulationView:
    """A simulation; raise NotFound where there is none."""
    row = RuleSimulation.objects.filter(id=id).select_related("draft").first()
    if row is None:
        raise NotFound(_("没有找到这次试算。"), code="no_simulation")
    return simulation_view(row)


def simulation_view(row: RuleSimulation) -> SimulationView:
    """A simulation as pages see it."""
    costs = {one["outcome"]: Decimal(one["yearly"]) for one in row.costs} if row.cost_basis else None
    return SimulationView(
        id=row.id, draft=row.draft_id, rule=row.rule, seal=row.seal, current=row.draft.seal == row.seal,
        against_number=row.against_number, against=row.against, area=row.area, day=row.day, generation=row.generation,
        as_of=row.as_of, state=row.state, done=row.done, total=row.total, subjects=row.subjects, placeless=row.placeless,
        flows=tuple(Flow(rule=row.rule, **one) for one in row.counts), costs=costs, cost_basis=row.cost_basis,
        seconds=row.seconds, error=row.error, actor=row.actor_label, opened=row.opened, closed=row.closed,
    )  # fmt: skip
