"""A decision's certificate: what it must hold, and whether it does, with nothing but the file and a list of keys.

    {"certificate": {...}, "signature": "<detached JWS over the canonical certificate>", "key": {JWK},
     "inclusion": {"statement": {...}, "signature": "...", "index": 7, "path": ["hex", ...]} or null}

`certificate.decision` and `certificate.salt` make the leaf of the day's tree; the rest says how to decide again.
docs/decisions/0014 describes every member.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from huimin.core.rules import lang

from . import merkle
from .canonical import NotCanonicalError, canonical
from .signing import SignatureError, kid_of, thumbprint, verify

CERTIFICATE, STATEMENT = "huimin-decision-1", "huimin-decisions-of-a-day-1"
FIRST = "0" * 64
DECISION = (
    "area", "articles", "as_of", "at", "facts", "hits", "id", "outcome", "pseudonym", "record", "rule", "subject", "version",
)  # fmt: skip
RULE = ("decision", "inputs", "language", "name", "source", "title")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: state is ok, bad or none (nothing to look at); what was found and what was expected."""

    name: str
    state: str
    reason: str = ""
    found: Any = None
    expected: Any = None


@dataclass
class Report:
    """What became of a certificate: every check in order, and what is said of the decision itself."""

    checks: list[Check] = field(default_factory=list)
    decision: dict[str, Any] = field(default_factory=dict)
    rule: dict[str, Any] = field(default_factory=dict)
    kid: str = ""
    leaf: str = ""
    outcome: Any = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return all(one.state != "bad" for one in self.checks)

    @property
    def same(self) -> bool | None:
        """Whether deciding again gave the same; None where it could not be decided again."""
        found = {one.name: one.state for one in self.checks}
        return None if "outcome" not in found else found["outcome"] == found["rows"] == "ok"

    def add(self, name: str, good: bool, reason: str = "", found: Any = None, expected: Any = None) -> bool:
        """Keep a check."""
        self.checks.append(Check(name, "ok" if good else "bad", "" if good else reason, found, expected))
        return good


def leaf_of(salt: bytes, decision: bytes) -> bytes:
    """The leaf of a decision: the hash of its salt and its canonical bytes."""
    return merkle.leaf_hash(salt + decision)


def statement_hash(statement: Mapping[str, Any]) -> str:
    """The hash by which the next day's statement names this one."""
    return hashlib.sha256(canonical(dict(statement))).hexdigest()


def member(document: Any, name: str, kind: type) -> Any:
    """A member of a JSON object of a kind; raise NotCanonicalError where it is missing or of another kind."""
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        raise NotCanonicalError(f"{name} is missing or no {kind.__name__}")
    return value


def check(
    document: Any, *, keys: Iterable[Mapping[str, Any]] | None = None, root: str | Mapping[str, Any] = ""
) -> Report:
    """Look at a certificate: form, signature, rule, facts, outcome, rows, inclusion.

    `keys` are the published JWKs; without them the key in the file is used, which proves only that the file is whole.
    `root` is a root to hold the proof against: 64 hexadecimal digits, or a published statement with its signature.
    """
    report = Report()
    try:
        said = member(document, "certificate", dict)
        report.decision, report.rule = member(said, "decision", dict), member(said, "rule", dict)
        for names, holder in ((DECISION, report.decision), (RULE, report.rule)):
            missing = [name for name in names if name not in holder]
            if missing:
                raise NotCanonicalError(f"{', '.join(missing)} is missing")
        payload = canonical(said)
        salt = bytes.fromhex(member(said, "salt", str))
        report.leaf = leaf_of(salt, canonical(report.decision)).hex()
    except (NotCanonicalError, ValueError) as error:
        report.add("form", False, str(error))
        return report
    report.add("form", said.get("type") == CERTIFICATE, "type", said.get("type"), CERTIFICATE)
    known = list(keys) if keys is not None else None
    signed(report, document, payload, known, CERTIFICATE, str(said.get("issued", "")))
    if report.ok:  # what nobody signed is not run
        again(report, said)
    included(report, document, known, root)
    return report


def signed(
    report: Report, holder: Any, payload: bytes, keys: list[Mapping[str, Any]] | None, kind: str, at: str
) -> None:
    """Whether a published key (without a list: the key in the file) signed this, while it was in use."""
    jws, own = holder.get("signature"), holder.get("key")
    name = "signature" if kind == CERTIFICATE else "statement"
    try:
        if not isinstance(jws, str):
            raise SignatureError("no signature")
        if keys is None:
            if not isinstance(own, dict):
                raise SignatureError("no key in the file, and none given")
            key: Mapping[str, Any] = own
        else:
            key = key_of(jws, keys)
        verify(jws, payload, key, kind)
        until = str(key.get("until") or "")
        if until and at > until:
            raise SignatureError(f"signed at {at}, after the key ended at {until}")
    except SignatureError as error:
        report.add(name, False, str(error))
        return
    if kind == CERTIFICATE:
        report.kid = thumbprint(key)
    report.add(name, True, found="embedded" if keys is None else "published")


