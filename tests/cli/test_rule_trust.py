# ruff: noqa: F811 (fixtures of the population tests are asked for by name)
import json
import random

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app
from huimin.core.rules import api as rules
from huimin.core.rules.lang.tests.conftest import document, table_xml
from huimin.core.rules.models import DecisionRow
from huimin.services.poverty.tests.test_population import (  # noqa: F401 - fixtures
    lines,
    link,
    snapshot_folder,
    someone,
)

ROWS = [["< 8000", '"poor"'], ["[8000..9000]", '"near"'], ["> 9100", '"safe"'], ["null", '"unknown"']]


def rule(folder, rows, name="line.dmn", policy="U"):
    path = folder / name
    path.write_text(
        document(table_xml(policy, {"income": "number"}, {"o": "string"}, rows)), encoding="utf-8"
    )
    return path


def test_a_gap_is_told_with_an_example_and_the_rule_does_not_pass(huimin, tmp_path):
    path = rule(tmp_path, ROWS)
    done = huimin("rules", "check", str(path), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    [gap] = told["findings"]
    assert (gap["kind"], gap["wrong"], gap["where"]) == ("gap", True, {"income": "(9000..9100]"})
    assert 9000 < float(gap["example"]["income"]) <= 9100
    assert told["tables"][0]["exact"] is True
    said = huimin("rules", "check", str(path)).stderr
    assert "No row covers income (9000..9100]" in said
    assert "for example income=" in said


def test_rows_without_an_example_are_shown_with_their_text(huimin, tmp_path):
    path = rule(tmp_path, ROWS)
    text = "- {case: 低于线, given: {income: 7000}, expect: poor}\n- {case: 不知道, given: {income: null}, expect: unknown}\n"
    path.with_name("line.cases.yaml").write_text(text, encoding="utf-8")
    done = huimin("rules", "test", str(path), "--json")
    assert done.returncode == 0
    [covered] = json.loads(done.stdout)["coverage"]
    assert (covered["rows"], covered["reached"]) == (4, 2)
    assert [row["text"] for row in covered["missed"]] == [
        'income [8000..9000] → "near"',
        'income > 9100 → "safe"',
    ]
    assert covered["by_row"][0]["examples"] == [1]
    assert "row 3 has no example" in huimin("rules", "test", str(path)).stderr


def test_an_explanation_says_what_would_have_to_be_different(huimin, tmp_path):
    path = rule(tmp_path, ROWS)
    facts = tmp_path / "facts.yaml"
    facts.write_text("income: 8500\n")
    done = huimin("rules", "explain", str(path), "--facts", str(facts), "--today", "2025-06-01", "--json")
    told = json.loads(done.stdout)
    assert told["outcome"] == "near"
    assert told["matched"][0]["依据"] == "第2条"
    assert told["failed"][0]["test"] == "< 8000"
    ways = {
        way["outcome"]: (way["conditions"][0]["operator"], way["conditions"][0]["bound"])
        for way in told["otherwise"]
    }
    assert ways == {"poor": ("<", "8000"), "safe": (">", "9100")}
    assert "if income under 8000: " in huimin("rules", "explain", str(path), "--facts", str(facts)).stderr


def test_a_difference_is_told_in_words_and_by_the_exit_code(huimin, tmp_path):
    old = rule(tmp_path, ROWS)
    new = rule(tmp_path, [["< 8500", '"poor"'], *ROWS[1:]], "new.dmn")
    done = huimin("rules", "diff", str(old), str(new), "--json")
    assert done.returncode == 1
    [found] = json.loads(done.stdout)["differences"]
    assert (found["kind"], found["row"], found["before"], found["after"]) == ("cell", 1, "< 8000", "< 8500")
    assert "< 8500, before < 8000" in huimin("rules", "diff", str(old), str(new)).stderr
    assert huimin("rules", "diff", str(old), str(old)).returncode == 0


def test_a_rule_that_the_register_does_not_know_is_not_counted_there(huimin, tmp_path):
    done = huimin("rules", "check", str(rule(tmp_path, ROWS)), "--register")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("snapshot_folder", "lines")
def test_people_of_the_register_are_counted_and_their_decisions_explained(
    someone, clock, system, monkeypatch, tmp_path
):
    monkeypatch.setenv("HUIMIN_LANG", "en")
    chance = random.Random(3)
    for _ in range(30):
        someone(chance)
    with system.acting():
        assert rules.work(rules.run_population(system, service="poverty")["run"]).state == "done"
        kept = DecisionRow.objects.filter(rule="poverty.monitoring").first()
    shipped = rules.BOOK["poverty.monitoring"]
    path = tmp_path / "monitoring.dmn"
    path.write_text(
        shipped.text.replace('"monitoring_r4c3"><text>-<', '"monitoring_r4c3"><text>true<'), "utf-8"
    )

    def told(*arguments):
        return json.loads(CliRunner().invoke(app, ["rules", *arguments, "--json"]).stdout)

    gaps = [one for one in told("check", str(path), "--register")["findings"] if one["kind"] == "gap"]
    people = sum(one["people"] for one in gaps)
    assert people > 0
    assert people == sum(sum(one["counties"].values()) for one in gaps)
    register = told("diff", str(shipped.path), str(path), "--register")["register"]
    assert register["subjects"] == 30
    assert register["flows"] == []  # an outcome that goes without saying became none at all
    why = told("explain", "--decision", str(kept.id))
    assert why["outcome"] == kept.outcome
    assert why["articles"] == kept.articles
    assert {one["name"] for one in why["known"]} >= {"poverty.income_per_head"}
