"""Values that are stored encrypted and found by a keyed hash.

A stored value is one byte that names the cipher, then what the cipher made. It is bound to the column it was
written for (associated data), so that it cannot be moved to another one. `settings.FIELD_CIPHER` names the cipher
of new values; old ones are read with the cipher they name, so SM4 (国密) can be added without rewriting.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from huimin.kit.registry import Registry

NONCE = 12


class Unreadable(Exception):
    """A stored value was changed, moved from another column, or written under another key."""


class Cipher(Protocol):
    """How bytes are sealed; `code` (1 to 255) is kept with every value."""

    code: int

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes: ...

    def seal_many(self, key: bytes, plain: Sequence[str], bound: bytes) -> list[bytes | None]: ...

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes: ...


@lru_cache(maxsize=8)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


class AesGcm:
    """AES-256-GCM with a random nonce of 96 bits."""

    code = 1

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + _aes(key).encrypt(nonce, plain, bound)

    def seal_many(self, key: bytes, plain: Sequence[str], bound: bytes) -> list[bytes | None]:
        """Each text sealed, an empty one None; randomness is fetched once for all of them."""
        encrypt, chance = _aes(key).encrypt, os.urandom(NONCE * len(plain))
        nonces = (chance[at : at + NONCE] for at in range(0, len(chance), NONCE))
        return [
            nonce + encrypt(nonce, value.encode(), bound) if value else None
            for nonce, value in zip(nonces, plain, strict=True)
        ]

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        try:
            return _aes(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"a value of {bound.decode()} cannot be read") from error


CIPHERS: Registry[Cipher] = Registry("cipher")
CIPHERS.add("aes-gcm", AesGcm())


def encrypt(value: str, bound_to: str) -> bytes:
    """The text sealed for a column (`people.person.phone`)."""
    cipher = CIPHERS[getattr(settings, "FIELD_CIPHER", "aes-gcm")]
    return bytes([cipher.code]) + cipher.seal(settings.FIELD_KEY, value.encode(), bound_to.encode())


def encrypt_many(values: Iterable[str], bound_to: str) -> list[bytes | None]:
    """The texts sealed for a column, for loaders; an empty text becomes None."""
    cipher = CIPHERS[getattr(settings, "FIELD_CIPHER", "aes-gcm")]
    code, sealed = bytes([cipher.code]), cipher.seal_many(settings.FIELD_KEY, list(values), bound_to.encode())
    return [None if value is None else code + value for value in sealed]


def decrypt(stored: bytes, bound_to: str) -> str:
    """The text of a sealed value; raise Unreadable where it was changed or belongs to another column."""
    for cipher in CIPHERS.values():
        if stored[:1] == bytes([cipher.code]):
            return cipher.open(settings.FIELD_KEY, bytes(stored[1:]), bound_to.encode()).decode()
    raise Unreadable(f"a value of {bound_to} names no known cipher")


def lookup_hash(kind: str, value: str) -> bytes:
    """The 32 bytes under which an exact value of a kind (`id_number`, `phone`) is found."""
    return hmac.digest(settings.LOOKUP_KEY, f"{kind}\0{value}".encode(), "sha256")


def lookup_hashes(kind: str, values: Iterable[str | None]) -> list[str | None]:
    """The lookup hashes of many values, as hexadecimal digits, for loaders; of an empty value None."""
    key, before, digest = settings.LOOKUP_KEY, f"{kind}\0".encode(), hmac.digest
    return [digest(key, before + value.encode(), "sha256").hex() if value else None for value in values]


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that is encrypted in the database (bytea) and clear in Python; an empty text is stored as NULL.

    `bound_to` names the column for good (`app.model.field`): history tables keep it and can be read the same way.
    Only `isnull` can be asked of it: find values by `lookup_hash`.
    """

    def __init__(self, *args: Any, bound_to: str, **kwargs: Any) -> None:
        self.bound_to = bound_to
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound_to": self.bound_to}

    def _check_str_default_value(self) -> list[Any]:
        return []

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.bound_to} is encrypted: find it by its hash, not by {lookup_name}")
        return super().get_lookup(lookup_name)

    def get_prep_value(self, value: Any) -> bytes | None:
        return encrypt(str(value), self.bound_to) if value else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not prepared:
            value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return "" if value is None else decrypt(bytes(value), self.bound_to)

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)

    def value_to_string(self, obj: models.Model) -> str:
        sealed = self.get_prep_value(self.value_from_object(obj))
        return base64.b64encode(sealed).decode() if sealed else ""
