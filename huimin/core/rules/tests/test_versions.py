"""A rule's next version: written by one, published by another, from a day on, exactly as it was checked and simulated."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import Error, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from huimin.core.access.api import system as made_system
from huimin.core.journal.models import Entry
from huimin.core.rules import api as rules
from huimin.core.rules.models import RuleDraft, RuleSimulation, RuleVersion
from huimin.core.rules.types import Case
from huimin.core.rules.versions import cases
from huimin.core.rules.versions.force import Timeline
from huimin.kit.refusal import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
RULE, PROVINCE = "poverty.monitoring", "620000000000"
TODAY = date(2026, 11, 22)
FIRST = date(2026, 12, 1)
BASIS = "甘农发〔2026〕18号"


@pytest.fixture
def writer(officer: Any, clock: Any) -> Any:
    return officer(PROVINCE, "poverty.policy", name="陈起草")


@pytest.fixture
def publisher(officer: Any, clock: Any) -> Any:
    return officer(PROVINCE, "poverty.publisher", name="李发布")


def raised(text: str, amount: int = 9000) -> str:
    """The rule with another line, whatever the household's year."""
    old = "income_per_head &lt; "
    assert old in text
    return text.replace(old, f"income_per_head + {8200 - amount} &lt; ", 1)


def drafted(actor: Any, text: str = "", **more: Any) -> RuleDraft:
    """A draft that says something else and is simulated beside what it would replace on the day it asks for."""
    text = text or rules.rule_on(RULE).text.replace("</description>", f"（{uuid4().hex}）</description>", 1)
    made = rules.start_draft(actor, rule=RULE, text=text, **more)
    row = RuleDraft.objects.get(id=made["draft"])
    simulated(row, FIRST)
    return row


def simulated(row: RuleDraft, day: date) -> None:
    """A simulation of the draft as it stands, as the worker would keep it."""
    replaced = rules.in_force(row.rule, day)
    RuleSimulation.objects.create(
        draft=row, rule=row.rule, seal=row.seal, hash="0" * 64, against_number=replaced.number, against=replaced.hash,
        area=PROVINCE, day=TODAY, state="done", actor="test", actor_label="test", opened="2026-11-22T01:00Z",
    )  # fmt: skip


def proposed(actor: Any, day: date = FIRST, **more: Any) -> RuleDraft:
    """A draft that was proposed."""
    row = drafted(actor, **more)
    if day != FIRST:
        simulated(row, day)
    rules.propose(actor, draft=row.id, revision=row.revision, basis=BASIS, valid_from=day)
    row.refresh_from_db()
    return row


def published(writer: Any, publisher: Any, day: date = FIRST, **more: Any) -> int:
    """A version that was published; its number."""
    row = proposed(writer, day, **more)
    return int(rules.publish(publisher, draft=row.id, seal=row.signed)["version"])


def test_who_wrote_or_proposed_a_rule_cannot_publish_it(writer, publisher, officer):
    both = officer(PROVINCE, "poverty.policy", "poverty.publisher")
    row = proposed(both)
    with pytest.raises(NotAllowed, match="不能自己发布") as refused:
        rules.publish(both, draft=row.id, seal=row.signed)
    assert refused.value.code == "publishes_alone"
    # Nor does another person's signature help who only wrote a word of it.
    mine = drafted(both)
    rules.save_draft(writer, draft=mine.id, revision=mine.revision, note="改说明")
    mine.refresh_from_db()
    rules.propose(writer, draft=mine.id, revision=mine.revision, basis=BASIS, valid_from=FIRST)
    mine.refresh_from_db()
    with pytest.raises(NotAllowed):
        rules.publish(both, draft=mine.id, seal=mine.signed)
    assert rules.publish(publisher, draft=mine.id, seal=mine.signed)["version"] == 2


def test_the_right_to_draft_is_not_the_right_to_publish_and_the_other_way_round(writer, publisher):
    row = proposed(writer)
    with pytest.raises(NotAllowed):
        rules.publish(writer, draft=row.id, seal=row.signed)
    with pytest.raises(NotAllowed):
        rules.start_draft(publisher, rule=RULE)
    assert RuleVersion.objects.filter(origin="published").count() == 0


