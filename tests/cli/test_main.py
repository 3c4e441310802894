import subprocess
import sys

import pytest


def test_help_names_every_command(huimin):
    done = huimin("--help")
    assert done.returncode == 0
    for name in (
        "demo",
        "serve",
        "worker",
        "migrate",
        "doctor",
        "import",
        "account",
        "divisions",
        "rules",
        "journal",
    ):
        assert name in done.stdout


def test_help_follows_the_language_of_the_terminal(huimin):
    assert "准备演示省份" in huimin("--help", lang="zh_CN.UTF-8").stdout
    assert "准备演示省份" not in huimin("--help", lang="C").stdout


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["serve", "--port", "99999999"], ["rules", "check", "--no-such"]]
)
def test_wrong_usage_is_two(huimin, arguments):
    assert huimin(*arguments).returncode == 2


def test_the_version_is_the_packages(huimin):
    from huimin import __version__

    assert huimin("--version").stdout.strip() == __version__


@pytest.mark.parametrize("module", ["huimin.cli.main", "huimin.core.rules.lang"])
def test_what_needs_no_django_does_not_load_it(module):
    code = f"import {module}, sys; print([m for m in sys.modules if m.partition('.')[0] in ('django', 'granian')])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
