"""Decisions and why they came out as they did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot


@dataclass(frozen=True, kw_only=True)
class FactUsed:
    """A fact as a decision used it: the value as text for reading, raw for comparing."""

    name: str
    title: str
    value: Any
    unit: str
    source: str
    at: date | None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A row of a table that matched: where, and what its annotations say (the article among them)."""

    decision: str
    row: int
    annotations: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a fact would have to be: `operator` is one of =, <, <=, >, >=; `upto` is the other end, where there is one."""

    title: str
    operator: str
    bound: Any
    unit: str
    upto: tuple[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A smallest change of facts that would give another outcome."""

    outcome: Any
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a rule decided about one subject: outcome, reasons, facts, version."""

    id: UUID
    rule: str
    version: str
    subject: str
    area: str
    outcome: Any
    hits: tuple[Hit, ...]
    facts: tuple[FactUsed, ...]
    articles: tuple[str, ...]
    changes: tuple[Change, ...]
    as_of: date
    at: datetime
    number: int = 0  # of the version among the rule's


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A registered rule: its name, title, legal text in force and the facts it reads."""

    name: str
    title: str
    hash: str
    facts: tuple[str, ...]
    decision: str


@dataclass(frozen=True, kw_only=True)
class Flow:
    """How many subjects of a county (six digits) went from one outcome of a rule to another; '' is the rule's default."""

    rule: str
    county: str
    before: str
    after: str
    count: int

    @property
    def kind(self) -> str:
        """enter, leave, or change from one outcome to another."""
        return "enter" if not self.before else "leave" if not self.after else "change"


@dataclass(frozen=True, kw_only=True)
class RuleRun:
    """A rule as a population run decided it: name, title, version and the outcome that is not kept one by one."""

    name: str
    title: str
    version: str
    default: str | None


@dataclass(frozen=True, kw_only=True)
class PopulationRunView:
    """A population run: on which snapshot, how far, what changed where, seconds by phase, what went wrong."""

    id: UUID
    service: str
    area: str
    rules: tuple[RuleRun, ...]
    generation: int | None
    as_of: datetime | None
    day: date
    state: str
    phase: str
    done: int
    total: int
    subjects: int
    changed: int
    newer: int
    placeless: int
    flows: tuple[Flow, ...]
    seconds: Mapping[str, float]
    error: str
    actor: str
    opened: datetime
    closed: datetime | None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A decision of a population run: about whom, where, what was decided before and now (raw outcomes)."""

    id: UUID
    rule: str
    subject: str
    area: str
    before: Any
    after: Any


# Versions, drafts and what they would change


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a subject costs a year by outcome, in yuan, worked out from the snapshot; `basis` says how, in a sentence."""

    basis: object
    yearly: Callable[[Snapshot], Mapping[str, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Somebody who wrote, proposed or published: the account's id, and name and post as they were then."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """A version of a rule.

    `state` is `past`, `in_force`, `coming` or `withdrawn` as of today; `offered` is a text that a release brought and nobody
    published. `origin` is `shipped` or `published`. `until` is the day on which another takes its place. `text` is DMN XML,
    `examples` YAML.
    """

    rule: str
    number: int
    title: str
    hash: str
    language: str
    origin: str
    state: str
    valid_from: date | None
    until: date | None
    adopted: datetime | None
    basis: str
    note: str
    authors: tuple[Signed, ...]
    proposer: Signed | None
    publisher: Signed | None
    text: str
    examples: str
    draft: UUID | None = None
    withdrawn: str = ""  # why it was taken back


@dataclass(frozen=True, kw_only=True)
class BookEntry:
    """A rule in the book: what is in force, what comes next, and how many drafts are open."""

    rule: str
    service: str
    title: str
    over: str
    everyone: bool
    in_force: VersionView
    coming: tuple[VersionView, ...]
    drafts: int
    proposed: int


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """A draft: `seal` is the hash of text and examples, `signed` the one that was proposed; `state` is draft, proposed,
    published or dropped. Pass `revision` back when saving."""

    id: UUID
    rule: str
    title: str
    base_number: int
    base_hash: str
    text: str
    examples: str
    note: str
    basis: str
    valid_from: date | None
    revision: int
    seal: str
    state: str
    signed: str
    authors: tuple[Signed, ...]
    proposer: Signed | None
    proposed: datetime | None
    answer: str
    created: datetime
    changed: datetime
    closed: datetime | None
    version: int | None = None  # the number it was published under


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something about a rule's text: `level` is `error` (it cannot be proposed) or `hint`; `message` for the reader."""

    level: str
    code: str
    message: str
    element: str = ""
    row: int | None = None
    column: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """An example of a rule: a sentence, the facts by input name, what should come out, for which decision, on which day."""

    number: int
    case: str
    given: Mapping[str, Any]
    expect: Any
    decision: str = ""
    today: date | None = None


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """An example that was run: what came out, and the row that decided."""

    case: Case
    found: Any
    row: int | None
    passed: bool


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A text and its examples, checked: `ready` to be proposed where nothing is an error and all examples pass."""

    seal: str
    hash: str
    findings: tuple[Finding, ...]
    cases: tuple[CaseResult, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps it from being proposed, but for examples."""
        return tuple(one for one in self.findings if one.level == "error")

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The examples that come out otherwise."""
        return tuple(one for one in self.cases if not one.passed)

    @property
    def ready(self) -> bool:
        """Whether it may be proposed."""
        return not self.errors and not self.failed and bool(self.cases)


@dataclass(frozen=True, kw_only=True)
class SimulationView:
    """A draft beside the version it would replace, on the whole register: who would enter, leave and change in each county.

    `state` is waiting, running, stopped, failed or done. `costs` are yuan a year by outcome, None where the service says
    none. `current`: the draft still stands as it was simulated.
    """

    id: UUID
    draft: UUID
    rule: str
    seal: str
    current: bool
    against_number: int
    against: str
    area: str
    day: date
    generation: int | None
    as_of: datetime | None
    state: str
    done: int
    total: int
    subjects: int
    placeless: int
    flows: tuple[Flow, ...]
    costs: Mapping[str, Decimal] | None
    cost_basis: str
    seconds: Mapping[str, float]
    error: str
    actor: str
    opened: datetime
    closed: datetime | None

    def count(self, kind: str, counties: tuple[str, ...] | None = None) -> int:
        """How many enter, leave or change, in all counties or in some (six digits)."""
        return sum(
            f.count for f in self.flows if f.kind == kind and (counties is None or f.county in counties)
        )

    def cost(self, flow: Flow) -> Decimal | None:
        """What a flow costs more a year, in yuan; less than nought where it costs less."""
        if self.costs is None:
            return None
        nothing = Decimal(0)
        return flow.count * (self.costs.get(flow.after, nothing) - self.costs.get(flow.before, nothing))

    @property
    def yearly(self) -> Decimal | None:
        """What all of it costs more a year."""
        if self.costs is None:
            return None
        return sum((self.cost(flow) or Decimal(0) for flow in self.flows), Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A subject that a draft would decide otherwise: about whom, where, before and after ('' is the rule's default)."""

    subject: str
    area: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """enter, leave, or change from one outcome to another."""
        return "enter" if not self.before else "leave" if not self.after else "change"
