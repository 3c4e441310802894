"""A table as axes: groups of columns that share no fact, each with the classes of values that its rows tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import model as m
from .. import tree
from ..plan import Link, Plan, Required
from ..problems import Problem
from ..schema import Restricted
from ..scope import Scope
from ..text import shown
from ..tree import Node
from ..values import Value
from .exploring import Assignment, Explorer, Probe, marked
from .forms import Form, Plain
from .notes import Notes
from .sampling import Piece, words
from .space import Moment, leaves
from .walking import Walker

SHOWN = 6
_REFUSED = object()


@dataclass(eq=False)
class Class:
    """Values of an axis on which the same rows hit: their mask, the values of each column, and one way to get there."""

    mask: int
    assigned: Assignment
    values: dict[int, list[Value]] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        """Whether it takes a fact that is not known."""
        return any(piece.value is None for piece in self.assigned.values())


@dataclass(eq=False)
class Axis:
    """Columns that share facts, with their classes; whole says that every class there is was found."""

    columns: tuple[int, ...]
    classes: list[Class]
    explorer: Explorer
    plain: bool
    whole: bool

    @property
    def exact(self) -> bool:
        """Whether nothing was left out."""
        return self.whole and not self.explorer.vague()

    def words(self, column: int, chosen: Iterable[int]) -> str:
        """The values of a column in some classes, as a test of FEEL."""
        classes = [self.classes[at] for at in chosen]
        if self.plain:
            return words(piece for each in classes for piece in each.pieces)
        texts = dict.fromkeys(shown(value) for each in classes for value in each.values.get(column, ()))
        return ", ".join([*list(texts)[:SHOWN], *(["…"] if len(texts) > SHOWN else [])])


@dataclass(frozen=True, eq=False)
class Table:
    """A table to look at: where it stands, and its parameters when it is the body of business knowledge."""

    plan: Plan
    element: m.Element
    table: m.DecisionTable
    parameters: tuple[m.Parameter, ...] = ()


class Frame:
    """The axes of a table."""

    def __init__(self, table: Table, moment: Moment, notes: Notes) -> None:
        self.table, self.moment, self.notes = table, moment, notes
        self.axes = [self._axis(columns) for columns in self._groups()]

    @property
    def masks(self) -> list[list[int]]:
        """The axes as masks of rows."""
        return [[each.mask for each in axis.classes] for axis in self.axes]

    # Columns that belong together

    def _groups(self) -> list[tuple[int, ...]]:
        groups: list[tuple[set[Any], list[int]]] = []
        for index in range(len(self.table.table.inputs)):
            facts, columns = self._facts(index), [index]
            apart = []
            for known, members in groups:
                if known & facts:
                    facts, columns = facts | known, members + columns
                else:
                    apart.append((known, members))
            groups = [*apart, (facts, columns)]
        return [tuple(sorted(columns)) for _, columns in sorted(groups, key=lambda each: min(each[1]))]

    def texts(self, index: int) -> list[m.Text]:
        """The texts of a column: its expression, its values, its cells."""
        table = self.table.table
        cells = [row.inputs[index] for row in table.rows if index < len(row.inputs)]
        column = table.inputs[index]
        return [text for text in (column.expression, column.allowed, *cells) if text is not None]

    def links(self, index: int) -> list[Link]:
        """What a column refers to in the graph."""
        plan = self.table.plan
        named = plan.required(self.table.element)
        found: list[Link] = []
        for text in self.texts(index):
            node = plan.trees[text]
            for each in node.walk() if isinstance(node, Node) else ():
                if isinstance(each, tree.Name) and each.name in named:
                    found += _links(named[each.name])
        return found

    def _facts(self, index: int) -> set[Any]:
        facts: set[Any] = set()
        for link in self.links(index):
            facts |= leaves(link)
        own = {each.name for each in self.table.parameters}
        for text in self.texts(index):
            node = self.table.plan.trees[text]
            for each in node.walk() if isinstance(node, Node) else ():
                if isinstance(each, tree.Name) and each.name in own:
                    facts.add((self.table.element, each.name))
        return facts

    # One axis

    def _axis(self, columns: tuple[int, ...]) -> Axis:
        explorer = Explorer(self.moment, self.notes)
        plan, element, table = self.table.plan, self.table.element, self.table.table
        entries = [link for index in columns for link in self.links(index)]
        space = explorer.space
        walker = Walker(space, plan, element, explorer.block(entries))
        around: dict[str, Form] = {
            each.name: space.parameter(element, each.name, plan.type(each.type_name))
            for each in self.table.parameters
        }
        forms: list[Form] = []
        for index in columns:
            form = walker.text(table.inputs[index].expression, around)
            forms.append(form)
            for text in self.texts(index)[1:]:
                walker.cell(text, form, around)
        for form in around.values():
            for number in form.reads:
                space.allowed(number)
        only = forms[0] if len(forms) == 1 else None
        plain = isinstance(only, Plain) and space.variables[only.number].values is None
        told = all(form.finite for form in forms)
        classes: dict[Any, Class] = {}
        whole = True
        for spent, (result, assigned) in enumerate(explorer.each(self._target(columns)), 1):
            if result is not _REFUSED:
                mask, values = result
                key = (mask, tuple(marked(value) for value in values) if told else ())
                known = classes.setdefault(key, Class(mask, assigned))
                _add(known, columns, values, assigned, plain)
            if spent >= explorer.budget:
                whole = False
                break
        return Axis(columns, list(classes.values()), explorer, plain, whole)

    def _target(self, columns: tuple[int, ...]) -> Callable[[Probe], Any]:
        """Evaluates columns and their cells: the rows that hit, and the values; or that a value is refused."""
        plan, element, table = self.table.plan, self.table.element, self.table.table
        tests = [
            [(1 << at, plan.trees[row.inputs[index]]) for at, row in enumerate(table.rows)]
            for index in columns
        ]
        everything = (1 << len(table.rows)) - 1

        def target(probe: Probe) -> Any:
            scope = probe.scope(plan, element)
            if self.table.parameters:
                scope = Scope(_Parameters(probe, element, self.table.parameters), scope)
            mask, values = everything, []
            for index, cells in zip(columns, tests, strict=True):
                value = self._input(probe, table.inputs[index], scope)
                if value is _REFUSED:
                    return _REFUSED
                values.append(value)
                for bit, node in cells:
                    if not mask & bit or isinstance(node, tree.AnyTest):
                        continue
                    if isinstance(node, Problem) or probe.interpreter.test(node, value, scope) is not True:
                        mask &= ~bit
            return mask, tuple(values)

        return target

    def _input(self, probe: Probe, column: m.InputColumn, scope: Scope) -> Any:
        plan = self.table.plan
        value = probe.evaluate(plan, column.expression, scope)
        wanted = plan.type(column.type_name)
        value = probe.typed(
            value, wanted.base if isinstance(wanted, Restricted) else wanted, column.expression.place
        )
        if column.allowed is None or value is None:
            return value
        node = plan.trees[column.allowed]
        fits = isinstance(node, Problem) or probe.interpreter.test(node, value, scope) is True
        return value if fits else _REFUSED


class _Parameters(Mapping[str, Value]):
    """The parameters of business knowledge, chosen when they are asked for."""

    def __init__(self, probe: Probe, owner: m.Element, parameters: tuple[m.Parameter, ...]) -> None:
        self._probe, self._owner = probe, owner
        self._names = {each.name for each in parameters}

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> Value:
        found = self._probe._space.variable((self._owner, name))
        return None if found is None else self._probe.chosen(found.number)

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _links(found: Required) -> list[Link]:
    if isinstance(found, Link):
        return [found]
    return [link for each in found.values() for link in _links(each)]


def _add(
    known: Class, columns: tuple[int, ...], values: tuple[Value, ...], assigned: Assignment, plain: bool
) -> None:
    if known.missing and not any(piece.value is None for piece in assigned.values()):
        known.assigned = assigned  # an example with every fact known says more
    if plain:
        known.pieces += assigned.values()
    for column, value in zip(columns, values, strict=True):
        kept = known.values.setdefault(column, [])
        if len(kept) <= SHOWN and not any(marked(value) == marked(each) for each in kept):
            kept.append(value)
