"""Expressions and unary tests as Python expressions, each with the kinds its value can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .. import model as m
from .. import tree
from ..functions import BUILT_IN
from ..inference import plain
from ..plan import Link
from ..problems import Place
from ..schema import BUILT_IN as TYPES
from ..schema import ContextType
from ..tree import Node
from . import kinds as k
from .kinds import ANYTHING, Kinds
from .regions import known

if TYPE_CHECKING:
    from .program import Program

Made = tuple[str, Kinds]
"""The source of an expression and the kinds of its value."""


@dataclass(frozen=True)
class Around:
    """What surrounds a text: the element it stands in, its place, its own names, and the value under test."""

    link: Link
    place: Place = field(default_factory=Place)
    names: dict[str, Made] = field(default_factory=dict)

    def at(self, text: m.Text) -> Around:
        """The same around one text."""
        return replace(self, place=text.place)

    def with_names(self, names: dict[str, Made]) -> Around:
        """The same with more names, which hide those of the same name."""
        return replace(self, names={**self.names, **names})


class Expressions:
    """Makes expressions within one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.constant = program.constants.name

    def make(self, node: Node, around: Around) -> Made:
        """The source of a node and the kinds of its value; what is not known here is left to the interpreter."""
        found = _METHODS.get(type(node))
        made = found(self, node, around) if found is not None else None
        return self.left(node, around) if made is None else made

    def left(self, node: Node, around: Around) -> Made:
        """A node that the interpreter evaluates."""
        bridge = self.program.bridge()
        names = self._mapping(node, around)
        place, own, link = (self.constant(each) for each in (around.place, node, around.link))
        return f"{bridge}.expression({place}, {own}, {link}, {names})", ANYTHING

    def _mapping(self, node: Node, around: Around) -> str:
        """The names of a text's own that a node may read, as the source of a dictionary."""
        used = {each.name for each in node.walk() if isinstance(each, tree.Name)}
        pairs = (
            f"{self.constant(name)}: {source}"
            for name, (source, _) in around.names.items()
            if name in used or name == "?"
        )
        return "{" + ", ".join(pairs) + "}"

    def at(self, node: Node, around: Around) -> str:
        """Where a failure at a node is noted."""
        return self.constant((around.place, node.start, node.end))

    def fresh(self) -> str:
        """A name for a value in between."""
        return self.program.names.fresh()

    # Leaves

    def _literal(self, node: tree.Literal, around: Around) -> Made | None:
        if isinstance(node.value, list | dict):
            return None
        return self.constant(node.value), k.of_value(node.value)

    def _name(self, node: tree.Name, around: Around) -> Made | None:
        own = around.names.get(node.name)
        if own is not None:
            return own
        found = around.link.plan.required(around.link.element).get(node.name)
        if isinstance(found, Link) and isinstance(found.element, m.InputData | m.Decision) and not found.path:
            return self.program.read(found)
        return None  # behind an import one element may have several values

    # Operators

    def _arithmetic(self, node: tree.Arithmetic, around: Around) -> Made | None:
        left, of_left = self.make(node.left, around)
        right, of_right = self.make(node.right, around)
        at = self.at(node, around)
        numbers = k.only(of_left, "number", "null") and k.only(of_right, "number", "null")
        sign = self.constant(node.operator)
        if not numbers or node.operator == "**":
            kinds = ANYTHING
            if numbers or (k.only(of_left, "string", "null") and k.only(of_right, "string", "null")):
                kinds = frozenset({"null", *(of_left or ()), *(of_right or ())})
            return f"calculated(run, {at}, {sign}, {left}, {right})", kinds
        self.program.needs_context = True
        one, two = self.fresh(), self.fresh()
        missing = f"calculated(run, {at}, {sign}, {one}, {two})"
        result = f"{one} {node.operator} {two}"
        empty = self._some_null((one, left, of_left), (two, right, of_right))
        given = empty or f"(({one} := {left}), ({two} := {right}), False)[2]"
        if node.operator == "/":
            return (
                f"({missing} if {given} or not {two} else "
                f"{one} if ({one} := {result}) else abs({one}))", frozenset({"number", "null"}),
            )  # fmt: skip
        if node.operator == "*":
            # The product of nought and a negative number is nought, not -0.
            result = f"{one} if ({one} := {result}) else abs({one})"
        if not empty:
            if node.operator != "*":
                return f"({left} {node.operator} {right})", k.NUMBER
            return f"({one} if ({one} := {left} * {right}) else abs({one}))", k.NUMBER
        return f"({missing} if {empty} else {result})", frozenset({"number", "null"})

    def _some_null(self, *parts: tuple[str, str, Kinds]) -> str:
        """A condition that gives parts their names, all of them, and is true when one is null; '' when none can be."""
        if not any(k.nullable(kinds) for _, _, kinds in parts):
            return ""
        asked = [f"(({name} := {source}) is None)" for name, source, _ in parts]
        return "(" + " | ".join(asked) + ")"

    def _negation(self, node: tree.Negation, around: Around) -> Made | None:
        certain, value = known(node)
        if certain and not isinstance(value, list | dict):
            return self.constant(value), k.of_value(value)
        operand, kinds = self.make(node.operand, around)
        return f"negated(run, {self.at(node, around)}, {operand})", (
            kinds | {"null"} if kinds is not None and k.only(kinds, "number", "null") else ANYTHING
        )

    def _comparison(self, node: tree.Comparison, around: Around) -> Made | None:
        return self.compared(
            node.operator, self.make(node.left, around), self.make(node.right, around), self.at(node, around)
        )

    def compared(self, sign: str, left: Made, right: Made, at: str) -> Made:
        """left sign right; without a place nothing is noted where they do not compare, as in tests."""
        (one_source, one_kinds), (two_source, two_kinds) = left, right
        for name in ("number", "string", "boolean"):
            if k.only(one_kinds, name, "null") and k.only(two_kinds, name, "null"):
                break
        else:
            name = ""
        symbol = self.constant(sign)
        if name and sign in ("=", "!="):
            return f"({one_source} {'==' if sign == '=' else '!='} {two_source})", k.BOOLEAN
        if name in k.ORDERED:
            one, two = self.fresh(), self.fresh()
            empty = self._some_null((one, one_source, one_kinds), (two, two_source, two_kinds))
            if not empty:
                return f"({one_source} {sign} {two_source})", k.BOOLEAN
            missing = f"decided(run, {at}, {symbol}, {one}, {two})" if at else "None"
            return f"({missing} if {empty} else {one} {sign} {two})", k.TRUTH
        if at:
            return f"decided(run, {at}, {symbol}, {one_source}, {two_source})", k.TRUTH
        return f"decide({symbol}, {one_source}, {two_source})", k.TRUTH

    def _between(self, node: tree.Between, around: Around) -> Made | None:
        parts = [self.make(each, around) for each in (node.value, node.low, node.high)]
        names = [self.fresh() for _ in parts]
        general = f"between(run, {self.at(node, around)}, {', '.join(names)})"
        for name in k.ORDERED:
            if all(k.only(kinds, name, "null") for _, kinds in parts):
                empty = self._some_null(
                    *((own, source, kinds) for own, (source, kinds) in zip(names, parts, strict=True))
                )
                value, low, high = names
                inside = f"{low} <= {value} <= {high}"
                if empty:
                    return f"({general} if {empty} else {inside})", k.TRUTH
        plain_call = f"between(run, {self.at(node, around)}, {', '.join(source for source, _ in parts)})"
        return plain_call, k.TRUTH

    def _in(self, node: tree.In, around: Around) -> Made | None:
        subject = self.fresh()
        source, kinds = self.make(node.value, around)
        found = self._any([self.test(each, (subject, kinds), around) for each in node.tests])
        return f"(({subject} := {source}), {found[0]})[1]", found[1]

    def _conjunction(self, node: tree.Conjunction, around: Around) -> Made | None:
        (left, of_left), (right, of_right) = self._truths(node, "and", around)
        if not k.nullable(of_left):
            return f"({right} if {left} else False)", of_right
        one, two = self.fresh(), self.fresh()
        rest = f"({two} if ({two} := {right}) is False or {one} else None)"
        return f"(False if ({one} := {left}) is False else {rest})", k.TRUTH

    def _disjunction(self, node: tree.Disjunction, around: Around) -> Made | None:
        (left, of_left), (right, of_right) = self._truths(node, "or", around)
        if not k.nullable(of_left):
            return f"(True if {left} else {right})", of_right
        return self._either(left, right)

    def _either(self, left: str, right: str) -> Made:
        one, two = self.fresh(), self.fresh()
        rest = f"({two} if ({two} := {right}) is True or {one} is False else None)"
        return f"(True if ({one} := {left}) is True else {rest})", k.TRUTH

    def _truths(self, node: tree.Conjunction | tree.Disjunction, operator: str, around: Around) -> list[Made]:
        found = []
        for each in (node.left, node.right):
            source, kinds = self.make(each, around)
            if not k.only(kinds, "boolean", "null"):
                source = f"truth(run, {self.at(each, around)}, {self.constant(operator)}, {source})"
                kinds = k.TRUTH
            found.append((source, kinds))
        return found

    def _instance_of(self, node: tree.InstanceOf, around: Around) -> Made | None:
        source, _ = self.make(node.value, around)
        return f"is_instance({source}, {self.constant(node.type)})", k.BOOLEAN

    def _if(self, node: tree.If, around: Around) -> Made | None:
        condition, kinds = self.make(node.condition, around)
        (one, of_one), (two, of_two) = (
            self.make(each, around) for each in (node.consequence, node.alternative)
        )
        if not k.only(kinds, "boolean"):
            condition = f"condition(run, {self.at(node.condition, around)}, {condition})"
        return f"({one} if {condition} else {two})", k.joined(of_one, of_two)

    # Collections

    def _list(self, node: tree.ListOf, around: Around) -> Made | None:
        return "[" + ", ".join(self.make(each, around)[0] for each in node.items) + "]", frozenset({"list"})

    def _range(self, node: tree.RangeOf, around: Around) -> Made | None:
        low, high = ("None" if each is None else self.make(each, around)[0] for each in (node.low, node.high))
        closed = self.constant(
            (node.low_closed, node.high_closed, node.low is not None and node.high is not None)
        )
        return f"span(run, {self.at(node, around)}, {low}, {high}, {closed})", frozenset({"range", "null"})

    def _path(self, node: tree.Path, around: Around) -> Made | None:
        source, _ = self.make(node.source, around)
        name = self.constant(node.member)
        return f"member(run, {self.at(node, around)}, {source}, {name})", self._member_kinds(node, around)

    def _member_kinds(self, node: tree.Path, around: Around) -> Kinds:
        """What is known of a member: the type its context was declared with."""
        if not isinstance(node.source, tree.Name) or node.source.name in around.names:
            return ANYTHING
        found = around.link.plan.required(around.link.element).get(node.source.name)
        if not isinstance(found, Link) or not isinstance(found.element, m.InputData | m.Decision):
            return ANYTHING
        wanted = plain(found.plan.type(found.element.type_name))
        inner = wanted.member(node.member) if isinstance(wanted, ContextType) else None
        return ANYTHING if inner is None else k.of_type(inner)

    # Functions

    def _call(self, node: tree.Call, around: Around) -> Made | None:
        if not isinstance(node.function, tree.Name) or node.function.name in around.names:
            return None
        name = node.function.name
        found = around.link.plan.required(around.link.element).get(name)
        if isinstance(found, Link) and isinstance(found.element, m.KnowledgeModel):
            made = [self.make(each, around) for each in node.arguments]
            return self.program.call(found, made)
        if found is not None or name == around.link.element.name:
            return None
        if name in ("today", "now") and not node.arguments:
            return name, frozenset({"date" if name == "today" else "date and time"})
        function = BUILT_IN.get(name)
        if function is None:
            return None
        certain, value = known(node)
        if certain and not isinstance(value, list | dict):
            return self.constant(value), k.of_value(value)
        made = [self.make(each, around) for each in node.arguments]
        if name == "not" and len(made) == 1 and k.only(made[0][1], "boolean", "null"):
            return self._not(*made[0])
        values = ", ".join(source for source, _ in made)
        kinds = frozenset({function.result, "null"}) if function.result in TYPES else ANYTHING
        kinds = ANYTHING if function.result == "Any" else kinds
        return f"invoked(run, {self.at(node, around)}, {self.constant(function)}, [{values}])", kinds

    def _named_call(self, node: tree.NamedCall, around: Around) -> Made | None:
        if not isinstance(node.function, tree.Name) or node.function.name in around.names:
            return None
        found = around.link.plan.required(around.link.element).get(node.function.name)
        names = [each.name for each in node.arguments]
        if isinstance(found, Link) and isinstance(found.element, m.KnowledgeModel):
            made = [self.make(each.value, around) for each in node.arguments]
            return self.program.call(found, made, names)
        return None

    def _not(self, source: str, kinds: Kinds) -> Made:
        if not k.nullable(kinds):
            return f"(not {source})", k.BOOLEAN
        one = self.fresh()
        return f"(None if ({one} := {source}) is None else not {one})", k.TRUTH

    # Unary tests

    def test(self, node: Node, subject: Made, around: Around) -> Made:
        """Whether a value passes a unary test: True, False or None."""
        source, kinds = subject
        match node:
            case tree.AnyTest():
                return "True", k.BOOLEAN
            case tree.AnyOf(tests=tests):
                return self._any([self.test(each, subject, around) for each in tests])
            case tree.NotTest(tests=tests):
                return self._not(*self.test(tests, subject, around))
            case tree.OperatorTest(operator=operator, operand=operand):
                return self.compared(operator, subject, self.make(operand, around), "")
            case tree.ValueTest(expression=expression, conditional=conditional):
                found_source, found = self.make(expression, around.with_names({"?": subject}))
                if conditional and k.only(found, "boolean", "null"):
                    return found_source, found
                if conditional:
                    return f"tested({source}, {found_source})", k.TRUTH
                for name in ("number", "string", "boolean"):
                    if k.only(kinds, name, "null") and k.only(found, name, "null"):
                        return f"({source} == {found_source})", k.BOOLEAN
                return f"held({source}, {found_source})", k.TRUTH
        place, own, link = (self.constant(each) for each in (around.place, node, around.link))
        names = self._mapping(node, around)
        return f"{self.program.bridge()}.test({place}, {own}, {link}, {names}, {source})", k.TRUTH

    def _any(self, tests: list[Made]) -> Made:
        """Three-valued or of tests, none asked after one is true."""
        source, kinds = tests[-1]
        for left, of_left in reversed(tests[:-1]):
            if k.nullable(of_left):
                source, kinds = self._either(left, source)
            else:
                source = f"(True if {left} else {source})"
        return source, kinds


_METHODS: dict[type[Node], Callable[[Expressions, Any, Around], Made | None]] = {
    tree.Literal: Expressions._literal,
    tree.Name: Expressions._name,
    tree.Arithmetic: Expressions._arithmetic,
    tree.Negation: Expressions._negation,
    tree.Comparison: Expressions._comparison,
    tree.Between: Expressions._between,
    tree.In: Expressions._in,
    tree.Conjunction: Expressions._conjunction,
    tree.Disjunction: Expressions._disjunction,
    tree.InstanceOf: Expressions._instance_of,
    tree.If: Expressions._if,
    tree.ListOf: Expressions._list,
    tree.RangeOf: Expressions._range,
    tree.Path: Expressions._path,
    tree.Call: Expressions._call,
    tree.NamedCall: Expressions._named_call,
}
