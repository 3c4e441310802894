"""Figures are read as the viewer may see them, and never mixed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from huimin.core.access import api as access
from huimin.core.insight import api
from huimin.core.insight.models import Computation, IndicatorVersion
from huimin.core.insight.types import Figure
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db
RATE, COUNT = "poverty.incidence", "poverty.households"


@pytest.fixture
def towns(gansu):
    return [place.code for place in places.children(gansu)][:3]


def test_a_rate_is_its_numerator_over_its_denominator_and_none_where_there_is_nobody(
    keep, gansu, towns, system
):
    keep(RATE, "2025", [(gansu, "", 30, 400, False), (towns[0], "", 30, 400, False)])
    with access.acting_as(system):
        found = api.figures(RATE, [gansu, towns[1]], ["2025", "2024"])
    assert found[gansu, "2025"].value == Decimal("7.5")
    assert (found[gansu, "2025"].numerator, found[gansu, "2025"].denominator) == (30, 400)
    assert found[towns[1], "2025"].value is None
    assert not found[towns[1], "2025"].suppressed
    assert (gansu, "2024") not in found


def test_a_plain_count_without_a_row_is_nought(keep, gansu, towns, system):
    keep(COUNT, "2025", [(gansu, "", 7, None, False)])
    with access.acting_as(system):
        assert api.figure(COUNT, towns[1], "2025").value == 0
        assert api.figure(COUNT, gansu, "2024") is None


def test_an_officer_sees_his_own_places_whole_and_others_as_published(keep, gansu, towns, officer):
    keep(
        COUNT,
        "2025",
        [(gansu, "", 7, None, False), (towns[0], "", 3, None, True), (towns[1], "", 4, None, True)],
    )
    with access.acting_as(officer(towns[0], "poverty.township")):
        found = api.figures(COUNT, [gansu, *towns[:2]], ["2025"])
        assert found[towns[0], "2025"].value == 3
        assert found[towns[1], "2025"].suppressed
        assert found[towns[1], "2025"].value is None
        assert found[towns[1], "2025"].numerator is None
        assert found[gansu, "2025"].value == 7
        assert api.figures(COUNT, [towns[0]], ["2025"], published=True)[towns[0], "2025"].suppressed
    with access.acting_as(access.PUBLIC):
        assert api.figure(COUNT, towns[0], "2025").suppressed
        assert api.figure(COUNT, gansu, "2025").value == 7


def test_what_is_not_for_the_public_is_withheld_from_it_everywhere(keep, gansu, officer):
    keep("poverty.unassigned", "2025", [(gansu, "", 70, None, False)])
    assert api.figure("poverty.unassigned", gansu, "2025", viewer=access.PUBLIC).suppressed
    assert (
        api.figure("poverty.unassigned", gansu, "2025", viewer=officer(gansu, "poverty.county")).value == 70
    )


def test_another_version_of_a_closed_period_stands_beside_the_old_one(keep, gansu, system):
    keep(COUNT, "2025", [(gansu, "", 7, None, False)], version="old")
    assert api.figure(COUNT, gansu, "2025", viewer=system).value == 7
    keep(COUNT, "2025", [(gansu, "", 9, None, False)])
    keep(COUNT, "2025", [(gansu, "", 8, None, False)], version="old", generation="2")
    now = api.figure(COUNT, gansu, "2025", viewer=system)
    assert (now.value, now.version) == (9, api.INDICATORS[COUNT].version)
    assert Computation.objects.filter(indicator=COUNT, period="2025").count() == 2
    assert IndicatorVersion.objects.get(version=now.version).definition["numerator"] == "enrolled"


def test_the_divisions_right_below_one_are_those_of_the_periods_end(keep, gansu, system):
    town = places.children(gansu)[0].code
    first, second = (one.code for one in places.children(town)[:2])
    keep(COUNT, "2024", [(first, "", 2, None, False), (second, "", 3, None, False)])
    keep(COUNT, "2025", [(second, "", 5, None, False)])
    access.merge_villages(system, codes=(first,), into=second, on=date(2025, 6, 1), document="批复")
    codes = {
        period: [f.area for f in api.below(COUNT, town, period, viewer=system)] for period in ("2024", "2025")
    }
    assert first in codes["2024"]
    assert first not in codes["2025"]


def test_the_parts_come_in_the_declared_order_with_their_titles(keep, gansu, system):
    keep(
        COUNT,
        "2025",
        [(gansu, "", 9, None, False), (gansu, "sudden", 2, None, True), (gansu, "marginal", 7, None, True)],
    )
    found = api.breakdown(COUNT, gansu, "2025", viewer=system)
    assert [(code, figure.value) for code, _title, figure in found] == [
        ("unstable", 0),
        ("marginal", 7),
        ("sudden", 2),
    ]
    assert found[1][1] == "边缘易致贫户"


def test_a_trend_runs_over_the_computed_years(keep, gansu, system):
    for period, number in (("2023", 9), ("2024", 7), ("2024Q3", 8), ("2025", 5)):
        keep(COUNT, period, [(gansu, "", number, None, False)])
    assert [f.value for f in api.trend(COUNT, gansu, viewer=system)] == [9, 7, 5]
    assert api.periods("poverty") == ["2023", "2024", "2025", "2024Q3"]


def test_counted_figures_of_one_kind_add_up_and_nothing_else_does(keep, gansu, towns, system):
    keep(RATE, "2025", [(towns[0], "", 10, 100, False), (towns[1], "", 0, 300, False)])
    keep(RATE, "2024", [(towns[0], "", 10, 100, False)])
    found = api.figures(RATE, towns[:2], ["2025", "2024"], viewer=system)
    assert api.total([found[towns[0], "2025"], found[towns[1], "2025"]]).value == Decimal("2.5")
    with pytest.raises(api.Mixed, match="period"):
        api.total([found[towns[0], "2025"], found[towns[0], "2024"]])
    with pytest.raises(api.Mixed, match="twice"):
        api.total([found[towns[0], "2025"], api.figure(RATE, gansu, "2025", viewer=system)])
    said = Figure(
        indicator=RATE, area=towns[2], period="2025", numerator=None, denominator=None, value=Decimal("23.6"),
        as_of=found[towns[0], "2025"].as_of, version="", source="reported", document="报道",
    )  # fmt: skip
    with pytest.raises(api.Mixed, match="reports"):
        api.total([found[towns[0], "2025"], said])
    with pytest.raises(TypeError, match="total"):
        sum([found[towns[0], "2025"], said])


def test_a_sum_with_a_withheld_part_is_withheld(keep, gansu, towns):
    keep(COUNT, "2025", [(towns[0], "", 3, None, True), (towns[1], "", 9, None, False)])
    found = api.figures(COUNT, towns[:2], ["2025"], viewer=access.PUBLIC)
    assert api.total(found.values()).suppressed


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_periods_are_years_quarters_and_months(name, first, last):
    span = api.parse(name)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


@pytest.mark.parametrize("name", ["24", "2024Q5", "2024-13", "去年", "2024Q", ""])
def test_what_is_no_period_is_refused(name):
    from huimin.kit.refusal import Refused

    with pytest.raises(Refused, match="2026Q3"):
        api.parse(name)
