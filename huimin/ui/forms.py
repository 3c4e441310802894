"""How a form field is laid out: label above, unit inside, source of a known value, the error beside it."""

from __future__ import annotations

from typing import Any

from django.forms import (
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    NumberInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _


def describe_field(field: BoundField, unit: str = "", source: str = "", hint: str = "") -> dict[str, Any]:
    """The context of ui/parts/field.html."""
    widget = field.field.widget
    kind = "input"
    css = "form-control"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        kind, css = "choices", "form-check-input"
    elif isinstance(widget, CheckboxInput):
        kind, css = "tick", "form-check-input"
    elif isinstance(widget, Select):
        kind, css = "select", "form-select"
    elif isinstance(widget, Textarea):
        kind = "text"
    name = field.auto_id or field.html_name
    hint = hint or str(field.help_text or "")
    described = [
        f"{name}_{part}"
        for part, there in (("error", field.errors), ("hint", hint), ("source", source))
        if there
    ]
    attrs: dict[str, str | bool] = {"class": f"{css} is-invalid" if field.errors else css}
    if isinstance(widget, NumberInput):  # a number box drops what it cannot read; a text box gives it back
        widget.input_type = "text"
        attrs["inputmode"] = "decimal"
    elif isinstance(widget, DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if described and kind != "choices":
        attrs["aria-describedby"] = " ".join(described)
    if field.errors and kind != "choices":
        attrs["aria-invalid"] = "true"
    return {
        "field": field,
        "kind": kind,
        "control": field.as_widget(attrs=attrs) if kind != "choices" else "",
        "choices": list(field.subwidgets) if kind == "choices" else [],
        "id": name,
        "unit": unit,
        "source": source,
        "hint": hint,
        "described": " ".join(described),
        "errors": _errors(field),
    }


def describe_errors(form: Any) -> list[dict[str, str]]:
    """Every error of a form in the order of its fields: text, field's label and id."""
    found = [{"text": str(text), "label": "", "id": ""} for text in form.non_field_errors()]
    for field in form:
        found += [{"text": text, "label": str(field.label), "id": field.auto_id} for text in _errors(field)]
    return found


def _errors(field: BoundField) -> list[str]:
    """A field's errors; an empty one says what to do instead of naming a rule."""
    chosen = isinstance(field.field.widget, Select | RadioSelect | CheckboxSelectMultiple | CheckboxInput)
    missing = _("请选择") if chosen else _("请填写")
    return [
        missing if error.code == "required" else message
        for error in field.errors.as_data()
        for message in error.messages
    ]
