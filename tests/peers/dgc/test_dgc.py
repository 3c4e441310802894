"""The public test data of the EU Digital COVID Certificate: every expectation holds, but those the data contradicts.

The data lies outside the repository (see its NOTE.md for source and licence). What it contradicts, and why, is also in
docs/reference/credentials.md.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.credentials.codes import conformance, picture

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("HUIMIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
KIT = DATA / "dgc-testdata"
ASSERTIONS = 628
TIMES = "JSON says 12:34:56Z, the signed content 14:34:56Z: summer time was taken for UTC when one of them was written"
DISPUTED = {
    ("FR/2DCode/raw/test_pcr_ok.json", "EXPECTEDDECODE"): TIMES,
    ("FR/2DCode/raw/test_pcr_ok.json", "EXPECTEDVALIDJSON"): TIMES,
}

pytestmark = pytest.mark.skipif(
    not KIT.is_dir(),
    reason=f"the test data is not at {KIT}; set HUIMIN_SHARED_DATA to the folder that holds dgc-testdata",
)


@pytest.fixture(scope="module")
def results() -> conformance.Results:
    return conformance.run(KIT)


def test_every_expectation_holds_but_those_the_data_contradicts(results):
    failed = {(one.case, one.name): one.reason for one in results.failed}
    assert {key: why for key, why in failed.items() if key not in DISPUTED} == {}
    assert set(failed) == set(DISPUTED)
    assert results.unreadable == {}


def test_nothing_is_passed_over_in_silence(results):
    assert results.cases == 96
    assert len(results.assertions) == ASSERTIONS
    assert {one.name for one in results.unchecked} <= {"EXPECTEDPICTUREDECODE"}
    missing = [one for one in results.unchecked if "2DCODE" in one.reason]
    assert len(missing) == 22
    assert picture.reader() is None or len(results.unchecked) == len(missing)


def test_the_command_prints_how_many_passed_and_which_failed(results):
    run = CliRunner().invoke(app, ["code", "conformance", str(KIT)])
    assert run.exit_code == 1
    assert f"{len(results.passed)} passed, {len(DISPUTED)} failed" in run.output.splitlines()
    for case, name in DISPUTED:
        assert f"{case} {name} expected True, found False" in run.output
    alone = CliRunner().invoke(app, ["code", "conformance", str(KIT / "common"), "--json"])
    said = json.loads(alone.output)
    assert alone.exit_code == 0
    assert (said["ok"], said["cases"], said["failed"]) == (True, 25 + 6 + 3 + 1 + 2 + 1, 0)


@pytest.mark.parametrize(
    "expected", ["EXPECTEDVERIFY", "EXPECTEDSCHEMAVALIDATION", "EXPECTEDKEYUSAGE", "EXPECTEDENCODE"]
)
def test_an_expectation_turned_round_fails(results, expected):
    turned = 0
    for path in conformance.files(KIT):
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
        case = conformance.Case(path.name, data)
        if expected in case.expected:
            case.expected = {expected: not case.expected[expected]}
            assert [one.passed for one in conformance.assertions(case)] == [False]
            turned += 1
    assert turned > 15


def test_files_are_read_as_countries_write_them(tmp_path):
    data = json.loads((KIT / "common/2DCode/raw/CO28.json").read_text(encoding="utf-8-sig"))
    data["EXPECTEDRESULTS"] = {"EXPECTEDRESULTS": data["EXPECTEDRESULTS"]}  # nested in itself
    data["CBOR"] = data["CBOR"].lower()
    folder = tmp_path / "XX" / "2DCode" / "Raw" / "1.3.0"
    folder.mkdir(parents=True)
    (folder / "1.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(data).encode())  # a byte-order mark
    found = conformance.run(tmp_path)
    assert (found.cases, found.failed) == (1, [])
    assert len(found.passed) >= 8
    (folder / "2.json").write_text("{")
    assert list(conformance.run(tmp_path).unreadable) == ["XX/2DCode/Raw/1.3.0/2.json"]
