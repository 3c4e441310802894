"""From outside: as an officer of one county, nothing shows or moves a household of another.

Every route is tried: those without parameters as they are and with the other county's codes, names and ids in the query,
those with parameters with every id of the other county. A new page or a new model is covered without being named.
"""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from huimin.core.access import api as access
from huimin.core.access.models import Look
from huimin.core.exports import api as exports
from huimin.core.journal.models import Entry
from huimin.kit.registry import services

pytestmark = pytest.mark.django_db
HERE, THERE = "620123101201", "622921101202"
DOCUMENTATION = ("/api/v1/docs", "/api/v1/openapi.json")
API_FIELDS = {"name", "sex", "birth_date", "division_code"}
ADMINISTRATION = ("system/", "account/", "static/")


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address with its parameters' converters, but for the administration of accounts and of the system."""
    for entry in patterns:
        text = prefix + str(entry.pattern).lstrip("^")
        if text.startswith(ADMINISTRATION):
            continue
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, text)
        elif isinstance(entry, URLPattern):
            yield text, dict(entry.pattern.converters)


def every_route() -> list[tuple[str, dict[str, Any]]]:
    return sorted(routes(get_resolver().url_patterns), key=lambda r: r[0])


def first_village(county: str) -> str:
    from huimin.core.places import api as places

    places.import_package(within=county)
    return str(places.children(places.children(county)[0].code)[0].code)


def arrange(label: str, system: Any, area: str) -> tuple[str, ...]:
    """Let a service fill a village, by its tests/arrange.py."""
    path = Path(apps.get_app_config(label).path) / "tests" / "arrange.py"
    spec = importlib.util.spec_from_file_location(f"arrange_{label}", path)
    assert spec is not None, f"{label} has no tests/arrange.py"
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(module.arrange(system, area))


def taken(viewer: Any, area: str) -> None:
    """A list of the other county as a file that is ready."""
    asked = {"list_name": "poverty.all", "format": "csv", "filters": {}, "area": area}
    assert exports.work_off(exports.start(viewer, key="there", **asked)["run"]) == "ready"


