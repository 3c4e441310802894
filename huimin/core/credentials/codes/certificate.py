"""The full certificate as the EU Digital COVID Certificate has it: `HC1:`, base45, zlib, COSE_Sign1, CWT, claim -260.

    text = issue(content, signer, issued=now, expires=later, country="CN")
    report = verify(text, trust, now)

Nothing of the content is used, or returned, before the signature is found to hold; sizes are bounded before inflation.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import base45, cbor, cose, revocation, schema, valuesets
from .checks import BAD, NOT_ASKED, NOTE, OK, PASSED, Check, Report
from .revocation import Revoked
from .trust import TrustedKey, TrustList

PREFIX = "HC1:"
ISS, EXP, IAT, HCERT, EU_DCC = 1, 4, 6, -260, 1
PERSON = -65538  # a private claim: the pseudonym that a person's codes are revoked by; others pass over it
MAX_TEXT = 8_192  # a QR code holds 4,296 characters
MAX_INFLATED = 65_536
STEPS = ("prefix", "base45", "zlib")  # what comes before the message can be read


class CodeError(ValueError):
    """A text that is no code, or content that makes none; `step` says where it ended."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason = step, reason


def unprefixed(text: str) -> str:
    """What follows `HC1:`; raise CodeError."""
    if len(text) > MAX_TEXT:
        raise CodeError("prefix", f"longer than {MAX_TEXT} characters")
    if not text.startswith(PREFIX):
        raise CodeError("prefix", f"does not begin with {PREFIX}")
    return text[len(PREFIX) :]


def unpacked(text: str) -> bytes:
    """The bytes of base45; raise CodeError."""
    try:
        return base45.decode(text)
    except base45.Base45Error as error:
        raise CodeError("base45", str(error)) from error


def inflated(raw: bytes, limit: int = MAX_INFLATED) -> bytes:
    """The bytes of a zlib stream (RFC 1950), never more than the limit; raise CodeError."""
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(raw, limit)
        # one byte more tells whether there is more, and reads the end of the stream where there is not
        if not stream.eof and stream.decompress(stream.unconsumed_tail, 1):
            raise CodeError("zlib", f"more than {limit} bytes")
    except zlib.error as error:
        raise CodeError("zlib", str(error)) from error
    if not stream.eof or stream.unused_data:
        raise CodeError("zlib", "ends early" if not stream.eof else "more after the end")
    return found


def opened(text: str) -> bytes:
    """The COSE message of a code's text; raise CodeError."""
    return inflated(unpacked(unprefixed(text)))


def packed(message: bytes) -> str:
    """The text of a COSE message."""
    return PREFIX + base45.encode(zlib.compress(message, 9))


# Issuing


def issue(
    content: Mapping[str, Any],
    signer: cose.Signer,
    *,
    issued: datetime,
    expires: datetime,
    country: str = "CN",
    person: bytes = b"",
) -> str:
    """The text of a certificate over a content of the EU's form; raise CodeError where it does not fit the schema.

    `person` is the pseudonym by which everything of a person can be revoked at once, 12 bytes; empty leaves it out.
    """
    wrong = schema.flaws(content)
    if wrong:
        raise CodeError("schema", "; ".join(wrong))
    if not issued < expires:
        raise CodeError("time", "expires before it is issued")
    claims: dict[int, Any] = {
        ISS: country, EXP: int(expires.timestamp()), IAT: int(issued.timestamp()), HCERT: {EU_DCC: dict(content)},
    }  # fmt: skip
    if person:
        claims[PERSON] = person
    text = packed(cose.sign(cbor.encode(claims), signer))
    if len(text) > MAX_TEXT:
        raise CodeError("prefix", f"longer than {MAX_TEXT} characters")
    return text


# Verifying


def verify(
    text: str, trust: TrustList, moment: datetime, *, revoked: Revoked | None = None, strict: bool = False
) -> Report:
    """Every step's verdict on a text; `strict` refuses codes that are in no value set."""
    try:
        message = opened(text)
    except CodeError as error:
        done = [PASSED[step] for step in STEPS[: STEPS.index(error.step)]]
        return Report(form=PREFIX, checks=(*done, Check(error.step, BAD, error.reason)))
    done = [PASSED[step] for step in STEPS[:3]]
    return verify_message(message, trust, moment, revoked=revoked, strict=strict, before=done)


