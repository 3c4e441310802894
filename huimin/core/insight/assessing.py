"""Assessment (考核): a rule over the figures of a period, for every county, township and responsible officer.

An input of the rule named `visits_on_time` is the indicator `<service>.visits_on_time` of the division; of an officer it is
the part of `<service>.officer_visits_on_time` under his id, added up over the villages where he answers for households.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer, beyond, current, officer_card, officers_in
from huimin.core.insight import periods as spans
from huimin.core.insight.actions import Batch, keep_assessments, storing
from huimin.core.insight.catalogue import ASSESSMENTS, INDICATORS
from huimin.core.insight.computing import province
from huimin.core.insight.models import Assessment, Computation, Value
from huimin.core.insight.queries import computations
from huimin.core.insight.types import Assessed, Evidence, Indicator
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.core.rules import lang
from huimin.kit import clock
from huimin.kit.area import AreaCode, Level
from huimin.kit.clock import BEIJING
from huimin.kit.refusal import NotFound

KINDS = ("county", "township", "officer")
LEVELS = {"county": Level.COUNTY, "township": Level.TOWNSHIP}
SCORE = "score"  # the decision that gives the points
NOBODY = "none"


@dataclass
class Subject:
    """A place or an officer with the figures he is assessed by."""

    kind: str
    id: str
    name: str
    area: str
    ranked: bool = True
    facts: dict[str, tuple[Decimal, Decimal | None]] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)
    rank: int | None = None


def rule_of(service: str, day: date | None = None) -> tuple[str, lang.Model]:
    """The rule of assessment of a service as it is in force on a day (by default today).

    Raises NotFound(code="no_assessment") where it declares none.
    """
    for name in ASSESSMENTS:
        if name.partition(".")[0] == service:
            return name, rules.rule_on(name, day).model
    raise NotFound(_("这项服务没有考核规则。"), code="no_assessment")


def counted_to(period: str) -> date:
    """The last day of a period that is over, else today: the day whose version of the rule counts."""
    return min(spans.parse(period).last, clock.today())


def assess(service: str, period: str, *, viewer: Viewer | None = None) -> int:
    """Decide and keep how everyone did in a period that was computed; how many were assessed.

    The same figures and rule again change nothing. Raises NotFound(code="not_computed") where there are no figures.
    """
    name, model = rule_of(service, counted_to(period))
    viewer = viewer or current()
    inputs = [one.name for one in model.inputs]
    known = {kind: {i: indicator_of(service, i, kind) for i in inputs} for kind in KINDS}
    used = {one.name: one for by_input in known.values() for one in by_input.values() if one}
    runs = {indicator: computations(one, [period]).get(period) for indicator, one in used.items()}
    first = next((run for run in runs.values() if run), None)
    if first is None:
        raise NotFound(_("%(period)s还没有计算指标。") % {"period": spans.title(period)}, code="not_computed")
    with beyond("assessment of everyone"):
        subjects = [*divisions(service, period, known, runs), *officers(service, known["officer"], runs)]
    moment = datetime.combine(first.known_on, time(12), BEIJING)
    decide(model, name, subjects, moment)
    rank(subjects)
    batch = Batch(
        generation=first.generation, known_on=first.known_on, as_of=first.as_of, demo=settings.DEMO,
        assessed=[stored(one, known[one.kind], runs) for one in subjects],
    )  # fmt: skip
    marks = ",".join(f"{run.version}:{run.generation}" for run in runs.values() if run)
    with storing(batch):
        done = keep_assessments(
            viewer, key=f"{name}/{model.hash[:16]}/{period}/{first.known_on}/{marks}", service=service, area=province(),
            rule=name, version=model.hash, period=period, generation=first.generation,
        )  # fmt: skip
    return int(done["assessed"])


def indicator_of(service: str, name: str, kind: str) -> Indicator | None:
    """The indicator that an input of the rule stands for."""
    return INDICATORS.get(f"{service}.officer_{name}" if kind == "officer" else f"{service}.{name}")


Runs = Mapping[str, Computation | None]
Inputs = Mapping[str, Indicator | None]


def divisions(service: str, period: str, known: Mapping[str, Inputs], runs: Runs) -> Iterable[Subject]:
    """The counties and townships that stood at the period's end and have anything to be assessed by."""
    last = spans.parse(period).last
    for kind, level in LEVELS.items():
        standing = {place.code: place for place in places.at_level(level, province(), last)}
        found: dict[str, Subject] = {}
        for name, indicator in known[kind].items():
            run = runs.get(indicator.name) if indicator else None
            if run is None:
                continue
            rows = Value.objects.filter(computation=run, by="", division_code__in=list(standing))
            for code, n, d in rows.values_list("division_code", "numerator", "denominator"):
                place = standing[code]
                one = found.setdefault(
                    code, Subject(kind, code, place.name, code, ranked=not place.statistical)
                )
                one.facts[name] = (n, d)
        yield from found.values()


def officers(service: str, known: Inputs, runs: Runs) -> Iterable[Subject]:
    """The officers who answered for households, with the figures of those households."""
    cards = {str(card.id): card for card in officers_in(province(), service=service, limit=10**6)}
    found: dict[str, Subject] = {}
    for name, indicator in known.items():
        run = runs.get(indicator.name) if indicator else None
        if run is None:
            continue
        rows = Value.objects.filter(computation=run).exclude(by__in=("", NOBODY)).values("by")
        for row in rows.annotate(n=Sum("numerator"), d=Sum("denominator")).order_by("by"):
            card = cards.get(row["by"]) or officer_card(row["by"])
            if card is None:
                continue
            one = found.setdefault(row["by"], Subject("officer", row["by"], card.name, card.area))
            one.facts[name] = (row["n"], row["d"])
    return found.values()


