"""Runs test data in the layout of eu-digital-green-certificates/dgc-testdata: one JSON a case, one verdict an expectation.

A case holds the artefact of each stage and what is expected of it. An expectation that is absent is not tested; one whose
artefact is missing (and cannot be made from a later stage), or that needs a reader of pictures that is not installed, is
counted as not checked, never as passed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import base45, cbor, certificate, cose, der, picture, schema, trust, valuesets
from .certificate import CodeError
from .trust import TrustedKey, TrustList

RESULTS, CONTEXT = "EXPECTEDRESULTS", "TESTCTX"


class Missing(Exception):
    """An artefact that a check needs is not in the file."""


class Fails(Exception):
    """A check that does not succeed, and why."""


@dataclass(frozen=True)
class Assertion:
    """An expectation of a case: what was expected, what came out (None: not checked), and why."""

    case: str
    name: str
    expected: bool
    found: bool | None
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        return self.found is self.expected


@dataclass
class Results:
    """What became of a folder: every assertion, the codes in no value set by case, the files that cannot be read."""

    assertions: list[Assertion] = field(default_factory=list)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    cases: int = 0

    @property
    def passed(self) -> list[Assertion]:
        """The assertions that hold."""
        return [one for one in self.assertions if one.passed]

    @property
    def failed(self) -> list[Assertion]:
        """The assertions that do not."""
        return [one for one in self.assertions if one.found is not None and not one.passed]

    @property
    def unchecked(self) -> list[Assertion]:
        """The assertions that nothing was done for."""
        return [one for one in self.assertions if one.found is None]


class Case:
    """A file of test data, its artefacts read when they are asked for."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name, self.data = name, data
        context = data.get(CONTEXT)
        self.context: Mapping[str, Any] = context if isinstance(context, Mapping) else {}
        self.expected = expectations(data.get(RESULTS))

    def text(self, name: str) -> str | None:
        """A text of the file, or None."""
        found = self.data.get(name)
        return found if isinstance(found, str) and found else None

    def raw(self, name: str) -> bytes | None:
        """Bytes written in hexadecimal digits, or None; raise Fails where they are none."""
        found = self.text(name)
        if found is None:
            return None
        try:
            return bytes.fromhex("".join(found.split()))
        except ValueError as error:
            raise Fails(f"{name}: no hexadecimal digits") from error

    # The stages; each is made from the later one where the file leaves it out

    def prefixed(self) -> str:
        """The text of the code."""
        found = self.text("PREFIX")
        if found is None:
            raise Missing("PREFIX")
        return found

    def plain(self) -> str:
        """The text without its prefix."""
        return self.text("BASE45") or certificate.unprefixed(self.prefixed())

    def compressed(self) -> bytes:
        """The zlib stream."""
        found = self.raw("COMPRESSED")
        return found if found is not None else certificate.unpacked(self.plain())

    def signed(self) -> bytes:
        """The COSE message."""
        found = self.raw("COSE")
        return found if found is not None else certificate.inflated(self.compressed())

    def message(self) -> cose.Sign1:
        """The COSE message, read."""
        return cose.parse(self.signed())

    def claims(self) -> dict[int, Any]:
        """The claims of the COSE message."""
        found = certificate.claims_of(self.message().payload)
        if isinstance(found, str):
            raise Fails(found)
        return found

    def content(self) -> Any:
        """The certificate: of CBOR (bare, or within its claims), else of the message."""
        found = self.raw("CBOR")
        if found is None:
            return self.claims()[certificate.HCERT][certificate.EU_DCC]
        value = cbor.decode(found)
        if isinstance(value, dict) and value.keys() == {certificate.EU_DCC}:
            return value[certificate.EU_DCC]
        if isinstance(value, dict) and certificate.HCERT in value:
            inner = value[certificate.HCERT]
            return inner.get(certificate.EU_DCC, inner) if isinstance(inner, dict) else inner
        return value

    def json(self) -> Any:
        """The certificate as JSON."""
        found = self.data.get("JSON")
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except ValueError as error:
                raise Fails("JSON: no JSON") from error
        if found is None:
            raise Missing("JSON")
        return found

    def trusted(self) -> TrustedKey:
        """The key of the signer's certificate."""
        text = self.context.get("CERTIFICATE")
        if not isinstance(text, str) or not text.strip():
            raise Missing("CERTIFICATE")
        blocks = trust.PEM.findall(text.encode())
        packed = blocks[0][1].decode() if blocks else text
        packed = re.sub(r"[^A-Za-z0-9+/]", "", packed)
        try:
            return trust.of_certificate(base64.b64decode(packed + "=" * (-len(packed) % 4)))
        except (binascii.Error, ValueError) as error:
            raise Fails(f"CERTIFICATE: {error}") from error


