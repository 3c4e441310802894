import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from huimin.core.people import crypto
from huimin.core.people.models import Household, Person

PHONE, NUMBER = "people.person.phone", "people.person.id_number"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_what_is_sealed_comes_back(text):
    assert crypto.decrypt(crypto.encrypt(text, PHONE), PHONE) == text


@given(st.binary(min_size=1, max_size=1), st.integers(0, 60))
def test_a_changed_byte_is_noticed(byte, place):
    sealed = crypto.encrypt("12012345678", PHONE)
    place %= len(sealed)
    changed = sealed[:place] + byte + sealed[place + 1 :]
    if changed != sealed:
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt(changed, PHONE)


def test_a_value_cannot_be_moved_to_another_column():
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(crypto.encrypt("12012345678", PHONE), NUMBER)


def test_a_value_of_another_key_cannot_be_read(settings):
    sealed = crypto.encrypt("12012345678", PHONE)
    settings.FIELD_KEY = b"k" * 32
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(sealed, PHONE)


def test_the_same_text_is_sealed_differently_each_time_and_found_by_one_hash():
    assert crypto.encrypt("x", PHONE) != crypto.encrypt("x", PHONE)
    assert crypto.lookup_hash("phone", "x") == crypto.lookup_hash("phone", "x")
    assert crypto.lookup_hash("phone", "x") != crypto.lookup_hash("id_number", "x")


def test_sealing_many_is_sealing_each_and_nothing_stays_nothing():
    sealed = crypto.encrypt_many(["甲", "", "乙"], PHONE)
    assert sealed[1] is None
    assert [crypto.decrypt(one, PHONE) for one in sealed if one] == ["甲", "乙"]


def test_another_cipher_can_be_added_and_old_values_stay_readable(settings):
    class Reversed:
        code = 2

        def seal(self, key, plain, bound):
            return plain[::-1]

        def open(self, key, sealed, bound):
            return sealed[::-1]

    old = crypto.encrypt("12012345678", PHONE)
    crypto.CIPHERS._things["reversed"] = Reversed()
    try:
        settings.FIELD_CIPHER = "reversed"
        new = crypto.encrypt("12012345678", PHONE)
        assert (old[0], new[0]) == (1, 2)
        assert crypto.decrypt(old, PHONE) == crypto.decrypt(new, PHONE) == "12012345678"
    finally:
        del crypto.CIPHERS._things["reversed"]


def test_the_database_never_holds_a_number_a_phone_or_an_address_in_clear(register):
    number = register.number()
    register.household(id_number=number, sex="male", phone="12012345678")
    with connection.cursor() as cursor:
        for table in ("person", "personevent", "household", "householdevent", "membership"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM people_{table} t")
            (text,) = cursor.fetchone()
            assert text
            for secret in (number, "12012345678", "3号"):
                assert secret not in text
                assert secret.encode().hex() not in text
    assert Person.objects.get().id_number == number
    assert Household.objects.get().address == "3号"
    assert Person.versions.rel.related_model._base_manager.first().phone == "12012345678"


def test_an_encrypted_field_refuses_to_be_searched(register):
    register.person(numbered=False)
    with pytest.raises(FieldError, match="hash"):
        Person.objects.filter(id_number="x").exists()
    assert Person.objects.filter(id_number__isnull=True).exists()
