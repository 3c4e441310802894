"""A reference to a subject of facts, decisions and journal entries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

KINDS = (
    "person",
    "household",
    "organisation",
    "division",
    "site",
    "device",
    "enrolment",
    "notice",
    "case",
    "rule",
)


@dataclass(frozen=True, order=True, slots=True)
class Ref:
    """What a row is about: a kind and the id of the thing, written `kind:id`."""

    kind: str
    id: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not one of {', '.join(KINDS)}")

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def of(cls, kind: str, id: UUID | str) -> Ref:
        """Make a reference from a kind and an id of any type."""
        return cls(kind, str(id))

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read `kind:id`; raise ValueError where it is not one."""
        kind, colon, id = text.partition(":")
        if not colon or not id:
            raise ValueError(f"{text!r} is not kind:id")
        return cls(kind, id)