def expectations(found: Any) -> dict[str, bool]:
    """The expectations of a case; some files nest them in themselves, or write them as text."""
    if not isinstance(found, Mapping):
        return {}
    made = expectations(found.get(RESULTS))
    for name, value in found.items():
        if isinstance(value, bool):
            made[name] = value
        elif isinstance(value, str) and value.lower() in ("true", "false"):
            made[name] = value.lower() == "true"
    return made


def same(one: Any, other: Any) -> bool:
    """Whether two contents say the same: order, absent and null members, and ways to write a moment do not count."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        left, right = ({k: v for k, v in each.items() if v is not None} for each in (one, other))
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, str) and isinstance(other, str):
        if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
            return True
        if not (schema.DAY.fullmatch(one) and schema.DAY.fullmatch(other)):
            return False
        moments = schema.read_moment(one), schema.read_moment(other)
        return moments[0] is not None and moments[0] == moments[1]
    return (type(one) is not bool and type(other) is not bool and one == other) or one is other


def expect(held: bool, reason: str) -> None:
    """Go on where it holds."""
    if not held:
        raise Fails(reason)


# One function an expectation: it returns where the step succeeds


def valid_object(case: Case) -> None:
    """JSON fits the schema."""
    wrong = schema.flaws(case.json())
    expect(not wrong, "; ".join(wrong))


def encode(case: Case) -> None:
    """JSON, written as CBOR, says what CBOR says."""
    if case.raw("CBOR") is None:
        raise Missing("CBOR")
    expect(
        same(cbor.decode(cbor.encode(case.json())), case.content()), "CBOR made of JSON says something else"
    )


def decode(case: Case) -> None:
    """CBOR can be read, and says what JSON says where there is any."""
    found = case.content()
    if case.data.get("JSON") is not None:
        expect(same(found, case.json()), "CBOR says something else than JSON")


def schema_validation(case: Case) -> None:
    """The content fits the schema of its version."""
    coded = any(case.text(name) for name in ("CBOR", "COSE", "COMPRESSED", "BASE45", "PREFIX"))
    wrong = schema.flaws(case.content() if coded else case.json())
    expect(not wrong, "; ".join(wrong))


def verify(case: Case) -> None:
    """The message is signed by the certificate's key under its name, and holds the claims of a certificate."""
    read, key, steps = certificate.signed_by(case.signed(), TrustList([case.trusted()]))
    bad = next((one for one in steps if one.state != "ok"), None)
    expect(read is not None and key is not None and bad is None, f"{bad.name}: {bad.reason}" if bad else "")
    case.claims()


def key_usage(case: Case) -> None:
    """The message can be verified, and its key may sign such a content."""
    verify(case)
    wrong = certificate.misused(case.claims()[certificate.HCERT][certificate.EU_DCC], case.trusted())
    expect(not wrong, wrong)


def expiration(case: Case) -> None:
    """The message holds at the moment of the test: issued, and not expired."""
    asked = case.context.get("VALIDATIONCLOCK") or case.context.get("validationClockInstant")
    if not asked:
        raise Missing("VALIDATIONCLOCK")
    moment = schema.read_moment(asked)
    if moment is None:
        raise Missing(f"VALIDATIONCLOCK {asked!r} is no moment")
    claims = case.claims()
    issued, expires = (certificate.time_of(claims.get(name)) for name in (certificate.IAT, certificate.EXP))
    wrong = certificate.untimely(issued, expires, TrustedKey(b"", None), moment)  # type: ignore[arg-type]
    expect(not wrong, wrong)


def unprefix(case: Case) -> None:
    """PREFIX has its prefix, and the rest is BASE45."""
    rest = certificate.unprefixed(case.prefixed())
    expect(rest == (case.text("BASE45") or rest), "PREFIX without its prefix is not BASE45")


