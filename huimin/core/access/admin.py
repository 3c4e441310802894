"""Django's admin for system administrators: reading, and an account's two changes through actions."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.decorators import secure_admin_login
from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from huimin.core.access import actions
from huimin.core.access.models import Account, Grant, Look, Office, Officer
from huimin.core.access.scope import current
from huimin.kit.refusal import Refused


class SystemSite(admin.AdminSite):
    """A site of our own with nothing but what is registered here: others' models would be writable."""

    site_header = site_title = _("惠民系统管理")
    index_title = _("机构、账号与权限")

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(request.user.is_active and request.user.is_superuser)


site = SystemSite(name="admin")
site.login = secure_admin_login(site.login)  # type: ignore[method-assign]
site.disable_action("delete_selected")


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic when it runs
    """Pages that show and never write: only actions write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)


@admin.register(Account, site=site)
class AccountAdmin(ReadOnly):
    """Accounts: who can sign in."""

    list_display = ("username", "display_name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "is_demo")
    search_fields = ("username", "display_name")
    exclude = ("password", "person_id", "user_permissions", "groups", "first_name", "last_name", "email")
    actions = ("give_new_password", "close")

    @admin.action(description=_("重置密码（显示一次）"))
    def give_new_password(self, request: HttpRequest, chosen: QuerySet[Account]) -> None:
        """Give each chosen account a new password, shown once to the administrator."""
        for account in chosen:
            password = secrets.token_urlsafe(9)
            try:
                actions.set_password(current(), account=account.pk, password=password)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                return
            words = _("%(name)s 的新密码：%(password)s（只显示这一次）") % {
                "name": account.username,
                "password": password,
            }
            self.message_user(request, words, messages.WARNING)

    @admin.action(description=_("停用账号"))
    def close(self, request: HttpRequest, chosen: QuerySet[Account]) -> None:
        """Close each chosen account but one's own."""
        for account in chosen.exclude(pk=request.user.pk or 0):
            try:
                actions.close_account(current(), account=account.pk, reason="system administration")
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                return


@admin.register(Office, site=site)
class OfficeAdmin(ReadOnly):
    """Offices."""

    list_display = ("name", "division_code", "phone")
    search_fields = ("name", "division_code")


class GrantsOf(admin.TabularInline):  # type: ignore[type-arg]
    """The roles of an officer."""

    model = Grant
    extra = 0
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Officer, site=site)
class OfficerAdmin(ReadOnly):
    """Officers with what they may do and where."""

    list_display = ("account", "title", "office", "start", "end")
    search_fields = ("account__username", "account__display_name", "office__name")
    list_select_related = ("account", "office")
    inlines = (GrantsOf,)


@admin.register(Grant, site=site)
class GrantAdmin(ReadOnly):
    """Roles given."""

    list_display = ("officer", "service", "role", "area_code", "start", "end", "given_by")
    list_filter = ("service", "role")
    list_select_related = ("officer__account",)


@admin.register(Look, site=site)
class LookAdmin(ReadOnly):
    """Who looked at whom."""

    list_display = ("at", "viewer_label", "subject", "purpose", "revealed")
    list_filter = ("purpose",)


@admin.register(AccessAttempt, site=site)
class AttemptAdmin(ReadOnly):
    """Failed sign-ins and who is locked out."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    exclude = ("get_data", "post_data", "http_accept")


@admin.register(ProcrastinateJob, site=site)
class JobAdmin(ReadOnly):
    """Background jobs and how they went."""

    list_display = ("id", "task_name", "status", "attempts", "scheduled_at")
    list_filter = ("status",)
