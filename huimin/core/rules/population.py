"""A rule for everyone: facts from the snapshot, outcomes in one pass, and what differs from what was decided before.

Nothing is written here. A subject without a kept decision stands at the rule's default, the outcome that is not kept
one by one; so is a null outcome read. What differs is worked out with everything that explains it, in the shape that
`deciding.py` keeps, except the smallest changes: those follow from the kept facts and are worked out when they are read.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
from django.db import connection

from huimin.core.facts.api import FACTS, fact
from huimin.core.facts.types import FactType
from huimin.core.rules.book import RuleFile
from huimin.core.rules.deciding import articles_of, evaluate, hits_of, value_from
from huimin.core.rules.lang import lower
from huimin.core.rules.lang.model import DecisionTable
from huimin.core.rules.spreading import Asked
from huimin.core.rules.spreading import differing as differing_on_spark
from huimin.core.rules.types import Flow
from huimin.kit.area import AreaCode

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot

PLACES = {
    "household": ("people_household", "p.closed_on IS NULL"),
    "person": ("people_person", "p.died_on IS NULL AND p.left_on IS NULL"),
}
COUNTY = 6
BATCH = 5_000


@dataclass
class Difference:
    """What a rule gives for everyone against what was decided before: how many, where, and the rows to keep."""

    file: RuleFile
    snapshot: Snapshot
    subjects: int = 0
    newer: int = 0
    placeless: int = 0
    flows: list[Flow] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def counties(self) -> dict[str, int]:
        """How many subjects change in each county, by the six digits of its code."""
        found: dict[str, int] = {}
        for flow in self.flows:
            found[flow.county] = found.get(flow.county, 0) + flow.count
        return dict(sorted(found.items()))

    @property
    def changed(self) -> int:
        """How many subjects change."""
        return sum(flow.count for flow in self.flows)

    def rows(self, county: str) -> Iterator[tuple[Any, ...]]:
        """The decisions of a county: id, subject, division, outcome, before, hits, facts, articles; JSON as text."""
        chosen = explained(self.file, self.snapshot)
        order = "ORDER BY c.division_code, c.subject"
        found = self.snapshot.con.execute(
            f"SELECT {chosen} FROM huimin_changed c WHERE c.county = ? {order}", [county]
        )
        hits = Hits(self.file, self.snapshot.today)
        while batch := found.fetchmany(BATCH):
            for id, subject, division, outcome, before, row, rows, facts in batch:
                matched, articles = hits.of(row, rows, facts)
                yield (id, subject, division, outcome, before, matched, facts, articles)


def columns(file: RuleFile) -> dict[str, tuple[str, str]]:
    """The rule's inputs with the short name of their columns and the fact they stand for."""
    return {name: (f"{index}", full) for index, (name, full) in enumerate(file.inputs.items())}


def subject_kind(file: RuleFile) -> str:
    """What the rule is about: the kind of subject of its facts; raise LookupError where they differ."""
    kinds = {FACTS[full][0].subject for full in file.inputs.values()}
    if len(kinds) != 1:
        raise LookupError(f"{file.name}: its facts are about {', '.join(sorted(kinds))}")
    return kinds.pop()


def facts_of(file: RuleFile, snapshot: Snapshot) -> Any:
    """The rule's facts of everyone: `subject`, and for each input its value, date and source."""
    return facts_named(columns(file).values(), snapshot)


def facts_named(named: Iterable[tuple[str, str]], snapshot: Snapshot) -> Any:
    """Facts of everyone: `subject`, and for each (short, full) name `v`, `a` and `s` with the short one."""
    by_table: dict[str, list[tuple[str, str]]] = {}
    for short, full in named:
        key = f"{full.partition('.')[0]}.{FACTS[full][0].name}"
        by_table.setdefault(key, []).append((short, full))
    joined: Any = None
    for key, wanted in by_table.items():
        table = snapshot.facts(key)
        chosen: dict[str, Any] = {"subject": table.subject}
        for short, full in wanted:
            name = fact(full).name
            chosen[f"v{short}"] = table[name]
            for letter, ending in (("a", "at"), ("s", "source")):
                if f"{name}_{ending}" in table.columns:
                    chosen[f"{letter}{short}"] = table[f"{name}_{ending}"]
        part = table.select(**chosen)
        if joined is None:
            joined = part
        else:
            both = joined.outer_join(part, "subject")
            joined = both.mutate(subject=ibis.coalesce(both.subject, both.subject_right)).drop(
                "subject_right"
            )
    return joined


def outcomes(file: RuleFile, snapshot: Snapshot) -> Any:
    """The facts of everyone with `outcome` and `row`; raise NotLowerable with every place and reason."""
    names = {name: f"v{short}" for name, (short, _full) in columns(file).items()}
    moment = {"today": snapshot.today, "now": snapshot.as_of}
    found = lower.model(file.model, file.decision, facts_of(file, snapshot), names, **moment)
    kept = ["subject", *(c for c in found.columns if c[0] in "vas" and c[1:].isdigit()), "outcome", "row"]
    return found.select(*kept, *(["rows"] if "rows" in found.columns else []))


