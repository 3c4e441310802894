"""Evaluates the tree: one method per node; what has no meaning is null, and a diagnostic says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from . import arithmetic, logic, members, tree
from .external import called
from .functions import BUILT_IN, BuiltIn, NoMatchError, NoResultError
from .inference import Inference
from .schema import ANY, NotOfTypeError, Type, coerced, function_type, is_instance
from .scope import ABSENT, Run, Scope
from .text import shown
from .tree import Node
from .values import Function, Range, Value, kind, number, whole

Context = dict[str, Any]
MAX_ROUNDS = 100_000
"""A loop that would go further is an error of its author, and must not hold up a server."""


class Interpreter:
    """Evaluates expressions and unary tests within one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._clock = {
            "now": Function("now", (), lambda values: self._no_arguments("now", values, run.now)),
            "today": Function("today", (), lambda values: self._no_arguments("today", values, run.today)),
        }

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """The value of a node in a scope."""
        return _METHODS[type(node)](self, node, scope)

    def _fail(self, node: Node, code: str, **params: object) -> Value:
        return self.run.fail(code, node.start, node.end, **params)

    # Leaves

    def _literal(self, node: tree.Literal, scope: Scope) -> Value:
        return node.value

    def _bad_literal(self, node: tree.BadLiteral, scope: Scope) -> Value:
        return self._fail(node, "eval.literal", text=node.text)

    def _name(self, node: tree.Name, scope: Scope) -> Value:
        found = scope.find(node.name)
        if found is not ABSENT:
            return found
        function = self._built_in(node.name)
        return self._fail(node, "eval.unknown_name", name=node.name) if function is None else function

    def _built_in(self, name: str) -> Function | None:
        return self._clock.get(name) or BUILT_IN.get(name)

    # Operators

    def _arithmetic(self, node: tree.Arithmetic, scope: Scope) -> Value:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        try:
            return arithmetic.calculate(node.operator, left, right)
        except arithmetic.NotDefinedError:
            kinds = {"left": kind(left), "right": kind(right)}
            return self._fail(node, "eval.operands", operator=node.operator, **kinds)
        except ZeroDivisionError:
            return self._fail(node, "eval.division_by_zero")
        except (ArithmeticError, ValueError):
            return self._fail(node, "eval.number", operator=node.operator)

    def _negation(self, node: tree.Negation, scope: Scope) -> Value:
        operand = self.evaluate(node.operand, scope)
        try:
            return arithmetic.negate(operand)
        except arithmetic.NotDefinedError:
            return self._fail(node, "eval.operand", operator="-", left=kind(operand))

    def _comparison(self, node: tree.Comparison, scope: Scope) -> Value:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        return self._decided(node, node.operator, left, right)

    def _decided(self, node: Node, operator: str, left: Value, right: Value) -> logic.Truth:
        found = logic.decide(operator, left, right)
        if found is None:
            self._fail(node, "eval.compare", operator=operator, left=kind(left), right=kind(right))
        return found

    def _between(self, node: tree.Between, scope: Scope) -> Value:
        value, low, high = (self.evaluate(each, scope) for each in (node.value, node.low, node.high))
        above = self._decided(node, ">=", value, low)
        return logic.conjunction(above, self._decided(node, "<=", value, high))

    def _in(self, node: tree.In, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope)
        return logic.any_of(self.test(each, value, scope) for each in node.tests)

    def _conjunction(self, node: tree.Conjunction, scope: Scope) -> Value:
        left = self._truth(node.left, "and", scope)
        return False if left is False else logic.conjunction(left, self._truth(node.right, "and", scope))

    def _disjunction(self, node: tree.Disjunction, scope: Scope) -> Value:
        left = self._truth(node.left, "or", scope)
        return True if left is True else logic.disjunction(left, self._truth(node.right, "or", scope))

    def _truth(self, node: Node, operator: str, scope: Scope) -> logic.Truth:
        value = self.evaluate(node, scope)
        if value is not None and not isinstance(value, bool):
            self._fail(node, "eval.boolean", operator=operator, found=kind(value))
        return logic.truth(value)

    def _instance_of(self, node: tree.InstanceOf, scope: Scope) -> Value:
        return is_instance(self.evaluate(node.value, scope), node.type)

    # Control

    def _if(self, node: tree.If, scope: Scope) -> Value:
        condition = self.evaluate(node.condition, scope)
        if not isinstance(condition, bool):
            self._fail(node.condition, "eval.condition", found=kind(condition))
        return self.evaluate(node.consequence if condition is True else node.alternative, scope)

    def _for(self, node: tree.For, scope: Scope) -> Value:
        results: list[Value] = []
        for inner in self._rounds(node.iterators, Scope({"partial": results}, scope)):
            if inner is None:
                return None
            if len(results) == MAX_ROUNDS:
                return self._fail(node, "eval.iteration", found="more", limit=MAX_ROUNDS)
            results.append(self.evaluate(node.result, inner))
        return results

    def _quantified(self, node: tree.Quantified, scope: Scope) -> Value:
        found: list[logic.Truth] = []
        for inner in self._rounds(node.iterators, scope):
            if inner is None:
                return None
            value = self.evaluate(node.condition, inner)
            if value is not None and not isinstance(value, bool):
                return self._fail(node.condition, "eval.condition", found=kind(value))
            found.append(value)
        return logic.all_of(found) if node.universal else logic.any_of(found)

    def _rounds(self, iterators: tuple[tree.Iterator, ...], scope: Scope) -> Iterator[Scope | None]:
        """A scope for every combination of the iterators' values; None when one cannot be gone over."""
        if not iterators:
            yield scope
            return
        first, rest = iterators[0], iterators[1:]
        values = self._domain(first, scope)
        if values is None:
            yield None
            return
        for value in values:
            self.run.step()
            yield from self._rounds(rest, Scope({first.name: value}, scope))

    def _domain(self, iterator: tree.Iterator, scope: Scope) -> list[Value] | range | None:
        domain = self.evaluate(iterator.domain, scope)
        if iterator.to is not None:
            domain = Range(domain, self.evaluate(iterator.to, scope))
        if isinstance(domain, Range):
            values = steps(domain, both_ways=iterator.to is not None)
        elif isinstance(domain, list):
            return domain
        else:
            values = None
        if values is None:
            self._fail(iterator, "eval.iteration", found=shown(domain), limit=MAX_ROUNDS)
        return values

    # Collections

    def _list(self, node: tree.ListOf, scope: Scope) -> Value:
        return [self.evaluate(item, scope) for item in node.items]

    def _context(self, node: tree.ContextOf, scope: Scope) -> Value:
        made: Context = {}
        inner = Scope(made, scope)
        for entry in node.entries:
            if entry.key in made:
                return self._fail(entry, "eval.duplicate_key", name=entry.key)
            made[entry.key] = self.evaluate(entry.value, inner)
        return made

    def _range(self, node: tree.RangeOf, scope: Scope) -> Value:
        low = None if node.low is None else self.evaluate(node.low, scope)
        high = None if node.high is None else self.evaluate(node.high, scope)
        ends = [end for end in (low, high) if end is not None]
        if (
            not ends
            or (len(ends) == 2 and logic.compare("<=", low, high) is None)
            or not logic.orderable(ends[0])
        ):
            return self._fail(node, "eval.range", low=shown(low), high=shown(high))
        from_null = node.low is not None and node.high is not None and len(ends) < 2
        return Range(low, high, node.low_closed, node.high_closed, from_null)

    def _path(self, node: tree.Path, scope: Scope) -> Value:
        source = self.evaluate(node.source, scope)
        found = members.member(source, node.member)
        if found is ABSENT:
            return self._fail(node, "eval.no_member", source=kind(source), name=node.member)
        return found

    def _filter(self, node: tree.Filter, scope: Scope) -> Value:
        source = self.evaluate(node.source, scope)
        items = source if isinstance(source, list) else [] if source is None else [source]
        if isinstance(node.test, tree.Literal | tree.Negation):
            return self._element(node, items, self.evaluate(node.test, scope))
        kept: list[Value] = []
        for item in items or [None]:
            self.run.step()
            found = self.evaluate(node.test, Scope(_item_scope(item), scope))
            if isinstance(found, Decimal):
                return self._element(node, items, found)
            if found is not None and not isinstance(found, bool):
                return self._fail(node.test, "eval.filter", found=kind(found))
            if found is True and items:
                kept.append(item)
        return kept

    def _element(self, node: tree.Filter, items: list[Value], position: Value) -> Value:
        if isinstance(position, bool):
            return list(items) if position else []
        index = whole(position)
        if index is None:
            return self._fail(node.test, "eval.filter", found=kind(position))
        if not index or abs(index) > len(items):
            return self._fail(node, "eval.index", index=index, length=len(items))
        return items[index - 1 if index > 0 else index]

    # Functions

    def _call(self, node: tree.Call, scope: Scope) -> Value:
        function = self._function_value(node.function, scope)
        values = [self.evaluate(each, scope) for each in node.arguments]
        return None if function is None else self._invoked(node, function, lambda: function.call(values))

    def _named_call(self, node: tree.NamedCall, scope: Scope) -> Value:
        function = self._function_value(node.function, scope)
        values = {each.name: self.evaluate(each.value, scope) for each in node.arguments}
        if function is None:
            return None
        if len(values) < len(node.arguments):
            return self._fail(node, "eval.arguments", name=function.name, reason="an argument is named twice")
        return self._invoked(node, function, lambda: call_by_name(function, values))

    def _function_value(self, node: Node, scope: Scope) -> Function | None:
        if isinstance(node, tree.Name):
            # A variable called 'date' or 'list' does not hide the function of that name.
            found = scope.find(node.name)
            function = found if isinstance(found, Function) else self._built_in(node.name)
            found = None if found is ABSENT else found
        else:
            found = self.evaluate(node, scope)
            function = found if isinstance(found, Function) else None
        if function is None:
            if isinstance(node, tree.Name) and found is None:
                self._fail(node, "eval.unknown_name", name=node.name)
            else:
                self._fail(node, "eval.not_function", found=kind(found))
        return function

    def _invoked(self, node: Node, function: Function, call: Callable[[], Value]) -> Value:
        try:
            return call()
        except NoMatchError as refused:
            return self._fail(node, "eval.arguments", name=function.name, reason=refused)
        except NoResultError as refused:
            return self._fail(node, "eval.result", name=function.name, reason=refused)
        except (ArithmeticError, ValueError, arithmetic.NotDefinedError):
            return self._fail(node, "eval.result", name=function.name, reason="the values do not go together")

    def _no_arguments(self, name: str, values: list[Value], result: Value) -> Value:
        if values:
            raise NoMatchError(f"{name} takes no arguments")
        return result

    def _function(self, node: tree.FunctionOf, scope: Scope) -> Value:
        names = tuple(each.name for each in node.parameters)
        types = tuple(each.type for each in node.parameters)

        def body(values: Context) -> Value:
            self.run.step()
            if node.external:
                return self.external(self.evaluate(node.body, scope), [values[each] for each in names], node)
            return self.evaluate(node.body, Scope(values, scope))

        known = Inference(dict(zip(names, types, strict=True)), lambda code, at, params: None)
        return closure("function", names, types, body, known.infer(node.body))

    def external(self, mapping: Value, values: list[Value], node: Node | None = None) -> Value:
        """The result of a function outside FEEL, by the mapping that names it."""
        try:
            return called(mapping, values)
        except NoResultError as refused:
            span = (node.start, node.end) if node else ()
            return self.run.fail("eval.external", *span, reason=refused)

    # Unary tests

    def test(self, node: Node, value: Value, scope: Scope) -> logic.Truth:
        """Whether a value passes a unary test; only true is a hit."""
        match node:
            case tree.AnyTest():
                return True
            case tree.AnyOf(tests=tests):
                return logic.any_of(self.test(each, value, scope) for each in tests)
            case tree.NotTest(tests=tests):
                return logic.negation(self.test(tests, value, scope))
            case tree.OperatorTest(operator=operator, operand=operand):
                return logic.decide(operator, value, self.evaluate(operand, scope))
            case tree.ValueTest(expression=expression, conditional=conditional):
                found = self.evaluate(expression, Scope({"?": value}, scope))
                if conditional and (found is None or isinstance(found, bool)):
                    return logic.truth(found)
                return logic.member(value, found)
        return logic.truth(self.evaluate(node, Scope({"?": value}, scope)))

    def _as_test(self, node: Node, scope: Scope) -> Value:
        # A unary test standing where an expression is asked for tests the '?' around it.
        value = scope.find("?")
        return self.test(node, None if value is ABSENT else value, scope)


