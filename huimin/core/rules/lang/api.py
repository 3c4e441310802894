"""The rule language in three calls: load a model, check it, evaluate a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import localcontext
from pathlib import Path
from typing import Any

from . import members
from .compiled import Compiled, compiled
from .explanation import Evaluation, Matched
from .interpret import Interpreter
from .model import Model
from .names import Names
from .parser import Surroundings, parse_expression
from .plan import GLOBAL_NAMES
from .problems import Diagnostic, Place, RuleError, problem
from .reading import folder_importer, read
from .running import accepted, evaluated
from .scanner import FeelError
from .scope import Run, Scope
from .values import NUMBERS, TooLongError, Value


def load(source: str | bytes | Path, *, library: Mapping[str, Model] | None = None) -> Model:
    """The model in a DMN text or file; RuleError when it is not DMN.

    Models that it imports are looked for by namespace in library, then, for a file, beside it.
    """
    known = library or {}
    if isinstance(source, Path):
        return _opened(source, known, {})
    text = source.encode() if isinstance(source, str) else source
    return read(text, lambda namespace, location: known.get(namespace))


def _opened(path: Path, library: Mapping[str, Model], opened: dict[Path, Model | None]) -> Model:
    """The model in a file, each file read once; None stands for one that is being read."""
    place = path.resolve()
    if place in opened:
        found = opened[place]
        if found is None:
            raise RuleError([problem("dmn.import_cycle", Place(), name=path.name)])
        return found
    opened[place] = None
    importer = folder_importer(path.parent, library, lambda other: _opened(other, library, opened))
    model = opened[place] = read(path.read_bytes(), importer)
    return model


def evaluate_text(
    text: str, values: Mapping[str, Any], *, now: dt.datetime, today: dt.date
) -> tuple[Value, tuple[Diagnostic, ...]]:
    """One FEEL expression with values by name; RuleError when it cannot be read."""
    place = Place(text=text)
    try:
        node = parse_expression(text, Surroundings(Names([*GLOBAL_NAMES, *values]), Names(members.NAMES)))
    except FeelError as wrong:
        raise RuleError([problem(wrong.code, place.span(wrong.start, wrong.end), **wrong.params)]) from None
    run = Run(now, today, place)
    given = {name: accepted(name, value, run) for name, value in values.items()}
    with localcontext(NUMBERS):
        try:
            value = Interpreter(run).evaluate(node, Scope(given))
        except (RecursionError, TooLongError) as wrong:
            value = run.gave_up(wrong)
    return value, tuple(run.diagnostics)


def evaluate(
    model: Model, decision: str, facts: Mapping[str, Any], *, now: dt.datetime, today: dt.date
) -> Evaluation:
    """One decision for one subject: facts by their catalogue names or input names, at one declared moment."""
    form = _form(model, decision)
    if form.pays():
        return form.evaluate(facts, now, today)
    return evaluated(form.link, facts, now, today)


def decide(
    model: Model, decision: str, facts: Mapping[str, Any], *, now: dt.datetime, today: dt.date
) -> tuple[Value, tuple[Matched, ...]]:
    """The outcome of one decision for one subject and the rows that matched, without the rest of its explanation."""
    form = _form(model, decision)
    if form.pays():
        return form.decide(facts, now, today)
    found = evaluated(form.link, facts, now, today)
    return found.outcome, found.matched


def _form(model: Model, decision: str) -> Compiled:
    found = model.decision(decision)
    if found is None:
        raise RuleError([problem("dmn.unknown_decision", Place(), name=decision)])
    return compiled(model, found)
