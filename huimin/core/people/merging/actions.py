"""Two records of one person made one, and apart again: `people.merge`, `people.unmerge`, `people.keep_apart`.

Nothing is rewritten that was true for a past day. The memberships of the record that is given up end on the day of the
merge; where the person lives in its household, the kept record joins that household the same day. What services
know belongs to households and stays with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.journal.api import Act, action
from huimin.core.people import actions as register
from huimin.core.people import checks
from huimin.core.people.checks import TITLES, Problems
from huimin.core.people.merging import rows
from huimin.core.people.merging.state import seen_of, stamp_of
from huimin.core.people.models import Household, Membership, Merge, Pair, Person, ProposedChange
from huimin.core.people.types import Joining, Leaving, PairState, ProposalState
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused

FIELDS = ("name", "sex", "birth_date", "ethnicity", "id_number", "phone", "education")
KEEP, OTHER = "keep", "other"
HOLDS: list[Callable[[UUID], object]] = []


def holds_household(find: Callable[[UUID], object]) -> None:
    """Register why a household may not be left empty by a merge: a function of its id that gives a text or nothing."""
    if find not in HOLDS:
        HOLDS.append(find)


def held(household: UUID) -> tuple[str, ...]:
    """Why a household may not be left empty by a merge, in words; nothing where it may."""
    return tuple(text for find in HOLDS if (text := str(find(household) or "")))


def _both(act: Act, keep: UUID, other: UUID) -> tuple[Person, Person]:
    """Both records, locked in the order of their ids and within the actor's right."""
    if UUID(str(keep)) == UUID(str(other)):
        raise Refused(_("请选择两条不同的记录。"), code="same_record")
    found = {
        row.id: row for row in Person.objects.select_for_update().filter(id__in=[keep, other]).order_by("id")
    }
    if len(found) < 2:
        text = _("没有找到这两个人，或其中一人不在您的管辖范围内，请由能看到两人的上级办理。")
        raise NotFound(text, code="no_person")
    kept, away = found[UUID(str(keep))], found[UUID(str(other))]
    for row in (kept, away):
        act.on(Ref.of("person", row.id), area=row.division_code)
    return kept, away


