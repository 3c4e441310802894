"""Days of decisions: closed once, chained, proven, and found out where somebody changed a row behind the platform's back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from huimin.core.access import api as access
from huimin.core.credentials import api, proof, tasks
from huimin.core.credentials.actions import close_day, leaves
from huimin.core.credentials.models import DecisionDay, DecisionLeaf, SigningKey
from huimin.core.credentials.proof import merkle
from huimin.core.rules import api as rules
from huimin.core.rules.book import BOOK
from huimin.core.rules.models import DecisionRow, RuleVersion
from huimin.kit import clock as kit
from huimin.kit.refusal import Refused

DAY = date(2026, 11, 20)
VILLAGE = "620123101201"
OTHER = "97214c05-c04d-421a-ad4f-70b5e1bb0e23"  # an id of nothing that is there


@pytest.fixture(autouse=True)
def looking(system: Any, clock: Any) -> Any:
    with access.acting_as(system):
        yield


def decided(count: int = 1, at: datetime | None = None, **more: Any) -> list[UUID]:
    """Decisions as they are kept, on DAY at nine unless said otherwise."""
    file = BOOK["poverty.monitoring"]
    version, _made = RuleVersion.objects.get_or_create(
        rule=file.name, hash=file.model.hash,
        defaults={"number": 1, "title": "认定", "text": file.text, "valid_from": DAY, "adopted": kit.now()},
    )  # fmt: skip
    moment = at or datetime(DAY.year, DAY.month, DAY.day, 1, tzinfo=UTC)
    values = {
        "version": version, "rule": file.name, "subject_kind": "household", "division_code": VILLAGE, "as_of": DAY,
        "at": moment, "outcome": "none", "hits": [], "facts": [], "articles": [], "changes": [], "entry_id": uuid4(),
        **more,
    }  # fmt: skip
    rows = [DecisionRow(id=uuid4(), **{"subject_id": str(uuid4()), **values}) for _ in range(count)]
    DecisionRow.objects.bulk_create(rows)
    return [row.id for row in rows]


def close(day: date = DAY) -> dict[str, Any]:
    return close_day(access.system("test"), day=day)


def behind(statement: str, *given: Any, table: str = "rules_decisionrow") -> None:
    """Change a row as somebody would who can switch off the triggers of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, given)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def codes(day: date = DAY) -> set[str]:
    return {one.code for one in api.verify_day(day).flaws}


@pytest.mark.django_db
def test_a_closed_day_holds_every_decision_of_it_and_says_so_by_a_signature():
    ids = decided(7)
    assert close()["count"] == 7
    day = api.day_root(DAY)
    assert (day.number, day.previous, day.statement["issuer"]) == (1, "0" * 64, "620000000000")
    assert api.verify_day(DAY).ok
    [key] = api.key_list()["keys"]
    proof.verify(day.signature, proof.canonical(day.statement), key, day.statement["type"])
    for id in ids:
        found = api.inclusion(id)
        beside = [bytes.fromhex(one) for one in found.path]
        assert proof.root_by_path(bytes.fromhex(found.leaf), found.index, 7, beside).hex() == day.root


@pytest.mark.django_db
def test_closed_again_nothing_happens_whatever_was_decided_since():
    decided(2)
    first = close()
    late = decided(3)
    assert close() == first
    assert DecisionLeaf.objects.count() == 2
    assert api.inclusion(late[0]) is None
    assert close(DAY + timedelta(days=1))["count"] == 3, "what came late stands in the next tree"
    assert api.inclusion(late[0]).day.day == DAY + timedelta(days=1)


@pytest.mark.django_db
def test_a_decision_belongs_to_the_day_of_beijing_it_was_made_on():
    midnight = datetime(2026, 11, 20, 16, tzinfo=UTC)
    before, after = decided(at=midnight - timedelta(microseconds=1)), decided(at=midnight)
    close()
    close(DAY + timedelta(days=1))
    assert api.inclusion(before[0]).day.day == DAY
    assert api.inclusion(after[0]).day.day == DAY + timedelta(days=1)


