import threading
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huimin.core.people import loading
from huimin.core.people.models import DivisionCount, Household, Membership, Person
from huimin.kit.period import Period

days = st.dates(date(2020, 1, 1), date(2020, 1, 20))
periods = (
    st.tuples(days, st.one_of(st.none(), days))
    .map(lambda p: (p[0], p[1] and max(p)))
    .filter(lambda p: p[0] != p[1])
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=periods, second=periods)
def test_nobody_belongs_to_two_households_on_one_day(register, first, second):
    with transaction.atomic():
        home, other, person = register.household("甲家"), register.household("乙家"), register.person()
        Membership(household_id=home, person_id=person, relation="other", start=first[0], end=first[1]).save()
        overlap = Period(*first).overlaps(Period(*second))
        try:
            with transaction.atomic():
                Membership(
                    household_id=other, person_id=person, relation="other", start=second[0], end=second[1]
                ).save()
            refused = False
        except IntegrityError:
            refused = True
        assert refused == overlap
        transaction.set_rollback(True)


def test_prolonging_a_membership_into_another_is_refused_too(register):
    home, other, person = register.household("甲家"), register.household("乙家"), register.person()
    early = Membership(
        household_id=home, person_id=person, relation="other", start=date(2020, 1, 1), end=date(2020, 6, 1)
    )
    early.save()
    Membership(household_id=other, person_id=person, relation="other", start=date(2020, 6, 1)).save()
    early.end = date(2020, 6, 2)
    with pytest.raises(IntegrityError, match="two households"), transaction.atomic():
        early.save()


def test_a_bulk_load_with_one_overlap_is_refused_as_a_whole(register):
    home, other, person = register.household("甲家"), register.household("乙家"), register.person()
    rows = [
        loading.NewMembership(home, person, "other", date(2020, 1, 1), date(2020, 6, 1)),
        loading.NewMembership(other, person, "other", date(2020, 5, 1), date(2020, 7, 1)),
    ]
    with pytest.raises(DatabaseError, match="two households"), transaction.atomic():
        loading.load([], [], rows)
    assert not Membership.objects.filter(person=person).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_person_to_two_households_at_once_do_not_both_succeed(register):
    home, other, person = register.household("甲家"), register.household("乙家"), register.person()
    ready, results = threading.Barrier(2), []

    def add(household):
        try:
            with transaction.atomic():
                ready.wait(10)
                with connection.cursor() as cursor:
                    cursor.execute(
                        'INSERT INTO people_membership (id, household_id, person_id, relation, start, "end", joined_by,'
                        " left_by) VALUES (gen_random_uuid(), %s, %s, 'other', '2020-01-01', '2020-06-01', 'other', '')",
                        [household, person],
                    )
            results.append("in")
        except IntegrityError:
            results.append("refused")
        finally:
            connection.close()

    both = [threading.Thread(target=add, args=[household]) for household in (home, other)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert sorted(results) == ["in", "refused"]


def test_sums_follow_every_insert_update_and_delete(register):
    homes = [register.household("甲家", group=1), register.household("乙家", group=2)]
    register.join(homes[0])
    assert loading.recount() == []
    Person.objects.filter(name="甲家").update(group_no=5, died_on=date(2020, 1, 1))
    Household.objects.filter(id=homes[1]).update(division_code="620123103201")
    Person.objects.filter(name="王小宝").update(division_code="620123103201")
    assert loading.recount() == []
    Membership.objects.all().delete()
    Household.objects.all().delete()
    Person.objects.all().delete()
    assert loading.recount() == []
    assert not DivisionCount.objects.exclude(persons=0, households=0).exists()


def test_a_wrong_sum_is_found_by_recounting(register):
    register.household()
    DivisionCount.objects.filter(persons=1).update(persons=7)
    assert [row[2:4] for row in loading.recount()] == [(7, 1)]


def test_every_version_of_a_row_is_kept_and_cannot_be_changed(register):
    person = register.person("王桂兰")
    Person.objects.filter(id=person).update(name="王桂芳")
    Person.objects.filter(id=person).delete()
    versions = Person.versions.rel.related_model._base_manager.filter(pgh_obj_id=person).order_by("pgh_id")
    assert [(v.pgh_label, v.name) for v in versions] == [
        ("insert", "王桂兰"),
        ("update", "王桂芳"),
        ("delete", "王桂芳"),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        versions.update(name="别人")
