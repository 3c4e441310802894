"""One action: one transaction, one entry, one key; effects only after commit."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from huimin.core.access import api as access
from huimin.core.journal import api as journal
from huimin.core.journal.models import Entry, Outgoing
from huimin.kit.refusal import NotAllowed, Refused

pytestmark = pytest.mark.django_db
PLACE = "620123000000"


def office(viewer, name="兴隆山乡振兴站", key=""):
    return access.open_office(viewer, key=key or str(uuid4()), name=name, area=PLACE)


def test_an_action_leaves_one_entry_that_says_who_what_where(system):
    made = office(system)
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.area) == ("access.open_office", "system:test", PLACE)
    assert entry.subjects == [f"division:{PLACE}"]
    assert json.loads(entry.payload)["result"] == made


def test_the_same_key_again_changes_nothing_and_gives_the_first_result(system):
    first = office(system, key="twice")
    assert office(system, key="twice") == first
    assert Entry.objects.count() == 1


def test_the_same_key_with_other_arguments_is_refused(system):
    office(system, key="twice")
    with pytest.raises(Refused) as refusal:
        office(system, name="另一个机构", key="twice")
    assert refusal.value.code == "key_reused"


def test_an_action_that_is_refused_leaves_nothing(system):
    with pytest.raises(Refused):
        access.grant(system, officer=uuid4(), service="none", role="such", area=PLACE, start=None)
    assert Entry.objects.count() == 0


def test_private_arguments_are_not_journalled(system, officer):
    access.appoint(
        system,
        office=office(system)["office"],
        username="li",
        name="李",
        password="a long secret",
        start="2026-01-01",
    )
    assert "a long secret" not in Entry.objects.order_by("seq").last().payload


def test_without_the_right_nothing_is_done(officer):
    viewer = officer("620123101201", "poverty.village")
    with pytest.raises(NotAllowed) as refusal:
        office(viewer)
    assert refusal.value.code == "no_right"
    assert "设立机构" in str(refusal.value)


def test_outside_the_area_nothing_is_done(officer):
    viewer = officer(PLACE, "*.admin")
    before = Entry.objects.count()
    with pytest.raises(NotAllowed) as refusal:
        access.open_office(viewer, name="别处的机构", area="620102000000")
    assert refusal.value.code == "outside_area"
    assert Entry.objects.count() == before


def test_an_effect_is_delivered_once_it_is_due_and_a_failure_is_tried_again(system, monkeypatch):
    seen = []
    effect = journal.effect(f"test.seen{uuid4().hex}")(lambda payload: seen.append(payload["n"]))

    @journal.action(f"test.emit{uuid4().hex}")
    def emit(act, *, n):
        act.on(journal_ref(), area=PLACE)
        act.emit(effect.name, n=n)

    emit(system, key="one", n=1)
    emit(system, key="one", n=1)
    assert seen == []
    assert journal.drain() == 1
    assert journal.drain() == 0
    assert seen == [1]

    object.__setattr__(effect, "run", lambda payload: 1 / 0)
    emit(system, key="two", n=2)
    assert journal.drain() == 0
    waiting = Outgoing.objects.get(done__isnull=True)
    assert waiting.attempts == 1
    assert "ZeroDivisionError" in waiting.error


def journal_ref():
    from huimin.kit.ref import Ref

    return Ref.of("division", PLACE)


def test_an_action_that_does_not_say_what_it_is_about_is_an_error(system):
    silent = journal.action(f"test.silent{uuid4().hex}")(lambda act: None)
    with pytest.raises(AssertionError, match=r"act\.on"):
        silent(system)


def test_an_inner_action_that_is_refused_takes_only_itself_back(system):
    @journal.action(f"test.outer{uuid4().hex}")
    def outer(act):
        act.on(journal_ref(), area=PLACE)
        office(act.actor, key=f"{act.key}/kept")
        with pytest.raises(Refused):
            access.grant(
                act.actor,
                key=f"{act.key}/no",
                officer=uuid4(),
                service="none",
                role="such",
                area=PLACE,
                start=None,
            )

    outer(system, key="o")
    assert Entry.objects.order_by("seq").first().action == "access.open_office"
    assert Entry.objects.count() == 2
    assert journal.verify().ok