@pytest.mark.django_db
def test_days_follow_each_other_and_only_when_they_are_over(clock):
    for day in (kit.today(), kit.today() + timedelta(days=1)):
        with pytest.raises(Refused, match="还没有结束"):
            close(day)
    close()
    clock.forward(days=3)
    for wrong in (DAY - timedelta(days=1), DAY + timedelta(days=2)):
        with pytest.raises(Refused, match="下一天是 2026-11-21"):
            close(wrong)
    done = api.close_due()
    assert [one["day"] for one in done] == ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    assert [one["count"] for one in done] == [0, 0, 0, 0], "a day without decisions has a root too"
    assert api.verify_chain() == ()
    assert api.close_due() == []
    rows = api.days(limit=5)
    assert [one.previous for one in rows[:-1]] == [one.hash for one in rows[1:]]


@pytest.mark.django_db
def test_the_worker_closes_yesterday_at_night(clock):
    decided(2)
    tasks.nightly.func(None, 0)
    assert [one.day for one in api.days()] == [date(2026, 11, 21)]
    assert api.days()[0].count == 2


@pytest.mark.django_db
def test_a_tree_of_several_blocks_proves_every_leaf(monkeypatch):
    monkeypatch.setattr(merkle, "WIDTH", 4)
    ids = decided(11)
    close()
    root = api.day_root(DAY).root
    for id in ids:
        found = api.inclusion(id)
        beside = [bytes.fromhex(one) for one in found.path]
        assert proof.root_by_path(bytes.fromhex(found.leaf), found.index, 11, beside).hex() == root
        assert api.inclusion_of(found.leaf, DAY) == found
    assert api.inclusion_of("00" * 32, DAY) is None
    assert api.inclusion_of("no leaf", DAY) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("outcome", '"sudden"'), ("hits", '[{"decision": "x", "row": 1, "annotations": {}}]'),
        ("facts", '[{"name": "poverty.members", "value": true}]'), ("articles", '["第九条"]'), ("rule", "poverty.exit"),
        ("subject_id", OTHER), ("division_code", "620123101202"), ("as_of", "2026-11-01"),
        ("at", "2026-11-20T01:00:00.000001+00:00"), ("entry_id", OTHER), ("before", '"none"'), ("changes", "null"),
        ("run_id", OTHER), ("subject_kind", "person"),
    ],
)  # fmt: skip
def test_a_decision_that_was_changed_is_found_whatever_was_changed_in_it(column, value):
    ids = decided(3)
    close()
    behind(f"UPDATE rules_decisionrow SET {column} = %s WHERE id = %s", value, ids[1])
    [flaw] = api.verify_day(DAY).flaws
    assert (flaw.code, flaw.decision) == ("changed", str(ids[1]))


@pytest.mark.django_db
def test_a_decision_that_was_removed_is_found():
    ids = decided(3)
    close()
    behind("DELETE FROM rules_decisionrow WHERE id = %s", ids[0])
    [flaw] = api.verify_day(DAY).flaws
    assert (flaw.code, flaw.decision) == ("gone", str(ids[0]))


@pytest.mark.django_db
def test_who_changes_the_leaf_too_is_found_by_the_root_and_who_changes_the_root_by_its_signature():
    ids = decided(3)
    close()
    close(DAY + timedelta(days=1))
    behind("UPDATE rules_decisionrow SET outcome = '\"sudden\"' WHERE id = %s", ids[0])
    leaf = next(leaf for leaf, id in all_leaves() if id == str(ids[0]))
    table = "credentials_decisionleaf"
    behind("UPDATE credentials_decisionleaf SET leaf = %s WHERE decision = %s", leaf, ids[0], table=table)
    assert "root" in codes()
    kept = [bytes(row.leaf) for row in DecisionLeaf.objects.order_by("position")]
    row = DecisionDay.objects.get(day=DAY)
    forged = {**row.statement, "root": merkle.root(kept).hex()}
    behind(
        "UPDATE credentials_decisionday SET statement = %s, root = %s WHERE day = %s",
        json.dumps(forged), forged["root"], DAY, table="credentials_decisionday",
    )  # fmt: skip
    assert codes() == {"signature"}
    assert codes(DAY + timedelta(days=1)) == {"chain"}, "and by the day after, which names the one before"


