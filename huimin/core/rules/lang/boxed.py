"""Evaluates decision logic of every kind; tables have their own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import logic, tables
from . import model as m
from .functions import NoMatchError, NoResultError
from .interpret import MAX_ROUNDS, call_by_name, closure, steps
from .plan import Plan
from .problems import Place
from .schema import ANY, Type
from .scope import Scope
from .text import shown
from .values import Function, Range, Value, kind

if TYPE_CHECKING:
    from .running import Session

KINDS: dict[type[m.Boxed], str] = {
    m.LiteralExpression: "literal expression",
    m.DecisionTable: "decision table",
    m.BoxedContext: "context",
    m.Invocation: "invocation",
    m.FunctionDefinition: "function definition",
    m.BoxedList: "list",
    m.Relation: "relation",
    m.Conditional: "conditional",
    m.BoxedFilter: "filter",
    m.Iteration: "iteration",
    m.UnknownLogic: "unknown",
}


def evaluate(session: Session, plan: Plan, box: m.Boxed, scope: Scope) -> Value:
    """The value of decision logic, of the type its author gave it."""
    value = _METHODS[type(box)](session, plan, box, scope)
    if not box.type_name or isinstance(box, m.FunctionDefinition):
        return value
    return session.typed(value, plan.type(box.type_name), session.run.place)


def function(
    session: Session,
    plan: Plan,
    box: m.FunctionDefinition,
    scope: Scope,
    *,
    name: str = "function",
    result: Type = ANY,
) -> Function:
    """A function definition as a function whose result is of a type."""
    names = tuple(each.name for each in box.parameters)
    types = tuple(plan.type(each.type_name) for each in box.parameters)

    def body(values: dict[str, Any]) -> Value:
        session.run.step()
        place = session.run.place
        if box.kind.upper() == "JAVA":
            mapping = evaluate(session, plan, box.body, scope)
            session.run.place = place
            result_found = session.interpreter.external(mapping, [values[each] for each in names])
            return session.typed(result_found, result, place)
        if box.kind.upper() != "FEEL":
            return session.run.fail("eval.external", reason=f"{box.kind} is not run here")
        found = evaluate(session, plan, box.body, Scope(values, scope))
        session.run.place = place
        return session.typed(found, result, place)

    return closure(name, names, types, body, result)


def _literal(session: Session, plan: Plan, box: m.LiteralExpression, scope: Scope) -> Value:
    return session.evaluate(plan, box.text, scope)


def _context(session: Session, plan: Plan, box: m.BoxedContext, scope: Scope) -> Value:
    made: dict[str, Any] = {}
    inner = Scope(made, scope)
    for entry in box.entries:
        value = evaluate(session, plan, entry.logic, inner)
        value = session.typed(value, plan.type(entry.type_name), session.run.place)
        if not entry.name:
            return value
        made[entry.name] = value
    return made


def _invocation(session: Session, plan: Plan, box: m.Invocation, scope: Scope) -> Value:
    called = evaluate(session, plan, box.function, scope)
    place = session.run.place
    values = {name: evaluate(session, plan, each, scope) for name, each in box.bindings}
    session.run.place = place
    if not isinstance(called, Function):
        return session.run.fail("eval.not_function", found=kind(called))
    try:
        return call_by_name(called, values)
    except NoMatchError as refused:
        return session.run.fail("eval.arguments", name=called.name, reason=refused)
    except NoResultError as refused:
        return session.run.fail("eval.result", name=called.name, reason=refused)


def _function(session: Session, plan: Plan, box: m.FunctionDefinition, scope: Scope) -> Value:
    return function(session, plan, box, scope)


def _list(session: Session, plan: Plan, box: m.BoxedList, scope: Scope) -> Value:
    return [evaluate(session, plan, item, scope) for item in box.items]


def _relation(session: Session, plan: Plan, box: m.Relation, scope: Scope) -> Value:
    return [
        {name: evaluate(session, plan, cell, scope) for name, cell in zip(box.columns, row, strict=False)}
        for row in box.rows
    ]


def _conditional(session: Session, plan: Plan, box: m.Conditional, scope: Scope) -> Value:
    condition = evaluate(session, plan, box.condition, scope)
    if not isinstance(condition, bool):
        session.run.fail("eval.condition", found=kind(condition))
    return evaluate(session, plan, box.consequence if condition is True else box.alternative, scope)


def _filter(session: Session, plan: Plan, box: m.BoxedFilter, scope: Scope) -> Value:
    source = evaluate(session, plan, box.source, scope)
    items = source if isinstance(source, list) else [] if source is None else [source]
    kept = []
    for item in items:
        session.run.step()
        inner = Scope({"item": item, **item} if isinstance(item, dict) else {"item": item}, scope)
        found = evaluate(session, plan, box.match, inner)
        if found is not None and not isinstance(found, bool):
            return session.run.fail("eval.filter", found=kind(found))
        if found is True:
            kept.append(item)
    return kept


def _iteration(session: Session, plan: Plan, box: m.Iteration, scope: Scope) -> Value:
    domain = evaluate(session, plan, box.domain, scope)
    values = steps(domain, both_ways=False) if isinstance(domain, Range) else domain
    if not isinstance(values, list):
        return session.run.fail("eval.iteration", found=shown(domain), limit=MAX_ROUNDS)
    results: list[Value] = []
    for value in values:
        session.run.step()
        inner = Scope({box.name: value, "partial": results}, scope)
        results.append(evaluate(session, plan, box.result, inner))
    if box.kind == "for":
        return results
    if wrong := [each for each in results if each is not None and not isinstance(each, bool)]:
        return session.run.fail("eval.condition", found=kind(wrong[0]))
    return logic.any_of(results) if box.kind == "some" else logic.all_of(results)


def _unknown(session: Session, plan: Plan, box: m.UnknownLogic, scope: Scope) -> Value:
    session.run.place = Place(element=session.run.place.element)
    return session.run.fail("dmn.unsupported", tag=box.tag)


_METHODS: dict[type[m.Boxed], Callable[[Session, Plan, Any, Scope], Value]] = {
    m.LiteralExpression: _literal,
    m.DecisionTable: tables.evaluate,
    m.BoxedContext: _context,
    m.Invocation: _invocation,
    m.FunctionDefinition: _function,
    m.BoxedList: _list,
    m.Relation: _relation,
    m.Conditional: _conditional,
    m.BoxedFilter: _filter,
    m.Iteration: _iteration,
    m.UnknownLogic: _unknown,
}
