from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "huimin.core.access"
    label = "access"
    verbose_name = _("机构、账号与权限")

    def ready(self) -> None:
        from huimin.core.access.types import Role
        from huimin.core.access.viewers import register_roles

        keeps = {
            "open_office", "appoint", "open_post", "end_post", "grant", "end_grant", "open_account",
            "set_password", "close_account", "merge_villages", "split_village", "rename_division",
        }  # fmt: skip
        outlets = {f"exports.{a}" for a in ("start", "stop", "resume", "take")}
        register_roles(
            "*",
            [
                Role(
                    code="admin",
                    title=_("系统管理员"),
                    level=0,
                    reads=False,
                    actions=frozenset(f"access.{a}" for a in keeps) | outlets,
                ),
                Role(
                    code="auditor", title=_("审计员"), level=1, actions=frozenset({"access.unmask"}) | outlets
                ),
            ],
        )
