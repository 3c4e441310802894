"""Cases and what happened to them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from huimin.core.access.api import AreaManager
from huimin.core.journal.api import tracked


@tracked
class Case(models.Model):
    """Something that waits for a person: received, accepted, answered or withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=24, unique=True)
    service = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    topic = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.SmallIntegerField(default=0)
    text = models.TextField()
    about = models.CharField(max_length=120, blank=True)
    level = models.SmallIntegerField()
    state = models.CharField(max_length=12, default="received")
    received = models.DateTimeField()
    due = models.DateField()
    calendar = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    handler = models.CharField(max_length=200, blank=True)
    closed = models.DateTimeField(null=True)

    objects = AreaManager(group="group_no", own={"household": "subject_id", "person": "subject_id"})

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["received", "accepted", "answered", "withdrawn"]), name="case_state"
            ),
            models.CheckConstraint(condition=Q(outcome__in=["", "upheld", "rejected"]), name="case_outcome"),
        )
        indexes = (
            models.Index(fields=["service", "kind", "division_code", "due"], name="case_waiting"),
            models.Index(fields=["subject_id", "-received"], name="case_subject"),
        )

    def __str__(self) -> str:
        return self.number


class CaseNote(models.Model):
    """One thing that happened to a case; rows are only added."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    what = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        ordering = ("at", "id")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"
