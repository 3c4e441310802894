"""The forms of other departments' programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import PURPOSES, SCOPES


def scope_choices() -> list[tuple[str, object]]:
    """Everything a program may be let do."""
    return [(name, one.title) for name, one in SCOPES.items()]


class NewClient(forms.Form):
    """A program to let in."""

    name = forms.CharField(
        label=_("单位和系统"),
        max_length=120,
        help_text=_("例如：永登县医保局 结算系统。推送的数据以这个名称为来源。"),
    )
    area = forms.ChoiceField(label=_("辖区"), help_text=_("只能看到和办理这个区划以内的人和户。"))
    scopes = forms.MultipleChoiceField(
        label=_("允许它做什么"), choices=scope_choices, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.ChoiceField(
        label=_("用途"),
        choices=[("", _("请选择")), *((code.value, title) for code, title in PURPOSES.items())],
        help_text=_("它查看居民信息时记入查看记录的用途。"),
    )
    end = forms.DateField(
        label=_("停用日期"), required=False, help_text=_("到这天自动停用；不填则一直有效。")
    )
    per_minute = forms.IntegerField(label=_("每分钟最多次数"), min_value=1, max_value=100_000, initial=600)

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = list(areas)  # type: ignore[attr-defined]


class Closing(forms.Form):
    """Why a program is shut out."""

    reason = forms.CharField(label=_("停用的理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
