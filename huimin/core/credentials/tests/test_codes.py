"""Signed codes: what was issued verifies, what was changed does not, and nothing is believed before the signature."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.credentials import codes, proof
from huimin.core.credentials.codes import (
    base45,
    cbor,
    certificate,
    cose,
    der,
    schema,
    token,
    trust,
    valuesets,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
SIGNER = codes.LocalSigner(trust.kid_of(KEY.public_key()), KEY)
TRUST = codes.TrustList([codes.of_jwk(proof.jwk_of(KEY.public_key()))])
RSA = rsa.generate_private_key(65537, 2048)
SUBJECT = bytes(range(12))
CONTENT = {
    "ver": "1.3.0",
    "nam": {"fn": "王", "fnt": "WANG", "gn": "小明", "gnt": "XIAOMING"},
    "dob": "1979-04-14",
    "t": [
        {
            "tg": "840539006", "tt": "LP6464-4", "nm": "nucleic acid", "sc": "2026-11-24T20:00:00+08:00", "tr": "260415000",
            "tc": "西宁市检测中心", "co": "CN", "is": "青海省", "ci": "URN:UVCI:01:CN:0123456789ABCDEF",
        }
    ],
}  # fmt: skip
GREEN = codes.Shown(subject=SUBJECT, colour="green", rules=7, sampled=NOW - timedelta(hours=9))


def full(**more) -> str:
    given = {"issued": NOW, "expires": NOW + timedelta(days=2), "person": SUBJECT} | more
    return certificate.issue(CONTENT, SIGNER, **given)


def resigned(claims, signer=SIGNER, **more) -> str:
    return certificate.packed(cose.sign(cbor.encode(claims), signer, **more))


FULL = full()
TOKEN = token.issue(GREEN, SIGNER, issued=NOW)


def failed(report) -> list[str]:
    return [one.name for one in report.failed]


# What was issued verifies


def test_a_certificate_verifies_with_nothing_but_the_list_of_keys():
    report = codes.verify(full(), TRUST, NOW)
    assert report.ok
    assert report.content == CONTENT
    assert (report.issuer, report.issued, report.expires) == ("CN", NOW, NOW + timedelta(days=2))
    assert report.of("revoked").state == "none"  # no list was given, and the report says so


def test_a_token_verifies_and_is_short_and_names_nobody():
    text = token.issue(GREEN, SIGNER, issued=NOW, life=timedelta(minutes=5))
    report = codes.verify(text, TRUST, NOW + timedelta(minutes=4))
    assert report.ok
    assert len(text) <= 200
    assert set(report.content) == {"subject", "colour", "rules", "sampled"}
    assert (report.content["colour"], report.content["subject"]) == ("green", SUBJECT.hex())


def test_the_library_needs_neither_django_nor_a_database():
    program = (
        "import sys\n"
        "import huimin.core.credentials.codes, huimin.core.credentials.codes.conformance\n"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@given(st.binary(max_size=300))
def test_base45_comes_back(raw):
    assert base45.decode(base45.encode(raw)) == raw


@pytest.mark.parametrize(
    ("plain", "text"), [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")]
)
def test_base45_is_that_of_the_standard(plain, text):
    assert base45.encode(plain.encode()) == text


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:abc中", max_size=40))
def test_a_text_that_base45_takes_is_the_only_one_for_its_bytes(text):
    try:
        raw = base45.decode(text)
    except base45.Base45Error:
        return
    assert base45.encode(raw) == text


@given(
    st.sampled_from(token.COLOURS), st.binary(min_size=12, max_size=12), st.integers(0, 60_000),
    st.one_of(st.none(), st.integers(0, 2**31)), st.integers(1, 300),
)  # fmt: skip
@settings(max_examples=40)
def test_every_token_says_what_it_was_given(colour, subject, rules, sampled, life):
    at = datetime.fromtimestamp(sampled, UTC) if sampled is not None else None
    shown = codes.Shown(subject=subject, colour=colour, rules=rules, sampled=at)
    text = token.issue(shown, SIGNER, issued=NOW, life=timedelta(seconds=life))
    report = codes.verify(text, TRUST, NOW)
    assert report.ok
    assert len(text) <= 200
    assert report.content["colour"] == colour
    assert report.content["rules"] == rules
    assert (report.content["sampled"] is None) == (sampled is None)


# What was changed does not


@given(st.data())
@settings(max_examples=150)
def test_a_token_with_any_character_changed_is_refused(data):
    text = TOKEN
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(base45.ALPHABET).filter(lambda letter: letter != text[at]))
    report = codes.verify(text[:at] + other + text[at + 1 :], TRUST, NOW)
    assert not report.ok
    assert report.content is None or failed(report)


def test_a_message_with_any_bit_changed_is_refused_and_its_content_not_told():
    message = certificate.opened(full())
    for at in range(len(message)):
        changed = bytearray(message)
        changed[at] ^= 1 << (at % 8)
        report = certificate.verify_message(bytes(changed), TRUST, NOW)
        assert not report.ok, at
        assert report.content is None, at


@given(st.data())
@settings(max_examples=150)
def test_a_certificate_changed_in_its_text_is_refused_or_says_the_same(data):
    text = FULL
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(base45.ALPHABET))
    report = codes.verify(text[:at] + other + text[at + 1 :], TRUST, NOW)
    assert report.content == CONTENT if report.ok else report.content is None


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300).map(lambda raw: "HC1:" + base45.encode(zlib.compress(raw))),
                 st.binary(max_size=120).map(lambda raw: "HM1:" + base45.encode(raw))))  # fmt: skip
@settings(max_examples=200)
def test_whatever_is_scanned_is_answered_never_a_crash(text):
    report = codes.verify(text, TRUST, NOW)
    assert not report.ok
    assert report.content is None


def test_another_key_under_the_same_name_is_refused():
    forger = codes.LocalSigner(SIGNER.kid, ec.generate_private_key(ec.SECP256R1()))
    forged = certificate.issue(CONTENT, forger, issued=NOW, expires=NOW + timedelta(days=1))
    report = codes.verify(forged, TRUST, NOW)
    assert failed(report) == ["signature"]
    assert report.content is None


def test_a_key_that_is_not_on_the_list_is_said_before_anything_of_the_content():
    stranger = ec.generate_private_key(ec.SECP256R1())
    text = certificate.issue(
        CONTENT, codes.LocalSigner(trust.kid_of(stranger.public_key()), stranger), issued=NOW,
        expires=NOW + timedelta(days=1),
    )  # fmt: skip
    assert failed(codes.verify(text, TRUST, NOW)) == ["key"]


def test_all_keys_of_a_name_are_tried():
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    both = codes.TrustList([codes.TrustedKey(SIGNER.kid, other), *TRUST.keys])
    assert codes.verify(full(), both, NOW).ok


def test_a_signature_of_any_other_length_is_no_crash():
    read = cose.parse(certificate.opened(full()))
    for signature in (b"", read.signature[:-1], read.signature + b"\0", bytes(64), b"\xff" * 64):
        message = cbor.encode([read.protected, {}, read.payload, signature])
        assert failed(certificate.verify_message(message, TRUST, NOW)) == ["signature"]


def test_another_algorithm_is_refused_and_so_is_the_key_of_another_kind():
    for alg in (-8, -35, 5, -37, None):
        protected = cbor.encode({cose.ALG: alg, cose.KID: SIGNER.kid})
        payload = cbor.encode({certificate.HCERT: {1: CONTENT}})
        signature = SIGNER.sign(cose.to_sign(protected, payload))
        report = certificate.verify_message(cbor.encode([protected, {}, payload, signature]), TRUST, NOW)
        assert failed(report) == (["signature"] if alg == cose.PS256 else ["key"])


def test_only_known_tags_are_taken():
    bare = certificate.opened(full())[1:]
    for head, good in ((b"", True), (b"\xd2", True), (b"\xd8\x3d\xd2", True), (b"\xd8\x3d", False), (b"\xd1", False),
                       (b"\xd2\xd2", False), (b"\xd9\xd9\xf7\xd2", False)):  # fmt: skip
        assert certificate.verify_message(head + bare, TRUST, NOW).ok is good, head


# Bounds


def test_a_bomb_is_not_inflated():
    import tracemalloc

    bomb = certificate.PREFIX + base45.encode(zlib.compress(b"\0" * 5_000_000, 9))
    assert len(bomb) < certificate.MAX_TEXT
    tracemalloc.start()
    report = codes.verify(bomb, TRUST, NOW)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert failed(report) == ["zlib"]
    assert peak < 1_000_000


@given(st.binary(max_size=2_000), st.integers(0, 2_000))
def test_inflation_stops_at_its_bound(raw, limit):
    packed = zlib.compress(raw)
    if len(raw) <= limit and limit:
        assert certificate.inflated(packed, limit) == raw
    elif limit:
        with pytest.raises(codes.CodeError):
            certificate.inflated(packed, limit)


def test_a_stream_that_ends_early_or_goes_on_is_refused():
    packed = zlib.compress(b"health")
    for wrong in (packed[:-1], packed + b"x", b"", b"health"):
        with pytest.raises(codes.CodeError):
            certificate.inflated(wrong)


@pytest.mark.parametrize(
    "raw",
    [b"\x82" * 300, b"\x9f" * 300, b"\xa1" * 300, b"\x9b" + b"\xff" * 8, b"\x5b" + b"\x7f" * 8, b"\xd8\x1c\x80",
     b"\xd8\x23\x61(", b"\xc2\x58\x20" + b"\xff" * 32, b"\xa2\x01\x01\x01\x02", b"\x01\x01", b"", b"\xff", b"\xc0\x80"],
)  # fmt: skip
def test_cbor_that_is_deep_endless_tagged_or_doubled_is_refused(raw):
    with pytest.raises(cbor.CborError):
        cbor.decode(raw)


def test_cbor_without_lengths_is_read_and_dates_stay_what_was_written():
    assert cbor.decode(bytes.fromhex("bf6161 9f0102ff ff")) == {"a": [1, 2]}
    assert cbor.decode(b"\xc0\x6a2026-11-25") == "2026-11-25"
    assert cbor.decode(b"\xc1\x1a\x00\x01\x00\x00") == 65536


# Time


def test_a_certificate_holds_from_issue_to_expiry():
    text = full()
    for moment, good in ((NOW, True), (NOW - timedelta(seconds=1), False), (NOW + timedelta(days=2), True),
                         (NOW + timedelta(days=2, seconds=1), False)):  # fmt: skip
        report = codes.verify(text, TRUST, moment)
        assert report.ok is good
        assert failed(report) == ([] if good else ["time"])


def test_no_token_lives_longer_than_five_minutes_even_signed():
    with pytest.raises(codes.CodeError):
        token.issue(GREEN, SIGNER, issued=NOW, life=timedelta(minutes=5, seconds=1))
    start = int(NOW.timestamp())
    payload = cbor.encode({token.IAT: start, token.EXP: start + 301, token.SHOWN: GREEN.claim()})
    text = token.PREFIX + base45.encode(cose.sign(payload, SIGNER, tagged=False))
    assert failed(codes.verify(text, TRUST, NOW)) == ["time"]


def test_a_token_is_gone_when_its_time_is_over_and_a_slow_clock_is_borne_for_a_minute():
    text = token.issue(GREEN, SIGNER, issued=NOW)
    seconds = {-61: False, -60: True, 60: True, 61: False}
    assert {s: codes.verify(text, TRUST, NOW + timedelta(seconds=s)).ok for s in seconds} == seconds


def test_a_key_that_ended_signs_no_more_and_what_it_signed_holds():
    ended = codes.TrustList([codes.TrustedKey(SIGNER.kid, KEY.public_key(), end=NOW)])
    assert codes.verify(full(), ended, NOW + timedelta(days=1)).ok
    late = full(issued=NOW + timedelta(seconds=1))
    assert failed(codes.verify(late, ended, NOW + timedelta(days=1))) == ["time"]


def test_a_token_takes_a_short_name_and_refuses_a_long_one_and_a_key_of_rsa():
    named = codes.Shown(subject=SUBJECT, colour="red", rules=1, name="王*")
    assert codes.verify(token.issue(named, SIGNER, issued=NOW), TRUST, NOW).content["name"] == "王*"
    long = codes.Shown(subject=SUBJECT, colour="red", rules=1, sampled=NOW, name="王" * 20)
    for shown, signer in ((long, SIGNER), (GREEN, codes.LocalSigner(b"12345678", RSA))):
        with pytest.raises(codes.CodeError):
            token.issue(shown, signer, issued=NOW)


# Revocation


def test_one_certificate_is_revoked_and_no_other():
    mark = codes.fingerprint(CONTENT["t"][0]["ci"].encode())
    assert failed(codes.verify(full(), TRUST, NOW, revoked=codes.Revoked.read({"credentials": [mark]}))) == [
        "revoked"
    ]
    assert codes.verify(full(), TRUST, NOW, revoked=codes.Revoked.read({"credentials": ["0" * 32]})).ok


def test_everything_of_a_person_before_a_moment_is_revoked_and_nothing_after():
    listed = codes.Revoked.read({"persons": {SUBJECT.hex(): "2026-11-25T12:00:00+08:00"}})  # that is NOW
    before = NOW - timedelta(seconds=1)
    for text in (full(issued=before), token.issue(GREEN, SIGNER, issued=before, life=timedelta(minutes=2))):
        assert failed(codes.verify(text, TRUST, NOW, revoked=listed)) == ["revoked"]
    for text in (full(), token.issue(GREEN, SIGNER, issued=NOW)):
        assert codes.verify(text, TRUST, NOW, revoked=listed).ok
    other = codes.Shown(subject=bytes(12), colour="green", rules=7)
    assert codes.verify(token.issue(other, SIGNER, issued=before), TRUST, NOW, revoked=listed).ok


@pytest.mark.parametrize(
    "document", [[], {"persons": {"a": "yesterday"}}, {"credentials": "x"}, {"persons": []}]
)
def test_a_list_that_cannot_be_read_revokes_nothing_in_silence(document):
    with pytest.raises(ValueError):
        codes.Revoked.read(document)


# Form, keys, certificates


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ver": "2.0.0"}, "ver"), ({"ver": None}, "ver"), ({"dob": "1879-01-01"}, "dob"), ({"dob": None}, "dob"),
        ({"nam": {"fn": "王"}}, "nam.fnt"), ({"nam": {"fnt": "Wang"}}, "nam.fnt"), ({"nam": {"fnt": "W" * 81}}, "nam.fnt"),
        ({"t": []}, "t"), ({"t": None}, "one of"), ({"t": CONTENT["t"] * 2}, "t"),
        ({"v": CONTENT["t"]}, "one of"),
        ({"t": [CONTENT["t"][0] | {"sc": "2026-11-24"}]}, "t.sc"),
        ({"t": [CONTENT["t"][0] | {"sc": "2026-13-24T10:00:00Z"}]}, "t.sc"),
        ({"t": [CONTENT["t"][0] | {"sc": "2026-11-24T10:00:00"}]}, "t.sc"), ({"t": [CONTENT["t"][0] | {"co": "中国"}]}, "t.co"),
        ({"t": [{k: v for k, v in CONTENT["t"][0].items() if k != "ci"}]}, "t.ci"),
    ],
)  # fmt: skip
def test_content_that_does_not_fit_its_version_is_not_issued_and_not_taken(change, said):
    wrong = CONTENT | change
    assert any(one.startswith(said) for one in schema.flaws(wrong))
    with pytest.raises(codes.CodeError):
        certificate.issue(wrong, SIGNER, issued=NOW, expires=NOW + timedelta(days=1))
    claims = {4: int(NOW.timestamp()) + 9, 6: int(NOW.timestamp()), -260: {1: wrong}}
    assert failed(codes.verify(resigned(claims), TRUST, NOW)) == ["schema"]


def test_the_zone_of_a_moment_may_be_written_in_each_way_the_specification_has():
    for zone in ("Z", "+02", "+0200", "+02:00"):
        assert schema.flaws(CONTENT | {"t": [CONTENT["t"][0] | {"sc": f"2026-11-24T10:03:12{zone}"}]}) == ()


def test_null_is_what_is_left_out_and_never_what_is_needed():
    entry = CONTENT["t"][0]
    assert schema.flaws(CONTENT | {"v": None, "t": [entry | {"nm": None, "ma": None}]}) == ()
    assert schema.flaws(CONTENT | {"t": [entry | {"tr": None}]}) == ("t.tr: missing",)
    assert schema.flaws(CONTENT | {"nam": {"fn": None, "fnt": None}}) == ("nam.fnt: missing",)


@pytest.mark.parametrize(
    "text",
    ["2026-11-25T04:00:00Z", "2026-11-25T12:00:00+08:00", "2026-11-25T12:00:00+0800", "2026-11-25T12:00:00.0+08",
     "2026-11-25T04:00:00.000000000Z", "2026-11-25T04:00:00", "2026-11-25 04:00:00"],
)  # fmt: skip
def test_a_moment_is_read_in_each_way_it_is_written(text):
    assert schema.read_moment(text) == NOW


def test_a_code_in_no_list_is_another_verdict():
    odd = CONTENT | {"t": [CONTENT["t"][0] | {"tr": "NEGATIVO"}]}
    assert schema.flaws(odd) == ()
    assert valuesets.flaws(odd) == ("t.tr: NEGATIVO",)
    text = certificate.issue(odd, SIGNER, issued=NOW, expires=NOW + timedelta(days=1))
    assert codes.verify(text, TRUST, NOW).ok
    assert failed(codes.verify(text, TRUST, NOW, strict=True)) == ["values"]


def signed_certificate(key, *usages: str, signing=None) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FI")])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(NOW - timedelta(days=9)).not_valid_after(NOW + timedelta(days=9))
    )  # fmt: skip
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(map(ObjectIdentifier, usages)), critical=False)
    return builder.sign(signing or key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("usages", "good"),
    [
        ((), True), (("1.3.6.1.4.1.1847.2021.1.1",), True), (("1.3.6.1.4.1.0.1847.2021.1.1",), True),
        (("1.3.6.1.4.1.1847.2021.1.2",), False), (("1.3.6.1.4.1.0.1847.2021.1.3",), False), (("1.3.6.1.5.5.7.3.1",), True),
    ],
)  # fmt: skip
def test_a_key_for_one_kind_signs_no_other(usages, good):
    raw = signed_certificate(KEY, *usages)
    signer = codes.local_signer(pem(KEY), raw)
    assert signer.kid == hashlib.sha256(raw).digest()[:8]
    text = certificate.issue(CONTENT, signer, issued=NOW, expires=NOW + timedelta(days=1))
    report = codes.verify(text, codes.trusted(raw), NOW)
    assert failed(report) == ([] if good else ["usage"])


def pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_a_certificate_is_read_whose_der_is_not_strict():
    raw = signed_certificate(KEY, "1.3.6.1.4.1.1847.2021.1.1")
    usage = bytes.fromhex("0603551d25")  # the extension's identifier
    at = raw.index(usage)
    broken = bytearray(raw)
    broken[at + len(usage) + 2] = (
        0x31  # a set where a sequence belongs: strict readers give up, this one has no usages
    )
    read = der.certificate(bytes(broken))
    assert read.usages == ()
    assert read.key.public_numbers() == KEY.public_key().public_numbers()
    assert (read.country, read.start) == ("FI", NOW - timedelta(days=9))
    assert der.certificate(raw).usages == ("1.3.6.1.4.1.1847.2021.1.1",)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_broken_certificate_is_refused_never_a_crash(noise, at):
    raw = signed_certificate(KEY)
    for wrong in (noise, raw[:at], raw[:at] + noise):
        with contextlib.suppress(der.DerError):
            der.certificate(wrong)


def test_a_key_of_rsa_signs_with_pss_also_where_its_certificate_says_so():
    raw = signed_certificate(RSA)
    signer = codes.local_signer(pem(RSA), raw)
    text = certificate.issue(CONTENT, signer, issued=NOW, expires=NOW + timedelta(days=1))
    assert codes.verify(text, codes.trusted(raw), NOW).ok
    spki = RSA.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    bits = list(der.items(der.one(spki, der.SEQUENCE).value))[1].whole
    body = bytes.fromhex("300b06092a864886f70d01010a") + bits  # RSASSA-PSS without parameters
    assert (
        der.public_key(b"\x30\x82" + len(body).to_bytes(2) + body).public_numbers()
        == RSA.public_key().public_numbers()
    )


def test_a_small_key_of_rsa_is_not_trusted():
    small = rsa.generate_private_key(65537, 1024)
    message = cose.parse(cose.sign(b"x", codes.LocalSigner(b"12345678", small)))
    assert not cose.holds(message, small.public_key())


def test_the_name_of_the_key_may_stand_in_either_header_and_the_protected_one_wins():
    payload = cbor.encode({4: int(NOW.timestamp()) + 9, 6: int(NOW.timestamp()), -260: {1: CONTENT}})
    wrong = b"12345678"
    for protected, unprotected, good in (
        ({1: -7}, {4: SIGNER.kid}, True), ({1: -7, 4: SIGNER.kid}, {4: wrong}, True),
        ({1: -7, 4: wrong}, {4: SIGNER.kid}, False), ({1: -7}, {}, False), ({}, {1: -7, 4: SIGNER.kid}, True),
    ):  # fmt: skip
        head = cbor.encode(protected) if protected else b""
        signature = SIGNER.sign(cose.to_sign(head, payload))
        message = cbor.encode([cbor.encode(protected), unprotected, payload, signature])
        assert certificate.verify_message(message, TRUST, NOW).ok is good
