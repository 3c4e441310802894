"""`huimin rules versions` and `huimin rules text`: what the rule book keeps, taken out as it was published."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.rules import api as rules

pytestmark = pytest.mark.django_db
RULE = "poverty.monitoring"


def test_the_versions_of_a_rule_are_listed_and_each_comes_out_unchanged(monkeypatch, system, clock):
    monkeypatch.setenv("HUIMIN_LANG", "en")
    rules.start_draft(system, rule=RULE)
    listed = CliRunner().invoke(app, ["rules", "versions", RULE, "--json"])
    assert [(one["number"], one["state"]) for one in json.loads(listed.stdout)["versions"]] == [
        (1, "in_force")
    ]
    assert (
        CliRunner().invoke(app, ["rules", "text", RULE, "--number", "1"]).stdout == rules.version(RULE).text
    )
    assert (
        CliRunner().invoke(app, ["rules", "text", RULE, "--examples"]).stdout == rules.version(RULE).examples
    )
    missing = CliRunner().invoke(app, ["rules", "text", RULE, "--number", "7"])
    assert missing.exit_code == 1
    assert "7" in missing.output
