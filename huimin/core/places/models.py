"""Divisions of five levels, the changes between them, and where the list came from."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from huimin.core.places.types import Kind
from huimin.kit.area import WIDTH, Level


class Division(models.Model):
    """A province, prefecture, county, township or village under its code of twelve digits.

    `name` is the name after all recorded renames. `valid_from` is None for what was there before records
    begin; `valid_to` is the first day it is no more.
    """

    code = models.CharField(max_length=WIDTH, primary_key=True, db_collation="C")
    name = models.CharField(max_length=100, db_collation="C")
    level = models.SmallIntegerField(choices=[(int(one), one.name.lower()) for one in Level if one])
    parent_code = models.CharField(max_length=WIDTH, db_collation="C")
    pinyin = models.CharField(max_length=400, db_collation="C", blank=True)
    initials = models.CharField(max_length=100, db_collation="C", blank=True)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Kind])
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["level", "name"], name="places_by_name"),
            models.Index(fields=["level", "pinyin"], name="places_by_pinyin"),
            models.Index(fields=["level", "initials"], name="places_by_initials"),
            models.Index(fields=["parent_code"], name="places_by_parent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{12}$"), name="places_code_has_12_digits"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="places_level_is_known"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="places_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DivisionChange(models.Model):
    """A village merged into another, groups of one moved to another, or a division renamed, from a day on.

    Rows of people keep the code they were recorded with; what a code means on a day is read from here.
    """

    class What(models.TextChoices):
        MERGE = "merge"
        SPLIT = "split"
        RENAME = "rename"

    kind = models.CharField(max_length=8, choices=What.choices)
    on = models.DateField()
    from_code = models.CharField(max_length=WIDTH, db_collation="C")
    to_code = models.CharField(max_length=WIDTH, db_collation="C")
    groups = ArrayField(models.IntegerField(), null=True, blank=True)
    origin = models.CharField(max_length=WIDTH, db_collation="C", blank=True)
    old_name = models.CharField(max_length=100)
    new_name = models.CharField(max_length=100)
    document = models.CharField(max_length=200)
    entry = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="split") & Q(groups__len__gt=0) & ~Q(origin=""))
                | (~Q(kind="split") & Q(groups=None)),
                name="places_only_splits_move_groups",
            ),
            models.CheckConstraint(
                condition=Q(kind="rename", from_code=F("to_code"))
                | (~Q(kind="rename") & ~Q(from_code=F("to_code"))),
                name="places_only_renames_stay",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.from_code} → {self.to_code}"


class Source(models.Model):
    """A list that was imported: what it was, its version and its checksum (sha256), and what it counted."""

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    checksum = models.CharField(max_length=64)
    province = models.CharField(max_length=2, blank=True)
    read = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version", "checksum", "province"], name="places_source_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version} {self.province}".strip()


class Edition(models.Model):
    """One row that says which state the divisions are in: what was read holds while the token stands."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="places_one_edition")]

    def __str__(self) -> str:
        return str(self.token)
