"""Bulk facts of targeted help by COPY inside an action, their history set back to the days they were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from huimin.core.journal.api import Act, analyse, backdate, backdate_to_entries, copy_rows, stage, unstage
from huimin.kit.clock import BEIJING
from huimin.services.poverty.models import Alert, Application, Guarantee, Income, Profile, Risk

HISTORIES = (Profile, Income, Guarantee, Risk, Application, Alert)
PLACE = ("household_id", "division_code", "group_no")


@dataclass(slots=True, kw_only=True)
class NewIncome:
    """A year's income in yuan by source."""

    id: UUID
    year: int
    members: int
    wages: Decimal
    business: Decimal
    property: Decimal
    transfers: Decimal
    cost: Decimal
    surveyed_on: date
    source: str


@dataclass(slots=True, kw_only=True)
class NewGuarantee:
    """What was found of one guarantee on a day."""

    id: UUID
    kind: str
    secure: bool
    on: date
    found_by: str
    note: str = ""


@dataclass(slots=True, kw_only=True)
class NewRisk:
    """A cause of trouble, from a day until it was gone."""

    id: UUID
    cause: str
    detail: str
    sudden: bool
    loss: Decimal
    since: date
    until: date | None
    source: str
    removed_by: str = ""


@dataclass(slots=True, kw_only=True)
class NewFile:
    """Everything known of one household."""

    profile: UUID
    household: UUID
    area: str
    group: int
    lifted_year: int | None
    authorised_on: date | None
    dwelling: str
    incomes: list[NewIncome] = field(default_factory=list)
    guarantees: list[NewGuarantee] = field(default_factory=list)
    risks: list[NewRisk] = field(default_factory=list)

    @property
    def place(self) -> tuple[UUID, str, int]:
        """The columns that every row carries."""
        return self.household, self.area, self.group


def morning(day: date) -> datetime:
    """Nine in the morning of a day in Beijing."""
    return datetime.combine(day, time(9), BEIJING)


def load_facts(files: Sequence[NewFile]) -> dict[str, int]:
    """Store what is known of households; how many rows of each kind."""
    made = {
        "profiles": copy_rows(
            Profile, ("id", *PLACE, "lifted_year", "authorised_on", "dwelling"),
            ((f.profile, *f.place, f.lifted_year, f.authorised_on, f.dwelling) for f in files),
        ),
        "incomes": copy_rows(
            Income,
            ("id", *PLACE, "year", "members", "wages", "business", "property", "transfers", "excluded", "cost",
             "surveyed_on", "source"),
            (
                (i.id, *f.place, i.year, i.members, i.wages, i.business, i.property, i.transfers, Decimal(0), i.cost,
                 i.surveyed_on, i.source)
                for f in files for i in f.incomes
            ),
        ),
        "guarantees": copy_rows(
            Guarantee, ("id", *PLACE, "kind", "secure", "on", "found_by", "note", "recorded"),
            ((g.id, *f.place, g.kind, g.secure, g.on, g.found_by, g.note, morning(g.on)) for f in files for g in f.guarantees),
        ),
        "risks": copy_rows(
            Risk, ("id", *PLACE, "cause", "detail", "sudden", "loss", "since", "until", "source", "removed_by"),
            (
                (r.id, *f.place, r.cause, r.detail, r.sudden, r.loss, r.since, r.until, r.source, r.removed_by)
                for f in files for r in f.risks
            ),
        ),
    }  # fmt: skip
    backdate(Income, ((i.id, "insert", morning(i.surveyed_on)) for f in files for i in f.incomes))
    backdate(Guarantee, ((g.id, "insert", morning(g.on)) for f in files for g in f.guarantees))
    backdate(Risk, ((r.id, "insert", morning(r.since)) for f in files for r in f.risks))
    backdate(Profile, ((f.profile, "insert", morning(_first(f))) for f in files))
    analyse((Profile, Income, Guarantee, Risk))
    return made


def _first(file: NewFile) -> date:
    """The day from which something is known of a household."""
    days = [i.surveyed_on for i in file.incomes] + [g.on for g in file.guarantees]
    return min(days)


def settle_history(models: Iterable[Any] = HISTORIES) -> int:
    """Set back the history of what actions did while the clock was held in the past; how many versions."""
    return sum(backdate_to_entries(model) for model in models)


def keep_profiles(act: Act, rows: Any) -> dict[str, int]:
    """Make the profiles that the households of an Arrow table of facts lack: only who has one is seen by the rules."""
    homes = rows.select(list(PLACE)).group_by(list(PLACE)).aggregate([])
    stage("profiled", {"household_id": "uuid", "division_code": "text", "group_no": "smallint"}, [homes])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO poverty_profile (id, household_id, division_code, group_no, dwelling) "
            "SELECT gen_random_uuid(), f.household_id, f.division_code, f.group_no, '' FROM profiled f "
            "WHERE NOT EXISTS (SELECT FROM poverty_profile p WHERE p.household_id = f.household_id) "
            "ON CONFLICT (household_id) DO NOTHING"
        )
        made = int(cursor.rowcount)
    unstage("profiled")
    return {"profiles": made}
