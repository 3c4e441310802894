"""From records to what is compared: sounds of names, pieces of numbers, numbers instead of ids.

An identity number is opened in this process only, cut into area, birth and order, and each piece is replaced by a hash
under a key that is made for the run and forgotten with it. Nothing else of a number reaches DuckDB or its files.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any
from uuid import UUID

import pyarrow as pa

from huimin.core.people.reading import syllables

CHUNK = 50_000
# id, name, sex, birth date, village, household or None, number or "", the phone's hash or what stands for it, or None
Source = tuple[UUID, str, str, date, str, Any, str, Any]
TEXTS = (
    "id", "name", "sounds", "bag", "surname", "given_sounds", "given", "ends", "begins", "sex", "born", "swapped", "digits",
    "birth_year", "birth_day", "village", "county", "house",
)  # fmt: skip
NUMBERS = ("number_area", "number_birth", "number_order", "number_1", "number_2", "number_3", "phone")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.int64()) for name in NUMBERS),
        ("area_signs", pa.string()),
    ]
)
ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@lru_cache(maxsize=2**12)
def sound(syllable: str) -> str:
    """A syllable as it sounds to those who do not tell zh from z, ing from in, or l from n at the beginning."""
    for one, same in ALIKE:
        syllable = syllable.replace(one, same)
    return "n" + syllable[1:] if syllable[:1] == "l" else syllable


@lru_cache(maxsize=2**16)
def sounds(name: str) -> tuple[str, str, str, str]:
    """How a name sounds: in order, with the given name's signs in no order, the surname, the given name."""
    heard = [sound(one) for one in syllables(name)]
    return (
        " ".join(heard),
        " ".join([*heard[:1], *sorted(heard[1:])]),
        heard[0] if heard else "",
        " ".join(heard[1:]),
    )


class Pieces:
    """Hashes of the pieces of identity numbers, under a key of this run."""

    def __init__(self, key: bytes | None = None) -> None:
        key = key or secrets.token_bytes(32)

        @lru_cache(maxsize=2**17)
        def piece(which: str, text: str) -> int:
            digest = blake2b(f"{which}:{text}".encode(), key=key, digest_size=8).digest()
            return int.from_bytes(digest, "big", signed=True)

        @lru_cache(maxsize=128)
        def sign(place: int, digit: str) -> str:
            ranked = sorted("0123456789", key=lambda one: piece(f"place {place}", one))
            return "abcdefghij"[ranked.index(digit)]

        self.piece, self.sign = piece, sign

    def of(self, number: str) -> tuple[Any, ...]:
        """Area, birth, order, the digits of the order and of the area; nothing for a number that is missing."""
        if len(number) != 18:
            return (None,) * 7
        piece = self.piece
        return (
            piece("area", number[:6]), piece("birth", number[6:14]), piece("order", number[14:17]),
            *(piece("digit", digit) for digit in number[14:17]),
            "".join(self.sign(place, digit) for place, digit in enumerate(number[:6])),
        )  # fmt: skip

    def row(self, number: str, phone: Any) -> tuple[Any, ...]:
        """The columns from `number_area` on."""
        *numbers, signs = self.of(number)
        return *numbers, None if phone is None else self.piece("phone", str(phone)), signs


def tables(records: Iterable[Source], pieces: Pieces | None = None) -> Iterator[pa.Table]:
    """The records as tables of what is compared, in chunks."""
    pieces = pieces or Pieces()
    source = iter(records)
    while chunk := list(islice(source, CHUNK)):
        yield pa.table(
            [list(column) for column in zip(*(row(one, pieces) for one in chunk), strict=True)], schema=SCHEMA
        )


def row(one: Source, pieces: Pieces) -> tuple[Any, ...]:
    """What is compared of one record."""
    id, name, sex, born, village, household, number, phone = one
    day = f"{born:%Y%m%d}"
    return (
        str(id), name, *sounds(name), name[1:], name[:1] + name[-1:], name[:2], sex, day, day[:4] + day[6:] + day[4:6],
        "".join(sorted(day)), day[:4], day[4:], village, village[:6], None if household is None else str(household),
        *pieces.row(number, phone),
    )  # fmt: skip
