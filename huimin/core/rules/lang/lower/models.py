"""A decision of a model as columns of a table: what it requires first, each decision one column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .. import model as m
from ..names import Names as WrittenNames
from ..parser import Surroundings, parse_tests
from ..plan import GLOBAL_NAMES, Link, Plan, Required
from ..problems import Place, Problem, problem
from ..schema import ANY, ContextType, FunctionType, ListType, NotOfTypeError, Restricted, Type, coerced
from .expressions import Lowering, Names
from .growing import Growing
from .tables import TableLowering
from .terms import (
    NULL,
    Constant,
    Lowered,
    NotLowerable,
    Record,
    Refusal,
    Term,
    certain,
    column_term,
    number_of,
)

OUTCOME, ROW, ROWS = "outcome", "row", "rows"


class ModelLowering(Growing):
    """Lowers the decisions of one model over one table, which grows by a column for each thing kept."""

    def __init__(self, table: Any, names: Mapping[str, str], lowering: Lowering, taken: int = 0) -> None:
        super().__init__(table, taken)
        self.lowering = lowering
        self.problems: list[Problem] = []
        self.place = Place()
        self._names = names
        self._known: dict[m.Element, Lowered] = {}
        self._open: set[m.Element] = set()
        self.rows: dict[m.Element, tuple[Any, Any]] = {}
        self.by_number: dict[m.Element, tuple[Any, Callable[[Any], Lowered]]] = {}

    # Keeping columns

    def keep(self, value: Lowered) -> Lowered:
        """A value as a column of its own, so that what uses it does not work it out again."""
        if isinstance(value, Record):
            return Record({name: self.keep(each) for name, each in value.members.items()})
        if not isinstance(value, Term):
            return value
        if value.divisor is not None:
            raise Refusal("lower.quotient")
        if stored(value.column):
            return value
        if value.whole is not None:
            return replace(number_of(self.column(value.whole), value.limit), kind=value.kind)
        return value.of(self.column(value.column))

    # Elements

    def value(self, link: Link) -> Lowered:
        """An element as a value: a fact's column, or what a decision gives."""
        element = link.element
        if element not in self._known:
            if element in self._open:
                raise Refusal("dmn.cycle", name=element.name, path=element.name)
            self._open.add(element)
            outer, self.place = self.place, Place(element=element.name)
            match element:
                case m.InputData():
                    found = self._fact(link.plan, element)
                case m.Decision():
                    found = self._decision(link.plan, element)
                case _:
                    raise Refusal("lower.construct", construct=f"'{element.name}' as a value")
            self._known[element] = found
            self.place = outer
            self._open.discard(element)
        return self._known[element]

    def _fact(self, plan: Plan, element: m.InputData) -> Lowered:
        choices = (self._names.get(element.name), element.key, element.name, element.key.rpartition(".")[2])
        name = next((each for each in choices if each and each in self.table.columns), None)
        if name is None:
            raise Refusal("lower.no_column", name=element.name)
        return self.typed(column_term(self.table[name], name), plan.type(element.type_name))

    def _decision(self, plan: Plan, decision: m.Decision) -> Lowered:
        if decision.logic is None:
            raise Refusal("dmn.no_logic", name=decision.name)
        names = self.names(plan, decision)
        if isinstance(decision.logic, m.DecisionTable):
            table = TableLowering(self, plan, decision.logic, names)
            found, row, rows = table.lower()
            self.rows[decision] = (row, rows)
            if table.by_number is not None:
                number, outcome = table.by_number
                wanted = plan.type(decision.type_name)
                self.by_number[decision] = number, lambda number: self.typed(outcome(number), wanted)
        else:
            found = self.boxed(plan, decision.logic, names)
        self.place = Place(element=decision.name)
        return self.keep(self.typed(found, plan.type(decision.type_name)))

    def names(self, plan: Plan, element: m.Element) -> Names:
        """What an element may use: what it requires, and nothing else."""
        values: dict[str, Lowered] = {}
        functions: dict[str, Any] = {}
        for name, found in plan.required(element).items():
            if isinstance(found, Link) and isinstance(found.element, m.KnowledgeModel):
                functions[name] = self._function(found.plan, found.element)
            elif not isinstance(found, Link) or not isinstance(found.element, m.Service):
                values[name] = self._required(found)
        return Names(values, functions)

    def _required(self, found: Required) -> Lowered:
        if isinstance(found, Link):
            return self.value(found)
        return Record({name: self._required(each) for name, each in found.items()})

    def _function(
        self, plan: Plan, element: m.KnowledgeModel
    ) -> tuple[tuple[str, ...], Callable[..., Lowered]]:
        """Business knowledge: its body is lowered anew for the arguments of each call."""
        definition = element.function
        if definition is None or definition.kind != "FEEL":
            raise Refusal("lower.function", name=element.name)
        declared = plan.type(element.type_name)
        result = getattr(declared, "result", declared)

        def call(given: list[Lowered]) -> Lowered:
            if element in self._open:
                raise Refusal("lower.recursion", name=element.name)
            self._open.add(element)
            names = self.names(plan, element)
            values = {
                each.name: self.typed(value, plan.type(each.type_name))
                for each, value in zip(definition.parameters, given, strict=True)
            }
            found = self.typed(self.boxed(plan, definition.body, names.with_values(values)), result)
            self._open.discard(element)
            return found

        return tuple(each.name for each in definition.parameters), call

    # Logic

    def boxed(self, plan: Plan, box: m.Boxed, names: Names) -> Lowered:
        """The value of decision logic, of the type its author gave it."""
        found = self._boxed(plan, box, names)
        return self.typed(found, plan.type(box.type_name)) if box.type_name else found

    def _boxed(self, plan: Plan, box: m.Boxed, names: Names) -> Lowered:
        match box:
            case m.LiteralExpression(text=text):
                return self.text(plan, text, names)
            case m.DecisionTable():
                return TableLowering(self, plan, box, names).lower()[0]
            case m.Conditional(condition=condition, consequence=consequence, alternative=alternative):
                from .numbers import chosen
                from .terms import BOOLEAN, term_of

                asked = term_of(self.boxed(plan, condition, names), BOOLEAN)
                if asked.kind != BOOLEAN:
                    raise Refusal("lower.condition", kind=asked.kind)
                then = self.boxed(plan, consequence, names)
                return chosen([(asked.column, then)], self.boxed(plan, alternative, names))
            case m.BoxedContext(entries=entries):
                made: dict[str, Lowered] = {}
                for entry in entries:
                    inner = names.with_values(made)
                    value = self.typed(self.boxed(plan, entry.logic, inner), plan.type(entry.type_name))
                    if not entry.name:
                        return value
                    made[entry.name] = value
                return Record(made)
            case m.Invocation(function=m.LiteralExpression(text=text), bindings=bindings):
                name = text.source.strip()
                if name not in names.functions:
                    raise Refusal("lower.function", name=name)
                given = {each: self.boxed(plan, value, names) for each, value in bindings}
                parameters, call = names.functions[name]
                if set(given) != set(parameters):
                    raise Refusal("lower.function", name=name)
                return call([given[each] for each in parameters])
        raise Refusal("lower.construct", construct=type(box).__name__)

    def text(self, plan: Plan, text: m.Text, names: Names) -> Lowered:
        """An expression of the model; a Refusal below it is at its place."""
        self.place = text.place
        node = plan.trees[text]
        if isinstance(node, Problem):
            raise Refusal(node.code, node.place.start, node.place.end, **node.params)
        return self.lowering.value(node, names)

    def test(self, plan: Plan, text: m.Text, value: Lowered, names: Names) -> Any:
        """A cell of the model as a condition on a value."""
        self.place = text.place
        node = plan.trees[text]
        if isinstance(node, Problem):
            raise Refusal(node.code, node.place.start, node.place.end, **node.params)
        return self.lowering.test(node, value, names)

    # Types

    def typed(self, value: Lowered, wanted: Type) -> Lowered:
        """The value as a type: a value that its type does not allow is null, one of another kind is refused."""
        if wanted is ANY or wanted.name == "Any" or isinstance(wanted, ContextType | FunctionType):
            return value
        if isinstance(value, Constant):
            try:
                return Constant(coerced(value.value, wanted))
            except NotOfTypeError:
                return Constant(None)
        if isinstance(wanted, Restricted):
            found = self.typed(value, wanted.base)
            tests = parse_tests(wanted.text, Surroundings(WrittenNames(GLOBAL_NAMES)))
            return only(found, self.lowering.test(tests, found, Names()))
        if isinstance(wanted, ListType) or not isinstance(value, Term):
            raise Refusal("lower.collection", kind=value.kind)
        if value.kind not in (wanted.name, NULL):
            raise Refusal("lower.type", found=value.kind, wanted=wanted)
        return value


