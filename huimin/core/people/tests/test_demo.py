from collections import Counter
from datetime import date

import pytest

from huimin.core.access.api import acting_as, system
from huimin.core.journal.api import entries_about
from huimin.core.people import api, demo, idnumber, loading
from huimin.core.people.models import Household, Membership, Person
from huimin.kit.ref import Ref
from huimin.kit.refusal import Refused

COUNTY = "620123000000"


@pytest.fixture
def loaded(yuzhong, clock):
    clock.set(date(2026, 11, 22))
    with acting_as(system("test")):
        yield demo.load_people(1200, seed=7, area=COUNTY)


def test_made_up_people_are_stored_with_one_entry_with_history_and_right_sums(loaded):
    assert loaded["persons"] == Person.objects.count() >= 1200
    assert loaded["memberships"] == Membership.objects.count() == loaded["persons"]
    assert (
        Person.versions.rel.related_model._base_manager.exclude(pgh_context=None).count() == loaded["persons"]
    )
    assert loading.recount() == []
    assert [e.action for e in entries_about(Ref.of("division", COUNTY))] == ["people.load_demo"]
    assert api.counts(COUNTY).households == loaded["households"]


def test_made_up_people_have_right_numbers_and_phones_that_nobody_can_have(loaded):
    people = list(Person.objects.all())
    assert len({p.id_number for p in people if p.id_number}) == sum(bool(p.id_number) for p in people)
    for person in people:
        if person.id_number:
            read = idnumber.parse(person.id_number, demo_numbers_allowed=True)
            assert (read.demo, read.birth_date, read.sex) == (True, person.birth_date, person.sex)
        assert person.phone == "" or person.phone.startswith("12")
    assert api.find_by_number(people[0].id_number).id == people[0].id


def test_made_up_households_are_believable(loaded):
    sizes = Counter(Membership.objects.values_list("household", flat=True))
    assert set(sizes.values()) <= set(range(1, 9))
    assert 3 <= sum(sizes.values()) / len(sizes) <= 4
    for home in Household.objects.all()[:150]:
        members = api.members(home.id)
        assert [m.relation for m in members].count("head") == 1
        head = members[0].person
        for member in members:
            if member.relation in ("son", "daughter"):
                assert 14 <= (member.person.birth_date - head.birth_date).days / 365.25 <= 52
            if member.relation in ("father", "mother"):
                assert member.person.birth_date < head.birth_date


def test_a_dense_village_has_enough_households_to_work_in(loaded):
    assert api.counts("620123101201").households >= 50


def test_the_same_seed_makes_the_same_people(yuzhong, clock):
    first, second = (
        demo.Population(300, 5, COUNTY, date(2026, 11, 22)).make(lambda *_: None) for _n in range(2)
    )
    assert first.persons == second.persons
    assert first.memberships == second.memberships
    other = demo.Population(300, 6, COUNTY, date(2026, 11, 22)).make(lambda *_: None)
    assert [p.name for p in other.persons] != [p.name for p in first.persons]


def test_loading_again_is_harmless_and_other_demo_data_is_refused(loaded):
    assert demo.load_people(1200, seed=7, area=COUNTY) == loaded
    with pytest.raises(Refused, match="空库"):
        demo.load_people(1300, seed=7, area=COUNTY)


def test_progress_is_told_in_stages_that_reach_their_end(yuzhong):
    heard = []
    demo.load_people(600, seed=7, area=COUNTY, progress=lambda *step: heard.append(step))
    assert list(dict.fromkeys(stage for stage, _done, _total in heard)) == [
        "make",
        "person",
        "household",
        "membership",
    ]
    assert all(done <= total for _stage, done, total in heard)