def decide(model: lang.Model, name: str, subjects: Iterable[Subject], moment: datetime) -> None:
    """The outcome of the rule for each, worked out once for the same figures."""
    decision, seen = name.partition(".")[2], {}
    service = name.partition(".")[0]
    for one in subjects:
        given: dict[str, Any] = {}
        for each in model.inputs:
            indicator = indicator_of(service, each.name, one.kind)
            numbers = one.facts.get(each.name)
            if numbers is None and indicator is not None and not indicator.rate:
                numbers = (Decimal(0), None)
            given[each.name] = indicator.value(*numbers) if indicator and numbers else None
        key = tuple(given.values())
        if key not in seen:
            found = lang.evaluate(model, decision, given, now=moment, today=moment.date())
            score = next((step.value for step in found.trace if step.decision == SCORE), None)
            hits = [
                {"decision": m.decision, "row": m.row, "annotations": dict(m.annotations)}
                for m in found.matched
            ]
            seen[key] = {"grade": str(found.outcome), "score": Decimal(str(score or 0)), "hits": hits}
        one.outcome = {**seen[key], "given": given}


def rank(subjects: Iterable[Subject]) -> None:
    """Places by score: counties within the province, townships and officers within their county; equal scores share one."""
    groups: dict[tuple[str, str], list[Subject]] = {}
    for one in subjects:
        if one.ranked:
            within = province() if one.kind == "county" else str(AreaCode(one.area).at(Level.COUNTY))
            groups.setdefault((one.kind, within), []).append(one)
    for group in groups.values():
        scores = sorted((one.outcome["score"] for one in group), reverse=True)
        for one in group:
            one.rank = scores.index(one.outcome["score"]) + 1


def stored(one: Subject, known: Inputs, runs: Runs) -> dict[str, Any]:
    """A subject as it is kept: what came out, why, and on which figures."""
    facts = []
    for name, indicator in known.items():
        run = runs.get(indicator.name) if indicator else None
        if indicator is None or run is None:
            continue
        n, d = one.facts.get(name, (Decimal(0), None))
        value = one.outcome["given"][name]
        facts.append(
            {
                "indicator": indicator.name, "value": None if value is None else str(value), "numerator": str(n),
                "denominator": None if d is None else str(d), "version": run.version,
            }
        )  # fmt: skip
    return {
        "kind": one.kind, "subject": one.id, "name": one.name, "area": one.area, "score": one.outcome["score"],
        "grade": one.outcome["grade"], "rank": one.rank, "hits": one.outcome["hits"], "facts": facts,
    }  # fmt: skip


# Reading


def assessment(service: str, area: str, period: str, kind: str = "county") -> list[Assessed]:
    """How those of a kind within a division did in a period, the best first, within the viewer's reach, with evidence.

    Of several versions of the rule the present one counts, else the last one kept.
    """
    if kind not in KINDS:
        raise LookupError(f"{kind!r} is not one of {', '.join(KINDS)}")
    name, model = rule_of(service, counted_to(period))
    day = spans.parse(period).last
    rows = Assessment.objects.filter(rule=name, period=period, kind=kind).filter(
        places.q(places.spans(area, day), group=None)
    )
    versions = list(dict.fromkeys(rows.order_by("-id").values_list("version", flat=True)))
    if not versions:
        return []
    version = model.hash if model.hash in versions else versions[0]
    found = rows.filter(version=version).order_by(
        F("rank").asc(nulls_last=True), "-score", "division_code", "subject"
    )
    return [view(row) for row in found]


def view(row: Assessment) -> Assessed:
    """A kept assessment as pages see it."""

    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    evidence = []
    for fact in row.facts:
        indicator = INDICATORS.get(fact["indicator"])
        evidence.append(
            Evidence(
                indicator=fact["indicator"], title=str(indicator.title) if indicator else fact["indicator"],
                unit=indicator.unit if indicator else "", value=number(fact["value"]), version=fact["version"],
                numerator=number(fact["numerator"]), denominator=number(fact["denominator"]),
                url=rows_url(indicator, row) if indicator else "",
            )
        )  # fmt: skip
    reasons = tuple(
        (hit["row"], hit["annotations"].get("依据", ""), hit["annotations"].get("说明", ""))
        for hit in row.hits
    )
    return Assessed(
        kind=row.kind, subject=row.subject, name=row.name, area=row.division_code, period=row.period, score=row.score,
        grade=row.grade, rank=row.rank, reasons=reasons, evidence=tuple(evidence), rule=row.rule, version=row.version,
        as_of=row.as_of, demo=row.demo,
    )  # fmt: skip


def rows_url(indicator: Indicator, row: Assessment) -> str:
    """The list of rows behind a figure of an assessment."""
    from urllib.parse import urlencode

    from django.urls import reverse

    route, _mark, query = indicator.rows.partition("?")
    by = row.subject if row.kind == "officer" else ""
    filled = []
    for pair in query.split("&") if query else []:
        key, _is, text = pair.partition("=")
        said = text.format(area=row.division_code, on=row.known_on.isoformat(), by=by)
        if said:
            filled.append((key, said))
    return reverse(route) + ("?" + urlencode(filled) if filled else "") if route else ""
