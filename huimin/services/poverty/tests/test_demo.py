"""The demo's data: believable, whole, the same again, and nobody's."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from huimin.core.access import api as access
from huimin.core.access.models import Account, Office, Officer
from huimin.core.journal import api as journal
from huimin.core.people import api as people
from huimin.core.people import demo as made_up
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.models import Enrolment, Meeting, Procedure, Vote
from huimin.core.rules import api as rules
from huimin.core.rules.models import DecisionRow
from huimin.kit import clock as kit
from huimin.kit.ref import Ref
from huimin.services.poverty import demo
from huimin.services.poverty.actions import CODE
from huimin.services.poverty.models import Alert, Line, Message, Profile

TODAY = date(2026, 11, 22)
NINE = datetime(2026, 11, 22, 9, tzinfo=kit.BEIJING)
PROVINCE = "620000000000"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded", "clock")]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """A small demo province, loaded once for this file in a transaction that is taken back."""
    heard: list[tuple[str, int, int]] = []
    with django_db_blocker.unblock(), transaction.atomic():
        with kit.at(NINE), access.acting_as(access.system("test")):
            places.forget()
            places.import_package()
            made_up.load_people(1500, seed=7)
            access.load_accounts(people.populated(PROVINCE), made_up.DENSE)
            made = demo.load(lambda *step: heard.append(step))
        yield made, heard
        transaction.set_rollback(True)
    places.forget()


def hand(username):
    return access.viewer_of(access.account_of(username))


def waiting(username):
    with access.acting_as(hand(username)):
        return Counter(Procedure.objects.filter(state="open").values_list("direction", "step"))


def test_the_journal_holds_and_names_the_load(loaded):
    report = journal.verify()
    assert report.ok
    assert report.checked > 300
    actions = Counter(e.action for e in journal.entries_about(Ref.of("division", PROVINCE), 50))
    assert (actions["poverty.load_demo"], actions["access.load_demo"]) == (1, 1)
    assert journal.waiting() == (0, 0)


def test_loading_again_changes_nothing(loaded):
    before = journal.head(), Enrolment.versions.rel.related_model.objects.count(), Account.objects.count()
    assert demo.load() == {}
    assert access.load_accounts(people.populated(PROVINCE), made_up.DENSE) == {}
    assert (
        journal.head(),
        Enrolment.versions.rel.related_model.objects.count(),
        Account.objects.count(),
    ) == before


def test_progress_is_told_to_the_end(loaded):
    last = {stage: (done, total) for stage, done, total in loaded[1]}
    assert set(last) == {"decisions", "showcase"}
    assert all(done == total for done, total in last.values())


def test_every_step_has_something_waiting_for_the_showcase(loaded):
    village, township, county = waiting("village"), waiting("township"), waiting("county")
    assert village["entry", "survey"] >= 4
    assert village["entry", "review"] >= 6
    assert village["entry", "notice1"] >= 6
    assert township["entry", "check"] >= 8
    assert township["entry", "notice2"] >= 3
    assert county["entry", "approve"] >= 12
    assert county["entry", "announce"] >= 2
    assert {step for direction, step in county if direction == "exit"} >= {
        "survey",
        "review",
        "notice1",
        "approve",
    }
    assert sum(waiting("village2").values()) >= 2


def test_notices_stand_as_they_should_today(loaded):
    with access.acting_as(hand("village")):
        notices = programmes.notices_in(places.q(places.spans("620123101201")), CODE, state="open")
        ends = {n.end for n in notices if n.direction == "entry"}
        assert TODAY + timedelta(days=3) in ends
        assert any(end <= TODAY for end in ends), "one whose window has ended waits to be closed"
        assert [n.objections for n in notices if n.objections] == [1]
        returned = Procedure.objects.filter(state="open").exclude(wrong={}).get()
        assert set(returned.wrong) == {"members", "wages"}
        assert programmes.due_visits(None, TODAY - timedelta(days=1), CODE).exists()
        assert programmes.due_visits(None, TODAY, CODE).filter(next_visit=TODAY).exists()
        assert len(set(Alert.objects.filter(state="open").values_list("kind", flat=True))) >= 3
        assert Meeting.objects.filter(state="closed").exists()
        assert not Vote.objects.filter(agree=None).exists()


def test_a_refused_household_has_appealed(loaded):
    from huimin.core.cases import api as cases

    with access.acting_as(hand("county")):
        (case,) = cases.open_cases("poverty", "appeal")
        assert Procedure.objects.get(household_id=Ref.parse(case.subject).id).state == "refused"


def test_the_ready_citizen_reads_about_his_household(loaded, citizen):
    viewer = citizen(demo.citizens()[0])
    with access.acting_as(viewer):
        (enrolment,) = Enrolment.objects.all()
        assert enrolment.state == "active"
        assert programmes.measures_of(enrolment.id)
        assert programmes.visits_of(enrolment.id)
        assert programmes.responsible(enrolment.id).phone.startswith("12")
        assert Message.objects.count() >= 2
        assert all(d.articles for d in rules.decisions_about(Ref.of("household", enrolment.household_id)))


def test_every_decision_comes_out_the_same_when_the_facts_it_kept_are_decided_again(loaded):
    with access.acting_as(access.system("test")):
        rows = list(DecisionRow.objects.all())
        assert len(rows) > 60
        for row in rows:
            file, decision = rules.BOOK[row.rule], rules.decision(row.id)
            facts = {f.name.partition(".")[2]: f.value for f in decision.facts}
            assert rules.evaluate(file, facts, row.as_of).outcome == decision.outcome


def test_every_enrolment_rests_on_a_decision_of_its_kind(loaded):
    with access.acting_as(access.system("test")):
        rows = list(Enrolment.objects.select_related("decision"))
        assert len(rows) >= 20
        for row in rows:
            assert row.decision.outcome == row.kind
            assert row.decision.articles
            assert row.decision.as_of <= row.entered
        left = Procedure.objects.filter(direction="exit", state="done").select_related("decision")
        assert left
        assert {p.decision.outcome for p in left} == {True}


def test_help_had_an_effect_where_a_household_has_left(loaded):
    with access.acting_as(access.system("test")):
        for row in Enrolment.objects.filter(state="exited"):
            effect = {e.name: e for e in programmes.effects_of(row.id, {}, TODAY)}["poverty.income_per_head"]
            assert programmes.responsible(row.id) is None
            assert float(effect.after) > float(effect.before)


def test_a_list_as_of_a_past_day_has_those_who_were_in_then(loaded):
    with access.acting_as(access.system("test")):
        moment = datetime(2025, 12, 31, 23, tzinfo=kit.BEIJING)
        recorded = set(programmes.enrolled_as_of(CODE, moment).values_list("pgh_obj_id", flat=True))
        then = Enrolment.objects.filter(entered__lte=moment.date()).exclude(exited__lte=moment.date())
        assert recorded == set(then.values_list("id", flat=True))
        assert recorded
        assert recorded != set(Enrolment.objects.exclude(state="exited").values_list("id", flat=True))


def test_no_number_of_the_demo_belongs_to_anybody(loaded):
    with access.acting_as(access.system("test")):
        phones = {
            *Officer.objects.values_list("phone", flat=True),
            *Office.objects.values_list("phone", flat=True),
        }
        assert all((p.startswith("12") and len(p) == 11) or p.startswith("0931-000") for p in phones)
        for account in Account.objects.filter(is_demo=True):
            assert not account.has_usable_password()


def test_the_lines_say_that_they_are_the_demos(loaded):
    rows = list(Line.objects.all())
    assert {r.year for r in rows} >= set(range(2021, 2027))
    assert all(r.is_demo and r.document == "演示文件" for r in rows)


def test_all_of_a_dense_village_is_known(loaded):
    with access.acting_as(hand("village")):
        homes = people.counts("620123101201").households
        assert Profile.objects.count() >= homes * 0.95