def all_leaves() -> list[tuple[bytes, str]]:
    """The leaves as they would be now."""
    return [(proof.leaf_of(rules.salt_of(id), body), id) for id, body in rules.bodies()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {} WHERE number = 2", "UPDATE {} SET count = 9 WHERE number = 2"]
)
def test_a_day_that_was_taken_out_or_changed_is_found_in_the_chain(statement):
    for more in range(2):
        close(DAY + timedelta(days=more))
    behind(statement.format("credentials_decisionday"), table="credentials_decisionday")
    if "DELETE" in statement:
        with kit.at(datetime(2026, 11, 24, tzinfo=UTC)):
            close(DAY + timedelta(days=1))
        assert api.verify_chain() == (), "made again while nobody had seen it: only a published root tells"
        return
    assert {one.code for one in api.verify_chain()} == {"columns"}


@pytest.mark.django_db
def test_a_new_key_signs_from_then_on_and_what_the_old_one_signed_holds():
    decided(1)
    close()
    old = SigningKey.objects.get()
    assert api.renew_key(access.system("test"))["kid"] != old.kid
    close(DAY + timedelta(days=1))
    listed = api.key_list()["keys"]
    assert [one["kid"] == old.kid for one in listed] == [False, True]
    assert "until" in listed[1]
    assert "until" not in listed[0]
    assert not any("d" in one for one in listed), "no private half is published"
    assert api.verify_day(DAY).ok
    assert api.verify_chain() == ()


@pytest.mark.django_db
def test_the_private_half_of_a_key_is_sealed_in_the_database():
    api.renew_key(access.system("test"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM credentials_signingkey")
        raw = bytes(cursor.fetchone()[0])
    assert b"PRIVATE KEY" not in raw
    assert SigningKey.objects.get().private.startswith("-----BEGIN PRIVATE KEY-----")


@pytest.mark.django_db
def test_what_certificates_say_is_the_canonical_form_of_what_the_tree_holds():
    number = {"type": "number", "text": "0.10"}
    odd = [
        {
            "name": "x",
            "value": number,
            "title": '（𠮷）"\\\n\u2028',
            "n": 12345678901234567890,
            "（": 1,
            "𠮷": 2,
        }
    ]
    [id] = decided(facts=odd, outcome={"b": [1, None], "a": "是"})
    made = json.loads(api.certificate(id).content)["certificate"]
    body = next(body for _id, body in rules.bodies())
    assert proof.canonical(made["decision"]) == body
    assert made["decision"]["facts"][0]["n"] == {"type": "number", "text": "12345678901234567890"}
    assert made["decision"]["area"] == "620123000000"


@pytest.mark.django_db
def test_a_certificate_tells_nobody_who_it_is_about_and_is_the_same_pseudonym_each_time():
    home = str(uuid4())
    one, other = decided(subject_id=home), decided(subject_id=home, at=datetime(2026, 11, 21, tzinfo=UTC))
    texts = [api.certificate(id[0]).content.decode() for id in (one, other)]
    assert not any(home in text or VILLAGE in text for text in texts)
    said = [json.loads(text)["certificate"] for text in texts]
    assert said[0]["decision"]["pseudonym"] == said[1]["decision"]["pseudonym"]
    assert said[0]["salt"] != said[1]["salt"]


@pytest.mark.django_db
def test_a_certificate_gets_its_proof_when_its_day_is_closed_and_keeps_its_leaf():
    [id] = decided()
    before = api.certificate(id)
    assert json.loads(before.content)["inclusion"] is None
    assert before.day is None
    close()
    after = api.certificate(id)
    assert after.leaf == before.leaf == api.fingerprint(id)
    document = proof.parse(after.content)
    report = proof.check(document, keys=api.key_list()["keys"], root=api.day_root(DAY).root)
    assert {one.name: one.state for one in report.checks}["inclusion"] == "ok"
    assert len(leaves(datetime(2026, 11, 23, tzinfo=UTC))) == 0


@pytest.mark.django_db
def test_only_the_platform_closes_days_and_makes_keys(officer, clock):
    someone = officer("620000000000", "poverty.province")
    for act, more in ((close_day, {"day": DAY}), (api.renew_key, {})):
        with pytest.raises(Refused, match="权限"):
            act(someone, **more)