def test_the_database_itself_refuses_a_version_by_one_person(writer):
    drafted(writer)
    row = RuleVersion.objects.get(rule=RULE)
    row.id, row.number, row.origin, row.basis = uuid4(), 2, "published", BASIS
    row.proposer = row.publisher = "account:1"
    with pytest.raises(Error), transaction.atomic():
        row.save(force_insert=True)


def test_a_published_version_and_its_draft_cannot_be_changed_or_deleted(writer, publisher):
    published(writer, publisher)
    for statement in (
        "UPDATE rules_ruleversion SET text = 'x'",
        "DELETE FROM rules_ruleversion",
        "UPDATE rules_ruledraft SET text = 'x'",
        "DELETE FROM rules_ruledraft",
        "UPDATE rules_rulesimulation SET counts = '[]'",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_change_after_the_signature_voids_it(writer, publisher):
    row = proposed(writer)
    seal = row.signed
    saved = rules.save_draft(
        writer,
        draft=row.id,
        revision=row.revision,
        text=row.text.replace("</description>", "改</description>", 1),
    )
    assert saved["voided"]
    row.refresh_from_db()
    assert (row.state, row.signed, row.proposer) == ("draft", "", "")
    with pytest.raises(Refused) as refused:
        rules.publish(publisher, draft=row.id, seal=seal)
    assert refused.value.code == "draft_draft"
    with pytest.raises(Refused) as refused:  # and what was simulated is not what stands there now
        rules.propose(writer, draft=row.id, revision=row.revision, basis=BASIS, valid_from=FIRST)
    assert refused.value.code == "not_simulated_yet"


def test_the_publisher_publishes_what_he_read_and_nothing_else(writer, publisher):
    row = proposed(writer)
    with pytest.raises(Refused) as refused:
        rules.publish(publisher, draft=row.id, seal="0" * 64)
    assert refused.value.code == "seal_changed"


def test_a_second_press_gives_the_same_version_and_a_second_person_is_told(writer, publisher, officer):
    row = proposed(writer)
    first = rules.publish(publisher, draft=row.id, seal=row.signed)
    assert rules.publish(publisher, draft=row.id, seal=row.signed) == first
    assert RuleVersion.objects.filter(rule=RULE).count() == 2
    with pytest.raises(Refused) as refused:
        rules.publish(officer(PROVINCE, "poverty.publisher"), draft=row.id, seal=row.signed)
    assert refused.value.code == "draft_published"


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), date(2020, 1, 1)])
def test_no_rule_counts_from_a_day_that_is_past(writer, publisher, day):
    row = drafted(writer)
    with pytest.raises(Refused, match="不能追溯") as refused:
        rules.propose(writer, draft=row.id, revision=row.revision, basis=BASIS, valid_from=day)
    assert refused.value.code == "day_past"
    rules.propose(writer, draft=row.id, revision=row.revision, basis=BASIS, valid_from=FIRST)
    row.refresh_from_db()
    with pytest.raises(Refused, match="不能追溯"):
        rules.publish(publisher, draft=row.id, seal=row.signed, valid_from=day)


def test_a_proposal_that_lay_until_its_day_was_past_needs_another_day(writer, publisher, clock):
    row = proposed(writer)
    clock.set(FIRST + timedelta(days=3))
    with pytest.raises(Refused, match="已经过去"):
        rules.publish(publisher, draft=row.id, seal=row.signed)
    assert (
        rules.publish(publisher, draft=row.id, seal=row.signed, valid_from=date(2027, 1, 1))["version"] == 2
    )


def test_without_a_legal_basis_nothing_is_proposed(writer):
    row = drafted(writer)
    with pytest.raises(Refused) as refused:
        rules.propose(writer, draft=row.id, revision=row.revision, basis="  ", valid_from=FIRST)
    assert "basis" in refused.value.fields


