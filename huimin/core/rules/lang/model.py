"""What a DMN file says, as frozen dataclasses: nothing is parsed, typed or evaluated here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .problems import Place

if TYPE_CHECKING:
    from .plan import Plan


@dataclass(frozen=True, eq=False)
class Text:
    """A piece of FEEL as it stands in the file, with its place; tests are what table cells hold.

    ordinal is the number of the XML element that holds it, counted by start tags; -1 when there is none.
    """

    source: str
    place: Place
    tests: bool = False
    ordinal: int = -1


# Decision logic: the boxed expressions of the standard


@dataclass(frozen=True, eq=False)
class Boxed:
    """Any decision logic; type_name is what the author says its value is."""

    type_name: str = field(default="", kw_only=True)


@dataclass(frozen=True, eq=False)
class LiteralExpression(Boxed):
    """One FEEL expression."""

    text: Text


@dataclass(frozen=True, eq=False)
class InputColumn:
    """An input of a table: its expression, and the values it may have when they are listed."""

    id: str
    label: str
    expression: Text
    type_name: str
    allowed: Text | None


@dataclass(frozen=True, eq=False)
class OutputColumn:
    """An output of a table: its name in the result, its values in order of priority, and its default."""

    id: str
    name: str
    label: str
    type_name: str
    values: Text | None
    default: Text | None


@dataclass(frozen=True, eq=False)
class Row:
    """A rule of a table: one test per input, one expression per output, and annotations by column name."""

    id: str
    number: int
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    annotations: dict[str, str]


@dataclass(frozen=True, eq=False)
class DecisionTable(Boxed):
    """A decision table; the hit policy is one of U A P F R O C, the aggregation one of '' + < > #."""

    place: Place
    hit_policy: str
    aggregation: str
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rows: tuple[Row, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ContextEntry:
    """One entry of a boxed context; the one without a name is its result."""

    name: str
    type_name: str
    logic: Boxed


@dataclass(frozen=True, eq=False)
class BoxedContext(Boxed):
    """Entries that see the entries before them."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, eq=False)
class Invocation(Boxed):
    """A call of a function with arguments by name."""

    function: LiteralExpression
    bindings: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True, eq=False)
class Parameter:
    """One formal parameter."""

    name: str
    type_name: str


@dataclass(frozen=True, eq=False)
class FunctionDefinition(Boxed):
    """A function; kind is FEEL, or JAVA or PMML, which are never run."""

    kind: str
    parameters: tuple[Parameter, ...]
    body: Boxed


@dataclass(frozen=True, eq=False)
class BoxedList(Boxed):
    """A list, one expression per element."""

    items: tuple[Boxed, ...]


@dataclass(frozen=True, eq=False)
class Relation(Boxed):
    """A list of contexts drawn as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, eq=False)
class Conditional(Boxed):
    """if, then, else."""

    condition: Boxed
    consequence: Boxed
    alternative: Boxed


@dataclass(frozen=True, eq=False)
class BoxedFilter(Boxed):
    """The elements of source for which match is true."""

    source: Boxed
    match: Boxed


@dataclass(frozen=True, eq=False)
class Iteration(Boxed):
    """for, some or every: a name that goes over a list, and what is made of or asked about each."""

    kind: str
    name: str
    domain: Boxed
    result: Boxed


@dataclass(frozen=True, eq=False)
class UnknownLogic(Boxed):
    """A kind of logic that this library does not know."""

    tag: str


# The graph


@dataclass(frozen=True, eq=False)
class ItemDefinition:
    """A named type: a base, or members, or a function; perhaps a list; perhaps only some values.

    allowed is about a value, and about each element of a list; constraint is about the whole list.
    """

    name: str
    type_name: str
    is_list: bool
    allowed: Text | None
    components: tuple[ItemDefinition, ...] = ()
    function: tuple[tuple[str, ...], str] | None = None
    constraint: Text | None = None


@dataclass(frozen=True, eq=False)
class Element:
    """Anything in the graph that other elements may require."""

    id: str
    name: str
    type_name: str
    description: str = field(default="", kw_only=True)


@dataclass(frozen=True, eq=False)
class InputData(Element):
    """A fact that the model reads; fact is its name in the catalogue, when the author gave one."""

    fact: str = ""

    @property
    def type(self) -> str:
        """The name of the declared type, Any when there is none."""
        return self.type_name or "Any"

    @property
    def key(self) -> str:
        """The name under which the fact is given and recorded."""
        return self.fact or self.name


@dataclass(frozen=True, eq=False)
class Requirement:
    """An arrow of the graph, by the address of what is required."""

    href: str


@dataclass(frozen=True, eq=False)
class Decision(Element):
    """A decision with its logic and what it requires."""

    logic: Boxed | None
    requires: tuple[Requirement, ...]
    question: str = ""


@dataclass(frozen=True, eq=False)
class KnowledgeModel(Element):
    """Business knowledge: a function that decisions may call."""

    function: FunctionDefinition | None
    requires: tuple[Requirement, ...]


@dataclass(frozen=True, eq=False)
class Service(Element):
    """A decision service: some decisions offered as one function."""

    outputs: tuple[Requirement, ...]
    input_data: tuple[Requirement, ...]
    input_decisions: tuple[Requirement, ...]


@dataclass(frozen=True, eq=False)
class Import:
    """Another model, whose names are reached through this name."""

    name: str
    namespace: str
    model: Model | None


@dataclass(frozen=True, eq=False)
class Model:
    """One DMN file; source is what was read, byte for byte, so that it can be written back unchanged."""

    name: str
    namespace: str
    dmn_namespace: str
    hash: str
    source: bytes
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[KnowledgeModel, ...]
    services: tuple[Service, ...]
    items: tuple[ItemDefinition, ...]
    imports: tuple[Import, ...]

    @cached_property
    def plan(self) -> Plan:
        """Everything that is worked out once and used by every evaluation: trees, types and the graph."""
        from .plan import Plan

        return Plan(self)

    @cached_property
    def forms(self) -> dict[Element, Any]:
        """The compiled forms of decisions that were asked for, by decision; kept by lang.compiled."""
        return {}

    def elements(self) -> Iterator[Element]:
        """Every element of the graph."""
        yield from self.inputs
        yield from self.decisions
        yield from self.knowledge
        yield from self.services

    def decision(self, name: str) -> Decision | None:
        """A decision by its name or id."""
        return next((each for each in self.decisions if name in (each.name, each.id)), None)

    def write(self) -> bytes:
        """The file as it came in."""
        return self.source
