"""One decision of a model as the source of a Python function: facts, decisions and functions of the graph.

Made in passes: a pass finds out which facts need their value kept and whether the interpreter has to stand by,
and the next pass uses that, until nothing new is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from .. import model as m
from .. import tree
from ..boxed import KINDS
from ..plan import Link, Plan
from ..problems import Place, Problem
from ..schema import Type
from . import kinds as k
from .boxes import Boxes
from .expressions import Around, Expressions, Made
from .facts import Reading
from .kinds import Kinds
from .regions import Regions
from .runtime import Fact
from .source import Constants, Lines, Names

_SHARED = re.compile(r"\b(?:v\d+|d\d+|matched|trace|tables)\b")


class NotHere(Exception):
    """This logic is left to the interpreter."""


@dataclass(frozen=True)
class Known:
    """Business knowledge that was made a function: its name, its parameters and the kinds it gives."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    kinds: Kinds


@dataclass
class Pass:
    """What passes tell each other."""

    valued: frozenset[m.Element] = frozenset()
    lazy: tuple[Link, ...] = ()
    bridged: bool = False
    needs_context: bool = False

    def joined(self, found: Pass) -> Pass:
        """What is known after one more pass."""
        return Pass(
            self.valued | found.valued,
            tuple(dict.fromkeys((*self.lazy, *found.lazy))),
            self.bridged or found.bridged,
            self.needs_context or found.needs_context,
        )


