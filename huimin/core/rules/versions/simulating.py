"""A draft on everyone beside the version it would replace: both in one scan of the snapshot, nothing written to the register.

Who would be decided otherwise is kept in a file beside the snapshot, not in PostgreSQL: it can be deleted and made again. It
holds ids and places; it is read through `changed` alone, which shows what lies in the viewer's area.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from huimin.core.access.api import current
from huimin.core.facts import api as facts
from huimin.core.places import api as places
from huimin.core.rules.book import RuleFile
from huimin.core.rules.lang import lower
from huimin.core.rules.models import RuleSimulation
from huimin.core.rules.population import COUNTY, PLACES, facts_named, shortest, subject_kind
from huimin.core.rules.types import Simulated
from huimin.core.rules.versions.force import rule_hashed, shipped
from huimin.kit.area import AreaCode
from huimin.kit.refusal import NotFound, Refused

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot

SIDES = ("before", "after")
Heard = Callable[[int, int], None]


@dataclass
class Simulation:
    """What came out: flows by county, how many were looked at, what a subject of each outcome costs a year, seconds by part."""

    generation: int
    as_of: Any
    subjects: int = 0
    placeless: int = 0
    default: str = ""
    flows: list[dict[str, Any]] = field(default_factory=list)
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    cost_basis: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


def simulate(
    old: RuleFile, new: RuleFile, snapshot: Snapshot, area: AreaCode, *, keep: Path | None = None,
    heard: Heard | None = None,
) -> Simulation:  # fmt: skip
    """Decide two texts of a rule for everyone in a division, in one scan; `keep` is the file for who is decided otherwise.

    `heard(done, 0)` hears of each part that is done and may raise to stop. Raises NotLowerable where one of the texts cannot be
    run on everyone.
    """
    import pyarrow as pa

    found = Simulation(snapshot.generation, snapshot.as_of, default=new.default or "")
    started = time.monotonic()
    query, numbers = both(old, new, snapshot)
    kind = subject_kind(new)
    table, living = PLACES[kind]
    low, high = area.span
    sides = {side: f"d.{side}::VARCHAR" for side in SIDES}
    sides = {
        side: shortest(text) if number else text
        for (side, text), number in zip(sides.items(), numbers, strict=True)
    }
    defaults = {"before": old.default or "", "after": new.default or ""}
    shown = ", ".join(
        f"coalesce(nullif({text}, ${side}_default), '') AS {side}" for side, text in sides.items()
    )
    here = f"{living} AND p.division_code BETWEEN $low AND $high"
    given = {f"{side}_default": text for side, text in defaults.items()}

    def part(snap: Snapshot) -> tuple[Any, int, int]:
        snap.con.execute(
            f"CREATE OR REPLACE TEMP TABLE huimin_simulated AS SELECT d.subject, p.division_code, {here} AS here, "
            f"p.id IS NULL AS nowhere, {shown} FROM ({query}) d LEFT JOIN {table} p ON p.id = d.subject",
            given | {"low": low, "high": high},
        )
        counted = "SELECT count(*) FILTER (WHERE here), count(*) FILTER (WHERE nowhere) FROM huimin_simulated"
        there, nowhere = snap.con.execute(counted).fetchall()[0]
        rows = snap.con.sql(
            "SELECT subject::VARCHAR AS subject, division_code, before, after FROM huimin_simulated "
            "WHERE here AND before <> after"
        ).to_arrow_table()
        return rows, there, nowhere

    parts = []
    for done, one in enumerate(snapshot.each(kind, part), start=1):
        parts.append(one)
        if heard:
            heard(done, 0)
    found.subjects = sum(there for _rows, there, _nowhere in parts)
    found.placeless = sum(nowhere for _rows, _there, nowhere in parts)
    found.seconds["decide"] = round(time.monotonic() - started, 3)
    started = time.monotonic()
    con = snapshot.con
    changed = pa.concat_tables([rows for rows, _there, _nowhere in parts])
    con.register("huimin_otherwise", changed)
    found.flows = [
        {"county": county, "before": before, "after": after, "count": count}
        for county, before, after, count in con.execute(
            f"SELECT substr(division_code, 1, {COUNTY}), before, after, count(*) FROM huimin_otherwise "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    ]
    if keep is not None:
        keep.parent.mkdir(parents=True, exist_ok=True)
        begun = keep.with_suffix(".part")
        con.sql("SELECT * FROM huimin_otherwise ORDER BY division_code, subject").to_parquet(str(begun))
        begun.rename(keep)
    con.unregister("huimin_otherwise")
    found.seconds["count"] = round(time.monotonic() - started, 3)
    costs = shipped(new.name).costs
    if costs is not None:
        started = time.monotonic()
        found.costs = costs.yearly(snapshot)
        found.cost_basis = str(costs.basis) if found.costs else ""
        found.seconds["cost"] = round(time.monotonic() - started, 3)
    return found


def both(old: RuleFile, new: RuleFile, snapshot: Snapshot) -> tuple[str, tuple[bool, bool]]:
    """SQL of `subject`, `before` and `after` for everyone; and which of the two outcomes are numbers."""
    import ibis

    names = {**old.inputs, **new.inputs}  # a name stands for one fact in both: see checking.inputs
    short = {full: str(index) for index, full in enumerate(dict.fromkeys(names.values()))}
    table = facts_named([(number, full) for full, number in short.items()], snapshot)
    found = lower.compared(
        old.model, new.model, new.decision, table, {name: f"v{short[full]}" for name, full in names.items()},
        today=snapshot.today, now=snapshot.as_of,
    )  # fmt: skip
    query = str(ibis.to_sql(found.select("subject", *SIDES), dialect="duckdb"))
    before, after = (found[side].type().is_decimal() for side in SIDES)
    return query, (before, after)


# Kept simulations


def place_of(id: UUID | str) -> Path:
    """The file of a simulation's subjects."""
    return Path(settings.VAR) / "simulations" / f"{id}.parquet"


