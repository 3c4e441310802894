"""Base45 (RFC 9285): two bytes are three characters that a QR code's alphanumeric mode knows."""

from __future__ import annotations

import struct
from functools import cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PAIRS = [low + high for high in ALPHABET for low in ALPHABET]  # PAIRS[c + 45 * d]
ENDS = {pair: bytes([value]) for value, pair in enumerate(PAIRS[:256])}


@cache
def groups() -> list[str]:
    """The three characters of every two bytes; made when first asked for, in about 20 ms."""
    return [PAIRS[value % 2025] + ALPHABET[value // 2025] for value in range(65_536)]


@cache
def values() -> dict[str, bytes]:
    """The two bytes of every three characters."""
    return {group: value.to_bytes(2) for value, group in enumerate(groups())}


class Base45Error(ValueError):
    """A text that is no base45."""


def encode(raw: bytes) -> str:
    """The text of bytes."""
    half, odd = divmod(len(raw), 2)
    text = "".join(map(groups().__getitem__, struct.unpack_from(f">{half}H", raw)))
    return text + PAIRS[raw[-1]] if odd else text


def decode(text: str) -> bytes:
    """The bytes of a text; raise Base45Error where it is none."""
    whole = len(text) - len(text) % 3
    try:
        made = b"".join(map(values().__getitem__, [text[at : at + 3] for at in range(0, whole, 3)]))
        return made + ENDS[text[whole:]] if whole != len(text) else made
    except KeyError as error:
        raise Base45Error("a group of characters that no bytes have") from error
