"""Sign-in pages: allauth's, less those for mail and for signing up, which a public service does not offer."""

from typing import Any

from allauth.account.views import LoginView
from django.urls import include, path, re_path

from huimin.portal.failures import not_offered
from huimin.portal.ready_accounts import ready


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page; in demo mode with the ready accounts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What allauth gives, and the ready accounts."""
        return {
            **super().get_context_data(**kwargs),
            "ready": ready(),
            "next": self.request.GET.get("next", ""),
        }


urlpatterns = [
    re_path(r"^(signup|email|confirm-email|password/reset|password/set|login/code)/", not_offered),
    path("login/", SignIn.as_view(), name="account_login"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
