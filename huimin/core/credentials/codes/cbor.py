"""CBOR (RFC 8949) as codes use it: one item, bounded depth, no key twice, and no tag but those of dates.

A date stays what was written: tag 0 is its text, tag 1 its number. All other tags are refused, so that input nobody has
signed yet makes no objects but plain ones.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, NoReturn

import cbor2

MAX_DEPTH = 16
BUILT_IN = (2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799)


class CborError(ValueError):
    """Bytes that are not the CBOR of a code."""


def kept(value: Any, _immutable: bool) -> Any:
    """What a date's tag holds, as it was written."""
    if not isinstance(value, (str, int, float)):
        raise CborError("a date that is neither text nor number")
    return value


def refused(*_asked: object) -> NoReturn:
    """Refuse a tag."""
    raise CborError("a tag that codes do not use")


TAGS: Mapping[int, Any] = {0: kept, 1: kept, **dict.fromkeys(BUILT_IN, refused)}


def encode(value: Any) -> bytes:
    """The bytes of a value, map keys in the order given."""
    return cbor2.dumps(value)


def decode(raw: bytes) -> Any:
    """The value of bytes that hold one item and nothing after it; raise CborError where they do not."""
    stream = io.BytesIO(raw)
    try:
        found = cbor2.CBORDecoder(
            stream, semantic_decoders=TAGS, tag_hook=refused, max_depth=MAX_DEPTH, allow_duplicate_keys=False,
        ).decode()  # fmt: skip
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError, MemoryError) as error:
        raise CborError(str(error) or type(error).__name__) from error
    if stream.read(1):
        raise CborError("more after the end")
    return found


def untagged(raw: bytes) -> tuple[tuple[int, ...], bytes]:
    """The tags around an item, outermost first, and the bytes of the item; raise CborError after the third."""
    tags: list[int] = []
    while raw and raw[0] >> 5 == 6:
        size = raw[0] & 31
        more = {24: 1, 25: 2, 26: 4, 27: 8}.get(size, 0)
        if size > 27 or len(raw) < 1 + more:
            raise CborError("a broken tag")
        tags.append(int.from_bytes(raw[1 : 1 + more]) if more else size)
        raw = raw[1 + more :]
        if len(tags) > 3:
            raise CborError("too many tags")
    return tuple(tags), raw
