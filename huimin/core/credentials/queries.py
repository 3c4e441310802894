"""Reading closed days, proofs, and certificates; computing a day again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from huimin.core.credentials import keys, proof
from huimin.core.credentials.actions import province, signer
from huimin.core.credentials.models import DecisionDay, DecisionLeaf
from huimin.core.credentials.proof import merkle
from huimin.core.credentials.proof.certificate import CERTIFICATE, FIRST, STATEMENT
from huimin.core.credentials.types import Certificate, DayReport, DayRoot, Flaw, Inclusion
from huimin.core.rules import api as rules
from huimin.kit import clock

SHORT = 12
ABOUT = "Derive this decision again: huimin rules rederive FILE --keys keys.json (keys.json: /open/decisions/keys.json)"


def days(*, before: date | None = None, limit: int = 50) -> tuple[DayRoot, ...]:
    """The closed days, newest first; `before` is the last day already seen."""
    rows = DecisionDay.objects.order_by("-day")
    if before is not None:
        rows = rows.filter(day__lt=before)
    return tuple(view(row) for row in rows.defer("tops")[:limit])


def day_root(day: date) -> DayRoot | None:
    """A closed day, or None."""
    row = DecisionDay.objects.filter(day=day).defer("tops").first()
    return view(row) if row else None


def view(row: DecisionDay) -> DayRoot:
    """A closed day as other parts see it."""
    return DayRoot(
        day=row.day, number=row.number, count=row.count, root=row.root, previous=row.previous, hash=row.hash,
        closed=row.closed, statement=row.statement, signature=row.signature,
    )  # fmt: skip


# Proofs


def inclusion(decision: UUID) -> Inclusion | None:
    """The proof that a decision is in the tree of a closed day; None before its day is closed."""
    row = DecisionLeaf.objects.filter(decision=decision).first()
    return proven(row) if row else None


def inclusion_of(leaf: str, day: date) -> Inclusion | None:
    """The proof for a leaf in the tree of a day: for anybody who holds a certificate, and tells nothing of it."""
    try:
        raw = bytes.fromhex(leaf)
    except ValueError:
        return None
    row = DecisionLeaf.objects.filter(day=day, leaf=raw).first()
    return proven(row) if row else None


def proven(row: DecisionLeaf) -> Inclusion:
    """The proof of a leaf, from its block and the roots of all blocks."""
    day = DecisionDay.objects.get(day=row.day)
    tops = bytes(day.tops)
    blocks = [tops[at : at + 32] for at in range(0, len(tops), 32)]
    block, inside = divmod(row.position, merkle.WIDTH)
    around = DecisionLeaf.objects.filter(day=row.day)
    own = bytes(row.leaf)
    left = around.filter(leaf__lt=own).order_by("-leaf").values_list("leaf", flat=True)[:inside]
    right = around.filter(leaf__gte=own).order_by("leaf").values_list("leaf", flat=True)
    leaves = [bytes(one) for one in (*reversed(left), *right[: merkle.WIDTH - inside])]
    beside = [*merkle.path(leaves, inside), *merkle.path(blocks, block)]
    return Inclusion(
        day=view(day), leaf=own.hex(), index=row.position, path=tuple(one.hex() for one in beside)
    )


# Certificates


def fingerprint(decision: UUID) -> str:
    """The leaf of a decision within the viewer's sight, 64 hexadecimal digits; "" where there is none."""
    found = rules.evidence(decision)
    return proof.leaf_of(rules.salt_of(found.id), found.body).hex() if found else ""


