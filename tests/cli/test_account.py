import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.access import api as access
from huimin.core.journal.models import Entry
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db
PASSWORD = "xiaguanying-2026"


@pytest.fixture
def run(monkeypatch):
    """Run `huimin …` in this process, on the test's database: the result with its texts."""
    monkeypatch.setenv("HUIMIN_LANG", "en")
    places.import_package(within="620123000000")
    return lambda *arguments, typed="": CliRunner().invoke(app, [*arguments], input=typed)


def opened(run, *more, typed=PASSWORD + "\n"):
    return run("account", "admin", "root", "--name", "张管理", "--password-stdin", *more, typed=typed)


def test_the_first_administrator_is_opened_with_one_command(run):
    done = opened(run, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["username"] == "root"
    account = access.account_of("root")
    assert account.check_password(PASSWORD)
    viewer = access.viewer_of(account)
    assert viewer.admin
    assert viewer.may("access.grant")
    assert viewer.spans() == ()
    assert Entry.objects.filter(action="access.open_admin", actor="system:cli").count() == 1
    assert not Entry.objects.filter(payload__contains=PASSWORD).exists()


def test_the_password_is_asked_twice_and_never_shown(run):
    done = run("account", "admin", "root", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert access.account_of("root").check_password(PASSWORD)
    assert run("account", "password", "root", typed=f"{PASSWORD}1\n{PASSWORD}2\n").exit_code == 2
    assert access.account_of("root").check_password(PASSWORD)


def test_a_name_that_is_taken_is_one_and_changes_nothing(run):
    opened(run)
    again = opened(run, "--json", typed="another-2026-word\n")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["code"] == "username_taken"
    assert access.account_of("root").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("account", "admin", "root", "--password-stdin"), "short\n"),
        (("account", "admin", "root", "--password-stdin"), "\n"),
        (("account", "admin", "ro ot", "--password-stdin"), PASSWORD + "\n"),
        (("account", "admin", "root", "--password-stdin", "--area", "999999"), PASSWORD + "\n"),
        (("account", "admin", "root", "--password-stdin", "--area", "x"), PASSWORD + "\n"),
        (("account", "password", "nobody", "--password-stdin"), PASSWORD + "\n"),
        (("account", "close", "nobody", "--reason", "离职"), ""),
        (("account", "close", "nobody"), ""),
    ],
)
def test_what_is_called_wrongly_is_two_and_opens_nothing(run, arguments, typed):
    done = run(*arguments, typed=typed)
    assert done.exit_code == 2, done.output
    assert access.account_of("root") is None


def test_accounts_are_listed_with_posts_and_roles_and_citizens_are_not(run, officer, system):
    officer("620123101201", "poverty.village", name="马建军")
    access.open_account(system, username="resident", name="居民")
    opened(run)
    found = json.loads(run("account", "list", "--json").stdout)["accounts"]
    assert [one["username"] for one in found] == ["officer1", "root"]
    assert found[0]["posts"][0]["roles"] == ["poverty.village@620123101201"]
    assert found[1]["administrator"]
    assert "马建军" in run("account", "list").stdout


def test_a_password_is_set_and_an_account_closed_with_its_reason(run):
    opened(run)
    assert run("account", "password", "root", "--password-stdin", typed="another-2026-word\n").exit_code == 0
    assert access.account_of("root").check_password("another-2026-word")
    assert run("account", "close", "root", "--reason", "调离岗位").exit_code == 0
    assert not access.account_of("root").is_active
    assert "调离岗位" in Entry.objects.get(action="access.close_account").payload
