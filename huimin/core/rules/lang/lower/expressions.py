"""One FEEL expression as a column: the tree is walked once, what knows no column is evaluated as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import tree
from ..interpret import Interpreter
from ..schema import BUILT_IN as BUILT_IN_TYPES
from ..scope import Run, Scope
from ..tree import Node
from ..values import Range
from . import comparing, numbers
from .functions import FUNCTIONS
from .growing import once
from .terms import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NULL,
    Constant,
    Items,
    Lowered,
    Record,
    Refusal,
    Span,
    Term,
    is_null,
    number_of,
    term_of,
    truth,
)

Invoked = Callable[[list[Lowered]], Lowered]
"""Business knowledge: what it gives for its arguments."""
MAX_ROUNDS = 1000


@dataclass(frozen=True)
class Names:
    """What names stand for: values, and functions of the model with their parameters."""

    values: Mapping[str, Lowered] = field(default_factory=dict)
    functions: Mapping[str, tuple[tuple[str, ...], Invoked]] = field(default_factory=dict)

    def with_values(self, values: Mapping[str, Lowered]) -> Names:
        """These and more."""
        return replace(self, values={**self.values, **values})


class Lowering:
    """Lowers expressions and unary tests within one moment; today and now may be columns."""

    def __init__(self, run: Run, today: Lowered | None, now: Lowered | None) -> None:
        self._interpreter = Interpreter(run)
        self._clock = {"today": today, "now": now}

    def value(self, node: Node, names: Names) -> Lowered:
        """A node as a term or a constant; Refusal where it has no exact counterpart."""
        try:
            if self._constant(node, names):
                return self._folded(node, names)
            method = _METHODS.get(type(node))
            if method is None:
                raise Refusal("lower.construct", node.start, node.end, construct=_words(node))
            return method(self, node, names)
        except Refusal as refused:
            if not refused.end:
                refused.start, refused.end = node.start, node.end
            raise

    def truth(self, node: Node, names: Names) -> Any:
        """A node as a three-valued condition."""
        found = self.value(node, names)
        if found.kind not in (BOOLEAN, NULL):
            raise Refusal("lower.condition", node.start, node.end, kind=found.kind)
        return term_of(found, BOOLEAN).column

    # Constants

    def _constant(self, node: Node, names: Names) -> bool:
        """Whether nothing in it depends on a row."""
        for each in node.walk():
            if not isinstance(each, tree.Name):
                continue
            known = names.values.get(each.name)
            if each.name in names.functions or (known is not None and not isinstance(known, Constant)):
                return False
            if (
                known is None
                and each.name in self._clock
                and not isinstance(self._clock[each.name], Constant)
            ):
                return False
        return True

    def _folded(self, node: Node, names: Names) -> Lowered:
        known = {name: each.value for name, each in names.values.items() if isinstance(each, Constant)}
        return Constant(self._interpreter.evaluate(node, Scope(known)))

    # Leaves

    def _name(self, node: tree.Name, names: Names) -> Lowered:
        found = names.values.get(node.name)
        if found is None:
            raise Refusal("lower.construct", node.start, node.end, construct=f"the function {node.name}")
        return found

    # Operators

    def _arithmetic(self, node: tree.Arithmetic, names: Names) -> Lowered:
        left, right = self.value(node.left, names), self.value(node.right, names)
        return numbers.calculate(node.operator, left, right, node.start, node.end)

    def _negation(self, node: tree.Negation, names: Names) -> Lowered:
        return numbers.negate(self.value(node.operand, names))

    def _comparison(self, node: tree.Comparison, names: Names) -> Lowered:
        return comparing.decide(node.operator, self.value(node.left, names), self.value(node.right, names))

    def _between(self, node: tree.Between, names: Names) -> Lowered:
        value = self.value(node.value, names)
        low = comparing.ordered(">=", value, self.value(node.low, names))
        return Term(BOOLEAN, low & comparing.ordered("<=", value, self.value(node.high, names)))

    def _in(self, node: tree.In, names: Names) -> Lowered:
        value = self.value(node.value, names)
        return Term(BOOLEAN, comparing.any_of([self.test(each, value, names) for each in node.tests]))

    def _conjunction(self, node: tree.Conjunction, names: Names) -> Lowered:
        return Term(BOOLEAN, self.truth(node.left, names) & self.truth(node.right, names))

    def _disjunction(self, node: tree.Disjunction, names: Names) -> Lowered:
        return Term(BOOLEAN, self.truth(node.left, names) | self.truth(node.right, names))

    def _instance_of(self, node: tree.InstanceOf, names: Names) -> Lowered:
        value = self.value(node.value, names)
        if node.type.name == "Any":
            return Constant(True)
        if node.type.name not in BUILT_IN_TYPES:
            raise Refusal("lower.construct", construct=f"instance of {node.type}")
        if node.type.name == "Null":
            return Term(BOOLEAN, is_null(value))
        return Term(BOOLEAN, ~is_null(value)) if value.kind == node.type.name else Constant(False)

    # Control

    def _if(self, node: tree.If, names: Names) -> Lowered:
        condition = self.truth(node.condition, names)
        then, otherwise = self.value(node.consequence, names), self.value(node.alternative, names)
        return numbers.chosen([(condition, then)], otherwise)

    def _quantified(self, node: tree.Quantified, names: Names) -> Lowered:
        found: list[Any] = []
        for inner in self._rounds(node.iterators, names):
            found.append(self.truth(node.condition, inner))
        return Term(BOOLEAN, comparing.all_of(found) if node.universal else comparing.any_of(found))

    def _rounds(self, iterators: tuple[tree.Iterator, ...], names: Names) -> list[Names]:
        rounds = [names]
        for each in iterators:
            rounds = [
                inner.with_values({each.name: item}) for inner in rounds for item in self._domain(each, inner)
            ]
            if len(rounds) > MAX_ROUNDS:
                raise Refusal("lower.rounds", each.start, each.end, limit=MAX_ROUNDS)
        return rounds

    def _domain(self, iterator: tree.Iterator, names: Names) -> list[Lowered]:
        found = self.value(iterator.domain, names) if iterator.to is None else None
        if isinstance(found, Items):
            return list(found.items)
        if isinstance(found, Constant) and isinstance(found.value, list):
            return [Constant(item) for item in found.value]
        raise Refusal("lower.list", iterator.start, iterator.end)

    # Collections

    def _list(self, node: tree.ListOf, names: Names) -> Lowered:
        return Items(tuple(self.value(item, names) for item in node.items))

    def _range(self, node: tree.RangeOf, names: Names) -> Lowered:
        low, high = (None if end is None else self.value(end, names) for end in (node.low, node.high))
        return Span(low, high, node.low_closed, node.high_closed)

    def _context(self, node: tree.ContextOf, names: Names) -> Lowered:
        made: dict[str, Lowered] = {}
        for entry in node.entries:
            made[entry.key] = self.value(entry.value, names.with_values(made))
        return Record(made)

    def _path(self, node: tree.Path, names: Names) -> Lowered:
        source = self.value(node.source, names)
        if isinstance(source, Record):
            if node.member not in source.members:
                raise Refusal("lower.member", name=node.member)
            return source.members[node.member]
        return part(source, node.member)

    # Functions

    def _call(self, node: tree.Call, names: Names) -> Lowered:
        return self._invoked(node, [self.value(each, names) for each in node.arguments], (), names)

    def _named_call(self, node: tree.NamedCall, names: Names) -> Lowered:
        keys = tuple(each.name for each in node.arguments)
        return self._invoked(node, [self.value(each.value, names) for each in node.arguments], keys, names)

    def _invoked(
        self, node: tree.Call | tree.NamedCall, given: list[Lowered], keys: tuple[str, ...], names: Names
    ) -> Lowered:
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if name in names.functions:
            parameters, call = names.functions[name]
            if keys:
                by_name = dict(zip(keys, given, strict=True))
                given = [by_name[each] for each in parameters if each in by_name]
            if len(given) != len(parameters):
                raise Refusal("lower.function", node.start, node.end, name=name)
            return call(given)
        if name in self._clock and not given:
            moment = self._clock[name]
            if moment is None:
                raise Refusal("lower.moment", node.start, node.end, name=name)
            return moment
        function = FUNCTIONS.get(name)
        if function is None or keys:
            raise Refusal("lower.function", node.start, node.end, name=name or "of a variable")
        return function(given)

    # Unary tests

    def test(self, node: Node, value: Lowered, names: Names) -> Any:
        """Whether a value passes a unary test, as a three-valued column; only true is a hit."""
        try:
            return self._test(node, value, names)
        except Refusal as refused:
            if not refused.end:
                refused.start, refused.end = node.start, node.end
            raise

    def _test(self, node: Node, value: Lowered, names: Names) -> Any:
        inner = names.with_values({"?": value})
        match node:
            case tree.AnyTest():
                return truth(True)
            case tree.AnyOf(tests=tests):
                return comparing.any_of([self.test(each, value, names) for each in tests])
            case tree.NotTest(tests=tests):
                return ~self.test(tests, value, names)
            case tree.OperatorTest(operator=operator, operand=operand):
                return comparing.decide(operator, value, self.value(operand, names)).column
            case tree.ValueTest(expression=expression, conditional=conditional):
                found = self.value(expression, inner)
                if conditional and found.kind in (BOOLEAN, NULL):
                    return term_of(found, BOOLEAN).column
                return comparing.member(value, spelled(found))
        return self.truth(node, inner)

    def _as_test(self, node: Node, names: Names) -> Lowered:
        return Term(BOOLEAN, self.test(node, names.values.get("?", Constant(None)), names))


def spelled(found: Lowered) -> Lowered:
    """A constant list or range as its parts, so that it is compared with a column piece by piece."""
    if not isinstance(found, Constant):
        return found
    value = found.value
    if isinstance(value, list):
        return Items(tuple(spelled(Constant(item)) for item in value))
    if isinstance(value, Range):
        ends = [None if end is None else Constant(end) for end in (value.low, value.high)]
        return Span(ends[0], ends[1], value.low_closed, value.high_closed)
    return found


_DATE_PARTS = {"year": 9999, "month": 12, "day": 31}


def part(source: Lowered, name: str) -> Lowered:
    """A part of a date or of a duration."""
    found = term_of(source, NULL)
    if found.kind == DATE and name in _DATE_PARTS:
        return number_of(getattr(found.column, name)(), _DATE_PARTS[name])
    if found.kind == DATE and name == "weekday":
        return number_of(found.column.day_of_week.index() + 1, 7)
    if found.kind == MONTHS and name == "years":
        return _towards_zero(found, 12)
    if found.kind == DAYS and name == "days":
        return _towards_zero(found, 86400)
    raise Refusal("lower.member", name=name)


def _towards_zero(value: Term, step: int) -> Term:
    """How many whole steps a duration holds: what is left over is taken away, and what remains divides exactly."""
    whole = once(value.column.cast("int64"))
    return number_of(((whole - whole % step).cast("float64") / step).cast("int64"), value.limit // step)


def _words(node: Node) -> str:
    """What a node is called in a sentence."""
    return {"For": "a for expression", "Filter": "a filter", "FunctionOf": "a function definition"}.get(
        type(node).__name__, type(node).__name__
    )


_METHODS: dict[type[Node], Callable[[Lowering, Any, Names], Lowered]] = {
    tree.Name: Lowering._name,
    tree.Arithmetic: Lowering._arithmetic,
    tree.Negation: Lowering._negation,
    tree.Comparison: Lowering._comparison,
    tree.Between: Lowering._between,
    tree.In: Lowering._in,
    tree.Conjunction: Lowering._conjunction,
    tree.Disjunction: Lowering._disjunction,
    tree.InstanceOf: Lowering._instance_of,
    tree.If: Lowering._if,
    tree.Quantified: Lowering._quantified,
    tree.ListOf: Lowering._list,
    tree.RangeOf: Lowering._range,
    tree.ContextOf: Lowering._context,
    tree.Path: Lowering._path,
    tree.Call: Lowering._call,
    tree.NamedCall: Lowering._named_call,
    **dict.fromkeys(
        (tree.AnyTest, tree.AnyOf, tree.NotTest, tree.OperatorTest, tree.ValueTest), Lowering._as_test
    ),
}
