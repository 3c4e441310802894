"""The display token of a health code: `HM1:`, base45, COSE_Sign1, few claims; no name by default, and gone in five minutes.

It is not compressed: that would make it longer. The claims are `iat`, `exp` and one private claim:

    -65537: [subject (12 bytes), colour (0 green, 1 yellow, 2 red), version of the rules, last sample (seconds, or null), name?]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from . import base45, cbor, cose
from .certificate import CodeError, kid_text, signed_by, time_of, verdict
from .checks import BAD, NOT_ASKED, PASSED, Check, Report
from .revocation import Revoked, fingerprint
from .trust import SHORT_SIZE, TrustList

PREFIX = "HM1:"
EXP, IAT, SHOWN = 4, 6, -65537
COLOURS = ("green", "yellow", "red")
SUBJECT = 12
LONGEST_LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=60)  # a verifier's clock may be this far behind
MAX_TEXT = 200


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a display token says: whose (a pseudonym, 12 bytes), which colour by which rules, the last sample, a name."""

    subject: bytes
    colour: str
    rules: int
    sampled: datetime | None = None
    name: str = ""  # masked, and only where somebody asked for it

    def claim(self) -> list[Any]:
        """The private claim."""
        sampled = int(self.sampled.timestamp()) if self.sampled else None
        return [
            self.subject,
            COLOURS.index(self.colour),
            self.rules,
            sampled,
            *([self.name] if self.name else []),
        ]


class Short:
    """A signer under the first four bytes of its key's name."""

    def __init__(self, signer: cose.Signer) -> None:
        self.kid, self.alg, self.sign = signer.kid[:SHORT_SIZE], signer.alg, signer.sign


def issue(
    shown: Shown, signer: cose.Signer, *, issued: datetime, life: timedelta = timedelta(minutes=1)
) -> str:
    """The text of a token, at most 200 characters; raise CodeError where life, subject, colour or length forbid it."""
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise CodeError("time", "a token lives more than 0 and at most 300 seconds")
    if len(shown.subject) != SUBJECT:
        raise CodeError("content", f"a subject is {SUBJECT} bytes")
    if shown.colour not in COLOURS:
        raise CodeError("content", f"a colour is one of {', '.join(COLOURS)}")
    if signer.alg != cose.ES256:
        raise CodeError("content", "a signature of RSA does not fit into a token")
    start = int(issued.timestamp())
    payload = cbor.encode({IAT: start, EXP: start + int(life.total_seconds()), SHOWN: shown.claim()})
    text = PREFIX + base45.encode(cose.sign(payload, Short(signer), tagged=False))
    if len(text) > MAX_TEXT:
        raise CodeError("content", f"{len(text)} characters, more than {MAX_TEXT}")
    return text


def verify(text: str, trust: TrustList, moment: datetime, *, revoked: Revoked | None = None) -> Report:
    """Every step's verdict on a text."""
    if len(text) > MAX_TEXT or not text.startswith(PREFIX):
        why = f"longer than {MAX_TEXT}" if len(text) > MAX_TEXT else f"does not begin with {PREFIX}"
        return Report(form=PREFIX, checks=(Check("prefix", BAD, why),))
    try:
        raw = base45.decode(text[len(PREFIX) :])
    except base45.Base45Error as error:
        return Report(form=PREFIX, checks=(PASSED["prefix"], Check("base45", BAD, str(error))))
    checks = [PASSED["prefix"], PASSED["base45"]]
    read, key, steps = signed_by(raw, trust)
    checks += steps
    if read is None or key is None:
        return Report(form=PREFIX, checks=tuple(checks), kid=kid_text(read))
    try:
        claims = cbor.decode(read.payload)
        shown = shown_of(claims)
        issued, expires = time_of(claims.get(IAT)), time_of(claims.get(EXP))
    except (cbor.CborError, ValueError) as error:
        return Report(form=PREFIX, checks=(*checks, Check("claims", BAD, str(error))), kid=kid_text(read))
    gone = NOT_ASKED
    if revoked is not None and issued is not None:
        gone = verdict("revoked", revoked.reason([fingerprint(raw)], shown.subject.hex(), issued))
    checks += [PASSED["claims"], verdict("time", untimely(issued, expires, moment, key.end)), gone]
    content = {
        "subject": shown.subject.hex(), "colour": shown.colour, "rules": shown.rules,
        "sampled": shown.sampled.isoformat() if shown.sampled else None, **({"name": shown.name} if shown.name else {}),
    }  # fmt: skip
    return Report(
        form=PREFIX, checks=tuple(checks), content=content, kid=kid_text(read), issuer=key.country, issued=issued,
        expires=expires,
    )  # fmt: skip


def shown_of(claims: Any) -> Shown:
    """What the claims of a token say; raise ValueError where they are none."""
    said = claims.get(SHOWN) if isinstance(claims, dict) else None
    if not isinstance(said, list) or len(said) not in (4, 5):
        raise ValueError("no claims of a display token")
    subject, colour, rules, sampled, *name = said
    if not isinstance(subject, bytes) or len(subject) != SUBJECT:
        raise ValueError("no subject")
    if type(colour) is not int or not 0 <= colour < len(COLOURS) or type(rules) is not int:
        raise ValueError("no colour by rules")
    if name and not isinstance(name[0], str):
        raise ValueError("no name")
    at = time_of(sampled) if sampled is not None else None
    return Shown(subject=subject, colour=COLOURS[colour], rules=rules, sampled=at, name="".join(name))


def untimely(
    issued: datetime | None, expires: datetime | None, moment: datetime, key_end: datetime | None
) -> str:
    """Why a token does not hold at a moment, or ""; one that says it lives longer than five minutes never does."""
    if issued is None or expires is None:
        return "says no time"
    if not timedelta(0) < expires - issued <= LONGEST_LIFE:
        return "lives longer than 300 seconds"
    if moment < issued - SKEW:
        return f"issued later: {issued.astimezone(UTC).isoformat()}"
    if moment > expires:
        return f"expired: {expires.astimezone(UTC).isoformat()}"
    if key_end is not None and issued > key_end:
        return "issued after its key ended"
    return ""
