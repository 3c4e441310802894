"""What targeted help knows of a household: income, guarantees, risks; and the lines it is measured against."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import AreaManager
from huimin.core.journal.api import tracked

OWN = {"household": "household_id"}


class GuaranteeKind(models.TextChoices):
    """The two assurances, the three guarantees and safe water (两不愁三保障和饮水安全)."""

    FOOD = "food", _("吃饭")
    CLOTHING = "clothing", _("穿衣")
    SCHOOLING = "schooling", _("义务教育")
    MEDICAL = "medical", _("基本医疗")
    HOUSING = "housing", _("住房安全")
    WATER = "water", _("饮水安全")


class Cause(models.TextChoices):
    """Why a household is or may become poor."""

    ILLNESS = "illness", _("因病")
    DISABILITY = "disability", _("因残")
    SCHOOLING = "schooling", _("因学")
    DISASTER = "disaster", _("因灾")
    ACCIDENT = "accident", _("意外事故")
    LABOUR = "labour", _("缺劳力")
    SKILL = "skill", _("缺技术")
    FUNDS = "funds", _("缺资金")
    LAND = "land", _("缺土地或缺水")
    JOBLESS = "jobless", _("就业不稳")
    OTHER = "other", _("其他")


class AlertKind(models.TextChoices):
    """Lists of other departments that may mean trouble."""

    MEDICAL = "medical", _("大额医疗支出")
    DROPOUT = "dropout", _("疑似辍学")
    HOUSE = "house", _("房屋受损")
    JOB = "job", _("失业返乡")


class OfHousehold(models.Model):
    """A row about a household in its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    division_code = models.CharField(max_length=12, db_collation="C")
    group_no = models.SmallIntegerField(default=0)

    objects = AreaManager(group="group_no", own=OWN, service="poverty")

    class Meta:
        abstract = True


@tracked
class Profile(OfHousehold):
    """What the service keeps once per household."""

    lifted_year = models.SmallIntegerField(null=True, blank=True)
    authorised_on = models.DateField(null=True, blank=True)
    dwelling = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["household"], name="poverty_profile_once"),)

    def __str__(self) -> str:
        return f"profile {self.household_id}"


@tracked
class Income(OfHousehold):
    """A household's income of one year in yuan by source, less production cost; the figure per head is computed here only."""

    year = models.SmallIntegerField()
    members = models.PositiveSmallIntegerField()
    wages = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    business = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    property = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    transfers = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    excluded = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    surveyed_on = models.DateField()
    source = models.CharField(max_length=120)
    per_head = models.GeneratedField(
        expression=Round(
            (F("wages") + F("business") + F("property") + F("transfers") - F("cost")) / F("members"), 2
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["household", "year"], name="poverty_income_once"),
            models.CheckConstraint(condition=Q(members__gte=1), name="poverty_income_members"),
            models.CheckConstraint(
                condition=Q(
                    wages__gte=0,
                    business__gte=0,
                    property__gte=0,
                    transfers__gte=0,
                    cost__gte=0,
                    excluded__gte=0,
                ),
                name="poverty_income_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.per_head}"


@tracked
class Guarantee(OfHousehold):
    """Whether one guarantee was secure on a day, and who found it so."""

    kind = models.CharField(max_length=12, choices=GuaranteeKind)
    secure = models.BooleanField()
    on = models.DateField()
    found_by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    recorded = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["household", "kind", "-on"], name="poverty_guarantee_latest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.secure} {self.on}"


@tracked
class Risk(OfHousehold):
    """A cause of poverty or a risk of it, from a day until it is gone; a sudden one names its loss in yuan."""

    cause = models.CharField(max_length=12, choices=Cause)
    detail = models.CharField(max_length=300, blank=True)
    sudden = models.BooleanField(default=False)
    loss = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    removed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(loss__gte=0), name="poverty_risk_loss"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="poverty_risk_dates"
            ),
        )
        indexes = (models.Index(fields=["household", "until"], name="poverty_risk_open"),)

    def __str__(self) -> str:
        return f"{self.cause} {self.since}"


class Line(models.Model):
    """The income line of a province and a year, in yuan per head and year, with the document it rests on."""

    id = models.BigAutoField(primary_key=True)
    province = models.CharField(max_length=12, db_collation="C")
    year = models.SmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    document = models.CharField(max_length=200)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["province", "year"], name="poverty_line_once"),)

    def __str__(self) -> str:
        return f"{self.province} {self.year}: {self.amount}"


@tracked
class Application(OfHousehold):
    """What the household or the officer said when it was put forward."""

    procedure = models.ForeignKey("programmes.Procedure", on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=12, choices=Cause)
    text = models.TextField()
    authorised = models.BooleanField()
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["procedure"], name="poverty_application_once"),)

    def __str__(self) -> str:
        return f"application {self.household_id}"


@tracked
class Alert(OfHousehold):
    """A household on another department's list: an officer goes and sees."""

    kind = models.CharField(max_length=12, choices=AlertKind)
    department = models.CharField(max_length=120)
    person_name = models.CharField(max_length=80)
    detail = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    on = models.DateField()
    received = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    outcome = models.CharField(max_length=300, blank=True)
    settled = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    procedure = models.ForeignKey(
        "programmes.Procedure", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["household", "kind", "on", "detail"], name="poverty_alert_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "entered", "dismissed"]), name="poverty_alert_state"
            ),
        )
        indexes = (models.Index(fields=["division_code", "state"], name="poverty_alert_area"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Question(models.Model):
    """An officer's question about a field of the survey; answered once, the answer stands beside the field for all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    field = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=200)
    asked = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["field", "text"], name="poverty_question_once"),)

    def __str__(self) -> str:
        return self.text


class Message(OfHousehold):
    """What the household was told: it waits on the citizen's page until read."""

    key = models.CharField(max_length=250, unique=True)
    at = models.DateTimeField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    read = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["household", "-at"], name="poverty_message_household"),)

    def __str__(self) -> str:
        return self.title


class Printed(OfHousehold):
    """The part of the handbook that a household has on paper: a mark of its content, when it was printed and by whom."""

    part = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["household", "part"], name="poverty_printed_once"),
            models.CheckConstraint(condition=Q(part__range=(1, 6)), name="poverty_printed_part"),
        )

    def __str__(self) -> str:
        return f"part {self.part} {self.at}"
