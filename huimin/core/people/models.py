"""Persons, households, who lives in which and when, organisations, and changes that others propose.

Two dates everywhere: the day something is true from (start, end, died_on, located_since) is a column, the moment
it was recorded is in the row history.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from huimin.core.access.api import AreaManager, Viewer
from huimin.core.journal.api import tracked
from huimin.core.people import triggers
from huimin.core.people.crypto import EncryptedTextField
from huimin.core.people.types import (
    Education,
    Joining,
    Leaving,
    OrganisationKind,
    PairState,
    ProposalState,
    Relation,
    RunState,
    Sex,
)


@tracked
class Person(models.Model):
    """A person; `division_code` and `group_no` (0: none) are where the current household is recorded.

    A record with `merged_into` was a second one of that person: it is in no list of today, stays as it was for past
    days, and its `id_hash` leads to the person under the number that the merge set aside.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=60, db_collation="C")
    sex = models.CharField(max_length=6, choices=Sex.choices)
    birth_date = models.DateField()
    ethnicity = models.CharField(max_length=20, default="汉族")
    id_number = EncryptedTextField(bound_to="people.person.id_number")
    id_hash = models.BinaryField(unique=True, null=True)
    phone = EncryptedTextField(bound_to="people.person.phone")
    phone_hash = models.BinaryField(null=True)
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.PositiveSmallIntegerField(default=0)
    pinyin = models.CharField(max_length=120, db_collation="C")
    initials = models.CharField(max_length=40, db_collation="C")
    education = models.CharField(max_length=12, choices=Education.choices, blank=True, default="")
    died_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = AreaManager(group="group_no", own={"person": "id"})

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "pinyin", "id"], name="person_area"),
            models.Index(fields=["name", "id"], name="person_name"),
            models.Index(fields=["pinyin", "id"], name="person_pinyin"),
            models.Index(fields=["initials", "id"], name="person_initials"),
            models.Index(fields=["phone_hash"], name="person_phone"),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="person_merged"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(left_on__isnull=False) | Q(died_on__isnull=False),
                name="person_merged_is_not_live",
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(died_on__gte=F("birth_date")), name="person_dies_after_birth"
            ),
        )
        triggers = triggers.sums("persons", "died_on IS NULL AND left_on IS NULL")

    def __str__(self) -> str:
        return str(self.id)


@tracked
class Household(models.Model):
    """People who live and keep house together, under a number that stays when they move.

    `located_since` is the day from which it is in this division; earlier places are in the row history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=17, unique=True, db_collation="C")
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.PositiveSmallIntegerField(default=0)
    address = EncryptedTextField(bound_to="people.household.address")
    head = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    head_name = models.CharField(max_length=60, db_collation="C", blank=True)
    head_pinyin = models.CharField(max_length=120, db_collation="C", blank=True)
    opened_on = models.DateField()
    located_since = models.DateField()
    closed_on = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    objects = AreaManager(group="group_no", own={"household": "id"})

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "number"], name="household_area"),
            models.Index(fields=["head_pinyin", "id"], name="household_head"),
            models.Index(fields=["opened_on", "id"], name="household_opened"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="household_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(located_since__gte=F("opened_on")), name="household_is_somewhere_once_open"
            ),
        )
        triggers = triggers.sums("households", "closed_on IS NULL")

    def __str__(self) -> str:
        return self.number


@tracked
class Membership(models.Model):
    """A person belongs to a household from `start` until the day before `end`; never to two at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=16, choices=Relation.choices)
    start = models.DateField()
    end = models.DateField(null=True)
    joined_by = models.CharField(max_length=10, choices=Joining.choices, default=Joining.FOUNDING)
    left_by = models.CharField(max_length=10, choices=Leaving.choices, blank=True, default="")

    objects = AreaManager(
        "household__division_code",
        group="household__group_no",
        own={"household": "household_id", "person": "person_id"},
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(end=None), name="membership_one_open"),
        )
        triggers = triggers.one_household_at_a_time()

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id} from {self.start}"


