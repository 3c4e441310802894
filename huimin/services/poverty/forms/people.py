"""Changes of the household's people, on any day: who comes, who leaves, what was written wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huimin.core.people.types import Education, Joining, Leaving, Relation, Sex
from huimin.services.poverty.forms.desk import PastDay


class MemberAdded(forms.Form):
    """A birth, a marriage, a move in."""

    reason = forms.ChoiceField(
        label=_("为什么增加"),
        choices=[one for one in Joining.choices if one[0] != "founding"],
        widget=forms.RadioSelect,
    )
    on = PastDay(label=_("从哪天起"), help_text=_("事情发生的那天。今天登记的日子系统会另外记下。"))
    relation = forms.ChoiceField(
        label=_("与户主的关系"),
        choices=[("", _("请选择")), *(one for one in Relation.choices if one[0] != "head")],
    )
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=20,
        required=False,
        help_text=_("已登记的人填号码就行，其余不用再填。新生儿还没有号码可以先不填。"),
    )
    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=[("", _("请选择")), *Sex.choices], required=False)
    birth_date = PastDay(label=_("出生日期"), required=False)
    leave = forms.BooleanField(label=_("同时从原来的户里转出"), required=False)


class MemberEnded(forms.Form):
    """A death, a move, a marriage away."""

    reason = forms.ChoiceField(
        label=_("为什么减少"),
        choices=[one for one in Leaving.choices if one[0] != "closed"],
        widget=forms.RadioSelect,
    )
    on = PastDay(label=_("从哪天起不在这一户"), help_text=_("事情发生的那天。今天登记的日子系统会另外记下。"))
    new_head = forms.ChoiceField(label=_("新户主"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, heirs: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if heirs:
            self.fields["new_head"].choices = [("", _("配偶或最年长的成员")), *heirs]  # type: ignore[attr-defined]
        else:
            del self.fields["new_head"]


class PersonCorrected(forms.Form):
    """Correcting what was written wrong; a field left as it is stays."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices)
    birth_date = PastDay(label=_("出生日期"))
    ethnicity = forms.CharField(label=_("民族"), max_length=20)
    education = forms.ChoiceField(label=_("文化程度"), choices=Education.choices, required=False)
    phone = forms.CharField(label=_("新的联系电话"), max_length=20, required=False)
    id_number = forms.CharField(label=_("正确的证件号码"), max_length=20, required=False)
    reason = forms.CharField(
        label=_("更正的理由"), max_length=200, help_text=_("看了什么证件，原来错在哪里。")
    )


class ProposalRefused(forms.Form):
    """Why another department's data are not taken over."""

    reason = forms.CharField(
        label=_("退回的理由"),
        max_length=300,
        help_text=_("写明怎样核实的、哪里不对，来源部门将据此核对。"),
    )


class HeadChanged(forms.Form):
    """What each of the others is to the new head."""

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [("", _("请选择")), *(one for one in Relation.choices if one[0] != "head")]
        for id, name in others:
            label = _("%(name)s是新户主的") % {"name": name}
            self.fields[id] = forms.ChoiceField(label=label, choices=kinds)


class HouseholdMoved(forms.Form):
    """Where a whole household lives from a day on."""

    division_code = forms.ChoiceField(label=_("迁到哪个村（社区）"))
    group_no = forms.IntegerField(
        label=_("村民小组"), min_value=0, max_value=99, help_text=_("没有分组填 0。")
    )
    address = forms.CharField(
        label=_("新住址"), max_length=200, help_text=_("只写村组以下，例如“18号”。原住址留在历史记录里。")
    )
    on = PastDay(label=_("从哪天起"), help_text=_("实际搬迁的那天。今天登记的日子系统会另外记下。"))

    def __init__(self, *args: Any, villages: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["division_code"].choices = villages  # type: ignore[attr-defined]


class HouseholdClosed(forms.Form):
    """The end of a household, with the reason that stays."""

    on = PastDay(label=_("从哪天起销户"), help_text=_("全家都不在这一户的那天。"))
    reason = forms.CharField(
        label=_("销户的理由"), max_length=200, help_text=_("例如全家迁往外省、并入另一户、全家去世。")
    )
    sure = forms.BooleanField(label=_("我已核对，这一户不再有人"))
