"""What two reports state is kept sentence by sentence, once, and labelled as theirs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huimin.core.insight import api
from huimin.core.insight.models import Reported
from huimin.core.insight.sources import documents, load_sources

pytestmark = pytest.mark.django_db


def test_every_stated_total_is_kept_once_with_its_sentence_and_document(system):
    made = load_sources(system)
    assert made == sum(len(one.totals) for one in documents())
    assert load_sources(system) == 0
    assert Reported.objects.count() == made
    falls = api.reported("poverty.incidence", "451029000000")
    assert [one.figure.value for one in falls] == [Decimal("23.6"), Decimal("15.5")]
    assert all(one.figure.source == "reported" and "23.6%" in one.sentence for one in falls)
    reached = next(one for one in api.reported() if one.figure.value == 34_000_000)
    assert (reached.published.isoformat(), reached.unit) == ("2018-08-07", "人")
    assert {734, 86, 10} <= {one.figure.value for one in api.reported() if one.sentence == reached.sentence}


def test_a_figure_stands_in_its_sentence():
    for one in documents():
        for total in one.totals:
            digits = {c for c in total["sentence"] if c.isdigit()}
            assert digits, total["title"]
            assert total["unit"]
            assert total["place"]
