"""From facts to an outcome: evaluate one rule for one subject, gather what explains it, and read kept decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from huimin.core.facts.api import FACTS, fact, values
from huimin.core.facts.types import FactType, FactValue
from huimin.core.journal.api import plain
from huimin.core.rules import lang
from huimin.core.rules.book import BOOK, RuleFile
from huimin.core.rules.catalogued import about
from huimin.core.rules.lang.analysis import Condition as Wanted
from huimin.core.rules.models import DecisionRow
from huimin.core.rules.types import Change, Condition, Decision, FactUsed, Hit
from huimin.core.rules.versions.force import file_of, rule_hashed, rule_on, rule_version
from huimin.kit import clock
from huimin.kit.ref import Ref

ARTICLE = ("article", "依据", "条款")


def evaluate(
    rule: RuleFile | str,
    facts: Mapping[str, Any],
    today: date,
    *,
    version: int | None = None,
    decision: str = "",
) -> lang.Evaluation:
    """Evaluate a rule over values by the rule's own input names; `decision` asks for one of its steps.

    A rule by its name is the version in force on that day, or the version of a number: every version can be run for ever.
    """
    file = rule if isinstance(rule, RuleFile) else rule_of(rule, today, version)
    return lang.evaluate(file.model, decision or file.decision, facts, now=clock.now(), today=today)


def rule_of(rule: str, day: date, version: int | None = None) -> RuleFile:
    """A rule as it is in force on a day, or in the version of a number."""
    return rule_on(rule, day) if version is None else rule_version(rule, version)


def known(file: RuleFile, subject: Ref, today: date) -> dict[str, FactValue]:
    """What the rule's inputs are for a subject as of a day, by input name."""
    found = values(file.inputs.values(), [subject.id], today)[subject.id]
    return {name: found[fact] for name, fact in file.inputs.items()}


def used(facts: Mapping[str, FactValue]) -> list[dict[str, Any]]:
    """Facts as a decision keeps them."""
    return [
        {
            "name": f.name,
            "title": f.title,
            "value": kept(f.value),
            "unit": f.unit,
            "source": f.source,
            "at": plain(f.at),
        }
        for f in facts.values()
    ]


def kept(value: Any) -> Any:
    """A value as JSON keeps it: numbers as text, so that they stay exact."""
    return {"type": "number", "text": str(value)} if isinstance(value, Decimal) else plain(value)


def hits_of(found: lang.Evaluation) -> list[dict[str, Any]]:
    """The rows that matched, with their annotations."""
    return [{"decision": m.decision, "row": m.row, "annotations": dict(m.annotations)} for m in found.matched]


def articles_of(hits: Iterable[Mapping[str, Any]]) -> list[str]:
    """The articles that the matched rows name, each once."""
    named = [hit["annotations"].get(key, "") for hit in hits for key in ARTICLE]
    return list(dict.fromkeys(a for a in named if a))


def article_of(matched: Iterable[lang.Matched], decision: str) -> str:
    """The article that the matched row of a decision names, or ""."""
    rows = [hit.annotations for hit in matched if hit.decision == decision]
    return next((row[key] for row in rows for key in ARTICLE if row.get(key)), "")


def changes_of(file: RuleFile, facts: Mapping[str, FactValue], today: date) -> list[dict[str, Any]]:
    """What would have to be different for each other outcome, as a decision keeps it."""
    return _changes(file, facts, clock.now(), today)


def _changes(
    file: RuleFile, facts: Mapping[str, FactValue], now: datetime, today: date
) -> list[dict[str, Any]]:
    values = {name: fact.value for name, fact in facts.items()}
    found = lang.what_if(file.model, file.decision, values, today=today, now=now, about=about(file))
    return [
        {
            "outcome": plain(other.outcome),
            "conditions": [_condition(facts[each.name], each) for each in other.conditions],
        }
        for other in found
    ]


