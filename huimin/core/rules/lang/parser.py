"""From FEEL text to the typed tree: a parser by binding powers that knows the names in scope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from . import temporal, tree
from .names import WORD, Names, normal
from .scanner import FeelError, Scanner, Token, unquoted
from .schema import ALIASES, ANY, ContextType, FunctionType, RangeType, Type, Unknown, list_of
from .tree import Node
from .values import Value, number

OR, AND, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE, POSTFIX = range(1, 10)
_INFIX = {
    "or": OR, "and": AND, "between": COMPARE, "in": COMPARE, "instance": INSTANCE,
    "=": COMPARE, "!=": COMPARE, "<": COMPARE, "<=": COMPARE, ">": COMPARE, ">=": COMPARE,
    "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER,
    "[": POSTFIX, "(": POSTFIX, ".": POSTFIX,
}  # fmt: skip
_TESTS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_CONSTANTS = {"true": True, "false": False, "null": None}
_KEY = re.compile(r'(?P<quoted>"(?:[^"\\]|\\.)*")\s*:|(?P<plain>[^\s:{}"\[\](),][^:{}"\[\](),]*?)\s*:')
_ARGUMENT = re.compile(rf"(?P<name>{WORD}(?:\s+{WORD})*)\s*:")
_PARAMETER = re.compile(r"(?P<name>[^\s:,()][^:,()]*?)\s*(?=[:,)])")
_ITERATOR = re.compile(rf"(?P<name>{WORD}(?:\s+{WORD})*?)\s+in(?![\w])")
_TYPE_NAMES = Names(ALIASES)
MAX_DEPTH = 80
MAX_HEIGHT = 150
T = TypeVar("T")


@dataclass(frozen=True)
class Surroundings:
    """What a text may refer to: names in scope, their types, members of contexts, and types by name."""

    names: Names = field(default_factory=Names)
    members: Names = field(default_factory=Names)
    types: Mapping[str, Type] = field(default_factory=dict)
    variables: Mapping[str, Type] = field(default_factory=dict)

    def with_names(self, names: Mapping[str, Type]) -> Surroundings:
        """The same surroundings with more names in scope."""
        return replace(self, names=self.names.with_names(names), variables={**self.variables, **names})


def parse_expression(text: str, around: Surroundings) -> Node:
    """The tree of a whole expression; FeelError says where it cannot be read."""
    parser = _Parser(text, around)
    return parser.whole(parser.expression)


def parse_tests(text: str, around: Surroundings) -> Node:
    """The tree of the unary tests of a cell: AnyTest, AnyOf or NotTest."""
    parser = _Parser(text, around)
    return parser.whole(parser.unary_tests)


def parse_type(text: str, types: Mapping[str, Type]) -> Type:
    """The type that a text names; one that nothing explains is Unknown."""
    parser = _Parser(text, Surroundings(types=types))
    try:
        return parser.whole(parser.type)
    except FeelError:
        return types.get(normal(text)) or Unknown(normal(text))


class _Parser:
    def __init__(self, text: str, around: Surroundings) -> None:
        self._scan = Scanner(text)
        self._names, self._members, self._types = around.names, around.members, around.types
        self._type_names = _TYPE_NAMES.with_names(around.types)
        self._end = 0
        self._depth = 0
        self._in_range_end = False

    # Moving through the text

    def whole(self, rule: Callable[[], T]) -> T:
        """What a rule makes of the text, which must then be at its end."""
        result = rule()
        if self._scan.peek().kind != "end":
            raise self._unexpected("an operator or the end of the text")
        if isinstance(result, Node) and result.height() > MAX_HEIGHT:
            raise FeelError("feel.depth", result.start, result.end)
        return result

    def _take(self) -> Token:
        token = self._scan.take()
        self._end = token.end
        return token

    def _at(self, *texts: str) -> bool:
        token = self._scan.peek()
        return token.kind in ("sign", "word") and token.text in texts

    def _expect(self, text: str) -> Token:
        if not self._at(text):
            raise self._unexpected(f"'{text}'")
        return self._take()

    def _unexpected(self, expected: str) -> FeelError:
        token = self._scan.peek()
        if token.kind == "end":
            return FeelError("feel.unfinished", token.start, token.end, expected=expected)
        return FeelError("feel.unexpected", token.start, token.end, found=token.describe(), expected=expected)

    def _read(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match of raw text at the next token, moving past it."""
        match = pattern.match(self._scan.text, self._scan.position)
        if match:
            self._scan.position = self._end = match.end()
        return match

    @contextmanager
    def _scope(self, names: Iterable[str]) -> Iterator[None]:
        outer = self._names
        self._names = outer.with_names(names)
        try:
            yield
        finally:
            self._names = outer

    @contextmanager
    def _enclosed(self) -> Iterator[None]:
        outer, self._in_range_end = self._in_range_end, False
        try:
            yield
        finally:
            self._in_range_end = outer

    def _tried(self, rule: Callable[[], T]) -> T | None:
        """What a rule makes of the text, or None with the text left where it was."""
        start, names, members, depth = self._scan.position, self._names, self._members, self._depth
        try:
            return rule()
        except FeelError:
            self._scan.position = start
            self._names, self._members, self._depth = names, members, depth
            return None

    # Expressions

    def expression(self, power: int = 0) -> Node:
        """An expression of operators that bind tighter than power."""
        self._depth += 1
        start = self._scan.start
        if self._depth > MAX_DEPTH:
            raise FeelError("feel.depth", start, start)
        left = self._prefix()
        while (found := self._infix_power()) > power:
            left = self._infix(left, found, start)
        self._depth -= 1
        return left

    def _infix_power(self) -> int:
        token = self._scan.peek()
        if token.kind not in ("sign", "word") or (token.text == "[" and self._in_range_end):
            return 0
        return _INFIX.get(token.text, 0)

    def _infix(self, left: Node, power: int, start: int) -> Node:
        text = self._take().text
        match text:
            case "or":
                return tree.Disjunction(left, self.expression(OR), **self._span(start))
            case "and":
                return tree.Conjunction(left, self.expression(AND), **self._span(start))
            case "between":
                low = self.expression(COMPARE)
                self._expect("and")
                return tree.Between(left, low, self.expression(COMPARE), **self._span(start))
            case "in":
                return tree.In(left, self._in_tests(), **self._span(start))
            case "instance":
                self._expect("of")
                return tree.InstanceOf(left, self.type(), **self._span(start))
            case "[":
                return self._filter(left, start)
            case "(":
                return self._call(left, start)
            case ".":
                return tree.Path(left, self._member(), **self._span(start))
        right = self.expression(power)
        node = tree.Comparison if power == COMPARE else tree.Arithmetic
        return node(text, left, right, **self._span(start))

    def _span(self, start: int) -> dict[str, int]:
        # Evaluated after the operands: the span ends where the last token taken did.
        return {"start": start, "end": self._end}

    def _prefix(self) -> Node:
        if name := self._known_name(self._names):
            return tree.Name(name[0], start=name[1], end=self._end)
        token = self._scan.peek()
        if token.kind == "word":
            return self._word(token)
        if token.kind == "sign":
            return self._sign(token)
        if token.kind == "end":
            raise self._unexpected("an expression")
        self._take()
        span = self._span(token.start)
        if token.kind == "number":
            return tree.Literal(_number(token), **span)
        if token.kind == "string":
            return tree.Literal(unquoted(token.text), **span)
        found = temporal.read_any(unquoted(f'"{token.text}"'))
        return tree.BadLiteral(token.text, **span) if found is None else tree.Literal(found, **span)

    def _known_name(self, names: Names) -> tuple[str, int] | None:
        """The longest name of several words, or of unusual signs, that stands next, and its start."""
        start = self._scan.start
        end = names.longest(self._scan.text, start)
        if end is None:
            return None
        self._scan.position = self._end = end
        return normal(self._scan.text[start:end]), start

    def _word(self, token: Token) -> Node:
        self._take()
        if token.text in _CONSTANTS:
            return tree.Literal(_CONSTANTS[token.text], **self._span(token.start))
        match token.text:
            case "if":
                return self._if(token.start)
            case "for":
                return self._for(token.start)
            case "some" | "every":
                return self._quantified(token.text == "every", token.start)
            case "function" if self._at("("):
                return self._function(token.start)
        return tree.Name(token.text, **self._span(token.start))

    def _sign(self, token: Token) -> Node:
        start = token.start
        if token.text in _TESTS:
            return self._unbounded(start)
        if token.text not in ("-", "?", "(", "[", "]", "{"):
            raise self._unexpected("an expression")
        self._take()
        match token.text:
            case "-":
                return tree.Negation(self.expression(POWER), **self._span(start))
            case "?":
                return tree.Name("?", **self._span(start))
            case "{":
                return self._context(start)
            case "[":
                return self._list_or_range(start)
        with self._enclosed():
            inner = self.expression()
            if self._at("..") or token.text == "]":
                return self._range(inner, False, start)
            self._expect(")")
        return inner

    # Control

    def _if(self, start: int) -> Node:
        condition = self.expression()
        self._expect("then")
        consequence = self.expression()
        self._expect("else")
        return tree.If(condition, consequence, self.expression(), **self._span(start))

    def _for(self, start: int) -> Node:
        with self._scope(["partial"]):
            iterators = self._iterators()
            self._expect("return")
            return tree.For(iterators, self.expression(), **self._span(start))

    def _quantified(self, universal: bool, start: int) -> Node:
        with self._scope([]):
            iterators = self._iterators()
            self._expect("satisfies")
            return tree.Quantified(universal, iterators, self.expression(), **self._span(start))

    def _iterators(self) -> tuple[tree.Iterator, ...]:
        """Iterators by commas; each sees the names of those before it, and leaves its own in scope."""
        found: list[tree.Iterator] = []
        while not found or self._at(","):
            if found:
                self._take()
            start = self._scan.position
            match = self._read(_ITERATOR)
            if match is None:
                raise self._unexpected("a name and 'in'")
            domain, to = self.expression(), None
            if self._at(".."):
                self._take()
                to = self.expression()
            found.append(tree.Iterator(normal(match["name"]), domain, to, **self._span(start)))
            self._names = self._names.with_names([match["name"]])
        return tuple(found)

    # Collections

    def _list_or_range(self, start: int) -> Node:
        with self._enclosed():
            items = self._until("]", self.expression, also="..")
            if len(items) == 1 and self._at(".."):
                return self._range(items[0], True, start)
            self._expect("]")
        return tree.ListOf(tuple(items), **self._span(start))

    def _until(self, closing: str, rule: Callable[[], T], also: str = "") -> list[T]:
        """What a rule makes of each piece between commas, up to a closing sign that is left unread."""
        found: list[T] = []
        while not self._at(closing):
            found.append(rule())
            if self._at(closing, also):
                break
            self._expect(",")
        return found

    def _range(self, low: Node, low_closed: bool, start: int) -> Node:
        self._expect("..")
        self._in_range_end = True
        high = self.expression()
        self._in_range_end = False
        if not self._at("]", ")", "["):
            raise self._unexpected("']' or ')'")
        high_closed = self._take().text == "]"
        return tree.RangeOf(low, high, low_closed, high_closed, **self._span(start))

    def _unbounded(self, start: int) -> Node:
        """A range with one end, written as a comparison: (< 5) is everything below 5."""
        operator = self._take().text
        end = self.expression(COMPARE)
        closed = operator in ("<=", ">=", "=")
        if operator == "!=":
            raise FeelError("feel.unexpected", start, start + 2, found="'!='", expected="an expression")
        low = None if operator in ("<", "<=") else end
        high = None if operator in (">", ">=") else end
        return tree.RangeOf(
            low, high, closed and low is not None, closed and high is not None, **self._span(start)
        )

    def _context(self, start: int) -> Node:
        with self._enclosed(), self._scope([]):
            entries = self._until("}", self._entry)
            self._expect("}")
        return tree.ContextOf(tuple(entries), **self._span(start))

    def _entry(self) -> tree.Entry:
        start = self._scan.position
        match = self._read(_KEY)
        if match is None:
            raise self._unexpected("a key and ':'")
        key = unquoted(match["quoted"]) if match["quoted"] else normal(match["plain"])
        value = self.expression()
        self._names, self._members = self._names.with_names([key]), self._members.with_names([key])
        return tree.Entry(key, value, **self._span(start))

    def _member(self) -> str:
        if name := self._known_name(self._members):
            return name[0]
        if self._scan.peek().kind != "word":
            raise self._unexpected("a name")
        return self._take().text

    def _filter(self, source: Node, start: int) -> Node:
        # Inside, the members of each element are names too; which they are is only known when it runs.
        with self._enclosed(), self._scope(["item", *self._members]):
            test = self.expression()
            self._expect("]")
        return tree.Filter(source, test, **self._span(start))

    # Functions

    def _call(self, function: Node, start: int) -> Node:
        with self._enclosed():
            if _ARGUMENT.match(self._scan.text, self._scan.position):
                named = tuple(self._until(")", self._argument))
                self._expect(")")
                return tree.NamedCall(function, named, **self._span(start))
            arguments = tuple(self._until(")", self.expression))
            self._expect(")")
        return tree.Call(function, arguments, **self._span(start))

    def _argument(self) -> tree.Argument:
        start = self._scan.position
        match = self._read(_ARGUMENT)
        if match is None:
            raise self._unexpected("the name of a parameter and ':'")
        return tree.Argument(normal(match["name"]), self.expression(), **self._span(start))

    def _function(self, start: int) -> Node:
        self._expect("(")
        parameters = tuple(self._until(")", self._parameter))
        self._expect(")")
        external = self._at("external")
        if external:
            self._take()
        with self._enclosed(), self._scope(each.name for each in parameters):
            body = self.expression()
        return tree.FunctionOf(parameters, body, external, **self._span(start))

    def _parameter(self) -> tree.Parameter:
        start = self._scan.position
        match = self._read(_PARAMETER)
        if match is None:
            raise self._unexpected("the name of a parameter")
        wanted = ANY
        if self._at(":"):
            self._take()
            wanted = self.type()
        return tree.Parameter(normal(match["name"]), wanted, **self._span(start))

    # Unary tests

    def unary_tests(self) -> Node:
        """The tests of a cell; an empty cell is '-'."""
        start = self._scan.position
        if self._scan.peek().kind == "end":
            return tree.AnyTest(**self._span(start))
        if self._at("-"):
            position = self._scan.position
            self._take()
            if self._scan.peek().kind == "end":
                return tree.AnyTest(**self._span(start))
            self._scan.position = position
        if self._at("not") and (negated := self._tried(self._not_tests)):
            return negated
        return self._any_of()

    def _not_tests(self) -> Node:
        start = self._take().start
        self._expect("(")
        tests = self._any_of()
        self._expect(")")
        if self._scan.peek().kind != "end":
            raise self._unexpected("the end of the text")
        return tree.NotTest(tests, **self._span(start))

    def _any_of(self) -> tree.AnyOf:
        start = self._scan.position
        tests = [self._test()]
        while self._at(","):
            self._take()
            tests.append(self._test())
        return tree.AnyOf(tuple(tests), **self._span(start))

    def _test(self, power: int = 0) -> Node:
        token = self._scan.peek()
        if token.kind == "sign" and token.text in _TESTS:
            self._take()
            return tree.OperatorTest(token.text, self.expression(COMPARE), **self._span(token.start))
        expression = self.expression(power)
        conditional = any(isinstance(each, tree.Name) and each.name == "?" for each in expression.walk())
        return tree.ValueTest(expression, conditional, **self._span(token.start))

    def _in_tests(self) -> tuple[Node, ...]:
        if self._at("(") and (tests := self._tried(self._tests_in_parentheses)):
            return tests
        return (self._test(COMPARE),)

    def _tests_in_parentheses(self) -> tuple[Node, ...]:
        self._expect("(")
        with self._enclosed():
            tests = self._any_of().tests
            self._expect(")")
        return tests

    # Types

    def type(self) -> Type:
        """A type as it is written after 'instance of' or a parameter."""
        start = self._scan.peek().start
        name = self._type_name()
        if not self._at("<"):
            return self._types.get(name) or ALIASES.get(name) or Unknown(name)
        self._take()
        if name == "context":
            members = tuple(self._until(">", self._type_member))
            self._expect(">")
            return ContextType(normal(self._scan.text[start : self._end]), members)
        inner = self._until(">", self.type)
        self._expect(">")
        if name == "function":
            self._expect("->")
            result = self.type()
            return FunctionType(normal(self._scan.text[start : self._end]), tuple(inner), result)
        if name == "list" and len(inner) == 1:
            return list_of(inner[0])
        if name == "range" and len(inner) == 1:
            return RangeType(f"range<{inner[0]}>", inner[0])
        raise FeelError("feel.unknown_type", start, self._end, name=name)

    def _type_name(self) -> str:
        if known := self._known_name(self._type_names):
            return known[0]
        if self._scan.peek().kind != "word":
            raise self._unexpected("the name of a type")
        name = self._take().text
        while self._at("."):
            self._take()
            if self._scan.peek().kind != "word":
                raise self._unexpected("the name of a type")
            name += "." + self._take().text
        return name

    def _type_member(self) -> tuple[str, Type]:
        match = self._read(_ARGUMENT)
        if match is None:
            raise self._unexpected("a member and ':'")
        return normal(match["name"]), self.type()


def _number(token: Token) -> Value:
    try:
        return number(token.text)
    except ArithmeticError:
        raise FeelError(
            "feel.unexpected", token.start, token.end, found=token.text, expected="a number"
        ) from None
