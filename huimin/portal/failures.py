"""Pages for what did not work: refused, not found, forged, broken."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huimin.core.access.api import PUBLIC, Kind
from huimin.kit.refusal import Refused
from huimin.portal.api import problems

BASES = {"desk": "ui/desk.html", "me": "ui/citizen.html", "open": "ui/open.html"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program is asking."""
    accepts = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accepts and "text/html" not in accepts)


def door_of(path: str) -> str:
    """The door an address belongs to: desk, me or open."""
    first = path.lstrip("/").partition("/")[0]
    return "me" if first in ("", "me") else first if first in BASES else "open"


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as the asker can read it: JSON for programs, a part for htmx, else a page of the door."""
    fields = {name: str(text) for name, text in refusal.fields.items()}
    if problems.is_ours(request):
        return problems.of_refusal(refusal)
    if wants_json(request):
        body = {"error": refusal.code, "message": str(refusal), "fields": fields}
        return JsonResponse(body, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    context: dict[str, Any] = {"refusal": refusal, "fields": fields, "message": str(refusal)}
    if getattr(request, "htmx", False):
        return render(request, "portal/refused_part.html", context, status=refusal.status)
    viewer = getattr(request, "viewer", PUBLIC)
    door = door_of(request.path)
    if (door == "desk" and viewer.kind is not Kind.OFFICER) or (door == "me" and viewer.person is None):
        door = "open"  # not a frame this viewer works in
    context["base"], context["door"] = BASES[door], "citizen" if door == "me" else door
    context["back"] = back(request)
    return render(request, "portal/refused.html", context, status=refusal.status)


def back(request: HttpRequest) -> str:
    """The page the asker came from, where it is one of ours and another than this."""
    came = request.headers.get("Referer", "")
    ours = request.build_absolute_uri("/")
    return came if came.startswith(ours) and came != request.build_absolute_uri() else ""


def failure(request: HttpRequest, status: int, code: str, text: str) -> HttpResponse:
    """One of the plain pages, or the same as JSON."""
    if problems.is_ours(request):
        return problems.problem(status, code, text)
    if wants_json(request):
        body = {"error": code, "message": text, "fields": {}}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, f"{400 if status == 413 else status}.html", {"reason": text}, status=status)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: usually a page left open over night, or cookies switched off."""
    text = _("这一页打开太久，或者浏览器不接受 Cookie，提交没有被接受。请返回上一页刷新后重新提交。")
    return failure(request, 403, "csrf", text)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    if isinstance(exception, RequestDataTooBig):
        return failure(request, 413, "too_large", _("内容太大，请分几次提交。"))
    return failure(request, 400, "bad_request", _("这次提交没有读懂，请返回上一页重新提交。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return failure(request, 403, "forbidden", "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return failure(request, 404, "not_found", _("没有这一页，请检查网址。"))


def broken(request: HttpRequest) -> HttpResponse:
    """500, from templates that need neither the database nor a context."""
    return failure(request, 500, "broken", _("系统出了错，请稍后再试。"))


def not_offered(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
    """Account pages that a public service does not have: accounts are opened by the office, not by mail."""
    return render(request, "account/not_offered.html", status=404)
