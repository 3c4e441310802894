"""What can be known of the type of an expression without evaluating it, and which operands can never meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import arithmetic, tree
from .functions import BUILT_IN as BUILT_IN_FUNCTIONS
from .schema import (
    ALIASES,
    ANY,
    BUILT_IN,
    ContextType,
    ListType,
    RangeType,
    Restricted,
    Type,
    Unknown,
    list_of,
)
from .tree import Node
from .values import kind

Report = Callable[[str, Node, dict[str, object]], None]
"""Takes the code of a problem, the node it is about and the params of its sentence."""

SCALARS = frozenset(BUILT_IN) - {"Any", "Null"}
BOOLEAN = BUILT_IN["boolean"]
_CLOCK = {"today": "date", "now": "date and time"}
_PARTS = {"time offset": BUILT_IN["days and time duration"], "timezone": BUILT_IN["string"]}
_WITH_PARTS = SCALARS - {"number", "string", "boolean"}
_SAME = frozenset({"number", "years and months duration", "days and time duration", "string"})


class Inference:
    """Infers types under an environment of variables, reporting what is certainly wrong."""

    def __init__(self, variables: Mapping[str, Type], report: Report) -> None:
        self._variables, self._report = dict(variables), report

    def infer(self, node: Node) -> Type:
        """The type of an expression, Any when it is not certain; what is below it is looked at too."""
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node)
        for child in node.children():
            self.infer(child)
        return BOOLEAN if isinstance(node, tree.InstanceOf) else ANY

    def tests(self, node: Node, subject: Type) -> None:
        """Reports cells that compare a column with something of another type."""
        match node:
            case tree.AnyOf(tests=tests):
                for each in tests:
                    self.tests(each, subject)
            case tree.NotTest(tests=inner):
                self.tests(inner, subject)
            case tree.OperatorTest(operand=operand):
                self._cell(node, subject, self.infer(operand))
            case tree.ValueTest(expression=expression, conditional=conditional):
                found = self.infer(expression)
                if not conditional:
                    self._cell(node, subject, found)

    def _cell(self, node: Node, subject: Type, found: Type) -> None:
        held = found.item if isinstance(found, ListType | RangeType) else found
        if never(subject, held) and never(subject, found):
            self._report("feel.column_mismatch", node, {"left": plain(subject), "right": plain(held)})

    def _literal(self, node: tree.Literal) -> Type:
        return BUILT_IN.get(kind(node.value), ANY)

    def _name(self, node: tree.Name) -> Type:
        return self._variables.get(node.name, ANY)

    def _arithmetic(self, node: tree.Arithmetic) -> Type:
        left, right = plain(self.infer(node.left)), plain(self.infer(node.right))
        if left.name not in SCALARS or right.name not in SCALARS:
            return ANY
        if (node.operator, left.name, right.name) not in arithmetic.RULES:
            self._report(
                "feel.certain_arithmetic", node, {"operator": node.operator, "left": left, "right": right}
            )
            return ANY
        if left == right and left.name in _SAME and not (node.operator == "/" and left.name != "number"):
            return left
        return BUILT_IN["days and time duration"] if left == right else ANY

    def _negation(self, node: tree.Negation) -> Type:
        return plain(self.infer(node.operand))

    def _comparison(self, node: tree.Comparison) -> Type:
        left, right = self.infer(node.left), self.infer(node.right)
        self._compared(node, node.operator, left, right)
        return BOOLEAN

    def _compared(self, node: Node, operator: str, left: Type, right: Type) -> None:
        if never(left, right):
            params = {"operator": operator, "left": plain(left), "right": plain(right)}
            self._report("feel.certain_mismatch", node, params)

    def _between(self, node: tree.Between) -> Type:
        value = self.infer(node.value)
        self._compared(node, ">=", value, self.infer(node.low))
        self._compared(node, "<=", value, self.infer(node.high))
        return BOOLEAN

    def _in(self, node: tree.In) -> Type:
        value = self.infer(node.value)
        for each in node.tests:
            self.tests(each, value)
        return BOOLEAN

    def _logical(self, node: tree.Conjunction | tree.Disjunction) -> Type:
        self.infer(node.left)
        self.infer(node.right)
        return BOOLEAN

    def _if(self, node: tree.If) -> Type:
        self.infer(node.condition)
        first, second = plain(self.infer(node.consequence)), plain(self.infer(node.alternative))
        return first if first == second else ANY

    def _list(self, node: tree.ListOf) -> Type:
        items = {plain(self.infer(item)) for item in node.items}
        return list_of(items.pop() if len(items) == 1 else ANY)

    def _range(self, node: tree.RangeOf) -> Type:
        ends = {plain(self.infer(end)) for end in (node.low, node.high) if end is not None}
        item = ends.pop() if len(ends) == 1 else ANY
        return RangeType(f"range<{item}>", item)

    def _context(self, node: tree.ContextOf) -> Type:
        inner = Inference(self._variables, self._report)
        for entry in node.entries:
            inner._variables[entry.key] = inner.infer(entry.value)
        return ContextType("context", tuple((each.key, inner._variables[each.key]) for each in node.entries))

    def _path(self, node: tree.Path) -> Type:
        source = plain(self.infer(node.source))
        if isinstance(source, ContextType):
            return source.member(node.member) or ANY
        if source.name in _WITH_PARTS:
            return _PARTS.get(node.member, BUILT_IN["number"])
        return ANY

    def _call(self, node: tree.Call | tree.NamedCall) -> Type:
        for argument in node.arguments:
            self.infer(argument.value if isinstance(argument, tree.Argument) else argument)
        if not isinstance(node.function, tree.Name):
            self.infer(node.function)
            return ANY
        name = node.function.name
        built_in = BUILT_IN_FUNCTIONS.get(name)
        found = _CLOCK.get(name) or ("Any" if built_in is None else built_in.result)
        # A variable may be a function of the same name, of which nothing is known.
        return ANY if name in self._variables else ALIASES[found]

    def _filter(self, node: tree.Filter) -> Type:
        source = plain(self.infer(node.source))
        item = source.item if isinstance(source, ListType) else source
        # Members of the element hide the variables around it.
        element = plain(item)
        hidden = dict(element.members) if isinstance(element, ContextType) else {}
        if hidden or element.name in SCALARS:
            Inference({**self._variables, **hidden, "item": item}, self._report).infer(node.test)
        return ANY

    def _inside(self, node: Node, hidden: Iterator[str]) -> Type:
        """Looks below a node that brings names of its own, whose types are not known."""
        inner = Inference({**self._variables, **dict.fromkeys(hidden, ANY)}, self._report)
        for child in node.children():
            inner.infer(child)
        return ANY

    def _for(self, node: tree.For) -> Type:
        return list_of(self._inside(node, iter(["partial", *(each.name for each in node.iterators)])))

    def _quantified(self, node: tree.Quantified) -> Type:
        self._inside(node, (each.name for each in node.iterators))
        return BOOLEAN

    def _function(self, node: tree.FunctionOf) -> Type:
        return ANY if node.external else self._inside(node, (each.name for each in node.parameters))


def plain(found: Type) -> Type:
    """A type without its restriction to some values."""
    return plain(found.base) if isinstance(found, Restricted) else found


def never(left: Type, right: Type) -> bool:
    """Whether values of two types can never be equal or ordered."""
    left, right = plain(left), plain(right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    certain = left.name in SCALARS and right.name in SCALARS
    return certain and left.name != right.name


_METHODS: dict[type[Node], Callable[[Inference, Any], Type]] = {
    tree.Literal: Inference._literal,
    tree.Name: Inference._name,
    tree.Arithmetic: Inference._arithmetic,
    tree.Negation: Inference._negation,
    tree.Comparison: Inference._comparison,
    tree.Between: Inference._between,
    tree.In: Inference._in,
    tree.Conjunction: Inference._logical,
    tree.Disjunction: Inference._logical,
    tree.If: Inference._if,
    tree.ListOf: Inference._list,
    tree.RangeOf: Inference._range,
    tree.ContextOf: Inference._context,
    tree.Path: Inference._path,
    tree.Filter: Inference._filter,
    tree.Call: Inference._call,
    tree.NamedCall: Inference._call,
    tree.For: Inference._for,
    tree.Quantified: Inference._quantified,
    tree.FunctionOf: Inference._function,
}
