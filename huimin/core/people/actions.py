"""The only writer of people: register, correct, join, leave, move, close; settle what others propose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.journal.api import Act, action
from huimin.core.people import checks, duplicates, reading, triggers
from huimin.core.people.checks import TITLES, Invalid, Problems
from huimin.core.people.crypto import lookup_hash
from huimin.core.people.models import Household, Membership, Organisation, Person, ProposedChange
from huimin.core.people.types import Joining, Leaving, OrganisationKind, ProposalState, Relation
from huimin.core.places import api as places
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

CORRECTABLE = ("name", "sex", "birth_date", "ethnicity", "id_number", "phone", "education")


def _of(person: Person) -> Ref:
    return Ref.of("person", person.id)


def _about(household: Household) -> Ref:
    return Ref.of("household", household.id)


def _person(id: UUID) -> Person:
    row: Person | None = Person.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound(
            _("没有找到此人，或不在您的管辖范围内。"), code="no_person", fields={"person": _("请重新查找。")}
        )
    if row.merged_into_id is not None:
        text = _("此记录已并入同一人的另一条记录，请查找那一条。")
        raise Refused(text, code="merged", fields={"person": text})
    return row


def _household(id: UUID, *, open: bool = True) -> Household:
    row: Household | None = Household.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound(
            _("没有找到该户，或不在您的管辖范围内。"),
            code="no_household",
            fields={"household": _("请重新查找。")},
        )
    if open and row.closed_on is not None:
        day = row.closed_on.isoformat()
        raise Refused(_("该户已于 %(day)s 销户，不能再变更。") % {"day": day}, code="household_closed")
    return row


def _current(person: Person) -> Membership | None:
    """The open membership of a person within the actor's sight."""
    rows = Membership.objects.select_for_update(of=("self",)).select_related("household")
    return rows.filter(person=person, end=None).first()


def _keep(row: Person, **where: Any) -> None:
    """Save a person; two who register the same number at once are told apart here."""
    try:
        with transaction.atomic():
            row.save(**where)
    except IntegrityError as error:
        if "id_hash" not in str(error):
            raise
        _refuse_number(duplicates.taken(row.id_number, but=row.id) or _("该证件号码已登记。"))


def _refuse_number(text: str) -> None:
    raise Refused(text, code="duplicate", fields={"id_number": text})


def _save_membership(row: Membership, **where: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**where)
    except IntegrityError as error:
        if triggers.OVERLAP not in str(error) and "membership_one_open" not in str(error):
            raise
        text = _("此人在这段时间已是另一户的成员，请先办理迁出，或核对日期。")
        raise Refused(text, code="overlap", fields={"on": text}) from error


def fill(row: Person, values: Mapping[str, Any]) -> None:
    """Set fields of a person together with what is derived from them."""
    for field, value in values.items():
        setattr(row, field, value)
    if "name" in values:
        row.pinyin, row.initials = reading.read(row.name)
    if "id_number" in values:
        row.id_hash = lookup_hash("id_number", row.id_number) if row.id_number else None
    if "phone" in values:
        row.phone_hash = lookup_hash("phone", row.phone) if row.phone else None


