"""Ways in and out, meetings, notices, enrolments, measures, visits: the same tables for every programme."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from huimin.core.access.api import AreaManager
from huimin.core.journal.api import tracked

OWN = {"household": "household_id"}


class Located(models.Model):
    """A row about a household in a place, with the place as it was recorded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    programme = models.CharField(max_length=60)
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.SmallIntegerField(default=0)

    objects = AreaManager(group="group_no", own=OWN)

    class Meta:
        abstract = True


@tracked
class Procedure(Located):
    """One household on its way in or out: where it stands, whose turn it is."""

    direction = models.CharField(max_length=10)
    route = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="open")
    step = models.CharField(max_length=20)
    level = models.SmallIntegerField()
    resume = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, blank=True)
    decision = models.ForeignKey("rules.DecisionRow", null=True, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("Enrolment", null=True, on_delete=models.PROTECT, related_name="procedures")
    reason = models.TextField(blank=True)
    wrong = models.JSONField(default=dict)
    opened = models.DateTimeField()
    since = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "household"], condition=Q(state="open"), name="procedure_one_open"
            ),
            models.CheckConstraint(condition=Q(direction__in=["entry", "exit"]), name="procedure_direction"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "refused", "withdrawn"]), name="procedure_state"
            ),
        )
        indexes = (
            models.Index(
                fields=["programme", "step", "division_code", "id"],
                include=[
                    "direction",
                    "group_no",
                    "since",
                ],  # what waits where is counted from the index alone
                condition=Q(state="open"),
                name="procedure_waiting",
            ),
            models.Index(
                fields=["programme", "since", "id"], condition=Q(state="open"), name="procedure_since"
            ),
            models.Index(fields=["division_code", "opened"], name="procedure_area"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.direction} {self.step}"


class StepRecord(models.Model):
    """What was done in a step, by whom, with what outcome: rows are only added."""

    id = models.BigAutoField(primary_key=True)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="records")
    step = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    by = models.CharField(max_length=100)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        indexes = (models.Index(fields=["procedure", "at"], name="step_record_procedure"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.step} {self.outcome}"


@tracked
class Meeting(models.Model):
    """A democratic review in a village: who was entitled, who came, what was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    programme = models.CharField(max_length=60)
    direction = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12, db_collation="C")
    held_on = models.DateField()
    place = models.CharField(max_length=120)
    chair = models.CharField(max_length=60)
    recorder = models.CharField(max_length=60, blank=True)
    eligible = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    minutes = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="open")
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    objects = AreaManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(present__lte=models.F("eligible")), name="meeting_present"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "cancelled"]), name="meeting_state"
            ),
        )
        indexes = (models.Index(fields=["division_code", "-held_on"], name="meeting_area"),)

    def __str__(self) -> str:
        return f"{self.division_code} {self.held_on}"


@tracked
class Vote(models.Model):
    """What a meeting said about one household."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="votes")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="votes")
    division_code = models.CharField(max_length=12, db_collation="C")
    place = models.PositiveIntegerField(default=0)
    agree = models.PositiveIntegerField(null=True)
    against = models.PositiveIntegerField(null=True)
    abstain = models.PositiveIntegerField(null=True)
    opinion = models.TextField(blank=True)

    objects = AreaManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["meeting", "procedure"], name="vote_once"),)
        ordering = ("place", "id")

    def __str__(self) -> str:
        return f"{self.agree}:{self.against}:{self.abstain}"


@tracked
class Notice(models.Model):
    """A public notice or announcement: the masked list as posted; it stays as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    programme = models.CharField(max_length=60)
    direction = models.CharField(max_length=10)
    step = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12, db_collation="C")
    title = models.CharField(max_length=200)
    area_name = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    start = models.DateField()
    end = models.DateField()
    columns = models.JSONField()
    rows = models.JSONField()
    basis = models.CharField(max_length=400)
    office = models.CharField(max_length=120)
    phone = models.CharField(max_length=60, blank=True)
    announcement = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="open")
    posted_by = models.CharField(max_length=200)
    posted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="notice_dates"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="notice_state"),
        )
        indexes = (
            models.Index(fields=["division_code", "-start"], name="notice_area"),
            models.Index(fields=["state", "end"], name="notice_open"),
        )

    def __str__(self) -> str:
        return self.title


@tracked
class NoticeItem(models.Model):
    """One household on a notice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="items")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="notices")
    division_code = models.CharField(max_length=12, db_collation="C")
    row = models.PositiveIntegerField()

    objects = AreaManager(own={"household": "procedure__household_id"})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "procedure"], name="notice_item_once"),)
        ordering = ("row",)

    def __str__(self) -> str:
        return f"{self.notice_id}#{self.row}"


