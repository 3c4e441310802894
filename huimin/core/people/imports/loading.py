"""A chunk of people stored by COPY: hashed and encrypted in bulk beforehand, history and sums kept by the tables' triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection

from huimin.core.intake.api import Moved, Work
from huimin.core.journal.api import Act, copy_arrow, stage, unstage
from huimin.core.people import reading
from huimin.core.people.crypto import encrypt_many
from huimin.core.people.models import Household, Membership, Person

if TYPE_CHECKING:
    import pyarrow as pa

MODELS = (Person, Household, Membership)


def sealed(values: Any, bound_to: str) -> Any:
    """Texts of an Arrow column encrypted for a column, as PostgreSQL reads binary values."""
    import pyarrow as pa

    made = encrypt_many(values.to_pylist(), bound_to)
    return pa.array([None if one is None else "\\x" + one.hex() for one in made], pa.string())


def digits(values: Any) -> Any:
    """Hexadecimal digits as PostgreSQL reads binary values."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise("\\x", values, "")


def prepare(work: Work, rows: pa.Table) -> dict[str, pa.Table]:
    """The rows of a chunk by table, ready to be copied; no database is asked, so that it runs beside one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fresh = rows.filter(pc.equal(rows["op"], "new"))
    read = [reading.read(name) for name in fresh["name"].to_pylist()]
    nothing = pa.nulls(len(fresh), pa.date32())
    persons = pa.table(
        {
            "id": fresh["person"],
            "name": fresh["name"],
            "sex": fresh["sex"],
            "birth_date": fresh["birth_date"],
            "ethnicity": fresh["ethnicity"],
            "id_number": sealed(fresh["id_number"], "people.person.id_number"),
            "id_hash": digits(fresh["id_hash"]),
            "phone": sealed(fresh["phone"], "people.person.phone"),
            "phone_hash": digits(fresh["phone_hash"]),
            "division_code": fresh["division_code"],
            "group_no": fresh["group_no"],
            "pinyin": pa.array([one for one, _initials in read], pa.string()),
            "initials": pa.array([initials for _one, initials in read], pa.string()),
            "education": fresh["education"],
            "died_on": nothing,
            "left_on": nothing,
        }
    )
    opening = rows.filter(rows["opens"])
    heads = [reading.read(name)[0] for name in opening["name"].to_pylist()]
    count = len(opening)
    households = pa.table(
        {
            "id": opening["household"],
            "number": opening["number"],
            "division_code": opening["division_code"],
            "group_no": opening["group_no"],
            "address": sealed(opening["address"], "people.household.address"),
            "head_id": opening["person"],
            "head_name": opening["name"],
            "head_pinyin": pa.array(heads, pa.string()),
            "opened_on": opening["opened"],
            "located_since": opening["opened"],
            "closed_on": pa.nulls(count, pa.date32()),
            "latitude": pa.nulls(count, pa.float64()),
            "longitude": pa.nulls(count, pa.float64()),
        }
    )
    joining = rows.filter(rows["joins"])
    born = pc.equal(joining["start"], joining["birth_date"])
    joined = pc.if_else(born, "birth", pc.if_else(joining["founding"], "founding", "other"))
    memberships = pa.table(
        {
            "id": joining["membership"],
            "household_id": joining["household"],
            "person_id": joining["person"],
            "relation": joining["relation"],
            "start": joining["start"],
            "end": pa.nulls(len(joining), pa.date32()),
            "joined_by": joined,
            "left_by": pa.array([""] * len(joining), pa.string()),
        }
    )
    moving = rows.filter(pc.and_(rows["joins"], pc.not_equal(rows["op"], "new")))
    proposing = rows.filter(pc.is_valid(rows["changes"]))
    return {
        "persons": persons,
        "households": households,
        "memberships": memberships,
        "moving": moving.select(["person", "division_code", "group_no"]),
        "proposing": proposing,
    }


def store(act: Act, work: Work, ready: dict[str, pa.Table]) -> dict[str, int]:
    """Store a chunk; raise Moved where the register has by now what the check did not find there."""

    stored: dict[str, int] = {}
    try:
        for name, model in (("persons", Person), ("households", Household), ("memberships", Membership)):
            if len(ready[name]):
                stored[name] = copy_arrow(model, ready[name])
    except IntegrityError as error:
        raise Moved(str(error)) from error
    if len(ready["moving"]):
        _place(ready["moving"])
    proposed = sum(_propose(act, work, row) for row in ready["proposing"].to_pylist())
    if proposed:
        stored["proposals"] = proposed
    return stored


def _place(moving: pa.Table) -> None:
    """People who joined a household are where it is."""
    stage("moving", {"person": "uuid", "division_code": "text", "group_no": "integer"}, [moving])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person p SET division_code = m.division_code, group_no = m.group_no, left_on = NULL FROM moving m "
            "WHERE p.id = m.person AND (p.division_code, p.group_no, p.left_on IS NULL) IS DISTINCT FROM "
            "(m.division_code, m.group_no::smallint, true)"
        )
    unstage("moving")


def _propose(act: Act, work: Work, row: dict[str, Any]) -> int:
    from huimin.core.people.actions import propose_change

    changes = {field: row[field] for field in row["changes"].split(",")}
    changes = {
        field: value.isoformat() if field == "birth_date" else value for field, value in changes.items()
    }
    made = propose_change(
        act.actor,
        key=f"{work.print}/{row['row']}",
        person=UUID(row["person"]),
        changes=changes,
        source=work.source,
    )
    return int(made["proposal"] is not None)
