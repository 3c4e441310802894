"""How a form field is laid out: label above, unit inside, where a known value came from, the error beside it."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.forms.boundfield import BoundField


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
    attrs = {"class": f"{css} is-invalid" if field.errors else css}
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
    }


def describe_errors(form: Any) -> list[dict[str, str]]:
    """Every error of a form in the order of its fields: text, field's label and id."""
    found = [{"text": str(text), "label": "", "id": ""} for text in form.non_field_errors()]
    for field in form:
        found += [{"text": str(text), "label": str(field.label), "id": field.auto_id} for text in field.errors]
    return found
