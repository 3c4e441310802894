"""Versions of rules, and decisions: rows that are only added."""

import uuid

import pgtrigger
from django.db import models

from huimin.core.access.api import AreaManager


class RuleVersion(models.Model):
    """The text of a rule as it was adopted, from a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    rule = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    text = models.TextField()
    valid_from = models.DateField()
    adopted = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rule", "hash"], name="rule_version_once"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.rule} {self.hash[:8]}"


class DecisionRow(models.Model):
    """One decision about one subject, with everything needed to explain it later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=100)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12, db_collation="C")
    as_of = models.DateField()
    at = models.DateTimeField()
    outcome = models.JSONField()
    hits = models.JSONField()
    facts = models.JSONField()
    articles = models.JSONField()
    changes = models.JSONField()
    entry_id = models.UUIDField()

    objects = AreaManager(own={"household": "subject_id", "person": "subject_id"})

    class Meta:
        indexes = (
            models.Index(fields=["subject_id", "rule", "-at"], name="decision_subject"),
            models.Index(fields=["division_code", "rule", "-at"], name="decision_area"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_kind}:{self.subject_id}"
