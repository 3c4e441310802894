import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.people import api
from huimin.core.people.models import Person
from huimin.core.people.paging import keyset
from huimin.kit.refusal import Refused

names = st.lists(st.sampled_from(["王兰", "王芳", "李军", "马哈麦"]), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=names, limit=st.integers(1, 5), falling=st.booleans())
def test_pages_in_sequence_are_the_whole_list_in_order_and_back_again(register, names, limit, falling):
    Person.objects.all().delete()
    for name in names:
        register.person(name, numbered=False)
    order = ("-pinyin", "-id") if falling else ("pinyin", "id")
    whole = list(Person.objects.order_by(*order).values_list("id", flat=True))

    def page(after=None):
        return keyset(Person.objects.all(), order, after=after, limit=limit, show=lambda row: row.id)

    seen, pages, here = [], [], page()
    assert here.previous is None
    while True:
        pages.append(here.rows)
        seen += here.rows
        if here.next is None:
            break
        here = page(here.next)
    assert seen == whole
    for earlier in reversed(pages[:-1]):
        here = page(here.previous)
        assert here.rows == earlier
    assert here.previous is None


def test_a_row_that_comes_in_between_neither_repeats_nor_hides_another(register):
    for name in ("李军", "王兰", "王芳", "张伟"):
        register.person(name, numbered=False)
    first = api.persons(order="name", limit=2)
    register.person("安平", numbered=False)
    second = api.persons(order="name", limit=2, after=first.next)
    assert [p.name for p in (*first, *second)] == ["李军", "王芳", "王兰", "张伟"]


@pytest.mark.parametrize("cursor", ["x", "%%%", "WzAsWyJpZCJdLFsiYSJdXQ", "W10", "bnVsbA"])
def test_a_broken_cursor_is_refused_with_what_to_do(register, cursor):
    with pytest.raises(Refused, match="第一页") as caught:
        api.persons(after=cursor)
    assert caught.value.code == "bad_cursor"


def test_a_cursor_of_another_order_is_refused(register):
    for _n in range(3):
        register.person(numbered=False)
    cursor = api.persons(order="name", limit=1).next
    with pytest.raises(Refused):
        api.persons(order="area", after=cursor)


def test_T15_no_page_skips_or_counts_rows(register):
    for _n in range(6):
        register.household()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = api.households("620123000000", limit=2)
        api.households("620123000000", limit=2, after=page.next)
        api.counts("620123000000")
    text = " ".join(query["sql"] for query in asked)
    assert "OFFSET" not in text
    assert "COUNT(*)" not in text
    assert sum('FROM "people_household"' in query["sql"] for query in asked) == 2
    assert sum("people_divisioncount" in query["sql"] for query in asked) == 1


def test_T15_a_deep_page_reads_its_index_from_the_key_and_nothing_before_it(register):
    for _n in range(3):
        register.household()
    page = api.households("620123000000", limit=1)
    with CaptureQueriesContext(connection) as asked:
        api.households("620123000000", limit=1, after=page.next)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
        )
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "household_area" in plan
    assert "ROW(" in plan.partition("Index Cond")[2]
    assert "Sort" not in plan