class Program:
    """Writes the function of one decision, with its trace or without."""

    def __init__(self, link: Link, traced: bool, before: Pass, known: dict[m.InputColumn, Regions]) -> None:
        self.link, self.traced, self._before = link, traced, before
        self.regions = known
        self.was_valued = before.valued
        self.constants, self.names = Constants(), Names()
        self.expressions = Expressions(self)
        self.boxes = Boxes(self)
        self.lines = Lines(2)
        self.valued: set[m.Element] = set()
        self.bridged = False
        self.needs_context = False
        self.at_top = True
        self.certain: set[m.Element] = set()
        self.touched: set[m.Element] = set()
        self._variables: dict[m.Element, str] = {}
        self._links: dict[m.Element, Link] = {}
        self._facts: dict[m.Element, Fact] = {}
        self._readers: dict[m.Element, str] = {}
        self._known: dict[m.Element, Known | None] = {}
        self._functions: list[str] = []
        self._lazy: dict[m.Element, Link] = {}

    # Writing

    def add(self, line: str) -> None:
        """One line of the function being written."""
        self.lines.add(line)

    @staticmethod
    def not_here() -> NotHere:
        """What to raise where logic is left to the interpreter."""
        return NotHere()

    def node(self, plan: Plan, text: m.Text) -> tree.Node:
        """The tree of a text; NotHere when it could not be read."""
        found = plan.trees.get(text)
        if found is None or isinstance(found, Problem):
            raise NotHere
        return found

    @contextmanager
    def branch(self) -> Iterator[None]:
        """Lines that may not be run: what they read is not certain after them."""
        top, certain, self.at_top, self.certain = self.at_top, self.certain, False, set(self.certain)
        try:
            yield
        finally:
            self.at_top, self.certain = top, certain

    def bridge(self) -> str:
        """The name of the interpreter's session, which is needed from now on."""
        self.bridged = True
        return "b"

    def match(self, source: str) -> None:
        """Adds rows to those that matched."""
        self.add(f"matched += {source}")

    def look(self, source: str) -> None:
        """Adds a look at a table to those of the decision being decided."""
        self.add(f"{self._tables()} += ({source},)")

    def _tables(self) -> str:
        return "b._tables" if self._before.bridged else "tables"

    # Elements

    def variable(self, element: m.Element) -> str:
        """The name of an element's value."""
        if element not in self._variables:
            letter = "v" if isinstance(element, m.InputData) else "d"
            self._variables[element] = self.names.fresh(letter)
        return self._variables[element]

    def fact(self, link: Link) -> Fact:
        """What is to be known to read a fact."""
        element = link.element
        assert isinstance(element, m.InputData)
        if element not in self._facts:
            wanted = link.plan.type(element.type_name)
            self._facts[element] = Fact(element.key, element.name, wanted, Place(element=element.name))
        return self._facts[element]

    def read(self, link: Link) -> Made:
        """The source of the value of a fact or a decision, read when it was not yet."""
        element = link.element
        kinds = k.of_type(link.plan.type(element.type_name))
        name = self.variable(element)
        self.valued.add(element)
        if element in self.certain:
            return name, kinds
        self.touched.add(element)
        if isinstance(element, m.InputData):
            self._lazy[element] = link
        reader = self._reader(link)
        return f"({name} if {name} is not UNSET else {reader}())", kinds

    def _reader(self, link: Link) -> str:
        element = link.element
        if element not in self._readers:
            name = self._readers[element] = self.names.fresh("R")
            if isinstance(element, m.InputData):
                with self._function(name, ""):
                    self._read_fact(link)
            else:
                with self._function(name, ""):
                    self._decide(link)
        return self._readers[element]

    def _read_fact(self, link: Link) -> None:
        name = self.variable(link.element)
        with self.lines.block(f"if {name} is UNSET:"):
            Reading(self, link, None, self.names.fresh("x"), name).write()
        self.add(f"return {name}")

    def lead(self, node: tree.Node, around: Around) -> None:
        """Reads at once what an expression surely reads before anything else can happen."""
        if self.at_top:
            self._led(node, around)

    def _led(self, node: tree.Node, around: Around) -> bool:
        """Whether the whole of a node is nothing but such readings."""
        match node:
            case tree.Literal():
                return True
            case tree.Name() if node.name in around.names:
                return True
            case tree.Name():
                found = around.link.plan.required(around.link.element).get(node.name)
                if isinstance(found, Link) and isinstance(found.element, m.InputData | m.Decision):
                    self.read_here(found)
                    return not found.path
            case tree.Comparison() | tree.Arithmetic():
                if self._led(node.left, around):
                    self._led(node.right, around)
            case tree.Conjunction() | tree.Disjunction():
                self._led(node.left, around)
            case tree.Between() | tree.In():
                self._led(node.value, around)
            case tree.If():
                self._led(node.condition, around)
            case tree.Negation():
                self._led(node.operand, around)
            case tree.Path():
                self._led(node.source, around)
            case tree.Call(function=tree.Name(name=name)) if name not in around.names:
                for each in node.arguments:
                    if not self._led(each, around):
                        break
        return False

    def read_here(self, link: Link) -> None:
        """Reads a fact or decides a decision on the spot, when it surely was not yet."""
        if link.path:
            return
        if isinstance(link.element, m.Decision):
            self.decide_here(link)
        elif link.element not in self.touched:
            self.touched.add(link.element)
            self.valued.add(link.element)
            Reading(self, link, None, self.names.fresh("x"), self.variable(link.element)).write()
            self.certain.add(link.element)

    @contextmanager
    def _function(self, name: str, parameters: str) -> Iterator[None]:
        """What is written inside is the body of a function inside the made one."""
        outer, self.lines = self.lines, Lines(3)
        top, certain, self.at_top, self.certain = self.at_top, self.certain, False, set()
        try:
            yield
        finally:
            own, self.lines = self.lines, outer
            self.at_top, self.certain = top, certain
        shared = sorted(set(_SHARED.findall("\n".join(own.lines))))
        body = [f"        def {name}({parameters}):"]
        body += [f"            nonlocal {', '.join(shared)}"] if shared else []
        self._functions.append("\n".join([*body, *own.lines]))

    # Decisions

    def decide_here(self, link: Link) -> None:
        """Decides a required decision on the spot, when it surely was not decided before."""
        if self.at_top and link.element not in self.touched:
            self.touched.add(link.element)
            try:
                self._decided(link)
            except NotHere:
                self._left(link)
            self.certain.add(link.element)

    def _decide(self, link: Link) -> None:
        name = self.variable(link.element)
        with self.lines.block(f"if {name} is UNSET:"):
            try:
                self._decided(link)
            except NotHere:
                self._left(link)
        self.add(f"return {name}")

    def _left(self, link: Link) -> None:
        self.add(f"{self.variable(link.element)} = {self.bridge()}.whole({self.constants.name(link)})")

    def _decided(self, link: Link) -> None:
        decision, name = link.element, self.variable(link.element)
        assert isinstance(decision, m.Decision)
        if decision.logic is None:
            raise NotHere
        place = Place(element=decision.name)
        before, certain = len(self.lines.lines), set(self.certain)
        outer = self.names.fresh("z")
        tables = self._tables()
        if self.traced:
            self.add(f"{outer} = {tables}")
            self.add(f"{tables} = {'[]' if self._before.bridged else '()'}")
        try:
            source, kinds = self.boxes.make(decision.logic, Around(link, place))
        except NotHere:
            del self.lines.lines[before:]
            self.certain = certain
            raise
        wanted = link.plan.type(decision.type_name)
        if not k.fits(kinds, wanted):
            own, at = self.constants.name(wanted), self.constants.name(place)
            source = f"typed(run, {at}, {source}, {own})"
        self.add(f"{name} = {source}")
        if self.traced:
            spec = self.constants.name((decision.name, KINDS[type(decision.logic)]))
            looks = f"tuple({tables})" if self._before.bridged else tables
            self.add(f"trace += (({spec}, {name}, {looks}),)")
            self.add(f"{tables} = {outer}")

    # Functions

    def call(self, link: Link, arguments: Sequence[Made], names: Sequence[str] | None = None) -> Made | None:
        """A call of business knowledge; None where it is left to the interpreter."""
        known = self._knowledge(link)
        if known is None or len(arguments) != len(known.parameters):
            return None
        wanted = dict(known.parameters)
        order = list(names) if names is not None else list(wanted)
        if sorted(order) != sorted(wanted):
            return None
        given = []
        for name, (source, kinds) in zip(order, arguments, strict=True):
            kept = k.fits(kinds, wanted[name])
            made = source if kept else f"surely({source}, {self.constants.name(wanted[name])})"
            given.append(f"p{list(wanted).index(name)}={made}")
        return f"{known.name}({', '.join(given)})", known.kinds

    def _knowledge(self, link: Link) -> Known | None:
        element = link.element
        if element not in self._known:
            self._known[element] = None  # one that calls itself is left to the interpreter
            with suppress(NotHere):
                self._known[element] = self._made(link)
        return self._known[element]

    def _made(self, link: Link) -> Known:
        element = link.element
        assert isinstance(element, m.KnowledgeModel)
        function = element.function
        if function is None or function.kind != "FEEL":
            raise NotHere
        needed = (each.element for each in link.plan.links(element.requires))
        if link.path and not all(isinstance(each, m.KnowledgeModel) for each in needed):
            raise NotHere  # behind an import one element may have several values
        types = tuple((each.name, link.plan.type(each.type_name)) for each in function.parameters)
        if len(dict(types)) != len(types):
            raise NotHere
        declared = link.plan.type(element.type_name)
        wanted = getattr(declared, "result", declared)
        own = {name: (f"p{at}", k.of_type(each)) for at, (name, each) in enumerate(types)}
        name = self.names.fresh("F")
        with self._function(name, ", ".join(f"p{at}" for at in range(len(types)))):
            source, kinds = self.boxes.make(function.body, Around(link).with_names(dict(own)))
            if not k.fits(kinds, wanted):
                source, kinds = f"surely({source}, {self.constants.name(wanted)})", k.of_type(wanted)
            self.add(f"return {source}")
        return Known(name, types, kinds)

    # The whole

    def written(self) -> tuple[str, Pass]:
        """The source of the function, and what the next pass should know."""
        element = self.link.element
        for each in self._before.lazy:
            # Without a trace nobody sees when a fact is read.
            self.read_here(each)
        try:
            self._decided(self.link)
        except NotHere:
            self._left(self.link)
        if self._before.bridged:
            for each in self.facts_and_decisions():
                self.variable(each.element)
                self._reader(each)
        body = [f"        {line}" for line in self._head()] + self._functions
        if self._before.bridged:
            pairs = (f"{self.constants.name(each)}: {name}" for each, name in self._readers.items())
            body.append(f"        b = Bridge(facts, run, {{{', '.join(pairs)}}})")
            body.append("        matched = b.matched")
            body += ["        trace, used = b.trace, b.used"] if self.traced else []
        body += self.lines.lines
        body.append(f"        return {self._result(self.variable(element))}")
        if self._before.needs_context:
            head = ["    outer = getcontext()", "    setcontext(NUMBERS)", "    try:"]
            body = [*head, *body, "    finally:", "        setcontext(outer)"]
        else:
            body = [line.removeprefix("    ") for part in body for line in part.split("\n")]
        lazy = () if self.traced else tuple(self._lazy.values())
        found = Pass(frozenset(self.valued), lazy, self.bridged, self.needs_context)
        return "\n".join(["def made(facts, now, today):", *body, ""]), found

    def _head(self) -> list[str]:
        names = sorted(self._variables.values())
        lines = [" = ".join([*names, "UNSET"])] if names else []
        lines.append("get = facts.get")
        if not self._before.bridged:
            lines.append("matched = ()")
            lines += ["trace = tables = ()", "used = {}"] if self.traced else []
        if self.traced:
            lines.append(f"run = Run(now, today, {self.constants.name(Place())}, [])")
        elif self._before.bridged:
            lines.append("run = Quiet(now, today)")
        return lines

    def _result(self, value: str) -> str:
        matched = "tuple(matched)" if self._before.bridged else "matched"
        if not self.traced:
            return f"{value}, {matched}"
        name = self.constants.name(self.link.element.name)
        return f"evaluation({name}, {value}, {matched}, trace, used, run.diagnostics)"

    def facts_and_decisions(self) -> list[Link]:
        """Everything that the decision needs, directly or not, except itself."""
        found: dict[m.Element, Link] = {}
        waiting = [self.link]
        while waiting:
            link = waiting.pop()
            if isinstance(link.element, m.Decision | m.KnowledgeModel):
                for each in link.plan.links(link.element.requires):
                    if each.element not in found and not each.path:
                        found[each.element] = each
                        waiting.append(each)
        return [each for each in found.values() if isinstance(each.element, m.InputData | m.Decision)]


def circular(link: Link) -> bool:
    """Whether an element needs itself, directly or not."""
    open_: set[m.Element] = set()
    done: set[m.Element] = set()

    def goes_round(each: Link) -> bool:
        if each.element in open_:
            return True
        if each.element in done or not isinstance(each.element, m.Decision | m.KnowledgeModel):
            return False
        open_.add(each.element)
        found = any(goes_round(inner) for inner in each.plan.links(each.element.requires))
        open_.discard(each.element)
        done.add(each.element)
        return found

    return goes_round(link)
