"""Two versions of a rule in words: what came, what went, which cell, line or text is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .. import model as m
from .. import tree
from ..text import shown
from ..tree import Node
from .notes import Notes, notes

E = TypeVar("E", bound=m.Element)
MESSAGES: dict[str, str] = {
    "name": "The rule is called '{after}', before '{before}'.",
    "input_added": "'{element}' is read now.",
    "input_removed": "'{element}' is no longer read.",
    "added": "'{element}' is new: {after}.",
    "removed": "'{element}' is gone: {before}.",
    "type": "'{element}' is {after}, before {before}.",
    "logic": "'{element}' is decided in another way.",
    "constant": "In '{element}' {before} became {after}.",
    "expression": "'{element}' is now {after}, before {before}.",
    "requires": "'{element}' now depends on {after}, before on {before}.",
    "policy": "The hit policy of '{element}' is {after}, before {before}.",
    "column_added": "'{element}' has a new column '{column}'.",
    "column_removed": "'{element}' has no column '{column}' any more.",
    "column": "Column '{column}' of '{element}' is now {after}, before {before}.",
    "default": "Where no row matches, '{element}' is now {after}, before {before}.",
    "values": "The values of '{column}' in '{element}' are now {after}, before {before}.",
    "row_added": "'{element}' has a new row {row}: {after}.",
    "row_removed": "Row {before_row} of '{element}' is gone: {before}.",
    "row_moved": "Row {before_row} of '{element}' is row {row} now.",
    "cell": "Row {row} of '{element}', column '{column}': {after}, before {before}.",
    "output": "Row {row} of '{element}' now gives {after}, before {before}.",
    "note": "Row {row} of '{element}', {column}: {after}, before {before}.",
    "text": "The text of '{element}' is now: {after}",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference: element and column as people call them, rows from 1 in either version, the texts of both."""

    kind: str
    element: str = ""
    column: str = ""
    row: int | None = None
    before_row: int | None = None
    before: str = ""
    after: str = ""

    @property
    def message(self) -> str:
        """A plain English sentence; pages word it by kind."""
        words = {**vars(self), "before": self.before or "nothing", "after": self.after or "nothing"}
        return MESSAGES[self.kind].format(**words)

    @property
    def decides(self) -> bool:
        """Whether it can make an outcome another one; names, texts and notes cannot."""
        return self.kind not in ("name", "text", "note")


def differences(old: m.Model, new: m.Model) -> tuple[Difference, ...]:
    """Everything in which two versions of a rule differ; layout, drawing and order of elements left out."""
    work = _Comparing(notes(old), notes(new))
    return tuple(work.models(old, new))


def _plain(text: m.Text | None) -> str:
    return "" if text is None else " ".join(text.source.split())


@dataclass(frozen=True)
class _Comparing:
    before: Notes
    after: Notes

    def models(self, old: m.Model, new: m.Model) -> Iterator[Difference]:
        if old.name != new.name:
            yield Difference(kind="name", before=old.name, after=new.name)
        pairs, gone, come = paired(old.inputs, new.inputs)
        for one in come:
            yield Difference(kind="input_added", element=self.after.label(one))
        for one in gone:
            yield Difference(kind="input_removed", element=self.before.label(one))
        for one, two in pairs:
            yield from self.element(one, two)
        before: list[m.Decision | m.KnowledgeModel] = [*old.decisions, *old.knowledge]
        after: list[m.Decision | m.KnowledgeModel] = [*new.decisions, *new.knowledge]
        decided, gone_, come_ = paired(before, after)
        for each in come_:
            yield Difference(kind="added", element=self.after.label(each), after=told(each))
        for each in gone_:
            yield Difference(kind="removed", element=self.before.label(each), before=told(each))
        for first, second in decided:
            yield from self.element(first, second)
            yield from self.required(first, second, old, new)
            yield from self.logic(first, second, old, new)

    def element(self, one: m.Element, two: m.Element) -> Iterator[Difference]:
        name = self.after.label(two)
        if one.type_name != two.type_name:
            yield Difference(kind="type", element=name, before=one.type_name, after=two.type_name)
        texts = [(one.description, two.description), (self.before.label(one), name)]
        for before, after in texts:
            if " ".join(before.split()) != " ".join(after.split()):
                yield Difference(kind="text", element=name, before=before.strip(), after=after.strip())

    def required(self, one: m.Element, two: m.Element, old: m.Model, new: m.Model) -> Iterator[Difference]:
        before, after = old.plan.required(one).keys(), new.plan.required(two).keys()
        if before != after:
            yield Difference(
                kind="requires", element=self.after.label(two),
                before=", ".join(sorted(before - after)), after=", ".join(sorted(after - before)),
            )  # fmt: skip

    def logic(
        self,
        one: m.Decision | m.KnowledgeModel,
        two: m.Decision | m.KnowledgeModel,
        old: m.Model,
        new: m.Model,
    ) -> Iterator[Difference]:
        name = self.after.label(two)
        first, second = body(one), body(two)
        if isinstance(first, m.DecisionTable) and isinstance(second, m.DecisionTable):
            yield from tables(name, first, second)
        elif isinstance(first, m.LiteralExpression) and isinstance(second, m.LiteralExpression):
            yield from expressions(
                name, old.plan.trees[first.text], new.plan.trees[second.text], first, second
            )
        elif told(one) != told(two):
            yield Difference(kind="logic", element=name, before=told(one), after=told(two))