def closure(
    name: str,
    names: tuple[str, ...],
    types: tuple[Type, ...],
    body: Callable[[Context], Value],
    result: Type = ANY,
) -> Function:
    """A function of named and typed parameters; an argument of another type makes the call fail."""

    def call(values: list[Value]) -> Value:
        if len(values) != len(names):
            raise NoMatchError(f"{len(values)} arguments given, expected {len(names)}")
        given: Context = {}
        for parameter, wanted, value in zip(names, types, values, strict=True):
            try:
                given[parameter] = coerced(value, wanted)
            except NotOfTypeError:
                raise NoMatchError(f"'{parameter}' is {kind(value)}, expected {wanted}") from None
        return body(given)

    return Function(name, names, call, function_type(types, result))


def call_by_name(function: Function, values: Context) -> Value:
    """The result of a function whose arguments are named."""
    if isinstance(function, BuiltIn):
        return function.by_name(values)
    if unknown := [name for name in values if name not in function.parameters]:
        raise NoMatchError(f"there is no parameter '{unknown[0]}'")
    if missing := [name for name in function.parameters if name not in values]:
        raise NoMatchError(f"'{missing[0]}' is missing")
    return function.call([values[name] for name in function.parameters])


def steps(domain: Range, both_ways: bool) -> list[Value] | None:
    """The whole numbers or days of a range, in order; downwards only when both_ways, else None."""
    low, high = domain.low, domain.high
    if type(low) is dt.date and type(high) is dt.date:
        first, last = low.toordinal(), high.toordinal()
        made: Callable[[int], Value] = dt.date.fromordinal
    elif (start := whole(low)) is not None and (end := whole(high)) is not None:
        first, last, made = start, end, number
    else:
        return None
    if abs(last - first) >= MAX_ROUNDS:
        return None
    if last < first:
        return [made(each) for each in range(first, last - 1, -1)] if both_ways else None
    first += not domain.low_closed
    last -= not domain.high_closed
    return [made(each) for each in range(first, last + 1)]


