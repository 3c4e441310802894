"""Merging, splitting and renaming divisions from a day on, without touching the people recorded under them.

Plain functions in one transaction; the journaled actions over them live in access, which may see both.
A change may be recorded late: the whole history is replayed with it, and it is refused where that fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huimin.core.places import edition, listing, readings
from huimin.core.places.loading import renew
from huimin.core.places.models import Division, DivisionChange, Edition
from huimin.core.places.queries import unknown
from huimin.core.places.territory import Inconsistent, Territory, ordered
from huimin.core.places.types import Change
from huimin.kit.area import AreaCode, Level
from huimin.kit.refusal import Refused


def _refused(code: str, field: str, message: str) -> Refused:
    return Refused(message, code=code, fields={field: message})


def _lock() -> None:
    """One change at a time: later ones wait here and see what was changed before."""
    Edition.objects.get_or_create(id=1)
    Edition.objects.select_for_update().get(id=1)
    edition.forget()


def _level(code: str) -> Level:
    try:
        return AreaCode(code).level
    except ValueError:
        raise unknown(code) from None


def _village(code: str, field: str) -> None:
    if _level(code) is not Level.VILLAGE:
        text = _("%(code)s 不是村（居）的代码，只有村（居）可以合并或拆分") % {"code": code}
        raise _refused("not_a_village", field, text)


def _standing(code: str, on: date, field: str) -> Division:
    """The division, standing on the day; raise Refused where it is unknown, not yet there or closed."""
    division = Division.objects.filter(code=code).first()
    if division is None:
        raise unknown(code)
    if division.valid_from is not None and on <= division.valid_from:
        text = _("%(name)s（%(code)s）自 %(day)s 起才有，变更日期须晚于这一天") % {
            "name": division.name,
            "code": code,
            "day": division.valid_from,
        }
        raise _refused("date_order", "on", text)
    if division.valid_to is not None and division.valid_to <= on:
        text = _("%(name)s（%(code)s）自 %(day)s 起已撤销，请选择现有的行政区划") % {
            "name": division.name,
            "code": code,
            "day": division.valid_to,
        }
        raise _refused("closed", field, text)
    return division


def _target(code: str, on: date, name: str | None, field: str) -> tuple[Division, bool]:
    """The village that takes people in: one that stands, or a new one of that name in a standing township."""
    known = Division.objects.filter(code=code).first()
    if known is not None and known.valid_from == on and known.valid_to is None:
        return known, False  # made the same day by an earlier part of the same order
    if known is not None:
        return _standing(code, on, field), False
    parent = AreaCode(code).at(Level.TOWNSHIP).code
    _standing(parent, on, field)
    if not name:
        text = _("%(code)s 是新的代码，请填写新村（居）的名称") % {"code": code}
        raise _refused("name_needed", "name", text)
    name = _named(name)
    pinyin, initials = readings.read(name)
    kind = listing.kind_of(code, name, Level.VILLAGE, "")
    made = Division.objects.create(
        code=code, name=name, level=Level.VILLAGE, parent_code=parent, pinyin=pinyin, initials=initials,
        kind=kind, valid_from=on,
    )  # fmt: skip
    return made, True


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > listing.NAME_LENGTH or listing.UNSEEN.search(name):
        text = _("请填写名称，不超过 %(n)d 个字") % {"n": listing.NAME_LENGTH}
        raise _refused("name_invalid", "name", text)
    return name


def _documented(document: str) -> str:
    document = document.strip()
    if not document or len(document) > 200:
        raise _refused("document_needed", "document", _("请填写批复文件的名称和文号，不超过 200 个字"))
    return document


def _record(change: Change, entry: UUID | None) -> Change:
    """Replay the history with the change in it, and keep it; raise Refused where a step no longer works."""
    before = edition.current().changes
    change = replace(change, id=max((one.id for one in before), default=0) + 1)
    try:
        Territory(ordered([*before, change]))
    except Inconsistent as broken:
        raise _out_of_order(broken, change) from broken
    row = DivisionChange.objects.create(
        kind=change.kind, on=change.on, from_code=change.from_code, to_code=change.to_code,
        groups=list(change.groups) if change.groups else None, origin=change.origin, old_name=change.old_name,
        new_name=change.new_name, document=change.document, entry=entry,
    )  # fmt: skip
    edition.forget()
    renew()
    return replace(change, id=row.id)


def _out_of_order(broken: Inconsistent, change: Change) -> Refused:
    if broken.change.id == change.id:
        if broken.reason == "groups_moved":
            text = _("村民小组 %(group)s 在这一天不属于 %(code)s，请核对小组号和原记录代码") % {
                "group": broken.detail,
                "code": change.from_code,
            }
            return _refused("groups_moved", "groups", text)
        text = _("%(code)s 在这一天已经撤销") % {"code": broken.detail}
        return _refused("closed", "on", text)
    text = _("此后 %(day)s 还有一次变更（%(old)s → %(new)s）以原状为前提，请按日期先后登记") % {
        "day": broken.change.on,
        "old": broken.change.old_name,
        "new": broken.change.new_name,
    }
    return _refused("date_order", "on", text)


@transaction.atomic
def merge(
    sources: Sequence[str],
    into: str,
    *,
    on: date,
    document: str,
    name: str | None = None,
    entry: UUID | None = None,
) -> tuple[Change, ...]:
    """Merge villages into another from a day on, across townships too; a new `into` needs a `name`.

    The villages are closed from that day; a `name` for a village that stands already renames it that day.
    Raises Refused: unknown_division, not_a_village, same_division, closed, date_order, name_needed,
    document_needed.
    """
    _lock()
    document = _documented(document)
    if not sources:
        raise _refused("no_sources", "sources", _("请至少选择一个要并入的村（居）"))
    for code in sources:
        _village(code, "sources")
    _village(into, "into")
    if into in sources or len(set(sources)) != len(sources):
        raise _refused("same_division", "into", _("一个村（居）不能并入自己，也不能列两次"))
    closing = [_standing(code, on, "sources") for code in sources]
    for division in closing:
        if division.valid_to is not None:
            text = _("%(name)s 自 %(day)s 起已定撤销，请按日期先后登记") % {
                "name": division.name,
                "day": division.valid_to,
            }
            raise _refused("closed", "sources", text)
    target, made = _target(into, on, name, "into")
    if name and not made and name.strip() != target.name:
        rename(into, name, on=on, document=document, entry=entry)
        target.refresh_from_db()
    done = []
    for division in closing:
        change = Change(
            0,
            "merge",
            on,
            division.code,
            into,
            old_name=division.name,
            new_name=target.name,
            document=document,
        )
        done.append(_record(change, entry))
        Division.objects.filter(code=division.code).update(valid_to=on)
    renew()
    return tuple(done)


@transaction.atomic
def split(
    from_code: str,
    to_code: str,
    groups: Sequence[int],
    *,
    on: date,
    document: str,
    name: str | None = None,
    origin: str | None = None,
    entry: UUID | None = None,
) -> Change:
    """Move villager groups of one village to another from a day on; a new `to_code` needs a `name`.

    `groups` are the numbers people are recorded with under `origin`: the village itself, or one merged into
    it before. Raises Refused: unknown_division, not_a_village, same_division, no_groups, groups_moved,
    closed, date_order, name_needed, document_needed.
    """
    _lock()
    document = _documented(document)
    origin = origin or from_code
    for code, field in ((from_code, "from_code"), (to_code, "to_code"), (origin, "origin")):
        _village(code, field)
    if from_code == to_code:
        raise _refused("same_division", "to_code", _("拆出的小组须划入另一个村（居）"))
    numbers = tuple(sorted(set(groups)))
    if not numbers or numbers[0] < 1:
        raise _refused("no_groups", "groups", _("请填写拆出的村民小组号，从 1 起"))
    division = _standing(from_code, on, "from_code")
    target, _made = _target(to_code, on, name, "to_code")
    change = Change(
        0, "split", on, from_code, to_code, numbers, origin, old_name=division.name, new_name=target.name,
        document=document,
    )  # fmt: skip
    return _record(change, entry)


@transaction.atomic
def rename(code: str, name: str, *, on: date, document: str, entry: UUID | None = None) -> Change:
    """Rename a division of any level from a day on; the old name answers for the days before.

    Raises Refused: unknown_division, closed, date_order, same_name, name_invalid, document_needed.
    """
    _lock()
    document, name = _documented(document), _named(name)
    level = _level(code)
    division = _standing(code, on, "code")
    if division.name == name:
        raise _refused("same_name", "name", _("新名称与现名称相同"))
    earlier = edition.current().renames.get(code, [])
    if earlier and earlier[-1].on > on:
        text = _("%(name)s 已登记 %(day)s 的更名，请按日期先后登记") % {
            "name": division.name,
            "day": earlier[-1].on,
        }
        raise _refused("date_order", "on", text)
    done = _record(
        Change(0, "rename", on, code, code, old_name=division.name, new_name=name, document=document), entry
    )
    division.name = name
    division.pinyin, division.initials = readings.read(name)
    if level is Level.VILLAGE:
        division.kind = listing.kind_of(code, name, level, "")
    division.save(update_fields=["name", "pinyin", "initials", "kind"])
    renew()
    return done
