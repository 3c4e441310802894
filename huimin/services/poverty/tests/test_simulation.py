# ruff: noqa: F811 (fixtures of the population tests are asked for by name)
"""A raised line: who would enter is known before anyone signs, and on the day it counts exactly they do."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from huimin.core.access.api import system as made_system
from huimin.core.facts import api as facts
from huimin.core.rules import api as rules
from huimin.core.rules import tasks
from huimin.core.rules.deciding import known
from huimin.core.rules.models import DecisionRow
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty.queries import letters
from huimin.services.poverty.tests.test_population import (  # noqa: F401 - fixtures
    COUNTIES,
    lines,
    link,
    snapshot_folder,
    someone,
)

RULE, PROVINCE = "poverty.monitoring", "620000000000"
TODAY, FIRST = date(2026, 11, 22), date(2026, 12, 1)
BASIS = "甘农发〔2026〕18号"
WRITER, PUBLISHER = made_system("writer"), made_system("publisher")


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path


def raised(amount: int) -> str:
    """The rule in force with another line for 2025; the other years take the document's."""
    text = rules.rule_on(RULE).text
    row = text[
        text.index('<rule id="line_r1">') : text.index("</rule>", text.index('<rule id="line_r1">')) + 7
    ]

    def made(number: int, years: str, output: str, article: str) -> str:
        new = row.replace("<text>-</text>", f"<text>{years}</text>").replace("monitoring_line", output)
        new = new.replace("采用省级文件公布的监测范围线。", f"范围线采用{output}。").replace(
            "line_r1", f"line_r{number}"
        )
        return new.replace("《中华人民共和国乡村振兴促进法》第五十九条", article)

    rows = (
        made(1, "[2025..2026)", str(amount), BASIS)
        + made(2, "&lt; 2025", "monitoring_line", "《中华人民共和国乡村振兴促进法》第五十九条")
        + made(3, "&gt;= 2026", "monitoring_line", "《中华人民共和国乡村振兴促进法》第五十九条")
        + made(4, "null", "monitoring_line", "《中华人民共和国乡村振兴促进法》第五十九条")
    )
    return text.replace(row, rows)


def drafted(amount: int = 9999) -> Any:
    """A draft with the line of 2025 raised."""
    made = rules.start_draft(WRITER, rule=RULE, text=raised(amount))
    return rules.draft(made["draft"])


def simulated(draft: Any) -> Any:
    """The draft, simulated now."""
    made = rules.simulate(WRITER, draft=draft.id)["simulation"]
    assert rules.work_simulation(made) == "done", rules.simulation(made).error
    return rules.simulation(made)


@pytest.mark.usefixtures("snapshot_folder", "place", "lines")
def test_a_simulation_finds_for_everyone_what_both_rules_give_for_each_one_alone(
    someone, link, clock, officer
):
    chance = random.Random(11)
    homes = [str(someone(chance)) for _ in range(90)]
    link.execute("UPDATE poverty_guarantee SET secure = true WHERE kind <> 'water'")
    facts.refresh()
    draft = drafted()
    found = simulated(draft)
    old, new = rules.rule_on(RULE), rules.rule_on(RULE).as_written(draft.text)
    expected: dict[str, tuple[str, str]] = {}
    for home in homes:
        said = []
        for file in (old, new):
            alone = known(file, Ref.of("household", home), TODAY)
            outcome = rules.evaluate(file, {n: f.value for n, f in alone.items()}, TODAY).outcome
            said.append("" if outcome in (None, "none") else str(outcome))
        if said[0] != said[1]:
            expected[f"household:{home}"] = (said[0], said[1])
    assert len(expected) > 2
    assert found.subjects == 90
    assert found.current
    with WRITER.acting():
        listed = rules.simulated_changes(found.id, limit=100)
    assert {one.subject: (one.before, one.after) for one in listed} == expected
    counted = Counter((one.area[:6], one.before, one.after) for one in listed)
    assert {(f.county, f.before, f.after): f.count for f in found.flows} == counted
    assert found.count("enter") == sum(1 for before, _after in expected.values() if not before)
    # An officer sees those of his county, a page at a time, and nobody else's.
    county = max(counted)[0]
    with officer(f"{county}000000", "poverty.county").acting():
        own = rules.simulated_changes(found.id)
        assert [one.subject for one in own] == [one.subject for one in listed if one.area.startswith(county)]
        assert rules.simulated_changes(found.id, after=(own[0].area, own[0].subject), limit=1) == own[1:2]
        other = next(c for c in COUNTIES if c != county)
        assert rules.simulated_changes(found.id, area=f"{other}000000") == ()
        assert set(rules.simulated_counts(found.id, PROVINCE, 6)) == {county}
    # Changed afterwards, it is nobody's simulation any more.
    rules.save_draft(WRITER, draft=draft.id, revision=1, text=raised(9998))
    assert not rules.simulation(found.id).current
    assert rules.work_simulation(found.id) == "done"  # once is enough


