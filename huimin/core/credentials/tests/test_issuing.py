"""Codes signed by the platform's own key, through its rotation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huimin.core.access import api as access
from huimin.core.credentials import api, codes
from huimin.kit import clock as kit


@pytest.fixture(autouse=True)
def looking(system: Any, clock: Any) -> Any:
    with access.acting_as(system):
        yield


def shown() -> str:
    seen = codes.Shown(subject=bytes(12), colour="green", rules=1)
    return codes.token.issue(seen, api.code_signer(), issued=kit.now(), life=timedelta(minutes=5))


@pytest.mark.django_db
def test_a_code_is_signed_by_the_key_in_use_and_holds_after_the_key_is_changed(clock):
    before = shown()
    assert codes.verify(before, api.code_keys(), kit.now()).ok
    api.renew_key(access.system("test"))
    now = kit.now() + timedelta(seconds=2)
    assert codes.verify(before, api.code_keys(), now).ok
    after = shown()
    assert codes.verify(after, api.code_keys(), now).kid != codes.verify(before, api.code_keys(), now).kid
    assert codes.verify(after, api.code_keys(), now).ok


@pytest.mark.django_db
def test_what_is_dated_after_its_key_ended_is_refused(clock):
    old = api.code_signer()
    api.renew_key(access.system("test"))
    late = kit.now() + timedelta(seconds=5)
    seen = codes.Shown(subject=bytes(12), colour="green", rules=1)
    text = codes.token.issue(seen, old, issued=late)
    assert [one.name for one in codes.verify(text, api.code_keys(), late).failed] == ["time"]
