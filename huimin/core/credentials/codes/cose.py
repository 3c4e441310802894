"""COSE_Sign1 (RFC 9052): one signer, ES256 (P-256) or PS256 (RSA of 2048 bits or more).

Who signs is pluggable: anything with `kid`, `alg` and `sign` is a Signer, a module in a rack as well as a key in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from . import cbor

ES256, PS256 = -7, -37
ALG, KID = 1, 4
SIGN1, CWT = 18, 61
TAGGINGS = ((), (SIGN1,), (CWT, SIGN1))  # and no other
SIZE = 32
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
SHA256 = hashes.SHA256()
ECDSA = ec.ECDSA(SHA256)
PSS = padding.PSS(mgf=padding.MGF1(SHA256), salt_length=padding.PSS.DIGEST_LENGTH)

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class CoseError(ValueError):
    """Bytes that are no COSE_Sign1 message."""


class Signer(Protocol):
    """What signs: its key's name, its algorithm's number, and the raw signature (r‖s for ES256) over bytes."""

    @property
    def kid(self) -> bytes:
        """The name of the key, 4 to 32 bytes."""

    @property
    def alg(self) -> int:
        """ES256 (-7) or PS256 (-37)."""

    def sign(self, data: bytes) -> bytes:
        """The signature as COSE has it."""


@dataclass(frozen=True)
class LocalSigner:
    """A private key in memory as a Signer."""

    kid: bytes
    key: PrivateKey = field(repr=False)

    @property
    def alg(self) -> int:
        """The algorithm that goes with the key."""
        return ES256 if isinstance(self.key, ec.EllipticCurvePrivateKey) else PS256

    def sign(self, data: bytes) -> bytes:
        """The signature as COSE has it: r‖s, 64 bytes, or PSS."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self.key.sign(data, ECDSA))
            return r.to_bytes(SIZE) + s.to_bytes(SIZE)
        return self.key.sign(data, PSS, SHA256)


class Sign1(NamedTuple):
    """A message as it was read: nothing of its payload is to be used before its signature was found to hold."""

    protected: bytes
    headers: Mapping[Any, Any]  # of the protected part
    unprotected: dict[Any, Any]
    payload: bytes
    signature: bytes
    tags: tuple[int, ...] = ()

    @property
    def alg(self) -> Any:
        """The algorithm; the protected one wins."""
        return self.headers.get(ALG, self.unprotected.get(ALG))

    @property
    def kid(self) -> bytes | None:
        """The name of the key; the protected one wins, even where it is wrong."""
        found = self.headers.get(KID, self.unprotected.get(KID))
        return found if isinstance(found, bytes) else None


def to_sign(protected: bytes, payload: bytes, external: bytes = b"") -> bytes:
    """The bytes that are signed: the Sig_structure."""
    return cbor.encode(["Signature1", protected, external, payload])


@lru_cache(maxsize=64)
def protected_header(alg: int, kid: bytes) -> bytes:
    """The protected header of a signer."""
    return cbor.encode({ALG: alg, KID: kid})


@lru_cache(maxsize=256)
def header(protected: bytes) -> Mapping[Any, Any]:
    """What a protected header says; the same few come again and again. Raise CborError, or CoseError where it is no map."""
    found = cbor.decode(protected) if protected else {}
    if not isinstance(found, dict):
        raise CoseError("headers are maps")
    return MappingProxyType(found)


def sign(payload: bytes, signer: Signer, *, tagged: bool = True) -> bytes:
    """A message with algorithm and key's name in its protected header."""
    protected = protected_header(signer.alg, signer.kid)
    signature = signer.sign(to_sign(protected, payload))
    body = cbor.encode([protected, {}, payload, signature])
    return (b"\xd2" if tagged else b"") + body


def parse(raw: bytes) -> Sign1:
    """A message of its bytes; raise CoseError where they are none. Nothing is verified here."""
    try:
        tags, inner = cbor.untagged(raw)
        if tags not in TAGGINGS:
            raise CoseError(f"tags {tags}: only none, 18, and 61 around 18 are known")
        found = cbor.decode(inner)
        if not isinstance(found, list) or len(found) != 4:
            raise CoseError("no array of four")
        protected, unprotected, payload, signature = found
        if not all(isinstance(one, bytes) for one in (protected, payload, signature)):
            raise CoseError("protected header, payload and signature are byte strings")
        headers = header(protected)
    except cbor.CborError as error:
        raise CoseError(str(error)) from error
    if not isinstance(unprotected, dict):
        raise CoseError("headers are maps")
    if 2 in headers:
        raise CoseError("a critical header that is not known")
    if not headers:
        protected = b""  # an empty map is signed as an empty byte string
    return Sign1(protected, headers, unprotected, payload, signature, tags)


def holds(message: Sign1, key: PublicKey) -> bool:
    """Whether the message was signed by the key; False, never an error, for any other bytes."""
    data = to_sign(message.protected, message.payload)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if message.alg != ES256 or len(message.signature) != 2 * SIZE or key.curve.name != "secp256r1":
                return False
            r, s = int.from_bytes(message.signature[:SIZE]), int.from_bytes(message.signature[SIZE:])
            key.verify(encode_dss_signature(r, s), data, ECDSA)
        else:
            if message.alg != PS256 or not SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
                return False
            key.verify(message.signature, data, PSS, SHA256)
    except (InvalidSignature, ValueError):
        return False
    return True
