"""T8: officers ask how to fill a field and get different answers."""

from __future__ import annotations

import pytest
from django.test import Client

from huimin.services.poverty import actions
from huimin.services.poverty.forms.survey import Survey
from huimin.services.poverty.guide import GUIDE
from huimin.services.poverty.models import Question

pytestmark = pytest.mark.django_db


def client(account):
    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_every_field_of_the_survey_says_rule_version_and_office():
    fields = {name.removeprefix("guarantee_") for name in Survey().fields if not name.startswith("note_")} - {
        "year"
    }
    assert fields <= set(GUIDE)
    assert all(str(g.text) and str(g.basis) and g.version and str(g.office) for g in GUIDE.values())


def test_a_question_asked_once_is_answered_for_all(officer, village):
    """T8: officers ask how to fill a field and get different answers."""
    mine, other = (
        officer(village, "poverty.village", account=True),
        officer(village, "poverty.village", account=True),
    )
    county = officer(village[:6] + "000000", "poverty.county", account=True)
    sent = {"key": "k1", "text": "卖粮的钱算在哪一项"}
    assert client(mine).post("/desk/poverty/guide/business/ask/", sent).status_code == 302
    assert client(other).post("/desk/poverty/guide/business/ask/", {**sent, "key": "k2"}).status_code == 302
    question = Question.objects.get()
    answered = client(county).post(
        f"/desk/poverty/guide/questions/{question.id}/answer/",
        {"key": "a1", "answer": "算生产经营收入，按卖出的价钱。"},
    )
    assert answered.status_code == 302
    assert "算生产经营收入，按卖出的价钱。" in client(other).get("/desk/poverty/guide/").content.decode()


def test_a_village_officer_cannot_answer_and_an_empty_question_is_refused(officer, village):
    account = officer(village, "poverty.village", account=True)
    refused = client(account).post("/desk/poverty/guide/business/ask/", {"key": "k", "text": "？"})
    assert refused.status_code == 409
    assert "请写明要问什么" in refused.content.decode()
    assert Question.objects.count() == 0
    with pytest.raises(actions.Refused):
        actions.ask(officer(village, "poverty.village"), field="nothing", text="这一项怎么填", area=village)