@pytest.fixture
def there(system: Any, officer: Any, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """A village of another county with rows of every kind, their ids, and the texts that must not be seen."""
    area = first_village("622921000000")
    texts = [text for label in services for text in arrange(label, system, area)]
    settings.MEDIA_ROOT = tmp_path
    taken(officer(area, "poverty.village"), area)
    ids: set[str] = set()
    empty: list[str] = []
    with access.acting_as(system):
        for model in apps.get_models():
            if not isinstance(model._default_manager, access.AreaManager):
                continue
            found = [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[:1]]
            ids.update(found)
            if not found and model._meta.app_label not in ("people",):
                empty.append(model._meta.label)
    assert set(empty) <= {"programmes.BulkRun", "programmes.BulkFailure", "programmes.BulkResult"}, (
        "arrange rows of these"
    )
    return {"area": area, "texts": texts, "ids": sorted(ids)}


@pytest.fixture
def here(officer: Any) -> Client:
    """A browser in which a village officer of the first county is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(
        officer(first_village("620123000000"), "poverty.village", account=True),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def content(response: Any) -> str:
    """What a response shows, with what is inside a workbook or an archive."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            raw = b"".join(packed.read(name) for name in packed.namelist())
    return raw.decode("utf-8", "ignore")


def filled(text: str, converters: dict[str, Any], id: str, area: str) -> str:
    """The address with the other county's id or code in every parameter."""
    import re

    def value(match: Any) -> str:
        name = match.group(1).rpartition(":")[2]
        kind = type(converters[name]).__name__
        return {"UUIDConverter": id, "IntConverter": "1"}.get(
            kind, area if "area" in name or "code" in name else id
        )

    return "/" + re.sub(r"<([^>]+)>", value, text)


def attempts(there: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every address with every way to ask it for the other county's things."""
    area, uuids = there["area"], [i for i in there["ids"] if len(i) == 36]
    queries = [
        {}, {"area": area}, {"division": area}, {"area": area[:6] + "000000"}, {"q": there["texts"][0]},
        {"q": "ouyangxuelian"}, {"q": there["texts"][4]},
        {"on": "2026-11-01", "area": area}, {"format": "csv", "area": area},
        {"format": "xlsx", "area": area}, {"state": "all", "tab": "all"},
    ]  # fmt: skip
    for text, converters in every_route():
        if converters:
            for id in uuids if any("UUID" in type(c).__name__ for c in converters.values()) else uuids[:1]:
                yield filled(text, converters, id, area), {"purpose": "programme"}
        else:
            for query in queries:
                yield "/" + text, query
            for id in uuids[:: max(1, len(uuids) // 8)]:
                yield (
                    "/" + text,
                    dict.fromkeys(("household", "person", "procedure", "enrolment", "id", "alert"), id),
                )


def test_no_page_list_file_or_call_shows_another_countys_household(here, there):
    seen, tried, looks = [], 0, Look.objects.count()
    for path, query in attempts(there):
        response = here.get(path, query)
        tried += 1
        assert response.status_code < 500, f"{path} {query}: {response.status_code}"
        shown = content(response)
        asked = set(query.values())
        seen += [
            f"GET {path} {query}: {text}" for text in there["texts"] if text in shown and text not in asked
        ]
    assert seen == []
    assert tried > 100
    assert Look.objects.count() == looks


def test_nothing_sent_moves_another_countys_household(here, there):
    before = Entry.objects.order_by("seq").last().seq
    for text, converters in every_route():
        if not converters:
            continue
        for id in [i for i in there["ids"] if len(i) == 36]:
            sent = {
                "key": f"outside/{text}/{id}", "reason": "越权尝试的理由", "text": "越权尝试的理由", "verdict": "approve",
                "outcome": "越权尝试的理由", "minutes": "越权尝试的会议记录内容", "on": "2026-11-20", "found": "越权尝试",
                "met": "越权", "agree": "9", "against": "0", "abstain": "0", "household": id, "procedure": id,
                "procedures": id, "rows": id, "enrolment": id, "purpose": "programme", "field": "id_number",
            }  # fmt: skip
            response = here.post(filled(text, converters, id, there["area"]), sent)
            assert response.status_code < 500, f"POST {text} {id}: {response.status_code}"
    made = [
        (entry.action, entry.subjects)
        for entry in Entry.objects.filter(seq__gt=before)
        if any(id in subject for subject in entry.subjects for id in there["ids"])
    ]
    assert [m for m in made if m[0] != "poverty.object"] == [], (
        "anybody may object to an open notice, nothing else"
    )


def test_without_signing_in_only_the_public_door_answers(there):
    client = Client(raise_request_exception=False)
    for path, query in attempts(there):
        response = client.get(path, query)
        shown = content(response)
        assert response.status_code < 500, path
        assert [t for t in there["texts"] if t in shown and t not in set(query.values())] == [], path
        if path.startswith(("/desk/", "/me/", "/api/")) and path not in DOCUMENTATION:
            assert response.status_code in (302, 401, 403, 404, 405), f"{path}: {response.status_code}"


def program(system: Any, area: str) -> dict[str, str]:
    """The headers of a program that may do everything in an area."""
    secret = access.secret_for(area)
    made = access.open_client(
        system, key=area, name="结算系统", area=area, scopes=tuple(access.SCOPES), purpose="check",
        secret_hash=access.hashed(secret), per_minute=100_000,
    )  # fmt: skip
    return {"Authorization": f"Bearer {access.token_of(made['client'], secret)}"}


def test_a_program_of_another_county_sees_and_moves_nothing_of_it(there, system):
    client = Client(raise_request_exception=False, headers=program(system, "620123000000"))
    for path, query in attempts(there):
        if not path.startswith("/api/"):
            continue
        response = client.get(path, query)
        shown = content(response)
        assert response.status_code < 500, path
        assert [t for t in there["texts"] if t in shown and t not in set(query.values())] == [], path
    before, tried = Entry.objects.order_by("seq").last().seq, 0
    number = next(text for text in there["texts"] if text[:17].isdigit())
    for text, converters in every_route():
        if not text.startswith("api/"):
            continue
        for id in [i for i in there["ids"] if len(i) == 36][:: 1 if converters else 1000]:
            sent = {
                "name": "外人", "sex": "male", "birth_date": "1990-01-01", "division_code": there["area"],
                "changes": {"name": "改名"}, "id_number": number, "kind": "medical", "detail": "越权", "on": "2026-11-01",
            }  # fmt: skip
            for fields in (
                sent,
                {"changes": sent["changes"]},
                {k: sent[k] for k in API_FIELDS & sent.keys()},
            ):
                path = filled(text, converters, id, there["area"])
                response = client.post(path, json.dumps(fields), content_type="application/json")
                assert response.status_code < 500, f"POST {path}: {response.status_code}"
                assert response.status_code >= 400, f"POST {path} {fields}: {response.status_code}"
                tried += 1
    assert tried > 20
    assert [e.action for e in Entry.objects.filter(seq__gt=before)] == []


def test_a_program_of_the_county_itself_does_see_it(there, system):
    client = Client(headers=program(system, there["area"][:6] + "000000"))
    assert there["texts"][0] in client.get("/api/v1/people", {"limit": "500"}).content.decode()


def test_a_citizen_of_elsewhere_sees_nothing_of_it_either(there, citizen, system):
    from datetime import date

    from huimin.core.people import api as people

    village = first_village("620123000000")
    me = people.register_person(
        system, name="自己", sex="male", birth_date=date(1990, 1, 1), division_code=village, group_no=1
    )["person"]
    people.register_household(
        system, head=me, division_code=village, group_no=1, address="1号", on=date(2020, 1, 1)
    )
    client = Client(raise_request_exception=False)
    client.force_login(
        citizen(me, account=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for path, query in attempts(there):
        response = client.get(path, query)
        shown = content(response)
        assert response.status_code < 500, path
        assert [t for t in there["texts"] if t in shown and t not in set(query.values())] == [], path
        if path.startswith("/desk/"):
            assert response.status_code in (302, 403, 404, 405), f"{path}: {response.status_code}"
