"""A decision as a letter: the result in one line, why, under which article, what would change it."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from huimin.core.access.api import office_of
from huimin.core.rules.types import Decision, FactUsed
from huimin.kit.area import AreaCode, Level
from huimin.services.poverty.programme import KINDS
from huimin.services.poverty.queries import story
from huimin.services.poverty.queries.line import FACT, line_of
from huimin.ui import formats
from huimin.ui.parts import Action, Fact, Letter, Link

MONITORING, EXIT = "poverty.monitoring", "poverty.exit"
QUIET = (".sudden_loss", ".sudden_hardship", ".lifted", ".open_risks")  # worth a line only where they are so
FIRST = ("income_per_head", "monitoring_line", "sudden_loss")


def result_of(decision: Decision) -> tuple[str, str]:
    """The result in one line and its tone."""
    if decision.rule == EXIT:
        if decision.outcome is True:
            return _("经核实，风险已经消除，可以按程序退出。"), "done"
        return _("经核实，风险还没有消除，继续帮扶。"), "info"
    kind = KINDS.get(str(decision.outcome))
    if kind is not None:
        return _("您家符合“%(kind)s”的条件。") % {"kind": kind}, "done"
    return _("按现有情况，您家暂时不符合监测帮扶的条件。"), "plain"


def weight(fact: FactUsed) -> tuple[int, str]:
    """What a reader wants to see first: income and line, what is missing, then the rest."""
    name = fact.name.rpartition(".")[2]
    if name in FIRST:
        return FIRST.index(name), name
    if fact.value is False and name.endswith("_secure"):
        return 10, name
    if name in ("sudden_hardship", "lifted", "open_risks") and fact.value:
        return 11, name
    return 20, name


def reasons(decision: Decision, limit: int = 5) -> list[Fact]:
    """Three to five facts with source and date, the ones that decide first; guarantees that hold become one line."""
    known = [
        fact
        for fact in decision.facts
        if fact.value is not None and not fact.name.endswith((".members", ".income_year"))
    ]
    put = line_of(decision)
    if put is not None:  # the rule itself names the line of that year
        amount, article = put
        known = [
            replace(f, value=amount, source=article or f.source, at=None) if f.name == FACT else f
            for f in known
        ]
    known = [fact for fact in known if not (fact.name.endswith(QUIET) and not fact.value)]
    held = [fact for fact in known if fact.name.endswith("_secure") and fact.value is True]
    said = sorted((fact for fact in known if fact not in held), key=weight)
    found = [
        Fact(
            _(fact.title),
            story.shown(fact.value, fact.unit),
            story.said_unit(fact.unit),
            fact.source,
            fact.at,
        )
        for fact in said
    ]
    if held:
        one = Fact(
            _("有保障的"),
            formats.listed(_(fact.title) for fact in held),
            source=held[0].source,
            date=max((f.at for f in held if f.at), default=None),
        )
        return [*found[: limit - 1], one]
    return found[:limit]


def letter(decision: Decision, *, appeal_url: str = "", proof_url: str = "") -> Letter:
    """The decision as the household reads it."""
    result, tone = result_of(decision)
    county = str(AreaCode(decision.area).at(Level.COUNTY)) if decision.area else ""
    office = office_of(county) if county else None
    return Letter(
        result=result,
        tone=tone,
        why=reasons(decision),
        basis=[Link(article) for article in decision.articles],
        change=formats.sentences(story.changes(decision)[:3]),
        change_note=_(
            "这是按规则倒推出来的差距，不是要您照着去做。请如实申报；家里情况有变化，告诉村干部重新核实。"
        ),
        appeal=Action(_("提出申诉"), appeal_url, "gavel", "secondary") if appeal_url else None,
        reference=f"{str(decision.id)[:8].upper()} · {_('规则')} {decision.version[:8]}",
        date=decision.at,
        office=office.name if office else "",
        proof=Action(_("下载存证"), proof_url, "download", "quiet") if proof_url else None,
    )
