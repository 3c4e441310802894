"""Decision logic as statements and the source of its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import model as m
from .. import tree
from ..plan import Link
from . import kinds as k
from .expressions import Around, Made
from .tables import Table

if TYPE_CHECKING:
    from .program import Program


class Boxes:
    """Writes decision logic within one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.constant = program.constants.name

    def make(self, box: m.Boxed, around: Around) -> Made:
        """Writes logic; the source of its value, to be used once and at once, and the kinds of it."""
        method = _METHODS.get(type(box))
        if method is None:
            raise self.program.not_here()
        source, kinds = method(self, box, around)
        if not box.type_name:
            return source, kinds
        wanted = around.link.plan.type(box.type_name)
        if k.fits(kinds, wanted):
            return source, kinds
        own = self.constant(wanted)
        if isinstance(box, m.LiteralExpression):
            place = self.constant(box.text.place)
            return f"typed(run, {place}, {source}, {own})", k.of_type(wanted)
        return f"surely({source}, {own})", k.of_type(wanted)

    def _literal(self, box: m.LiteralExpression, around: Around) -> Made:
        node = self.program.node(around.link.plan, box.text)
        self.program.lead(node, around)
        return self.program.expressions.make(node, around.at(box.text))

    def _table(self, box: m.DecisionTable, around: Around) -> Made:
        return Table(self.program, box, around).make()

    def _context(self, box: m.BoxedContext, around: Around) -> Made:
        made: dict[str, str] = {}
        for entry in box.entries:
            source, kinds = self.make(entry.logic, around)
            wanted = around.link.plan.type(entry.type_name)
            if not k.fits(kinds, wanted):
                source, kinds = f"surely({source}, {self.constant(wanted)})", k.of_type(wanted)
            value = self.program.names.fresh("e")
            self.program.add(f"{value} = {source}")
            if not entry.name:
                return value, kinds
            made[entry.name] = value
            around = around.with_names({entry.name: (value, kinds)})
        pairs = (f"{self.constant(name)}: {value}" for name, value in made.items())
        return "{" + ", ".join(pairs) + "}", frozenset({"context"})

    def _conditional(self, box: m.Conditional, around: Around) -> Made:
        if not isinstance(box.condition, m.LiteralExpression):
            raise self.program.not_here()
        source, _ = self.make(box.condition, around)
        at = self.constant((box.condition.text.place, 0, 0))
        value = self.program.names.fresh("e")
        kinds: list[k.Kinds] = []
        head = f"if condition(run, {at}, {source}):"
        for logic in (box.consequence, box.alternative):
            with self.program.lines.block(head), self.program.branch():
                made, found = self.make(logic, around)
                self.program.add(f"{value} = {made}")
                kinds.append(found)
            head = "else:"
        return value, k.joined(*kinds)

    def _invocation(self, box: m.Invocation, around: Around) -> Made:
        plan = around.link.plan
        node = self.program.node(plan, box.function.text)
        if not isinstance(node, tree.Name) or node.name in around.names:
            raise self.program.not_here()
        found = plan.required(around.link.element).get(node.name)
        if not isinstance(found, Link) or not isinstance(found.element, m.KnowledgeModel):
            raise self.program.not_here()
        arguments: list[Made] = []
        for _, each in box.bindings:
            source, kinds = self.make(each, around)
            value = self.program.names.fresh("e")
            self.program.add(f"{value} = {source}")
            arguments.append((value, kinds))
        called = self.program.call(found, arguments, [name for name, _ in box.bindings])
        if called is None:
            raise self.program.not_here()
        return called

    def _list(self, box: m.BoxedList, around: Around) -> Made:
        values = [self._kept(item, around) for item in box.items]
        return "[" + ", ".join(values) + "]", frozenset({"list"})

    def _relation(self, box: m.Relation, around: Around) -> Made:
        rows = []
        for row in box.rows:
            pairs = [
                f"{self.constant(name)}: {self._kept(cell, around)}"
                for name, cell in zip(box.columns, row, strict=False)
            ]
            rows.append("{" + ", ".join(pairs) + "}")
        return "[" + ", ".join(rows) + "]", frozenset({"list"})

    def _kept(self, box: m.Boxed, around: Around) -> str:
        source, _ = self.make(box, around)
        value = self.program.names.fresh("e")
        self.program.add(f"{value} = {source}")
        return value


_METHODS: dict[type[m.Boxed], Callable[[Boxes, Any, Around], Made]] = {
    m.LiteralExpression: Boxes._literal,
    m.DecisionTable: Boxes._table,
    m.BoxedContext: Boxes._context,
    m.Conditional: Boxes._conditional,
    m.Invocation: Boxes._invocation,
    m.BoxedList: Boxes._list,
    m.Relation: Boxes._relation,
}
