"""What is filled in to import a file: what it holds and where it is from, what its columns are, what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.intake import api as intake
from huimin.core.intake.types import Mode, RunView, Target

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Upload(forms.Form):
    """A file, what it holds, where it is from."""

    target = forms.ChoiceField(label=gettext_lazy("导入什么"), widget=forms.RadioSelect)
    source = forms.CharField(
        label=gettext_lazy("数据来源"),
        max_length=120,
        help_text=gettext_lazy("例如“县公安局户籍”。同一来源下次不用再对应列。"),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.parquet"}),
        help_text=gettext_lazy(
            "CSV（UTF-8 或 GB18030）、Excel 或 Parquet，第一行是表头。Excel 不超过 60 MB，更大的请存为 CSV。"
        ),
    )

    def __init__(self, *args: Any, targets: Sequence[Target], sources: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"].choices = [(one.name, str(one.title)) for one in targets]  # type: ignore[attr-defined]
        self.fields["target"].initial = targets[0].name


class Arrange(forms.Form):
    """For each heading the column it means; what becomes of bad rows and of rows that differ from the register."""

    mode = forms.ChoiceField(label=gettext_lazy("有误的行怎么办"), widget=forms.RadioSelect)
    differ = forms.ChoiceField(label=gettext_lazy("与登记不一致的行怎么办"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, run: RunView, target: Target, **options: Any) -> None:
        super().__init__(*args, **options)
        self.run = run
        self.fields["mode"].choices = [  # type: ignore[attr-defined]
            (Mode.WHOLE, _("整份导入：先查完每一行，有一行有误就都不导入")),
            (Mode.ROWS, _("逐行导入：没有问题的行先导入，有误的行存成文件，更正后再导入")),
        ]
        self.fields["mode"].initial = run.mode or Mode.WHOLE
        self.fields["differ"].choices = [(one.value, str(one.label)) for one in target.differ]  # type: ignore[attr-defined]
        self.fields["differ"].initial = run.differ or target.differ[0].value
        if len(target.differ) == 1:
            del self.fields["differ"]
        samples = intake.samples(run)
        words = [("", _("不导入"))] + [
            (one.name, f"{one.title}{_('（必需）') if one.required else ''}") for one in target.columns
        ]
        self.columns: list[tuple[str, str, Any]] = []
        for number, heading in enumerate(run.headings):
            name = f"column_{number}"
            self.fields[name] = forms.ChoiceField(
                label=_("“%(heading)s”是") % {"heading": heading},
                choices=words,
                required=False,
                initial=run.mapping.get(heading, ""),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.columns.append((heading, samples.get(heading, ""), self[name]))

    def mapping(self) -> dict[str, str]:
        """Heading to column, as chosen."""
        return {
            heading: self.cleaned_data.get(f"column_{n}", "") for n, heading in enumerate(self.run.headings)
        }


def template_of(target: Target) -> HttpResponse:
    """A workbook to fill in: headings, an example, and on a second sheet what each column wants."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, text = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
    grey = book.add_format({"num_format": "@", "font_color": "#6b7280"})
    sheet, notes = book.add_worksheet(str(target.title)[:31]), book.add_worksheet(_("填写说明"))
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(target.columns):
        sheet.set_column(number, number, 18, text)
        sheet.write_string(0, number, str(column.title), bold)
        notes.write_string(number + 1, 0, str(column.title))
        notes.write_string(number + 1, 1, _("必需") if column.required else _("选填"))
        notes.write_string(number + 1, 2, str(column.hint))
        notes.write_string(number + 1, 3, column.example, grey)
    for number, heading in enumerate((_("列"), _("是否必需"), _("说明"), _("例如"))):
        notes.write_string(0, number, heading, bold)
    notes.set_column(0, 3, 26)
    book.close()
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{target.name}.xlsx"'
    return response
