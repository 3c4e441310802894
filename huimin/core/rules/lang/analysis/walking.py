"""Walks expressions, cells and tables, and notes in a space where their comparisons change their answer.

Nothing is evaluated here but constants. What is not understood makes the variables below it vague, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import model as m
from .. import tree
from ..interpret import Interpreter
from ..plan import GLOBAL_NAMES, Link, Plan, Required
from ..schema import Restricted, Type
from ..scope import Run, Scope
from ..tree import Node
from ..values import Range, Value
from . import arithmetic
from .forms import ALTERNATIVES, Callee, Count, Form, Known, Members, one_of, truth
from .space import Space, tests_of

Environment = Mapping[str, Form]
Blocks = Callable[[Link], Form | None]
"""Says whether a required decision is a variable of its own."""
DEPTH = 40
_CLOCK = ("today", "now")


class Walker:
    """Walks the logic of one element."""

    def __init__(
        self,
        space: Space,
        plan: Plan | None,
        element: m.Element | None,
        blocks: Blocks = lambda link: None,
        inlined: dict[m.Element, Form] | None = None,
        depth: int = 0,
    ) -> None:
        self.space, self.plan, self.element = space, plan, element
        self._blocks, self._inlined, self._depth = blocks, {} if inlined is None else inlined, depth
        self._run = Run(space.moment.now, space.moment.today)

    # Expressions

    def text(self, text: m.Text, around: Environment) -> Form:
        """An expression of the model."""
        node = self.plan.trees[text] if self.plan else None
        return self.walk(node, around) if isinstance(node, Node) else one_of((None,))

    def walk(self, node: Node, around: Environment) -> Form:
        """The form of an expression, its comparisons noted."""
        constant = self._constant(node, around)
        if constant is not None:
            return constant
        method = _METHODS.get(type(node))
        return method(self, node, around) if method else self.unknown(node, around, type(node).__name__)

    def _constant(self, node: Node, around: Environment) -> Known | None:
        """An expression without variables, evaluated."""
        for each in node.walk():
            if isinstance(each, tree.Name) and (each.name in around or each.name not in GLOBAL_NAMES):
                return None
            if isinstance(each, tree.For | tree.Quantified | tree.FunctionOf | tree.Filter):
                return None
        return one_of((Interpreter(self._run).evaluate(node, Scope({})),))

    def unknown(self, node: Node, around: Environment, why: str) -> Form:
        """What is not followed: everything below is looked at, and its variables are vague."""
        reads = self._below(node, around)
        self.space.blur(reads, why)
        return Form(reads=reads)

    def _below(self, node: Node, around: Environment) -> frozenset[int]:
        found = [self.walk(child, around).reads for child in node.children()]
        return frozenset().union(*found)

    def _name(self, node: tree.Name, around: Environment) -> Form:
        if node.name in around:
            return around[node.name]
        found = self.plan.required(self.element).get(node.name) if self.plan and self.element else None
        return one_of((None,)) if found is None else self.required(found)

    def required(self, found: Required) -> Form:
        """What a name stands for in the graph."""
        if not isinstance(found, Link):
            return Members({name: self.required(each) for name, each in found.items()})
        element = found.element
        if element in self._inlined:
            return self._inlined[element]
        if self._depth > DEPTH:
            return Form()
        match element:
            case m.InputData():
                form: Form = self.space.fact(found)
                self._inlined[element] = form
                self.space.allowed(next(iter(form.reads)))
            case m.Decision():
                form = self._blocks(found) or self._inner(found).decision(element)
            case m.KnowledgeModel():
                form = self._inner(found).knowledge(element)
            case _:
                form = self.unknown_facts(found)
        self._inlined[element] = form
        return form

    def unknown_facts(self, link: Link) -> Form:
        """A thing of the graph that is not followed: its facts are vague."""
        from .space import leaves

        numbers = frozenset(next(iter(self.space.fact(Link(link.plan, leaf)).reads)) for leaf in leaves(link))
        self.space.blur(numbers, link.element.name)
        return Form(reads=numbers)

    def _inner(self, link: Link) -> Walker:
        return Walker(self.space, link.plan, link.element, self._blocks, self._inlined, self._depth + 1)

    def decision(self, element: m.Decision) -> Form:
        """A decision in place of its name."""
        if element.logic is None or self.plan is None:
            return one_of((None,))
        return self.typed(self.box(element.logic, {}), element.type_name)

    def typed(self, form: Form, name: str) -> Form:
        """A form of a declared type: a value the type does not allow is null, so its allowed values are compared."""
        kind: Type | None = self.plan.type(name) if self.plan and name else None
        while isinstance(kind, Restricted):
            tests = tests_of(kind.text)
            if tests is not None and not form.finite:
                self.tests(tests, form, {})
            kind = kind.base
        return form

    def knowledge(self, element: m.KnowledgeModel) -> Form:
        """Business knowledge as something that can be called."""
        made = element.function
        if made is None or made.kind != "FEEL":
            return Form()
        names = tuple(each.name for each in made.parameters)

        def call(forms: list[Form]) -> Form:
            if self._depth > DEPTH:
                return Form(reads=frozenset().union(*(each.reads for each in forms)))
            inner = Walker(self.space, self.plan, self.element, self._blocks, self._inlined, self._depth + 1)
            return inner.box(made.body, dict(zip(names, forms, strict=True)))

        return Callee(names, call)

    # Logic

    def box(self, box: m.Boxed, around: Environment) -> Form:
        """Decision logic."""
        match box:
            case m.LiteralExpression(text=text):
                return self.text(text, around)
            case m.DecisionTable():
                return self.table(box, around)
            case m.Conditional(condition=condition, consequence=consequence, alternative=alternative):
                self.box(condition, around)
                return self.union([self.box(consequence, around), self.box(alternative, around)])
            case m.BoxedContext(entries=entries):
                made: dict[str, Form] = {}
                for entry in entries:
                    value = self.box(entry.logic, {**around, **made})
                    if not entry.name:
                        return value
                    made[entry.name] = value
                return Members(made)
            case m.Invocation(function=function, bindings=bindings):
                forms = {name: self.box(each, around) for name, each in bindings}
                return self._invoked(self.box(function, around), forms)
            case m.FunctionDefinition(parameters=parameters, body=body, kind="FEEL"):
                names = tuple(each.name for each in parameters)
                return Callee(
                    names, lambda forms: self.box(body, {**around, **dict(zip(names, forms, strict=True))})
                )
        from ..plan import parts

        reads = frozenset().union(*(self.box(part, around).reads for part in parts(box)))
        self.space.blur(reads, type(box).__name__)
        return Form(reads=reads)

    def table(self, table: m.DecisionTable, around: Environment) -> Form:
        """A table: its cells are compared with its inputs, its outputs are what it can give."""
        columns = [self.text(column.expression, around) for column in table.inputs]
        for index, (column, form) in enumerate(zip(table.inputs, columns, strict=True)):
            texts = [row.inputs[index] for row in table.rows if index < len(row.inputs)]
            for text in (*texts, column.allowed):
                if text is not None:
                    self.cell(text, form, around)
        outputs: dict[str, Form] = {}
        for index, output in enumerate(table.outputs):
            texts = [row.outputs[index] for row in table.rows if index < len(row.outputs)]
            forms = [self.text(text, around) for text in texts]
            forms.append(one_of((None,)) if output.default is None else self.text(output.default, around))
            outputs[output.name] = self.union(forms)
        finite = all(form.finite for form in outputs.values())
        reads = frozenset().union(*(form.reads for form in outputs.values()))
        if table.hit_policy in ("R", "O", "C"):
            if not finite:
                self.space.blur(reads, table.hit_policy)
            return Form(finite=finite, reads=reads)
        return next(iter(outputs.values())) if len(outputs) == 1 else Members(outputs, finite=finite)

    def union(self, forms: Iterable[Form]) -> Form:
        """One of several."""
        each = list(forms)
        reads = frozenset().union(*(form.reads for form in each))
        if all(isinstance(form, Known) for form in each):
            values = [value for form in each if isinstance(form, Known) for value in form.values]
            return one_of(tuple(unique(values)))
        if all(form.finite for form in each):
            return Form(finite=True, reads=reads)
        counts = [
            self.space.count(form)
            for form in each
            if not (isinstance(form, Known) and form.values == (None,))
        ]
        made = [count for count in counts if count is not None]
        if made and len(made) == len(counts) and len({count.kind for count in made}) == 1:
            ratios = tuple(ratio for count in made for ratio in count.ratios)
            if len(ratios) <= ALTERNATIVES:
                return Count(ratios, made[0].kind, reads=reads)
        return Form(reads=reads)

    # Tests

    def cell(self, text: m.Text, subject: Form, around: Environment) -> None:
        """A cell of the model against its column."""
        node = self.plan.trees[text] if self.plan else None
        if isinstance(node, Node):
            self.tests(node, subject, around)

    def tests(self, node: Node, subject: Form, around: Environment) -> None:
        """Notes what a unary test compares its subject with."""
        match node:
            case tree.AnyTest():
                return
            case tree.AnyOf(tests=tests):
                for each in tests:
                    self.tests(each, subject, around)
            case tree.NotTest(tests=inner):
                self.tests(inner, subject, around)
            case tree.OperatorTest(operator=operator, operand=operand):
                self.space.compare(operator, subject, self.walk(operand, {**around, "?": subject}))
            case tree.ValueTest(expression=expression, conditional=True):
                self.walk(expression, {**around, "?": subject})
            case tree.ValueTest(expression=expression):
                self._member(expression, subject, around)
            case _:
                self.walk(node, {**around, "?": subject})

    def _member(self, node: Node, subject: Form, around: Environment) -> None:
        """A value, a range or a list that the subject may be, or be in."""
        match node:
            case tree.RangeOf(low=low, high=high):
                for sign, end in ((">=", low), ("<=", high)):
                    if end is not None:
                        self.space.compare(sign, subject, self.walk(end, around))
            case tree.ListOf(items=items):
                for item in items:
                    self._member(item, subject, around)
            case _:
                form = self.walk(node, around)
                if isinstance(form, Known):
                    for value in form.values:
                        self._value(value, subject)
                else:
                    self.space.compare("=", subject, form)

    def _value(self, value: Value, subject: Form) -> None:
        if isinstance(value, Range):
            for sign, end in ((">=", value.low), ("<=", value.high)):
                if end is not None:
                    self.space.compare(sign, subject, one_of((end,)))
        elif isinstance(value, list):
            for each in value:
                self._value(each, subject)
        else:
            self.space.compare("=", subject, one_of((value,)))

    def _in(self, node: tree.In, around: Environment) -> Form:
        subject = self.walk(node.value, around)
        for each in node.tests:
            self.tests(each, subject, around)
        return truth()

    def _comparison(self, node: tree.Comparison, around: Environment) -> Form:
        self.space.compare(node.operator, self.walk(node.left, around), self.walk(node.right, around))
        return truth()

    def _between(self, node: tree.Between, around: Environment) -> Form:
        value = self.walk(node.value, around)
        self.space.compare(">=", value, self.walk(node.low, around))
        self.space.compare("<=", value, self.walk(node.high, around))
        return truth()

    def _logical(self, node: tree.Conjunction | tree.Disjunction, around: Environment) -> Form:
        return Form(finite=True, reads=self._below(node, around))

    def _if(self, node: tree.If, around: Environment) -> Form:
        self.walk(node.condition, around)
        return self.union([self.walk(node.consequence, around), self.walk(node.alternative, around)])

    def _instance(self, node: tree.InstanceOf, around: Environment) -> Form:
        self.walk(node.value, around)
        return truth()

    # Values

    def _arithmetic(self, node: tree.Arithmetic, around: Environment) -> Form:
        left, right = self.walk(node.left, around), self.walk(node.right, around)
        return arithmetic.calculate(self.space, node.operator, left, right)

    def _negation(self, node: tree.Negation, around: Environment) -> Form:
        operand = self.walk(node.operand, around)
        return arithmetic.calculate(self.space, "-", one_of((arithmetic.NOUGHT,)), operand)

    def _path(self, node: tree.Path, around: Environment) -> Form:
        source = self.walk(node.source, around)
        if isinstance(source, Members):
            return source.members.get(node.member, one_of((None,)))
        found = arithmetic.part(source, node.member)
        if found is None:
            self.space.blur(source.reads, node.member)
            return Form(reads=source.reads, finite=source.finite)
        return found

    def _context(self, node: tree.ContextOf, around: Environment) -> Form:
        made: dict[str, Form] = {}
        for entry in node.entries:
            made[entry.key] = self.walk(entry.value, {**around, **made})
        return Members(made)

    def _call(self, node: tree.Call | tree.NamedCall, around: Environment) -> Form:
        if isinstance(node, tree.NamedCall):
            named = {each.name: self.walk(each.value, around) for each in node.arguments}
            forms = list(named.values())
        else:
            named = {}
            flat = node.arguments
            if len(flat) == 1 and isinstance(flat[0], tree.ListOf):
                flat = flat[0].items
            forms = [self.walk(each, around) for each in flat]
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        callee = self.walk(node.function, around) if name and name not in GLOBAL_NAMES else None
        if isinstance(callee, Callee):
            return self._invoked(callee, named or dict(zip(callee.names, forms, strict=False)))
        if name == "not" and len(forms) == 1:
            return Form(finite=True, reads=forms[0].reads)
        found = arithmetic.call(self.space, name, forms) if not named else None
        if found is not None:
            return found
        reads = frozenset().union(*(form.reads for form in forms))
        if all(form.finite for form in forms):
            return Form(finite=True, reads=reads)
        self.space.blur(reads, name)
        self._hints(node, reads)
        return Form(reads=reads)

    def _hints(self, node: Node, reads: Iterable[int]) -> None:
        """The texts in a call that is not followed are worth trying."""
        texts = [
            each.value
            for each in node.walk()
            if isinstance(each, tree.Literal) and isinstance(each.value, str)
        ]
        for number in reads:
            if self.space.variables[number].kind == "string":
                for text in texts:
                    self.space.point(number, text, True)

    def _invoked(self, callee: Form, forms: Mapping[str, Form]) -> Form:
        if isinstance(callee, Callee) and set(callee.names) == set(forms):
            return callee.call([forms[name] for name in callee.names])
        reads = frozenset().union(callee.reads, *(form.reads for form in forms.values()))
        self.space.blur(reads, "invocation")
        return Form(reads=reads)


def unique(values: Iterable[Value]) -> list[Value]:
    """Values, each once, in their order."""
    found: list[Value] = []
    for value in values:
        if not any(type(value) is type(each) and value == each for each in found):
            found.append(value)
    return found


_METHODS: dict[type[Node], Callable[[Walker, Any, Environment], Form]] = {
    tree.Name: Walker._name,
    tree.In: Walker._in,
    tree.Comparison: Walker._comparison,
    tree.Between: Walker._between,
    tree.Conjunction: Walker._logical,
    tree.Disjunction: Walker._logical,
    tree.If: Walker._if,
    tree.InstanceOf: Walker._instance,
    tree.Arithmetic: Walker._arithmetic,
    tree.Negation: Walker._negation,
    tree.Path: Walker._path,
    tree.ContextOf: Walker._context,
    tree.Call: Walker._call,
    tree.NamedCall: Walker._call,
}
