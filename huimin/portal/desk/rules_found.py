"""What is found about a rule: errors, gaps, overlaps, conflicts, with an example and how many real people stand there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from huimin.core.facts import api as facts
from huimin.core.rules import api as rules
from huimin.core.rules import lang
from huimin.core.rules.lang import analysis
from huimin.core.rules.lang.lower import NotLowerable
from huimin.core.rules.lang.names import Names
from huimin.core.rules.lang.parser import Surroundings, parse_tests
from huimin.core.rules.lang.plan import GLOBAL_NAMES
from huimin.core.rules.lang.scanner import FeelError
from huimin.core.rules.types import Checked, Finding
from huimin.portal.desk.rules_shown import Shown, language, readable
from huimin.portal.desk.rules_words import Words
from huimin.ui import formats


@dataclass(frozen=True)
class Found:
    """Something about a text: where (a decision's id and rows), in words, with an example and how many stand in it."""

    level: str  # error | wrong | hint
    word: str
    where: str
    message: str
    decision: str = ""
    rows: tuple[int, ...] = ()
    example: tuple[tuple[str, str], ...] = ()
    text: str = ""
    people: int | None = None

    @property
    def tone(self) -> str:
        """Its tone: red for what makes the rule say nothing, or two things; amber for what to look at."""
        return {"error": "refused", "wrong": "refused"}.get(self.level, "waiting")

    @property
    def marks(self) -> list[str]:
        """The rows it is about, as pages name them; the decision where it is about no row."""
        return [f"{self.decision}:{row}" for row in self.rows] or ([self.decision] if self.decision else [])


def found_in(rule: str, text: str, checked: Checked, shown: Shown | None) -> tuple[Found, ...]:
    """Everything that is found about a text, the gravest first; gaps and overlaps are looked for where there are no errors."""
    found = [of_finding(one, shown) for one in checked.findings]
    if shown is not None and not checked.errors:
        known = facts.status()
        found += analysed(rule, text, language(), known.generation if known else 0)
    order = {"error": 0, "wrong": 1}
    return tuple(sorted(found, key=lambda one: order.get(one.level, 2)))


def of_finding(one: Finding, shown: Shown | None) -> Found:
    """A finding of the check with its place as people call it."""
    ids = {step.name: step.id for step in shown.steps} if shown else {}
    name = shown.words.name(one.element) if shown and one.element else one.element
    parts = [_("“%(step)s”") % {"step": name}] if name else []
    if one.row is not None:
        parts.append(_("第 %(n)s 行") % {"n": one.row})
    if one.column:
        column = shown.words.name(one.column) if shown else one.column
        parts.append(_("“%(name)s”列") % {"name": column})
    return Found(
        one.level, _("须改") if one.level == "error" else _("请看"), "".join(parts), one.message,
        decision=ids.get(one.element, one.element), rows=(one.row,) if one.row is not None else (), text=one.text,
    )  # fmt: skip


@lru_cache(maxsize=64)
def analysed(rule: str, text: str, _language: str, _generation: int) -> tuple[Found, ...]:
    """Gaps, overlaps, conflicts, rows that never decide, in words; the same text on the same snapshot is remembered."""
    file, shown = rules.BOOK[rule].as_written(text), readable(rule, text)
    try:
        made = rules.analysis_of(file)
    except lang.RuleError:
        return ()
    if shown is None:
        return ()
    ids = {step.name: step.id for step in shown.steps}
    counts = people_in(file, made)
    return tuple(
        in_words(one, shown.words, ids, count) for one, count in zip(made.findings, counts, strict=True)
    )


def people_in(file: Any, made: analysis.Analysis) -> tuple[int | None, ...]:
    """How many real people stand in each finding; None where nothing is wrong or they cannot be counted."""
    if file.over == "facts" and any(one.wrong for one in made.findings):
        try:
            return tuple(one.people for one in rules.standings(file, made.findings))
        except (LookupError, NotLowerable):
            pass
    return (None,) * len(made.findings)


def in_words(one: analysis.Finding, words: Words, ids: dict[str, str], people: int | None) -> Found:
    """A finding of the analysis in words."""
    rows = formats.listed(str(row) for row in one.rows)
    where = where_words(one, words)
    said = {
        "gap": (_("空缺"), _("没有一行管这种情况：%(where)s。这样的户得不到结果。")),
        "overlap": (_("重叠"), _("第 %(rows)s 行都符合：%(where)s。只能符合一行，所以得不到结果。")),
        "conflict": (_("冲突"), _("第 %(rows)s 行都符合，结果却不同：%(where)s。")),
        "never": (_("用不到"), _("第 %(rows)s 行永远不会符合。")),
        "masked": (_("用不到"), _("第 %(rows)s 行永远轮不到：符合它的情况，前面的行都先符合了。")),
        "duplicate": (_("重复"), _("第 %(rows)s 行是一样的。")),
        "subsumed": (_("多余"), _("第 %(rows)s 行可以不要：结果相同的另一行已经管到了。")),
        "mergeable": (_("可合并"), _("第 %(rows)s 行结果相同，可以合成一行。")),
        "more": (_("还有"), _("至少还有 %(count)s 处空缺没有列出。")),
    }
    word, sentence = said.get(one.kind, (_("请看"), one.message))
    if one.kind == "gap" and one.missing:
        sentence = _("数据没有登记全时，没有一行管到：%(where)s。")
    facts = one.facts or {}
    return Found(
        "wrong" if one.wrong else "hint", word, _("“%(step)s”") % {"step": words.name(one.decision)},
        sentence % {"rows": rows, "where": where, **one.params}, decision=ids.get(one.decision, one.decision), rows=one.rows,
        example=tuple((words.name(name), words.value(value)) for name, value in facts.items()), people=people,
    )  # fmt: skip


def where_words(one: analysis.Finding, words: Words) -> str:
    """Where a finding lies: each column that matters with what it is then."""
    told = [
        _("%(column)s为%(test)s") % {"column": words.name(each.column), "test": test_words(each.test, words)}
        for each in one.regions
        if each.test != "-"
    ]
    if not told:
        told = [
            _("%(column)s为%(test)s") % {"column": words.name(name), "test": words.value(value)}
            for name, value in one.inputs
        ]
    return formats.listed(told) or _("任何情况")


def test_words(text: str, words: Words) -> str:
    """A test of FEEL in words; the text itself where it cannot be read."""
    try:
        names = Names([*GLOBAL_NAMES, *words.titles])
        return words.cell(parse_tests(text, Surroundings(names, Names([]))), text)
    except FeelError:
        return text


def marks_of(found: Iterable[Found]) -> list[dict[str, str]]:
    """What the page marks: rows by decision and number, or a decision, with the tone."""
    return [{"mark": mark, "tone": one.tone} for one in found for mark in one.marks]
