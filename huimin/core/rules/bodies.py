"""What a decision says, as bytes that are the same whoever writes them: what certificates hold and trees are made of.

Who it is about stands in it as a pseudonym: a keyed hash, the same for all decisions about one subject. What the office
alone knows (the subject, its village, the entry, what was decided before) is bound in by `record`, another keyed hash:
changed in the database, the body is another one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from huimin import __version__
from huimin.core.facts.api import FACTS, fact
from huimin.core.rules import lang
from huimin.core.rules.models import DecisionRow, PopulationRun, RuleVersion

FETCH = 5_000
SAFE = 2**53 - 1
COLUMNS = (
    "d.id::text, d.rule, v.hash, d.subject_kind, d.subject_id, d.division_code, d.as_of::text, "
    """to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), """
    "d.outcome::text, d.hits::text, d.facts::text, d.articles::text, d.changes::text, d.entry_id::text, d.run_id::text, "
    "d.before::text"
)


def bodies(rest: str = "", given: Sequence[Any] = ()) -> Iterator[tuple[str, bytes]]:
    """The id and the canonical bytes of decisions, whoever looks: for the platform's own duties, and ids in sight.

    `rest` continues the query over `d` (decisions) and `v` (versions): joins, conditions, order.
    """
    query = (
        f"SELECT {COLUMNS} FROM rules_decisionrow d JOIN rules_ruleversion v ON v.id = d.version_id {rest}"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, list(given))
        while rows := cursor.fetchmany(FETCH):
            for row in rows:
                yield row[0], body(row)


def body(row: Sequence[Any]) -> bytes:
    """The canonical bytes (RFC 8785) of a row of COLUMNS; names stand in order."""
    (
        id, rule, version, kind, subject, division, as_of, at, outcome, hits, facts, articles, changes, entry, run, before,
    ) = row  # fmt: skip
    record = "\0".join((kind, subject, division, changes or "", entry or "", run or "", before or ""))
    return (
        f'{{"area":{quoted(division[:6] + "000000")},"articles":{repeated(articles)},"as_of":"{as_of}","at":"{at}",'
        f'"facts":{settled(facts)},"hits":{repeated(hits)},"id":"{id}","outcome":{repeated(outcome)},'
        f'"pseudonym":"{keyed("pseudonym", f"{kind}:{subject}")}","record":"{keyed("record", record)}",'
        f'"rule":{quoted(rule)},"subject":{quoted(kind)},"version":"{version}"}}'
    ).encode()


def salt_of(id: str) -> bytes:
    """The 16 bytes that keep anybody from guessing a decision by trying what it could say."""
    return bytes.fromhex(keyed("salt", id))[:16]


def keyed(purpose: str, text: str) -> str:
    """A keyed hash for one purpose, 64 hexadecimal digits."""
    return hmac.digest(purpose_key(settings.LOOKUP_KEY, purpose), text.encode(), "sha256").hex()


@lru_cache(maxsize=16)
def purpose_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.digest(key, f"decision/{purpose}".encode(), "sha256")


# Canonical JSON of what PostgreSQL keeps


def settled(text: str) -> str:
    """A JSON text in canonical form; numbers that a reader could round become text."""
    value = READ(text)
    if len(text.encode("utf-16-le")) == 2 * len(
        text
    ):  # within the basic plane code points sort as UTF-16 does
        return WRITE(value)
    return json.dumps(sorted_by_units(value), ensure_ascii=False, separators=(",", ":"))


def whole(text: str) -> Any:
    """A whole number, as text where it is beyond what every reader keeps."""
    value = int(text)
    return value if abs(value) <= SAFE else as_text(text)


def as_text(text: str) -> dict[str, str]:
    """A number as decisions keep numbers."""
    return {"type": "number", "text": text}


READ = json.JSONDecoder(parse_float=as_text, parse_int=whole).decode
WRITE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
repeated = lru_cache(maxsize=4_000)(settled)
quoted = lru_cache(maxsize=4_000)(lambda text: json.dumps(text, ensure_ascii=False))


def sorted_by_units(value: Any) -> Any:
    """The value with its names in the order of RFC 8785, which is that of UTF-16."""
    if isinstance(value, dict):
        return {n: sorted_by_units(value[n]) for n in sorted(value, key=lambda n: n.encode("utf-16-be"))}
    return [sorted_by_units(one) for one in value] if isinstance(value, list) else value


# What makes a decision one that can be made again


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A decision with what decides it again: canonical bytes, the moment declared, the rule's text and its input names."""

    id: str
    body: bytes
    moment: str
    rule: dict[str, Any]


def evidence(id: UUID) -> Evidence | None:
    """The evidence of a decision within the viewer's sight, or None."""
    row = DecisionRow.objects.filter(id=id).select_related("version").first()
    if row is None:
        return None
    found = next(found for _id, found in bodies("WHERE d.id = %s", [id]))
    run = PopulationRun.objects.filter(id=row.run_id).first() if row.run_id else None
    moment = run.as_of if run is not None and run.as_of else row.at
    return Evidence(
        id=str(row.id),
        body=found,
        moment=moment.astimezone(UTC).isoformat(),
        rule=rule_of(row.rule, row.version),
    )


model_of = lru_cache(maxsize=64)(lang.load)


def rule_of(name: str, version: RuleVersion) -> dict[str, Any]:
    """A version of a rule as anybody can run it: its text, which of its decisions is asked, which fact is which input."""
    service, _dot, stem = name.partition(".")
    model = model_of(version.text)
    names = [one.name for one in model.decisions]
    inputs = {one.name: one.fact or f"{service}.{one.name}" for one in model.inputs}
    return {
        "name": name,
        "title": version.title,
        "number": version.number,
        "valid_from": version.valid_from.isoformat(),
        "basis": version.basis,
        "decision": stem if stem in names else names[-1],
        "inputs": inputs,
        "types": {full: str(fact(full).type) for full in inputs.values() if full in FACTS},
        "language": {"dmn": model.dmn_namespace, "engine": f"huimin {__version__}"},
        "source": version.text,
    }
