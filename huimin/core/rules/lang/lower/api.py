"""Lowering in three calls: an expression, a decision, and what keeps a decision from being lowered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .. import members, tree
from ..checks.texts import unresolved
from ..model import Model
from ..names import Names as WrittenNames
from ..parser import Surroundings, parse_expression
from ..plan import GLOBAL_NAMES
from ..problems import Place, Problem, problem
from ..scanner import FeelError
from ..schema import Restricted
from ..scope import Run
from . import models, simulation
from .expressions import Lowering, Names
from .growing import Growing
from .terms import DATE, MOMENT, Constant, Lowered, NotLowerable, Refusal, Term, column_term, term_of

ASSUMED = {
    "number": "decimal(15, 2)",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "date and time": "timestamp('UTC', 6)",
}
"""What a declared input is taken to be when a rule is checked without its facts."""


def expression(
    source: str | tree.Node,
    table: Any,
    names: Mapping[str, Any] | None = None,
    *,
    today: Any = None,
    now: Any = None,
) -> Any:
    """One FEEL expression over the columns of a table, as an Ibis column with FEEL's nulls and exact decimals.

    names gives columns by the name the expression uses, by default every column of the table. today and now are
    a value or a column. Raises RuleError when the text cannot be read, NotLowerable with place and reason.
    """
    columns = names if names is not None else {name: table[name] for name in table.columns}
    return _lowered(source, table, columns, lowering(today, now)).column


def expressions(
    wanted: Mapping[str, tuple[str, Mapping[str, Any]]], table: Any, *, today: Any = None, now: Any = None
) -> Any:
    """The table with a column for each expression, by name: its text, and the columns its names stand for.

    What an expression needs more than once is worked out once. Raises as `expression` does.
    """
    growing, moment = Growing(table), lowering(today, now)
    found: dict[str, Any] = {}
    for name, (text, columns) in wanted.items():
        with growing.kept():
            found[name] = _lowered(text, table, columns, moment).column
    return growing.table.select(*[growing.table[name] for name in table.columns], **found)


def _lowered(source: str | tree.Node, table: Any, columns: Mapping[str, Any], moment: Lowering) -> Term:
    place = Place(text=source if isinstance(source, str) else "")
    known = WrittenNames([*GLOBAL_NAMES, *columns])
    try:
        node = source
        if isinstance(node, str):
            node = parse_expression(node, Surroundings(known, WrittenNames(members.NAMES)))
        for name in unresolved(node, known, WrittenNames(members.NAMES)):
            raise Refusal("feel.unknown_name", name.start, name.end, name=name.name)
        used = {each.name for each in node.walk() if isinstance(each, tree.Name)}
        values: dict[str, Lowered] = {
            name: column_term(table[column] if isinstance(column, str) else column, name)
            for name, column in columns.items()
            if name in used
        }
        found = term_of(moment.value(node, Names(values)))
        if found.divisor is not None:
            raise Refusal("lower.quotient", node.start, node.end)
    except FeelError as wrong:
        raise NotLowerable(
            [problem(wrong.code, place.span(wrong.start, wrong.end), **wrong.params)]
        ) from None
    except Refusal as refused:
        raise NotLowerable([refused.at(place)]) from None
    return found


def model(
    source: Model,
    decision: str,
    table: Any,
    names: Mapping[str, str] | None = None,
    *,
    today: Any = None,
    now: Any = None,
) -> Any:
    """The table with the outcome of a decision for every row and `row`, the number of the row that decided.

    `row` counts from 1 and is null where none decided; under ANY and COLLECT `rows` names all of them ('1,3,').
    Decisions on the way are columns by their names. names gives the column of an input where it is called
    otherwise. Raises NotLowerable with every place and reason.
    """
    return models.model(source, decision, table, names or {}, lowering(today, now))[0]


def compared(
    old: Model,
    new: Model,
    decision: str,
    table: Any,
    names: Mapping[str, str] | None = None,
    *,
    amount: str = "",
    today: Any = None,
    now: Any = None,
) -> Any:
    """The table with what a decision gives under two versions: `before`, `before_row`, `after`, `after_row`.

    amount names a decision of both versions that gives a number: it is added as `before_amount` and `after_amount`.
    Filter `before.identical_to(after)` away to have who changes. Raises NotLowerable with place and reason.
    """
    found = simulation.sides((old, new), decision, table, names or {}, lowering(today, now), amount)
    return found.compared(table.columns)


def simulate(
    old: Model,
    new: Model,
    decision: str,
    table: Any,
    names: Mapping[str, str] | None = None,
    *,
    by: Sequence[str] = (),
    amount: str = "",
    today: Any = None,
    now: Any = None,
) -> Any:
    """How many go from which outcome to which under a new version: one scan of the facts, old and new side by side.

    Gives an Ibis table of the columns in by, `before`, `after` and `subjects`, those who stay the same included; with
    amount also the sums `before_amount` and `after_amount`. Arguments and errors are those of `compared`.
    """
    found = simulation.sides((old, new), decision, table, names or {}, lowering(today, now), amount)
    return found.simulated(by)


def check(source: Model, decision: str) -> list[Problem]:
    """What keeps a decision from being run on a whole population, by the declared types of its inputs alone."""
    import ibis

    columns: dict[str, str] = {}
    found: list[Problem] = []
    for each in source.inputs:
        kind = source.plan.type(each.type_name)
        while isinstance(kind, Restricted):
            kind = kind.base
        if kind.name in ASSUMED:
            columns[each.name] = ASSUMED[kind.name]
        else:
            found.append(problem("lower.input_type", Place(element=each.name), type=kind))
    if found:
        return found
    table = ibis.table(columns or {"subject": "string"}, name="facts")
    try:
        model(source, decision, table, today=dt.date(2000, 1, 1), now=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    except NotLowerable as refused:
        return list(refused.problems)
    return []


def lowering(today: Any, now: Any) -> Lowering:
    """A lowering at a moment; a moment that is not given makes today() and now() a refusal."""
    run = Run(
        now if isinstance(now, dt.datetime) else dt.datetime.min,
        today if isinstance(today, dt.date) else dt.date.min,
    )
    return Lowering(run, _clock(today, DATE), _clock(now, MOMENT))


def _clock(value: Any, kind: str) -> Lowered | None:
    if value is None:
        return None
    return Constant(value) if isinstance(value, dt.date) else Term(kind, value)
