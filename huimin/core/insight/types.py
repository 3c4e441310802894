"""Indicators, figures and assessments: declared once by a service, counted per division and period, never from live scans."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NoReturn
from uuid import UUID

from django.utils.translation import gettext_noop

PLACES = {
    "%": Decimal("0.1"),
    gettext_noop("元"): Decimal("0.01"),
}  # how far a value is rounded, by unit; else whole
FLOOR = 5  # a count of one to four could point at a family


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A figure of a division and a period, as a versioned rule over the columns of a table of facts.

    `table` is a registered table of facts ("poverty.help") that has the columns `division_code` and `group_no`; it is
    read as of the last day of the period. `numerator` and `denominator` are FEEL expressions over its columns: a
    number is summed up, a truth value counted; an empty denominator makes a plain sum. Rows for which `exclude` is
    true stand in neither. The value is numerator / denominator × `per` (100 for %). `by` names a column by whose
    codes the figure is broken down too, with `groups` for their titles, at the `levels` that keep it. `direction`
    says which way is better. What is `public` is published with small cells withheld; the rest is for officers within
    their reach. `rows` is the route of the list behind it, with a query in which {area}, {on} and {by} are filled in.
    """

    name: str
    title: object
    unit: str
    words: object
    numerator: str
    denominator: str = ""
    exclude: str = ""
    direction: str = "none"
    target: Decimal | None = None
    per: int = 1
    by: str = ""
    groups: Mapping[str, object] = field(default_factory=dict)
    levels: tuple[int, ...] = (1, 2, 3, 4, 5)
    table: str = ""
    subject: str = "household"
    public: bool = True
    rows: str = ""

    @property
    def service(self) -> str:
        """The service that declares it: the first word of its name."""
        return self.name.partition(".")[0]

    @property
    def version(self) -> str:
        """A mark of what is counted: the same as long as its expressions, unit and facts are the same."""
        return hashlib.sha256(json.dumps(self.definition, ensure_ascii=False).encode()).hexdigest()[:16]

    @property
    def definition(self) -> dict[str, Any]:
        """What its version stands for."""
        return {
            "name": self.name, "unit": self.unit, "per": self.per, "table": self.table, "by": self.by,
            "numerator": self.numerator, "denominator": self.denominator, "exclude": self.exclude,
        }  # fmt: skip

    @property
    def rate(self) -> bool:
        """Whether it is one number over another."""
        return bool(self.denominator)

    def value(self, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
        """The value rounded half-even as its unit is written; None where there is nothing to divide by."""
        if numerator is None or (self.rate and not denominator):
            return None
        raw = numerator * self.per / denominator if self.rate and denominator else numerator
        return raw.quantize(PLACES.get(self.unit, Decimal(1)), rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One indicator of one division and period: counted from the register, or reported in a document.

    `value` is None where nothing can be said, and where it is withheld (`suppressed`). `known_on` is the day the facts
    speak of (the end of the period, or the snapshot's day while it runs), `as_of` when the snapshot was taken.
    Figures are never added with `+`: `huimin.core.insight.api.total` adds counted ones of one kind.
    """

    indicator: str
    area: str
    period: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    as_of: datetime
    version: str
    source: str = "counted"
    document: str = ""
    demo: bool = False
    suppressed: bool = False
    by: str = ""
    generation: str = ""
    known_on: date | None = None

    def __add__(self, other: object) -> NoReturn:
        raise TypeError("figures are not added up: total() adds counted figures of one indicator and period")

    __radd__ = __add__


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A total that a document states, with its sentence: never added to what is counted."""

    figure: Figure
    title: str
    place: str
    unit: str
    sentence: str
    document: str
    published: date | None
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One input of an assessment: the figure it was decided on, and the rows behind it."""

    indicator: str
    title: str
    unit: str
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    version: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """How a county, a township or a responsible officer did in a period, by the rule: score, grade, reasons, evidence.

    `rank` counts from 1 among those of its kind; None for statistical units, which are not ranked.
    """

    kind: str
    subject: str
    name: str
    area: str
    period: str
    score: Decimal
    grade: str
    rank: int | None
    reasons: tuple[tuple[int, str, str], ...]  # row of the rule, article, sentence
    evidence: tuple[Evidence, ...]
    rule: str
    version: str
    as_of: datetime
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """A frozen report: what it says stays as it was, whatever is corrected later."""

    id: UUID
    service: str
    area: str
    period: str
    title: str
    generation: str
    hash: str
    frozen: datetime
    by: str
    content: Mapping[str, Any] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What a computation did: per period how many rows, and seconds by stage."""

    service: str
    periods: tuple[str, ...]
    rows: int
    generation: str
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)
