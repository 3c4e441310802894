"""What a household's page tells: income against the line, guarantees, the decision in words, the way, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.access.api import PURPOSES, Purpose, looks_at_any
from huimin.core.facts.api import values
from huimin.core.journal.api import entries_about_any
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Effect as Change
from huimin.core.programmes.types import ProcedureView
from huimin.core.rules import api as rules
from huimin.core.rules.types import Decision
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.services.poverty.facts import HOUSEHOLD
from huimin.services.poverty.models import Guarantee, GuaranteeKind, Risk
from huimin.services.poverty.models import Income as IncomeRow
from huimin.services.poverty.programme import CODE, KINDS
from huimin.services.poverty.queries.line import lines_of
from huimin.ui import formats
from huimin.ui.parts import Event, Fact, Income, Mark, Part, Step

FACTS = tuple(f"poverty.{fact.name}" for fact in HOUSEHOLD.facts)
ICONS = {
    "food": "wheat",
    "clothing": "basket",
    "schooling": "school",
    "medical": "stethoscope",
    "housing": "home-check",
    "water": "droplet",
}
SURVEY_DAYS = 10
LOOKS = 30  # how many looks a timeline takes in at most
STEP_DAYS = {
    "survey": 10,
    "review": 15,
    "check": 10,
    "approve": 10,
    "announce": 5,
    "notice1": 5,
    "notice2": 5,
}


@dataclass(frozen=True)
class Year:
    """A year's income as it is drawn, with what was left out of it by law."""

    year: int
    bar: Income
    per_head: Decimal
    members: int
    cost: Decimal
    excluded: Decimal
    source: str
    on: date


def years(household: UUID, area: str) -> list[Year]:
    """The household's income per head by source and year against the line, newest first."""
    lines = lines_of(area[:2] + "0" * 10)
    found = []
    for row in IncomeRow.objects.filter(household_id=household).order_by("-year"):
        line = lines.get(row.year)
        bar = Income(
            parts=parts(row),
            line=line.amount if line else None,
            line_label=_("%(year)d年监测范围线") % {"year": row.year},
            unit=_("元/人·年"),
            period=_("%(year)d年") % {"year": row.year},
            as_of=row.surveyed_on,
            source=row.source,
            demo=bool(line and line.is_demo),
        )
        found.append(
            Year(
                row.year, bar, row.per_head, row.members, row.cost, row.excluded, row.source, row.surveyed_on
            )
        )
    return found


def parts(row: Any) -> list[Part]:
    """A year's parts per head; production cost is taken off business first, then off the others, so that they add up."""
    cost = row.cost
    found = []
    for label, amount in (
        (_("经营净收入"), row.business), (_("工资"), row.wages), (_("财产"), row.property), (_("转移"), row.transfers)
    ):  # fmt: skip
        taken = min(cost, amount)
        cost -= taken
        found.append(Part(label, (amount - taken) / row.members))
    return [found[1], found[0], *found[2:]]


def guarantees(household: UUID) -> dict[str, Any]:
    """The latest finding of each guarantee, by kind."""
    return {
        row.kind: row for row in Guarantee.objects.filter(household_id=household).order_by("on", "recorded")
    }


def marks(found: Mapping[str, Any]) -> list[Mark]:
    """The six guarantees as plain marks, with the day of the finding."""
    return [
        Mark(
            str(kind.label),
            "unknown" if (row := found.get(kind.value)) is None else "met" if row.secure else "unmet",
            ICONS[kind.value],
            row.on if row else None,
        )
        for kind in GuaranteeKind
    ]


def found_out(found: Mapping[str, Any]) -> list[Fact]:
    """Who found each guarantee out, with what note."""
    out = []
    for kind in GuaranteeKind:
        row = found.get(kind.value)
        word = _("未核实") if row is None else _("有保障") if row.secure else _("有缺口")
        note = formats.told(word, row.note) if row is not None and row.note else word
        out.append(Fact(str(kind.label), note, "", row.found_by if row else "", row.on if row else None))
    return out


def risks(household: UUID) -> list[Any]:
    """Causes and risks, those that stand first."""
    rows = list(Risk.objects.filter(household_id=household).order_by("-since"))
    return [row for row in rows if row.until is None] + [row for row in rows if row.until is not None]


def known(household: UUID) -> dict[str, Any]:
    """What the rules would read of the household today, by fact name."""
    return values(FACTS, [str(household)], clock.today())[str(household)]


# The decision in words


@dataclass(frozen=True)
class Words:
    """A decision as an officer reads it out: result, why, the row's words, articles, what would change it."""

    result: str
    tone: str
    why: list[Fact]
    rest: list[Fact]
    said: list[str]
    articles: list[str]
    changes: list[str]
    at: Any
    version: str
    id: UUID


