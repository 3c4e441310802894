"""A rule as it is read: steps with their tables and sentences in words, inputs with units and sources, examples, articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.facts.api import FACTS, fact
from huimin.core.rules import api as rules
from huimin.core.rules import lang
from huimin.core.rules.lang import model as m
from huimin.core.rules.types import CaseResult
from huimin.manifest import services
from huimin.portal.desk.rules_graph import Graph, graph_of
from huimin.portal.desk.rules_words import Words, type_word
from huimin.portal.desk.rules_xml import read_tree

Text = str | Promise
ARTICLE = frozenset({"article", "依据", "条款"})
POLICIES: dict[str, Text] = {
    "U": gettext_lazy("每种情况只能符合一行"), "A": gettext_lazy("可以符合几行，结果必须相同"),
    "P": gettext_lazy("符合几行时，取排在前面的结果"), "F": gettext_lazy("从上往下，取第一个符合的行"),
    "R": gettext_lazy("符合的行都取，按行的顺序"), "O": gettext_lazy("符合的行都取，按结果的顺序"),
    "C": gettext_lazy("符合的行都取"),
    "C+": gettext_lazy("符合的行的结果相加"), "C<": gettext_lazy("取符合的行中最小的结果"),
    "C>": gettext_lazy("取符合的行中最大的结果"), "C#": gettext_lazy("数符合的行有几行"),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell: its key in the file, its text, and what that says."""

    key: str
    source: str
    words: str
    label: str = ""
    changed: bool = False


@dataclass(frozen=True)
class ShownRow:
    """A row of a table; `marks` are what was found about it."""

    id: str
    number: int
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    notes: tuple[Cell, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """A column: what it is about, in words and as written, and of which type."""

    label: str
    source: str = ""
    type: str = ""


@dataclass(frozen=True)
class ShownTable:
    """A decision table."""

    id: str
    policy: str
    inputs: tuple[Head, ...]
    outputs: tuple[Head, ...]
    notes: tuple[str, ...]
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True)
class Step:
    """A decision of the rule: how it is called, what it needs, and its table, its sentence, or neither."""

    id: str
    name: str
    title: str
    description: str
    needs: tuple[str, ...]
    table: ShownTable | None = None
    sentence: str = ""
    source: str = ""
    main: bool = False


@dataclass(frozen=True)
class Input:
    """A fact that the rule reads: its name in the rule and in the catalogue, how it is called, unit and source."""

    name: str
    fact: str
    title: str
    type: str
    unit: str
    source: str
    given: bool


@dataclass(frozen=True)
class Example:
    """An example as it is read: a sentence, what is given, what should and what does come out."""

    number: int
    sentence: str
    given: tuple[tuple[str, str], ...]
    expect: str
    found: str
    passed: bool
    row: int | None


@dataclass(frozen=True)
class Shown:
    """A rule's text, ready to be read."""

    title: str
    description: str
    steps: tuple[Step, ...]
    inputs: tuple[Input, ...]
    graph: Graph
    articles: tuple[str, ...]
    words: Words = field(repr=False)


def shown(rule: str, text: str) -> Shown:
    """A rule's text, ready to be read; RuleError where it is no DMN."""
    return _shown(rule, text, language())


def language() -> str:
    """The reader's language: what is remembered is remembered in each."""
    from django.utils.translation import get_language

    return get_language() or ""


@lru_cache(maxsize=32)
def _shown(rule: str, text: str, _language: str) -> Shown:
    file = rules.BOOK[rule].as_written(text)
    model = file.model
    root = read_tree(text)
    graph = graph_of(root)
    words = words_of(rule, graph, file.default)
    nodes = {node.name: node for node in graph.nodes}
    order = ordered(model, file.decision)
    steps = tuple(step(one, model, words, nodes, one.name == file.decision) for one in order)
    note = next((one.text or "" for one in root if str(one.tag).endswith("}description")), "")
    return Shown(
        model.name, note.strip(), steps, inputs_of(file.inputs, model, words), graph,
        articles_of(steps), words,
    )  # fmt: skip


def words_of(rule: str, graph: Graph, default: str | None) -> Words:
    """How the names of a rule are called: by the labels in the file; outcomes as the service calls them."""
    service = services.get(rule.partition(".")[0])
    titles = {node.name: node.label for node in graph.nodes}
    outcomes = dict(service.outcomes) if service else {}
    if default is not None and outcomes and default not in outcomes:
        outcomes[default] = _("不认定")
    return Words(titles, outcomes)


