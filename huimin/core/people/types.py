"""What the people part hands out: frozen values with sensitive fields masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

T = TypeVar("T")


class Sex(models.TextChoices):
    """Sex as registered (GB/T 2261.1)."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")


class Relation(models.TextChoices):
    """What a member is to the head of the household (after GB/T 4761)."""

    HEAD = "head", _("户主")
    SPOUSE = "spouse", _("配偶")
    SON = "son", _("子")
    DAUGHTER = "daughter", pgettext_lazy("relation", "女")
    SON_IN_LAW = "son_in_law", _("女婿")
    DAUGHTER_IN_LAW = "daughter_in_law", _("儿媳")
    GRANDSON = "grandson", _("孙子")
    GRANDDAUGHTER = "granddaughter", _("孙女")
    FATHER = "father", _("父亲")
    MOTHER = "mother", _("母亲")
    GRANDPARENT = "grandparent", _("祖父母或外祖父母")
    SIBLING = "sibling", _("兄弟姐妹")
    OTHER = "other", _("其他")


class Education(models.TextChoices):
    """The highest school finished."""

    UNKNOWN = "", _("未填写")
    NONE = "none", _("文盲或半文盲")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中")
    VOCATIONAL = "vocational", _("中专或职高")
    COLLEGE = "college", _("大专")
    BACHELOR = "bachelor", _("本科及以上")


class Joining(models.TextChoices):
    """Why somebody joins a household."""

    FOUNDING = "founding", _("立户")
    BIRTH = "birth", _("出生")
    MARRIAGE = "marriage", _("婚嫁")
    ADOPTION = "adoption", _("收养")
    MOVE_IN = "move_in", _("迁入")
    RETURN = "return", _("回迁")
    MERGED = "merged", _("记录合并")
    OTHER = "other", _("其他")


class Leaving(models.TextChoices):
    """Why somebody leaves a household."""

    DEATH = "death", _("死亡")
    MARRIAGE = "marriage", _("婚嫁")
    MOVE_OUT = "move_out", _("迁出")
    SPLIT = "split", _("分户")
    CLOSED = "closed", _("销户")
    MERGED = "merged", _("记录合并")
    OTHER = "other", _("其他")


class OrganisationKind(models.TextChoices):
    """Kinds of organisations."""

    GOVERNMENT = "government", _("机关事业单位")
    COMPANY = "company", _("企业")
    COOPERATIVE = "cooperative", _("农民专业合作社")
    CHARITY = "charity", _("社会组织")
    OTHER = "other", _("其他")


class ProposalState(models.TextChoices):
    """What became of a proposed change."""

    PENDING = "pending", _("待核实")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("已退回")


class PairState(models.TextChoices):
    """What became of two records that may be one person's."""

    OPEN = "open", _("待核对")
    MERGED = "merged", _("已合并")
    APART = "apart", _("不是同一人")


class RunState(models.TextChoices):
    """How far a search for duplicates is."""

    WAITING = "waiting", _("等待开始")
    RUNNING = "running", _("正在查找")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonView:
    """A person as officers of the area see him: number and phone masked; show `masked_name` to everybody else."""

    id: UUID
    name: str
    masked_name: str
    sex: Sex
    birth_date: date
    age: int
    ethnicity: str
    id_number: str
    phone: str
    division_code: str
    group_no: int
    education: Education
    died_on: date | None = None
    left_on: date | None = None
    merged_into: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person in a household for a time; `end` is the first day outside it."""

    membership: UUID
    household: UUID
    person: PersonView
    relation: Relation
    start: date
    end: date | None
    joined_by: Joining
    left_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HouseholdView:
    """A household; `division_code` is the code it was recorded with, `size` its members on the day asked for."""

    id: UUID
    number: str
    division_code: str
    group_no: int
    head: UUID | None
    head_name: str
    masked_head_name: str
    masked_address: str
    size: int
    opened_on: date
    located_since: date
    closed_on: date | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def name(self) -> str:
        """What the household is called: its head's name, or its number where it has none."""
        return self.head_name or self.number


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationView:
    """An organisation under its unified social credit code."""

    id: UUID
    name: str
    uscc: str
    kind: OrganisationKind
    division_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalView:
    """A change of a person's record that another department asks for; `changes` are (field, now, proposed), masked."""

    id: UUID
    person: PersonView
    changes: tuple[tuple[str, str, str], ...]
    source: str
    document: str
    state: ProposalState
    reason: str
    proposed_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many live persons and open households a division has."""

    persons: int = 0
    households: int = 0


@dataclass(frozen=True, kw_only=True)
class KeysetPage(Generic[T]):
    """A page of a list; `next` and `previous` are cursors, None where there is nothing more."""

    rows: tuple[T, ...]
    next: str | None = None
    previous: str | None = None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A living member of a family: name, relation to the head, sex, birth date."""

    person: UUID
    name: str
    relation: str
    sex: str
    born: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """An open household with those who are in it today, the head first: for bulk work, not for pages."""

    id: UUID
    division_code: str
    group_no: int
    head: UUID | None
    head_name: str
    opened_on: date
    members: tuple[Relative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """Two records that may be one person's, both in sight; `reasons` are (comparison, outcome, weight in bits)."""

    id: UUID
    first: PersonView
    second: PersonView
    division_code: str
    probability: float
    reasons: tuple[tuple[str, str, float], ...]
    state: PairState
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeView:
    """A merge; `undone_at` says that it was undone. `chosen` names by field the side whose value was right."""

    id: UUID
    kept: UUID
    away: UUID
    chosen: dict[str, str]
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str
    undone_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A search for duplicates in an area: how far it is and what it found."""

    id: UUID
    area: str
    state: RunState
    asked_by: str
    asked_at: datetime
    finished: datetime | None
    persons: int
    pairs: int
    fresh: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A person's time in a household; `end` is the first day outside it."""

    household: HouseholdView
    relation: Relation
    start: date
    end: date | None
    joined_by: Joining
    left_by: str
