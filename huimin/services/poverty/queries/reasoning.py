"""How a decision came about, in words: each step of the rule with its answer, the rows that matched cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from huimin.core.rules import api as rules
from huimin.core.rules.lang.model import Decision as Step
from huimin.core.rules.lang.model import DecisionTable, Model, Row
from huimin.core.rules.types import Decision
from huimin.kit.refusal import NotFound
from huimin.services.poverty.programme import KINDS
from huimin.ui import formats

NUMBER = r"-?\d+(?:\.\d+)?"
COMPARED = re.compile(rf"(<=|>=|<|>)\s*({NUMBER})")
BETWEEN = re.compile(rf"([\[(])\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*([\])])")
TEXTS = re.compile(r'"[^"]*"(?:\s*,\s*"[^"]*")*')


@dataclass(frozen=True)
class Matched:
    """A row that matched: of which table, its number, what it asks (label, what for, what it was), what it says, why."""

    title: str
    number: int
    asked: tuple[tuple[str, str, str], ...]
    says: str
    note: str


@dataclass(frozen=True)
class Reasoning:
    """The steps of the rule (question, answer) in the order in which they were taken, and the rows that decided."""

    steps: tuple[tuple[str, str], ...]
    rows: tuple[Matched, ...]


def reasoning(decision: Decision) -> Reasoning | None:
    """How a kept decision came about, by its own version; None where the version cannot be run any more."""
    try:
        model = rules.rule_hashed(decision.rule, decision.version).model
        found = rules.decided_again(decision)
    except NotFound:
        return None
    labels = labels_of(model)
    inputs = {
        one.decision: {label: answer(value) for label, value in table.inputs}
        for one in found.trace
        for table in one.tables
    }
    rows = []
    for hit in decision.hits:
        step = model.decision(hit.decision)
        if step is None or not isinstance(step.logic, DecisionTable):
            continue
        row = next((one for one in step.logic.rows if one.number == hit.row), None)
        if row is not None:
            rows.append(matched(step, step.logic, row, inputs.get(hit.decision, {})))
    steps = [
        (labels.get(one.decision, one.decision), answer(one.value)) for one in found.trace if not one.tables
    ]
    return Reasoning(tuple(steps), tuple(rows))


def labels_of(model: Model) -> dict[str, str]:
    """What the author calls the steps of a rule: the label of a decision, which tools show instead of its name."""
    found = {}
    for one in etree.fromstring(model.source).iter("{*}decision"):
        name, label = one.get("name", ""), one.get("label", "")
        if name:
            found[name] = _(label) if label else name
    return found


def matched(step: Step, table: DecisionTable, row: Row, known: dict[str, str]) -> Matched:
    """A row in words."""
    asked = []
    for column, cell in zip(table.inputs, row.inputs, strict=True):
        text = cell.source.strip()
        if text not in ("", "-"):
            label = column.label or column.expression.source
            asked.append((_(label), cell_words(text), known.get(label, "")))
    says = formats.listed(output(one.source) for one in row.outputs)
    note = row.annotations.get("说明") or row.annotations.get("note", "")
    title = next((one.label for one in table.outputs if one.label), "") or step.name
    return Matched(_(title), row.number, tuple(asked), says, note)


def cell_words(text: str) -> str:
    """A cell of a table in words; one that has no plain words stays as it is written."""
    plain = {
        "true": _("是"),
        "false": _("否"),
        "not(true)": _("否或未核实"),
        "not(false)": _("是或未核实"),
        "null": _("未核实"),
    }
    if text in plain:
        return plain[text]
    compared = COMPARED.fullmatch(text)
    if compared:
        words = {"<": _("低于"), "<=": _("不高于"), ">": _("高于"), ">=": _("不低于")}
        return f"{words[compared[1]]} {formats.number(Decimal(compared[2]))}"
    between = BETWEEN.fullmatch(text)
    if between:
        ends = {"[": _("不低于"), "(": _("高于"), "]": _("不高于"), ")": _("低于")}
        low, high = (formats.number(Decimal(between[at])) for at in (2, 3))
        return _("%(from)s，且%(upto)s") % {
            "from": f"{ends[between[1]]} {low}", "upto": f"{ends[between[4]]} {high}",
        }  # fmt: skip
    if TEXTS.fullmatch(text):
        return _("或").join(f"“{kind(one)}”" for one in re.findall(r'"([^"]*)"', text))
    return text


def output(text: str) -> str:
    """What a row says, in words."""
    text = text.strip()
    return kind(text[1:-1]) if TEXTS.fullmatch(text) else cell_words(text)


def kind(text: str) -> str:
    """An outcome by the programme's word for it."""
    return str(KINDS.get(text, _("不认定") if text == "none" else text))


def answer(value: Any) -> str:
    """What a step came to."""
    if value is None:
        return _("未核实")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return formats.number(value) if isinstance(value, Decimal) else kind(str(value))
