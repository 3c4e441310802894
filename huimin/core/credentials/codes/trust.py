"""Whom a verifier trusts: public keys by name, from certificates or from the published list of keys (JWK)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from huimin.core.credentials.proof import signing

from . import der
from .cose import LocalSigner, PrivateKey, PublicKey

KID_SIZE, SHORT_SIZE = 8, 4
USAGES = {"1": "t", "2": "v", "3": "r"}
USAGE = re.compile(
    r"1\.3\.6\.1\.4\.1\.(?:0\.)?1847\.2021\.1\.([123])"
)  # the form with 0 is a mistake that is common
PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


class TrustError(ValueError):
    """A file that holds no keys to trust."""


@dataclass(frozen=True)
class TrustedKey:
    """A key whose signatures count: its name, from when until when, the kinds of content it may sign (none: any)."""

    kid: bytes
    key: PublicKey
    start: datetime | None = None
    end: datetime | None = None
    kinds: frozenset[str] = frozenset()
    country: str = ""


class TrustList:
    """Trusted keys, found by name; several may have the same one, and all are tried."""

    def __init__(self, keys: Iterable[TrustedKey] = ()) -> None:
        self.keys = tuple(keys)
        self.named: dict[bytes, list[TrustedKey]] = {}
        for each in self.keys:
            for name in {each.kid, each.kid[:SHORT_SIZE]}:
                self.named.setdefault(name, []).append(each)

    def find(self, kid: bytes | None) -> tuple[TrustedKey, ...]:
        """The keys of a name of 8 bytes, or of the first 4 of them."""
        return tuple(self.named.get(kid, ())) if kid else ()

    def __len__(self) -> int:
        return len(self.keys)


def of_certificate(raw: bytes) -> TrustedKey:
    """The key of an X.509 certificate (DER), named as the EU does: the first 8 bytes of its SHA-256; raise DerError."""
    read = der.certificate(raw)
    kinds = {USAGES[found[1]] for each in read.usages if (found := USAGE.fullmatch(each))}
    return TrustedKey(
        kid=hashlib.sha256(raw).digest()[:KID_SIZE], key=read.key, start=read.start, end=read.end,
        kinds=frozenset(kinds), country=read.country,
    )  # fmt: skip


def of_jwk(jwk: Mapping[str, Any]) -> TrustedKey:
    """A key of the published list, named by the first 8 bytes of its thumbprint; raise TrustError."""
    try:
        key = signing.public_key(jwk)
        start, end = jwk.get("from"), jwk.get("until")
        return TrustedKey(
            kid=kid_of(key),
            key=key,
            start=datetime.fromisoformat(start) if start else None,
            end=datetime.fromisoformat(end) if end else None,
        )
    except (signing.SignatureError, TypeError, ValueError) as error:
        raise TrustError(str(error)) from error


def kid_of(key: PublicKey) -> bytes:
    """The name of a key that has no certificate: the start of its thumbprint, or of the hash of its DER for RSA."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return signing.decoded(signing.jwk_of(key)["kid"])[:KID_SIZE]
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(raw).digest()[:KID_SIZE]


def trusted(content: bytes) -> TrustList:
    """The keys of a file: a JWK set, PEM (certificates or public keys, several), or one certificate in DER or base64."""
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if text.startswith(b"{"):
            listed = json.loads(text)
            return TrustList(of_jwk(each) for each in listed.get("keys", [listed]))
        blocks = PEM.findall(text)
        if blocks:
            return TrustList(of_block(kind, binascii.a2b_base64(body)) for kind, body in blocks)
        raw = content if content[:1] == b"\x30" else base64.b64decode(b"".join(text.split()), validate=True)
        return TrustList([of_certificate(raw)])
    except TrustError:
        raise
    except (ValueError, AttributeError, TypeError) as error:
        raise TrustError(str(error)) from error


def of_block(kind: bytes, raw: bytes) -> TrustedKey:
    """The key of a block of PEM."""
    if kind == b"CERTIFICATE":
        return of_certificate(raw)
    if kind == b"PUBLIC KEY":
        key = der.public_key(raw)
        return TrustedKey(kid=kid_of(key), key=key)
    raise TrustError(f"{kind.decode()}: neither a certificate nor a public key")


def local_signer(pem: bytes, certificate: bytes | None = None) -> LocalSigner:
    """A Signer of a private key's file, named by its certificate where one is given; raise TrustError."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise TrustError(f"no private key in PEM without a password: {error}") from error
    known = isinstance(key, rsa.RSAPrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"
    )
    if not known:
        raise TrustError("neither a key of P-256 nor one of RSA")
    private: PrivateKey = key  # type: ignore[assignment]
    if certificate is None:
        return LocalSigner(kid_of(private.public_key()), private)
    named = trusted(certificate).keys[0]
    if named.key.public_numbers() != private.public_key().public_numbers():
        raise TrustError("the certificate is of another key")
    return LocalSigner(named.kid, private)
