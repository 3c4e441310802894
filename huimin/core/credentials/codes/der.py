"""What codes need of an X.509 certificate, read leniently: public key, validity, extended key usage, country.

Strict readers refuse certificates that countries really sign with (a default written out, an empty key usage). Here an
extension that cannot be read has no effect; what is hashed for the key's name are the bytes as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

SEQUENCE, SET, OCTETS, OID, UTC_TIME, TIME = 0x30, 0x31, 0x04, 0x06, 0x17, 0x18
EXTENSIONS = 0xA3
EXTENDED_KEY_USAGE = "2.5.29.37"
COUNTRY = "2.5.4.6"
PLAIN_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
PSS_RSA = "1.2.840.113549.1.1.10"
MAX_SIZE = 64 * 1024


class DerError(ValueError):
    """Bytes that are no certificate."""


@dataclass(frozen=True)
class Item:
    """A part of DER: its tag, what it holds, and all of its bytes."""

    tag: int
    value: bytes
    whole: bytes


@dataclass(frozen=True)
class Certificate:
    """What was read: the key, from when until when, the key usages named, the issuer's country or ""."""

    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    start: datetime
    end: datetime
    usages: tuple[str, ...]
    country: str


def items(raw: bytes) -> Iterator[Item]:
    """The parts that stand one after the other; raise DerError where one is broken."""
    at = 0
    while at < len(raw):
        if at + 2 > len(raw):
            raise DerError("ends early")
        tag, length, head = raw[at], raw[at + 1], 2
        if length >= 0x80:
            more = length & 0x7F
            if not 1 <= more <= 3 or at + 2 + more > len(raw):
                raise DerError("a length that is none")
            length, head = int.from_bytes(raw[at + 2 : at + 2 + more]), 2 + more
        end = at + head + length
        if end > len(raw):
            raise DerError("ends early")
        yield Item(tag, raw[at + head : end], raw[at:end])
        at = end


def one(raw: bytes, tag: int) -> Item:
    """The first part, of a tag."""
    found = next(items(raw), None)
    if found is None or found.tag != tag:
        raise DerError(f"no part of tag {tag:#x}")
    return found


def oid(raw: bytes) -> str:
    """An object identifier in words of numbers."""
    numbers: list[int] = []
    value = 0
    for byte in raw:
        value = (value << 7) | (byte & 0x7F)
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def moment(item: Item) -> datetime:
    """A time of either kind, in UTC."""
    text = item.value.decode("ascii", "replace")
    if item.tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    try:
        return datetime.strptime(text[:14].rstrip("Z").ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise DerError("a time that is none") from error


def public_key(spki: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The key of a SubjectPublicKeyInfo; one of RSASSA-PSS is read as one of RSA."""
    try:
        kind, bits = list(items(one(spki, SEQUENCE).value))[:2]
        if oid(one(kind.value, OID).value) == PSS_RSA:
            body = PLAIN_RSA + bits.whole
            spki = b"\x30\x82" + len(body).to_bytes(2) + body
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DerError("no public key that is known") from error
    if not isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        raise DerError("neither a key on a curve nor one of RSA")
    return key


def usages(extensions: bytes) -> tuple[str, ...]:
    """The extended key usages; none where the extension is missing, empty or cannot be read."""
    try:
        for extension in items(one(one(extensions, SEQUENCE).whole, SEQUENCE).value):
            parts = list(items(extension.value))
            if parts and parts[0].tag == OID and oid(parts[0].value) == EXTENDED_KEY_USAGE:
                inner = one(parts[-1].value, SEQUENCE)
                return tuple(oid(each.value) for each in items(inner.value) if each.tag == OID)
    except DerError:
        pass
    return ()


def country(issuer: bytes) -> str:
    """The country in a name, or ""."""
    try:
        for group in items(issuer):
            for pair in items(group.value):
                parts = list(items(pair.value))
                if len(parts) == 2 and oid(parts[0].value) == COUNTRY:
                    return parts[1].value.decode("ascii", "replace")
    except DerError:
        pass
    return ""


def certificate(raw: bytes) -> Certificate:
    """Read a certificate; raise DerError where the bytes are none, or its key is of a kind not known."""
    if len(raw) > MAX_SIZE:
        raise DerError("too large")
    parts = list(items(one(one(raw, SEQUENCE).value, SEQUENCE).value))
    if parts and parts[0].tag == 0xA0:
        parts = parts[1:]
    if len(parts) < 6:
        raise DerError("no certificate")
    _serial, _algorithm, issuer, validity, subject, spki, *rest = parts
    times = list(items(validity.value))
    if len(times) != 2:
        raise DerError("no validity")
    extensions = next((each.value for each in rest if each.tag == EXTENSIONS), b"")
    return Certificate(
        key=public_key(spki.whole), start=moment(times[0]), end=moment(times[1]),
        usages=usages(extensions), country=country(subject.value) or country(issuer.value),
    )  # fmt: skip