@pytest.mark.usefixtures("snapshot_folder", "place", "lines")
def test_on_the_day_a_version_comes_into_force_those_who_were_said_to_enter_do(someone, link, clock):
    chance = random.Random(5)
    for _ in range(80):
        someone(chance)
    for statement in (  # nothing but the rule changes until the day
        "UPDATE poverty_guarantee SET secure = true, \"on\" = '2025-12-31' WHERE kind <> 'water'",
        "UPDATE poverty_guarantee SET \"on\" = '2025-12-31' WHERE kind = 'water'",
        "UPDATE poverty_income SET surveyed_on = '2025-12-31'",
        "UPDATE poverty_risk SET since = '2024-02-29', until = NULL",
    ):
        link.execute(statement)
    with made_system("test").acting():
        run = rules.work(rules.run_population(WRITER, service="poverty")["run"])
        assert run.state == "done"
        draft = drafted()
        found = simulated(draft)
        said = {one.subject: one.after for one in rules.simulated_changes(found.id, limit=100)}
        assert len(said) > 1
        rules.propose(WRITER, draft=draft.id, revision=1, basis=BASIS, valid_from=FIRST)
        version = rules.publish(PUBLISHER, draft=draft.id, seal=draft.seal)["version"]
        assert tasks.versions(1) == []  # not yet
        assert rules.work(rules.run_population(WRITER, service="poverty")["run"]).changed == 0
        clock.set(FIRST)
        assert tasks.turned() == ["poverty"]
        assert tasks.versions(2) == ["done"]
        assert tasks.turned() == []
        rows = DecisionRow.objects.filter(version__number=version, version__rule=RULE).select_related(
            "version"
        )
        assert {f"household:{row.subject_id}": row.outcome for row in rows} == {
            s: a or "none" for s, a in said.items()
        }
        # The household reads the line that counted, with the document it rests on.
        row = next(row for row in rows if any(hit["annotations"].get("依据") == BASIS for hit in row.hits))
        why = {fact.label: fact for fact in letters.reasons(rules.decision(row.id), limit=20)}
        assert (why["监测范围线"].value, why["监测范围线"].source) == ("9,999", BASIS)


@pytest.mark.usefixtures("snapshot_folder", "place", "lines")
def test_a_list_that_was_cleared_away_is_said_to_be_gone_and_figures_stay(someone, clock):
    someone(random.Random(1))
    facts.refresh()
    draft = drafted()
    first = simulated(draft)
    second = simulated(draft)
    with WRITER.acting():
        with pytest.raises(NotFound, match="重新试算"):
            rules.simulated_changes(first.id)
        rules.simulated_changes(second.id)
    assert rules.simulation(first.id).flows == second.flows
    broken = rules.start_draft(WRITER, rule=RULE, text=raised(9999).replace("hit_hard", "hit_herd", 3))[
        "draft"
    ]
    with pytest.raises(Refused, match="规则还有"):
        rules.simulate(WRITER, draft=UUID(broken))


def test_what_a_household_costs_is_what_those_like_it_got_in_a_year(snapshot, system, db):
    from types import SimpleNamespace

    from django.db import connection

    from huimin.services.poverty.metrics import costs

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    con = snapshot()
    con.execute("DELETE FROM programmes_enrolment")
    con.execute("DELETE FROM programmes_measure")
    for number, (kind, exited) in enumerate(
        (("sudden", "NULL"), ("sudden", "NULL"), ("marginal", "DATE '2026-01-01'"))
    ):
        id = f"00000000-0000-0000-0000-00000000000{number}"
        con.execute(
            f"INSERT INTO programmes_enrolment (id, household_id, programme, kind, entered, exited) "
            f"VALUES ('{id}', '{id}', 'poverty.monitoring', '{kind}', DATE '2025-01-01', {exited})"
        )
        for day, cost in (("2026-06-01", 1000), ("2024-01-01", 7777)):
            con.execute(
                f"INSERT INTO programmes_measure (id, enrolment_id, kind, fund, cost, start) "
                f"VALUES (gen_random_uuid(), '{id}', 'job', '', {cost}, DATE '{day}')"
            )
    found = costs.yearly(SimpleNamespace(con=con, today=TODAY))
    assert found == {"sudden": Decimal("1000.00")}
