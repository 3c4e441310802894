"""The chain shows one row that was changed, removed, added or moved."""

from __future__ import annotations

import pytest
from django.db import connection

from huimin.core.access import api as access
from huimin.core.journal import api as journal
from huimin.core.journal.models import Entry

pytestmark = pytest.mark.django_db
PLACE = "620123000000"


@pytest.fixture
def five(system):
    for number in range(5):
        access.open_office(system, key=f"k{number}", name=f"第{number}站", area=PLACE)
    return [row.hash for row in Entry.objects.order_by("seq")]


def behind_the_back(sql, *values):
    """Write as somebody with the database's own password would."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


def test_an_untouched_journal_verifies(five):
    report = journal.verify()
    assert (report.ok, report.checked, report.head) == (True, 5, five[-1])


def test_the_database_refuses_to_change_or_remove_an_entry(five):
    from django.db import DatabaseError, transaction

    for sql in (
        "UPDATE journal_entry SET actor_label = 'x' WHERE seq = 2",
        "DELETE FROM journal_entry WHERE seq = 2",
    ):
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@pytest.mark.parametrize("column", ["actor_label", "area", "action", "payload", "key"])
def test_one_edited_byte_is_found(five, column):
    behind_the_back(
        f"UPDATE journal_entry SET {column} = overlay({column} placing '7' from 3 for 1) WHERE seq = 3"
    )
    report = journal.verify()
    assert [(p.seq, p.code) for p in report.problems] == [(3, "changed")]


def test_an_edited_row_with_a_new_hash_breaks_the_row_after_it(five):
    behind_the_back("UPDATE journal_entry SET hash = repeat('a', 64) WHERE seq = 3")
    assert {(p.seq, p.code) for p in journal.verify().problems} == {(3, "changed"), (4, "order")}


def test_a_removed_row_is_found(five):
    behind_the_back("DELETE FROM journal_entry WHERE seq = 3")
    assert {p.code for p in journal.verify().problems} >= {"missing", "order"}


def test_a_cut_off_tail_is_found(five):
    behind_the_back("DELETE FROM journal_entry WHERE seq = 5")
    assert [p.code for p in journal.verify().problems] == ["tail"]


def test_two_rows_that_changed_places_are_found(five):
    behind_the_back(
        "UPDATE journal_entry SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)"
    )
    behind_the_back("UPDATE journal_entry SET seq = -seq WHERE seq < 0")
    assert {p.seq for p in journal.verify().problems} >= {2, 3}


def test_a_hash_noted_earlier_must_still_be_there(five):
    assert journal.verify(expect=five[2]).ok
    assert [p.code for p in journal.verify(expect="f" * 64).problems] == ["expected"]
