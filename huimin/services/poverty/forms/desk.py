"""What officers fill in: applications, risks, visits, measures, officers, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huimin.kit import clock
from huimin.services.poverty.models import Cause, GuaranteeKind
from huimin.services.poverty.programme import MEASURES

YES_NO = [("yes", _("有保障")), ("no", _("没有保障"))]


class Amount(forms.DecimalField):
    """An amount in yuan, as people type it: with commas, full-width digits, or 万."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=Decimal(0), **options)

    def to_python(self, value: Any) -> Any:
        """The amount; commas and spaces are passed over."""
        if isinstance(value, str):
            value = (
                value.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,"))
                .replace(",", "")
                .replace(" ", "")
                .removesuffix("元")
            )
        return super().to_python(value)


class PastDay(forms.DateField):
    """A day until today."""

    def clean(self, value: Any) -> date | None:
        """The day; raise ValidationError for one that is still to come."""
        found: date | None = super().clean(value)
        if found is not None and found > clock.today():
            raise forms.ValidationError(_("日期不能晚于今天。"), code="future")
        return found


class Apply(forms.Form):
    """Putting a household forward on its behalf."""

    route = forms.ChoiceField(
        label=_("怎样发现的"),
        choices=[("officer", _("干部排查")), ("self", _("户主自己提出，我代为填写"))],
        widget=forms.RadioSelect,
    )
    cause = forms.ChoiceField(label=_("主要原因"), choices=[("", _("请选择")), *Cause.choices])
    text = forms.CharField(
        label=_("家里遇到的困难"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("什么时候、发生了什么、花费或损失多少。"),
        max_length=2000,
    )
    authorised = forms.BooleanField(label=_("户主已同意核对家庭收入、医疗、就学等信息"), required=False)


class RiskAdded(forms.Form):
    """A cause or risk."""

    cause = forms.ChoiceField(label=_("原因"), choices=[("", _("请选择")), *Cause.choices])
    detail = forms.CharField(
        label=_("具体情况"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=300
    )
    since = PastDay(label=_("从哪天起"))
    sudden = forms.BooleanField(label=_("是突然发生的严重困难"), required=False)
    loss = Amount(
        label=_("支出和损失合计"), required=False, help_text=_("突发困难时填写，扣除已报销、已理赔的部分。")
    )
    units = {"loss": _("元")}


class RiskRemoved(forms.Form):
    """The end of a risk."""

    on = PastDay(label=_("从哪天起消除"))
    how = forms.CharField(label=_("怎样消除的"), widget=forms.Textarea(attrs={"rows": 3}), max_length=200)


class Reason(forms.Form):
    """A written reason."""

    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 4}), max_length=1000)


class Exit(forms.Form):
    """Proposing that a household leaves."""

    text = forms.CharField(
        label=_("提出退出的理由"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("收入怎样、保障怎样、原来的风险怎样消除的。"),
    )


class Nothing(forms.Form):
    """Only a confirmation."""


class Measure(forms.Form):
    """One piece of help."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[(one.code, one.title) for one in MEASURES], widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("做什么"),
        max_length=200,
        help_text=_("例如：养牛 2 头；公益性岗位护林员；危房改造 60 平方米。"),
    )
    cost = Amount(label=_("金额"), help_text=_("没有花费填 0。"))
    fund = forms.CharField(label=_("资金来源"), max_length=120, required=False)
    executor = forms.CharField(label=_("由谁落实"), max_length=120, required=False)
    start = forms.DateField(label=_("开始日期"))
    end = forms.DateField(label=_("计划结束日期"), required=False)
    units = {"cost": _("元")}


class Finished(forms.Form):
    """The end of a measure."""

    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[("done", _("已完成")), ("stopped", _("中途停止"))],
        widget=forms.RadioSelect,
        initial="done",
    )
    result = forms.CharField(
        label=_("成效"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("例如：年增收 6,000 元；停止的写明原因。"),
    )
    on = PastDay(label=_("结束日期"))


class Assigned(forms.Form):
    """Who is responsible from when."""

    officer = forms.ChoiceField(label=_("帮扶责任人"))
    start = forms.DateField(label=_("从哪天起"))

    def __init__(self, *args: Any, officers: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["officer"].choices = [("", _("请选择")), *officers]  # type: ignore[attr-defined]


class Dismissed(forms.Form):
    """What a visit after an alert found."""

    outcome = forms.CharField(
        label=_("核实情况"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=300,
        help_text=_("哪天、见了谁、看到什么，为什么没有风险。"),
    )


class Photos(forms.ClearableFileInput):
    """Several photos at once."""

    allow_multiple_selected = True


class PhotoList(forms.FileField):
    """The photos of a visit: JPG, PNG or WebP, at most 8 MB each and nine in all."""

    widget = Photos

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files; raise ValidationError naming the one that is no photo."""
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > 9:
            raise forms.ValidationError(_("一次最多 9 张照片。"), code="too_many")
        for one in files:
            first = one.read(12)
            one.seek(0)
            picture = first.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
                first[:4] == b"RIFF" and first[8:12] == b"WEBP"
            )
            if not picture:
                raise forms.ValidationError(
                    _("“%(name)s”不是照片，请选 JPG、PNG 或 WebP 格式。"),
                    params={"name": one.name},
                    code="no_photo",
                )
            if one.size > 8 * 1024 * 1024:
                raise forms.ValidationError(
                    _("照片“%(name)s”超过 8 MB，请压缩后再选。"), params={"name": one.name}, code="too_large"
                )
        return files


class Visit(forms.Form):
    """A visit, on one screen of a phone."""

    on = PastDay(label=_("走访日期"))
    met = forms.CharField(label=_("见到了谁"), max_length=120)
    found = forms.CharField(
        label=_("了解到的情况"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    promised = forms.CharField(
        label=_("答应办的事"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    promised_by = forms.DateField(label=_("哪天前办到"), required=False)
    photos = PhotoList(
        label=_("照片"),
        required=False,
        widget=Photos(attrs={"accept": "image/jpeg,image/png,image/webp", "class": "form-control"}),
    )

    def __init__(self, *args: Any, known: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in GuaranteeKind:
            self.fields[f"guarantee_{kind.value}"] = forms.ChoiceField(
                label=kind.label, choices=[("", _("没有变化")), *YES_NO], required=False
            )
            self.fields[f"base_{kind.value}"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["note"] = forms.CharField(label=_("保障变化的说明"), max_length=300, required=False)

    @property
    def guarantees(self) -> list[Any]:
        """The six guarantee fields in order."""
        return [self[f"guarantee_{kind.value}"] for kind in GuaranteeKind]

    def changed(self) -> dict[str, bool]:
        """The guarantees that were found changed."""
        return {
            kind.value: self.cleaned_data[f"guarantee_{kind.value}"] == "yes"
            for kind in GuaranteeKind
            if self.cleaned_data.get(f"guarantee_{kind.value}")
        }