@action(
    "people.register_person",
    title=gettext_lazy("登记人员"),
    private=("id_number", "phone", "name", "birth_date"),
)
def register_person(
    act: Act, *, name: str, sex: str, birth_date: date, division_code: str, group_no: int = 0, ethnicity: str = "汉族",
    id_number: str = "", phone: str = "", education: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Register a person; Refused names every wrong field, and a number that is registered already."""
    problems = Problems()
    given = {
        "name": name, "sex": sex, "birth_date": birth_date, "ethnicity": ethnicity, "id_number": id_number,
        "phone": phone, "education": education,
    }  # fmt: skip
    clean = checks.person(given, problems)
    clean["division_code"] = problems.take("division_code", checks.village, division_code)
    clean["group_no"] = problems.take("group_no", checks.group, group_no)
    if clean["id_number"] and clean["birth_date"] and clean["sex"]:
        checks.agrees(clean["id_number"], clean["birth_date"], clean["sex"], problems, {"birth_date", "sex"})
    problems.stop()
    row = Person()
    act.on(_of(row), area=clean["division_code"])
    if clean["id_number"] and (text := duplicates.taken(clean["id_number"])):
        _refuse_number(text)
    fill(row, clean)
    _keep(row)
    return {"person": row.id}


@action("people.correct_person", title=gettext_lazy("更正人员信息"), private=("changes",))
def correct_person(
    act: Act, *, person: UUID, changes: dict[str, Any], reason: str, evidence: str = ""
) -> dict[str, Any]:
    """Correct some fields of a person; the others and the earlier versions stay."""
    row = _person(person)
    act.on(_of(row), area=row.division_code)
    problems = Problems()
    clean = checks.person(changes, problems)
    if not reason.strip():
        problems.fields["reason"] = _("请写明更正的理由。")
    number, born, sex = (clean.get(f, getattr(row, f)) for f in ("id_number", "birth_date", "sex"))
    if number and born and sex and {"id_number", "birth_date", "sex"} & clean.keys():
        checks.agrees(number, born, sex, problems, set(clean))
    problems.stop()
    changed = {field: value for field, value in clean.items() if getattr(row, field) != value}
    if changed.get("id_number") and (text := duplicates.taken(changed["id_number"], but=row.id)):
        _refuse_number(text)
    act.note(fields=sorted(changed), reason=reason, evidence=evidence)
    if changed:
        fill(row, changed)
        _keep(row)
    if "name" in changed:
        for headed in Household.objects.filter(head=row):
            headed.head_name, headed.head_pinyin = row.name, row.pinyin
            headed.save(update_fields=["head_name", "head_pinyin"])
    return {"person": row.id, "changed": sorted(changed)}


def _next_number(division_code: str) -> str:
    """The next free household number of a village: its code and five digits; the lock lasts until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('people.household.number'), %s)", [int(division_code[3:])]
        )
        cursor.execute(
            "SELECT max(number) FROM people_household WHERE number >= %s AND number <= %s",
            [division_code, division_code + "99999"],
        )
        (last,) = cursor.fetchone()
    return f"{division_code}{int(last[12:]) + 1 if last else 1:05d}"


