"""Versions of rules, drafts of the next ones and what they would change; decisions: rows that are only added."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value

from huimin.core.access.api import AreaManager

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class RuleVersion(models.Model):
    """The text of a rule as it was adopted, numbered within the rule: shipped with a release, or published by two people.

    In force from `valid_from` until another takes its place; of two of one day the higher number. `hash` is that of what the
    rule says, `language` the DMN it is written in. `authors` are {id, label}, in the order in which they wrote.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    rule = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    language = models.CharField(max_length=80, default="", blank=True)
    text = models.TextField()
    examples = models.TextField(default="", blank=True)
    origin = models.CharField(max_length=10, default="shipped")
    note = models.TextField(default="", blank=True)  # what changes, and why
    basis = models.TextField(default="", blank=True)  # the document it rests on
    valid_from = models.DateField()
    adopted = models.DateTimeField()
    draft_id = models.UUIDField(null=True)
    authors = models.JSONField(default=list)
    proposer = models.CharField(max_length=100, default="", blank=True)
    proposer_label = models.CharField(max_length=200, default="", blank=True)
    publisher = models.CharField(max_length=100, default="", blank=True)
    publisher_label = models.CharField(max_length=200, default="", blank=True)
    entry_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number"),
            models.UniqueConstraint(
                fields=["draft_id"], condition=Q(draft_id__isnull=False), name="rule_version_of_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["shipped", "published"]), name="rule_version_origin"
            ),
            models.CheckConstraint(  # nobody publishes alone, whatever code asks for it
                condition=Q(origin="shipped")
                | (~Q(proposer=F("publisher")) & ~Q(basis="") & ~Q(publisher="")),
                name="rule_version_by_two",
            ),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=APPEND_ONLY),)

    def __str__(self) -> str:
        return f"{self.rule} {self.number} {self.hash[:8]}"


class RuleWithdrawal(models.Model):
    """A published version that was taken back before its day."""

    version = models.OneToOneField(
        RuleVersion, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    by_label = models.CharField(max_length=200)
    reason = models.TextField()
    entry_id = models.UUIDField()

    class Meta:
        triggers = (pgtrigger.Protect(name="append_only", operation=APPEND_ONLY),)

    def __str__(self) -> str:
        return f"{self.version_id} withdrawn"


class RuleDraft(models.Model):
    """A rule's next version while it is written and proposed.

    `seal` is the hash of text and examples together: checks, simulations and signatures are about a seal. `signed` is the seal
    that was proposed; a later change empties it. `revision` counts saves, so that two open pages cannot overwrite each other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    rule = models.CharField(max_length=100)
    base_number = models.PositiveIntegerField()  # the version it was begun from
    base_hash = models.CharField(max_length=64)
    text = models.TextField()
    examples = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    basis = models.TextField(default="", blank=True)
    valid_from = models.DateField(null=True)  # the day that is asked for
    revision = models.PositiveIntegerField(default=1)
    seal = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="draft")
    signed = models.CharField(max_length=64, default="", blank=True)
    authors = models.JSONField(default=list)
    proposer = models.CharField(max_length=100, default="", blank=True)
    proposer_label = models.CharField(max_length=200, default="", blank=True)
    proposed = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)  # why it was given back
    created = models.DateTimeField()
    changed = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed", "published", "dropped"]), name="rule_draft_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(signed=F("seal")), name="rule_draft_signed_as_it_stands"
            ),
        )
        indexes = (models.Index(fields=["rule", "-changed"], name="rule_draft_of_rule"),)
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="published"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} draft {self.revision} {self.state}"


class RuleSimulation(models.Model):
    """A draft run on the whole register beside the version it would replace; nobody in it is named.

    `counts` is a list of {county, before, after, count}, `costs` a list of {outcome, yearly} in yuan, `seal` what was
    simulated. The subjects that change are kept beside the snapshot, in a file that can be made again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    draft = models.ForeignKey(RuleDraft, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=100)
    seal = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    against_number = models.PositiveIntegerField()
    against = models.CharField(max_length=64)
    area = models.CharField(max_length=12, db_collation="C")
    day = models.DateField()
    generation = models.PositiveIntegerField(null=True)
    as_of = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    subjects = models.PositiveIntegerField(default=0)
    placeless = models.PositiveIntegerField(default=0)
    default = models.CharField(max_length=200, default="", blank=True)  # the outcome that goes without saying
    counts = models.JSONField(default=list)
    costs = models.JSONField(default=list)
    cost_basis = models.TextField(default="", blank=True)
    seconds = models.JSONField(default=dict)
    error = models.TextField(default="", blank=True)
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "stopped", "failed", "done"]),
                name="rule_simulation_state",
            ),
        )
        indexes = (models.Index(fields=["draft", "-opened"], name="rule_simulation_of_draft"),)
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="done_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state="done")
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} simulated {self.seal[:8]} {self.state}"


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
