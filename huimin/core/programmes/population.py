"""Programmes as the population snapshot holds them: no names, no words of people."""

from huimin.core.facts.types import SnapshotTable

PLACE = {"id": "uuid", "division_code": "string"}
HOUSEHOLD = {**PLACE, "group_no": "int16", "programme": "string", "household_id": "uuid"}
TABLES = (
    SnapshotTable(
        name="programmes_procedure",
        columns={
            **HOUSEHOLD, "direction": "string", "route": "string", "state": "string", "step": "string", "level": "int16",
            "kind": "string", "decision_id": "uuid", "enrolment_id": "uuid", "opened": "timestamp('UTC', 6)",
            "since": "timestamp('UTC', 6)", "closed": "timestamp('UTC', 6)",
        },
    ),
    SnapshotTable(
        name="programmes_enrolment",
        columns={
            **HOUSEHOLD, "kind": "string", "state": "string", "entered": "date", "exited": "date", "decision_id": "uuid",
            "next_visit": "date",
        },
    ),
    SnapshotTable(
        name="programmes_assignment",
        columns={**PLACE, "enrolment_id": "uuid", "officer_id": "uuid", "start": "date", "end": "date"},
    ),
    SnapshotTable(
        name="programmes_measure",
        columns={
            **PLACE, "enrolment_id": "uuid", "kind": "string", "cost": "decimal(14, 2)", "fund": "string", "start": "date",
            "end": "date", "state": "string",
        },
    ),
    SnapshotTable(
        name="programmes_visit",
        columns={
            **PLACE, "enrolment_id": "uuid", "on": "date", "promised_by": "date", "recorded": "timestamp('UTC', 6)",
            "offline": "boolean",
        },
    ),
)  # fmt: skip
