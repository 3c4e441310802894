"""Counties, townships and officers are assessed by the rule over kept figures, with the evidence beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from huimin.core.access import api as access
from huimin.core.insight import api
from huimin.core.insight.models import Assessment
from huimin.core.journal.models import Entry
from huimin.core.places import api as places
from huimin.kit.refusal import NotFound, Refused

pytestmark = pytest.mark.django_db
VISITS, EFFECT, LACKING, NOBODY = (
    f"poverty.{name}" for name in ("visits_on_time", "without_effect", "lacking_share", "unassigned")
)


@pytest.fixture
def counted(keep, gansu, system):
    """Two townships and their county in 2025, one of them well, the other badly helped."""
    good, bad = (place.code for place in places.children(gansu)[:2])
    with access.acting_as(system):
        keep(
            VISITS,
            "2025",
            [(good, "", 98, 100, False), (bad, "", 40, 100, False), (gansu, "", 138, 200, False)],
        )
        keep(EFFECT, "2025", [(good, "", 0, 20, False), (bad, "", 12, 20, False), (gansu, "", 12, 40, False)])
        keep(LACKING, "2025", [(good, "", 0, 30, False), (bad, "", 3, 30, False), (gansu, "", 3, 60, False)])
        keep(NOBODY, "2025", [(bad, "", 2, None, False), (gansu, "", 2, None, False)])
        yield good, bad


def test_townships_are_ranked_with_reasons_and_the_figures_behind_them(counted, gansu, system):
    good, bad = counted
    assert api.assess("poverty", "2025") == 3
    first, second = api.assessment("poverty", gansu, "2025", "township")
    assert (first.area, first.grade, first.score, first.rank) == (good, "excellent", 100, 1)
    assert (second.area, second.grade, second.score, second.rank) == (bad, "poor", 10, 2)
    evidence = {one.indicator: one for one in second.evidence}
    assert evidence[VISITS].value == Decimal("40.0")
    assert (evidence[VISITS].numerator, evidence[VISITS].denominator) == (40, 100)
    assert evidence[NOBODY].value == 2
    assert f"in={bad}" in evidence[VISITS].url
    assert "on=2025-12-31" in evidence[VISITS].url
    assert ("走访大多没有按期，不得分。") in [text for _row, _article, text in second.reasons]
    assert all("第六十八条" in article for _row, article, _text in second.reasons)
    assert [one.area for one in api.assessment("poverty", gansu, "2025")] == [gansu]


def test_an_officer_is_assessed_by_all_his_households_wherever_they_are(counted, gansu, system, keep):
    good, _bad = counted
    first, second = (place.code for place in places.children(good)[:2])
    office = access.open_office(system, name="村委会", area=first)["office"]
    post = access.appoint(system, office=UUID(office), username="li", name="李干部", start=date(2020, 1, 1))[
        "officer"
    ]
    rows = [(first, post, 9, 10, False), (second, post, 10, 10, False), (first, "none", 0, 5, False)]
    keep("poverty.officer_visits_on_time", "2025", rows)
    api.assess("poverty", "2025")
    (one,) = api.assessment("poverty", gansu, "2025", "officer")
    assert (one.name, one.subject, one.evidence[0].value) == ("李干部", post, Decimal("95.0"))
    assert f"officer={post}" in one.evidence[0].url


def test_each_sees_those_within_his_reach(counted, gansu, officer):
    _good, bad = counted
    api.assess("poverty", "2025")
    with access.acting_as(officer(bad, "poverty.township")):
        assert [one.area for one in api.assessment("poverty", gansu, "2025", "township")] == [bad]
        assert api.assessment("poverty", gansu, "2025") == []
    with access.acting_as(access.PUBLIC):
        assert api.assessment("poverty", gansu, "2025", "township") == []


def test_assessing_again_changes_nothing_and_new_figures_replace_it(counted, gansu, keep):
    _good, bad = counted
    api.assess("poverty", "2025")
    before, entries = list(Assessment.objects.values("id", "score")), Entry.objects.count()
    api.assess("poverty", "2025")
    assert list(Assessment.objects.values("id", "score")) == before
    assert Entry.objects.count() == entries
    keep(VISITS, "2025", [(bad, "", 97, 100, False)], generation="2")
    api.assess("poverty", "2025")
    assert Assessment.objects.get(subject=bad).score == 50


def test_a_period_without_figures_cannot_be_assessed(gansu, system):
    with access.acting_as(system), pytest.raises(NotFound, match="2031年还没有计算"):
        api.assess("poverty", "2031")


def test_a_statistical_unit_is_assessed_but_not_ranked(system, keep):
    places.import_package(within="620171000000")
    places.import_package(within="620102000000")
    with access.acting_as(system):
        keep(VISITS, "2025", [("620171000000", "", 10, 10, False), ("620102000000", "", 5, 10, False)])
        api.assess("poverty", "2025")
        found = {one.area: one.rank for one in api.assessment("poverty", "620000000000", "2025")}
    assert found == {"620171000000": None, "620102000000": 1}


def test_a_period_that_is_over_is_assessed_by_the_rule_of_its_last_day_the_running_one_by_todays(
    counted, gansu, system, clock
):
    from huimin.core.rules import api as rules

    name, second = "poverty.assessment", access.system("second")
    made = rules.start_draft(system, rule=name)
    text = rules.draft(made["draft"]).text.replace("<text>40</text>", "<text>41</text>", 1)
    saved = rules.save_draft(system, draft=UUID(made["draft"]), revision=1, text=text)
    with pytest.raises(Refused, match="依据"):
        rules.propose(
            system, draft=UUID(made["draft"]), revision=saved["revision"], valid_from=date(2026, 11, 23)
        )
    done = rules.propose(
        system,
        draft=UUID(made["draft"]),
        revision=saved["revision"],
        valid_from=date(2026, 11, 23),
        basis="省考核办法",
    )
    rules.publish(second, draft=UUID(made["draft"]), seal=done["seal"])
    clock.set(date(2026, 12, 1))
    good, _bad = counted
    api.assess("poverty", "2025")
    (one, _other) = api.assessment("poverty", gansu, "2025", "township")
    assert (one.area, one.score, one.version) == (good, 100, rules.rule_version(name, 1).model.hash)
    keep_now = rules.rule_on(name).model.hash
    assert keep_now == rules.rule_version(name, 2).model.hash != one.version
