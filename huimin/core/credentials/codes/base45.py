"""Base45 (RFC 9285): two bytes are three characters that a QR code's alphanumeric mode knows."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PAIRS = [low + high for high in ALPHABET for low in ALPHABET]  # PAIRS[c + 45 * d]
VALUES = {pair: value for value, pair in enumerate(PAIRS)}
HIGHS = {letter: value * 2025 for value, letter in enumerate(ALPHABET)}


class Base45Error(ValueError):
    """A text that is no base45."""


def encode(raw: bytes) -> str:
    """The text of bytes."""
    even = len(raw) & ~1
    parts = []
    for at in range(0, even, 2):
        high, low = divmod((raw[at] << 8) | raw[at + 1], 2025)
        parts.append(PAIRS[low] + ALPHABET[high])
    if even != len(raw):
        parts.append(PAIRS[raw[-1]])
    return "".join(parts)


def decode(text: str) -> bytes:
    """The bytes of a text; raise Base45Error where it is none."""
    made = bytearray()
    whole = len(text) - len(text) % 3
    try:
        for at in range(0, whole, 3):
            made += (VALUES[text[at : at + 2]] + HIGHS[text[at + 2]]).to_bytes(2)
        if whole != len(text):
            made += VALUES[text[whole:]].to_bytes(1)
    except KeyError as error:
        raise Base45Error("a character that base45 does not know, or one too many") from error
    except OverflowError as error:
        raise Base45Error("a group that is more than its bytes can hold") from error
    return bytes(made)
