"""Decisions are kept here: inserted, never changed."""

from __future__ import annotations

from datetime import date

from huimin.core.journal.api import Act, plain
from huimin.core.rules.book import BOOK, RuleFile
from huimin.core.rules.deciding import articles_of, changes_of, evaluate, hits_of, known, used, view
from huimin.core.rules.models import DecisionRow, RuleVersion
from huimin.core.rules.types import Decision
from huimin.kit.ref import Ref


def version_of(act: Act, file: RuleFile) -> RuleVersion:
    """The kept version of the rule's text, added when it is first used."""
    found = RuleVersion.objects.filter(rule=file.name, hash=file.model.hash).first()
    if found is None:
        found = RuleVersion.objects.create(
            rule=file.name,
            title=file.model.name,
            hash=file.model.hash,
            text=file.text,
            valid_from=act.today,
            adopted=act.now,
        )
    return found


def decide(act: Act, rule: str, subject: Ref, *, area: str, today: date | None = None) -> Decision:
    """Decide a rule for a subject within an action, keep the decision and return it."""
    file, day = BOOK[rule], today or act.today
    facts = known(file, subject, day)
    found = evaluate(file, {name: fact.value for name, fact in facts.items()}, day)
    hits = hits_of(found)
    row = DecisionRow.objects.create(
        version=version_of(act, file), rule=rule, subject_kind=subject.kind, subject_id=subject.id, division_code=area,
        as_of=day, at=act.now, outcome=plain(found.outcome), hits=hits, facts=used(facts), articles=articles_of(hits),
        changes=changes_of(file, facts, found.outcome, day), entry_id=act.entry,
    )  # fmt: skip
    return view(row)