def _reason(text: str, title: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(title, code="reason_needed", fields={"reason": title})
    return text[:300]


def _unchanged(seen: str, kept: Person, away: Person) -> None:
    if seen and seen != seen_of(kept, away):
        raise Refused(_("这两条记录在您打开页面之后有变动，请刷新后再核对。"), code="changed")


@action("people.merge", title=gettext_lazy("合并重复人员"), private=("values",))
def merge(
    act: Act, *, keep: UUID, other: UUID, reason: str, values: Mapping[str, str] | None = None, home: UUID | None = None,
    new_head: UUID | None = None, seen: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Make two records of one person one: `keep` stays, `other` leaves every list of today.

    `values` says by field whose value is right (`keep` or `other`; a field not named keeps its own, or takes the
    other's where it has none). `home` is the household the person lives in; without it the kept record's, else the
    other's. `seen` is the digest of what the officer was shown.
    """
    kept, away = _both(act, keep, other)
    for row in (kept, away):
        if row.merged_into_id is not None:
            raise Refused(_("其中一条记录已经合并过，请刷新页面。"), code="merged")
    _unchanged(seen, kept, away)
    why = _reason(reason, _("请写明为什么是同一人，例如核对了什么证件。"))
    if away.died_on is not None and kept.died_on is None:
        raise Refused(_("另一条记录已登记死亡：请保留那一条，或先核实更正。"), code="dead")
    chosen = _chosen(kept, away, values or {})
    stays, leaves = _lives_in(kept), _lives_in(away)
    target = _home(kept, stays, leaves, home)
    ids = _touched(kept, away)
    before = rows.Picture(_rows(ids))
    _take_values(kept, away, chosen)
    _live_together(act, kept, away, stays, leaves, target, new_head)
    _proposals_follow(kept, away)
    made = Merge(
        kept=kept, away=away, moved=before.changed_to(rows.Picture(_rows(ids))), chosen=chosen, reason=why,
        merged_at=act.now, merged_by=act.actor.label,
    )  # fmt: skip
    made.save()
    _settle_pair(act, kept, away, PairState.MERGED, why)
    act.note(fields=sorted(name for name, side in chosen.items() if side == OTHER), reason=why)
    return {"merge": made.id, "person": kept.id, "away": away.id}


def _chosen(kept: Person, away: Person, values: Mapping[str, str]) -> dict[str, str]:
    """By field the side whose value is right; Refused where they cannot be together."""
    problems = Problems()
    chosen: dict[str, str] = {}
    for name in FIELDS:
        side = values.get(name) or (OTHER if not getattr(kept, name) and getattr(away, name) else KEEP)
        if side not in (KEEP, OTHER):
            problems.fields[name] = _("请选择哪一条记录的内容是对的。")
            side = KEEP
        chosen[name] = side
    for name in values.keys() - set(FIELDS):
        problems.fields[name] = _("这个字段不能在此更正。")
    side_of = {KEEP: kept, OTHER: away}
    number, born, sex = (getattr(side_of[chosen[f]], f) for f in ("id_number", "birth_date", "sex"))
    if number:
        taken = {name for name in ("id_number", "birth_date", "sex") if chosen[name] == OTHER}
        if taken:  # what was recorded together before is not checked again
            checks.agrees(number, born, sex, problems, taken)
    if kept.died_on is not None and born > kept.died_on:
        problems.fields["birth_date"] = _("出生日期晚于死亡日期，请核对。")
    problems.stop()
    return chosen


def _lives_in(person: Person) -> Membership | None:
    found = Membership.objects.select_for_update(of=("self",)).select_related("household")
    row: Membership | None = found.filter(person=person, end=None).first()
    return row


def _home(
    kept: Person, stays: Membership | None, leaves: Membership | None, home: UUID | None
) -> UUID | None:
    """The household the person lives in from today on."""
    options = [one.household_id for one in (stays, leaves) if one is not None]
    if kept.died_on is not None:
        return None
    if home is None:
        return options[0] if options else None
    if UUID(str(home)) not in options:
        text = _("请在这两条记录现在所在的户中选择。")
        raise Refused(text, code="invalid", fields={"home": text})
    return UUID(str(home))


def _touched(kept: Person, away: Person) -> dict[str, set[UUID]]:
    """Ids of every row that a merge may change: the two, their open households, those in them, pending proposals."""
    homes = set(
        Membership.objects.filter(person__in=[kept, away], end=None).values_list("household_id", flat=True)
    )
    homes |= set(Household.objects.filter(head__in=[kept, away]).values_list("id", flat=True))
    waiting = ProposedChange.objects.filter(person=away, state=ProposalState.PENDING)
    return {
        "person": {kept.id, away.id},
        "household": homes,
        "proposal": set(waiting.values_list("id", flat=True)),
    }


def _rows(ids: Mapping[str, set[UUID]]) -> Iterator[Any]:
    yield from Person.objects.filter(id__in=ids["person"])
    yield from Household.objects.select_for_update().filter(id__in=ids["household"]).order_by("id")
    members = Membership.objects.select_for_update(of=("self",)).order_by("id")
    yield from members.filter(household__in=ids["household"])
    yield from ProposedChange.objects.select_for_update().filter(id__in=ids["proposal"]).order_by("id")


def _take_values(kept: Person, away: Person, chosen: Mapping[str, str]) -> None:
    """Give the kept record the values that are right; the number it does not carry leads to it by way of the other."""
    taken = {name: getattr(away, name) for name, side in chosen.items() if side == OTHER}
    taken = {name: value for name, value in taken.items() if getattr(kept, name) != value}
    if "id_number" in taken:
        aside = kept.id_hash
        away.id_hash = None
        away.save(update_fields=["id_hash"])
        register.fill(kept, taken)
        kept.save()
        away.id_hash = aside
        away.save(update_fields=["id_hash"])
    elif taken:
        register.fill(kept, taken)
        kept.save()
    if "name" in taken:
        for headed in Household.objects.filter(head=kept):
            headed.head_name, headed.head_pinyin = kept.name, kept.pinyin
            headed.save(update_fields=["head_name", "head_pinyin"])


def _live_together(
    act: Act, kept: Person, away: Person, stays: Membership | None, leaves: Membership | None, target: UUID | None,
    new_head: UUID | None,
) -> None:  # fmt: skip
    """End the other record's membership today; the kept one is where the person lives."""
    day = act.today
    if (
        leaves is not None
        and target == leaves.household_id
        and (stays is None or stays.household_id != target)
    ):
        if stays is not None:
            _may_be_left(stays)
            register.depart(act, stays, kept, day, Leaving.MOVE_OUT, new_head)
        _end(leaves, act)
        here = Household.objects.select_for_update().get(id=target)
        membership = Membership(
            household=here, person=kept, relation=leaves.relation, start=day, joined_by=Joining.MERGED
        )
        membership.save()
        if here.head_id == away.id:
            register.install_head(here, membership)
        kept.division_code, kept.group_no, kept.left_on = here.division_code, here.group_no, None
        kept.save(update_fields=["division_code", "group_no", "left_on"])
    elif leaves is not None and stays is not None and leaves.household_id == stays.household_id:
        _end(leaves, act)
        here = Household.objects.select_for_update().get(id=leaves.household_id)
        if here.head_id == away.id:
            register.install_head(here, stays)
    elif leaves is not None:
        _may_be_left(leaves)
        register.depart(act, leaves, away, day, Leaving.MERGED, new_head)
    away.merged_into = kept
    if away.died_on is None and away.left_on is None:
        away.left_on = day
    away.save(update_fields=["merged_into", "left_on"])


def _end(row: Membership, act: Act) -> None:
    row.end, row.left_by = act.today, Leaving.MERGED
    row.save(update_fields=["end", "left_by"])


def _may_be_left(row: Membership) -> None:
    """Refuse to leave a household empty, and so closed, that something still waits for."""
    if Membership.objects.filter(household=row.household_id, end=None).exclude(id=row.id).exists():
        return
    for text in held(row.household_id):
        if text:
            number = row.household.number
            said = _("合并后 %(number)s 户将没有成员而销户，但该户%(why)s。请先办完，或选择此人住在该户。")
            raise Refused(
                said % {"number": number, "why": text}, code="household_held",
                fields={"home": said % {"number": number, "why": text}},
            )  # fmt: skip


def _proposals_follow(kept: Person, away: Person) -> None:
    """What other departments say of the other record waits at the kept one."""
    for row in ProposedChange.objects.select_for_update().filter(person=away, state=ProposalState.PENDING):
        row.person, row.division_code, row.group_no = kept, kept.division_code, kept.group_no
        row.save(update_fields=["person", "division_code", "group_no"])


def _settle_pair(act: Act, one: Person, two: Person, state: PairState, reason: str) -> None:
    low, high = sorted((one, two), key=lambda row: row.id)
    row = Pair.objects.select_for_update().filter(first=low, second=high).first()
    if row is not None:
        row.state, row.reason, row.stamp = state, reason, stamp_of(low, high)
        row.decided_at, row.decided_by = act.now, act.actor.label
        row.save()


@action("people.unmerge", title=gettext_lazy("撤销人员合并"))
def unmerge(act: Act, *, merge: UUID, reason: str) -> dict[str, Any]:
    """Undo a merge: every row it changed is again what it was; Refused, in words, where one has changed since."""
    row = Merge.objects.filter(id=merge).first()
    if row is None:
        raise NotFound(_("没有找到这次合并，或不在您的管辖范围内。"), code="no_merge")
    kept, away = _both(act, row.kept_id, row.away_id)
    row = Merge.objects.select_for_update(of=("self",)).get(id=merge)
    if row.undone_at is not None:
        raise Refused(_("这次合并已经撤销。"), code="already_undone")
    why = _reason(reason, _("请写明为什么不是同一人。"))
    changes = rows.read(row.moved)
    _nothing_contradicts(kept, changes)
    try:
        with transaction.atomic():
            _restore(changes)
    except IntegrityError as error:
        text = _("不能撤销：合并之后登记的内容与恢复后的记录冲突，请先更正。")
        raise Refused(text, code="contradicts") from error
    row.undone_at, row.undone_by, row.undone_reason = act.now, act.actor.label, why
    row.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    kept.refresh_from_db()
    away.refresh_from_db()
    _settle_pair(act, kept, away, PairState.APART, why)
    act.note(reason=why)
    return {"merge": row.id, "person": kept.id, "away": away.id}


WORDS = {
    "household": gettext_lazy("所在户"),
    "membership": gettext_lazy("家庭成员"),
    "proposal": gettext_lazy("待核实数据"),
}


def _nothing_contradicts(kept: Person, changes: list[dict[str, Any]]) -> None:
    """Refuse to undo where a row is no longer what the merge made of it, and say which."""
    if kept.merged_into_id is not None:
        raise Refused(_("保留的记录此后又并入了另一条，请先撤销那一次合并。"), code="merged_again")
    said: list[str] = []
    for change in changes:
        model = rows.MODELS[change["kind"]]
        row = model._default_manager.select_for_update(of=("self",)).filter(pk=change["id"]).first()
        columns = rows.differs(row, change)
        if change["kind"] == "person":
            said += [
                str(TITLES.get(name, WORDS["household"])) for name in columns if not name.endswith("_hash")
            ]
        elif columns:
            said.append(str(WORDS[change["kind"]]))
    if said:
        what = "、".join(dict.fromkeys(said))
        text = _("不能撤销：合并之后%(what)s又有变动。请先把这些变动更正回来。")
        raise Refused(text % {"what": what}, code="contradicts")


def _restore(changes: list[dict[str, Any]]) -> None:
    """Write every row back: first what stands in the way of unique values, persons' numbers last."""
    made = [one["id"] for one in changes if one["before"] is None]
    Membership.objects.filter(id__in=made).delete()
    swapped = [one["id"] for one in changes if one["kind"] == "person" and "id_hash" in (one["before"] or {})]
    Person.objects.filter(id__in=swapped).update(id_hash=None)
    order = ("household", "membership", "proposal", "person")
    for change in sorted(
        (c for c in changes if c["before"] is not None), key=lambda c: order.index(c["kind"])
    ):
        model = rows.MODELS[change["kind"]]
        row = model._default_manager.get(pk=change["id"])
        for name, value in change["before"].items():
            setattr(row, name, rows.back(model, name, value))
        row.save(update_fields=[f.name for f in model._meta.concrete_fields if f.attname in change["before"]])


@action("people.keep_apart", title=gettext_lazy("认定不是同一人"))
def keep_apart(
    act: Act, *, pair: UUID, reason: str = "", apart: bool = True, seen: str = ""
) -> dict[str, Any]:
    """Say that two records are two people, with the reason; `apart=False` puts the pair back to be looked at."""
    row = Pair.objects.select_for_update(of=("self",)).filter(id=pair).first()
    if row is None:
        raise NotFound(_("没有找到这一对，或其中一人不在您的管辖范围内。"), code="no_pair")
    first, second = _both(act, row.first_id, row.second_id)
    if row.state == PairState.MERGED:
        raise Refused(_("这两条记录已经合并，请先撤销合并。"), code="merged")
    _unchanged(seen, first, second)
    why = _reason(reason, _("请写明为什么不是同一人。")) if apart else ""
    row.state = PairState.APART if apart else PairState.OPEN
    row.reason, row.stamp = why, stamp_of(first, second)
    row.decided_at, row.decided_by = (act.now, act.actor.label) if apart else (None, "")
    row.save()
    act.note(reason=why)
    return {"pair": row.id, "state": row.state}
