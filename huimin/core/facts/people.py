"""People as the snapshot holds them: who lives where, without names, addresses and numbers of identity."""

from huimin.core.facts.types import SnapshotTable

TABLES = (
    SnapshotTable(
        name="people_person",
        columns={
            "id": "uuid", "sex": "string", "birth_date": "date", "division_code": "string", "group_no": "int16",
            "died_on": "date", "left_on": "date",
        },
    ),
    SnapshotTable(
        name="people_household",
        columns={
            "id": "uuid", "number": "string", "division_code": "string", "group_no": "int16", "opened_on": "date",
            "closed_on": "date", "located_since": "date",
        },
    ),
    SnapshotTable(
        name="people_membership",
        columns={
            "id": "uuid", "household_id": "uuid", "person_id": "uuid", "relation": "string", "start": "date",
            "end": "date", "joined_by": "string", "left_by": "string",
        },
    ),
)  # fmt: skip
