"""The officers' pages: lists, dossier, survey, visits, alerts, and what they refuse."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.access.models import Account
from huimin.core.programmes import api as programmes
from huimin.services.poverty import actions
from huimin.services.poverty.models import Risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(team):
    """A signed-in client of one of the team."""

    def make(viewer) -> Client:
        account = Account.objects.get(id=viewer.id.rpartition(":")[2])
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def enrolled(system, household, way):
    """A household in the programme, with its enrolment."""

    def make(**options):
        home = household(**options)
        way.enrol(home)
        with access.acting_as(system):
            return home, programmes.enrolment_of(home, actions.CODE)

    return make


def test_every_page_about_a_household_opens_for_its_officer(enrolled, household, team, door, way):
    home, enrolment = enrolled()
    client = door(team.village)
    with access.acting_as(team.village):
        risk = Risk.objects.filter(household_id=home).first()
    other = household()
    procedure = way.apply(other)
    pages = [
        reverse("poverty:desk-households"),
        *(reverse("poverty:desk-households") + f"?tab={tab}" for tab in ("way", "left", "all")),
        reverse("poverty:desk-households") + "?on=2025-12-31",
        reverse("poverty:desk-households") + "?on=2025-12-31&known=1",
        reverse("poverty:desk-households")
        + "?cause=illness&below=1&overdue=1&officer=none&q=wang&sort=-visit",
        reverse("poverty:desk-household", args=[home]),
        reverse("poverty:desk-household", args=[home]) + "?purpose=programme",
        reverse("poverty:desk-household", args=[other]) + "?purpose=visit",
        reverse("poverty:desk-household-panel", args=[home]),
        reverse("poverty:desk-reveal", args=[home]),
        reverse("poverty:desk-apply", args=[home]),
        reverse("poverty:desk-propose-exit", args=[home]),
        reverse("poverty:desk-risk-add", args=[home]),
        reverse("poverty:desk-facts", args=[home]),
        reverse("poverty:desk-member-add", args=[home]),
        reverse("poverty:desk-risk-remove", args=[risk.id]),
        reverse("poverty:desk-survey", args=[procedure]),
        reverse("poverty:desk-withdraw", args=[procedure]),
        reverse("poverty:desk-mine"),
        reverse("poverty:desk-visit", args=[enrolment.id]),
        reverse("poverty:desk-measure", args=[enrolment.id]),
        reverse("poverty:desk-alerts"),
        reverse("poverty:desk-visit-worker"),
        reverse("poverty:desk-visit-ready"),
        "/desk/",
    ]
    for page in pages:
        assert client.get(page).status_code == 200, page
