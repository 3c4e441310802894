"""Facts: the catalogue, and what is known of one subject."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query

from huimin.core.facts import api as facts
from huimin.core.people import api as people
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.portal.api import shapes
from huimin.portal.api.door import looked_at
from huimin.portal.api.operations import On, Router, read
from huimin.portal.api.shapes import number

router = Router(tags=["facts"])
Names = Annotated[list[str], Query(max_length=200, description=gettext_noop("只要这些数据项，不填为全部"))]
NO_NAMES: list[str] = []
Subject = Literal["household", "person"]


def subject(request: HttpRequest, kind: str, id: UUID, page: str) -> Ref:
    """A household or person in sight, the look recorded; raise NotFound for any other."""
    found: Any = people.household(id) if kind == "household" else people.person(id)
    ref = Ref.of(kind, found.id)
    looked_at(request, ref, found.division_code, page)
    return ref


@read(
    router, "/facts", "facts:read", list[shapes.FactType], gettext_noop("数据项目录"),
    gettext_noop("规则可以读的全部数据项：名称、类型、单位、来源和条款。"),
)  # fmt: skip
def list_fact_types(request: HttpRequest) -> Any:
    """The catalogue."""
    return [
        {
            "name": name, "title": str(fact.title), "type": fact.type.value, "unit": str(fact.unit), "subject": table.subject,
            "source": str(fact.source), "article": str(fact.article),
        }
        for name, (table, fact) in facts.FACTS.items()
    ]  # fmt: skip


@read(
    router, "/facts/{str:kind}/{uuid:id}", "facts:read", shapes.Facts, gettext_noop("一户或一个人的数据项"),
    gettext_noop("每个值带单位、来源和日期；null 表示不知道。会记入查看记录。"), missing=True,
)  # fmt: skip
def get_facts(
    request: HttpRequest, kind: Subject, id: UUID, on: On = None,
    names: Names = NO_NAMES,
) -> Any:  # fmt: skip
    """What is known of a subject."""
    ref, day = subject(request, kind, id, "facts"), on or clock.today()
    wanted = [
        name
        for name, (table, _fact) in facts.FACTS.items()
        if table.subject == kind and (not names or name in names)
    ]
    known = facts.values(wanted, [ref.id], day)[ref.id] if wanted else {}
    return {
        "subject": str(ref),
        "on": day,
        "facts": [
            {
                "name": one.name, "title": one.title, "type": facts.fact(one.name).type.value, "value": number(one.value),
                "unit": str(one.unit), "source": one.source, "at": day_of(one.at),
            }
            for one in known.values()
        ],
    }  # fmt: skip


def day_of(at: Any) -> date | None:
    """The day of a fact."""
    return at if isinstance(at, date) else None