def b45_decode(case: Case) -> None:
    """BASE45 can be decoded, and is COMPRESSED (or is COSE once inflated)."""
    raw = certificate.unpacked(case.plain())
    compressed = case.raw("COMPRESSED")
    if compressed is not None:
        expect(raw == compressed, "BASE45 decoded is not COMPRESSED")
    elif (message := case.raw("COSE")) is not None:
        expect(certificate.inflated(raw) == message, "BASE45 decoded and inflated is not COSE")


def compression(case: Case) -> None:
    """COMPRESSED can be inflated, and is COSE."""
    raw = certificate.inflated(case.compressed())
    message = case.raw("COSE")
    expect(message is None or raw == message, "COMPRESSED inflated is not COSE")


def shown(case: Case) -> str:
    """The text in the picture of the code; raise Missing without a picture, or without a reader."""
    found = case.text("2DCODE") or case.text("_2DCODE")
    if found is None:
        raise Missing("2DCODE")
    if picture.reader() is None:
        raise Missing("no reader of QR codes is installed (zxing-cpp)")
    packed = re.sub(r"[^A-Za-z0-9+/]", "", found.partition("base64,")[2] or found)
    try:
        return picture.text_of(base64.b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Fails(str(error)) from error


def picture_decode(case: Case) -> None:
    """The picture can be read, and says PREFIX."""
    expect(shown(case) == case.prefixed(), "the picture does not say PREFIX")


def valid_json(case: Case) -> None:
    """The whole chain, from PREFIX or the picture, says what JSON says."""
    text = case.text("PREFIX") or shown(case)
    claims = certificate.claims_of(cose.parse(certificate.opened(text)).payload)
    if isinstance(claims, str):
        raise Fails(claims)
    expect(
        same(claims[certificate.HCERT][certificate.EU_DCC], case.json()),
        "what the code holds says something else than JSON",
    )


CHECKS: Mapping[str, Callable[[Case], None]] = {
    "EXPECTEDVALIDOBJECT": valid_object,
    "EXPECTEDENCODE": encode,
    "EXPECTEDDECODE": decode,
    "EXPECTEDVERIFY": verify,
    "EXPECTEDCOMPRESSION": compression,
    "EXPECTEDKEYUSAGE": key_usage,
    "EXPECTEDUNPREFIX": unprefix,
    "EXPECTEDVALIDJSON": valid_json,
    "EXPECTEDB45DECODE": b45_decode,
    "EXPECTEDPICTUREDECODE": picture_decode,
    "EXPECTEDEXPIRATIONCHECK": expiration,
    "EXPECTEDSCHEMAVALIDATION": schema_validation,
}
REFUSALS = (Fails, CodeError, cbor.CborError, cose.CoseError, base45.Base45Error, der.DerError)


def assertions(case: Case) -> Iterator[Assertion]:
    """Every expectation of a case that this suite knows, with what came out."""
    for name, work in CHECKS.items():
        if name not in case.expected:
            continue
        expected = case.expected[name]
        try:
            work(case)
        except Missing as error:
            yield Assertion(case.name, name, expected, None, f"not in the file: {error}")
        except REFUSALS as error:
            yield Assertion(case.name, name, expected, False, str(error))
        except Exception as error:  # a crash is a failure, whatever was expected
            reason = f"{type(error).__name__}: {error}"
            yield Assertion(case.name, name, expected, not expected, reason)
        else:
            yield Assertion(case.name, name, expected, True)


def files(folder: Path) -> Iterator[Path]:
    """The JSON files of a folder, in order."""
    yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".json" and path.is_file())


def run(folder: Path) -> Results:
    """Run every case of a folder."""
    results = Results()
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            data = json.loads(path.read_bytes().decode("utf-8-sig"))
        except (OSError, ValueError) as error:
            results.unreadable[name] = str(error)
            continue
        if not isinstance(data, dict) or RESULTS not in data:
            continue
        case = Case(name, data)
        results.cases += 1
        results.assertions += assertions(case)
        try:
            values = valuesets.flaws(case.content())
        except Exception:
            values = ()
        if values:
            results.values[name] = values
    return results
