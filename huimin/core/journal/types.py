"""What the journal speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from huimin.kit.ref import Ref


class Actor(Protocol):
    """Whoever does something: the access part's Viewer is one."""

    @property
    def id(self) -> str: ...

    @property
    def label(self) -> str: ...

    def may(self, action: str) -> bool: ...

    def covers(self, action: str, area: str, subjects: Iterable[Ref]) -> bool: ...

    def acting(self) -> AbstractContextManager[object]:
        """A block in which reads are limited to what this actor may see."""
        ...


@dataclass(frozen=True, kw_only=True)
class EntryView:
    """One entry of the journal as pages show it."""

    seq: int
    id: UUID
    at: datetime
    action: str
    title: str
    actor: str
    actor_label: str
    area: str
    subjects: tuple[str, ...]
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One place where the chain does not hold."""

    seq: int
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification of the whole journal found."""

    checked: int
    head: str
    problems: tuple[Problem, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Moment:
    """When an action happens: the instant, and the day in Beijing."""

    now: datetime
    today: date
