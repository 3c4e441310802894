"""What is published: sums with small numbers withheld, and nothing to be worked out from the rest."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.insight import api as insight
from huimin.services.poverty.metrics import METRICS


@pytest.mark.django_db
def test_a_single_household_is_not_published_by_county(at_door, household, way, snapshot, system):
    cache.clear()
    page = at_door().get(reverse("poverty:open-counts")).content.decode()
    assert "还没有统计" in page
    way.enrol(household())
    snapshot()
    with access.acting_as(system):
        insight.compute("poverty", ["2026"])
    page = at_door().get(reverse("poverty:open-counts")).content.decode()
    assert "不公布" in page
    assert "截至" in page
    assert METRICS[0].count("620000000000") is None
    assert METRICS[0].count("620123000000") is None
    assert METRICS[0].count("620102000000") is None  # nought, but below what is withheld
    cache.clear()


@pytest.mark.django_db
def test_how_it_works_is_told_from_the_programmes_own_declaration(at_door, line):
    page = at_door().get(reverse("poverty:open-how")).content.decode()
    for words in ("公开张贴 7 天", "2/3 以上到会", "第二次公示", "15 个工作日", "8,200"):
        assert words in page
