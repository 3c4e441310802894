"""Forms of the meeting, the notice, the checks and the citizen; what they mean is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huimin.services.poverty.models import Cause, GuaranteeKind

WRONG = (
    ("year", _("收入年度")), ("members", _("家庭人口")), ("wages", _("工资收入")), ("business", _("经营收入")),
    ("property", _("财产收入")), ("transfers", _("转移收入")), ("cost", _("生产成本")),
    *((f"guarantee_{kind.value}", kind.label) for kind in GuaranteeKind),
)  # fmt: skip
NUMBER: dict[str, Any] = {"min_value": 0, "max_value": 100_000}


class MeetingForm(forms.Form):
    """A democratic review: when, where, who led it, how many came."""

    held_on = forms.DateField(label=_("评议日期"))
    place = forms.CharField(label=_("地点"), max_length=120)
    chair = forms.CharField(label=_("主持人"), max_length=60)
    recorder = forms.CharField(label=_("记录人"), max_length=60, required=False)
    eligible = forms.IntegerField(label=_("应到代表"), min_value=1, max_value=100_000)
    present = forms.IntegerField(label=_("实到代表"), min_value=1, max_value=100_000)


class VoteForm(forms.Form):
    """What the meeting said about one household."""

    agree = forms.IntegerField(label=_("同意"), **NUMBER)
    against = forms.IntegerField(label=_("反对"), **NUMBER)
    abstain = forms.IntegerField(label=_("弃权"), **NUMBER)
    opinion = forms.CharField(label=_("评议意见"), max_length=500, required=False)


class PostForm(forms.Form):
    """Where and from when a notice hangs; `sources` says where a first value is from."""

    sources: dict[str, str]
    place = forms.CharField(label=_("张贴地点"), max_length=200)
    start = forms.DateField(label=_("开始日期"), help_text=_("今天前后三天之内。"))


class SettleForm(forms.Form):
    """The outcome of an objection."""

    upheld = forms.ChoiceField(
        label=_("处理结果"),
        choices=(("yes", _("异议成立，退回重新调查")), ("no", _("异议不成立"))),
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(
        label=_("核实情况和处理理由"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class ObjectForm(forms.Form):
    """An objection from the public; a name or a way to reach the person is not asked for."""

    row = forms.ChoiceField(label=_("对哪一户有不同意见"))
    text = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 5}), max_length=2000)
    contact = forms.CharField(
        label=_("联系电话"), max_length=120, required=False,
        help_text=_("不留也可以。留下后，工作人员核实时可以联系您；不会公开。"),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The written answer to an appeal."""

    upheld = forms.ChoiceField(
        label=_("答复"),
        choices=(("yes", _("申诉成立，重新调查")), ("no", _("维持原决定"))),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("答复全文"), widget=forms.Textarea(attrs={"rows": 7}), max_length=4000,
        help_text=_("会原文送达申请户，请写明核对了什么、依据哪一条。"),
    )  # fmt: skip


class ApplyForm(forms.Form):
    """The household applies for itself."""

    cause = forms.ChoiceField(label=_("主要原因"), choices=(("", _("请选择")), *Cause.choices))
    text = forms.CharField(
        label=_("家里遇到了什么困难"), widget=forms.Textarea(attrs={"rows": 6}), max_length=2000,
        help_text=_("写清楚什么时候、发生了什么、花了或少了多少钱就可以。"),
    )  # fmt: skip
    authorised = forms.BooleanField(label=_("我同意为办理这次申请核对家庭的收入、财产、就医和上学情况"))


class AppealForm(forms.Form):
    """Why the household disagrees."""

    text = forms.CharField(
        label=_("哪里不对"), widget=forms.Textarea(attrs={"rows": 7}), max_length=4000,
        help_text=_("写明哪一条事实不对、实际是多少。有单据可以在入户核对时出示。"),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """Why the household takes its application back."""

    reason = forms.CharField(
        label=_("撤回的原因"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500, required=False
    )


class VerdictForm(forms.Form):
    """Why households are returned or refused, and which fields are wrong."""

    reason = forms.CharField(
        label=_("理由"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False,
    )  # fmt: skip
    wrong = forms.MultipleChoiceField(
        label=_("哪里要改"), required=False, widget=forms.CheckboxSelectMultiple, choices=WRONG
    )
