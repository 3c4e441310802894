"""Finding a division by Chinese name, pinyin, initials or code: every step is a short walk on an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from huimin.core.places import edition, queries
from huimin.core.places.types import Place
from huimin.kit import clock
from huimin.kit.area import NATION, WIDTH, AreaCode, Level

LAST = "\U0010ffff"  # sorts after every character under collation "C"
# What people leave out when they name a place, so that 会宁 is 会宁县 and not only a beginning of it.
SUFFIXES = (
    "", "省", "市", "自治区", "自治州", "地区", "区", "县", "自治县", "镇", "乡", "街道", "街道办事处",
    "村", "村委会", "村民委员会", "村村委会", "村村民委员会", "社区", "居委会", "社区居委会",
    "社区居民委员会",
)  # fmt: skip
READ_SUFFIXES = (
    "", "sheng", "shi", "zizhiqu", "zizhizhou", "diqu", "qu", "xian", "zizhixian", "zhen", "xiang", "jiedao",
    "jiedaobanshichu", "cun", "cunweihui", "cunminweiyuanhui", "cuncunweihui", "cuncunminweiyuanhui", "shequ",
    "juweihui", "shequjuweihui", "shequjuminweiyuanhui",
)  # fmt: skip
COLUMNS = ", ".join(edition.FIELDS)
STANDING = "(valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to > %s)"


class Asked:
    """One question: where, at which levels, on which day, how many."""

    def __init__(
        self, within: str | None, levels: Sequence[Level] | None, limit: int, on: date | None
    ) -> None:
        self.day = on or clock.today()
        self.limit = limit
        self.levels = sorted(int(level) for level in (levels or Level) if level)
        self.where = STANDING
        self.values: list[Any] = [self.day, self.day]
        self.whole = within is None or within == NATION.code
        if within is not None and not self.whole:
            low, high = AreaCode(within).span
            self.where += " AND code BETWEEN %s AND %s"
            self.values += [low, high]

    def run(self, sql: str, values: list[Any]) -> list[Place]:
        """The places a query of COLUMNS finds."""
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [edition.place_of(row) for row in cursor.fetchall()]

    def exact(self, column: str, texts: list[str]) -> list[Place]:
        """Places whose column is one of the texts, higher levels first."""
        return self.run(
            f"SELECT {COLUMNS} FROM places_division WHERE level = ANY(%s) AND {column} = ANY(%s)"
            f" AND {self.where} ORDER BY level, code LIMIT %s",
            [self.levels, texts, *self.values, self.limit],
        )

    def starting(self, column: str, text: str) -> list[Place]:
        """Places whose column starts with the text, higher levels first: one index walk for each level."""
        one = (
            f"(SELECT {COLUMNS} FROM places_division WHERE level = %s AND {column} >= %s AND {column} < %s"
            f" AND {self.where} ORDER BY {column}, code LIMIT %s)"
        )
        values: list[Any] = []
        for level in self.levels:
            values += [level, text, text + LAST, *self.values, self.limit]
        return self.run(" UNION ALL ".join([one] * len(self.levels)), values)

    def holding(self, text: str) -> list[Place]:
        """Places whose name holds the text anywhere; only within a division, where few rows are read."""
        return self.run(
            f"SELECT {COLUMNS} FROM places_division WHERE level = ANY(%s) AND position(%s IN name) > 0"
            f" AND {self.where} ORDER BY level, code LIMIT %s",
            [self.levels, text, *self.values, self.limit],
        )

    def by_code(self, digits: str) -> list[Place]:
        """Places whose code starts with the digits, in order."""
        return self.run(
            f"SELECT {COLUMNS} FROM places_division WHERE level = ANY(%s) AND code BETWEEN %s AND %s"
            f" AND {self.where} ORDER BY code LIMIT %s",
            [self.levels, digits.ljust(WIDTH, "0"), digits.ljust(WIDTH, "9"), *self.values, self.limit],
        )

    def formerly(self, text: str) -> list[Place]:
        """Places that bore or took in this name: renamed ones, and villages that others were merged into."""
        known = edition.current()
        territory = known.territory(self.day)
        codes = [
            territory.at(change.to_code)
            for change in known.changes
            if change.on <= self.day and change.kind != "split" and change.old_name.startswith(text)
        ][: self.limit]
        if not codes:
            return []
        return self.run(
            f"SELECT {COLUMNS} FROM places_division WHERE level = ANY(%s) AND code = ANY(%s) AND {self.where}"
            " ORDER BY level, code LIMIT %s",
            [self.levels, codes, *self.values, self.limit],
        )


def search(
    text: str, within: str | None, levels: Sequence[Level] | None, limit: int, on: date | None
) -> tuple[Place, ...]:
    """Standing places by name, former name, full pinyin, initials or code; see api.search."""
    text = "".join(text.split()).replace("'", "")
    if not text or limit < 1:
        return ()
    asked = Asked(within, levels, limit, on)
    found: dict[str, Place] = {}

    steps: tuple[Callable[[], list[Place]], ...]
    if text.isascii() and text.isdigit():
        steps = (lambda: asked.by_code(text) if len(text) <= WIDTH else [],)
    elif text.isascii():
        low = text.lower()
        steps = (
            lambda: asked.exact("pinyin", [low + suffix for suffix in READ_SUFFIXES]),
            lambda: asked.starting("pinyin", low),
            lambda: asked.starting("initials", low),
        )
    else:
        steps = (
            lambda: asked.exact("name", [text + suffix for suffix in SUFFIXES]),
            lambda: asked.formerly(text),
            lambda: asked.starting("name", text),
            lambda: [] if asked.whole else asked.holding(text),
        )
    for step in steps:
        for place in step():
            found.setdefault(place.code, place)
        if len(found) >= limit:
            break
    known = edition.current()
    return tuple(queries.dated(known, place, asked.day) for place in list(found.values())[:limit])
