import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy

from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.portal.middleware import RefusalMiddleware

from .conftest import VILLAGE


def raised(error, **headers):
    middleware = RefusalMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/open/anything/", headers=headers)
    request.htmx = "HX-Request" in headers
    return middleware.process_exception(request, error)


def test_a_refusal_is_a_page_with_its_message_and_status(db):
    answer = raised(Refused(gettext_lazy("公示期还没有结束，到期后再办。")))
    assert answer.status_code == 409
    assert "公示期还没有结束，到期后再办。" in answer.content.decode()
    assert "<html" in answer.content.decode()


def test_a_refusal_to_htmx_is_a_part_without_a_frame(db):
    answer = raised(Refused("公示期还没有结束。", code="too_early"), **{"HX-Request": "true"})
    assert answer.status_code == 409
    assert 'data-refused="too_early"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_refusal_to_a_program_is_json_with_code_and_fields(db):
    answer = raised(
        Refused("填错了。", code="wrong", fields={"on": "日期早于受理日期。"}), Accept="application/json"
    )
    assert answer.status_code == 409
    assert "日期早于受理日期" in answer.content.decode()
    assert answer["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(("error", "status"), [(NotAllowed("不行"), 403), (NotFound("没有"), 404)])
def test_not_allowed_and_not_found_keep_their_status(db, error, status):
    assert raised(error).status_code == status


def test_other_exceptions_are_left_to_django(db):
    assert raised(ValueError("bug")) is None


def test_a_message_is_escaped(db):
    assert "<script>alert" not in raised(Refused("<script>alert(1)</script>")).content.decode()


def addresses(patterns, before=""):
    """Every address of the URL tree with its arguments filled in."""
    for one in patterns:
        text = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, text)
        elif isinstance(one, URLPattern):
            for name, converter in one.pattern.converters.items():
                kind = type(converter).__name__
                value = {"IntConverter": "1", "UUIDConverter": "00000000-0000-4000-8000-000000000000"}.get(
                    kind, "x"
                )
                for written in (f"<{name}>", f"<{kind.removesuffix('Converter').lower()}:{name}>"):
                    text = text.replace(written, value)
            yield "/" + text


def doors(door):
    return sorted({url for url in addresses(get_resolver().url_patterns) if url.startswith(f"/{door}/")})


@pytest.mark.parametrize("door", ["desk", "me"])
def test_no_page_of_a_closed_door_answers_a_stranger(client, db, door):
    found = doors(door)
    assert f"/{door}/" in found
    for url in found:
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 302, url
            assert answer["Location"].startswith("/account/login/?next=/"), url


def test_no_page_of_the_desk_answers_a_citizen(browse, citizen, register):
    signed_in = browse(citizen(register("马桂花").person, account=True))
    for url in doors("desk"):
        for answer in (signed_in.get(url), signed_in.post(url)):
            assert answer.status_code == 403, url


def test_no_page_of_the_citizens_door_answers_an_officer_without_a_household(
    browse, officer, counties, service
):
    signed_in = browse(officer(VILLAGE, "sample.keeper", account=True))
    for url in doors("me"):
        assert signed_in.get(url).status_code == 403, url


def test_a_program_is_told_to_sign_in(client, db):
    answer = client.get("/desk/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["error"] == "sign_in"


def test_a_fragment_of_a_page_left_open_leads_to_sign_in(client, db):
    answer = client.get("/desk/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith("/account/login/")


def test_a_role_that_needs_a_second_factor_gets_no_further_without_one(
    browse, officer, counties, service, settings
):
    settings.TOTP_REQUIRED = ["keeper"]
    answer = browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/2fa/totp/activate/"


def test_other_roles_need_no_second_factor(browse, officer, counties, service, settings):
    settings.TOTP_REQUIRED = ["admin"]
    assert browse(officer(VILLAGE, "sample.keeper", account=True)).get("/desk/").status_code == 200


def test_administrators_need_a_second_factor_by_default():
    from django.conf import settings

    assert settings.TOTP_REQUIRED == ["admin"]


def test_the_frame_of_a_refusal_is_one_the_reader_works_in(browse, citizen, register):
    page = browse(citizen(register("马桂花").person, account=True)).get("/desk/").content.decode()
    assert "工作台只对工作人员开放" in page
    assert "door-desk" not in page


def test_an_unsafe_door_name_does_not_open_the_desk(client, db):
    for path in ("//desk/", "/DESK/", "/desk"):
        assert client.get(path).status_code in (301, 302, 404)
