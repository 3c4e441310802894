"""After any sequence of changes, commits and refreshes the snapshot is what PostgreSQL holds, row for row."""

from __future__ import annotations

import itertools
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.facts import api, layout, refreshing

from .conftest import COUNTIES, decision, household, same

pytestmark = pytest.mark.usefixtures("few_tables")
SERIALS = itertools.count(1)
CHANGES = [
    "add", "add_late", "decide", "decide_late", "move", "move_late", "correct", "remove", "remove_late",
]  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(CHANGES), st.integers(0, 5)
        ),
        st.tuples(st.sampled_from(["commit", "roll back", "refresh", "refresh", "refresh", "full", "empty"]), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)  # fmt: skip


class Hands:
    """A connection that commits each statement, and one that stays open until it is told."""

    def __init__(self, link, late):
        self.link, self.late = link, late
        self.committed, self.pending, self.touched = [], [], set()

    def step(self, what, index):
        word, _, when = what.partition("_")
        if word == "add":
            serial = next(SERIALS)
            county = COUNTIES[serial % 3]
            into = self.pending if when else self.committed
            into.append(household(self.late if when else self.link, county, serial))
        elif word in ("move", "correct", "remove"):
            self.change(word, bool(when), index)
        elif word == "commit":
            self.late.commit()
            self.committed, self.pending, self.touched = self.committed + self.pending, [], set()
        elif word == "roll back":
            self.late.rollback()
            self.pending, self.touched = [], set()
        elif word == "empty" and not self.pending and not self.touched:
            self.link.execute("TRUNCATE poverty_income")
        elif word == "decide":
            decision(self.late if when else self.link, uuid4())
        else:
            api.refresh(full=word == "full")
            same(self.link)

    def change(self, word, late, index):
        free = [one for one in self.committed if one not in self.touched]
        if not free:
            return
        one = free[index % len(free)]
        link = self.late if late else self.link
        if late:
            self.touched.add(one)
        if word == "move":  # to a village of its own: sums of a village are locked by who changes them
            village = f"{COUNTIES[index % 3]}{500000 + next(SERIALS)}"
            link.execute("UPDATE people_household SET division_code = %s WHERE id = %s", [village, one])
        elif word == "correct":
            link.execute("UPDATE poverty_income SET wages = wages + 3.45 WHERE household_id = %s", [one])
        else:
            link.execute("DELETE FROM poverty_income WHERE household_id = %s", [one])


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip
@given(steps=STEPS)
def test_the_snapshot_is_the_register_after_any_sequence_of_steps(population, connect, monkeypatch, steps):
    monkeypatch.setattr(refreshing, "COMPACT_ROWS", 3)
    monkeypatch.setattr(refreshing, "PATIENCE", 0.0)
    hands = Hands(connect(), connect(autocommit=False))
    try:
        for what, index in steps:
            hands.step(what, index)
        hands.late.commit()
        api.refresh()
        same(hands.link)
        assert len(layout.generations()) == 1
    finally:
        hands.late.close()
        hands.link.execute("DELETE FROM poverty_income; DELETE FROM people_household")
        hands.link.close()
