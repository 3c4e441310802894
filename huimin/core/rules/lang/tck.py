"""Runs a folder of the public DMN Technology Compatibility Kit and reports which of its cases pass.

How results are compared: numbers within a relative tolerance of 1e-8, everything else exactly, times to the
nanosecond; a case that expects an error passes when the result is null and a diagnostic says why. Whatever
breaks, a file that is no XML or a crash, is a failed case and never stops the run. It knows none of the kit's
cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from . import logic, temporal
from . import model as m
from .api import load
from .functions import NoMatchError, NoResultError
from .interpret import call_by_name
from .plan import Link, Plan, boxes, logic_of
from .problems import RuleError
from .reading import parsed
from .running import Session
from .scope import Run
from .text import shown
from .values import Function, Value, number

MOMENT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
TOLERANCE = Decimal("1e-8")
_LEVELS = ("compliance-level-", "non-compliant")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XML = etree._Element


@dataclass(frozen=True)
class Case:
    """One test case: what it asks of an engine, and how it went; reason is empty when it passed."""

    id: str
    level: str
    uses_table: bool
    passes_null: bool
    reason: str

    @property
    def passed(self) -> bool:
        """Whether every result node was as expected."""
        return not self.reason

    @property
    def expects_value(self) -> bool:
        """Whether an engine that always answers null fails it."""
        return not self.passes_null


@dataclass(frozen=True)
class Report:
    """The cases of a folder; figures are quoted side by side, never the first alone."""

    cases: tuple[Case, ...]

    @property
    def levels(self) -> list[str]:
        """The levels that were found, in order."""
        return sorted({case.level for case in self.cases})

    def of(self, level: str) -> Report:
        """The cases of one level."""
        return Report(tuple(case for case in self.cases if case.level == level))

    def figures(self) -> dict[str, tuple[int, int]]:
        """Passed of all, of those that expect a value, of those with a table, and what null alone passes."""
        with_value = [case for case in self.cases if case.expects_value]
        with_table = [case for case in self.cases if case.uses_table]
        return {
            "all": (sum(case.passed for case in self.cases), len(self.cases)),
            "expecting a value": (sum(case.passed for case in with_value), len(with_value)),
            "with a table": (sum(case.passed for case in with_table), len(with_table)),
            "an engine of nulls": (sum(case.passes_null for case in self.cases), len(self.cases)),
        }


def run(folder: Path) -> Report:
    """Runs every model below a folder: the whole kit, one level, or one folder of tests."""
    return Report(tuple(case for path in sorted(folder.rglob("*.xml")) for case in _file(folder, path)))


def level_of(path: Path) -> str:
    """The level a file belongs to: the folder of the kit above it, else the folder it stands in."""
    found = (part for part in path.resolve().parts if part.startswith(_LEVELS))
    return next(found, path.resolve().parent.name)


def _file(folder: Path, path: Path) -> Iterator[Case]:
    name = path.relative_to(folder).with_suffix("").as_posix()
    level = level_of(path)
    try:
        root = parsed(path.read_bytes())
        cases = _all(root, "testCase")
    except (RuleError, OSError) as wrong:
        yield Case(name, level, False, False, f"{type(wrong).__name__}: {wrong}")
        return
    if etree.QName(root).localname != "testCases":
        return
    model = _model(path.with_name(_text(root, "modelName").strip() or f"{path.parent.name}.dmn"))
    seen: dict[str, int] = {}
    for element in cases:
        case = f"{name}#{element.get('id', '')}"
        seen[case] = seen.get(case, 0) + 1
        yield _case(case if seen[case] == 1 else f"{case}~{seen[case]}", level, model, element)


def _model(path: Path) -> m.Model | str:
    """The model of a test file, or why there is none."""
    try:
        model = load(path)
        _ = model.plan
    except Exception as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return model


def _case(name: str, level: str, model: m.Model | str, element: XML) -> Case:
    try:
        wanted = [
            (each.get("name", ""), _value(each, "expected"), each.get("errorResult") == "true")
            for each in _all(element, "resultNode")
        ]
        nulls = all(expected is None for _, expected, _ in wanted)
        if isinstance(model, str):
            return Case(name, level, False, nulls, model)
        uses_table = any(_tables(model, [asked for asked, _, _ in wanted]))
        return Case(name, level, uses_table, nulls, _reason(model, element, wanted))
    except Exception as crash:
        return Case(name, level, False, False, f"{type(crash).__name__}: {crash}")


def _reason(model: m.Model, element: XML, wanted: list[tuple[str, Value, bool]]) -> str:
    """Why a case fails, or nothing."""
    facts = {node.get("name", ""): _value(node) for node in _all(element, "inputNode")}
    for name, expected, error in wanted:
        run = Run(MOMENT, MOMENT.date())
        try:
            found = _result(model, element, name, Session(facts, run), facts)
        except Exception as crash:
            return f"{name}: {type(crash).__name__}: {crash}"
        if not _alike(expected, found):
            return f"{name}: expected {shown(expected)}, found {shown(found)}"
        if error and not run.diagnostics:
            return f"{name}: null without a diagnostic"
    return ""


def _result(model: m.Model, element: XML, name: str, session: Session, facts: dict[str, Value]) -> Value:
    plan = model.plan
    invoked = element.get("invocableName", "")
    if element.get("type", "decision") == "decision":
        decision = model.decision(name)
        return None if decision is None else session.value(Link(plan, decision))
    for each in (*model.knowledge, *model.services):
        if each.name == invoked:
            return _invoked(plan, each, name, session, facts)
    return None


def _invoked(plan: Plan, element: m.Element, name: str, session: Session, facts: dict[str, Value]) -> Value:
    function = session.value(Link(plan, element))
    if not isinstance(function, Function):
        return None
    try:
        found = call_by_name(function, {each: facts.get(each) for each in function.parameters})
    except (NoMatchError, NoResultError) as refused:
        return session.run.fail("eval.arguments", name=element.name, reason=refused)
    return found[name] if isinstance(found, dict) and name in found and name != element.name else found


def _tables(model: m.Model, names: list[str]) -> Iterator[bool]:
    """Whether each element that the asked decisions need, directly or not, holds a decision table."""
    waiting: list[Link] = [Link(model.plan, each) for each in model.elements() if each.name in names]
    seen: set[m.Element] = set()
    while waiting:
        link = waiting.pop()
        if link.element in seen:
            continue
        seen.add(link.element)
        if isinstance(link.element, m.Decision | m.KnowledgeModel):
            yield any(isinstance(each, m.DecisionTable) for each in boxes(logic_of(link.element)))
            waiting += link.plan.links(link.element.requires)
        elif isinstance(link.element, m.Service):
            waiting += link.plan.links(link.element.outputs)


def _alike(expected: Value, found: Value) -> bool:
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) <= TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_alike, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(_alike(expected[key], found[key]) for key in expected)
    return logic.same(expected, found)


# Reading the kit's values


def _all(element: XML, tag: str) -> list[XML]:
    return list(element.iterchildren(f"{{*}}{tag}"))


def _text(element: XML, tag: str) -> str:
    return next((each.text or "" for each in _all(element, tag)), "")


def _value(element: XML, inside: str = "") -> Value:
    if inside:
        return next((_value(each) for each in _all(element, inside)), None)
    if element.get(f"{_XSI}nil") == "true":
        return None
    for child in element.iterchildren("{*}value", "{*}list"):
        if child.get(f"{_XSI}nil") == "true":
            return None
        if etree.QName(child).localname == "list":
            return [_value(item) for item in _all(child, "item")]
        return _simple(child)
    return {each.get("name", ""): _value(each) for each in _all(element, "component")} or None


def _simple(element: XML) -> Value:
    text = element.text or ""
    read = _READERS.get(element.get(f"{_XSI}type", "").rpartition(":")[2])
    found = text if read is None else read(text)
    # A date that this library does not hold equals nothing that it can find.
    return f"unreadable: {text}" if found is None else found


_READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("decimal", "double", "integer", "int", "float", "long"), number),
    "boolean": lambda text: text in ("true", "1"),
    "date": temporal.read_date,
    "time": temporal.read_time,
    "dateTime": temporal.read_moment,
    "duration": temporal.read_duration,
}