def ordered(model: m.Model, asked: str) -> list[m.Decision]:
    """The decisions, the one that is asked for first, then what it rests on."""
    by_id = {one.id: one for one in model.decisions}
    found: dict[str, m.Decision] = {}
    waiting = [one for one in model.decisions if one.name == asked]
    while waiting:
        one = waiting.pop(0)
        if one.name in found:
            continue
        found[one.name] = one
        ids = [need.href.rpartition("#")[2] for need in one.requires]
        waiting += [by_id[id] for id in ids if id in by_id]
    return [*found.values(), *(one for one in model.decisions if one.name not in found)]


def step(one: m.Decision, model: m.Model, words: Words, nodes: Mapping[str, Any], main: bool) -> Step:
    """A decision as it is read."""
    ids = {node.id: node.label for node in nodes.values()}
    needs = tuple(ids[id] for id in (n.href.rpartition("#")[2] for n in one.requires) if id in ids)
    title = words.name(one.name)
    logic = one.logic
    if isinstance(logic, m.DecisionTable):
        table = table_of(one.id, logic, model, words)
        return Step(one.id, one.name, title, one.description, needs, table=table, main=main)
    if isinstance(logic, m.LiteralExpression):
        source = logic.text.source
        sentence = words.expression(model.plan.trees.get(logic.text), source)
        return Step(
            one.id, one.name, title, one.description, needs, sentence=sentence, source=source, main=main
        )
    return Step(one.id, one.name, title, one.description, needs, main=main)


def table_of(id: str, table: m.DecisionTable, model: m.Model, words: Words) -> ShownTable:
    """A decision table as it is read."""
    trees = model.plan.trees
    heads = tuple(
        Head(
            one.label or words.expression(trees.get(one.expression), one.expression.source),
            one.expression.source, type_word(one.type_name),
        )
        for one in table.inputs
    )  # fmt: skip
    outs = tuple(
        Head(one.label or words.name(one.name) or one.name, one.name, type_word(one.type_name))
        for one in table.outputs
    )
    rows = tuple(
        ShownRow(
            row.id, row.number,
            tuple(
                Cell(f"{row.id}:i{n}", one.source, words.cell(trees.get(one), one.source), label(heads, n))
                for n, one in enumerate(row.inputs, 1)
            ),
            tuple(
                Cell(f"{row.id}:o{n}", one.source, words.expression(trees.get(one), one.source), label(outs, n))
                for n, one in enumerate(row.outputs, 1)
            ),
            tuple(
                Cell(f"{row.id}:a{n}", row.annotations.get(name, ""), row.annotations.get(name, ""), name)
                for n, name in enumerate(table.annotations, 1)
            ),
        )
        for row in table.rows
    )  # fmt: skip
    policy = POLICIES.get(table.hit_policy + table.aggregation) or POLICIES.get(
        table.hit_policy, table.hit_policy
    )
    return ShownTable(id, str(policy), heads, outs, table.annotations, rows)


def label(heads: Sequence[Head], n: int) -> str:
    """The label of the n-th column; a row may have more cells than the table has columns."""
    return heads[n - 1].label if n <= len(heads) else ""


def inputs_of(full: Mapping[str, str], model: m.Model, words: Words) -> tuple[Input, ...]:
    """The facts a rule reads, as the catalogue knows them."""
    found = []
    for one in model.inputs:
        name = full[one.name]
        known = fact(name) if name in FACTS else None
        found.append(
            Input(
                one.name, name, words.name(one.name), type_word(one.type_name), known.unit if known else "",
                str(known.source) if known else "", bool(known and known.given),
            )
        )  # fmt: skip
    return tuple(found)


def articles_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """The articles that the rows name, each once."""
    found = [
        cell.source.strip()
        for one in steps
        if one.table
        for row in one.table.rows
        for cell in row.notes
        if cell.label in ARTICLE
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def examples_of(results: Iterable[CaseResult], words: Words) -> tuple[Example, ...]:
    """Examples as they are read."""
    return tuple(
        Example(
            one.case.number, one.case.case,
            tuple((words.name(name), words.value(value)) for name, value in one.case.given.items()),
            words.value(one.case.expect), words.value(one.found), one.passed, one.row,
        )
        for one in results
    )  # fmt: skip


def readable(rule: str, text: str) -> Shown | None:
    """A rule's text, or None where it cannot be read at all."""
    try:
        return shown(rule, text)
    except lang.RuleError:
        return None
