"""`huimin export` and `huimin account client`: what they write, print and refuse."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.access import api as access
from huimin.core.journal.models import Entry
from huimin.core.people import api as people
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db
COUNTY, VILLAGE = "620123000000", "620123101201"


@pytest.fixture
def run(monkeypatch, settings, tmp_path):
    """Run `huimin …` in this process, on the test's database: the result with its texts."""
    monkeypatch.setenv("HUIMIN_LANG", "en")
    settings.MEDIA_ROOT = tmp_path / "files"
    places.import_package(within=COUNTY)
    return lambda *arguments: CliRunner().invoke(app, [*arguments])


@pytest.fixture
def clerk(run, officer, system):
    """A village officer's username, with one household in his village."""
    from datetime import date

    account = officer(VILLAGE, "poverty.village", account=True)
    person = people.register_person(
        system, name="马桂花", sex="female", birth_date=date(1980, 5, 6), division_code=VILLAGE
    )["person"]
    people.register_household(system, head=person, division_code=VILLAGE, address="1号", on=date(2010, 1, 1))
    return account.username


def test_a_list_is_written_with_the_sight_of_an_officer_and_leaves_the_trace(run, clerk, tmp_path):
    file = tmp_path / "all.csv"
    done = run("export", "poverty.all", str(file), "--as", clerk, "--filter", "q=马", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 1
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert [row[0] for row in csv.reader(lines)][1:] == ["马桂花"]
    assert file.stat().st_mode & 0o077 == 0
    assert Entry.objects.filter(action="exports.take").count() == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("poverty.none", "a.csv"), 2), (("poverty.all", "a.txt"), 2), (("poverty.all", "a.csv", "--filter", "x=1"), 2),
        (("portal.audit", "a.csv"), 1),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_said(run, clerk, arguments, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("export", *arguments, "--as", clerk)
    assert done.exit_code == code, done.output
    assert not (tmp_path / "a.csv").exists()


def test_nobody_s_account_exports_nothing(run, tmp_path):
    assert run("export", "poverty.all", str(tmp_path / "a.csv"), "--as", "nobody").exit_code == 2


def test_a_program_is_let_in_given_another_token_and_shut_out(run):
    asked = ("account", "client", "open", "医保局", "--area", COUNTY, "--scope", "people:read", "--json")
    made = json.loads(run(*asked).stdout)
    assert access.client_of_token(made["token"]) is not None
    assert not Entry.objects.filter(payload__contains=made["token"].rpartition("_")[2]).exists()
    again = json.loads(run("account", "client", "renew", made["client"], "--json").stdout)
    assert access.client_of_token(made["token"]) is None
    assert access.client_of_token(again["token"]) is not None
    listed = json.loads(run("account", "client", "list", "--json").stdout)["clients"]
    assert [(one["name"], one["open"]) for one in listed] == [("医保局", True)]
    assert run("account", "client", "close", made["client"], "--reason", "数据共享到期").exit_code == 0
    assert access.client_of_token(again["token"]) is None


def test_an_unknown_scope_place_or_program_is_refused(run):
    base = ("account", "client", "open", "医保局")
    assert run(*base, "--area", COUNTY, "--scope", "all:write").exit_code == 2
    assert run(*base, "--area", "999999999999", "--scope", "people:read").exit_code == 2
    assert run("account", "client", "renew", "1").exit_code == 2
    assert (
        run(
            "account", "client", "close", "00000000-0000-0000-0000-000000000000", "--reason", "不再需要"
        ).exit_code
        == 1
    )
