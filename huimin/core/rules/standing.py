"""How many of the register stand where an analysis found a gap, an overlap or a conflict: one scan for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huimin.core.facts import api as facts
from huimin.core.rules import lang
from huimin.core.rules.book import RuleFile
from huimin.core.rules.catalogued import about
from huimin.core.rules.lang.analysis import Analysis, Finding
from huimin.core.rules.population import COUNTY, PLACES, facts_named, subject_kind
from huimin.core.rules.versions.simulating import Simulation, simulate
from huimin.kit.area import AreaCode

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot


@dataclass(frozen=True, kw_only=True)
class Standing:
    """People in one finding: how many in all, and by the six digits of their county; None where it cannot be counted."""

    people: int | None
    counties: tuple[tuple[str, int], ...] = ()


def analysis_of(file: RuleFile) -> Analysis:
    """What is wrong with the tables of a rule, with what the catalogue knows of its facts."""
    return lang.analyse(file.model, file.decision, about=about(file))


def standings(file: RuleFile, findings: Sequence[Finding]) -> tuple[Standing, ...]:
    """How many living subjects stand in each finding of `analysis_of`, on the latest snapshot.

    Raises NotLowerable where the rule cannot be run on everyone, LookupError where there is no snapshot.
    """
    import ibis

    from huimin.core.rules.lang.analysis.counting import places

    if facts.status() is None:
        raise LookupError("no snapshot")
    with facts.opened() as snapshot:
        named = [(str(at), full) for at, full in enumerate(file.inputs.values())]
        columns = {name: f"v{at}" for at, name in enumerate(file.inputs)}
        table = facts_named(named, snapshot)
        moment = {"today": snapshot.today, "now": snapshot.as_of}
        found = places(file.model, file.decision, table, findings, columns, **moment)
        asked = [name for name in found.columns if name not in table.columns]
        query = str(ibis.to_sql(found.select("subject", *asked), dialect="duckdb"))
        kind = subject_kind(file)
        place, living = PLACES[kind]
        sums = "".join(f", count(*) FILTER (WHERE d.{name})" for name in asked)
        sql = (
            f"SELECT substr(p.division_code, 1, {COUNTY}){sums} FROM ({query}) d "
            f"JOIN {place} p ON p.id = d.subject WHERE {living} GROUP BY ALL"
        )

        def part(here: Snapshot) -> list[tuple[str, ...]]:
            return here.con.execute(sql).fetchall()

        rows = [row for rows in snapshot.each(kind, part) for row in rows]
    return tuple(_standing(f"f{at}", asked, rows) for at in range(len(findings)))


def compared(old: RuleFile, new: RuleFile) -> Simulation:
    """Two texts of a rule for everyone in the viewer's sight of the snapshot: who is decided otherwise, by county.

    Raises NotLowerable where one of them cannot be run on everyone, LookupError where there is no snapshot.
    """
    if facts.status() is None:
        raise LookupError("no snapshot")
    with facts.opened() as snapshot:
        return simulate(old, new, snapshot, AreaCode("0" * 12))


def _standing(name: str, asked: list[str], rows: list[tuple[str, ...]]) -> Standing:
    if name not in asked:
        return Standing(people=None)
    place = asked.index(name) + 1
    counties: dict[str, int] = {}
    for row in rows:
        if row[place]:
            counties[row[0]] = counties.get(row[0], 0) + int(row[place])
    return Standing(people=sum(counties.values()), counties=tuple(sorted(counties.items())))
