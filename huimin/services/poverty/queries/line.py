"""The monitoring line that counts: the document's for the province and year, or what the rule in force puts in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit import clock
from huimin.services.poverty.models import Line

RULE, STEP, FACT = "poverty.monitoring", "line", "poverty.monitoring_line"


@dataclass(frozen=True)
class Counted:
    """The line that counts for the income of a year: yuan a head and year, and the document or article it rests on."""

    year: int
    amount: Decimal
    document: str
    is_demo: bool


def lines_of(province: str, day: date | None = None) -> Mapping[int, Counted]:
    """The lines of a province by year, as the rule in force on a day (today) takes them."""
    day = day or clock.today()
    file = rules.rule_on(RULE, day)
    by_rule = file.model.decision(STEP) is not None
    found = {}
    for row in Line.objects.filter(province=province):
        amount, document = row.amount, row.document
        if by_rule:
            given = {"income_year": row.year, "monitoring_line": row.amount}
            step = rules.evaluate(file, given, day, decision=STEP)
            if isinstance(step.outcome, Decimal) and step.outcome != row.amount:
                amount = step.outcome
                document = rules.article_of(step.matched, STEP) or document
        found[row.year] = Counted(row.year, amount, document, row.is_demo)
    return found


def line_of(decision: Decision) -> tuple[Decimal, str] | None:
    """The line that a decision's rule put in place of the document's, and the article; None where it took the document's."""
    stated = next((fact.value for fact in decision.facts if fact.name == FACT), None)
    if stated is None:
        return None
    again = rules.decided_again(decision)
    amount = next((one.value for one in again.trace if one.decision == STEP), None)
    if not isinstance(amount, Decimal) or amount == stated:
        return None
    return amount, rules.article_of(again.matched, STEP)
