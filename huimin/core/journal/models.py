"""The journal: entries in one hash chain, the chain's head, and the outbox."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    """One change: who did what, to whom, where; each row's hash covers the row before it."""

    seq = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=100)
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    area = models.CharField(max_length=12, db_collation="C")
    subjects = ArrayField(models.CharField(max_length=100))
    key = models.CharField(max_length=200, unique=True)
    asked = models.CharField(max_length=64)
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            GinIndex(fields=["subjects"], name="journal_entry_subjects"),
            models.Index(fields=["action", "at"], name="journal_entry_action"),
            models.Index(fields=["actor", "at"], name="journal_entry_actor"),
            models.Index(fields=["area", "at"], name="journal_entry_area"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Head(models.Model):
    """The end of the chain: one row, locked while an entry is added, so that a cut-off tail is seen."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="journal_one_head"),)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class Outgoing(models.Model):
    """An effect that leaves after commit; it may be delivered twice, never lost."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entry_id = models.UUIDField(db_index=True)
    effect = models.CharField(max_length=100)
    key = models.CharField(max_length=250, unique=True)
    payload = models.JSONField()
    due = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["due"], condition=models.Q(done__isnull=True), name="journal_outgoing_due"),
        )

    def __str__(self) -> str:
        return self.key
