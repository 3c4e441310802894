"""Files on their way in: one row a run, and how the columns of a source were understood last time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from huimin.core.access.api import AreaManager
from huimin.core.intake.types import State


class ImportRun(models.Model):
    """One file: what it is, how far it is, and how many of its rows are in. The rows themselves are never kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    target = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=120)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    mode = models.CharField(max_length=10, blank=True, default="")
    differ = models.CharField(max_length=10, blank=True, default="")
    language = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12, db_collation="C")
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.UPLOADED)
    stage = models.CharField(max_length=10, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    stored = models.JSONField(default=dict)
    before = models.JSONField(default=dict)  # done and stored before the file was checked again in the middle
    reasons = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True, default="")
    opened = models.DateTimeField()
    beat = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    swept = models.BooleanField(default=False)

    objects = AreaManager()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(state__in=State.values), name="import_run_state"),)
        indexes = (
            models.Index(fields=["actor", "-opened"], name="import_run_actor"),
            models.Index(fields=["opened"], condition=Q(swept=False), name="import_run_files"),
        )

    def __str__(self) -> str:
        return f"{self.target} {self.state} {self.done}/{self.good}"


class SourceMapping(models.Model):
    """Which heading of a source meant which column of a target, when it was last sent."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=120)
    target = models.CharField(max_length=60)
    mapping = models.JSONField(default=dict)
    used = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "target"], name="mapping_once"),)

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