def test_what_is_wrong_or_fails_an_example_is_refused_in_words(writer):
    text = rules.rule_on(RULE).text
    broken = drafted(writer, text.replace("not(guarantees)", "not(guarantee)", 1))
    with pytest.raises(Refused, match="没有“guarantee”这个名称") as refused:
        rules.propose(writer, draft=broken.id, revision=broken.revision, basis=BASIS, valid_from=FIRST)
    assert refused.value.code == "not_sound"
    other = drafted(writer, raised(text))
    with pytest.raises(Refused, match="条试例没有通过") as refused:
        rules.propose(writer, draft=other.id, revision=other.revision, basis=BASIS, valid_from=FIRST)
    assert refused.value.code == "examples_fail"
    slow = text.replace(
        "income_per_head &lt; ",
        "some x in split(string(income_per_head), &quot;.&quot;) satisfies number(x) &lt; ",
        1,
    )
    assert rules.check(RULE, slow, "").errors


def test_a_gap_that_a_raised_line_leaves_is_refused_with_its_place_until_it_is_closed(writer):
    text = rules.rule_on(RULE).text
    first = text[
        text.index('<rule id="line_r1">') : text.index("</rule>", text.index('<rule id="line_r1">')) + 7
    ]
    raised_only = first.replace("<text>-</text>", "<text>[2025..2026)</text>").replace(
        "monitoring_line", "9000"
    )
    row = drafted(writer, text.replace(first, raised_only))
    with pytest.raises(Refused, match=r"没有一行管到：收入年度 null, \[0\.\.2025\), >= 2026") as refused:
        rules.propose(writer, draft=row.id, revision=row.revision, basis=BASIS, valid_from=FIRST)
    assert refused.value.code == "not_whole"
    others = "".join(
        first.replace("line_r1", f"line_r{number}").replace("<text>-</text>", f"<text>{years}</text>")
        for number, years in ((2, "&lt; 2025"), (3, "&gt;= 2026"), (4, "null"))
    )
    closed = drafted(writer, text.replace(first, raised_only + others))
    done = rules.propose(writer, draft=closed.id, revision=closed.revision, basis=BASIS, valid_from=FIRST)
    assert done["seal"] == rules.draft(closed.id).signed


def test_an_outcome_that_no_programme_knows_is_refused(writer):
    text = rules.rule_on(RULE).text.replace('"sudden"', '"abrupt"')
    found = rules.check(RULE, text, rules.BOOK[RULE].examples)
    assert "rule.outcome" in {one.code for one in found.errors}


def test_two_windows_cannot_overwrite_each_other(writer, officer):
    row = drafted(writer)
    rules.save_draft(writer, draft=row.id, revision=1, note="第一个窗口")
    with pytest.raises(Refused, match="另一个窗口") as refused:
        rules.save_draft(officer(PROVINCE, "poverty.policy"), draft=row.id, revision=1, note="第二个窗口")
    assert refused.value.code == "changed_meanwhile"
    assert rules.draft(row.id).note == "第一个窗口"


def test_a_version_is_in_force_from_its_day_and_earlier_ones_run_for_ever(writer, publisher, clock):
    text = rules.rule_on(RULE).text
    higher = raised(text)
    examples = cases.written(
        [
            Case(number=1, case="收入八千九百元", expect="unstable", given={
                "income_per_head": Decimal(8900), "monitoring_line": Decimal(8200), "lifted": True,
            })
        ]
    )  # fmt: skip
    number = published(writer, publisher, text=higher, examples=examples)
    poor = {"income_per_head": Decimal(8900), "monitoring_line": Decimal(8200), "lifted": True}
    assert [v.state for v in rules.versions(RULE)] == ["coming", "in_force"]
    assert rules.evaluate(RULE, poor, TODAY).outcome == "none"
    assert rules.evaluate(RULE, poor, FIRST - timedelta(days=1)).outcome == "none"
    assert rules.evaluate(RULE, poor, FIRST).outcome == "unstable"
    clock.set(FIRST)
    assert [(v.number, v.state) for v in rules.versions(RULE)] == [(number, "in_force"), (1, "past")]
    assert rules.version(RULE, 1).until == FIRST
    assert rules.evaluate(RULE, poor, FIRST, version=1).outcome == "none"
    assert rules.evaluate(RULE, poor, date(2021, 1, 1)).outcome == "none"  # before the first: the first
    shown = rules.version(RULE)
    assert (shown.basis, shown.proposer.label[:3], shown.publisher.label[:3]) == (BASIS, "陈起草", "李发布")
    with pytest.raises(NotFound):
        rules.version(RULE, 9)


