"""What is filled in to open a post, to give a role, and to end either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import ROLES, OfficeCard
from huimin.manifest import services

NEW = "new"
Choices = Sequence[tuple[str, str]]


def role_title(service: str, role: str) -> str:
    """A role in words, with its service in front where it is not of the whole platform."""
    found = ROLES.get(f"{service}.{role}")
    title = str(found.title) if found else role
    within = str(services[service].title) if service in services else ""
    return _("%(service)s：%(role)s") % {"service": within, "role": title} if within else title


def role_choices(roles: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Roles to choose from."""
    return [(f"{service}.{role}", role_title(service, role)) for service, role in roles]


class NewPost(forms.Form):
    """An account with a post in an office of a division, and what it may do there."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=80)
    username = forms.CharField(
        label=gettext_lazy("用户名"), max_length=60, validators=[UnicodeUsernameValidator()],
        help_text=gettext_lazy("登录时用，可以是姓名拼音或工号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"invalid": gettext_lazy("用户名只能用汉字、字母、数字和 @ . + - _，中间不留空格。")},
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("职务"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=40, required=False)
    office = forms.ChoiceField(label=gettext_lazy("机构"), widget=forms.RadioSelect)
    office_name = forms.CharField(
        label=gettext_lazy("新机构的名称"), max_length=120, required=False,
        help_text=gettext_lazy("选“新设机构”时填写。"),
    )  # fmt: skip
    office_phone = forms.CharField(label=gettext_lazy("新机构的电话"), max_length=40, required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("权限"), required=False,
        help_text=gettext_lazy("自今日起在所选区划内有效，以后可以增加或收回。"),
    )  # fmt: skip

    def __init__(self, *args: Any, offices: Sequence[OfficeCard], roles: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(one.name, one.name) for one in offices]
        self.fields["office"].choices = [*known, (NEW, _("新设机构"))]  # type: ignore[attr-defined]
        self.fields["office"].initial = known[0][0] if known else NEW
        self.fields["role"].choices = [("", _("暂不授权")), *roles]  # type: ignore[attr-defined]
        if len(roles) == 1:
            self.fields["role"].initial = roles[0][0]

    def clean(self) -> dict[str, Any]:
        """The data with the office by its name."""
        data = super().clean() or {}
        if data.get("office") == NEW:
            data["office"] = data.get("office_name", "").strip()
            if not data["office"] and "office_name" not in self.errors:
                self.add_error("office_name", _("请填写新机构的名称。"))
        return data


class NewGrant(forms.Form):
    """A role for an officer in one of the areas he may be given it in."""

    role = forms.ChoiceField(label=gettext_lazy("权限"))
    area = forms.ChoiceField(label=gettext_lazy("范围"))

    def __init__(self, *args: Any, roles: Choices, areas: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [("", _("请选择")), *roles]  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        if len(roles) == 1:
            self.fields["role"].initial = roles[0][0]


class Reason(forms.Form):
    """Why something ends."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class Sure(forms.Form):
    """A press, with nothing to fill in."""
