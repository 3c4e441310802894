"""What the intake of files speaks of: targets with their columns, and how a run stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from huimin.core.intake.work import Work
    from huimin.core.journal.api import Act

Progress = Callable[[str, int, int], None]
Outcome = tuple[
    object, str
]  # the tidy value (None where it is wrong), and what is wrong with it ("" for nothing)


class State(models.TextChoices):
    """Where a run stands."""

    UPLOADED = "uploaded", _("待对应列")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    IMPORTING = "importing", _("导入中")
    STOPPED = "stopped", _("已停下")
    DONE = "done", _("已导入")
    FAILED = "failed", _("没有做完")
    DROPPED = "dropped", _("已放弃")


class Mode(models.TextChoices):
    """How a file with bad rows is taken."""

    WHOLE = "whole", _("整份导入")
    ROWS = "rows", _("逐行导入")


class Differ(models.TextChoices):
    """What becomes of a row that says otherwise than the register."""

    REPORT = "report", _("列为有误的行")
    PROPOSE = "propose", _("作为待核实数据，由干部确认")
    UPDATE = "update", _("以文件为准更新")


class BadValue(ValueError):
    """A value cannot be taken; the text says why and what to do, in the user's language."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that a target takes.

    `check` takes the text of a cell and returns the tidy value, or raises an error whose text is the reason. `fast`
    is the same in DuckDB's SQL over `{v}` for the values that are plainly right: it gives NULL for all others, and
    those are looked at by `check`, each distinct one once; {today} and {demo} are filled in. `check_many` looks at
    distinct values together. `sql` is the column's type, `mask` how a value is shown in a list of bad rows.
    """

    name: str
    title: object
    check: Callable[[str], Any]
    required: bool = False
    sql: str = "VARCHAR"
    fast: str = ""
    known_as: tuple[str, ...] = ()
    mask: Callable[[str], str] | None = None
    hint: object = ""
    example: str = ""
    check_many: Callable[[Sequence[str]], Iterable[Outcome]] | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where rows of a file go.

    `action` names the action that stores a chunk, which is the right to import. `compare(work)` looks at rows as a
    whole (within the file, against the register, within reach), notes problems, and leaves the table `plan` with
    `row`, `chunk` and what `store(act, work, rows)` needs; `rows` is an Arrow table of one chunk of the plan.
    """

    name: str
    title: object
    about: object
    action: str
    columns: tuple[Column, ...]
    compare: Callable[[Work], None]
    store: Callable[[Act, Work, Any], Mapping[str, int]]
    unit: object = _("行")
    differ: tuple[Differ, ...] = (Differ.REPORT,)
    models: tuple[
        type[models.Model], ...
    ] = ()  # what it fills: the planner is told after the first chunk and at the end
    prepare: Callable[[Work, Any], Any] | None = None  # rows of the next chunk made ready while one is stored
    icon: str = "table"

    def column(self, name: str) -> Column:
        """The column of that name; raise KeyError where there is none."""
        return {one.name: one for one in self.columns}[name]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with one row; `value` is masked where it is personal."""

    row: int
    column: str
    title: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run as its starter sees it; `done` of `total` is of the stage that runs."""

    id: UUID
    target: str
    file_name: str
    format: str
    size: int
    source: str
    headings: tuple[str, ...]
    mapping: Mapping[str, str]
    mode: str
    differ: str
    area: str
    state: State
    stage: str
    total: int
    good: int
    unchanged: int
    bad: int
    done: int
    error: str
    opened: datetime
    beat: datetime
    closed: datetime | None
    stored: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    has_files: bool = True
