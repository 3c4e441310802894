"""The demo's ready accounts: one press signs in. Refused everywhere but in demo mode."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huimin.core.access.api import demo_accounts, viewer_of
from huimin.kit.refusal import NotFound

READY = {
    "citizen": (gettext_lazy("居民"), gettext_lazy("看自己的事项、帮扶、申诉"), "user"),
    "village": (gettext_lazy("村干部"), gettext_lazy("入户、评议、公示"), "home-heart"),
    "township": (gettext_lazy("乡镇干部"), gettext_lazy("审核、第二次公示"), "building-community"),
    "county": (gettext_lazy("县级干部"), gettext_lazy("审批、公告、退出"), "building-bank"),
    "province": (gettext_lazy("省级干部"), gettext_lazy("查看全省，不办理单户"), "map-2"),
    "policy": (gettext_lazy("政策起草员"), gettext_lazy("起草规则、试算、提请发布"), "edit"),
    "publisher": (
        gettext_lazy("规则发布人"),
        gettext_lazy("审看提请的规则，确定施行日期并发布"),
        "writing-sign",
    ),
    "auditor": (gettext_lazy("审计员"), gettext_lazy("操作日志与查看记录"), "eye"),
    "admin": (gettext_lazy("系统管理员"), gettext_lazy("机构、账号与权限"), "settings"),
}


@dataclass(frozen=True)
class Ready:
    """An account one can sign in to with one press."""

    username: str
    title: str
    does: str
    icon: str
    label: str


def ready() -> list[Ready]:
    """The ready accounts that are there, in the order of READY; none outside demo mode."""
    if not settings.DEMO:
        return []
    found = demo_accounts(READY)
    return [
        Ready(name, str(title), str(does), icon, str(found[name]))
        for name, (title, does, icon) in READY.items()
        if name in found
    ]


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the ready account `account`; 404 outside demo mode and for accounts that are real."""
    name = request.POST.get("account", "")
    account = demo_accounts([name]).get(name) if settings.DEMO and name in READY else None
    if account is None or not account.is_active:
        raise NotFound(_("没有这个演示账号。"), code="no_ready_account")
    login(request, account, backend="allauth.account.auth_backends.AuthenticationBackend")
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}):
        to = viewer_of(account).home
    return HttpResponseRedirect(to)
