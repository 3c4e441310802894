"""Versions of rules, and decisions: rows that are only added."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value

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
    changes = models.JSONField(null=True)
    entry_id = models.UUIDField()
    run_id = models.UUIDField(
        null=True
    )  # the population run that made it; its changes are worked out when read
    before = models.JSONField(null=True)  # what the run found decided before
    # Numbered as rows are added, so that the population snapshot finds the new ones.
    serial = models.BigIntegerField(
        editable=False,
        db_default=Func(
            Value("rules_decisionrow_serial"), function="nextval", output_field=models.BigIntegerField()
        ),
    )

    objects = AreaManager(own={"household": "subject_id", "person": "subject_id"})

    class Meta:
        indexes = (
            models.Index(fields=["subject_id", "rule", "-at"], name="decision_subject"),
            models.Index(fields=["division_code", "rule", "-at"], name="decision_area"),
            models.Index(
                fields=["run_id", "division_code", "id"],
                name="decision_run",
                condition=Q(run_id__isnull=False),
            ),
            models.Index(fields=["serial"], name="decision_serial"),
        )
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(  # a transaction has its id before its rows have numbers: see core/facts/source.py
                name="numbered_after_id",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="PERFORM pg_current_xact_id(); RETURN NULL;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_kind}:{self.subject_id}"


class PopulationRun(models.Model):
    """Rules run on everyone at once: on which snapshot, how far it is, who enters, leaves and changes, and how long it took.

    `rules` holds name, version and default of each rule; `counts` a list of {rule, county, before, after, count};
    `area` is the division it covers. No row of it is about a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    service = models.CharField(max_length=60)
    area = models.CharField(max_length=12, db_collation="C")
    rules = models.JSONField(default=list)
    generation = models.PositiveIntegerField(null=True)
    as_of = models.DateTimeField(null=True)
    day = models.DateField()
    state = models.CharField(max_length=10, default="waiting")
    phase = models.CharField(max_length=10, default="waiting")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    newer = models.PositiveIntegerField(default=0)  # decided one by one since the snapshot: left as they are
    placeless = models.PositiveIntegerField(default=0)  # with facts, but nowhere registered
    counts = models.JSONField(default=list)
    seconds = models.JSONField(default=dict)
    error = models.TextField(default="", blank=True)
    fresh = models.BooleanField(default=True)  # whether the snapshot is refreshed first
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    opened = models.DateTimeField()
    beat = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "stopped", "failed", "done"]),
                name="population_run_state",
            ),
            models.UniqueConstraint(
                fields=["service"], condition=Q(state__in=["waiting", "running"]), name="population_run_once"
            ),
        )
        indexes = (models.Index(fields=["-opened"], name="population_run_opened"),)

    def __str__(self) -> str:
        return f"{self.service} {self.day} {self.state}"