def test_a_version_is_withdrawn_before_its_day_and_not_after(writer, publisher, clock):
    number = published(writer, publisher)
    with pytest.raises(Refused, match="理由"):
        rules.withdraw(publisher, rule=RULE, number=number, reason="")
    clock.set(FIRST)
    with pytest.raises(Refused, match="已经施行"):
        rules.withdraw(publisher, rule=RULE, number=number, reason="文件推迟")
    clock.set(FIRST - timedelta(days=1))
    rules.withdraw(publisher, rule=RULE, number=number, reason="文件推迟")
    rules.withdraw(publisher, rule=RULE, number=number, reason="文件推迟")
    clock.set(FIRST)
    assert rules.in_force(RULE).number == 1
    assert {v.number: v.state for v in rules.versions(RULE)} == {2: "withdrawn", 1: "in_force"}
    assert published(writer, publisher, date(2027, 1, 1)) == 3  # a number is never given twice


def test_a_version_cannot_come_before_one_that_is_to_come(writer, publisher):
    first, second = proposed(writer, date(2027, 1, 1)), proposed(writer)
    rules.publish(publisher, draft=first.id, seal=first.signed)
    with pytest.raises(Refused, match="先撤回那一版") as refused:
        rules.publish(publisher, draft=second.id, seal=second.signed)
    assert refused.value.code == "before_coming"
    with pytest.raises(
        Refused, match="重新试算"
    ) as refused:  # and on a later day it would replace what nobody compared it with
        rules.publish(publisher, draft=second.id, seal=second.signed, valid_from=date(2027, 2, 1))
    assert refused.value.code == "other_base"


def test_a_release_that_changes_the_file_counts_until_the_province_has_published_its_own(
    writer, publisher, clock, monkeypatch
):
    published_text = rules.rule_on(RULE).text
    drafted(writer)  # keeps what is shipped as version 1
    file = rules.BOOK[RULE]
    newer = file.as_written(published_text.replace("</description>", "新版软件</description>", 1))
    monkeypatch.setitem(rules.BOOK._things, RULE, newer)
    assert (rules.in_force(RULE).number, rules.in_force(RULE).id) == (2, None)
    row = proposed(writer)
    assert [v.number for v in rules.versions(RULE)] == [2, 1]
    assert rules.rule_version(RULE, 1).model.hash == file.model.hash
    number = rules.publish(publisher, draft=row.id, seal=row.signed)["version"]
    clock.set(FIRST)
    newest = file.as_written(published_text.replace("</description>", "更新的软件</description>", 1))
    monkeypatch.setitem(rules.BOOK._things, RULE, newest)
    assert rules.in_force(RULE).number == number == 3
    assert rules.versions(RULE)[0].state == "offered"


def test_what_was_turned_down_or_recalled_is_a_draft_again(writer, publisher, officer):
    row = proposed(writer)
    with pytest.raises(NotAllowed):
        rules.recall(officer(PROVINCE, "poverty.policy"), draft=row.id)
    rules.turn_down(publisher, draft=row.id, reason="请补充2026年度")
    assert (rules.draft(row.id).state, rules.draft(row.id).answer) == ("draft", "请补充2026年度")
    rules.propose(writer, draft=row.id, revision=rules.draft(row.id).revision)
    rules.recall(writer, draft=row.id)
    assert rules.draft(row.id).state == "draft"
    rules.drop_draft(writer, draft=row.id)
    with pytest.raises(Refused, match="已经作废"):
        rules.save_draft(writer, draft=row.id, revision=rules.draft(row.id).revision, note="x")


def test_the_journal_names_the_rule_the_seal_and_who_did_it_but_not_the_text(writer, publisher):
    row = proposed(writer)
    rules.publish(publisher, draft=row.id, seal=row.signed)
    entries = list(Entry.objects.filter(action__startswith="rules.").order_by("seq"))
    assert [entry.action for entry in entries] == ["rules.start_draft", "rules.propose", "rules.publish"]
    assert all(entry.subjects == [f"rule:{RULE}"] for entry in entries)
    assert row.signed in entries[-1].payload
    assert "inputData" not in entries[0].payload


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_version(officer, clock):
    writer, row = officer(PROVINCE, "poverty.policy"), None
    publishers = [officer(PROVINCE, "poverty.publisher") for _ in range(2)]
    row = proposed(writer)
    together, said = threading.Barrier(2), []

    def press(who: Any) -> None:
        from huimin.kit import clock as kit

        try:
            with kit.at(kit_moment):
                together.wait(10)
                said.append(rules.publish(who, draft=row.id, seal=row.signed)["version"])
        except Refused as refused:
            said.append(refused.code)
        finally:
            connection.close()

    from huimin.kit import clock as kit

    kit_moment = kit.now()
    threads = [threading.Thread(target=press, args=(who,)) for who in publishers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, said)) == ["2", "draft_published"]
    assert RuleVersion.objects.filter(rule=RULE, origin="published").count() == 1