@tracked
class Organisation(models.Model):
    """An organisation under its unified social credit code (统一社会信用代码)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=120, db_collation="C")
    uscc = models.CharField(max_length=18, unique=True, db_collation="C")
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    division_code = models.CharField(max_length=12, db_collation="C")
    pinyin = models.CharField(max_length=400, db_collation="C")

    objects = AreaManager()

    class Meta:
        indexes = (
            models.Index(fields=["division_code", "name"], name="organisation_area"),
            models.Index(fields=["pinyin"], name="organisation_pinyin"),
        )

    def __str__(self) -> str:
        return self.name


@tracked
class ProposedChange(models.Model):
    """What another department says of a person: nothing is changed until an officer confirms it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposals")
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.PositiveSmallIntegerField(default=0)
    changes = EncryptedTextField(bound_to="people.proposedchange.changes")
    source = models.CharField(max_length=120)
    document = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    proposed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=100, blank=True)

    objects = AreaManager(group="group_no")

    class Meta:
        indexes = (
            models.Index(
                fields=["division_code", "proposed_at", "id"],
                condition=Q(state="pending"),
                name="proposal_pending",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source}: {self.person_id}"


class BothManager(AreaManager[Any]):
    """Rows about two persons, for whoever sees both of them where they are today."""

    def __init__(self, *paths: str) -> None:
        super().__init__(f"{paths[0]}__division_code", group=f"{paths[0]}__group_no")
        self.paths = paths

    def condition(self, viewer: Viewer) -> Q | None:
        """Both within sight, or nothing."""
        found = Q()
        for path in self.paths:
            seen = AreaManager(f"{path}__division_code", group=f"{path}__group_no").condition(viewer)
            if seen is None:
                return None
            found &= seen
        return found


class Pair(models.Model):
    """Two records that may be one person's: how likely, why, and what somebody said to it.

    `first` has the smaller id. `stamp` is a keyed digest of what was compared when it was found or kept apart: the pair
    is proposed again only where that has changed. `division_code` is the smallest division that holds both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12, db_collation="C")
    probability = models.FloatField()
    reasons = models.JSONField()
    stamp = models.BinaryField()
    state = models.CharField(max_length=8, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = BothManager("first", "second")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        )
        indexes = (
            models.Index(
                fields=["-probability", "-id"],
                condition=Q(state=PairState.OPEN),
                name="pair_open_by_probability",
            ),
            models.Index(
                fields=["division_code"], condition=Q(state=PairState.OPEN), name="pair_open_by_area"
            ),
            models.Index(fields=["-decided_at", "-id"], condition=~Q(decided_at=None), name="pair_decided"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class Merge(models.Model):
    """Two records made one; `moved` holds every changed row before and after, so that undoing restores exactly."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    away = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved = EncryptedTextField(bound_to="people.merge.moved")
    chosen = models.JSONField()
    reason = models.CharField(max_length=300)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    objects = BothManager("kept", "away")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["away"], condition=Q(undone_at=None), name="merge_once"),
        )

    def __str__(self) -> str:
        return f"{self.away_id} into {self.kept_id}"


class MatchRun(models.Model):
    """One search for duplicates in an area: how much was compared and what was found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    area_code = models.CharField(max_length=12, db_collation="C")
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.WAITING)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    beat = models.DateTimeField()
    finished = models.DateTimeField(null=True)
    persons = models.IntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    pairs = models.IntegerField(default=0)
    fresh = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["-asked_at"], name="match_run_latest"),)
        constraints = (
            models.UniqueConstraint(
                fields=["area_code"], condition=Q(finished=None), name="match_run_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_code} {self.state}"


class DivisionCount(models.Model):
    """Live persons and open households of a villagers' group; kept by triggers, no personal data."""

    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.PositiveSmallIntegerField(default=0)
    persons = models.BigIntegerField(default=0, db_default=0)
    households = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["division_code", "group_no"], name="division_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.division_code}/{self.group_no}: {self.persons}"