def _condition(fact: FactValue, found: Wanted) -> dict[str, Any]:
    told = {"title": fact.title, "operator": found.operator, "bound": kept(found.bound), "unit": fact.unit}
    if found.upto is not None:
        told["upto"] = [found.upto[0], kept(found.upto[1])]
    return told


def value_from(stored: Any) -> Any:
    """A kept value as it was: numbers as decimals."""
    if isinstance(stored, dict) and stored.get("type") == "number":
        return Decimal(stored["text"])
    return stored


def condition(stored: Mapping[str, Any]) -> Condition:
    """A kept condition of a change as pages see it."""
    return Condition(
        title=stored["title"], operator=stored["operator"], bound=value_from(stored["bound"]), unit=stored["unit"],
        upto=(stored["upto"][0], value_from(stored["upto"][1])) if stored.get("upto") else None,
    )  # fmt: skip


def value_of(fact_used: Mapping[str, Any]) -> Any:
    """The value of a kept fact as rules take it: numbers as decimals, dates as dates."""
    value = value_from(fact_used["value"])
    dated = fact_used["name"] in FACTS and fact(fact_used["name"]).type is FactType.DATE
    return date.fromisoformat(value) if dated and isinstance(value, str) else value


def later_changes(row: DecisionRow) -> list[dict[str, Any]]:
    """The smallest changes of a decision that a population run made, worked out from its own facts and version."""
    if row.rule not in BOOK:
        return []
    file = file_of(row.version)
    kept = {one["name"]: one for one in row.facts}
    facts: dict[str, FactValue] = {}
    for each in file.model.inputs:
        one = kept.get(each.fact or f"{file.service}.{each.name}")
        if one is not None:
            at = date.fromisoformat(one["at"]) if one["at"] else None
            facts[each.name] = FactValue(
                name=one["name"], title=one["title"], value=value_of(one), unit=one["unit"], source=one["source"], at=at,
            )  # fmt: skip

    return _changes(file, facts, row.at, row.as_of)


def view(row: DecisionRow) -> Decision:
    """A kept decision as pages and programmes see it."""
    changes = later_changes(row) if row.changes is None else row.changes
    return Decision(
        id=row.id, rule=row.rule, version=row.version.hash, number=row.version.number,
        subject=f"{row.subject_kind}:{row.subject_id}", area=row.division_code,
        outcome=row.outcome, as_of=row.as_of, at=row.at, articles=tuple(row.articles),
        hits=tuple(Hit(**hit) for hit in row.hits),
        facts=tuple(
            FactUsed(
                name=f["name"], title=f["title"], value=value_from(f["value"]), unit=f["unit"], source=f["source"],
                at=date.fromisoformat(f["at"]) if f["at"] else None,
            )
            for f in row.facts
        ),
        changes=tuple(
            Change(outcome=c["outcome"], conditions=tuple(condition(x) for x in c["conditions"])) for c in changes
        ),
    )  # fmt: skip


def decided_again(found: Decision) -> lang.Evaluation:
    """A kept decision worked out again from its own facts, by its own version, at its own moment: every step is seen."""
    file = rule_hashed(found.rule, found.version)
    known = {fact.name: value_of({"name": fact.name, "value": kept(fact.value)}) for fact in found.facts}
    given = {name: known.get(full) for name, full in file.inputs.items()}
    return lang.evaluate(file.model, file.decision, given, now=found.at, today=found.as_of)


def decisions_about(subject: Ref, rule: str | None = None, limit: int = 20) -> tuple[Decision, ...]:
    """A subject's decisions within the viewer's sight, newest first."""
    rows = DecisionRow.objects.filter(subject_id=subject.id, subject_kind=subject.kind).select_related(
        "version"
    )
    if rule:
        rows = rows.filter(rule=rule)
    return tuple(view(row) for row in rows.order_by("-at")[:limit])


def decision(id: Any) -> Decision | None:
    """One decision within the viewer's sight, or None."""
    row = DecisionRow.objects.filter(Q(id=id)).select_related("version").first()
    return view(row) if row else None