def shown(value: Any, unit: str = "") -> str:
    """A fact's value as it is read."""
    if value is None:
        return _("未核实")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Decimal):
        text = (
            formats.number(value)
            if unit.startswith("元")
            else formats.number(value, 0)
            if value == value.to_integral()
            else formats.number(value)
        )
        return str(int(value)) if not unit and value == value.to_integral() else text
    return str(value)


def plain_fact(name: str, value: Any) -> bool:
    """Whether a fact only says that nothing is wrong: a guarantee that is secure, no hardship, no loss."""
    return value is True if name.endswith("_secure") else not value


def in_words(decision: Decision) -> Words:
    """A decision in words."""
    entering = decision.rule == "poverty.monitoring"
    kind = decision.outcome if isinstance(decision.outcome, str) else ""
    if entering:
        result = _("认定为%(kind)s") % {"kind": KINDS[kind]} if kind in KINDS else _("暂不符合监测条件")
    else:
        result = _("风险已经消除，可以退出") if decision.outcome is True else _("风险尚未消除，继续帮扶")
    passed = kind in KINDS or decision.outcome is True
    why: list[Fact] = []
    rest: list[Fact] = []
    for f in decision.facts:
        if f.value is not None:
            told = Fact(_(f.title), shown(f.value, f.unit), said_unit(f.unit), f.source, f.at)
            (rest if plain_fact(f.name, f.value) else why).append(told)
    said = [
        text
        for hit in decision.hits
        if (text := hit.annotations.get("说明") or hit.annotations.get("note", ""))
    ]
    return Words(
        result,
        "done" if passed else "plain",
        why,
        rest,
        list(dict.fromkeys(said)),
        list(decision.articles),
        changes(decision),
        decision.at,
        decision.version[:8],
        decision.id,
    )


def changes(decision: Decision) -> list[str]:
    """What would have to be different for another outcome, in sentences."""
    out = []
    for change in decision.changes:
        kind = change.outcome if isinstance(change.outcome, str) else ""
        if isinstance(change.outcome, bool):
            then = _("可以退出") if change.outcome else _("不能退出")
        else:
            then = _("认定为%(kind)s") % {"kind": KINDS[kind]} if kind in KINDS else _("不再符合监测条件")
        terms = _("，").join(condition(one) for one in change.conditions)
        if terms:
            out.append(_("如果%(terms)s，则%(then)s。") % {"terms": terms, "then": then})
    return out


def said_unit(unit: str) -> str:
    """A unit in the reader's language; it is kept in Chinese with the decision."""
    return _(unit) if unit else ""


def condition(one: Any) -> str:
    """One condition in words, with its other end where it has one."""
    said = f"“{_(one.title)}”{compared(one.operator, one.bound, one.unit)}"
    if one.upto is None:
        return said
    sign, bound = one.upto
    return _("%(from)s，且%(upto)s") % {"from": said, "upto": compared(sign, bound, one.unit)}


def compared(sign: str, bound: Any, unit: str) -> str:
    """What a fact is compared with, in words."""
    words = {">=": _("不低于"), "<": _("低于"), "=": _("为"), "<=": _("不高于"), ">": _("高于")}
    value = shown(bound, unit)
    said = (
        _("“%(value)s”") % {"value": value}
        if isinstance(bound, bool)
        else f" {value}{f' {said_unit(unit)}' if unit else ''} "
    )
    return f"{words.get(sign, sign)}{said.rstrip()}"


# The way


def steps(view: ProcedureView) -> list[Step]:
    """A procedure's steps as the page draws them: who did what when, whose turn it is and until when."""
    tone = {
        "done": "done",
        "current": "current",
        "returned": "current",
        "refused": "refused",
        "withdrawn": "refused",
    }
    found = []
    for mark in view.marks:
        here = mark.state in ("current", "returned")
        note = _("退回补正：%(reason)s") % {"reason": view.reason} if mark.state == "returned" else mark.note
        found.append(
            Step(
                mark.title, tone.get(mark.state, "next"), programmes.level_name(mark.level) if here else mark.by,
                date=mark.at, due=due(view) if here else None, note=note,
            )
        )  # fmt: skip
    return found


def due(view: Any) -> date:
    """By when the step where a procedure stands should be done."""
    since: date = view.since.astimezone(clock.BEIJING).date()
    return since + timedelta(days=STEP_DAYS.get(view.step, SURVEY_DAYS))


# What was done


