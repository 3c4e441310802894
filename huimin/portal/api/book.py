"""The whole API: its routers, how failures are answered, and its OpenAPI document in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer

from huimin import __version__
from huimin.kit.refusal import Refused
from huimin.portal.api import decisions, divisions, facts, people, problems, programmes, services
from huimin.portal.api.door import Stop, limits

ABOUT = gettext_noop(
    "登记库对其他部门的程序开放的接口。每个程序由县级以上的管理人员开通，只能看到和办理自己辖区、自己范围内的事；"
    "证件号码、电话和住址遮盖；对人员和户的每次查看都留有记录。"
)


class Plain(JSONRenderer):
    """JSON with Chinese as itself: readable, and half as long."""

    json_dumps_params = {"ensure_ascii": False}


class Book(NinjaAPI):
    """The API with what is left of the caller's minute in every answer."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        """An answer as JSON, never kept by anything between."""
        response = super().create_response(request, data, **more)
        response["Cache-Control"] = "no-store"
        for name, value in limits(request).items():
            response[name] = value
        return response


api = Book(
    title="Huimin API", version="1", description=ABOUT, urls_namespace="api-v1", openapi_url="", docs_url="", renderer=Plain(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}, "x-release": __version__}},
)  # fmt: skip
for part in (people, facts, decisions, programmes, divisions):
    api.add_router("", part.router)
for label, router in services.routers():
    api.add_router(f"/{label}", router)


@api.exception_handler(Stop)
def stopped(request: HttpRequest, error: Any) -> HttpResponse:
    """An answer that is already made."""
    response: HttpResponse = error.response
    return response


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Any) -> HttpResponse:
    """What an action or a read refuses."""
    return problems.of_refusal(error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """What the schema does not allow."""
    return problems.of_validation(error.errors)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: Any) -> HttpResponse:
    """No token, or none that is good."""
    text = _("请在请求头 Authorization: Bearer 后给出有效的令牌；令牌由管理人员开通，可能已停用或更换。")
    return problems.problem(401, "no_token", text, headers={"WWW-Authenticate": 'Bearer realm="huimin"'})


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Any) -> HttpResponse:
    """No such thing."""
    return problems.problem(404, "not_found")


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: Any) -> HttpResponse:
    """What ninja itself cannot read: a body that is no JSON."""
    return problems.problem(error.status_code, "bad_request", _("请求内容不是有效的 JSON。"))


def polished(node: Any, inside: str = "") -> Any:
    """The document with its texts in the reader's language and without titles made from names."""
    if isinstance(node, dict):
        found = {}
        for name, value in node.items():
            if name == "title" and isinstance(value, str) and inside not in ("properties", "info"):
                continue
            if name in ("description", "summary") and isinstance(value, str):
                found[name] = _(value) if value else value
            else:
                found[name] = polished(value, name)
        return found
    return [polished(one) for one in node] if isinstance(node, list) else node


@lru_cache(maxsize=8)
def document(language: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document in a language; made once in a process."""
    made: dict[str, Any] = polished(dict(api.get_openapi_schema()))
    made["servers"] = [{"url": "/"}]
    made["tags"] = [{"name": name, "description": text} for name, text in tags().items()]
    for methods in made["paths"].values():
        for one in methods.values():
            for status, answer in one["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                    answer["description"] = problems.titles()[int(status)]
                else:
                    answer["description"] = _("好")
            for parameter in one.get("parameters", ()):
                parameter["schema"] = without_null(parameter["schema"])
            if one.get("x-scope"):
                one["security"] = [
                    {name: [one["x-scope"]] if name == "Token" else []}
                    for way in one["security"]
                    for name in way
                ]
    for shape in made["components"]["schemas"].values():
        if shape.get("description", "").isascii():
            shape.pop("description", None)  # our own comment
    ways = made["components"]["securitySchemes"]
    ways["Token"]["description"] = _("开通接口程序时给出的令牌")
    ways["Session"]["description"] = _("工作人员在网页上登录后的会话；写入时另带 X-CSRFToken")
    return made


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema: one that is not given is left out, never null."""
    kinds = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(kinds) != 1:
        return schema
    return {**kinds[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def tags() -> dict[str, str]:
    """The chapters, in order."""
    own = {
        "people": _("人员和户"), "facts": _("数据项"), "decisions": _("决定"), "programmes": _("项目和办理"),
        "divisions": _("行政区划"),
    }  # fmt: skip
    return own | {label: services.title_of(label) for label, _router in services.routers()}


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document, for tools; open to everybody, it names no data."""
    response = JsonResponse(document(get_language() or "zh-hans"), json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept-Language, Cookie"
    return response