def body(element: m.Decision | m.KnowledgeModel) -> m.Boxed | None:
    """The logic of a decision, or what a function does."""
    if isinstance(element, m.Decision):
        return element.logic
    return element.function.body if element.function else None


def told(element: m.Decision | m.KnowledgeModel) -> str:
    """The logic of an element as one line."""
    from ..plan import boxes

    texts: list[str] = []
    for box in boxes(body(element)):
        if isinstance(box, m.LiteralExpression):
            texts.append(_plain(box.text))
        elif isinstance(box, m.DecisionTable):
            texts += [line(row) for row in box.rows]
    return "; ".join(texts)


def line(row: m.Row) -> str:
    """A row as one line."""
    return f"{', '.join(map(_plain, row.inputs))} → {', '.join(map(_plain, row.outputs))}"


def paired(old: Sequence[E], new: Sequence[E]) -> tuple[list[tuple[E, E]], list[E], list[E]]:
    """Elements of both by name, else by id; those that went, and those that came."""
    names = {each.name: each for each in old}
    ids = {each.id: each for each in old if each.id}
    pairs: list[tuple[E, E]] = []
    taken: set[E] = set()
    come: list[E] = []
    known = {each.name for each in new}
    for each in new:
        found = names.get(each.name)
        if found is None and each.id in ids and ids[each.id].name not in known:
            found = ids[each.id]
        if found is None or found in taken:
            come.append(each)
        else:
            taken.add(found)
            pairs.append((found, each))
    return pairs, [each for each in old if each not in taken], come


def expressions(
    name: str, old: object, new: object, first: m.LiteralExpression, second: m.LiteralExpression
) -> Iterator[Difference]:
    """Constants that became others in an expression of the same shape; the whole expression where the shape is another."""
    if old == new:
        return
    if isinstance(old, Node) and isinstance(new, Node):
        found = list(constants(old, new))
        if found and None not in found:
            for each in found:
                assert each is not None
                yield Difference(kind="constant", element=name, before=each[0], after=each[1])
            return
    yield Difference(kind="expression", element=name, before=_plain(first.text), after=_plain(second.text))


def constants(old: Node, new: Node) -> Iterator[tuple[str, str] | None]:
    """The constants in which two trees of one shape differ; None where the shapes differ."""
    if isinstance(old, tree.Literal) and isinstance(new, tree.Literal):
        if old != new:
            yield shown(old.value), shown(new.value)
        return
    if type(old) is not type(new) or old == new:
        if old != new:
            yield None
        return
    one, two = list(old.children()), list(new.children())
    blank = {key: value for key, value in vars(old).items() if isinstance(value, str | bool)}
    if len(one) != len(two) or any(vars(new)[key] != value for key, value in blank.items()):
        yield None
        return
    for left, right in zip(one, two, strict=True):
        yield from constants(left, right)


# Tables