@tracked
class Objection(models.Model):
    """Somebody disagrees with a household's being on a notice; it stops that household only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    item = models.ForeignKey(NoticeItem, on_delete=models.PROTECT, related_name="objections")
    division_code = models.CharField(max_length=12, db_collation="C")
    number = models.CharField(max_length=20, unique=True)
    text = models.TextField()
    contact = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, default="open")
    outcome = models.TextField(blank=True)
    received = models.DateTimeField()
    settled = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)

    objects = AreaManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "rejected"]), name="objection_state"
            ),
        )

    def __str__(self) -> str:
        return self.number


@tracked
class Enrolment(Located):
    """A household in a programme, from a day to a day."""

    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=12, default="active")
    name = models.CharField(max_length=80)
    entered = models.DateField()
    exited = models.DateField(null=True)
    suspended_reason = models.TextField(blank=True)
    decision = models.ForeignKey("rules.DecisionRow", null=True, on_delete=models.PROTECT, related_name="+")
    next_visit = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "household"], condition=~Q(state="exited"), name="enrolment_one_active"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "suspended", "exited"]), name="enrolment_state"
            ),
        )
        indexes = (
            models.Index(fields=["programme", "division_code", "id"], name="enrolment_area"),
            models.Index(fields=["programme", "name", "id"], name="enrolment_name"),
            models.Index(fields=["programme", "entered", "id"], name="enrolment_entered"),
            models.Index(fields=["programme", "next_visit"], name="enrolment_visit"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.state}"


class OfEnrolment(models.Model):
    """A row about an enrolment: `division_code` is where it was recorded, who sees it follows the enrolment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    division_code = models.CharField(max_length=12, db_collation="C")

    objects = AreaManager(
        "enrolment__division_code",
        group="enrolment__group_no",
        own={"household": "enrolment__household_id"},
    )

    class Meta:
        abstract = True


@tracked
class Assignment(OfEnrolment):
    """The officer responsible for a household, for a term."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="assignments")
    officer = models.ForeignKey("access.Officer", on_delete=models.PROTECT, related_name="+")
    officer_name = models.CharField(max_length=80)
    unit = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(end__isnull=True), name="assignment_one"
            ),
        )
        indexes = (models.Index(fields=["officer", "end"], name="assignment_officer"),)

    def __str__(self) -> str:
        return f"{self.officer_name} {self.start}"


@tracked
class Measure(OfEnrolment):
    """One piece of help: what, at what cost, from which fund, from when to when, with what result."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    fund = models.CharField(max_length=120)
    executor = models.CharField(max_length=120, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)
    state = models.CharField(max_length=10, default="running")
    result = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(cost__gte=0), name="measure_cost"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=models.F("start")), name="measure_dates"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "stopped"]), name="measure_state"
            ),
        )

    def __str__(self) -> str:
        return self.title


@tracked
class Visit(OfEnrolment):
    """A visit to the household: who was met, what was found, what was promised until when."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="visits")
    officer_name = models.CharField(max_length=80)
    on = models.DateField()
    met = models.CharField(max_length=120)
    found = models.TextField()
    promised = models.TextField(blank=True)
    promised_by = models.DateField(null=True)
    recorded = models.DateTimeField()
    offline = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["enrolment", "-on"], name="visit_enrolment"),)

    def __str__(self) -> str:
        return f"{self.on} {self.met}"


class Snapshot(OfEnrolment):
    """The facts of a household at a moment that counts: at entry, at each year's end, at exit."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="snapshots")
    moment = models.CharField(max_length=10)
    on = models.DateField()
    facts = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=["enrolment", "on"], name="snapshot_enrolment"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.moment} {self.on}"


class Attachment(models.Model):
    """A photo that belongs to a notice, a meeting, a visit or a survey; the file's hash is its proof."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    of_kind = models.CharField(max_length=20)
    of_id = models.UUIDField()
    household_id = models.UUIDField(null=True)
    division_code = models.CharField(max_length=12, db_collation="C")
    name = models.CharField(max_length=120)
    media = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)

    objects = AreaManager(own={"household": "household_id"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["of_kind", "of_id", "sha256"], name="attachment_once"),
        )
        indexes = (models.Index(fields=["of_kind", "of_id"], name="attachment_of"),)

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """One step for many households: what, for how many, how far it is; which ones are its items."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    programme = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12, db_collation="C")
    actor = models.CharField(max_length=100)
    actor_label = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default="running")
    opened = models.DateTimeField()
    beat = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    objects = AreaManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopped", "done"]), name="bulk_run_state"
            ),
        )
        indexes = (models.Index(fields=["actor", "-opened"], name="bulk_run_actor"),)

    def __str__(self) -> str:
        return f"{self.step} {self.done}/{self.total}"


class BulkItem(models.Model):
    """One household of a bulk run, in its place; `reason` says why it could not be done."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    procedure_id = models.UUIDField()
    name = models.CharField(max_length=80, blank=True, default="", db_default="")
    reason = models.TextField(blank=True, default="", db_default="")

    objects = AreaManager("run__division_code")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "position"], name="bulk_item_place"),)
        indexes = (
            models.Index(fields=["run", "position"], condition=~Q(reason=""), name="bulk_item_failed"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}#{self.position}"