def compare(file: RuleFile, snapshot: Snapshot, area: AreaCode, master: str = "") -> Difference:
    """Decide the rule for everyone in a division, and put what differs from the kept decisions aside in DuckDB.

    master is a Spark master that decides and compares; without one it is done here.
    """
    import pyarrow as pa

    found = Difference(file, snapshot)
    con, kind = snapshot.con, subject_kind(file)
    started = time.monotonic()
    since = current(file.name, kind)
    con.register("huimin_incoming", since)
    con.execute(
        "CREATE OR REPLACE TABLE huimin_current AS "
        "SELECT try_cast(subject AS UUID) AS subject, outcome, CAST(made AS TIMESTAMPTZ) AS made FROM huimin_incoming"
    )
    con.unregister("huimin_incoming")
    found.seconds["current"] = round(time.monotonic() - started, 3)
    started = time.monotonic()
    expression = outcomes(file, snapshot)
    query = str(ibis.to_sql(expression, dialect="duckdb"))
    table, living = PLACES[kind]
    low, high = area.span
    default = file.default or ""
    outcome, kept = "d.outcome::VARCHAR", "c.outcome"
    if expression.outcome.type().is_decimal():
        outcome, kept = shortest(outcome), shortest(kept)
    rows = "d.rows" if "rows" in expression.columns else "NULL::VARCHAR AS rows"
    facts = ", ".join(f"d.{c}" for c in expression.columns if c[0] in "vas" and c[1:].isdigit())
    con.execute(
        f"CREATE OR REPLACE TABLE huimin_kind AS SELECT {expression.outcome.type().is_boolean()} AS boolean"
    )
    differing = f"""
        SELECT d.subject::VARCHAR AS subject, p.division_code, substr(p.division_code, 1, {COUNTY}) AS county, d.row, {rows},
               {outcome} AS outcome, {kept} AS kept, coalesce({outcome}, $default) AS after,
               coalesce({kept}, $default) AS before, coalesce(c.made > $as_of, false) AS newer, {facts}
        FROM ({query}) d
        JOIN {table} p ON p.id = d.subject
        LEFT JOIN huimin_current c ON c.subject = d.subject
        WHERE {living} AND p.division_code BETWEEN $low AND $high
          AND coalesce({outcome}, $default) <> coalesce({kept}, $default)
        """
    subjects = str(ibis.to_sql(facts_of(file, snapshot).select("subject"), dialect="duckdb"))
    counted = (
        f"SELECT count(*) FILTER (WHERE {living} AND p.division_code BETWEEN $low AND $high), "
        f"count(*) FILTER (WHERE p.id IS NULL) FROM ({subjects}) d LEFT JOIN {table} p ON p.id = d.subject"
    )

    def part(here: Snapshot) -> tuple[Any, int, int]:
        given = {"low": low, "high": high}
        placed, placeless = here.con.execute(counted, given).fetchall()[0]
        more = {"default": default, "as_of": snapshot.as_of}
        return here.con.sql(differing, params=given | more).to_arrow_table(), placed, placeless

    if master:
        parts = [differing_on_spark(Asked(snapshot, expression, table, living, area, default), master)]
    else:
        parts = list(snapshot.each(kind, part))
    found.subjects = sum(placed for _rows, placed, _placeless in parts)
    found.placeless = sum(placeless for _rows, _placed, placeless in parts)
    con.register("huimin_differing", pa.concat_tables([table for table, _placed, _placeless in parts]))
    found.newer = one(con, "SELECT count(*) FROM huimin_differing WHERE newer")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE huimin_changed AS SELECT * FROM huimin_differing WHERE NOT newer"
    )
    flows = con.execute(
        "SELECT county, before, after, count(*) FROM huimin_changed GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    shown = {default: ""}
    found.flows = [
        Flow(
            rule=file.name,
            county=county,
            before=shown.get(before, before),
            after=shown.get(after, after),
            count=count,
        )
        for county, before, after, count in flows
    ]
    found.seconds["compare"] = round(time.monotonic() - started, 3)
    con.unregister("huimin_differing")
    return found


def shortest(number: str) -> str:
    """A number as text without noughts at its end, so that texts of equal numbers are equal."""
    return f"CASE WHEN contains({number}, '.') THEN rtrim(rtrim({number}, '0'), '.') ELSE {number} END"


def one(con: Any, query: str) -> int:
    """The only figure of a query."""
    return int(con.execute(query).fetchall()[0][0])


def current(rule: str, kind: str) -> Any:
    """The latest decision of a rule about each subject, as Arrow: subject, outcome as text or null, when it was made."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    query = (
        "COPY (SELECT DISTINCT ON (subject_id) subject_id, outcome #>> '{}', at FROM rules_decisionrow "
        f"WHERE rule = {quoted(rule)} AND subject_kind = {quoted(kind)} ORDER BY subject_id, at DESC, id DESC) "
        "TO STDOUT (FORMAT csv)"
    )
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            buffer.write(block)
    types = {"subject": pa.string(), "outcome": pa.string(), "made": pa.string()}
    if not buffer.tell():
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})
    buffer.seek(0)
    return arrow_csv.read_csv(
        buffer,
        read_options=arrow_csv.ReadOptions(column_names=list(types)),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def quoted(value: str) -> str:
    """A value as a text of SQL."""
    return "'" + value.replace("'", "''") + "'"


# What a decision keeps, as SQL


def explained(file: RuleFile, snapshot: Snapshot) -> str:
    """The columns of rows to keep: id, subject, division, outcome, before, row, rows, facts; JSON as text."""
    seed = f"{file.name}/{file.model.hash}/{snapshot.generation}/{snapshot.today}"
    return (
        f"md5(concat_ws('/', {quoted(seed)}, c.subject, c.outcome))::UUID::VARCHAR, c.subject::VARCHAR, c.division_code, "
        f"{as_json('c.outcome', snapshot)}, CASE WHEN c.kept IS NOT NULL THEN {as_json('c.kept', snapshot)} END, "
        f"c.row, c.rows, {facts_json(file, snapshot)}"
    )


def as_json(column: str, snapshot: Snapshot) -> str:
    """An outcome kept as text as the JSON a decision keeps: booleans as such, numbers as text."""
    kind = snapshot.con.execute("SELECT any_value(boolean) FROM huimin_kind").fetchall()[0][0]
    made = column if kind else f"to_json({column})::VARCHAR"
    return f"coalesce({made}, 'null')"


def facts_json(file: RuleFile, snapshot: Snapshot) -> str:
    """The facts of a row as the JSON list that `deciding.used` makes."""
    present = {row[0] for row in snapshot.con.execute("DESCRIBE huimin_changed").fetchall()}
    parts = []
    for short, full in columns(file).values():
        entry = fact(full)
        value = f"c.v{short}"
        if entry.type is FactType.NUMBER:
            shown = f"CASE WHEN {value} IS NOT NULL THEN json_object('type', 'number', 'text', {value}::VARCHAR) END"
        elif entry.type is FactType.DATE:
            shown = f"to_json({value}::DATE::VARCHAR)"
        else:
            shown = f"to_json({value})"
        source = quoted(str(entry.source))
        if f"s{short}" in present:
            source = f"coalesce(nullif(c.s{short}::VARCHAR, ''), {source})"
        at = f"c.a{short}::DATE::VARCHAR" if f"a{short}" in present else "NULL"
        parts.append(
            f"json_object('name', {quoted(full)}, 'title', {quoted(str(entry.title))}, 'value', {shown}, "
            f"'unit', {quoted(entry.unit)}, 'source', {source}, 'at', {at})"
        )
    return "'[' || concat_ws(',', " + ", ".join(f"{part}::VARCHAR" for part in parts) + ") || ']'"


class Hits:
    """The rows that matched and the articles they name, as a decision keeps them; each made once."""

    def __init__(self, file: RuleFile, day: date) -> None:
        self.file, self.day = file, day
        decision = file.model.decision(file.decision)
        logic = decision.logic if decision else None
        self.table = logic if isinstance(logic, DecisionTable) and file.tables == 1 else None
        self.known: dict[str, tuple[str, str]] = {}
        self.read = [(name, full, fact(full).type is FactType.DATE) for name, full in file.inputs.items()]

    def of(self, row: int | None, rows: str | None, facts: str) -> tuple[str, str]:
        """Hits and articles as JSON; where several tables have a part, one evaluation says which rows they are."""
        if self.table is None:
            return self.evaluated(facts)
        numbers = rows or (str(row) if row else "")
        if numbers not in self.known:
            wanted = {int(one) for one in numbers.split(",") if one}
            hits = [
                {
                    "decision": self.table.place.element,
                    "row": each.number,
                    "annotations": dict(each.annotations),
                }
                for each in self.table.rows
                if each.number in wanted
            ]
            self.known[numbers] = as_text(hits), as_text(articles_of(hits))
        return self.known[numbers]

    def evaluated(self, facts: str) -> tuple[str, str]:
        """Hits and articles by evaluating the rule for one subject; the texts of the same rows are made once."""
        stored = {one["name"]: one["value"] for one in json.loads(facts)}
        given = {
            name: date.fromisoformat(value) if dated and isinstance(value, str) else value_from(value)
            for name, dated, value in ((name, dated, stored[full]) for name, full, dated in self.read)
        }
        matched = evaluate(self.file, given, self.day)
        key = ",".join(f"{one.decision}:{one.row}" for one in matched.matched)
        if key not in self.known:
            hits = hits_of(matched)
            self.known[key] = as_text(hits), as_text(articles_of(hits))
        return self.known[key]


def as_text(value: Any) -> str:
    """JSON as text."""
    return json.dumps(value, ensure_ascii=False)
