"""People and households: find, read, register, propose."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Status

from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView, PersonView
from huimin.core.people.types import Member as MemberView
from huimin.kit.ref import Ref
from huimin.kit.refusal import Refused
from huimin.portal.api import shapes
from huimin.portal.api.door import key_of, looked_at, viewer_of
from huimin.portal.api.operations import Area, Cursor, Limit, On, Router, Text, read, write

router = Router(tags=["people"])
Closed = Annotated[bool, Query(description=gettext_noop("也列出已销户的（不能和 on 同用）"))]


def person_of(view: PersonView) -> dict[str, Any]:
    """A person as programs read him."""
    return {
        "id": view.id, "name": view.name, "sex": view.sex.value, "birth_date": view.birth_date, "age": view.age,
        "ethnicity": view.ethnicity, "id_number": view.id_number, "phone": view.phone,
        "division_code": view.division_code, "group": view.group_no or None, "education": view.education.value,
        "died_on": view.died_on, "left_on": view.left_on,
    }  # fmt: skip


def household_of(view: HouseholdView) -> dict[str, Any]:
    """A household as programs read it."""
    return {
        "id": view.id, "number": view.number, "division_code": view.division_code, "group": view.group_no or None,
        "head": view.head, "head_name": view.head_name, "address": view.masked_address, "size": view.size,
        "opened_on": view.opened_on, "located_since": view.located_since, "closed_on": view.closed_on,
    }  # fmt: skip


def member_of(view: MemberView) -> dict[str, Any]:
    """A member as programs read him."""
    return {
        "person": person_of(view.person), "relation": view.relation.value, "start": view.start,
        "joined_by": view.joined_by.value,
    }  # fmt: skip


@read(
    router, "/people", "people:read", shapes.Page[shapes.Person], gettext_noop("查询人员"),
    gettext_noop("令牌辖区内的人员，按村和姓名拼音排列。text 可以是姓名开头、拼音、首字母、完整证件号码或手机号。"),
)  # fmt: skip
def list_people(
    request: HttpRequest, area: Area = None, text: Text = "", living: bool = True, cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """A page of persons."""
    page = people.persons(area, text=text, living=living, after=cursor, limit=limit)
    return {"items": [person_of(one) for one in page.rows], "next": page.next}


@read(
    router, "/people/{uuid:person}", "people:read", shapes.PersonWithHome, gettext_noop("查看一个人"),
    gettext_noop("会记入查看记录；用途取自请求头 Purpose，没有时取令牌开通时登记的用途。"), missing=True,
)  # fmt: skip
def get_person(request: HttpRequest, person: UUID) -> Any:
    """One person."""
    found = people.person(person)
    looked_at(request, Ref.of("person", found.id), found.division_code, "person")
    return {**person_of(found), "household": people.homes_of([found.id]).get(found.id)}


@read(
    router, "/households", "people:read", shapes.Page[shapes.Household], gettext_noop("查询户"),
    gettext_noop("令牌辖区内的户，按村和户编号排列；on 给出过去某一天时，按当天的区划和成员。"),
)  # fmt: skip
def list_households(
    request: HttpRequest, area: Area = None, text: Text = "", on: On = None,
    closed: Closed = False, cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """A page of households."""
    page = people.households(area, text=text, on=on, closed=closed, after=cursor, limit=limit)
    return {"items": [household_of(one) for one in page.rows], "next": page.next}


@read(
    router, "/households/{uuid:household}", "people:read", shapes.HouseholdWithMembers, gettext_noop("查看一户和它的成员"),
    gettext_noop("会记入查看记录。"), missing=True,
)  # fmt: skip
def get_household(request: HttpRequest, household: UUID, on: On = None) -> Any:
    """One household with its members."""
    found = people.household(household, on)
    looked_at(request, Ref.of("household", found.id), found.division_code, "household")
    return {**household_of(found), "members": [member_of(one) for one in people.members(household, on)]}


@write(
    router, "/people", "people:write", shapes.Registered, gettext_noop("登记一个人"),
    gettext_noop("同一个 Idempotency-Key 重复提交得到同样的回答；内容不同则返回 409。"),
)  # fmt: skip
def register_person(request: HttpRequest, payload: shapes.NewPerson) -> Any:
    """Register a person."""
    given: dict[str, Any] = payload.dict(exclude={"group"})
    given["group_no"] = payload.group
    if not given["ethnicity"]:
        del given["ethnicity"]
    done = people.register_person(viewer_of(request), key=key_of(request), **given)
    url = reverse("api-v1:get_person", args=[done["person"]])
    return Status(201, {"person": done["person"], "url": url})


@write(
    router, "/people/{uuid:person}/changes", "people:propose", shapes.Kept, gettext_noop("推送人员信息变更"),
    gettext_noop("不会直接改动登记内容：变更连同来源部门放进“待核实数据”，由当地干部确认或退回。"), missing=True,
)  # fmt: skip
def propose_change(request: HttpRequest, person: UUID, payload: shapes.Proposal) -> Any:
    """Propose a change of a person."""
    viewer = viewer_of(request)
    changes = payload.changes.dict(exclude_none=True)
    if not changes:
        text = _("请至少给出一个要变更的字段。")
        raise Refused(text, code="nothing", fields={"changes": text})
    done = people.propose_change(
        viewer, key=key_of(request), person=person, changes=changes, source=viewer.office or viewer.label,
        document=payload.document,
    )  # fmt: skip
    return Status(201, {"proposal": done["proposal"], "fields": done.get("fields", [])})
