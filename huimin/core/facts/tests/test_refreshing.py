"""The snapshot holds what PostgreSQL holds; it takes what changed and misses no late commit."""

from __future__ import annotations

from uuid import uuid4

import pytest

from huimin.core.facts import api
from huimin.kit.refusal import NotFound

from .conftest import COUNTIES, decision, household, same


def test_without_a_snapshot_reading_is_refused_with_what_to_do(population, db):
    assert api.status() is None
    with pytest.raises(NotFound, match="huimin population refresh"), api.opened():
        pass


def test_the_first_refresh_reads_everything_and_the_next_only_what_changed(population, connect):
    link = connect()
    kept, moved = household(link), household(link, serial=2)
    first = api.refresh()
    same(link)
    assert set(first.full.values()) == {"first"}
    assert first.tables["people_household"] == 2
    link.execute(
        "UPDATE people_household SET division_code = %s WHERE id = %s", [COUNTIES[1] + "102201", moved]
    )
    link.execute("DELETE FROM poverty_income WHERE household_id = %s", [kept])
    second = api.refresh()
    same(link)
    assert second.full == {}
    assert (second.changed["people_household"], second.changed["poverty_income"]) == (1, 1)
    assert second.tables["poverty_income"] == 1


@pytest.mark.usefixtures("few_tables")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_rows_of_a_transaction_open_at_a_refresh_are_taken_by_the_next_in_either_order(
    population, connect, order
):
    link, pair = connect(), (connect(autocommit=False), connect(autocommit=False))
    household(link, serial=1)
    api.refresh()
    household(pair[0], serial=2)
    late = household(pair[1], serial=3)
    for one in pair:  # rows that are only added, numbered by themselves
        decision(one, late if one is pair[1] else uuid4())
    household(link, serial=4)  # a later number that is visible before the others
    for done, index in enumerate(order):
        assert api.refresh().tables["people_household"] == 2 + done
        pair[index].commit()
        after = api.refresh()
        assert (after.tables["people_household"], after.tables["rules_decisionrow"]) == (3 + done, 1 + done)
        same(link)


@pytest.mark.usefixtures("few_tables")
def test_a_transaction_without_a_number_yet_is_not_passed_by(population, connect):
    link, late = connect(), connect(autocommit=False)
    household(link, serial=1)
    household(late, serial=2)
    api.refresh()
    for serial in range(3, 6):
        household(link, serial=serial)
        api.refresh()
    household(late, serial=9)
    late.commit()
    done = api.refresh()
    assert done.tables["people_household"] == 6
    same(link)
