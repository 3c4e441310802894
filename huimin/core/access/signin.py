"""How people sign in: with a name and a password, to the door that is theirs; nobody signs himself up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from huimin.core.access.viewers import viewer_of


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's form without its hint at mail, and with labels instead of placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by an office, through actions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("用户名或密码不对，请核对后再输入。忘记密码请找本单位管理员重置。"),
        "too_many_login_attempts": _("尝试次数过多，请十五分钟后再试。"),
        "account_inactive": _("这个账号已经停用，请找本单位管理员。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account belongs to a known person."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officers go to the desk, citizens home."""
        return viewer_of(request.user).home  # type: ignore[arg-type]

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Say on a page of ours that the account is closed."""
        from django.shortcuts import render

        return render(request, "account/account_inactive.html", status=403)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No boxes for what the page itself shows."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The platform sends no mail; changes of a second factor are seen on the account's page."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """See send_notification_mail."""
