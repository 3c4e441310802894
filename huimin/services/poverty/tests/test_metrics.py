"""What is published: sums with small numbers withheld, and nothing to be worked out from the rest."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from huimin.services.poverty.metrics import FLOOR, METRICS, withheld


@given(st.lists(st.integers(0, 40), max_size=12))
def test_what_is_withheld_cannot_be_worked_out_from_the_sum(values):
    shown = withheld(values)
    hidden = [value for value, one in zip(values, shown, strict=True) if one is None]
    assert all(one == 0 or one >= FLOOR for one in shown if one is not None)
    if hidden and any(shown):
        assert len(hidden) > 1
        assert sum(hidden) >= FLOOR


@pytest.mark.django_db
def test_a_single_household_is_not_published_by_county(at_door, household, way):
    cache.clear()
    way.enrol(household())
    page = at_door().get(reverse("poverty:open-counts")).content.decode()
    assert "少于 5" in page
    assert "截至" in page
    assert METRICS[0].count("620000000000") == 1
    cache.clear()


@pytest.mark.django_db
def test_how_it_works_is_told_from_the_programmes_own_declaration(at_door, line):
    page = at_door().get(reverse("poverty:open-how")).content.decode()
    for words in ("公开张贴 7 天", "2/3 以上到会", "第二次公示", "15 个工作日", "8,200"):
        assert words in page
