"""Row history by triggers, and lists as of a past moment."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.utils import timezone

from huimin.core.access import api as access
from huimin.core.access.models import Office
from huimin.core.journal import api as journal

PLACE = "620123000000"


@pytest.mark.django_db(transaction=True)
def test_a_list_as_of_a_past_moment_shows_what_was_recorded_then(system):
    made = access.open_office(system, name="旧名称", area=PLACE)["office"]
    before = timezone.now()
    time.sleep(0.01)
    with connection.cursor() as cursor:  # even raw SQL leaves its trace
        cursor.execute("UPDATE access_office SET name = '新名称' WHERE id = %s", [made])
    renamed = timezone.now()
    time.sleep(0.01)
    Office.objects.all().delete()
    assert [row.name for row in journal.as_of(Office, before)] == ["旧名称"]
    assert [row.name for row in journal.as_of(Office, renamed)] == ["新名称"]
    assert list(journal.as_of(Office, timezone.now())) == []
