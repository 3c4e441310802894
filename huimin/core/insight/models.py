"""Figures that were counted, by indicator, version, period and division; assessments; figures that were reported;
frozen reports.

A figure's rule, period and snapshot are in its `Computation`, once for all divisions: so a figure is a small row. They are
kept by period: counting a closed period by another version adds a computation beside the old one.
"""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from huimin.core.access.api import AreaManager


class IndicatorVersion(models.Model):
    """What was counted under a version of an indicator: its expressions as they stood."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.CharField(max_length=80)
    version = models.CharField(max_length=16)
    definition = models.JSONField()
    adopted = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["indicator", "version"], name="insight_version_once"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.version}"


class Computation(models.Model):
    """One indicator counted for one period from one snapshot by one version; the latest of a version replaces the one before.

    `known_on` is the day the facts speak of, `as_of` when the snapshot was taken, `floor` the publication's threshold.
    """

    id = models.BigAutoField(primary_key=True)
    service = models.CharField(max_length=40)
    indicator = models.CharField(max_length=80)
    version = models.CharField(max_length=16)
    period = models.CharField(max_length=8)
    known_on = models.DateField()
    generation = models.CharField(max_length=60)
    as_of = models.DateTimeField()
    computed = models.DateTimeField()
    demo = models.BooleanField(default=False)
    entry_id = models.UUIDField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "period", "version"], name="insight_computation_once"
            ),
        )
        indexes = (models.Index(fields=["service", "period"], name="insight_computed"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class Value(models.Model):
    """A counted figure of a division: numerator and denominator as they were then.

    A division without a row has a figure of nought where it is a plain sum, and none where it is a rate. `by` is the
    code of a part, "" for the whole. The whole says what the public may not see: `hidden` itself, `closed` its parts.
    """

    id = models.BigAutoField(primary_key=True)
    computation = models.ForeignKey(Computation, on_delete=models.CASCADE, related_name="values")
    division_code = models.CharField(max_length=12, db_collation="C")
    by = models.CharField(max_length=40, db_collation="C", blank=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=4)
    denominator = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    hidden = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)

    objects = AreaManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["computation", "division_code", "by"], name="insight_value_once"),
        )

    def __str__(self) -> str:
        return f"{self.division_code} {self.by} {self.numerator}"


class Assessment(models.Model):
    """How a county, township or officer did in a period by a rule; `facts` is the evidence as it was, with versions."""

    id = models.BigAutoField(primary_key=True)
    service = models.CharField(max_length=40)
    rule = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    period = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12, db_collation="C")
    score = models.DecimalField(max_digits=6, decimal_places=2)
    grade = models.CharField(max_length=20)
    rank = models.PositiveIntegerField(null=True)
    hits = models.JSONField()
    facts = models.JSONField()
    generation = models.CharField(max_length=60)
    known_on = models.DateField()
    as_of = models.DateTimeField()
    demo = models.BooleanField(default=False)
    entry_id = models.UUIDField()

    objects = AreaManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["county", "township", "officer"]), name="insight_assessment_kind"
            ),
            models.UniqueConstraint(
                fields=["rule", "version", "period", "kind", "subject"], name="insight_assessment_once"
            ),
        )
        indexes = (
            models.Index(fields=["rule", "period", "kind", "division_code"], name="insight_assessment_list"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.period}: {self.grade}"


class Reported(models.Model):
    """A total that a document states: the sentence stays with it. It is never added to what is counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=120)
    place_code = models.CharField(max_length=12, blank=True, db_collation="C")
    place = models.CharField(max_length=80)
    period = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=20)
    sentence = models.TextField()
    document = models.CharField(max_length=200)
    published = models.DateField(null=True)
    demo = models.BooleanField(default=False)
    entry_id = models.UUIDField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["document", "title", "place", "period"], name="insight_reported_once"
            ),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.title} {self.value}"


class FrozenReport(models.Model):
    """What a report says, once and for all: its content as canonical JSON with its hash. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    service = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12, db_collation="C")
    period = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    content = models.TextField()
    hash = models.CharField(max_length=64)
    generation = models.CharField(max_length=60)
    frozen = models.DateTimeField()
    frozen_by = models.CharField(max_length=200)
    entry_id = models.UUIDField()

    objects = AreaManager()

    class Meta:
        indexes = (models.Index(fields=["division_code", "service", "-frozen"], name="insight_report_area"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.title
