"""The key that signs today, and the published list of all keys that ever signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db.models import F

from huimin.core.credentials import proof
from huimin.core.credentials.models import SigningKey


def stamp(moment: datetime) -> str:
    """A moment as signed files write it: in UTC, always of the same length, so that texts compare as moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def signing_key() -> SigningKey | None:
    """The key in use, or None where none was made yet."""
    return SigningKey.objects.filter(until__isnull=True).first()


def private_key(row: SigningKey) -> ec.EllipticCurvePrivateKey:
    """The private half of a key."""
    key = serialization.load_pem_private_key(row.private.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{row.kid} is no key of P-256")
    return key


def signed(row: SigningKey, document: dict[str, Any], kind: str) -> str:
    """The detached signature of a document's canonical form."""
    return proof.sign(private_key(row), proof.canonical(document), kind)


def published(row: SigningKey) -> dict[str, Any]:
    """A public key as the list has it: a JWK, from when, and until when it signed."""
    return {**row.public, "from": stamp(row.made), **({"until": stamp(row.until)} if row.until else {})}


def key_list() -> dict[str, Any]:
    """Every key that ever signed, as a JWK set (RFC 7517), the one in use first."""
    rows = SigningKey.objects.order_by(F("until").desc(nulls_first=True))
    return {"keys": [published(row) for row in rows]}
