"""Files that somebody asked for: which list, how filtered, how far it is, until when it is kept."""

import uuid

from django.db import models
from django.db.models import Q

from huimin.core.access.api import AreaManager


class ExportRun(models.Model):
    """One export of one officer; `attempt` names the writer at work, so that a second one and a late first cannot meet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    list = models.CharField(max_length=80)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12, db_collation="C")
    narrowed = models.BooleanField(default=False)
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="running")
    attempt = models.UUIDField(null=True)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    started = models.DateTimeField()
    beat = models.DateTimeField()
    ready = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)

    objects = AreaManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopped", "ready", "failed", "expired"]),
                name="export_run_state",
            ),
        )
        indexes = (
            models.Index(fields=["actor", "-started", "-id"], name="export_run_actor"),
            models.Index(fields=["expires"], condition=Q(state="ready"), name="export_run_expires"),
        )

    def __str__(self) -> str:
        return f"{self.list}.{self.format} {self.state}"