@action("people.register_household", title=gettext_lazy("登记户"), private=("address",))
def register_household(
    act: Act, *, head: UUID, division_code: str, group_no: int = 0, address: str = "", on: date,
    latitude: float | str | None = None, longitude: float | str | None = None, leave: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Open a household with its head from a day on; `leave` ends the head's membership elsewhere the same day."""
    problems = Problems()
    code = problems.take("division_code", checks.village, division_code)
    group = problems.take("group_no", checks.group, group_no)
    day = problems.take("on", checks.day, on, _("立户日期"))
    problems.stop()
    person = _person(head)
    row = Household(
        number=_next_number(code), division_code=code, group_no=group, address=address.strip(), opened_on=day,
        located_since=day, latitude=float(latitude) if latitude else None, longitude=float(longitude) if longitude else None,
    )  # fmt: skip
    act.on(_about(row), _of(person), area=code)
    row.head, row.head_name, row.head_pinyin = person, person.name, person.pinyin
    row.save()
    membership = _join(act, row, person, Relation.HEAD, day, Joining.FOUNDING, leave)
    return {"household": row.id, "number": row.number, "membership": membership.id}


def _join(
    act: Act,
    household: Household,
    person: Person,
    relation: Relation,
    day: date,
    reason: Joining,
    leave: bool,
) -> Membership:
    before = _current(person)
    if before is not None and before.household_id == household.id:
        raise Refused(
            _("此人已是本户成员。"), code="already_member", fields={"person": _("此人已是本户成员。")}
        )
    if before is not None and not leave:
        text = _("此人现为 %(number)s 户的成员，请确认其从该户迁出。") % {"number": before.household.number}
        raise Refused(text, code="member_elsewhere", fields={"leave": text})
    if person.died_on is not None and person.died_on <= day:
        text = _("此人已于 %(day)s 死亡。") % {"day": person.died_on.isoformat()}
        raise Refused(text, code="dead", fields={"person": text})
    if before is not None:
        act.on(_about(before.household), area=before.household.division_code)
        left_by = (
            Leaving.MARRIAGE
            if reason is Joining.MARRIAGE
            else Leaving.SPLIT
            if reason is Joining.FOUNDING
            else Leaving.MOVE_OUT
        )
        depart(act, before, person, day, left_by, None)
    row = Membership(household=household, person=person, relation=relation, start=day, joined_by=reason)
    _save_membership(row)
    if (person.division_code, person.group_no, person.left_on) != (
        household.division_code,
        household.group_no,
        None,
    ):
        person.division_code, person.group_no, person.left_on = (
            household.division_code,
            household.group_no,
            None,
        )
        person.save(update_fields=["division_code", "group_no", "left_on"])
    return row


@action("people.add_member", title=gettext_lazy("增加家庭成员"), private=("new",))
def add_member(
    act: Act, *, household: UUID, relation: str, on: date, reason: str, person: UUID | None = None,
    new: dict[str, Any] | None = None, leave: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A birth, a marriage, a move in, on any day: a known person, or a `new` one (fields of register_person).

    `on` is the day it is true from, the journal keeps the day it was entered. `leave` ends a membership elsewhere.
    """
    row = _household(household)
    act.on(_about(row), area=row.division_code)
    problems = Problems()
    day = problems.take("on", checks.day, on, _("生效日期"))
    kind = problems.take("relation", checks.relation, relation)
    joining = problems.take("reason", checks.choice, reason, Joining, _("增加原因"))
    if (person is None) == (new is None):
        problems.fields["person"] = _("请选择已登记的人员，或填写新成员信息。")
    if kind is Relation.HEAD:
        problems.fields["relation"] = _("一户只有一名户主，变更户主请另行办理。")
    if day is not None and day < row.opened_on:
        problems.fields["on"] = _("生效日期早于立户日期 %(day)s，请核对。") % {
            "day": row.opened_on.isoformat()
        }
    problems.stop()
    if new is not None:
        person = _registered(act, row, new, day if joining is Joining.BIRTH else None)
    assert person is not None
    member = _person(person)
    act.on(_of(member), area=row.division_code)
    if day < member.birth_date:
        text = _("生效日期早于此人出生日期，请核对。")
        raise Refused(text, code="invalid", fields={"on": text})
    made = _join(act, row, member, kind, day, joining, leave)
    return {"membership": made.id, "person": member.id}


def _registered(act: Act, household: Household, new: dict[str, Any], born: date | None) -> UUID:
    values = {"division_code": household.division_code, "group_no": household.group_no, **new}
    if born is not None:
        values.setdefault("birth_date", born)
    done = register_person(act.actor, key=f"{act.key}/person", **values)
    return UUID(done["person"])


@action("people.end_membership", title=gettext_lazy("减少家庭成员"))
def end_membership(
    act: Act, *, membership: UUID, on: date, reason: str, new_head: UUID | None = None, note: str = ""
) -> dict[str, Any]:
    """A death, a move, a marriage: the person is no member from `on`.

    Where the head leaves, `new_head` follows, else the spouse or the eldest; without members the household is closed.
    """
    row = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("household")
        .filter(id=membership)
        .first()
    )
    if row is None:
        raise NotFound(_("没有找到这名成员，或不在您的管辖范围内。"), code="no_member")
    person, household = _person(row.person_id), _household(row.household_id)
    act.on(_about(household), _of(person), area=household.division_code)
    if row.end is not None:
        day = row.end.isoformat()
        raise Refused(_("此人已于 %(day)s 离开该户。") % {"day": day}, code="already_left")
    problems = Problems()
    day = problems.take("on", checks.day, on, _("生效日期"))
    leaving = problems.take("reason", checks.choice, reason, Leaving, _("减少原因"))
    if day is not None and day < row.start:
        problems.fields["on"] = _("生效日期早于成为成员的日期 %(day)s，请核对。") % {
            "day": row.start.isoformat()
        }
    problems.stop()
    act.note(note=note)
    left = depart(act, row, person, day, leaving, new_head)
    if leaving is Leaving.DEATH:
        person.died_on = day
        person.save(update_fields=["died_on"])
    else:
        person.left_on = day
        person.save(update_fields=["left_on"])
    return {"membership": row.id, **left}


def depart(
    act: Act, row: Membership, person: Person, day: date, reason: Leaving, new_head: UUID | None
) -> dict[str, Any]:
    """End a membership; see to the head, and close a household that is left empty."""
    household = _household(row.household_id, open=False)
    row.end, row.left_by = day, reason
    row.save(update_fields=["end", "left_by"])
    rest = list(Membership.objects.select_related("person").filter(household=household, end=None))
    if not rest:
        household.closed_on = max(day, household.opened_on)
        household.save(update_fields=["closed_on"])
        return {"closed": True}
    if household.head_id != person.id:
        return {"closed": False}
    chosen = next((m for m in rest if str(m.person_id) == str(new_head)), None)
    if new_head is not None and chosen is None:
        text = _("新户主应为本户现有成员。")
        raise Refused(text, code="invalid", fields={"new_head": text})
    chosen = chosen or min(rest, key=lambda m: (m.relation != Relation.SPOUSE, m.person.birth_date))
    install_head(household, chosen)
    act.note(new_head=chosen.person_id)
    return {"closed": False, "head": chosen.person_id}


def install_head(household: Household, member: Membership) -> None:
    """Make a member the head of the household."""
    member.relation = Relation.HEAD
    member.save(update_fields=["relation"])
    household.head, household.head_name, household.head_pinyin = (
        member.person,
        member.person.name,
        member.person.pinyin,
    )
    household.save(update_fields=["head", "head_name", "head_pinyin"])


@action("people.change_head", title=gettext_lazy("变更户主"))
def change_head(
    act: Act, *, household: UUID, head: UUID, relations: dict[str, str] | None = None
) -> dict[str, Any]:
    """Make another member head; `relations` (person id → relation) says what the others are to the new head."""
    row = _household(household)
    act.on(_about(row), area=row.division_code)
    head = UUID(str(head))
    members = {
        m.person_id: m for m in Membership.objects.select_related("person").filter(household=row, end=None)
    }
    if head not in members:
        text = _("新户主应为本户现有成员。")
        raise Refused(text, code="invalid", fields={"head": text})
    for person, relation in (relations or {}).items():
        member = members.get(UUID(str(person)))
        try:
            kind = checks.relation(relation)
        except Invalid as wrong:
            raise Refused(str(wrong), code="invalid", fields={"relations": str(wrong)}) from None
        if member is not None and member.person_id != head and kind is not Relation.HEAD:
            member.relation = kind
            member.save(update_fields=["relation"])
    for member in members.values():
        if member.relation == Relation.HEAD and member.person_id != head:
            member.relation = Relation.OTHER
            member.save(update_fields=["relation"])
    install_head(row, members[head])
    return {"household": row.id, "head": head}


@action("people.move_household", title=gettext_lazy("整户迁移"), private=("address",))
def move_household(
    act: Act, *, household: UUID, division_code: str, group_no: int = 0, address: str = "", on: date
) -> dict[str, Any]:
    """Move a household with its members to another village from a day; the actor answers for both places."""
    row = _household(household)
    act.on(_about(row), area=row.division_code)
    problems = Problems()
    code = problems.take("division_code", checks.village, division_code)
    group = problems.take("group_no", checks.group, group_no)
    day = problems.take("on", checks.day, on, _("迁移日期"))
    if day is not None and day < row.located_since:
        text = _("迁移日期早于该户迁入现址的日期 %(day)s，请核对。")
        problems.fields["on"] = text % {"day": row.located_since.isoformat()}
    problems.stop()
    act.on(_about(row), area=code)
    act.note(from_code=row.division_code, from_group=row.group_no)
    row.division_code, row.group_no, row.located_since = code, group, day
    row.address, row.latitude, row.longitude = address.strip(), None, None
    row.save()
    members = Membership.objects.filter(household=row, end=None).values("person_id")
    moved = Person.objects.filter(id__in=members).update(division_code=code, group_no=group)
    return {"household": row.id, "persons": moved}


@action("people.close_household", title=gettext_lazy("销户"))
def close_household(act: Act, *, household: UUID, on: date, reason: str) -> dict[str, Any]:
    """Close a household and end its memberships on a day; its record stays."""
    row = _household(household)
    act.on(_about(row), area=row.division_code)
    problems = Problems()
    day = problems.take("on", checks.day, on, _("销户日期"))
    if not reason.strip():
        problems.fields["reason"] = _("请写明销户的理由。")
    open_ones = Membership.objects.select_for_update(of=("self",)).filter(household=row, end=None)
    latest = max((m.start for m in open_ones), default=row.opened_on)
    if day is not None and day < max(latest, row.opened_on):
        problems.fields["on"] = _("销户日期早于最近一次成员变动 %(day)s，请核对。") % {
            "day": latest.isoformat()
        }
    problems.stop()
    act.note(reason=reason)
    people = [m.person_id for m in open_ones]
    open_ones.update(end=day, left_by=Leaving.CLOSED)
    Person.objects.filter(id__in=people, died_on=None).update(left_on=day)
    row.closed_on = day
    row.save(update_fields=["closed_on"])
    return {"household": row.id, "persons": len(people)}


@action("people.register_organisation", title=gettext_lazy("登记单位"))
def register_organisation(act: Act, *, name: str, uscc: str, kind: str, division_code: str) -> dict[str, Any]:
    """Register an organisation under its credit code; one that is known is returned."""
    problems = Problems()
    code = problems.take("uscc", checks.uscc, uscc)
    what = problems.take("kind", checks.choice, kind, OrganisationKind, _("单位类型"))
    if not name.strip():
        problems.fields["name"] = _("请填写单位名称。")
    if not places.exists(division_code):
        problems.fields["division_code"] = _("请选择所在的行政区划。")
    problems.stop()
    row = Organisation.objects.filter(uscc=code).first()
    if row is None:
        row = Organisation(name=name.strip(), uscc=code, kind=what, division_code=division_code)
        row.pinyin = "".join(reading.read(sign)[0] for sign in row.name if sign.isalnum())[:400]
        act.on(Ref.of("organisation", row.id), area=division_code)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            text = _("该统一社会信用代码已登记，请联系上级部门核实。")
            raise Refused(text, code="duplicate", fields={"uscc": text}) from error
    else:
        act.on(Ref.of("organisation", row.id), area=row.division_code)
    return {"organisation": row.id}


@action("people.propose_change", title=gettext_lazy("部门推送变更"), private=("changes",))
def propose_change(
    act: Act, *, person: UUID, changes: dict[str, Any], source: str, document: str = ""
) -> dict[str, Any]:
    """Keep what another department says of a person; nothing changes until an officer settles it."""
    row = _person(person)
    act.on(_of(row), area=row.division_code)
    problems = Problems()
    clean = checks.person({f: v for f, v in changes.items() if f != "died_on"}, problems)
    if "died_on" in changes:
        clean["died_on"] = problems.take("died_on", checks.day, changes["died_on"], TITLES["died_on"])
    if not source.strip():
        problems.fields["source"] = _("请写明数据来源部门。")
    problems.stop()
    differing = {field: str(value) for field, value in clean.items() if getattr(row, field) != value}
    if not differing:
        return {"proposal": None}
    made = ProposedChange(
        person=row, division_code=row.division_code, group_no=row.group_no, changes=json.dumps(differing, ensure_ascii=False),
        source=source.strip(), document=document.strip(), proposed_at=act.now,
    )  # fmt: skip
    made.save()
    return {"proposal": made.id, "fields": sorted(differing)}


@action("people.settle_change", title=gettext_lazy("核实部门数据"))
def settle_change(act: Act, *, proposal: UUID, accept: bool, reason: str = "") -> dict[str, Any]:
    """Confirm a proposed change, which then is made, or refuse it with a reason that is kept."""
    row = ProposedChange.objects.select_for_update(of=("self",)).filter(id=proposal).first()
    if row is None:
        raise NotFound(_("没有找到这条待核实数据，或不在您的管辖范围内。"), code="no_proposal")
    act.on(Ref.of("person", row.person_id), area=row.division_code)
    if row.state != ProposalState.PENDING:
        raise Refused(
            _("这条数据已处理：%(state)s。") % {"state": row.get_state_display()}, code="already_settled"
        )
    if not accept and not reason.strip():
        text = _("请写明退回的理由，来源部门将据此核对。")
        raise Refused(text, code="reason_needed", fields={"reason": text})
    if accept:
        _apply(act, row)
    row.state = ProposalState.CONFIRMED if accept else ProposalState.REFUSED
    row.reason, row.settled_at, row.settled_by = reason.strip(), act.now, act.actor.id
    row.save(update_fields=["state", "reason", "settled_at", "settled_by"])
    act.note(source=row.source, document=row.document)
    return {"proposal": row.id, "state": row.state}


def _apply(act: Act, row: ProposedChange) -> None:
    changes: dict[str, Any] = json.loads(row.changes)
    died = changes.pop("died_on", None)
    why = _("%(source)s推送，%(document)s") % {"source": row.source, "document": row.document or _("无文号")}
    if changes:
        correct_person(act.actor, key=f"{act.key}/correct", person=row.person_id, changes=changes, reason=why)
    if died is None:
        return
    person = _person(row.person_id)
    member = _current(person)
    if member is not None:
        end_membership(
            act.actor,
            key=f"{act.key}/death",
            membership=member.id,
            on=date.fromisoformat(died),
            reason="death",
            note=why,
        )
    else:
        person.died_on = date.fromisoformat(died)
        person.save(update_fields=["died_on"])