def key_of(jws: str, keys: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The key of a list that a signature names; raise SignatureError where it is not in the list."""
    kid = kid_of(jws)
    for key in keys:
        if isinstance(key, Mapping) and thumbprint(key) == kid:
            return key
    raise SignatureError(f"the key {kid} is not in the list")


# Deciding again


def again(report: Report, said: Mapping[str, Any]) -> None:
    """Decide by the rule in the file from the facts in the file, and compare."""
    decision, rule = report.decision, report.rule
    try:
        model = lang.load(str(rule["source"]))
        report.add("rule", model.hash == decision["version"], "hash", model.hash, decision["version"])
        facts, missing = facts_of(model, rule, decision["facts"])
        report.add("facts", not missing, "missing", missing)
        day = dt.date.fromisoformat(decision["as_of"])
        moment = dt.datetime.fromisoformat(str(said.get("moment") or decision["at"]))
        found = lang.evaluate(model, str(rule["decision"]), facts, now=moment, today=day)
    except lang.RuleError as error:
        report.add("rule", False, "; ".join(one.message for one in error.problems))
        return
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        report.add("facts", False, f"{type(error).__name__}: {error}")
        return
    report.outcome = plain(found.outcome)
    report.add(
        "outcome", alike(report.outcome, decision["outcome"]), "differs", report.outcome, decision["outcome"]
    )
    rows = [{"decision": m.decision, "row": m.row, "annotations": dict(m.annotations)} for m in found.matched]
    kept = list(decision["hits"])
    report.add("rows", rows == kept, "differs", numbers(rows), numbers(kept))
    notes = {text for matched in found.matched for text in matched.annotations.values()}
    unfounded = [one for one in decision["articles"] if one not in notes]
    report.add("articles", not unfounded, "unfounded", unfounded)


def numbers(rows: Iterable[Any]) -> list[str]:
    """Rows as `decision 3`."""
    return [f"{row.get('decision')} {row.get('row')}" for row in rows if isinstance(row, dict)]


def facts_of(
    model: lang.Model, rule: Mapping[str, Any], facts: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """The facts of a certificate by the rule's input names, and the inputs that it has no fact for."""
    known = {str(one["name"]): one for one in facts}
    found, missing = {}, []
    for each in model.inputs:
        full = str(rule["inputs"].get(each.name, each.key))
        if full in known:
            found[each.name] = value_of(
                known[full]["value"], each.type_name or str(rule.get("types", {}).get(full, ""))
            )
        else:
            missing.append(each.name)
    return found, missing


def value_of(kept: Any, kind: str) -> Any:
    """A kept value as rules take it: numbers and days as such."""
    if isinstance(kept, dict) and kept.get("type") == "number":
        return Decimal(kept["text"])
    if isinstance(kept, str) and kind == "date":
        return dt.date.fromisoformat(kept)
    if isinstance(kept, list):
        return [value_of(one, kind) for one in kept]
    return kept


def plain(value: Any) -> Any:
    """An outcome as a decision keeps it."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return str(value)
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case dict():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return str(value)


def alike(one: Any, other: Any) -> bool:
    """Whether two kept outcomes are the same, numbers by value."""
    if one == other:
        return type(one) is type(other)
    if isinstance(one, str) and isinstance(other, str):
        try:
            return Decimal(one) == Decimal(other)
        except InvalidOperation:
            return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    return False


# Inclusion


def included(
    report: Report, document: Any, keys: list[Mapping[str, Any]] | None, root: str | Mapping[str, Any]
) -> None:
    """Whether the leaf leads to the root of its day, the day was signed, and its root is the one given."""
    proof = document.get("inclusion")
    if proof is None:
        reason = "no proof in the file"
        report.checks.append(Check("inclusion", "bad" if root else "none", reason))
        return
    try:
        statement = member(proof, "statement", dict)
        index, count = member(proof, "index", int), member(statement, "count", int)
        beside = [bytes.fromhex(one) for one in member(proof, "path", list)]
        payload, own = canonical(statement), member(statement, "root", str)
        found = merkle.root_by_path(bytes.fromhex(report.leaf), index, count, beside)
    except (NotCanonicalError, ValueError, TypeError) as error:
        report.add("inclusion", False, str(error))
        return
    signed(
        report,
        {"key": document.get("key"), **proof},
        payload,
        keys,
        STATEMENT,
        str(statement.get("closed", "")),
    )
    report.add("inclusion", found is not None and found.hex() == own, "root", found and found.hex(), own)
    if root:
        held(report, statement, keys, root)


def held(
    report: Report,
    statement: Mapping[str, Any],
    keys: list[Mapping[str, Any]] | None,
    root: str | Mapping[str, Any],
) -> None:
    """Whether the statement of the proof is the one that was published."""
    if isinstance(root, str):
        report.add("root", statement["root"] == root.lower(), "differs", statement["root"], root.lower())
        return
    try:
        published = member(root, "statement", dict)
        report.add("root", published == statement, "differs", statement["root"], published.get("root"))
        signed(report, dict(root), canonical(published), keys, STATEMENT, str(published.get("closed", "")))
    except NotCanonicalError as error:
        report.add("root", False, str(error))
