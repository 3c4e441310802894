"""What every request passes: refusals become pages, and each door lets in whom it is for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Kind, Viewer, acting_as
from huimin.kit.refusal import NotAllowed, Refused
from huimin.portal import area
from huimin.portal.api import problems
from huimin.portal.failures import refused, wants_json
from huimin.portal.second_factor import second_factor_due

Next = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """Turn a Refused raised by a view into what the asker can read, with its message and status."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if problems.is_ours(request) and response.status_code == 405:
            return problems.problem(405, "method", headers={"Allow": response.get("Allow", "")})
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave every other exception to Django."""
        return refused(request, error) if isinstance(error, Refused) else None


class DoorMiddleware:
    """Hold the doors: /desk/ for officers, /me/ for signed-in citizens, whatever view lies behind.

    It also narrows what an officer reads to the area chosen at the top of the desk.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        door = request.path.split("/")[1]
        if door == "desk":
            refusal = self.desk(request, viewer)
        elif door == "me":
            refusal = self.me(request, viewer)
        else:
            refusal = None
        if refusal is not None:
            return refusal
        if (
            viewer.is_authenticated
            and door in ("desk", "me", "system", "api")
            and second_factor_due(request.user, viewer)
        ):
            if problems.is_ours(request):
                return self.get_response(request)  # the API says so itself, as a problem
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if door != "desk":
            return self.get_response(request)
        narrowed = area.narrowed(request, viewer)
        if narrowed is viewer:
            return self.get_response(request)
        request.viewer = narrowed  # type: ignore[attr-defined]
        with acting_as(narrowed):
            return self.get_response(request)

    def desk(self, request: HttpRequest, viewer: Viewer) -> HttpResponse | None:
        """None for an officer; else the way to sign in, or why not."""
        if not viewer.is_authenticated:
            return self.sign_in(request)
        if viewer.kind is not Kind.OFFICER:
            return refused(
                request, NotAllowed(_("工作台只对工作人员开放。您的事项在首页。"), code="officers_only")
            )
        return None

    def me(self, request: HttpRequest, viewer: Viewer) -> HttpResponse | None:
        """None for a citizen with a record; else the way to sign in, or why not."""
        if not viewer.is_authenticated:
            return self.sign_in(request)
        if viewer.person is None:
            text = _("这个账号没有关联居民信息，不能办理个人事项。请用居民账号登录。")
            return refused(request, NotAllowed(text, code="citizens_only"))
        return None

    def sign_in(self, request: HttpRequest) -> HttpResponse:
        """To the sign-in page and back here; programs and fragments get 401."""
        if wants_json(request):
            body = {"error": "sign_in", "message": _("请先登录。"), "fields": {}}
            return JsonResponse(body, status=401, json_dumps_params={"ensure_ascii": False})
        to = redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
        if getattr(request, "htmx", False):
            return HttpResponse(status=401, headers={"HX-Redirect": to["Location"]})
        return to
