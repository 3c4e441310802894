"""A household's whole way, and everything that is refused on it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from huimin.core.access import api as access
from huimin.core.journal import api as journal
from huimin.core.programmes import api as programmes
from huimin.core.rules import api as rules
from huimin.kit import clock as kit
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.models import Message

pytestmark = pytest.mark.django_db


def stands_at(procedure: str) -> tuple[str, str]:
    with access.acting_as(access.system("test")):
        found = programmes.procedure(procedure)
        return found.state, found.step


def test_a_household_goes_from_application_to_exit(system, household, team, way, survey, clock):
    home = household()
    way.enrol(home)
    with access.acting_as(system):
        enrolment = programmes.enrolment_of(home, actions.CODE)
        decision = rules.decisions_about(Ref.of("household", home))[0]
        assert (enrolment.kind, enrolment.state, decision.outcome) == ("marginal", "active", "marginal")
        assert decision.articles == ("《中华人民共和国乡村振兴促进法》第五十九条",)
        income = {f.name: f for f in decision.facts}["poverty.income_per_head"]
        assert (income.value, income.unit, income.source) == (
            Decimal("7900.00"),
            "元/人·年",
            "入户调查：李村干",
        )
        changed = {c.outcome: c.conditions for c in decision.changes}
        assert [(c.title, c.operator, c.bound) for c in changed["none"]] == [
            ("家庭人均年纯收入", ">=", Decimal("8200.00"))
        ]
    card = access.officers_in(team.village.area)[0]
    actions.assign(team.township, enrolment=enrolment.id, officer=card.id, start=kit.today())
    actions.add_measure(
        team.village, enrolment=enrolment.id, kind="industry", title="养牛 2 头", cost=Decimal(8000), fund="衔接资金",
        start=kit.today(),
    )  # fmt: skip
    clock.forward(days=60)
    actions.visit(
        team.village, enrolment=enrolment.id, on=kit.today(), met="王秀兰", found="牛养得好，收入增加"
    )
    actions.update_facts(
        team.village,
        household=home,
        year=2026,
        members=3,
        amounts={"wages": Decimal(30000), "business": Decimal(9000)},
    )
    leaving = actions.propose_exit(team.village, household=home, text="收入稳定，风险消除")["procedure"]
    with access.acting_as(system):
        risk = actions.Risk.objects.get(household_id=home)
    actions.remove_risk(team.village, risk=risk.id, on=kit.today(), how="病已治愈，报销到位")
    done = actions.survey(
        team.village, procedure=UUID(leaving), year=2026, members=3,
        amounts={"wages": Decimal(30000), "business": Decimal(9000)}, guarantees={"water": True},
    )  # fmt: skip
    assert done["passed"]
    way.review(leaving, direction="exit")
    way.notice("notice1", leaving, direction="exit")
    actions.check(team.township, procedure=UUID(leaving), verdict="approve")
    actions.approve(team.county, procedure=UUID(leaving), verdict="approve")
    way.notice("announce", leaving, direction="exit")
    with access.acting_as(system):
        enrolment = programmes.enrolment(enrolment.id)
        assert (enrolment.state, enrolment.exited) == ("exited", kit.today())
        effect = {e.name: e for e in programmes.effects_of(enrolment.id, {}, kit.today())}[
            "poverty.income_per_head"
        ]
        assert (effect.before, effect.after) == ("7900.00", "13000.00")
        journal.drain()
        assert Message.objects.filter(household_id=home).count() == 3
        assert journal.verify().ok


def test_a_household_above_the_line_with_everything_secure_is_refused_with_the_reason(
    system, household, way, survey
):
    procedure = way.apply(household())
    assert survey(procedure, per_head=9000)["outcome"] == "none"
    assert stands_at(procedure) == ("refused", "survey")


def test_nobody_acts_before_his_turn(household, team, way, survey):
    """T13: headquarters acted before the village."""
    procedure = way.apply(household())
    for run in (
        lambda: actions.check(team.township, procedure=UUID(procedure), verdict="approve"),
        lambda: actions.approve(team.county, procedure=UUID(procedure), verdict="approve"),
        lambda: way.notice("notice1", procedure),
        lambda: way.review(procedure),
    ):
        with pytest.raises(Refused) as refusal:
            run()
        assert "入户调查" in str(refusal.value)
        assert refusal.value.code == "not_this_step"


def test_a_level_without_the_right_is_refused(household, team, way, survey):
    procedure = way.apply(household())
    survey(procedure)
    with pytest.raises(NotAllowed):
        actions.check(team.village, procedure=UUID(procedure), verdict="approve")
    with pytest.raises(NotAllowed):
        actions.apply(
            team.county, household=household(), cause="illness", text="家里有人生病了", authorised=True
        )


def test_another_township_neither_sees_nor_moves_a_household(officer, household, village, way):
    procedure = way.apply(household())
    other = officer(village[:6] + "999000"[:3] + "000", "poverty.township")
    with pytest.raises(NotFound):
        actions.check(other, procedure=UUID(procedure), verdict="approve")


def test_the_same_application_twice_is_one(household, team):
    home, key = household(), str(uuid4())
    asked = {"household": home, "cause": "illness", "text": "家里有人生病花费很大", "authorised": True}
    first = actions.apply(team.village, key=key, **asked)
    assert actions.apply(team.village, key=key, **asked) == first
    with pytest.raises(Refused) as refusal:
        actions.apply(team.village, key=key, **{**asked, "cause": "disaster"})
    assert refusal.value.code == "key_reused"
    with pytest.raises(Refused) as refusal:
        actions.apply(team.village, key=str(uuid4()), **asked)
    assert refusal.value.code == "already_open"


def test_a_notice_cannot_close_before_its_window_ends(household, team, way, survey, clock):
    """T16: a decision cannot take effect before the window ends."""
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure)
    notice = way.notice("notice1", procedure, wait=False)
    clock.forward(days=6)
    with pytest.raises(Refused) as refusal:
        actions.close_notice(team.village, notice=UUID(notice))
    assert refusal.value.code == "window_open"
    assert stands_at(procedure) == ("open", "notice1")
    clock.forward(days=1)
    actions.close_notice(team.village, notice=UUID(notice))
    assert stands_at(procedure) == ("open", "check")


def test_an_objection_stops_that_household_only(household, team, way, survey, clock):
    """T16: an objection stops that household only."""
    one, two = way.apply(household()), way.apply(household(name="赵大海"))
    for procedure in (one, two):
        survey(procedure)
    way.review(one, two)
    notice = way.notice("notice1", one, two, wait=False)
    actions.object_to(
        access.PUBLIC, notice=UUID(notice), row=0, text="这户在县城有一套商品房", contact="13800000000"
    )
    clock.forward(days=7)
    assert actions.close_notice(team.village, notice=UUID(notice))["passed"] == 1
    assert {stands_at(one)[1], stands_at(two)[1]} == {"notice1", "check"}
    with pytest.raises(Refused) as refusal:
        actions.object_to(access.PUBLIC, notice=UUID(notice), row=0, text="再次提出不同的意见")
    assert refusal.value.code == "notice_closed"
    with access.acting_as(team.township):
        objection = programmes.open_objections().get()
    actions.settle_objection(
        team.township, objection=objection.id, upheld=False, outcome="经查房产已于去年出售"
    )
    assert {stands_at(one)[1], stands_at(two)[1]} == {"check"}


def test_an_upheld_objection_has_the_household_surveyed_again(household, team, way, survey):
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure)
    notice = way.notice("notice1", procedure, wait=False)
    actions.object_to(access.PUBLIC, notice=UUID(notice), row=0, text="这户在县城有一套商品房")
    with access.acting_as(team.township):
        objection = programmes.open_objections().get()
    actions.settle_objection(
        team.township, objection=objection.id, upheld=True, outcome="情况属实，重新核查收入"
    )
    assert stands_at(procedure) == ("open", "survey")


def test_a_returned_household_keeps_everything_and_reopens_one_step(household, team, way, survey):
    """T3: no corrections, start again."""
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure)
    way.notice("notice1", procedure)
    actions.check(
        team.township,
        procedure=UUID(procedure),
        verdict="return",
        reason="人口数与户口簿不符",
        wrong={"members": "应为3人"},
    )
    with access.acting_as(team.village):
        found = programmes.procedure(procedure)
    assert (found.step, found.wrong, found.reason) == ("survey", {"members": "应为3人"}, "人口数与户口簿不符")
    survey(procedure, per_head=7800)
    assert stands_at(procedure) == ("open", "check")


def test_a_correction_that_changes_the_outcome_goes_through_review_again(household, team, way, survey, line):
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure)
    way.notice("notice1", procedure)
    actions.check(team.township, procedure=UUID(procedure), verdict="return", reason="大病支出没有登记")
    with access.acting_as(team.village):
        home = programmes.procedure(procedure).household
    actions.add_risk(
        team.village,
        household=home,
        cause="illness",
        sudden=True,
        loss=Decimal(60000),
        since=kit.today() - timedelta(days=5),
    )
    assert survey(procedure)["outcome"] == "sudden"
    assert stands_at(procedure) == ("open", "review")


def test_a_review_without_a_quorum_or_with_wrong_votes_is_refused(household, team, village, way, survey):
    procedure = way.apply(household())
    survey(procedure)
    meeting = {
        "programme": actions.CODE, "direction": "entry", "area": village, "held_on": kit.today(), "place": "村委会",
        "chair": "李村干", "procedures": (UUID(procedure),),
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        actions.hold_review(team.village, eligible=30, present=19, **meeting)
    assert refusal.value.code == "no_quorum"
    assert "20" in str(refusal.value)
    opened = actions.hold_review(team.village, eligible=30, present=20, **meeting)["meeting"]
    with pytest.raises(Refused) as refusal:
        actions.record_votes(
            team.village, meeting=UUID(opened), procedure=UUID(procedure), agree=15, against=3, abstain=1
        )
    assert refusal.value.code == "votes_do_not_add_up"
    with pytest.raises(Refused) as refusal:
        actions.close_review(team.village, meeting=UUID(opened), minutes="会议讨论了名单上的各户情况。")
    assert refusal.value.code == "not_voted"


def test_a_review_that_does_not_agree_ends_the_way_with_its_votes_as_reason(household, way, survey, team):
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure, agree=12)
    with access.acting_as(team.village):
        found = programmes.procedure(procedure)
    assert found.state == "refused"
    assert "同意12票" in found.reason


def test_an_upheld_appeal_opens_the_survey_again(system, household, team, way, survey, clock):
    home = household()
    procedure = way.apply(home)
    survey(procedure, per_head=9000)
    clock.forward(days=1)
    case = actions.appeal(system, household=home, text="收入里算进了一次性的赔偿款")
    actions.answer_appeal(team.county, case=UUID(case["case"]), upheld=True, text="核实后重新调查收入")
    with access.acting_as(team.village):
        latest = programmes.procedures_of(home, actions.CODE)[0]
    assert (latest.route, latest.state, latest.step) == ("appeal", "open", "survey")


def test_approving_many_says_what_could_not_be_done_and_does_the_rest(household, team, way, survey):
    """T12: approving thousands hangs. Here: each household is done or refused with its reason."""
    ready, early = way.apply(household()), way.apply(household(name="赵大海"))
    survey(ready)
    way.review(ready)
    way.notice("notice1", ready)
    asked = (UUID(ready), UUID(early), uuid4())
    with access.acting_as(team.township):
        first = list(programmes.each(actions.check, team.township, "k1", asked, verdict="approve"))
        again = list(programmes.each(actions.check, team.township, "k1", asked, verdict="approve"))
    assert [o.done for o in first] == [True, False, False]
    assert "入户调查" in first[1].reason
    assert first == again
    assert stands_at(ready) == ("open", "notice2")
