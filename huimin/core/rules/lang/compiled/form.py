"""The compiled form of a decision: made once, kept with its model, asked as often as there are subjects."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType
from typing import Any

from .. import logic
from .. import model as m
from ..explanation import Evaluation, Matched
from ..plan import Link
from ..running import evaluated
from ..schema import is_instance
from ..scope import Run
from ..text import shown
from ..values import NUMBERS, Value
from . import runtime
from .program import Pass, Program, circular
from .records import evaluation
from .regions import Regions

Facts = Mapping[str, Any]
_GIVEN: dict[str, object] = {
    "__builtins__": {},
    **{each.__name__: each for each in (type, tuple, dict, zip, abs, str, int, bool, NoneType, Decimal)},
    "date": dt.date,
    "UNSET": object(),
    "NUMBERS": NUMBERS,
    "create": NUMBERS.create_decimal,
    "getcontext": decimal.getcontext,
    "setcontext": decimal.setcontext,
    "decide": logic.decide,
    "held": logic.member,
    "is_instance": is_instance,
    "shown": shown,
    "evaluation": evaluation,
    "Run": Run,
    "run": runtime.QUIET,
    **{
        name: getattr(runtime, name)
        for name in (
            "Bridge", "Quiet", "between", "calculated", "condition", "decided", "fact", "fail", "invoked",
            "member", "negated", "output", "settled", "span", "surely", "tested", "truth", "typed",
        )
    },
}  # fmt: skip
"""All that a made function can reach: no builtin of Python beyond these."""


ASKED = 5
"""So many times the interpreter answers first: making a function takes as long as some dozen of its evaluations."""


class Compiled:
    """One decision of a model as two Python functions: the outcome alone, and everything that explains it."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._circular = circular(link)
        self._plain: Callable[..., tuple[Value, tuple[Matched, ...]]] | None = None
        self._full: Callable[..., Evaluation] | None = None
        self.sources: dict[bool, str] = {}
        self._asked = 0
        self._regions: dict[m.InputColumn, Regions] = {}

    def pays(self) -> bool:
        """Whether it was asked for often enough that making it is worth the while; a rule being written is not."""
        self._asked += 1
        return self._asked > ASKED

    def decide(self, facts: Facts, now: dt.datetime, today: dt.date) -> tuple[Value, tuple[Matched, ...]]:
        """The outcome and the rows that matched."""
        try:
            return (self._plain or self._made(False))(facts, now, today)
        except (runtime.Leave, ArithmeticError, RecursionError):
            found = evaluated(self.link, facts, now, today)
            return found.outcome, found.matched

    def evaluate(self, facts: Facts, now: dt.datetime, today: dt.date) -> Evaluation:
        """The outcome and what explains it, as the interpreter gives it; its trace is told when it is read."""
        try:
            return (self._full or self._made(True))(facts, now, today)
        except (runtime.Leave, ArithmeticError, RecursionError):
            return evaluated(self.link, facts, now, today)

    def source(self, traced: bool = False) -> str:
        """The source of the function, for readers."""
        self._made(traced)
        return self.sources.get(traced, "")

    def _made(self, traced: bool) -> Callable[..., Any]:
        function: Callable[..., Any]
        if self._circular:
            function = _interpreted(self.link, traced)
        else:
            text, constants = written(self.link, traced, self._regions)
            self.sources[traced] = text
            space = {**_GIVEN, **constants}
            # Nothing of a rule is in this text: see the test with hostile names.
            exec(compile(text, f"<{'evaluate' if traced else 'decide'}>", "exec"), space)  # noqa: S102
            function = space["made"]  # type: ignore[assignment]
        if traced:
            self._full = function
        else:
            self._plain = function
        return function


def written(link: Link, traced: bool, regions: dict[m.InputColumn, Regions]) -> tuple[str, dict[str, object]]:
    """The source of the function of a decision, and its constants."""
    known = Pass()
    while True:
        program = Program(link, traced, known, regions)
        text, found = program.written()
        merged = known.joined(found)
        if merged == known:
            return text, program.constants.values
        known = merged


def _interpreted(link: Link, traced: bool) -> Callable[..., Any]:
    def evaluate(facts: Facts, now: dt.datetime, today: dt.date) -> Any:
        found = evaluated(link, facts, now, today)
        return found if traced else (found.outcome, found.matched)

    return evaluate


def compiled(model: m.Model, decision: m.Decision) -> Compiled:
    """The compiled form of a decision, made when it is first asked for and kept with the model."""
    forms: dict[m.Element, Compiled] = model.forms
    found = forms.get(decision)
    if found is None:
        found = forms.setdefault(decision, Compiled(Link(model.plan, decision)))
    return found
