"""What documents state, sentence by sentence: shown apart, never added to what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from huimin.core.insight import api as insight
from huimin.core.insight.types import Sourced
from huimin.kit.area import AreaCode
from huimin.portal.insight import words
from huimin.portal.insight.asked import Asked


@dataclass(frozen=True)
class Stated:
    """One figure of a sentence."""

    title: str
    where: str
    period: str
    text: str
    unit: str


@dataclass(frozen=True)
class Statement:
    """A sentence of a document with the figures it states."""

    sentence: str
    document: str
    published: date | None
    demo: bool
    figures: Sequence[Stated]


def of_place(asked: Asked) -> list[Statement]:
    """What documents state of the service's matters: all of it on the province's page, below it what names the place."""
    names = {one.name for one in insight.indicators(asked.service)}
    top, here = AreaCode.parse(settings.PROVINCE), AreaCode(asked.area)
    return grouped(
        one
        for one in insight.reported()
        if (one.kind == asked.service or one.figure.indicator in names)
        and (here == top or (one.figure.area and meets(here, AreaCode(one.figure.area))))
    )


def meets(here: AreaCode, other: AreaCode) -> bool:
    """Whether one of two places lies in the other."""
    return here.covers(other) or other.covers(here)


def grouped(found: Iterable[Sourced]) -> list[Statement]:
    """Totals put back under the sentence they were taken from."""
    sentences: dict[tuple[str, str], list[Sourced]] = {}
    for one in found:
        sentences.setdefault((one.document, one.sentence), []).append(one)
    return [
        Statement(
            sentence, document, totals[0].published, any(one.figure.demo for one in totals), [stated(one) for one in totals]
        )
        for (document, sentence), totals in sentences.items()
    ]  # fmt: skip


def stated(one: Sourced) -> Stated:
    """A total as it is read."""
    value = words.stated(one.figure.value, one.unit)
    return Stated(one.title, one.place, one.figure.period, value.text, value.unit)
