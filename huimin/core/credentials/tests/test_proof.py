"""The library of proofs: canonical JSON, signatures, Merkle trees, and certificates that somebody changed."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from huimin.core.credentials import proof
from huimin.core.credentials.proof import merkle
from huimin.core.credentials.proof.certificate import CERTIFICATE, STATEMENT
from huimin.core.rules import lang

DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="补助" namespace="https://huimin.example/m">
  <inputData id="i" name="income"><variable id="v" name="income" typeRef="number"/></inputData>
  <inputData id="s" name="since"><variable id="w" name="since" typeRef="date"/></inputData>
  <decision id="d" name="help"><variable id="dv" name="help" typeRef="string"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <informationRequirement id="q"><requiredInput href="#s"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="c1" label="收入"><inputExpression id="e1" typeRef="number"><text>income</text></inputExpression></input>
      <input id="c2" label="起"><inputExpression id="e2" typeRef="date"><text>since</text></inputExpression></input>
      <output id="o" name="help" typeRef="string"/>
      <annotation name="依据"/>
      <rule id="r1"><inputEntry id="a1"><text>&lt; 100</text></inputEntry>
        <inputEntry id="b1"><text>&lt; today()</text></inputEntry>
        <outputEntry id="o1"><text>"yes"</text></outputEntry><annotationEntry><text>第一条</text></annotationEntry></rule>
      <rule id="r2"><inputEntry id="a2"><text>&gt;= 100</text></inputEntry><inputEntry id="b2"><text>-</text></inputEntry>
        <outputEntry id="o2"><text>"no"</text></outputEntry><annotationEntry><text>第二条</text></annotationEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""
KEY, OTHER = ec.derive_private_key(7, ec.SECP256R1()), ec.derive_private_key(8, ec.SECP256R1())


def number(text: str) -> dict[str, str]:
    return {"type": "number", "text": text}


def made(neighbours: int = 5, key: Any = KEY) -> dict[str, Any]:
    """A certificate with its proof, of a household with an income of 99."""
    decision = {
        "area": "620123000000", "articles": ["第一条"], "as_of": "2026-11-22", "at": "2026-11-22T01:00:00.000000Z",
        "facts": [
            {"name": "x.income", "title": "收入", "value": number("99"), "unit": "元", "source": "调查", "at": None},
            {"name": "x.since", "title": "起", "value": "2026-11-21", "unit": "", "source": "调查", "at": None},
        ],
        "hits": [{"decision": "help", "row": 1, "annotations": {"依据": "第一条"}}], "id": "d1", "outcome": "yes",
        "pseudonym": "ab", "record": "cd", "rule": "x.help", "subject": "household", "version": lang.load(DMN).hash,
    }  # fmt: skip
    said = {
        "type": CERTIFICATE, "issued": "2026-11-24T01:00:00Z", "salt": "00" * 16, "decision": decision,
        "rule": {
            "name": "x.help", "title": "补助", "decision": "help", "inputs": {"income": "x.income", "since": "x.since"},
            "language": {}, "source": DMN,
        },
    }  # fmt: skip
    return sealed(said, neighbours, key)


def sealed(said: dict[str, Any], neighbours: int, key: Any) -> dict[str, Any]:
    leaves = [proof.leaf_of(b"", bytes([n])) for n in range(neighbours)]
    own = proof.leaf_of(bytes.fromhex(said["salt"]), proof.canonical(said["decision"]))
    leaves.insert(neighbours // 2, own)
    statement = {
        "type": STATEMENT, "count": len(leaves), "root": merkle.root(leaves).hex(), "day": "2026-11-22",
        "closed": "2026-11-23T00:00:00Z",
    }  # fmt: skip
    return {
        "certificate": said, "key": proof.jwk_of(key.public_key()),
        "signature": proof.sign(key, proof.canonical(said), CERTIFICATE),
        "inclusion": {
            "statement": statement, "signature": proof.sign(key, proof.canonical(statement), STATEMENT),
            "index": neighbours // 2, "path": [one.hex() for one in proof.path(leaves, neighbours // 2)],
        },
    }  # fmt: skip


def states(report: proof.Report) -> dict[str, str]:
    return {one.name: one.state for one in report.checks}


def test_a_certificate_holds_and_is_decided_again():
    report = proof.check(made())
    assert states(report) == dict.fromkeys(
        ("form", "signature", "rule", "facts", "outcome", "rows", "articles", "statement", "inclusion"), "ok"
    )
    assert report.same
    assert report.outcome == "yes"


def test_the_published_list_of_keys_decides_and_not_the_key_in_the_file():
    assert proof.check(made(), keys=[proof.jwk_of(KEY.public_key())]).ok
    forged = made(key=OTHER)
    assert proof.check(forged).ok, "whole in itself"
    report = proof.check(forged, keys=[proof.jwk_of(KEY.public_key())])
    assert states(report)["signature"] == "bad"
    assert report.same is None, "what nobody signed is not run"


def test_a_key_that_had_ended_signs_nothing():
    ended = {**proof.jwk_of(KEY.public_key()), "until": "2026-11-23T12:00:00Z"}
    assert states(proof.check(made(), keys=[ended])) | {"signature": "bad", "statement": "ok"} == states(
        proof.check(made(), keys=[ended])
    )


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda c: c["certificate"]["decision"].update(outcome="no"), "signature"),
        (lambda c: c["certificate"]["decision"]["facts"][0].update(value=number("98")), "signature"),
        (lambda c: c["certificate"]["rule"].update(source=DMN.replace("100", "101")), "signature"),
        (lambda c: c.update(signature=c["inclusion"]["signature"]), "signature"),
        (lambda c: c["inclusion"].update(index=1), "inclusion"),
        (lambda c: c["inclusion"]["path"].pop(), "inclusion"),
        (lambda c: c["inclusion"]["statement"].update(count=7), "statement"),
        (lambda c: c["certificate"].pop("salt"), "form"),
        (lambda c: c["certificate"]["decision"].pop("pseudonym"), "form"),
        (lambda c: c["certificate"]["decision"].update(outcome=1.5), "form"),
        (lambda c: c.pop("signature"), "signature"),
    ],
)
def test_whatever_is_changed_in_it_is_found(change, wrong):
    document = made()
    change(document)
    assert states(proof.check(document))[wrong] == "bad"


def signed_again(change: Any) -> dict[str, Any]:
    """A certificate that its signer himself made wrong."""
    said = copy.deepcopy(made()["certificate"])
    change(said)
    return sealed(said, 5, KEY)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda s: s["decision"].update(outcome="no"), {"outcome"}),
        (lambda s: s["decision"]["facts"][0].update(value=number("100")), {"outcome", "rows", "articles"}),
        (lambda s: s["decision"]["hits"][0].update(row=2), {"rows"}),
        (lambda s: s["decision"].update(articles=["第九条"]), {"articles"}),
        (lambda s: s["decision"]["facts"].pop(0), {"facts", "outcome", "rows", "articles"}),
        (lambda s: s["decision"].update(as_of="2026-11-21"), {"outcome", "rows", "articles"}),
        (
            lambda s: s["rule"].update(source=DMN.replace("100", "90")),
            {"rule", "outcome", "rows", "articles"},
        ),
        (lambda s: s["rule"].update(source="<x/>"), {"rule"}),
    ],
)
def test_a_signer_who_signed_what_the_rule_does_not_say_is_found_out(change, wrong):
    report = proof.check(signed_again(change))
    assert {one.name for one in report.checks if one.state == "bad"} == wrong
    assert not report.ok


def test_without_a_proof_nothing_is_claimed_until_a_root_is_asked_for():
    document = {**made(), "inclusion": None}
    assert states(proof.check(document))["inclusion"] == "none"
    assert proof.check(document).ok
    assert not proof.check(document, root="00" * 32).ok


def test_a_proof_is_held_against_the_root_that_was_published():
    document = made()
    inclusion = document["inclusion"]
    root = inclusion["statement"]["root"]
    assert proof.check(document, root=root).ok
    assert states(proof.check(document, root="00" * 32))["root"] == "bad"
    published = {
        "statement": inclusion["statement"],
        "signature": inclusion["signature"],
        "key": document["key"],
    }
    assert proof.check(document, root=published).ok
    other = {**published, "statement": {**published["statement"], "count": 9}}
    assert states(proof.check(document, root=other))["root"] == "bad"


# Trees


def rfc6962(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(rfc6962(leaves[:split]), rfc6962(leaves[split:]))


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(n.to_bytes(4)) for n in range(count)]


def test_the_tree_is_that_of_the_standard():
    """Roots of the test vectors of Certificate Transparency."""
    contents = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]  # fmt: skip
    leaves = [merkle.leaf_hash(bytes.fromhex(one)) for one in contents]
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.integers(0, 70))
def test_any_size_has_the_root_of_the_definition(count):
    assert merkle.root(hashes(count)) == rfc6962(hashes(count))


@given(st.integers(1, 70), st.data())
def test_every_leaf_has_a_path_and_no_other_leaf_or_place_has_it(count, data):
    leaves = hashes(count)
    index = data.draw(st.integers(0, count - 1))
    beside, root = merkle.path(leaves, index), merkle.root(leaves)
    assert merkle.root_by_path(leaves[index], index, count, beside) == root
    assert merkle.root_by_path(merkle.leaf_hash(b"x"), index, count, beside) != root
    other = data.draw(st.integers(0, count - 1).filter(lambda n: n != index)) if count > 1 else count
    assert merkle.root_by_path(leaves[index], other, count, beside) != root
    assert merkle.root_by_path(leaves[index], index, count, [*beside, root]) is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 13])
def test_a_tree_over_blocks_is_the_tree_over_leaves(count, monkeypatch):
    monkeypatch.setattr(merkle, "WIDTH", 4)
    assert merkle.root(merkle.blocks(hashes(count))) == merkle.root(hashes(count))


# Canonical JSON


def test_canonical_json_is_that_of_the_standard():
    value = {
        "€": "Euro",
        "\r": "CR",
        "1": "One",
        "ö": "ö",
        "a": [None, True, -0, '</script>\u2028"\\\b\x0f\x7f'],
    }
    expected = (
        '{"\\r":"CR","1":"One","a":[null,true,0,"</script>\u2028\\"\\\\\\b\\u000f\x7f"],"ö":"ö","€":"Euro"}'
    )
    assert proof.canonical(value).decode() == expected
    assert list(proof.parse(proof.canonical({"\uff08": 1, "\U0001f600": 2}))) == ["\U0001f600", "\uff08"], (
        "by UTF-16"
    )


@pytest.mark.parametrize("value", [1.5, 2**53, {1: 2}, {"a": b""}, "\ud800"])
def test_what_readers_could_take_otherwise_has_no_canonical_form(value):
    with pytest.raises(proof.NotCanonicalError):
        proof.canonical(value)


@pytest.mark.parametrize("text", ["1.5", '{"a":1,"a":2}', "NaN", "{", b"\xff", "[" * 100_000])
def test_what_could_be_read_in_two_ways_is_not_read(text):
    with pytest.raises(proof.NotCanonicalError):
        proof.parse(text)


def test_a_key_is_named_by_what_it_is():
    """The example of RFC 7638 is of RSA; this is the one of RFC 8037's family computed by hand."""
    jwk = proof.jwk_of(KEY.public_key())
    text = f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'
    import base64

    assert (
        jwk["kid"] == base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    )


def test_the_same_file_is_signed_the_same_way_twice():
    assert proof.sign(KEY, b"x", "k") == proof.sign(KEY, b"x", "k")
    with pytest.raises(proof.SignatureError):
        proof.verify(proof.sign(KEY, b"x", "k"), b"x", proof.jwk_of(KEY.public_key()), "another")
