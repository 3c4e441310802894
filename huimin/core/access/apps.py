from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "huimin.core.access"
    label = "access"
    verbose_name = _("机构、账号与权限")

    def ready(self) -> None:
        from huimin.core.access.scopes import Scope, register_scopes
        from huimin.core.access.types import Role
        from huimin.core.access.viewers import register_roles

        keeps = {
            "open_office", "appoint", "open_post", "end_post", "grant", "end_grant", "open_account",
            "set_password", "close_account", "open_client", "renew_client", "close_client",
            "merge_villages", "split_village", "rename_division",
        }  # fmt: skip
        register_scopes(
            [
                Scope(name="people:read", title=_("查询人员和户（证件号码、电话遮盖）")),
                Scope(
                    name="people:write", title=_("登记人员"), actions=frozenset({"people.register_person"})
                ),
                Scope(
                    name="people:propose",
                    title=_("推送人员信息变更（由干部核实）"),
                    actions=frozenset({"people.propose_change"}),
                ),
                Scope(name="facts:read", title=_("查询数据项")),
                Scope(name="decisions:read", title=_("查询决定和理由")),
                Scope(name="programmes:read", title=_("查询帮扶对象和办理进度")),
            ]
        )
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
