"""Decisions of one subject, with everything that explains them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query

from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.portal.api import shapes
from huimin.portal.api.door import looked_at
from huimin.portal.api.facts import Subject, subject
from huimin.portal.api.operations import Limit, Router, read
from huimin.portal.api.shapes import TEXT, number

router = Router(tags=["decisions"])
ONE_RULE = gettext_noop("只要这条规则的，例如 poverty.monitoring")
Rule = Annotated[str, Query(max_length=100, pattern=TEXT, description=ONE_RULE)]


def decision_of(one: Decision) -> dict[str, Any]:
    """A decision as programs read it."""
    return {
        "id": one.id, "rule": one.rule, "version": one.version, "subject": one.subject, "area": one.area,
        "outcome": one.outcome, "as_of": one.as_of, "at": one.at, "articles": list(one.articles),
        "hits": [
            {"decision": h.decision, "row": h.row, "annotations": {k: str(v) for k, v in h.annotations.items()}}
            for h in one.hits
        ],
        "facts": [
            {
                "name": f.name, "title": f.title, "value": number(f.value), "unit": f.unit, "source": f.source, "at": f.at,
            }
            for f in one.facts
        ],
        "changes": [
            {
                "outcome": c.outcome,
                "conditions": [
                    {"title": x.title, "operator": x.operator, "bound": number(x.bound), "unit": x.unit}
                    for x in c.conditions
                ],
            }
            for c in one.changes
        ],
    }  # fmt: skip


@read(
    router, "/decisions/{str:kind}/{uuid:id}", "decisions:read", list[shapes.Decision], gettext_noop("一户或一个人的决定"),
    gettext_noop("新的在前：结果、命中的规则行、用到的数据项、条款，以及怎样会改变结果。会记入查看记录。"), missing=True,
)  # fmt: skip
def list_decisions(
    request: HttpRequest, kind: Subject, id: UUID,
    rule: Rule = "", limit: Limit = 20,
) -> Any:  # fmt: skip
    """A subject's decisions, newest first."""
    ref = subject(request, kind, id, "decisions")
    return [decision_of(one) for one in rules.decisions_about(ref, rule or None, limit)]


@read(
    router, "/decisions/{uuid:decision}", "decisions:read", shapes.Decision, gettext_noop("一个决定"),
    gettext_noop("会记入查看记录。"), missing=True,
)  # fmt: skip
def get_decision(request: HttpRequest, decision: UUID) -> Any:
    """One decision."""
    found = rules.decision(decision)
    if found is None:
        raise NotFound(_("没有找到这个决定，或不在您的管辖范围内。"), code="no_decision")
    looked_at(request, Ref.parse(found.subject), found.area, "decision")
    return decision_of(found)