def tables(name: str, old: m.DecisionTable, new: m.DecisionTable) -> Iterator[Difference]:
    """What differs between two tables."""
    if (old.hit_policy, old.aggregation) != (new.hit_policy, new.aggregation):
        before, after = old.hit_policy + old.aggregation, new.hit_policy + new.aggregation
        yield Difference(kind="policy", element=name, before=before, after=after)
    columns = columned(old.inputs, new.inputs)
    labels = {at: column.label or _plain(column.expression) for at, column in enumerate(new.inputs)}
    for at, column in enumerate(new.inputs):
        known = columns.get(at)
        if known is None:
            yield Difference(kind="column_added", element=name, column=labels[at])
        elif _plain(old.inputs[known].expression) != _plain(column.expression):
            yield Difference(
                kind="column", element=name, column=labels[at],
                before=_plain(old.inputs[known].expression), after=_plain(column.expression),
            )  # fmt: skip
    for at, column in enumerate(old.inputs):
        if at not in columns.values():
            label = column.label or _plain(column.expression)
            yield Difference(kind="column_removed", element=name, column=label)
    for one, two in zip(old.outputs, new.outputs, strict=False):
        if _plain(one.default) != _plain(two.default):
            yield Difference(
                kind="default", element=name, before=_plain(one.default), after=_plain(two.default)
            )
        if _plain(one.values) != _plain(two.values):
            yield Difference(
                kind="values", element=name, column=two.label or two.name,
                before=_plain(one.values), after=_plain(two.values),
            )  # fmt: skip
    yield from rows(name, old, new, columns, labels)


def columned(old: Sequence[m.InputColumn], new: Sequence[m.InputColumn]) -> dict[int, int]:
    """The columns of the new table with those of the old they stand for: the same expression, else the same id."""
    found: dict[int, int] = {}
    for same in (
        lambda a, b: _plain(a.expression) == _plain(b.expression),
        lambda a, b: bool(a.id) and a.id == b.id,
    ):
        for at, column in enumerate(new):
            for before, other in enumerate(old):
                if at not in found and before not in found.values() and same(other, column):
                    found[at] = before
    return found


def rows(
    name: str,
    old: m.DecisionTable,
    new: m.DecisionTable,
    columns: Mapping[int, int],
    labels: Mapping[int, str],
) -> Iterator[Difference]:
    """Rows that came, went, moved, and cells that changed."""
    pairs = matched(old, new, columns)
    for before, row in enumerate(old.rows):
        if before not in pairs.values():
            yield Difference(kind="row_removed", element=name, before_row=row.number, before=line(row))
    order = sorted(pairs.values())
    for at, row in enumerate(new.rows):
        if at not in pairs:
            yield Difference(kind="row_added", element=name, row=row.number, after=line(row))
            continue
        other = old.rows[pairs[at]]
        place = sorted(pairs).index(at)
        if order[place] != pairs[at]:
            yield Difference(kind="row_moved", element=name, row=row.number, before_row=other.number)
        for column, before in columns.items():
            texts = _plain(other.inputs[before]) or "-", _plain(row.inputs[column]) or "-"
            if texts[0] != texts[1]:
                yield Difference(
                    kind="cell", element=name, column=labels[column], row=row.number, before_row=other.number,
                    before=texts[0], after=texts[1],
                )  # fmt: skip
        for one, two, output in zip(other.outputs, row.outputs, new.outputs, strict=False):
            if _plain(one) != _plain(two):
                yield Difference(
                    kind="output", element=name, column=output.label or output.name, row=row.number,
                    before_row=other.number, before=_plain(one), after=_plain(two),
                )  # fmt: skip
        for note in dict.fromkeys([*other.annotations, *row.annotations]):
            said = other.annotations.get(note, ""), row.annotations.get(note, "")
            if said[0].split() != said[1].split():
                yield Difference(
                    kind="note", element=name, column=note, row=row.number, before_row=other.number,
                    before=said[0], after=said[1],
                )  # fmt: skip


def matched(old: m.DecisionTable, new: m.DecisionTable, columns: Mapping[int, int]) -> dict[int, int]:
    """The rows of the new table with those of the old: the same id, else the most cells alike, at least half of them."""
    ids = {row.id: at for at, row in enumerate(old.rows) if row.id}
    found = {at: ids[row.id] for at, row in enumerate(new.rows) if row.id in ids}
    likeness: list[tuple[int, int, int, int]] = []
    for at, row in enumerate(new.rows):
        for before, other in enumerate(old.rows):
            if at in found or before in found.values():
                continue
            alike = sum(_plain(row.inputs[c]) == _plain(other.inputs[b]) for c, b in columns.items())
            alike += sum(_plain(a) == _plain(b) for a, b in zip(row.outputs, other.outputs, strict=False))
            if 2 * alike >= len(columns) + len(new.outputs):
                likeness.append((-alike, abs(at - before), at, before))
    for _, _, at, before in sorted(likeness):
        if at not in found and before not in found.values():
            found[at] = before
    return found
