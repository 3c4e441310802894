"""The analysis of rules in a few calls: what is wrong with a table, and what would have to be different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .. import model as m
from ..plan import Link, Plan, boxes, logic_of
from ..problems import Place, RuleError, problem
from .axes import Table
from .findings import Analysis, Finding, TableReport
from .notes import About, notes
from .space import Moment, below
from .tables import TableAnalysis


def analyse(
    model: m.Model,
    decision: str = "",
    *,
    about: Mapping[str, About] | None = None,
    moment: Moment | None = None,
) -> Analysis:
    """Gaps, overlaps, rows that never count and rows that could be fewer, of a decision and all that it requires.

    Without a decision, every table of the model is looked at. about says more of the inputs than the model does, by
    name. Every finding of a gap or an overlap has an example of facts; a table is exact when its report says so. Raises
    RuleError when there is no such decision. The model must pass `check` first.
    """
    known = notes(model, about)
    found: list[Finding] = []
    reports: list[TableReport] = []
    skipped: list[str] = []
    for each in tables_of(model, decision):
        if isinstance(each, str):
            skipped.append(each)
            continue
        work = TableAnalysis(each, moment or Moment(), known)
        found += work.found()
        reports.append(work.report())
    found.sort(key=lambda each: not each.wrong)
    return Analysis(findings=tuple(found), tables=tuple(reports), skipped=tuple(skipped))


def tables_of(model: m.Model, decision: str) -> Iterator[Table | str]:
    """The tables to look at; the name of an element whose tables stand inside other logic."""
    for link in _elements(model, decision):
        logic = logic_of(link.element)
        if isinstance(logic, m.FunctionDefinition) and isinstance(logic.body, m.DecisionTable):
            yield Table(link.plan, link.element, logic.body, logic.parameters)
        elif isinstance(logic, m.DecisionTable):
            yield Table(link.plan, link.element, logic)
        elif any(isinstance(box, m.DecisionTable) for box in boxes(logic)):
            yield link.element.name


def _elements(model: m.Model, decision: str) -> list[Link]:
    plan: Plan = model.plan
    if not decision:
        return [Link(plan, each) for each in (*model.decisions, *model.knowledge)]
    start = model.decision(decision)
    if start is None:
        raise RuleError([problem("dmn.unknown_decision", Place(), name=decision)])
    found: list[Link] = []
    waiting = [Link(plan, start)]
    while waiting:
        link = waiting.pop(0)
        if link.element not in [each.element for each in found]:
            found.append(link)
            waiting += below(link)
    return found
