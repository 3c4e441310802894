"""What was asked about the survey's fields."""

from __future__ import annotations

from collections import defaultdict

from huimin.services.poverty.models import Question


def questions() -> dict[str, list[Question]]:
    """Questions by field, the answered ones first."""
    found: dict[str, list[Question]] = defaultdict(list)
    for row in Question.objects.order_by("answered", "asked")[:500]:
        found[row.field].append(row)
    return dict(found)


def unanswered() -> int:
    """How many questions wait for an answer."""
    return Question.objects.filter(answered__isnull=True).count()
