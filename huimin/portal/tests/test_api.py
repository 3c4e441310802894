"""The API from outside: whose token, which area and scope, what is sent twice, what is said when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory

from huimin.core.access import api as access
from huimin.core.access.models import Look
from huimin.core.journal.models import Entry
from huimin.core.people import api as people
from huimin.core.people import idnumber
from huimin.core.people.models import Person, ProposedChange
from huimin.core.people.types import Sex
from huimin.kit import clock as kit
from huimin.portal import failures
from huimin.portal.tests.conftest import BACKEND, COUNTY, OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db
EVERY = (
    "people:read", "people:write", "people:propose", "facts:read", "decisions:read", "programmes:read", "poverty:alerts",
)  # fmt: skip
NEW = {"name": "白云飞", "sex": "male", "birth_date": "1990-02-03", "division_code": VILLAGE, "group": 2}


@pytest.fixture
def opened(system: Any, counties: None) -> Callable[..., Any]:
    """Open a client of the county and return a caller: `opened("people:read")("GET", "people")`."""
    made = iter(range(1, 100))

    def make(*scopes: str, area: str = COUNTY, **more: Any) -> Any:
        key = str(uuid4())
        secret = access.secret_for(key)
        given = {
            "name": f"医保局{next(made)}", "area": area, "scopes": scopes or EVERY, "purpose": "check",
            "secret_hash": access.hashed(secret), **more,
        }  # fmt: skip
        client = access.open_client(system, key=key, **given)["client"]
        browser = Client(raise_request_exception=False)

        def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
            sent = {"Authorization": f"Bearer {access.token_of(client, secret)}", **headers}
            data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
            return browser.generic(method, f"/api/v1/{path}", headers=sent, **data)

        call.client, call.secret = UUID(client), secret  # type: ignore[attr-defined]
        return call

    return make


def body(response: Any) -> Any:
    return json.loads(response.content)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    found = body(response)
    assert (found["status"], found["code"]) == (status, code)
    assert set(found) == {"type", "title", "status", "detail", "code", "errors"}
    return dict(found)


def test_a_client_reads_the_people_of_its_area_masked_and_no_others(opened, register):
    here, there = register("马桂花"), register("牛秀英", OTHER_VILLAGE)
    call = opened()
    found = body(call("GET", "people"))["items"]
    assert [one["name"] for one in found] == ["马桂花"]
    assert found[0]["id_number"] != here.number
    assert "*" in found[0]["id_number"]
    one = body(call("GET", f"people/{here.person}"))
    assert one["household"] == here.household
    problem(call("GET", f"people/{there.person}"), 404, "no_person")
    problem(call("GET", f"households/{there.household}"), 404, "no_household")
    home = body(call("GET", f"households/{here.household}"))
    assert [m["person"]["name"] for m in home["members"]] == ["马桂花"]
    assert body(call("GET", f"people?area={OTHER_VILLAGE}"))["items"] == []


def test_a_look_of_a_program_leaves_its_trace_with_its_purpose(opened, register):
    here, call = register("马桂花"), opened()
    call("GET", f"people/{here.person}")
    call("GET", f"households/{here.household}", Purpose="programme")
    looks = [(look.viewer_label, look.purpose, look.page) for look in Look.objects.order_by("id")]
    assert looks == [("医保局1", "check", "api/person"), ("医保局1", "programme", "api/household")]
    wrong = problem(call("GET", f"people/{here.person}", Purpose="curiosity"), 422, "purpose")
    assert wrong["errors"][0]["field"] == "Purpose"


def test_a_scope_is_needed_for_each_thing(opened, register):
    here, call = register("马桂花"), opened("facts:read")
    problem(call("GET", "people"), 403, "no_scope")
    problem(call("GET", f"decisions/household/{here.household}"), 403, "no_scope")
    problem(call("POST", "people", NEW), 403, "no_scope")
    facts = body(call("GET", f"facts/household/{here.household}"))
    assert {one["name"] for one in facts["facts"]} >= {"poverty.income_per_head"}
    assert all(one["value"] is None or isinstance(one["value"], bool | str) for one in facts["facts"])
    assert body(call("GET", "me"))["scopes"] == ["facts:read"]
    assert Person._base_manager.count() == 1


def test_without_a_good_token_nothing_is_answered(opened, register, system, clock):
    call = opened("people:read", end=date(2026, 11, 25))
    bare = Client()
    assert problem(bare.get("/api/v1/people"), 401, "no_token")["title"] == "需要令牌"
    assert bare.get("/api/v1/people")["WWW-Authenticate"].startswith("Bearer")
    token = access.token_of(call.client, call.secret)
    for wrong in ("", "Bearer", "Bearer x", f"Bearer {token}0", f"Bearer {token[:-1]}", f"Basic {token}"):
        problem(bare.get("/api/v1/people", headers={"Authorization": wrong}), 401, "no_token")
    assert call("GET", "people").status_code == 200
    clock.set(date(2026, 11, 25))
    problem(call("GET", "people"), 401, "no_token")


def test_a_new_token_ends_the_old_one_and_a_closed_client_is_out(opened, system):
    call = opened("people:read")
    access.renew_client(system, client=call.client, secret_hash=access.hashed("another"))
    problem(call("GET", "people"), 401, "no_token")
    other = opened("people:read")
    access.close_client(system, client=other.client, reason="数据共享到期")
    problem(other("GET", "people"), 401, "no_token")


def test_the_same_sending_twice_is_answered_alike_and_another_body_under_its_key_is_a_conflict(opened):
    call, key = opened(), {"Idempotency-Key": "one"}
    first = call("POST", "people", NEW, **key)
    assert first.status_code == 201, first.content.decode()
    again = call("POST", "people", NEW, **key)
    assert (again.status_code, body(again)) == (201, body(first))
    assert Person._base_manager.count() == 1
    problem(call("POST", "people", {**NEW, "name": "白云亮"}, **key), 409, "key_reused")
    assert body(opened()("POST", "people", NEW, **key)) != body(first), "another client's key is another key"
    assert call("GET", body(first)["url"].removeprefix("/api/v1/")).status_code == 200


def test_what_cannot_be_kept_is_said_field_by_field_in_the_callers_language(opened, register):
    here, call = register("马桂花"), opened()
    wrong = problem(call("POST", "people", {**NEW, "name": "白1", "phone": "12"}), 422, "invalid")
    assert {one["field"] for one in wrong["errors"]} == {"name", "phone"}
    missing = problem(call("POST", "people", {"name": "白云飞", "more": 1}), 422, "invalid")
    assert {one["field"] for one in missing["errors"]} == {"sex", "birth_date", "division_code", "more"}
    taken = {**NEW, "sex": "female", "birth_date": "1980-05-06", "id_number": here.number}
    assert problem(call("POST", "people", taken), 409, "duplicate")["errors"][0]["field"] == "id_number"
    assert problem(call("GET", "people?limit=501"), 422, "invalid")["errors"][0]["location"] == "query"
    assert problem(call("GET", "people?cursor=abc"), 422, "bad_cursor")["errors"][0]["field"] == "cursor"
    english = call("POST", "people", {**NEW, "name": "白1"}, **{"Accept-Language": "en"})
    assert english["Content-Language"] == "en"
    assert problem(english, 422, "invalid")["detail"].isascii()


def test_a_person_outside_the_area_cannot_be_registered_or_changed(opened, register):
    there, call = register("牛秀英", OTHER_VILLAGE), opened()
    problem(call("POST", "people", {**NEW, "division_code": OTHER_VILLAGE}), 403, "outside_area")
    problem(call("POST", f"people/{there.person}/changes", {"changes": {"name": "牛英"}}), 404, "no_person")
    assert Person._base_manager.count() == 1


def test_a_proposed_change_waits_for_an_officer_under_the_programs_own_name(opened, register):
    here, call = register("马桂花"), opened()
    sent = {"changes": {"phone": "12900000000", "died_on": "2026-10-01"}, "document": "甘公〔2026〕1号"}
    made = body(call("POST", f"people/{here.person}/changes", sent))
    assert made["fields"] == ["died_on", "phone"]
    row = ProposedChange._base_manager.get(id=made["proposal"])
    assert (row.source, row.state) == ("医保局1", "pending")
    assert Person._base_manager.get(id=here.person).died_on is None
    same = call("POST", f"people/{here.person}/changes", {"changes": {"name": "马桂花"}})
    assert body(same) == {"proposal": None, "fields": []}
    problem(call("POST", f"people/{here.person}/changes", {"changes": {}}), 422, "nothing")


def test_an_alert_is_raised_as_the_manifest_offers_it(opened, register):
    from huimin.services.poverty.models import Alert

    here, call = register("马桂花"), opened()
    alert = {
        "id_number": here.number,
        "kind": "medical",
        "detail": "住院自付三万元",
        "on": "2026-11-01",
        "amount": "30000",
    }
    done = call("POST", "poverty/alerts", alert)
    assert done.status_code == 201, done.content.decode()
    row = Alert._base_manager.get()
    assert (row.department, row.person_name) == ("医保局1", "马桂花")
    problem(call("POST", "poverty/alerts", {**alert, "kind": "weather"}), 422, "invalid")
    problem(call("POST", "poverty/alerts", {**alert, "id_number": "1"}), 404, "no_person")
    assert problem(call("POST", "poverty/alerts", {**alert, "department": "民政局"}), 422, "invalid")


def test_pages_by_cursor_miss_and_repeat_nobody_while_others_are_registered(opened, register, system):
    names = [f"马{sign}" for sign in "一二三四五六七"]
    for name in names:
        register(name)
    call, seen, cursor = opened(), [], ""
    while cursor is not None:
        page = body(call("GET", f"people?limit=2{f'&cursor={cursor}' if cursor else ''}"))
        seen += [one["name"] for one in page["items"]]
        cursor = page["next"]
        people.register_person(
            system, name="阿甲", sex="male", birth_date=date(1990, 1, 1), division_code=VILLAGE
        )  # pinyin a…: before every page that is still to come
    assert sorted(n for n in seen if n in names) == sorted(names)
    assert len(seen) == len(names)


def test_too_many_calls_in_a_minute_are_told_when_to_come_again(opened, clock):
    call = opened("people:read", per_minute=2)
    assert [call("GET", "people")["RateLimit-Remaining"] for _n in range(2)] == ["1", "0"]
    refused = call("GET", "people")
    problem(refused, 429, "too_many")
    assert 0 < int(refused["Retry-After"]) <= 60
    clock.forward(minutes=1)
    assert call("GET", "people").status_code == 200


def test_what_is_no_json_too_large_or_by_another_method_is_a_problem_too(opened):
    call = opened()
    raw = Client(raise_request_exception=False)
    token = {"Authorization": f"Bearer {access.token_of(call.client, call.secret)}"}
    send = lambda data, kind="application/json": raw.post(  # noqa: E731
        "/api/v1/people", data=data, content_type=kind, headers=token
    )
    problem(send("{"), 400, "bad_request")
    problem(send("a=b", "application/x-www-form-urlencoded"), 415, "media_type")
    problem(send('{"name": "' + "a" * 2_000_000 + '"}'), 413, "too_large")
    put = raw.put("/api/v1/people", headers=token)
    problem(put, 405, "method")
    assert "POST" in put["Allow"]
    problem(raw.get("/api/v1/nothing", headers=token), 404, "not_found")
    request = RequestFactory().post("/api/v1/people")
    problem(failures.bad_request(request, RequestDataTooBig()), 413, "too_large")


def test_an_officer_reads_in_his_session_and_writes_only_with_the_forms_token(officer, register, counties):
    here = register("马桂花")
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(officer(VILLAGE, "poverty.village", account=True), backend=BACKEND)
    assert [one["name"] for one in body(browser.get("/api/v1/people"))["items"]] == ["马桂花"]
    assert body(browser.get("/api/v1/me"))["kind"] == "officer"
    browser.get(f"/api/v1/households/{here.household}")
    assert Look.objects.get().viewer.startswith("account:")
    sent = {"data": json.dumps(NEW), "content_type": "application/json"}
    problem(browser.post("/api/v1/people", **sent), 403, "csrf")
    browser.get("/desk/exports/")
    done = browser.post("/api/v1/people", **sent, headers={"X-CSRFToken": browser.cookies["csrftoken"].value})
    assert done.status_code == 201, done.content.decode()


def test_a_citizen_is_not_let_in_by_his_session(citizen, register):
    here = register("马桂花")
    browser = Client()
    browser.force_login(citizen(UUID(here.person), account=True), backend=BACKEND)
    problem(browser.get("/api/v1/people"), 403, "officers_only")


def test_everything_a_program_does_is_in_the_journal_under_its_name(opened):
    opened()("POST", "people", NEW)
    entry = Entry.objects.get(action="people.register_person")
    assert entry.actor.startswith("client:")
    assert entry.actor_label == "医保局1"
    assert entry.area == VILLAGE


def test_divisions_are_paged_and_named(opened):
    call = opened("facts:read")
    page = body(call("GET", f"divisions?parent={COUNTY}&limit=2"))
    rest = body(call("GET", f"divisions?parent={COUNTY}&limit=500&cursor={page['next']}"))
    assert len(page["items"]) == 2
    assert rest["next"] is None
    assert not {one["code"] for one in page["items"]} & {one["code"] for one in rest["items"]}
    one = body(call("GET", f"divisions/{VILLAGE}"))
    assert one["path"][-1] == one["name"]
    problem(call("GET", "divisions/000000000001"), 404, "unknown_division")


def test_programmes_and_their_lists_answer(opened):
    call = opened("programmes:read")
    code = body(call("GET", "programmes"))[0]["code"]
    assert body(call("GET", f"programmes/{code}/enrolments?on=2026-01-01&state=active")) == {
        "items": [],
        "next": None,
    }
    assert body(call("GET", f"programmes/{code}/procedures?direction=exit"))["items"] == []
    problem(call("GET", "programmes/none/enrolments"), 404, "no_programme")
    problem(call("GET", f"procedures/{uuid4()}"), 404, "no_procedure")


def test_only_whoever_opens_rights_in_an_area_lets_programs_in(officer, counties):
    from huimin.kit.refusal import NotAllowed, Refused

    given = {
        "name": "民政局", "scopes": ("people:read",), "purpose": "check", "secret_hash": access.hashed("x"),
    }  # fmt: skip
    county = officer(COUNTY, "poverty.county")
    access.open_client(county, area=COUNTY, **given)
    with pytest.raises(NotAllowed):
        access.open_client(officer(VILLAGE, "poverty.village"), area=VILLAGE, **given)
    with pytest.raises(NotAllowed):
        access.open_client(county, area=OTHER_VILLAGE, **given)
    with pytest.raises(Refused) as wrong:
        access.open_client(
            county, area=COUNTY, **{**given, "scopes": ("all:write",), "end": kit.today() - timedelta(days=1)}
        )
    assert set(wrong.value.fields) == {"scopes", "end", "name"}


def test_the_documentation_is_open_in_both_languages_and_has_every_operation():
    reader = Client()
    whole = json.loads(reader.get("/api/v1/openapi.json").content)
    assert whole["openapi"].startswith("3.1")
    names = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
    page = reader.get("/api/v1/docs").content.decode()
    assert [name for name in names if f'id="{name}"' not in page] == []
    assert "推送人员信息变更" in page
    assert len(names) == len(set(names))
    number = idnumber.make(date(1980, 5, 6), Sex("female"), 1, area=123)
    assert number not in page
