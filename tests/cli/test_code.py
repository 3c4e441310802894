"""`huimin code`: a key, a code, a verdict, all from files."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app

AT = "2026-11-25T12:00:00"


def run(*words: object, code: int = 0, input: str | None = None) -> str:
    done = CliRunner().invoke(app, ["code", *map(str, words)], input=input)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture
def keys(tmp_path):
    run("key", tmp_path / "key.pem", tmp_path / "keys.json")
    return tmp_path


def written(folder, document) -> object:
    path = folder / "content.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_display_token_is_issued_and_verified_from_files(keys):
    content = written(keys, {"colour": "yellow", "subject": "00" * 12, "rules": 2})
    text = run("issue", content, "--key", keys / "key.pem", "--display", "--at", AT).strip("\n")
    assert text.startswith("HM1:")
    said = json.loads(run("verify", text, "--keys", keys / "keys.json", "--at", AT, "--json"))
    assert said["content"] == {"subject": "00" * 12, "colour": "yellow", "rules": 2, "sampled": None}
    late = run(
        "verify",
        "-",
        "--keys",
        keys / "keys.json",
        "--at",
        "2026-11-25T12:02",
        "--json",
        code=1,
        input=text + "\n",
    )
    assert [one["name"] for one in json.loads(late)["checks"] if one["state"] == "bad"] == ["time"]
    gone = keys / "revoked.json"
    gone.write_text(json.dumps({"persons": {"00" * 12: "2026-11-25T12:00:01+08:00"}}))
    run("verify", text, "--keys", keys / "keys.json", "--at", AT, "--revoked", gone, code=1)


def test_a_certificate_is_issued_and_one_without_its_form_is_not(keys):
    content = {
        "ver": "1.3.0", "nam": {"fnt": "WANG"}, "dob": "1950",
        "r": [{"tg": "840539006", "fr": "2026-10-01", "co": "CN", "is": "Qinghai", "df": "2026-10-12", "du": "2027-03-01",
               "ci": "URN:UVCI:01:CN:1"}],
    }  # fmt: skip
    text = run("issue", written(keys, content), "--key", keys / "key.pem", "--at", AT).strip("\n")
    assert text.startswith("HC1:")
    assert (
        json.loads(run("verify", text, "--keys", keys / "keys.json", "--at", AT, "--json"))["content"]
        == content
    )
    run("issue", written(keys, content | {"dob": "yesterday"}), "--key", keys / "key.pem", code=2)
    run("verify", text, "--keys", content_of_nothing(keys), code=2)


def content_of_nothing(folder) -> object:
    path = folder / "nothing.json"
    path.write_text("no keys")
    return path


def test_a_key_is_never_written_over_and_is_for_its_owner_alone(keys):
    assert (keys / "key.pem").stat().st_mode & 0o077 == 0
    before = (keys / "key.pem").read_bytes()
    run("key", keys / "key.pem", keys / "other.json", code=2)
    assert (keys / "key.pem").read_bytes() == before


def test_a_folder_without_test_data_is_said(tmp_path):
    run("conformance", tmp_path, code=2)
