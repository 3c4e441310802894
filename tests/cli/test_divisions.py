import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.journal.models import Entry
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db
ONE, TWO = "620123101201", "620123101202"
ORDER = ("--on", "2026-11-01", "--document", "榆政发〔2026〕18 号")


@pytest.fixture
def run(monkeypatch):
    """Run `huimin divisions …` in this process, on the test's database: the result with its texts."""
    monkeypatch.setenv("HUIMIN_LANG", "en")
    places.import_package(within="620123000000")
    return lambda *arguments: CliRunner().invoke(app, ["divisions", *arguments])


def shown(run, code, *more):
    return json.loads(run("show", code, *more, "--json").stdout)


def test_t16_villages_are_merged_by_order_and_the_old_name_answers_for_the_days_before(run):
    before = shown(run, ONE)
    done = run("merge", ONE, "--into", TWO, *ORDER, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["into"] == TWO
    after = shown(run, ONE, "--on", "2026-11-02")
    assert not after["stands"]
    assert after["successors"] == [TWO]
    assert shown(run, ONE, "--on", "2026-10-31")["name"] == before["name"]
    assert after["changes"][0]["document"] == ORDER[3]
    assert Entry.objects.get(action="access.merge_villages").actor == "system:cli"


def test_villages_are_merged_into_a_new_one_that_needs_a_name(run):
    unnamed = run("merge", ONE, TWO, "--into", "620123101399", *ORDER, "--json")
    assert unnamed.exit_code == 1
    assert json.loads(unnamed.stdout)["code"] == "name_needed"
    assert run("merge", ONE, TWO, "--into", "620123101399", "--name", "新合村委会", *ORDER).exit_code == 0
    assert places.name_of("620123101399") == "新合村委会"


def test_groups_are_moved_to_a_new_village(run):
    done = run(
        "split", ONE, "--into", "620123101398", "--groups", "3,5", "--name", "新村委会", *ORDER, "--json"
    )
    assert done.exit_code == 0, done.output
    assert shown(run, ONE)["changes"][0]["groups"] == [3, 5]


def test_a_division_gets_a_new_name(run):
    assert run("rename", "620123", "新榆中县", *ORDER).exit_code == 0
    assert places.name_of("620123000000") == "新榆中县"
    assert "新榆中县" in run("show", "620123").stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("merge", ONE, "--into", ONE, *ORDER), 1),
        (("merge", "620123101999", "--into", TWO, *ORDER), 1),
        (("rename", ONE, "新名", "--on", "2026-11-01", "--document", " "), 1),
        (("show", "990000000000"), 1),
        (("merge", ONE, "--into", TWO, "--on", "1.11.2026", "--document", "x"), 2),
        (("merge", "12345", "--into", TWO, *ORDER), 2),
        (("split", ONE, "--into", TWO, "--groups", "a", *ORDER), 2),
        (("merge", "--into", TWO, *ORDER), 2),
    ],
)
def test_what_cannot_be_is_said_with_its_exit_code_and_changes_nothing(run, arguments, status):
    done = run(*arguments)
    assert done.exit_code == status, done.output
    assert done.stderr.strip()
    assert not Entry.objects.filter(actor="system:cli").exists()