def texts_of(row: RuleSimulation) -> tuple[RuleFile, RuleFile]:
    """The version that a simulation compares with, and the draft; raise Refused where the draft was changed since."""
    if row.draft.seal != row.seal:
        raise Refused(_("草稿在试算之后改过，请重新试算。"), code="seal_changed")
    return rule_hashed(row.rule, row.against), shipped(row.rule).as_written(row.draft.text)


def changed(
    simulation: UUID | str,
    *,
    area: str = "",
    kind: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> tuple[Simulated, ...]:
    """Who would be decided otherwise, within the viewer's area (and `area`), by place; `kind` is enter, leave or change.

    `after` is the (division, id) the page begins after. Raises NotFound(code="no_file") where the list has to be made again.
    """
    condition, given = within(simulation, area)
    if kind:
        condition += {
            "enter": " AND before = ''", "leave": " AND after = ''", "change": " AND before <> '' AND after <> ''",
        }[kind]  # fmt: skip
    if after is not None:
        condition += " AND (division_code, subject) > ($place, $id)"
        given |= {"place": after[0], "id": after[1].rpartition(":")[2]}
    rows = ask(
        f"SELECT subject, division_code, before, after FROM read_parquet($file) WHERE {condition} "
        f"ORDER BY division_code, subject LIMIT {int(limit)}",
        given,
    )
    about = subject_kind(shipped(RuleSimulation.objects.values_list("rule", flat=True).get(id=simulation)))
    return tuple(
        Simulated(subject=f"{about}:{id}", area=place, before=before, after=after)
        for id, place, before, after in rows
    )


def counted(simulation: UUID | str, area: str, digits: int) -> dict[str, dict[str, int]]:
    """How many enter, leave and change in each division below one, within the viewer's area: by the code's first digits."""
    condition, given = within(simulation, area)
    rows = ask(
        f"SELECT substr(division_code, 1, {int(digits)}), CASE WHEN before = '' THEN 'enter' WHEN after = '' THEN 'leave' "
        f"ELSE 'change' END, count(*) FROM read_parquet($file) WHERE {condition} GROUP BY ALL ORDER BY ALL",
        given,
    )
    found: dict[str, dict[str, int]] = {}
    for place, what, count in rows:
        found.setdefault(place, {})[what] = count
    return found


def within(simulation: UUID | str, area: str) -> tuple[str, dict[str, Any]]:
    """The condition that a row lies in the viewer's area and in `area`, and its parameters."""
    file = place_of(simulation)
    if not file.exists():
        raise NotFound(_("这次试算的名单已经清理，请重新试算。"), code="no_file")
    given: dict[str, Any] = {"file": str(file)}

    def ranges(spans: Any, letter: str) -> str:
        parts = []
        for index, span in enumerate(spans):
            given[f"{letter}l{index}"], given[f"{letter}h{index}"] = span.low, span.high
            parts.append(f"division_code BETWEEN ${letter}l{index} AND ${letter}h{index}")
        return " OR ".join(parts) or "false"

    viewer = current()
    conditions = [] if viewer.kind == "system" else [ranges(viewer.spans(), "v")]
    if area:
        conditions.append(ranges(places.spans(area), "a"))
    return " AND ".join(f"({one})" for one in conditions) or "true", given


def ask(query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a query over the file of a simulation."""
    import duckdb

    with duckdb.connect(config={"threads": 2, "autoinstall_known_extensions": False}) as con:
        return con.execute(query, dict(given)).fetchall()


def work_simulation(id: UUID | str, heard: Heard | None = None) -> str:
    """Do a simulation that waits; the state it ended in. What went wrong is kept with it in words."""
    from huimin.core.rules.versions import actions

    row = RuleSimulation.objects.select_related("draft").filter(id=id).first()
    if row is None or not actions.begin_simulation(row.id):
        return row.state if row else "gone"
    started = time.monotonic()

    def hear(done: int, total: int) -> None:
        if heard:
            heard(done, total)
        if not actions.advance_simulation(row.id, done, total):
            raise Stopped

    try:
        old, new = texts_of(row)
        if facts.status() is None:
            facts.refresh()
        with facts.opened(today=row.day) as snapshot:
            found = simulate(old, new, snapshot, AreaCode(row.area), keep=place_of(row.id), heard=hear)
        found.seconds["whole"] = round(time.monotonic() - started, 3)
        actions.finish_simulation(row.id, found)
        forget(row)
        return "done"
    except Stopped:
        return "stopped"
    except Refused as refused:
        actions.fail_simulation(row.id, str(refused))
        return "failed"
    except Exception as error:
        actions.fail_simulation(
            row.id, _("出错：%(what)s") % {"what": f"{type(error).__name__}: {error}"[:500]}
        )
        raise


class Stopped(Exception):
    """Somebody pressed stop."""


def forget(row: RuleSimulation) -> None:
    """Delete the lists of earlier simulations of the same draft; their figures stay."""
    earlier = RuleSimulation.objects.filter(draft=row.draft, opened__lte=row.opened).exclude(id=row.id)
    for id in earlier.values_list("id", flat=True):
        place_of(id).unlink(missing_ok=True)
