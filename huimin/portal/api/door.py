"""Who is asking: another department's program by its token, or an officer by his session; for what, how often."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from huimin.core.access import api as access
from huimin.core.access.api import Kind, Purpose, Viewer, become
from huimin.kit.ref import Ref
from huimin.portal.api import problems
from huimin.portal.second_factor import second_factor_due

BODY = 1024 * 1024  # bytes of one request
SAFE = ("GET", "HEAD", "OPTIONS")


class Stop(Exception):
    """Answer at once with this problem."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


class Token(HttpBearer):
    """The token of a program, in `Authorization: Bearer …`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """The program's viewer; count the call, and see that it has the scope."""
        found = access.client_of_token(token)
        if found is None:
            return None
        row, viewer = found
        calls = access.count_call(row)
        request.api_calls = calls  # type: ignore[attr-defined]
        if not calls.allowed:
            text = _("每分钟最多 %(limit)s 次，请在 %(seconds)s 秒后再试。")
            raise Stop(
                problems.problem(
                    429, "too_many", text % {"limit": calls.limit, "seconds": calls.seconds},
                    headers={"Retry-After": str(calls.seconds), **limits(request)},
                )
            )  # fmt: skip
        if self.scope and self.scope not in viewer.scopes:
            text = _("这个令牌没有“%(scope)s”的范围。")
            raise Stop(problems.problem(403, "no_scope", text % {"scope": self.scope}))
        request.api_purpose = row.purpose  # type: ignore[attr-defined]
        return enter(request, viewer)


class Session(APIKeyCookie):
    """An officer who is signed in in this browser; writing needs the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, scope: str) -> None:
        super().__init__(csrf=False)
        self.scope = scope

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        """The officer; a citizen or a missing second factor is refused."""
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if not viewer.is_authenticated or "Authorization" in request.headers:
            return None
        if viewer.kind is not Kind.OFFICER:
            text = _("接口只对工作人员和已开通的程序开放。")
            raise Stop(problems.problem(403, "officers_only", text))
        if second_factor_due(request.user, viewer):
            raise Stop(problems.problem(403, "second_factor", _("请先在网页上完成两步验证。")))
        if request.method not in SAFE and check_csrf(request):
            raise Stop(problems.problem(403, "csrf", _("用会话提交时请带上 CSRF 令牌。")))
        request.api_purpose = ""  # type: ignore[attr-defined]
        return enter(request, viewer)


def doors(scope: str) -> list[Any]:
    """The ways in to an operation."""
    return [Token(scope), Session(scope)]


def enter(request: HttpRequest, viewer: Viewer) -> Viewer:
    """Look and act as this viewer for the rest of the request (ViewerMiddleware ends it); see what is sent can be read."""
    if request.method not in SAFE:
        size = request.headers.get("Content-Length") or "0"
        if not size.isdigit() or int(size) > BODY:
            text = _("一次最多 %(n)s KB。")
            raise Stop(problems.problem(413, "too_large", text % {"n": BODY // 1024}))
        if request.content_type != "application/json":
            raise Stop(problems.problem(415, "media_type", _("请用 application/json 提交。")))
    request.viewer = viewer  # type: ignore[attr-defined]
    become(viewer)
    return viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """Who is at the door."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def limits(request: HttpRequest) -> dict[str, str]:
    """What is left of the minute, as headers."""
    calls = getattr(request, "api_calls", None)
    if calls is None:
        return {}
    return {
        "RateLimit-Limit": str(calls.limit),
        "RateLimit-Remaining": str(max(calls.left, 0)),
        "RateLimit-Reset": str(calls.seconds),
    }


def purpose_of(request: HttpRequest) -> Purpose:
    """Why a person is looked at: by the header `Purpose`, else what the program was opened for."""
    said = request.headers.get("Purpose", "") or getattr(request, "api_purpose", "") or Purpose.PROGRAMME
    try:
        return Purpose(said)
    except ValueError:
        text = _("请求头 Purpose 应为下列之一：%(known)s。") % {"known": ", ".join(Purpose)}
        errors = [{"location": "header", "field": "Purpose", "message": text}]
        raise Stop(problems.problem(422, "purpose", text, errors=errors)) from None


def looked_at(request: HttpRequest, subject: Ref, area: str, page: str) -> None:
    """Leave the trace of a look, as a page would."""
    access.record_look(subject, area=area, purpose=purpose_of(request), page=f"api/{page}")


def key_of(request: HttpRequest) -> str:
    """The action's key: the caller's own `Idempotency-Key`, kept apart from everybody else's."""
    given = request.headers.get("Idempotency-Key", "")
    if len(given) > 200:
        text = _("Idempotency-Key 最多 200 个字符。")
        errors = [{"location": "header", "field": "Idempotency-Key", "message": text}]
        raise Stop(problems.problem(422, "key", text, errors=errors))
    return f"api/{viewer_of(request).id}/{given or uuid4()}"
