"""`huimin rules rederive` and its neighbours: in this process, but for what must need no database."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.credentials import proof
from huimin.core.credentials.tests import test_days, test_proof

KEYS = {"keys": [proof.jwk_of(test_proof.KEY.public_key())]}


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("HUIMIN_LANG", "en")
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def file(tmp_path):
    def write(document, name="one.json"):
        path = tmp_path / name
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    return write


def test_a_certificate_is_derived_again_with_every_check_said(run, file):
    path, keys = file(test_proof.made()), file(KEYS, "keys.json")
    done = run("rules", "rederive", path, "--keys", keys)
    assert done.exit_code == 0, done.output
    assert 'the same: "yes"' in done.output
    assert "taken from the file itself" not in done.output
    alone = run("rules", "rederive", path)
    assert alone.exit_code == 0
    assert "taken from the file itself" in alone.output
    assert KEYS["keys"][0]["kid"] in alone.output
    found = json.loads(run("rules", "rederive", path, "--json").stdout)
    assert (found["ok"], found["same"], found["outcome"], found["key_published"]) == (
        True,
        True,
        "yes",
        False,
    )


def test_what_differs_is_said_with_both_values_and_the_exit_code_is_one(run, file):
    path = file(test_proof.signed_again(lambda said: said["decision"].update(outcome="no")))
    done = run("rules", "rederive", path)
    assert done.exit_code == 1
    assert 'different: was "no", derived "yes"' in done.output
    changed = test_proof.made()
    changed["certificate"]["decision"]["outcome"] = "no"
    done = run("rules", "rederive", file(changed))
    assert done.exit_code == 1
    assert "something was changed" in done.output
    assert "not derived again" in done.output


def test_the_root_is_given_as_digits_or_as_the_published_file(run, file):
    document = test_proof.made()
    path, inclusion = file(document), document["inclusion"]
    root = inclusion["statement"]["root"]
    published = file({"statement": inclusion["statement"], "signature": inclusion["signature"]}, "day.json")
    keys = file(KEYS, "keys.json")
    assert run("rules", "rederive", path, "--root", root).exit_code == 0
    assert run("rules", "rederive", path, "--root", published, "--keys", keys).exit_code == 0
    done = run("rules", "rederive", path, "--root", "0" * 64)
    assert done.exit_code == 1
    assert root in done.output


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"certificate": {}}', '{"certificate": 1.5}'])
def test_what_is_no_certificate_is_a_wrong_use(run, tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    assert run("rules", "rederive", path).exit_code == 2


def test_a_root_that_is_neither_is_a_wrong_use(run, file):
    assert run("rules", "rederive", file(test_proof.made()), "--root", "abc").exit_code == 2
    assert run("rules", "rederive", file(test_proof.made()), "--keys", file({}, "k.json")).exit_code == 2


def test_deciding_again_loads_neither_the_framework_nor_a_driver(file):
    code = (
        "import sys\nfrom huimin.cli.main import app\n"
        f"sys.argv = ['huimin', 'rules', 'rederive', {str(file(test_proof.made()))!r}]\n"
        "try:\n    app()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "print(sorted({'django', 'psycopg', 'duckdb', 'ibis'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
def test_days_are_closed_listed_verified_and_a_changed_row_is_found(run, clock, tmp_path, system):
    clock.set(datetime(2026, 11, 21, 1, tzinfo=UTC))
    with system.acting():
        ids = test_days.decided(3)
    assert run("rules", "verify-day", "2026-11-20").exit_code == 1
    assert run("rules", "prove", ids[0], "--proof").exit_code == 1
    made = json.loads(run("rules", "roots", "--close", "--json").stdout)
    assert [one["count"] for one in made["closed"]] == [3]
    assert made["roots"][0]["statement"]["day"] == "2026-11-20"
    assert made["roots"][0]["statement"]["root"] in run("rules", "roots").output
    out, keys = tmp_path / "one.json", tmp_path / "keys.json"
    assert run("rules", "prove", ids[0], "--out", out).exit_code == 0
    assert run("rules", "keys", "--out", keys).exit_code == 0
    checks = json.loads(
        run(
            "rules",
            "rederive",
            out,
            "--keys",
            keys,
            "--root",
            made["roots"][0]["statement"]["root"],
            "--json",
        ).stdout
    )["checks"]
    assert {one["name"]: one["state"] for one in checks}["root"] == "ok"
    assert json.loads(run("rules", "prove", ids[0], "--proof").stdout)["leaf"]
    assert json.loads(run("rules", "verify-day", "2026-11-20", "--json").stdout)["ok"]
    told = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)["findings"]}["decisions"]
    assert told["state"] == "ok", told
    test_days.behind("UPDATE rules_decisionrow SET outcome = '1' WHERE id = %s", ids[1])
    told = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)["findings"]}["decisions"]
    assert (told["state"], str(ids[1]) in told["found"]) == ("missing", True)
    done = run("rules", "verify-day", "2026-11-20")
    assert done.exit_code == 1
    assert str(ids[1]) in done.output
    assert run("rules", "prove", "nothing").exit_code == 2
    assert run("rules", "prove", "00000000-0000-0000-0000-000000000000").exit_code == 1
