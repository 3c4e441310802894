"""Decide a rule for many subjects at past days in one pass, and keep the decisions by COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huimin.core.facts.api import values
from huimin.core.facts.types import FactValue
from huimin.core.journal.api import Act, copy_rows, plain
from huimin.core.rules.deciding import articles_of, changes_of, evaluate, hits_of, used
from huimin.core.rules.models import DecisionRow
from huimin.core.rules.versions.actions import kept
from huimin.core.rules.versions.force import Timeline, in_force
from huimin.kit.ref import Ref

COLUMNS = (
    "id", "version_id", "rule", "subject_kind", "subject_id", "division_code", "as_of", "at", "outcome", "hits", "facts",
    "articles", "changes", "entry_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A rule to be decided for a subject: as of a day, kept under an id with the moment it was made."""

    id: UUID
    subject: Ref
    area: str
    as_of: date
    at: datetime


def decide_many(
    act: Act, rule: str, questions: Sequence[Question], heard: Callable[[int], None] | None = None
) -> dict[UUID, Any]:
    """Decide and keep all of them, the facts read once for each day; outcomes by the question's id."""
    if not questions:
        return {}
    first = min(q.as_of for q in questions)
    kept(
        act, in_force(rule, min(first, act.today)), first
    )  # the first version counts from the first day asked for
    line = Timeline(rule)
    versions: dict[UUID | None, UUID] = {}
    found: dict[UUID, Any] = {}
    rows: list[tuple[Any, ...]] = []
    for day, asked in by_day(questions).items():
        now = line.on(day)
        file = now.file
        version = versions.setdefault(now.id, now.id or kept(act, now, day).id)
        facts = values(file.inputs.values(), [q.subject.id for q in asked], day)
        for question in asked:
            known = {name: facts[question.subject.id][fact] for name, fact in file.inputs.items()}
            outcome, told = _decided(file, known, day)
            found[question.id] = outcome
            rows.append(
                (
                    question.id, version, rule, question.subject.kind, question.subject.id, question.area, day,
                    question.at, *told, act.entry,
                )
            )  # fmt: skip
        if heard:
            heard(len(rows))
    copy_rows(DecisionRow, COLUMNS, rows)
    return found


def by_day(questions: Iterable[Question]) -> dict[date, list[Question]]:
    """The questions by the day they are asked for, in order of days."""
    found: dict[date, list[Question]] = {}
    for question in sorted(questions, key=lambda q: q.as_of):
        found.setdefault(question.as_of, []).append(question)
    return found


def _decided(file: Any, known: Mapping[str, FactValue], day: date) -> tuple[Any, tuple[Any, ...]]:
    """The outcome, and what a decision keeps of it: outcome, hits, facts, articles, changes."""
    result = evaluate(file, {name: fact.value for name, fact in known.items()}, day)
    hits = hits_of(result)
    changes = changes_of(file, known, day)
    return result.outcome, (plain(result.outcome), hits, used(known), articles_of(hits), changes)
