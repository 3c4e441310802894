"""Accounts, offices, officers, what they may do and where; the trace of who looked at whom."""

import uuid

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.db import models

from huimin.core.journal.api import tracked


class Account(AbstractUser):
    """Somebody who can sign in: a citizen (with a person), an officer, or both."""

    display_name = models.CharField(max_length=80, blank=True)
    person_id = models.UUIDField(null=True, blank=True, unique=True)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.display_name or self.username


@tracked
class Office(models.Model):
    """An office of the administration: a village committee, a township's station, a county's bureau."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12, db_collation="C")
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["division_code", "name"], name="office_once"),)

    def __str__(self) -> str:
        return self.name


@tracked
class Officer(models.Model):
    """A person's post in an office, with a term."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="officers")
    title = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["office", "account"], name="officer_office"),)

    def __str__(self) -> str:
        return f"{self.account} {self.title}"


@tracked
class Grant(models.Model):
    """A role in a service (or `*` for all of them), in an area, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="grants")
    service = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    area_code = models.CharField(max_length=12, db_collation="C")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    given_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "service", "role", "area_code"],
                condition=models.Q(end__isnull=True),
                name="grant_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.service}.{self.role} {self.area_code}"


@tracked
class ApiClient(models.Model):
    """Another department's program: what it may do in which area, for what purpose, until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=120)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="clients")
    area_code = models.CharField(max_length=12, db_collation="C")
    scopes = models.JSONField(default=list)
    purpose = models.CharField(max_length=20)
    secret_hash = models.CharField(max_length=64)
    per_minute = models.PositiveIntegerField(default=600)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area_code", "name"], condition=models.Q(end__isnull=True), name="client_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ApiUse(models.Model):
    """How many calls a client made in the minute of its last one."""

    client = models.OneToOneField(ApiClient, primary_key=True, on_delete=models.CASCADE, related_name="use")
    minute = models.BigIntegerField()
    calls = models.PositiveIntegerField()
    last = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.client_id}: {self.calls}"


class Look(models.Model):
    """Somebody looked at a person or household, for a purpose: the row stays."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    viewer = models.CharField(max_length=100)
    viewer_label = models.CharField(max_length=200)
    subject = models.CharField(max_length=100)
    area = models.CharField(max_length=12, db_collation="C")
    purpose = models.CharField(max_length=20)
    page = models.CharField(max_length=200, blank=True)
    revealed = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["subject", "-at"], name="look_subject"),
            models.Index(fields=["viewer", "-at"], name="look_viewer"),
            models.Index(fields=["area", "-at"], name="look_area"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.viewer_label} → {self.subject}"
