"""Which version of a rule is in force on a day.

Kept versions stand in the order of their days, withdrawn ones left out. What services ship meets what was published so:

* before anything was published, the file of the release that runs is in force, and is kept as a version when it first decides;
* what two people published stays in force whatever a release brings: the release's text is then only offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from huimin.core.rules.book import BOOK, RuleFile
from huimin.core.rules.models import RuleVersion
from huimin.kit import clock
from huimin.kit.refusal import NotFound

SHIPPED, PUBLISHED = "shipped", "published"


@dataclass(frozen=True)
class InForce:
    """A rule as it is in force: its text as a rule file, its number, and the kept version; None where none is kept yet."""

    file: RuleFile
    number: int
    id: UUID | None

    @property
    def hash(self) -> str:
        """The hash of what the rule says."""
        return self.file.model.hash


class Timeline:
    """The versions of a rule over time, read once."""

    def __init__(self, rule: str) -> None:
        self.file = shipped(rule)
        self.rows = list(
            RuleVersion.objects.filter(rule=rule, withdrawal__isnull=True)
            .defer("text", "examples")
            .order_by("valid_from", "number")
        )

    def row(self, day: date) -> RuleVersion | None:
        """The kept version of a day; before the first one, the first."""
        due = [row for row in self.rows if row.valid_from <= day]
        return due[-1] if due else self.rows[0] if self.rows else None

    def on(self, day: date) -> InForce:
        """What is in force on a day."""
        row = self.row(day)
        if row is None:
            return InForce(self.file, next_number(self.file.name), None)
        newer = row.origin == SHIPPED and row.hash != self.file.model.hash
        if newer and day >= clock.today():
            return InForce(self.file, next_number(self.file.name), None)
        return InForce(file_of(row), row.number, row.id)

    def until(self, row: RuleVersion) -> date | None:
        """The day on which another version takes the place of one; None where none does."""
        later = self.rows[self.rows.index(row) + 1 :] if row in self.rows else []
        return later[0].valid_from if later else None


def shipped(rule: str) -> RuleFile:
    """The rule's file; raise NotFound where no service ships a rule of that name."""
    file = BOOK.get(rule)
    if file is None:
        raise NotFound(_("没有规则“%(name)s”。") % {"name": rule}, code="no_rule")
    return file


def in_force(rule: str, day: date | None = None) -> InForce:
    """The version of a rule that is in force on a day, by default today."""
    return Timeline(rule).on(day or clock.today())


def rule_on(rule: str, day: date | None = None) -> RuleFile:
    """The rule as it is in force on a day, by default today."""
    return in_force(rule, day).file


def numbered(rule: str, number: int) -> RuleVersion:
    """A kept version by its number; raise NotFound where there is none."""
    row = RuleVersion.objects.filter(rule=shipped(rule).name, number=number).first()
    if row is None:
        raise NotFound(_("规则没有第 %(n)s 版。") % {"n": number}, code="no_version")
    return row


def rule_version(rule: str, number: int) -> RuleFile:
    """A version of a rule by its number, whether in force, past, coming or withdrawn: it can be run for ever."""
    found = in_force(rule)
    return found.file if found.id is None and found.number == number else file_of(numbered(rule, number))


def rule_hashed(rule: str, hash: str) -> RuleFile:
    """The rule whose text has this hash; raise NotFound where it was never kept nor shipped."""
    file = shipped(rule)
    if file.model.hash == hash:
        return file
    row = RuleVersion.objects.filter(rule=rule, hash=hash).order_by("number").first()
    if row is None:
        raise NotFound(_("没有规则的这个版本。"), code="no_version")
    return file_of(row)


def next_number(rule: str) -> int:
    """The number that the rule's next version will have."""
    found = RuleVersion.objects.filter(rule=rule).aggregate(last=Max("number"))["last"]
    return (found or 0) + 1


def file_of(row: RuleVersion) -> RuleFile:
    """A kept version as a rule file; parsed once in a process."""
    file = shipped(row.rule)
    return file if file.model.hash == row.hash else _read(row.rule, row.id)


@lru_cache(maxsize=128)
def _read(rule: str, id: UUID) -> RuleFile:
    return shipped(rule).as_written(RuleVersion.objects.values_list("text", flat=True).get(id=id))
