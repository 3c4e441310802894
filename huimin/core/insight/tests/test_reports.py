"""A report is frozen once; printed again it is the same, byte for byte."""

from __future__ import annotations

import io
import time

import pytest
from pypdf import PdfReader
from python_calamine import load_workbook

from huimin.core.access import api as access
from huimin.core.insight import api
from huimin.core.insight.models import FrozenReport
from huimin.core.places import api as places
from huimin.kit.refusal import NotAllowed, NotFound

pytestmark = pytest.mark.django_db
RATE, COUNT = "poverty.incidence", "poverty.households"


@pytest.fixture
def counted(keep, gansu, system):
    towns = [place.code for place in places.children(gansu)][:2]
    for period, number in (("2023", 90), ("2024", 80), ("2025", 60)):
        keep(RATE, period, [(gansu, "", number, 400, False), (towns[0], "", number - 4, 300, False)])
        keep(COUNT, period, [
            (gansu, "", number, None, False), (gansu, "sudden", number, None, False), (towns[0], "", number - 1, None, False),
        ])  # fmt: skip
    api.load_sources(system)
    return gansu


def text_of(pdf):
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_printed_again_it_is_the_same_even_after_the_figures_changed(counted, keep, system, clock):
    with access.acting_as(system):
        made = api.freeze_report(system, service="poverty", area=counted, period="2025")
        first = {format: api.printed(made["report"], format) for format in ("pdf", "xlsx")}
        time.sleep(1.1)  # files that name a second would differ
        clock.forward(days=3)
        keep(RATE, "2025", [(counted, "", 1, 400, False)], generation="2")
        assert {format: api.printed(made["report"], format) for format in first} == first
        fresh = api.freeze_report(system, service="poverty", area=counted, period="2025")
        assert fresh["hash"] != made["hash"]


def test_the_same_content_is_the_same_report(counted, system):
    one = api.freeze_report(system, service="poverty", area=counted, period="2025")
    two = api.freeze_report(system, service="poverty", area=counted, period="2025")
    assert one["report"] == two["report"]
    with access.acting_as(system):
        assert FrozenReport.objects.count() == 1


def test_it_says_what_was_counted_and_apart_from_it_what_documents_state(counted, system):
    with access.acting_as(system):
        made = api.freeze_report(system, service="poverty", area=counted, period="2025")
        found = text_of(api.printed(made["report"]))
        book = load_workbook(io.BytesIO(api.printed(made["report"], "xlsx")))
    for words in (
        "榆中县",
        "2025年",
        "监测人口发生率",
        "15.0",
        "20.0",
        "突发严重困难户",
        "34,000,000",
        "惠及3400余萬貧困人口",
    ):
        assert words in found, words
    assert "不与上文相加" in found
    rows = book.get_sheet_by_index(0).to_python()
    assert ["监测人口发生率", 15.0, "%", 20.0] in [row[:4] for row in rows]
    assert book.sheet_names == ["指标", "分项", "历年变化", "下级地区", "文件所载的统计数"]


def test_it_is_frozen_and_read_within_ones_reach(counted, officer, system):
    made = api.freeze_report(system, service="poverty", area=counted, period="2025")
    town = places.children(counted)[0].code
    with access.acting_as(officer(town, "poverty.township")), pytest.raises(NotFound):
        api.printed(made["report"])
    county = officer(counted, "poverty.county")
    own = api.freeze_report(county, service="poverty", area=counted, period="2025")
    with access.acting_as(county):
        assert api.frozen(own["report"]).area == counted
        assert len(api.frozen_reports("poverty")) == 1
    with pytest.raises(NotAllowed):
        api.freeze_report(county, service="poverty", area="620000000000", period="2025")


def test_a_period_without_figures_has_no_report(gansu, system):
    with pytest.raises(NotFound, match="还没有计算"):
        api.freeze_report(system, service="poverty", area=gansu, period="2025")