def _item_scope(item: Value) -> Context:
    return {"item": item, **item} if isinstance(item, dict) else {"item": item}


_METHODS: dict[type[Node], Callable[[Interpreter, Any, Scope], Value]] = {
    tree.Literal: Interpreter._literal,
    tree.BadLiteral: Interpreter._bad_literal,
    tree.Name: Interpreter._name,
    tree.Arithmetic: Interpreter._arithmetic,
    tree.Negation: Interpreter._negation,
    tree.Comparison: Interpreter._comparison,
    tree.Between: Interpreter._between,
    tree.In: Interpreter._in,
    tree.Conjunction: Interpreter._conjunction,
    tree.Disjunction: Interpreter._disjunction,
    tree.InstanceOf: Interpreter._instance_of,
    tree.If: Interpreter._if,
    tree.For: Interpreter._for,
    tree.Quantified: Interpreter._quantified,
    tree.ListOf: Interpreter._list,
    tree.ContextOf: Interpreter._context,
    tree.RangeOf: Interpreter._range,
    tree.Path: Interpreter._path,
    tree.Filter: Interpreter._filter,
    tree.Call: Interpreter._call,
    tree.NamedCall: Interpreter._named_call,
    tree.FunctionOf: Interpreter._function,
    **dict.fromkeys(
        (tree.AnyTest, tree.AnyOf, tree.NotTest, tree.OperatorTest, tree.ValueTest), Interpreter._as_test
    ),
}
