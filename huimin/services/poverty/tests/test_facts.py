"""What rules read of a household: the latest findings as of a day, exact numbers, and null for what nobody knows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.facts import reading
from huimin.core.facts.api import values
from huimin.core.rules.models import DecisionRow
from huimin.services.poverty import actions

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def facts(home, day=TODAY):
    names = [f"poverty.{f.name}" for f in actions_facts()]
    return {name.partition(".")[2]: f for name, f in values(names, [home], day)[str(home)].items()}


def actions_facts():
    from huimin.services.poverty.facts import HOUSEHOLD

    return HOUSEHOLD.facts


def test_the_sql_is_compiled_once_in_a_process(household, clock):
    reading.compiled.cache_clear()
    home = household()
    for _again in range(3):
        facts(home)
    assert reading.compiled.cache_info().misses == 1


def test_what_was_never_surveyed_is_unknown(household, clock):
    found = facts(household())
    assert all(fact.value is None for fact in found.values())


def test_the_latest_finding_of_each_day_counts_and_the_past_stays_askable(system, household, clock, line):
    home = household()
    actions.update_facts(system, household=home, guarantees={"housing": False}, notes={"housing": "漏雨"})
    clock.forward(days=30)
    actions.update_facts(system, household=home, guarantees={"housing": True})
    assert facts(home, TODAY + timedelta(days=31))["housing_secure"].value is True
    then = facts(home, TODAY + timedelta(days=29))["housing_secure"]
    assert (then.value, then.at) == (False, TODAY)


def test_income_is_compared_with_the_line_of_its_own_year(system, household, clock):
    home = household()
    for year, amount in ((2025, 8200), (2026, 8800)):
        actions.set_line(
            system, province="620000000000", year=year, amount=Decimal(amount), document=f"{year}年文件"
        )
        actions.update_facts(system, household=home, year=year, members=2, amounts={"wages": Decimal(20000)})
    assert facts(home)["monitoring_line"].value == Decimal("8800.00")
    assert facts(home)["monitoring_line"].source == "2026年文件"


def test_a_pension_that_the_law_exempts_is_not_income(system, household, clock, line):
    """T20: the excluded income item is kept apart and does not count (抚恤优待条例 art. 4)."""
    home = household()
    actions.update_facts(
        system,
        household=home,
        year=2025,
        members=1,
        amounts={"wages": Decimal(6000), "excluded": Decimal(50000)},
    )
    assert facts(home)["income_per_head"].value == Decimal("6000.00")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.fixed_dictionaries(
        {
            name: st.decimals(0, 99999, places=2)
            for name in ("wages", "business", "property", "transfers", "cost")
        }
    ),
    members=st.integers(1, 12),
)
def test_income_per_head_is_exact_and_computed_in_one_place(system, household, clock, line, amounts, members):
    """T4: income is computed again each time."""
    home = household()
    actions.update_facts(system, household=home, year=2025, members=members, amounts=amounts)
    total = sum(amounts[n] for n in ("wages", "business", "property", "transfers")) - amounts["cost"]
    found = facts(home)["income_per_head"].value
    assert isinstance(found, Decimal)
    assert abs(found - total / members) <= Decimal("0.005")


def test_a_sudden_loss_stands_until_its_risk_is_gone(system, household, clock, line):
    home = household()
    made = actions.add_risk(
        system, household=home, cause="illness", sudden=True, loss=Decimal(30000), since=TODAY, detail="手术"
    )
    assert (facts(home)["sudden_hardship"].value, facts(home)["sudden_loss"].value) == (
        True,
        Decimal("30000.00"),
    )
    actions.remove_risk(system, risk=UUID(made["risk"]), on=TODAY, how="医保报销到位")
    assert (facts(home)["sudden_hardship"].value, facts(home)["open_risks"].value) == (False, Decimal(0))


def test_a_decision_is_inserted_and_never_changed(household, way, survey, system):
    procedure = way.apply(household())
    survey(procedure)
    for sql in ("UPDATE rules_decisionrow SET outcome = '\"none\"'", "DELETE FROM rules_decisionrow"):
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    from huimin.core.access.api import acting_as

    with acting_as(system):
        assert DecisionRow.objects.get().outcome == "marginal"


# Everyone: one pass over the findings gives what a window over them gave


def by_window(moment):
    """The latest finding of each guarantee as it was first written: a window over household and kind."""
    import ibis

    from huimin.services.poverty.facts import GUARANTEE
    from huimin.services.poverty.models import GuaranteeKind

    known = GUARANTEE.cross_join(moment).filter(lambda t: t.on <= t.today)
    place = ibis.row_number().over(
        group_by=[known.household_id, known.kind], order_by=[known.on.desc(), known.recorded.desc()]
    )
    last = known.mutate(place=place).filter(lambda t: t.place == 0)
    columns = {}
    for kind in GuaranteeKind.values:
        here = last.kind == kind
        columns[f"{kind}_secure"] = last.secure.any(where=here)
        columns[f"{kind}_secure_at"] = last.on.max(where=here)
        columns[f"{kind}_secure_source"] = last.found_by.max(where=here)
    return last.group_by(subject=last.household_id).aggregate(**columns)


@lru_cache
def sql_of(build, dialect):
    import ibis

    from huimin.core.facts.reading import MOMENT

    return str(ibis.to_sql(build(MOMENT), dialect=dialect))


FINDINGS = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["food", "water", "housing"]), st.booleans(), st.integers(-2, 2), st.integers(0, 5),
        st.sampled_from(["甲", "乙"]),
    ),
    max_size=14,
    unique_by=lambda row: (row[0], row[1], row[3], row[4]),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=FINDINGS)
def test_the_latest_finding_is_the_same_in_one_pass_as_by_a_window_on_both_engines(db, rows):
    import duckdb

    from huimin.services.poverty.facts import latest_guarantees

    stored = [
        (
            str(UUID(int=home)),
            kind,
            secure,
            TODAY + timedelta(days=day),
            by,
            f"2026-11-20 08:00:0{second}.000001+08",
        )
        for home, kind, secure, day, second, by in rows
    ]
    create = (
        'CREATE TEMP TABLE poverty_guarantee (household_id uuid, kind text, secure boolean, "on" date, found_by text, '
        "recorded timestamptz)"
    )
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(create)
        cursor.execute(f"CREATE TEMP TABLE huimin_moment AS SELECT DATE '{TODAY}' AS today")
        cursor.executemany("INSERT INTO pg_temp.poverty_guarantee VALUES (%s, %s, %s, %s, %s, %s)", stored)
        for build in (by_window, latest_guarantees):
            cursor.execute(sql_of(build, "postgres"))
            found.append(sorted(cursor.fetchall(), key=repr))
        transaction.set_rollback(True)
    with duckdb.connect() as con:
        con.execute(create)
        con.execute(f"CREATE TEMP TABLE huimin_moment AS SELECT DATE '{TODAY}' AS today")
        for row in stored:
            con.execute("INSERT INTO poverty_guarantee VALUES (?, ?, ?, ?, ?, ?)", row)
        for build in (by_window, latest_guarantees):
            found.append(sorted(con.execute(sql_of(build, "duckdb")).fetchall(), key=repr))
    assert all(one == found[0] for one in found)
