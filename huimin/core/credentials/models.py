"""Keys that sign, and the Merkle trees of decisions: rows that are only added (a key may end)."""

import pgtrigger
from django.db import models
from django.db.models import Q

from huimin.core.people.api import EncryptedTextField


class SigningKey(models.Model):
    """A key of P-256: the public half is published for good, the private half is sealed under FIELD_KEY."""

    kid = models.CharField(max_length=43, primary_key=True)  # RFC 7638
    public = models.JSONField()
    private = EncryptedTextField(bound_to="credentials.signingkey.private")
    made = models.DateTimeField()
    until = models.DateTimeField(null=True)  # signs no more from then on; what it signed holds

    class Meta:
        constraints = (
            models.UniqueConstraint(
                models.expressions.Value(1), condition=Q(until__isnull=True), name="signing_key_in_use_once"
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_ends",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False)
                | pgtrigger.Q(new__kid__df=pgtrigger.F("old__kid"))
                | pgtrigger.Q(new__public__df=pgtrigger.F("old__public")),
            ),
        )

    def __str__(self) -> str:
        return self.kid


class DecisionDay(models.Model):
    """A closed day: how many decisions, the root of their tree, and the signed statement that names the day before."""

    day = models.DateField(primary_key=True)
    number = models.PositiveIntegerField(unique=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    statement = models.JSONField()
    signature = models.TextField()
    hash = models.CharField(max_length=64)
    tops = models.BinaryField()  # the roots of the tree's blocks, 32 bytes each
    closed = models.DateTimeField()

    class Meta:
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.day} {self.root[:12]}"


class DecisionLeaf(models.Model):
    """Where a decision is in the tree of a day; leaves stand in the order of their hashes, which says nothing of anybody."""

    decision = models.UUIDField(primary_key=True)
    day = models.DateField()
    position = models.PositiveIntegerField()
    leaf = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "leaf"], name="decision_leaf_once"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.day} {self.position}"
