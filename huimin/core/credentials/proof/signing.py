"""Signatures: ES256 over a detached payload (JWS, RFC 7515 appendix F), keys as JWK named by their thumbprint (RFC 7638).

Any JWS library checks one: put the base64url of the canonical payload between the two points.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from .canonical import NotCanonicalError, canonical, parse

SIZE = 32
ES256 = ec.ECDSA(hashes.SHA256())
SAME = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979: no randomness that could be poor


class SignatureError(ValueError):
    """A signature that does not hold, or is none."""


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url; raise SignatureError where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("no base64url") from error


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """A public key of P-256 as a JWK with its thumbprint as `kid`."""
    numbers = key.public_numbers()
    named = {
        "crv": "P-256", "kty": "EC", "x": encoded(numbers.x.to_bytes(SIZE)), "y": encoded(numbers.y.to_bytes(SIZE)),
    }  # fmt: skip
    return {**named, "alg": "ES256", "use": "sig", "kid": thumbprint(named)}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name of a key that nobody can give to another one."""
    required = {name: jwk.get(name, "") for name in ("crv", "kty", "x", "y")}
    return encoded(hashlib.sha256(canonical(required)).digest())


def public_key(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """The public key of a JWK; raise SignatureError where it is none of P-256."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise SignatureError("not a key of P-256")
    x, y = decoded(str(jwk.get("x", ""))), decoded(str(jwk.get("y", "")))
    try:
        return ec.EllipticCurvePublicNumbers(
            int.from_bytes(x), int.from_bytes(y), ec.SECP256R1()
        ).public_key()
    except ValueError as error:
        raise SignatureError("not a point of P-256") from error


def sign(key: ec.EllipticCurvePrivateKey, payload: bytes, kind: str) -> str:
    """A detached JWS over a payload; `kind` goes into its header, so that one kind of file cannot pass for another."""
    header = {"alg": "ES256", "kid": jwk_of(key.public_key())["kid"], "typ": kind}
    head = encoded(canonical(header))
    r, s = decode_dss_signature(key.sign(f"{head}.{encoded(payload)}".encode(), SAME))
    return f"{head}..{encoded(r.to_bytes(SIZE) + s.to_bytes(SIZE))}"


def header_of(jws: str) -> dict[str, Any]:
    """The header of a detached JWS; raise SignatureError where it has another form."""
    parts = jws.split(".")
    if len(parts) != 3 or parts[1]:
        raise SignatureError("not a detached JWS")
    try:
        header = parse(decoded(parts[0]))
    except NotCanonicalError as error:
        raise SignatureError("not a detached JWS") from error
    if not isinstance(header, dict) or header.get("alg") != "ES256" or "crit" in header:
        raise SignatureError("not signed with ES256")
    return header


def kid_of(jws: str) -> str:
    """The thumbprint of the key that a signature names; raise SignatureError where it has another form."""
    return str(header_of(jws).get("kid", ""))


def verify(jws: str, payload: bytes, jwk: Mapping[str, Any], kind: str) -> None:
    """Raise SignatureError unless the key signed these bytes as this kind."""
    header = header_of(jws)
    if header.get("typ") != kind:
        raise SignatureError(f"signed as {json.dumps(header.get('typ'))}, not as {kind}")
    if header.get("kid") != thumbprint(jwk):
        raise SignatureError("signed with another key")
    head, _empty, tail = jws.split(".")
    raw = decoded(tail)
    if len(raw) != 2 * SIZE:
        raise SignatureError("a signature of another length")
    made = encode_dss_signature(int.from_bytes(raw[:SIZE]), int.from_bytes(raw[SIZE:]))
    try:
        public_key(jwk).verify(made, f"{head}.{encoded(payload)}".encode(), ES256)
    except InvalidSignature as error:
        raise SignatureError("the signature does not hold: something was changed") from error
