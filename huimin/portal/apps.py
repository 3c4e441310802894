from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "huimin.portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from huimin.core.exports.api import register_export
        from huimin.portal.lists import EXPORTS

        for export in EXPORTS:
            register_export(export)
