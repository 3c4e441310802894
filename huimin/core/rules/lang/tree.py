"""The typed tree of FEEL: one frozen class per construct, its fields are its signature.

Every node knows the span of source text it was read from; spans do not take part in equality, so two trees
are equal when they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator as Walk
from dataclasses import dataclass, field, fields

from .schema import Type
from .values import Value


@dataclass(frozen=True, kw_only=True)
class Node:
    """Any FEEL expression or unary test."""

    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    def children(self) -> Walk[Node]:
        """The nodes directly below this one, in the order they are written."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Node))

    def walk(self) -> Walk[Node]:
        """This node and everything below it, parents first."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed([*node.children()])

    def height(self) -> int:
        """How many nodes lie above each other at most."""
        level: list[Node] = [self]
        count = 0
        while level:
            level = [child for node in level for child in node.children()]
            count += 1
        return count


# Leaves


@dataclass(frozen=True)
class Literal(Node):
    """A number, text, true, false, null, or a date, time or duration written as @"..."."""

    value: Value


@dataclass(frozen=True)
class BadLiteral(Node):
    """An @"..." whose text is no date, time or duration: always null, with a diagnostic."""

    text: str


@dataclass(frozen=True)
class Name(Node):
    """A variable or a function by its name; '?' is the value under test."""

    name: str


# Operators


@dataclass(frozen=True)
class Arithmetic(Node):
    """left + - * / ** right."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Negation(Node):
    """-operand."""

    operand: Node


@dataclass(frozen=True)
class Comparison(Node):
    """left = != < <= > >= right."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Between(Node):
    """value between low and high, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class In(Node):
    """value in (tests)."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Conjunction(Node):
    """left and right, three-valued."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Disjunction(Node):
    """left or right, three-valued."""

    left: Node
    right: Node


@dataclass(frozen=True)
class InstanceOf(Node):
    """value instance of type."""

    value: Node
    type: Type


# Control


@dataclass(frozen=True)
class If(Node):
    """if condition then consequence else alternative."""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True)
class Iterator(Node):
    """One 'name in domain' or 'name in domain..to' of a for, some or every."""

    name: str
    domain: Node
    to: Node | None


@dataclass(frozen=True)
class For(Node):
    """for iterators return result; 'partial' holds the results so far."""

    iterators: tuple[Iterator, ...]
    result: Node


@dataclass(frozen=True)
class Quantified(Node):
    """some (universal=False) or every (universal=True) iterators satisfies condition."""

    universal: bool
    iterators: tuple[Iterator, ...]
    condition: Node


# Collections


@dataclass(frozen=True)
class ListOf(Node):
    """[items]."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Entry(Node):
    """One 'key: value' of a context."""

    key: str
    value: Node


@dataclass(frozen=True)
class ContextOf(Node):
    """{entries}; an entry sees the entries before it."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class RangeOf(Node):
    """[low..high] with open or closed ends; an end that is None is unbounded."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True)
class Path(Node):
    """source.member."""

    source: Node
    member: str


@dataclass(frozen=True)
class Filter(Node):
    """source[test]: by position when the test is a number, by condition otherwise."""

    source: Node
    test: Node


# Functions


@dataclass(frozen=True)
class Call(Node):
    """function(arguments) by position."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Argument(Node):
    """One 'name: value' of a call by name."""

    name: str
    value: Node


@dataclass(frozen=True)
class NamedCall(Node):
    """function(name: value, ...)."""

    function: Node
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Parameter(Node):
    """One formal parameter of a function definition."""

    name: str
    type: Type


@dataclass(frozen=True)
class FunctionOf(Node):
    """function(parameters) body; an external one has its description as body and is never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


# Unary tests: what a cell of a decision table holds


@dataclass(frozen=True)
class AnyTest(Node):
    """- : always true."""


@dataclass(frozen=True)
class OperatorTest(Node):
    """< 5 and the like: the value under test compared with the operand."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class ValueTest(Node):
    """An expression: equal to the value, a list or range that holds it, or, using '?', a condition."""

    expression: Node
    conditional: bool


@dataclass(frozen=True)
class AnyOf(Node):
    """tests, tests: true when one of them is."""

    tests: tuple[Node, ...]


@dataclass(frozen=True)
class NotTest(Node):
    """not(tests), three-valued."""

    tests: AnyOf