def verify_message(
    message: bytes,
    trust: TrustList,
    moment: datetime,
    *,
    revoked: Revoked | None = None,
    strict: bool = False,
    before: list[Check] | None = None,
) -> Report:
    """Every step's verdict on a COSE message, as `verify` gives it."""
    checks = list(before or ())
    read, key, steps = signed_by(message, trust)
    checks += steps
    if read is None or key is None:
        return Report(form=PREFIX, checks=tuple(checks), kid=kid_text(read))
    claims = claims_of(read.payload)
    if isinstance(claims, str):
        return Report(form=PREFIX, checks=(*checks, Check("claims", BAD, claims)), kid=kid_text(read))
    content = claims[HCERT][EU_DCC]
    issued, expires = time_of(claims.get(IAT)), time_of(claims.get(EXP))
    values = valuesets.flaws(content)
    wrong = schema.flaws(content)
    checks += [
        PASSED["claims"],
        verdict("time", untimely(issued, expires, key, moment)),
        verdict("usage", misused(content, key)),
        verdict("schema", "; ".join(wrong)),
        NOT_ASKED if revoked is None else verdict("revoked", revocation_of(claims, issued, revoked)),
        Check("values", (BAD if strict else NOTE) if values else OK, "; ".join(values)),
    ]
    issuer = claims.get(ISS)
    return Report(
        form=PREFIX, checks=tuple(checks), content=content, kid=kid_text(read),
        issuer=issuer if isinstance(issuer, str) else key.country, issued=issued, expires=expires,
    )  # fmt: skip


def verdict(name: str, reason: str) -> Check:
    """A step that is bad where there is a reason."""
    return Check(name, BAD, reason) if reason else PASSED[name]


def kid_text(message: cose.Sign1 | None) -> str:
    """The name of the key a message says it is signed with."""
    return message.kid.hex() if message and message.kid else ""


def signed_by(
    message: bytes, trust: TrustList
) -> tuple[cose.Sign1 | None, TrustedKey | None, tuple[Check, ...]]:
    """The message, the trusted key that signed it or None, and the steps cose, key and signature."""
    try:
        read = cose.parse(message)
    except cose.CoseError as error:
        return None, None, (Check("cose", BAD, str(error)),)
    shape = PASSED["cose"]
    named = trust.find(read.kid)
    if not named:
        said = read.kid.hex() if read.kid else "none"
        return read, None, (shape, Check("key", BAD, f"no trusted key of this name: {said}"))
    if read.alg not in (cose.ES256, cose.PS256):
        return read, None, (shape, Check("key", BAD, f"algorithm {read.alg!r}: only ES256 and PS256"))
    key = next((one for one in named if cose.holds(read, one.key)), None)
    held = PASSED["signature"] if key else Check("signature", BAD, "does not hold")
    return read, key, (shape, PASSED["key"], held)


def claims_of(payload: bytes) -> dict[int, Any] | str:
    """The claims of a payload that was signed, with the content as a map; or what is wrong with them."""
    try:
        claims = cbor.decode(payload)
    except cbor.CborError as error:
        return f"no CBOR: {error}"
    if not isinstance(claims, dict):
        return "no map of claims"
    inner = claims.get(HCERT)
    if not isinstance(inner, dict) or not isinstance(inner.get(EU_DCC), dict):
        return "no certificate under -260 and 1"
    return claims


def time_of(value: Any) -> datetime | None:
    """A claim's moment in UTC, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return schema.read_moment(value)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def untimely(issued: datetime | None, expires: datetime | None, key: TrustedKey, moment: datetime) -> str:
    """Why a code does not hold at a moment, or "": key's start ≤ issued ≤ moment ≤ expires; the key signed until its end."""
    if expires is None:
        return "says no end"
    if issued is not None and moment < issued:
        return f"issued later: {issued.isoformat()}"
    if moment > expires:
        return f"expired: {expires.isoformat()}"
    if issued is not None and key.start is not None and issued < key.start:
        return f"issued before its key was made: {key.start.isoformat()}"
    if issued is not None and key.end is not None and issued > key.end:
        return f"issued after its key ended: {key.end.isoformat()}"
    return ""


def misused(content: Any, key: TrustedKey) -> str:
    """Why a key may not sign such a content, or ""."""
    kind = schema.kind_of(content)
    if key.kinds and kind not in key.kinds:
        return f"the key signs {', '.join(sorted(key.kinds))}, the content is {kind or 'none of them'}"
    return ""


def revocation_of(claims: Mapping[int, Any], issued: datetime | None, revoked: Revoked) -> str:
    """Why a certificate is revoked, or ""; one that says no time counts as issued before anything."""
    content = claims[HCERT][EU_DCC]
    person = claims.get(PERSON)
    marks = [revocation.fingerprint(one.encode()) for one in identifiers(content)]
    named = person.hex() if isinstance(person, bytes) else ""
    return revoked.reason(marks, named, issued or datetime.min.replace(tzinfo=UTC))


def identifiers(content: Mapping[str, Any]) -> list[str]:
    """The identifiers (UVCI) in a content."""
    lists = [content[kind] for kind in schema.KINDS if isinstance(content.get(kind), list)]
    entries = [one for each in lists for one in each]
    return [one["ci"] for one in entries if isinstance(one, Mapping) and isinstance(one.get("ci"), str)]