@dataclass(frozen=True)
class Done:
    """What was done for a household since it came in."""

    measures: list[Any] = field(default_factory=list)
    visits: list[Any] = field(default_factory=list)
    money: Decimal = Decimal(0)
    running: int = 0


def done(enrolment: Any) -> Done:
    """Measures, visits and money of an enrolment, with the photos of each visit."""
    kinds = {k.code: k for k in programmes.PROGRAMMES[CODE].measures}
    measures = [(row, kinds.get(row.kind)) for row in programmes.measures_of(enrolment.id)]
    rows = programmes.visits_of(enrolment.id)
    photos = programmes.photos_of_each("visit", [row.id for row in rows])
    visits = [(row, photos.get(row.id, [])) for row in rows]
    return Done(
        measures,
        visits,
        sum((row.cost for row, _kind in measures), Decimal(0)),
        sum(row.state == "running" for row, _kind in measures),
    )


@dataclass(frozen=True)
class Effect:
    """One figure before and after, as it is read."""

    title: str
    before: str
    after: str
    unit: str
    before_on: date
    after_on: date
    better: bool | None

    @property
    def changed(self) -> bool:
        """Whether the figure is another one now."""
        return self.before != self.after


def effects(enrolment: Any, facts: Mapping[str, Any]) -> list[Effect]:
    """Each fact at entry beside the same today (or at exit); what was given by law is left out."""
    given = {f"poverty.{fact.name}" for fact in HOUSEHOLD.facts if fact.given}
    now = {name: rules_value(fact.value) for name, fact in facts.items()}
    found = []
    for one in programmes.effects_of(enrolment.id, now, clock.today()):
        if one.name in given:
            continue
        before, after = as_read(one.before, one.name), as_read(one.after, one.name)
        found.append(
            Effect(
                _(one.title),
                shown(before, one.unit),
                shown(after, one.unit),
                said_unit(one.unit),
                one.before_on,
                one.after_on,
                better(one, before, after),
            )
        )
    return found


def rules_value(value: Any) -> Any:
    """A fact's value as snapshots keep it."""
    return str(value) if isinstance(value, Decimal) else value


def as_read(value: Any, name: str) -> Any:
    """A kept value with its type again."""
    numbers = {f"poverty.{f.name}" for f in HOUSEHOLD.facts if str(f.type) == "number"}
    return Decimal(value) if name in numbers and value is not None else value


def better(one: Change, before: Any, after: Any) -> bool | None:
    """Whether the household is better off by this figure; None where nothing changed or one is not known."""
    if before is None or after is None or before == after:
        return None
    if isinstance(before, bool):
        return bool(after) != one.name.endswith("hardship")
    less = one.name.endswith(("risks", "loss"))
    return bool((after < before) if less else (after > before))


# Who did and who looked


def history(household: UUID, persons: Iterable[UUID] = (), limit: int = 30) -> list[Event]:
    """The quiet timeline: what the journal says about the household and its members, and who looked, newest first."""
    refs = [Ref.of("household", household), *(Ref.of("person", one) for one in persons)]
    found = [
        Event(entry.at, entry.title, entry.actor_label, reason_of(entry.details), "", "plain")
        for entry in entries_about_any(refs, limit)
    ]
    told_of = set()
    for look in looks_at_any(refs, LOOKS):
        same = (look.viewer, look.purpose, look.revealed, look.at.astimezone(clock.BEIJING).date())
        if same in told_of:  # one line for what one person looked at in a day
            continue
        told_of.add(same)
        purpose = PURPOSES.get(Purpose(look.purpose)) if look.purpose in set(Purpose) else None
        word = _("查看了完整信息（%(purpose)s）") if look.revealed else _("查看（%(purpose)s）")
        told = word % {"purpose": purpose or look.purpose}
        found.append(Event(look.at, told, look.viewer_label, look.reason, "eye", "plain"))
    return sorted(found, key=lambda event: event.date, reverse=True)[:limit]  # type: ignore[arg-type, return-value]


def reason_of(details: Mapping[str, Any]) -> str:
    """The words a journal entry carries, where it carries some that may be shown."""
    asked = details.get("asked", {})
    for name in ("reason", "text", "outcome", "found", "title", "result", "how"):
        text = asked.get(name)
        if isinstance(text, str) and text not in ("", "•"):
            return text[:80]
    return ""


def last_decision(household: UUID, decision: Any = None) -> Decision | None:
    """The decision a procedure rests on, or the household's latest."""
    if decision:
        found = rules.decision(decision)
        if found is not None:
            return found
    made = rules.decisions_about(Ref.of("household", household), limit=1)
    return made[0] if made else None
