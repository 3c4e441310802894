"""What differs between two texts of a rule, in words: rows and cells, sentences, inputs, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huimin.portal.desk.rules_shown import Cell, ShownRow, Step, readable
from huimin.ui import formats


@dataclass(frozen=True)
class Difference:
    """One difference: what became of it (added, removed, changed), where, and what it said before and says now."""

    kind: str
    where: str
    before: str = ""
    after: str = ""

    @property
    def word(self) -> str:
        """What became of it, in a word."""
        return {"added": _("新增"), "removed": _("删去"), "changed": _("修改"), "moved": _("移动")}[self.kind]

    @property
    def tone(self) -> str:
        """Its tone."""
        return {"added": "done", "removed": "refused", "changed": "info", "moved": "plain"}[self.kind]


def compared(rule: str, before: str, after: str) -> tuple[Difference, ...] | None:
    """The differences between two texts, in the order in which they stand; None where one of them cannot be read."""
    old, new = readable(rule, before), readable(rule, after)
    if old is None or new is None:
        return None
    found: list[Difference] = []
    if old.title != new.title:
        found.append(Difference("changed", _("规则名称"), old.title, new.title))
    if old.description != new.description:
        found.append(Difference("changed", _("规则说明"), old.description, new.description))
    was = {one.name: one for one in old.inputs}
    now = {one.name: one for one in new.inputs}
    found += [
        Difference("added", _("依据的数据"), "", one.title) for name, one in now.items() if name not in was
    ]
    found += [
        Difference("removed", _("依据的数据"), one.title) for name, one in was.items() if name not in now
    ]
    steps = {one.id: one for one in old.steps}
    for one in new.steps:
        if one.id in steps:
            found += step_changes(steps.pop(one.id), one)
        else:
            found.append(Difference("added", _("新的一步"), "", one.title))
    found += [Difference("removed", _("去掉的一步"), one.title) for one in steps.values()]
    return tuple(found)


def step_changes(old: Step, new: Step) -> Iterator[Difference]:
    """The differences within one step."""
    place = _("“%(step)s”") % {"step": new.title}
    if old.title != new.title:
        yield Difference("changed", _("%(place)s的名称") % {"place": place}, old.title, new.title)
    if old.description != new.description:
        yield Difference("changed", _("%(place)s的说明") % {"place": place}, old.description, new.description)
    if old.source != new.source:
        yield Difference("changed", place, old.sentence or old.source, new.sentence or new.source)
    if (old.table is None) != (new.table is None):
        yield Difference("changed", _("%(place)s的写法") % {"place": place})
    if old.table is None or new.table is None:
        return
    if old.table.policy != new.table.policy:
        yield Difference(
            "changed", _("%(place)s取用的方式") % {"place": place}, old.table.policy, new.table.policy
        )
    heads = [(one.label, one.source, one.type) for one in old.table.inputs]
    if heads != [(one.label, one.source, one.type) for one in new.table.inputs]:
        yield Difference(
            "changed", _("%(place)s的条件列") % {"place": place}, formats.listed(one.label for one in old.table.inputs),
            formats.listed(one.label for one in new.table.inputs),
        )  # fmt: skip
    yield from row_changes(place, old.table.rows, new.table.rows)


def row_changes(place: str, old: Sequence[ShownRow], new: Sequence[ShownRow]) -> Iterator[Difference]:
    """The differences between the rows of a table: by their ids, else by what they say."""
    was = {one.id: one for one in old}
    for row in new:
        where = _("%(place)s第 %(n)s 行") % {"place": place, "n": row.number}
        if row.id not in was:
            yield Difference("added", where, "", row_words(row))
            continue
        before = was.pop(row.id)
        pairs = list(zip(cells(before), cells(row), strict=False))
        for one, other in pairs:
            if one.source.strip() != other.source.strip():
                label = _("%(where)s的“%(column)s”") % {"where": where, "column": other.label}
                yield Difference(
                    "changed",
                    label,
                    one.words or one.source or _("空"),
                    other.words or other.source or _("空"),
                )
        if len(cells(before)) != len(cells(row)):
            yield Difference("changed", where, row_words(before), row_words(row))
    for row in was.values():
        yield Difference(
            "removed", _("%(place)s原第 %(n)s 行") % {"place": place, "n": row.number}, row_words(row)
        )
    kept = [one.id for one in new if any(other.id == one.id for other in old)]
    if kept != [one.id for one in old if one.id in kept]:
        yield Difference("moved", _("%(place)s各行的先后") % {"place": place})


def cells(row: ShownRow) -> tuple[Cell, ...]:
    """All cells of a row."""
    return (*row.inputs, *row.outputs, *row.notes)


def row_words(row: ShownRow) -> str:
    """A whole row as a sentence: its conditions, then its outcome."""
    asked = [f"{one.label}{_('：')}{one.words}" for one in row.inputs if one.source.strip() not in ("-", "")]
    given = formats.listed(one.words for one in row.outputs)
    when = _("，").join(asked) or _("任何情况")
    return _("%(when)s，结果为%(then)s") % {"when": when, "then": given}
