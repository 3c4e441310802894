"""Whether a text may become a version of a rule: language, facts, what it is asked for, everyone, examples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huimin.core.facts.api import FACTS
from huimin.core.facts.types import FactType
from huimin.core.rules import lang
from huimin.core.rules.book import RuleFile
from huimin.core.rules.catalogued import about
from huimin.core.rules.lang import analysis, lower
from huimin.core.rules.lang.model import DecisionTable, Model
from huimin.core.rules.types import Checked, Finding
from huimin.core.rules.versions import cases
from huimin.core.rules.versions.force import shipped
from huimin.core.rules.versions.wording import finding_of
from huimin.kit import clock
from huimin.kit.refusal import Refused

FEEL = {
    FactType.BOOLEAN: "boolean",
    FactType.NUMBER: "number",
    FactType.TEXT: "string",
    FactType.DATE: "date",
}
HOLES = ("gap", "overlap", "conflict")  # what keeps a rule from having one outcome for each
LARGEST = 2_000_000  # characters of a rule


def seal_of(text: str, examples: str) -> str:
    """What is checked, simulated and signed: the hash of the text and its examples, every character of them."""
    digest = hashlib.sha256()
    for part in (text, examples):
        raw = part.encode()
        digest.update(f"{len(raw)}:".encode() + raw)
    return digest.hexdigest()


def check(rule: str, text: str, examples: str) -> Checked:
    """Everything that is wrong with a text and its examples, in the reader's language; the same again is remembered."""
    shipped(rule)
    return _checked(rule, text, examples, clock.today(), get_language() or "")


@lru_cache(maxsize=64)
def _checked(rule: str, text: str, examples: str, today: date, language: str) -> Checked:
    seal = seal_of(text, examples)
    file = shipped(rule).as_written(text)
    if len(text) > LARGEST:
        return Checked(seal=seal, hash="", findings=(error("too_long", _("规则文件太大。")),), cases=())
    try:
        model = file.model
    except lang.RuleError as wrong:
        found = tuple(finding_of(one) for one in wrong.problems)
        return Checked(seal=seal, hash="", findings=found, cases=())
    findings = list(problems(file, model))
    try:
        known = cases.read(examples)
    except Refused as refused:
        findings.append(error(refused.code, str(refused)))
        known = ()
    else:
        if not known:
            findings.append(error("no_examples", _("至少要有一条试例。")))
    results = cases.run(model, file.decision, known, today) if asked(file, model) else ()
    return Checked(seal=seal, hash=model.hash, findings=tuple(findings), cases=results)


def error(code: str, message: str, element: str = "", row: int | None = None) -> Finding:
    """Something that keeps a text from being proposed."""
    return Finding(level="error", code=code, message=message, element=element, row=row)


def asked(file: RuleFile, model: Model) -> bool:
    """Whether the model has the decision that the rule is asked for."""
    return model.decision(file.path.stem) is not None


def problems(file: RuleFile, model: Model) -> Iterator[Finding]:
    """What is wrong with a model as a version of this rule."""
    if not asked(file, model):
        words = _("规则里没有决策“%(name)s”，系统要问的就是它。") % {"name": file.path.stem}
        yield error("rule.no_decision", words)
        return
    wrong = lang.check(model)
    yield from (finding_of(one) for one in wrong)
    yield from inputs(file, model)
    yield from outcomes(file, model)
    if not wrong and file.over == "facts":
        yield from (finding_of(one) for one in lower.check(model, file.decision))


def inputs(file: RuleFile, model: Model) -> Iterator[Finding]:
    """Inputs that stand for no fact, or for one of another type; facts about several kinds of subjects."""
    if file.over != "facts":
        known = {one.name for one in shipped(file.name).model.inputs}
        for each in model.inputs:
            if each.name not in known:
                yield error(
                    "rule.unknown_indicator", _("没有指标“%(name)s”。") % {"name": each.name}, each.name
                )
        return
    kinds, stood = set(), shipped(file.name).inputs
    for each in model.inputs:
        full = file.inputs[each.name]
        if stood.get(each.name, full) != full:
            words = _("“%(name)s”原来指“%(old)s”，不能改指别的事实，请另起名称。")
            yield error("rule.other_fact", words % {"name": each.name, "old": stood[each.name]}, each.name)
        entry = FACTS.get(full)
        if entry is None:
            yield error("rule.unknown_fact", _("事实目录里没有“%(name)s”。") % {"name": full}, each.name)
            continue
        table, fact = entry
        kinds.add(table.subject)
        wanted = FEEL[fact.type]
        if model.plan.type(each.type_name).name != wanted:
            words = _("“%(name)s”在事实目录里是 %(wanted)s，规则里写成了 %(found)s。")
            said = words % {"name": each.name, "wanted": wanted, "found": each.type_name or "Any"}
            yield error("rule.fact_type", said, each.name)
    if len(kinds) > 1:
        yield error("rule.subjects", _("规则读的事实不是关于同一种对象的。"))


def outcomes(file: RuleFile, model: Model) -> Iterator[Finding]:
    """Outcomes that nobody knows what to do with: only those of the service's own table are acted on."""
    known, found = values_of(shipped(file.name).model, file.decision), values_of(model, file.decision)
    if known is None:
        return
    if found is None:
        yield error(
            "rule.outcomes", _("结果要用决策表给出，并列明可能的取值。"), file.decision
        )  # fmt: skip
        return
    for value in sorted(found - known):
        words = _("结果 %(value)s 不在本服务认得的结果之内：%(known)s。")
        yield error(
            "rule.outcome", words % {"value": value, "known": "、".join(sorted(known))}, file.decision
        )


def values_of(model: Model, decision: str) -> set[str] | None:
    """The values that the only output of a decision's table declares; None where it declares none."""
    found = model.decision(decision)
    logic = found.logic if found else None
    if not isinstance(logic, DecisionTable) or len(logic.outputs) != 1 or logic.outputs[0].values is None:
        return None
    return {one.strip() for one in logic.outputs[0].values.source.split(",")}


@lru_cache(maxsize=64)
def analysed(rule: str, text: str) -> tuple[analysis.Finding, ...]:
    """The gaps, overlaps and conflicts of a text that is sound; hints and doubts are left out."""
    file = shipped(rule).as_written(text)
    found = analysis.analyse(file.model, file.decision, about=about(file))
    return tuple(one for one in found.wrong if one.kind in HOLES and one.sure)


def hole_in_words(one: analysis.Finding) -> str:
    """A gap, overlap or conflict as a sentence."""
    words = {
        "gap": _("“%(step)s”没有一行管到：%(where)s"),
        "overlap": _("“%(step)s”第 %(rows)s 行同时符合：%(where)s"),
        "conflict": _("“%(step)s”第 %(rows)s 行结果不同：%(where)s"),
    }
    rows = "、".join(str(row) for row in one.rows)
    return words[one.kind] % {"step": one.decision, "where": one.where, "rows": rows}
