"""Every address: the portal's doors, the accounts, and each service's pages under the three doors."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

from huimin.core.access.admin import site as system_site
from huimin.manifest import services


def mounted(label: str, folder: str) -> URLResolver:
    """A service's lists `desk`, `me`, `open` under /<door>/<label>/, in one namespace."""
    pages = import_module(f"{folder}.urls")
    doors: list[URLPattern | URLResolver] = [
        path(f"{door}/{label}/", include(list(getattr(pages, door, ())))) for door in ("desk", "me", "open")
    ]
    return path("", include((doors, label), namespace=label))


def service_urls() -> list[URLResolver]:
    """The pages of every service that is registered."""
    from django.apps import apps

    return [mounted(label, apps.get_app_config(label).name) for label in services]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("huimin.portal.urls")),
    path("account/", include("huimin.portal.account_urls")),
    path("system/", system_site.urls),
    path("api/v1/", include("huimin.portal.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *service_urls(),
]

handler400 = "huimin.portal.failures.bad_request"
handler403 = "huimin.portal.failures.forbidden"
handler404 = "huimin.portal.failures.not_found"
handler500 = "huimin.portal.failures.broken"
