"""Revoked codes, as a list that a verifier holds: one credential, or all of a person's that were issued before a moment.

The list names nobody: a credential by a hash, a person by the pseudonym that is in the code itself.

    {"credentials": ["<32 hexadecimal digits>"], "persons": {"<24 hexadecimal digits>": "2026-11-25T00:00:00Z"}}
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .schema import read_moment

SIZE = 16


def fingerprint(signed: bytes) -> str:
    """The name of a credential in the list: of what it is known by (its identifier, or the bytes that were signed)."""
    return hashlib.sha256(signed).hexdigest()[: 2 * SIZE]


@dataclass(frozen=True)
class Revoked:
    """What is revoked; empty says nothing is."""

    credentials: frozenset[str] = frozenset()
    persons: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, document: Any) -> Revoked:
        """The list of its JSON; raise ValueError where it is none."""
        if not isinstance(document, Mapping):
            raise ValueError("a list of revoked codes is a JSON object")
        credentials, persons = document.get("credentials", []), document.get("persons", {})
        if not isinstance(credentials, list) or not isinstance(persons, Mapping):
            raise ValueError("`credentials` is a list, `persons` an object")
        moments = {str(name): read_moment(text) for name, text in persons.items()}
        wrong = next((name for name, moment in moments.items() if moment is None), None)
        if wrong is not None:
            raise ValueError(f"{wrong}: no moment")
        return cls(frozenset(map(str, credentials)), {name: at for name, at in moments.items() if at})

    def reason(self, fingerprints: Iterable[str], person: str, issued: datetime) -> str:
        """Why a code is revoked: `credential`, `person`, or "" where it is not. Issued at the very moment, it is not."""
        if any(one in self.credentials for one in fingerprints):
            return "credential"
        before = self.persons.get(person) if person else None
        return "person" if before is not None and issued < before else ""
