"""What the database itself holds true about people: one household at a time, and sums that are never counted again.

The triggers run once a statement, so that COPY costs them once a load and not once a row.
"""

from __future__ import annotations

from typing import Any

import pgtrigger

OVERLAP = "people_membership_no_overlap"

_Referencing: Any = pgtrigger.Referencing  # untyped upstream

_NO_OVERLAP = f"""
    PERFORM 1 FROM people_person WHERE id IN (SELECT person_id FROM fresh) ORDER BY id FOR NO KEY UPDATE;
    SELECT f.person_id INTO clash
      FROM fresh f JOIN people_membership m ON m.person_id = f.person_id AND m.id <> f.id
     WHERE f.start < coalesce(m."end", 'infinity') AND m.start < coalesce(f."end", 'infinity')
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'person % would be in two households at once', clash
              USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{OVERLAP}';
    END IF;
    RETURN NULL;
"""


def one_household_at_a_time() -> tuple[pgtrigger.Trigger, ...]:
    """Refuse memberships of one person whose days overlap; the person's row is locked against a race."""
    return tuple(
        pgtrigger.Trigger(
            name=f"no_overlap_{operation}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=kind,
            referencing=_Referencing(new="fresh"),
            declare=[("clash", "uuid")],
            func=_NO_OVERLAP,
        )
        for operation, kind in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    )


def _add(source: str, column: str) -> str:
    other = "households" if column == "persons" else "persons"
    return f"""
        INSERT INTO people_divisioncount AS sums (division_code, group_no, {column}, {other})
        SELECT division_code, group_no, sum(n), 0 FROM ({source}) rows
         GROUP BY division_code, group_no HAVING sum(n) <> 0 ORDER BY division_code, group_no
        ON CONFLICT (division_code, group_no) DO UPDATE SET {column} = sums.{column} + excluded.{column};
        RETURN NULL;
    """


def sums(column: str, live: str) -> tuple[pgtrigger.Trigger, ...]:
    """Keep `column` of people_divisioncount equal to the number of rows for which `live` holds."""
    fresh = f"SELECT division_code, group_no, 1 AS n FROM fresh WHERE {live}"
    gone = f"SELECT division_code, group_no, -1 AS n FROM gone WHERE {live}"
    cases = (
        ("insert", pgtrigger.Insert, _Referencing(new="fresh"), fresh),
        (
            "update",
            pgtrigger.Update,
            _Referencing(old="gone", new="fresh"),
            f"{fresh} UNION ALL {gone}",
        ),
        ("delete", pgtrigger.Delete, _Referencing(old="gone"), gone),
    )
    return tuple(
        pgtrigger.Trigger(
            name=f"sums_{name}", level=pgtrigger.Statement, when=pgtrigger.After, operation=operation,
            referencing=referencing, func=_add(source, column),
        )
        for name, operation, referencing, source in cases
    )  # fmt: skip
