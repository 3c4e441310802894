"""Who is looking or acting, and how far they see."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from huimin.core.places.types import Span
from huimin.kit.ref import Ref


class Kind(StrEnum):
    """The kinds of viewers."""

    OFFICER = "officer"
    CITIZEN = "citizen"
    CLIENT = "client"  # another department's program
    SYSTEM = "system"
    PUBLIC = "public"


class Purpose(StrEnum):
    """Why somebody looks at a person."""

    PROGRAMME = "programme"
    REVIEW = "review"
    VISIT = "visit"
    APPEAL = "appeal"
    CORRECTION = "correction"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Role:
    """What holders of a role in a service may do; `level` is the level of division it is given for."""

    code: str
    title: object
    level: int
    actions: frozenset[str] = frozenset()
    reads: bool = True


@dataclass(frozen=True, kw_only=True)
class Held:
    """One role that a viewer holds and the area it counts in; `reads`: whether it lets him see people there."""

    service: str
    role: str
    area: str
    spans: tuple[Span, ...]
    actions: frozenset[str]
    reads: bool = True


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Somebody at a door: an officer, a citizen, the public, or the system itself."""

    kind: Kind
    id: str
    label: str
    held: tuple[Held, ...] = ()
    person: UUID | None = None
    own: frozenset[Ref] = frozenset()
    actions: frozenset[str] = frozenset()
    office: str = ""
    officer: UUID | None = None
    area: str = ""
    admin: bool = field(default=False)
    scopes: frozenset[str] = frozenset()  # of a client

    @property
    def is_authenticated(self) -> bool:
        """Whether it is known who this is."""
        return self.kind is not Kind.PUBLIC

    @property
    def home(self) -> str:
        """The first page of the viewer: the desk for officers, home for citizens."""
        return "/desk/" if self.kind is Kind.OFFICER else "/"

    def may(self, action: str) -> bool:
        """Whether the viewer holds the right to an action anywhere."""
        if self.kind is Kind.SYSTEM:
            return True
        return action in ANYONE or action in self.actions or any(action in held.actions for held in self.held)

    def covers(self, action: str, area: str, subjects: Iterable[Ref]) -> bool:
        """Whether the right to the action holds for this place and these subjects."""
        if self.kind is Kind.SYSTEM or action in ANYONE:
            return True
        if self.kind is Kind.CITIZEN:
            return action in self.actions and any(subject in self.own for subject in subjects)
        if action in self.actions and any(subject in self.own for subject in subjects):
            return True
        return any(action in held.actions and within(held.spans, area) for held in self.held)

    def has(self, service: str) -> bool:
        """Whether the viewer works in a service."""
        return self.kind is Kind.SYSTEM or any(held.service in (service, "*") for held in self.held)

    def holds(self, service: str, role: str) -> bool:
        """Whether the viewer holds that role in a service."""
        return any(held.role == role and held.service in (service, "*") for held in self.held)

    def level(self, service: str) -> int:
        """The highest level (smallest number) the viewer works at in a service; 9 for none."""
        levels = [area_level(held.area) for held in self.held if held.service in (service, "*")]
        return min(levels, default=9)

    def spans(self, service: str | None = None) -> tuple[Span, ...]:
        """The places the viewer sees in a service, or in any where none is named."""
        held = [one for one in self.held if one.reads and (service is None or one.service in (service, "*"))]
        found = [span for one in held for span in one.spans]
        return tuple(dict.fromkeys(found))

    def reach(self, action: str) -> tuple[Span, ...]:
        """The places in which the viewer holds the right to an action."""
        found = [span for one in self.held if action in one.actions for span in one.spans]
        return tuple(dict.fromkeys(found))

    def acting(self) -> AbstractContextManager[object]:
        """A block in which every read is limited to what this viewer may see."""
        from huimin.core.access.scope import acting_as

        return acting_as(self)


def area_level(code: str) -> int:
    """The level of a division's code, 0 for the nation."""
    from huimin.kit.area import AreaCode

    return int(AreaCode(code).level)


def within(spans: Iterable[Span], area: str) -> bool:
    """Whether a place lies in one of the spans, whatever its villagers' group."""
    return any(span.low <= area <= span.high for span in spans)


ANYONE: set[str] = set()  # actions that the public may do, filled from the manifests
PUBLIC = Viewer(kind=Kind.PUBLIC, id="public", label="公众")
