"""Keys are made and days of decisions are closed here, by the platform itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import system
from huimin.core.credentials import keys, proof
from huimin.core.credentials.models import DecisionDay, DecisionLeaf, SigningKey
from huimin.core.credentials.proof import merkle
from huimin.core.credentials.proof.certificate import FIRST, STATEMENT
from huimin.core.journal.api import Act, action, copy_rows
from huimin.core.rules import api as rules
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.ref import Ref
from huimin.kit.refusal import Refused

LEAVES = ("decision", "day", "position", "leaf")


def province() -> str:
    """The division that signs: the province of this installation."""
    return str(AreaCode.parse(settings.PROVINCE))


@action("credentials.renew_key", title=gettext_lazy("更换签名密钥"))
def renew_key(act: Act) -> dict[str, Any]:
    """End the key in use and make the next one; what the old one signed holds, and it stays published."""
    act.on(Ref.of("division", province()), area=province())
    alone()
    SigningKey.objects.filter(until__isnull=True).update(until=act.now)
    made = ec.generate_private_key(ec.SECP256R1())
    text = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = proof.jwk_of(made.public_key())
    SigningKey.objects.create(kid=public["kid"], public=public, private=text.decode(), made=act.now)
    return {"kid": public["kid"]}


def signer() -> SigningKey:
    """The key in use; the first is made when it is first needed."""
    found = keys.signing_key()
    if found is None:
        renew_key(system("credentials"), key="first")
        found = keys.signing_key()
    assert found is not None
    return found


@action("credentials.close_day", title=gettext_lazy("封存一天的决定"))
def close_day(act: Act, *, day: date) -> dict[str, Any]:
    """Put the decisions of a day into a tree, sign its root and chain it to the day before; closed already, nothing happens.

    The tree holds what was decided before the day ended and is in no earlier tree. What commits late, or is dated back,
    is seen by the next closing and stands in that day's tree: a closed tree never changes. Raises Refused for a day that
    is not over, or does not follow the last one.
    """
    act.on(Ref.of("division", province()), area=province())
    alone()
    closed = DecisionDay.objects.filter(day=day).first()
    if closed is not None:
        return result_of(closed)
    if day >= act.today:
        raise Refused(_("这一天还没有结束，不能封存。"), code="not_over")
    last = DecisionDay.objects.order_by("-day").first()
    if last is not None and day != last.day + timedelta(days=1):
        following = last.day + timedelta(days=1)
        raise Refused(
            _("请按日期先后封存，下一天是 %(day)s。") % {"day": following.isoformat()}, code="not_next"
        )
    found = sorted(leaves(end_of(day)))
    hashes = [leaf for leaf, _id in found]
    tops = merkle.blocks(hashes)
    statement: dict[str, Any] = {
        "type": STATEMENT,
        "issuer": province(),
        "day": day.isoformat(),
        "number": last.number + 1 if last else 1,
        "count": len(found),
        "root": merkle.root(tops).hex(),
        "previous": last.hash if last else FIRST,
        "closed": keys.stamp(act.now),
    }
    copy_rows(DecisionLeaf, LEAVES, ((id, day, at, leaf) for at, (leaf, id) in enumerate(found)))
    made = DecisionDay.objects.create(
        day=day, number=statement["number"], count=len(found), root=statement["root"], previous=statement["previous"],
        statement=statement, signature=keys.signed(signer(), statement, STATEMENT), hash=proof.statement_hash(statement),
        tops=b"".join(tops), closed=act.now,
    )  # fmt: skip
    return result_of(made)


def result_of(row: DecisionDay) -> dict[str, Any]:
    """What closing a day gives."""
    return {"day": row.day.isoformat(), "count": row.count, "root": row.root}


def alone() -> None:
    """Wait for anybody who makes a key or closes a day; until the transaction ends nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('credentials'))")


def end_of(day: date) -> datetime:
    """The moment a day ends in Beijing."""
    return datetime.combine(day + timedelta(days=1), time(), clock.BEIJING)


def leaves(before: datetime) -> list[tuple[bytes, str]]:
    """The leaves of all decisions made before a moment that are in no tree, with their ids."""
    rest = "WHERE d.at < %s AND NOT EXISTS (SELECT 1 FROM credentials_decisionleaf l WHERE l.decision = d.id)"
    return [(proof.leaf_of(rules.salt_of(id), body), id) for id, body in rules.bodies(rest, [before])]


def close_due(first: date | None = None) -> list[dict[str, Any]]:
    """Close every day that is over and was not closed, each as an action of its own; begins with `first`, else yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    last = DecisionDay.objects.order_by("-day").first()
    day = last.day + timedelta(days=1) if last else min(first or yesterday, yesterday)
    done = []
    while day <= yesterday:
        done.append(close_day(system("credentials"), key=day.isoformat(), day=day))
        day += timedelta(days=1)
    return done