def certificate(decision: UUID) -> Certificate | None:
    """The signed certificate of a decision within the viewer's sight, with its proof once its day is closed; or None."""
    found = rules.evidence(decision)
    if found is None:
        return None
    key = signer()
    salt = rules.salt_of(found.id)
    said = {
        "type": CERTIFICATE,
        "issuer": province(),
        "issued": keys.stamp(clock.now()),
        "moment": found.moment,
        "decision": json.loads(found.body),
        "salt": salt.hex(),
        "rule": found.rule,
    }
    proven = inclusion(decision)
    document = {
        "about": ABOUT,
        "certificate": said,
        "signature": keys.signed(key, said, CERTIFICATE),
        "key": key.public,
        "inclusion": proven.document() if proven else None,
    }
    return Certificate(
        decision=decision,
        name=f"huimin-decision-{found.id[:8]}.json",
        content=(json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode(),
        leaf=proof.leaf_of(salt, found.body).hex(),
        day=proven.day.day if proven else None,
    )


# Computing again


def verify_day(day: date, heard: Callable[[int, int], None] | None = None) -> DayReport:
    """Compute the tree of a closed day again from the decisions as they are now, and say what differs.

    `heard(done, total)` hears of progress. Raises LookupError for a day that was not closed.
    """
    row = DecisionDay.objects.filter(day=day).first()
    if row is None:
        raise LookupError(f"{day} was not closed")
    flaws = [*of_statement(row)]
    rest = "JOIN credentials_decisionleaf l ON l.decision = d.id WHERE l.day = %s"
    now: dict[str, bytes] = {}
    for id, body in rules.bodies(rest, [day]):
        now[id] = proof.leaf_of(rules.salt_of(id), body)
        if heard and len(now) % 5_000 == 0:
            heard(len(now), row.count)
    kept: list[bytes] = []
    stored = DecisionLeaf.objects.filter(day=day).order_by("position")
    for leaf in stored.iterator(chunk_size=5_000):
        id = str(leaf.decision)
        if id not in now:
            flaws.append(Flaw(code="gone", decision=id, text="the decision is not there any more"))
        elif now[id] != bytes(leaf.leaf):
            flaws.append(Flaw(code="changed", decision=id, text="the decision was changed after it was kept"))
        kept.append(bytes(leaf.leaf))
    if len(kept) != row.count:
        text = f"{row.count} decisions were signed, {len(kept)} leaves are kept"
        flaws.append(Flaw(code="count", decision="", text=text))
    if merkle.root(kept).hex() != row.statement.get("root"):
        text = "the leaves that are kept do not give the root that was signed"
        flaws.append(Flaw(code="root", decision="", text=text))
    return DayReport(day=day, count=len(kept), flaws=tuple(flaws))


def of_statement(row: DecisionDay) -> Iterator[Flaw]:
    """What is wrong with the signed statement of a day, and with its place in the chain."""
    said: dict[str, Any] = row.statement
    kept = {
        "day": row.day.isoformat(), "number": row.number, "count": row.count, "root": row.root, "previous": row.previous,
    }  # fmt: skip
    wrong = [name for name, value in kept.items() if said.get(name) != value]
    if wrong:
        yield Flaw(code="columns", decision="", text=f"{', '.join(wrong)}: not as signed")
    try:
        public = next(k for k in keys.key_list()["keys"] if proof.kid_of(row.signature) == k["kid"])
        proof.verify(row.signature, proof.canonical(said), public, STATEMENT)
    except (StopIteration, proof.SignatureError, proof.NotCanonicalError):
        yield Flaw(code="signature", decision="", text="the signature of the day does not hold")
    before = DecisionDay.objects.filter(number=row.number - 1).first()
    expected = proof.statement_hash(before.statement) if before else FIRST
    if row.previous != expected or (before is None and row.number != 1):
        yield Flaw(code="chain", decision="", text="the day does not follow the day before it")


def verify_chain() -> tuple[Flaw, ...]:
    """What is wrong with the statements of all closed days and their order; their decisions are not read."""
    flaws: list[Flaw] = []
    expected: date | None = None
    for row in DecisionDay.objects.order_by("number").defer("tops"):
        flaws += [
            Flaw(code=one.code, decision="", text=f"{row.day}: {one.text}") for one in of_statement(row)
        ]
        if expected is not None and row.day.toordinal() != expected.toordinal() + 1:
            flaws.append(
                Flaw(
                    code="missing",
                    decision="",
                    text=f"{row.day} does not follow {expected}: a day is missing",
                )
            )
        expected = row.day
    return tuple(flaws)
