"""Gaps, overlaps, rows that never count, and rows that could be fewer, of one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import logic, tree
from .. import model as m
from ..interpret import Interpreter
from ..plan import GLOBAL_NAMES
from ..scope import Run, Scope
from ..tree import Node
from ..values import Value
from . import findings as f
from .axes import Axis, Class, Frame, Table
from .covering import Box, Cover, TooManyError, joined
from .notes import Notes
from .space import Moment

LISTED = 12
LOOKED_AT = 200


class TableAnalysis:
    """The findings of one table."""

    def __init__(self, table: Table, moment: Moment, notes: Notes) -> None:
        self.table, self.moment, self.notes = table, moment, notes
        self.rows = table.table.rows
        self.frame = Frame(table, moment, notes)
        self.masks = self.frame.masks
        self.sizes = [len(masks) for masks in self.masks]
        self.boxes = [self._box(at) for at in range(len(self.rows))]
        self.cover = Cover(self.masks)
        self.large = False
        self.open = 0

    @property
    def exact(self) -> bool:
        """Whether nothing was left out."""
        return not self.large and all(axis.exact for axis in self.frame.axes)

    def found(self) -> list[f.Finding]:
        """Every finding, by kind."""
        never = [at for at, box in enumerate(self.boxes) if box is None]
        return [
            *self._gaps(),
            *self._overlaps(),
            *(self._row(f.NEVER, at) for at in never if self._sure_of(at)),
            *self._masked(),
            *self._hints(),
        ]

    def report(self) -> f.TableReport:
        """What was looked at."""
        doubts = {name: why for axis in self.frame.axes for name, why in axis.explorer.vague().items()}
        product = 1
        for size in self.sizes:
            product *= size
        return f.TableReport(
            decision=self.table.element.name,
            policy=self.table.table.hit_policy,
            rows=len(self.rows),
            combinations=product,
            open=self.open,
            exact=self.exact,
            doubts=tuple(f.Doubt(name=name, why=why) for name, why in sorted(doubts.items())),
        )

    # Boxes

    def _box(self, at: int) -> Box | None:
        """The classes on which a row hits, axis by axis; None where one axis has none."""
        box: Box = {}
        for axis, masks in enumerate(self.masks):
            classes = tuple(index for index, mask in enumerate(masks) if mask >> at & 1)
            if not classes:
                return None
            if len(classes) < len(masks):
                box[axis] = classes
        return box

    def _sure_of(self, at: int) -> bool:
        """Whether a row that was never seen to hit surely does not: some exact axis has no class for it."""
        return any(
            axis.exact and not any(mask >> at & 1 for mask in masks)
            for axis, masks in zip(self.frame.axes, self.masks, strict=True)
        )

    def _finding(self, kind: str, box: Box, rows: Sequence[int] = (), **params: object) -> f.Finding:
        chosen = [
            self._example(axis, box.get(at, range(len(axis.classes))))
            for at, axis in enumerate(self.frame.axes)
        ]
        facts: dict[str, Value] = {}
        inputs: dict[int, Value] = {}
        for axis, one in zip(self.frame.axes, chosen, strict=True):
            facts |= axis.explorer.facts(one.assigned)
            for column in axis.columns:
                inputs[column] = one.values[column][0]
        return f.Finding(
            kind=kind,
            decision=self.table.element.name,
            rows=tuple(at + 1 for at in rows),
            regions=tuple(self._regions(box)),
            facts=facts,
            inputs=tuple((self._label(column), inputs[column]) for column in sorted(inputs)),
            missing=any(one.missing for one in chosen),
            sure=self.exact,
            params=params,
        )

    def _example(self, axis: Axis, classes: Sequence[int]) -> Class:
        """A class of some, with every fact known where that can be."""
        each = [axis.classes[at] for at in classes]
        return next((one for one in each if not one.missing), each[0])

    def _regions(self, box: Box) -> Iterator[f.Region]:
        found: dict[int, str] = {}
        for at, axis in enumerate(self.frame.axes):
            for column in axis.columns:
                found[column] = axis.words(column, box[at]) if at in box else "-"
        for column in sorted(found):
            yield f.Region(column=self._label(column), test=found[column])

    def _label(self, column: int) -> str:
        given = self.table.table.inputs[column]
        return given.label or given.expression.source.strip()

    def _row(self, kind: str, *rows: int) -> f.Finding:
        return f.Finding(kind=kind, decision=self.table.element.name, rows=tuple(at + 1 for at in rows))

    # Gaps

    def _gaps(self) -> Iterator[f.Finding]:
        if any(output.default is not None for output in self.table.table.outputs):
            return
        if any(not size for size in self.sizes):
            return
        found: list[Box] = []
        try:
            for box in self.cover.open((1 << len(self.rows)) - 1):
                found.append(box)
                if len(found) == LOOKED_AT:
                    break
        except TooManyError:
            self.large = True
        more = len(found) == LOOKED_AT
        found = joined(found, self.sizes)
        self.open = len(found)
        made = [self._finding(f.GAP, box) for box in found]
        made.sort(key=lambda each: each.missing)
        yield from made[:LISTED]
        if len(made) > LISTED or more:
            name = self.table.element.name
            params = {"count": len(made) - LISTED, "least": more}
            yield f.Finding(kind=f.MORE, decision=name, params=params)

    # Overlaps

    def _overlaps(self) -> Iterator[f.Finding]:
        policy = self.table.table.hit_policy
        if policy not in ("U", "A"):
            return
        for second in range(len(self.rows)):
            for first in range(second):
                box = self._shared(first, second)
                if box is None:
                    continue
                if policy == "U":
                    yield self._finding(f.OVERLAP, box, (first, second))
                elif not self._same_outputs(first, second):
                    yield self._finding(f.CONFLICT, box, (first, second))

    def _shared(self, first: int, second: int) -> Box | None:
        """Where two rows both hit."""
        bits = 1 << first | 1 << second
        box: Box = {}
        for axis, masks in enumerate(self.masks):
            classes = tuple(index for index, mask in enumerate(masks) if mask & bits == bits)
            if not classes:
                return None
            if len(classes) < len(masks):
                box[axis] = classes
        return box

    def _outputs(self, at: int) -> list[tuple[bool, Value]]:
        """The outputs of a row: whether each is a constant, and its value or text."""
        plan = self.table.plan
        found: list[tuple[bool, Value]] = []
        for text in self.rows[at].outputs:
            node = plan.trees[text]
            fixed = isinstance(node, Node) and not any(
                isinstance(each, tree.Name) and each.name not in GLOBAL_NAMES for each in node.walk()
            )
            if fixed and isinstance(node, Node):
                run = Run(self.moment.now, self.moment.today)
                found.append((True, Interpreter(run).evaluate(node, Scope({}))))
            else:
                found.append((False, text.source.strip()))
        return found

    def _same_outputs(self, first: int, second: int) -> bool:
        pairs = zip(self._outputs(first), self._outputs(second), strict=False)
        return all((fixed == other and logic.same(value, found)) for (fixed, value), (other, found) in pairs)

    # Rows that never decide

    def _masked(self) -> Iterator[f.Finding]:
        order = self._order()
        if order is None:
            return
        before = 0
        for at in order:
            box = self.boxes[at]
            if box is not None and before:
                try:
                    hidden = next(self.cover.open(before, box), None) is None
                except TooManyError:
                    self.large = True
                    return
                if hidden and self.exact:
                    yield self._row(f.MASKED, at)
            before |= 1 << at

    def _order(self) -> list[int] | None:
        """The rows from the strongest to the weakest, where only one of those that hit decides."""
        table = self.table.table
        if table.hit_policy == "F":
            return list(range(len(self.rows)))
        if table.hit_policy != "P":
            return None
        ranks: list[tuple[int, ...]] = []
        for at in range(len(self.rows)):
            places: list[int] = []
            for output, (fixed, value) in zip(table.outputs, self._outputs(at), strict=False):
                if output.values is None:
                    continue
                if not fixed:
                    return None
                listed = self._listed(output.values)
                places.append(
                    next((i for i, each in enumerate(listed) if logic.same(each, value)), len(listed))
                )
            ranks.append(tuple(places))
        return sorted(range(len(self.rows)), key=lambda at: ranks[at])

    def _listed(self, text: m.Text) -> list[Value]:
        tests = self.table.plan.trees[text]
        run = Run(self.moment.now, self.moment.today)
        return [
            Interpreter(run).evaluate(each.expression, Scope({}))
            for each in (tests.tests if isinstance(tests, tree.AnyOf) else ())
            if isinstance(each, tree.ValueTest)
        ]

    # Hints

    def _hints(self) -> Iterator[f.Finding]:
        if self.table.table.hit_policy not in ("U", "A", "F") or not self.exact:
            return
        adjacent = self.table.table.hit_policy == "F"
        for second in range(len(self.rows)):
            for first in range(second):
                one, two = self.boxes[first], self.boxes[second]
                if one is None or two is None or not self._same_outputs(first, second):
                    continue
                if one == two:
                    yield self._row(f.DUPLICATE, first, second)
                elif _inside(two, one) and not adjacent:
                    yield self._row(f.SUBSUMED, second, first)
                elif _inside(one, two) and not adjacent:
                    yield self._row(f.SUBSUMED, first, second)
                elif self._joinable(one, two) and (not adjacent or second == first + 1):
                    yield self._row(f.MERGEABLE, first, second)

    def _joinable(self, one: Box, two: Box) -> bool:
        """Whether two boxes differ in one column alone, so that one row could say both."""
        different = [at for at in one.keys() | two.keys() if one.get(at) != two.get(at)]
        return len(different) == 1 and len(self.frame.axes[different[0]].columns) == 1


def _inside(small: Box, large: Box) -> bool:
    return all(at in small and set(small[at]) <= set(classes) for at, classes in large.items())
