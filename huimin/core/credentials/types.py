"""Keys, closed days and proofs as other parts see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class DayRoot:
    """A closed day of decisions: its number in the chain, how many, root and previous hash (64 hexadecimal digits)."""

    day: date
    number: int
    count: int
    root: str
    previous: str
    hash: str
    closed: datetime
    statement: Mapping[str, Any]
    signature: str


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """Where a decision is in the tree of a day, and the hashes beside it on the way to the root, from below."""

    day: DayRoot
    leaf: str
    index: int
    path: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The proof as certificates hold it."""
        return {
            "statement": dict(self.day.statement), "signature": self.day.signature, "index": self.index,
            "path": list(self.path),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A signed certificate: the file's name and bytes, the leaf as its fingerprint, the closed day that holds it or None."""

    decision: UUID
    name: str
    content: bytes
    leaf: str
    day: date | None


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What is wrong with a closed day: a code, the decision it is about (or ""), and what was found."""

    code: str
    decision: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DayReport:
    """What became of a day when it was computed again: how many decisions were read, and every flaw."""

    day: date
    count: int
    flaws: tuple[Flaw, ...]

    @property
    def ok(self) -> bool:
        """Whether the day holds."""
        return not self.flaws