@given(
    days=st.lists(st.integers(-400, 400), min_size=1, max_size=6),
    withdrawn=st.sets(st.integers(0, 5)),
    asked=st.integers(-500, 500),
)
@settings(max_examples=60, deadline=None)
def test_the_version_in_force_is_the_last_that_began_and_was_not_withdrawn(days, withdrawn, asked):
    """Over any versions: what a plain search of all of them finds."""
    rows = [
        RuleVersion(
            rule=RULE,
            number=number,
            hash=str(number),
            origin="published",
            valid_from=TODAY + timedelta(days=day),
        )
        for number, day in enumerate(days, start=1)
        if number - 1 not in withdrawn
    ]
    line = Timeline.__new__(Timeline)
    line.rows = sorted(rows, key=lambda row: (row.valid_from, row.number))
    day = TODAY + timedelta(days=asked)
    began = [row for row in rows if row.valid_from <= day]
    wanted = max(began or [], key=lambda row: (row.valid_from, row.number), default=None)
    first = min(rows, key=lambda row: (row.valid_from, row.number), default=None)
    assert line.row(day) is (wanted or first)


facts = st.dictionaries(
    st.sampled_from(["income_per_head", "lifted", "名称"]),
    st.one_of(
        st.none(), st.booleans(), st.text(alphabet="甲乙a:-#'\"{}[] \n", max_size=8),
        st.integers(-(10**12), 10**12).map(Decimal),
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=2),
    ),
    max_size=3,
)  # fmt: skip


@given(
    given_facts=st.lists(facts, min_size=1, max_size=4),
    sentence=st.text(alphabet="收入低于范围线：-# '\"", min_size=1, max_size=12),
    day=st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2100, 1, 1))),
)
@settings(max_examples=80, deadline=None)
def test_examples_are_read_as_they_were_written(given_facts, sentence, day):
    known = tuple(
        Case(number=number, case=sentence, given=one, expect=next(iter(one.values()), None), today=day)
        for number, one in enumerate(given_facts, start=1)
    )
    assert cases.read(cases.written(known)) == known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- case: 一\n  given: [", "第 2 行"),
        ("case: 一", "列表"),
        ("- case: 一\n  expect: none", "第 1 条"),
        ("- {case: 一, given: {}, expect: 1, today: 昨天}", "2026-01-31"),
    ],
)
def test_examples_that_cannot_be_read_are_refused_with_their_place(text, words):
    with pytest.raises(Refused, match=words):
        cases.read(text)


def test_who_begins_from_an_earlier_version_gets_its_text(writer, publisher):
    published(writer, publisher)
    made = rules.start_draft(writer, rule=RULE, base=1)
    assert rules.draft(made["draft"]).text == rules.version(RULE, 1).text
    assert rules.draft(made["draft"]).base_number == 1
    assert isinstance(UUID(str(made["draft"])), UUID)


def test_a_rule_of_assessment_stands_in_the_book_and_needs_no_simulation(writer, publisher, clock):
    name = "poverty.assessment"
    made = rules.start_draft(writer, rule=name)
    row = rules.draft(made["draft"])
    with pytest.raises(Refused, match="不需要试算"):
        rules.simulate(writer, draft=row.id)
    text = row.text.replace("</description>", "（2027年试行）</description>", 1)
    saved = rules.save_draft(writer, draft=row.id, revision=1, text=text)
    done = rules.propose(writer, draft=row.id, revision=saved["revision"], basis=BASIS, valid_from=FIRST)
    assert rules.publish(publisher, draft=row.id, seal=done["seal"])["version"] == 2
    assert made_system("x").may("rules.publish")