def stored(column: Any) -> bool:
    """Whether a column is read and not worked out: a column of the table, perhaps as another type, or a constant."""
    import ibis.expr.operations as ops

    node = column.op()
    while isinstance(node, ops.Cast):
        node = node.arg
    return isinstance(node, ops.Field | ops.Literal)


def only(value: Lowered, allowed: Any) -> Lowered:
    """A value where it is allowed, null elsewhere."""
    if not isinstance(value, Term):
        return value
    return value.of(certain(allowed).ifelse(value.column, None))


def model(
    source: m.Model, decision: str, table: Any, names: Mapping[str, str], lowering: Lowering
) -> tuple[Any, list[str]]:
    """The table with outcome and row of a decision, and the names of the decisions on the way that it shows."""
    import ibis

    found = source.decision(decision)
    if found is None:
        raise NotLowerable([problem("dmn.unknown_decision", Place(), name=decision)])
    for name in (OUTCOME, ROW, ROWS):
        if name in table.columns:
            raise NotLowerable([problem("lower.taken", Place(), name=name)])
    work = ModelLowering(table, names, lowering)
    try:
        with work.kept():
            outcome = work.value(Link(source.plan, found))
        if not isinstance(outcome, Term | Constant):
            raise Refusal("lower.several_outputs")
        from .terms import term_of

        row, rows = work.rows.get(found, (None, None))
        shown = {
            each.name: value.column
            for each, value in work._known.items()
            if isinstance(each, m.Decision)
            and each is not found
            and isinstance(value, Term)
            and each.name not in table.columns
        }
        added = {
            **shown,
            OUTCOME: term_of(outcome).column,
            ROW: ibis.null("int32") if row is None else row,
            **({} if rows is None else {ROWS: rows}),
        }
        result = work.table.select(*[work.table[name] for name in table.columns], **added)
    except Refusal as refused:
        raise NotLowerable([*work.problems, refused.at(work.place)]) from None
    return result, list(shown)
