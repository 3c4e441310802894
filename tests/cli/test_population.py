"""`huimin population` and `huimin bench`: in this process, on the test's database, in a folder of the test's own."""

import json

import pytest
from typer.testing import CliRunner

from huimin.cli.main import app


@pytest.fixture
def run(monkeypatch, settings, tmp_path):
    monkeypatch.setenv("HUIMIN_LANG", "en")
    settings.POPULATION = tmp_path / "population"
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.mark.django_db(transaction=True)
def test_refresh_and_status_say_as_of_when_the_snapshot_is_and_why_tables_were_read_whole(run):
    missing = run("population", "status")
    assert (missing.exit_code, "huimin population refresh" in missing.output) == (3, True)
    first = json.loads(run("population", "refresh", "--json").stdout)
    assert (first["generation"], set(first["full"].values())) == (1, {"first"})
    again = run("population", "refresh", "--full")
    assert again.exit_code == 0, again.output
    assert "asked for" in again.output
    found = json.loads(run("population", "status", "--json").stdout)
    assert (found["generation"], found["made_up"]) == (2, False)
    assert found["as_of"] > first["as_of"]
    shown = run("population", "status").output
    assert "people_household" in shown
    assert "generation 2 as of" in shown


def test_a_made_up_register_decides_as_planted_and_never_joins_a_snapshot(run, db):
    import ibis

    from huimin.core.facts import api
    from huimin.core.rules.api import BOOK
    from huimin.core.rules.lang import lower
    from huimin.services.poverty.demo import everyone

    made = json.loads(run("bench", "make-people", "--people", "30000", "--json").stdout)
    homes = made["tables"]["people_household"]
    assert abs(made["tables"]["people_person"] - 30_000) < 600
    assert made["tables"]["poverty_profile"] == made["tables"]["rules_decisionrow"] == homes
    assert made["tables"]["poverty_guarantee"] > 5.9 * homes
    file = BOOK["poverty.monitoring"]
    with api.opened() as snapshot:
        names = {name: fact.partition(".")[2] for name, fact in file.inputs.items()}
        facts = snapshot.facts("poverty.household")
        decided = lower.model(
            file.model, file.decision, facts, names, today=snapshot.today, now=snapshot.as_of
        )
        query = str(ibis.to_sql(decided.select("subject", "outcome"), dialect="duckdb"))
        rows = snapshot.con.execute(
            f"SELECT count(*), count(*) FILTER (WHERE coalesce(d.outcome, 'none') <> json_extract_string(k.outcome, '$')) "
            f"FROM ({query}) d JOIN rules_decisionrow k ON k.subject_id = d.subject::VARCHAR"
        ).fetchall()
        outcomes = dict(
            snapshot.con.execute(f"SELECT outcome, count(*) FROM ({query}) GROUP BY 1").fetchall()
        )
        parts = snapshot.each(
            "household", lambda part: part.con.execute(f"SELECT count(*) FROM ({query})").fetchall()
        )
        assert sum(part[0][0] for part in parts) == homes
    (everyone_, changed) = rows[0]
    assert everyone_ == homes
    assert 0 < changed < 3 * everyone.OTHERWISE / 1000 * homes
    assert {"sudden", "unstable", "marginal", "none"} <= set(outcomes)
    again = run("bench", "make-people", "--people", "1000")
    assert again.exit_code == 1
    assert "name another folder" in again.output
    assert "Made up" in run("population", "status").output
