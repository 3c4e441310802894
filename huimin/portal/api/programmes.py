"""Programmes: how they are declared, who is in them, where each household stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query

from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Programme
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound
from huimin.portal.api import shapes
from huimin.portal.api.door import looked_at
from huimin.portal.api.operations import Area, Cursor, Limit, On, Router, read

router = Router(tags=["programmes"])
SCOPE = "programmes:read"
STATE = gettext_noop("状态")
Inside = Annotated[Literal["active", "suspended", "exited"] | None, Query(description=STATE)]
Standing = Annotated[Literal["open", "done", "refused", "withdrawn"], Query(description=STATE)]
Direction = Annotated[Literal["entry", "exit"] | None, Query(description=gettext_noop("进入或退出"))]


def declared(code: str) -> Programme:
    """A programme by its code; raise NotFound for any other."""
    found = programmes.PROGRAMMES.get(code)
    if found is None:
        raise NotFound(_("没有这个项目。"), code="no_programme")
    return found


def programme_of(one: Programme) -> dict[str, Any]:
    """A programme as programs read it."""

    def steps(way: Any) -> list[dict[str, Any]]:
        return [
            {
                "code": s.code,
                "kind": s.kind.value,
                "title": str(s.title),
                "level": int(s.level),
                "days": s.days,
            }
            for s in way
        ]

    return {
        "code": one.code, "title": str(one.title), "article": str(one.article),
        "kinds": [{"code": code, "title": str(title)} for code, title in one.kinds.items()],
        "entry": steps(one.entry), "exit": steps(one.exit),
    }  # fmt: skip


def located(row: Any) -> dict[str, Any]:
    """What enrolments and procedures share."""
    return {
        "id": row.id, "programme": row.programme, "household": row.household_id, "name": row.name,
        "division_code": row.division_code, "group": row.group_no or None, "kind": row.kind, "state": row.state,
    }  # fmt: skip


def enrolment_of(row: Any) -> dict[str, Any]:
    """An enrolment as programs read it."""
    return {**located(row), "entered": row.entered, "exited": row.exited, "next_visit": row.next_visit}


def procedure_of(row: Any) -> dict[str, Any]:
    """A procedure as programs read it."""
    step = declared(row.programme).step(row.direction, row.step)
    return {
        **located(row), "direction": row.direction, "route": row.route, "step": row.step, "step_title": str(step.title),
        "level": row.level, "opened": row.opened, "since": row.since, "closed": row.closed,
    }  # fmt: skip


@read(
    router, "/programmes", SCOPE, list[shapes.Programme], gettext_noop("项目"),
    gettext_noop("各项目的类型，进入和退出的步骤、层级和公示天数。"),
)  # fmt: skip
def list_programmes(request: HttpRequest) -> Any:
    """Every programme."""
    return [programme_of(one) for one in programmes.PROGRAMMES.values()]


@read(
    router, "/programmes/{str:code}/enrolments", SCOPE, shapes.Page[shapes.Enrolment], gettext_noop("项目里的户"),
    gettext_noop("按村排列。on 给出某一天时，只列那天在册的。"), missing=True,
)  # fmt: skip
def list_enrolments(
    request: HttpRequest, code: str, area: Area = None,
    state: Inside = None, on: On = None,
    cursor: Cursor = None, limit: Limit = 50,
) -> Any:  # fmt: skip
    """A page of enrolments."""
    rows = programmes.enrolments(
        declared(code).code, places.q(places.spans(area, on), column="division_code") if area else None
    )
    if state:
        rows = rows.filter(state=state)
    if on:
        rows = rows.filter(Q(exited__isnull=True) | Q(exited__gt=on), entered__lte=on)
    page = people.keyset(rows, ("division_code", "id"), after=cursor, limit=limit, show=enrolment_of)
    return {"items": list(page.rows), "next": page.next}


@read(
    router, "/programmes/{str:code}/procedures", SCOPE, shapes.Page[shapes.Procedure], gettext_noop("办理中的户"),
    gettext_noop("每户办到哪一步、轮到哪一级；state 可以取已办结的。"), missing=True,
)  # fmt: skip
def list_procedures(
    request: HttpRequest, code: str, area: Area = None,
    state: Standing = "open", direction: Direction = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """A page of procedures."""
    rows = programmes.procedures(declared(code).code).filter(state=state)
    if area:
        rows = rows.filter(places.q(places.spans(area)))
    if direction:
        rows = rows.filter(direction=direction)
    page = people.keyset(rows, ("division_code", "id"), after=cursor, limit=limit, show=procedure_of)
    return {"items": list(page.rows), "next": page.next}


@read(
    router, "/procedures/{uuid:procedure}", SCOPE, shapes.ProcedureWithSteps, gettext_noop("一户办理的每一步"),
    gettext_noop("会记入查看记录。"), missing=True,
)  # fmt: skip
def get_procedure(request: HttpRequest, procedure: UUID) -> Any:
    """One procedure with its steps."""
    found = programmes.procedure(procedure)
    if found is None:
        raise NotFound(_("没有找到这次办理，或不在您的管辖范围内。"), code="no_procedure")
    looked_at(request, Ref.of("household", found.household), found.area, "procedure")
    row = programmes.procedures(found.programme).get(id=found.id)
    steps = [
        {"code": m.code, "title": m.title, "level": m.level, "state": m.state, "at": m.at}
        for m in found.marks
    ]
    return {**procedure_of(row), "steps": steps}
