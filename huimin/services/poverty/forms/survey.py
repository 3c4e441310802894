"""The survey: a year's income by source and the six guarantees, with what is known filled in and marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.kit import clock
from huimin.services.poverty.forms.desk import YES_NO, Amount
from huimin.services.poverty.guide import GUIDE
from huimin.services.poverty.models import GuaranteeKind

LABELS = {
    "wages": gettext_lazy("工资性收入"),
    "business": gettext_lazy("生产经营收入"),
    "property": gettext_lazy("财产性收入"),
    "transfers": gettext_lazy("转移性收入"),
    "cost": gettext_lazy("生产经营支出"),
    "excluded": gettext_lazy("抚恤优待金（不计入）"),
}


class Survey(forms.Form):
    """Income of one year in yuan, by source, and what was seen of each guarantee."""

    year = forms.TypedChoiceField(label=gettext_lazy("收入年度"), coerce=int)
    members = forms.IntegerField(label=gettext_lazy("计算收入的家庭人口"), min_value=1, max_value=30)

    def __init__(
        self,
        *args: Any,
        required: bool = True,
        known: Mapping[str, Any] | None = None,
        wrong: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        today = clock.today()
        years = [(year, _("%(year)d年") % {"year": year}) for year in range(today.year, today.year - 4, -1)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["members"].help_text = str(GUIDE["members"].text)
        self.units: dict[str, str] = {"members": _("人")}
        self.sources: dict[str, str] = dict(known or {})
        self.wrong = dict(wrong or {})
        for name, label in LABELS.items():
            self.fields[name] = Amount(label=label, required=False, help_text=GUIDE[name].text)
            self.units[name] = _("元/年")
        for kind in GuaranteeKind:
            self.fields[f"guarantee_{kind.value}"] = forms.ChoiceField(
                label=kind.label, choices=YES_NO, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note_{kind.value}"] = forms.CharField(
                label=_("%(what)s的说明") % {"what": kind.label}, max_length=300, required=False
            )

    def amounts(self) -> dict[str, Any]:
        """The amounts that were given, by source."""
        return {name: self.cleaned_data[name] or 0 for name in LABELS}

    def guarantees(self) -> dict[str, bool]:
        """The guarantees that were answered."""
        found = {kind.value: self.cleaned_data.get(f"guarantee_{kind.value}") for kind in GuaranteeKind}
        return {kind: answer == "yes" for kind, answer in found.items() if answer}

    def notes(self) -> dict[str, str]:
        """What was written beside the guarantees."""
        return {kind.value: self.cleaned_data.get(f"note_{kind.value}", "") for kind in GuaranteeKind}

    def income_fields(self) -> Iterator[tuple[Any, str, str, str, Any]]:
        """Each income field with unit, source of what is filled in, what a check found wrong with it, and its guide."""
        for name in LABELS:
            yield (
                self[name],
                self.units[name],
                self.sources.get(name, ""),
                self.wrong.get(name, ""),
                GUIDE[name],
            )

    def guarantee_rows(self) -> Iterator[tuple[Any, Any, str, str, Any]]:
        """Each guarantee with its note, what was known, what a check found wrong with it, and its guide."""
        for kind in GuaranteeKind:
            name = f"guarantee_{kind.value}"
            wrong = self.wrong.get(name, "") or self.wrong.get(kind.value, "")
            yield self[name], self[f"note_{kind.value}"], self.sources.get(name, ""), wrong, GUIDE[kind.value]
