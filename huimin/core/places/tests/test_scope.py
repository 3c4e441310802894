"""Spans as conditions: Django's and the SQL one find the same rows, by an index."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import CharField, IntegerField, Model

from huimin.core.places import api, listing, loading
from huimin.core.places.models import Division
from huimin.core.places.types import Span

A, B, NEW = "620123101201", "620123101202", "620123101299"


class Row(Model):
    """A table of recorded codes and groups, as people have it."""

    division_code = CharField(max_length=12, db_collation="C")
    group_no = IntegerField(null=True)

    class Meta:
        app_label = "places_scope_test"
        db_table = "places_scope_rows"

    def __str__(self) -> str:
        return f"{self.division_code}/{self.group_no}"


@pytest.fixture
def rows(db):
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    Row.objects.bulk_create(
        Row(division_code=code, group_no=group)
        for code in (A, B, NEW, "620123102201")
        for group in (None, 1, 2, 3)
    )


def found(condition, values):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT division_code, group_no FROM places_scope_rows WHERE {condition}", values)
        return set(cursor.fetchall())


@pytest.mark.parametrize(
    "spans",
    [
        (),
        (Span(A, A),),
        (Span("620123101000", "620123101999"),),
        (Span(A, A, (1, 3)), Span(NEW, NEW)),
        (Span(A, A, None, (1, 3)),),
        (Span("620123101000", A), Span(B, B, None, (2,)), Span("620123102201", "620123102999")),
    ],
)
def test_both_conditions_find_what_the_spans_hold(rows, spans):
    held = {
        (row.division_code, row.group_no)
        for row in Row.objects.all()
        if any(span.holds(row.division_code, row.group_no) for span in spans)
    }
    assert set(Row.objects.filter(api.q(spans)).values_list("division_code", "group_no")) == held
    assert found(*api.sql(spans)) == held


def test_without_a_group_column_a_divided_village_stays_with_its_remainder(rows):
    moved, rest = (Span(A, A, (1, 3)),), (Span(A, A, None, (1, 3)),)
    assert not Row.objects.filter(api.q(moved, group=None)).exists()
    assert Row.objects.filter(api.q(rest, group=None)).count() == len(found(*api.sql(rest, group=None))) == 4
    assert found(*api.sql(moved, group=None)) == set()


def test_a_column_is_a_column():
    with pytest.raises(ValueError):
        api.sql((Span(A, A),), column="x) OR (1=1")


@pytest.fixture
def wide(db):
    """Gansu five times over, under the codes of five provinces: 96 thousand rows."""
    gansu = listing.read(None)
    gansu.rows = [
        listing.Row(province + row.code[2:], row.name, row.level, row.kind)
        for province in ("61", "62", "63", "64", "65")
        for row in gansu.rows
    ]
    loading.load(gansu)


def plan(query, values):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + query, values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_subtrees_and_search_are_read_by_indexes(wide, django_assert_max_num_queries):
    api.merge([A], "620422108204", on=date(2024, 1, 1), document="批复")
    api.split("620422108204", "620422108205", [1], on=date(2024, 1, 2), document="批复")
    for code in ("620422000000", "620422108000", "620422108204", "620422108205"):
        spans = api.spans(code)
        condition, values = api.sql(spans, column="code", group="level")
        text = plan(f"SELECT code FROM places_division WHERE {condition}", values)
        assert "Index" in text, (code, text)
        assert "Seq Scan" not in text, (code, text)
        assert "Seq Scan" not in Division.objects.filter(api.q(spans, column="code", group="level")).explain()
    queries = []
    for text in ("会宁", "huin", "hn", "6204", "大"):
        with django_assert_max_num_queries(6) as captured:
            assert api.search(text)
        queries += captured.captured_queries
    for query in queries:
        if "places_division " in query["sql"].replace('"', ""):
            assert "Seq Scan" not in plan(query["sql"].replace("%", "%%"), None)
