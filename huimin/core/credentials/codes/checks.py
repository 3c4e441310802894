"""What a verifier says: one named verdict a step, never a bare yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

OK, BAD, NOTE, NONE = "ok", "bad", "note", "none"


class Check(NamedTuple):
    """A step: its name, `ok`, `bad`, `note` (worth knowing, refuses nothing) or `none` (not done), and why."""

    name: str
    state: str
    reason: str = ""


NAMES = (
    "prefix",
    "base45",
    "zlib",
    "cose",
    "key",
    "signature",
    "claims",
    "time",
    "usage",
    "schema",
    "revoked",
    "values",
)
PASSED = {name: Check(name, OK) for name in NAMES}  # made once: a gate verifies thousands
NOT_ASKED = Check("revoked", NONE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a code. `content` is empty unless the signature was found to hold: nothing else is to be trusted."""

    form: str
    checks: tuple[Check, ...]
    content: Mapping[str, Any] | None = None
    kid: str = ""
    issuer: str = ""
    issued: datetime | None = None
    expires: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether every step that refuses was passed, the signature among them."""
        states = {one.name: one.state for one in self.checks}
        return states.get("signature") == OK and BAD not in states.values()

    def of(self, name: str) -> Check:
        """A step; one that was never reached was not done."""
        return next((one for one in self.checks if one.name == name), Check(name, NONE))

    @property
    def failed(self) -> tuple[Check, ...]:
        """The steps that refuse it."""
        return tuple(one for one in self.checks if one.state == BAD)
