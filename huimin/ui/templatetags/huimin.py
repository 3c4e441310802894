"""`{% load huimin %}`: the components and the filters that write values. Shapes are in huimin/ui/parts.py."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huimin.ui import bars, formats, listing
from huimin.ui.forms import describe_errors, describe_field
from huimin.ui.parts import Chart, Column, Filter, State

register = template.Library()
log = logging.getLogger(__name__)

SPRITE = Path(__file__).resolve().parent.parent / "static" / "vendor" / "tabler-icons" / "sprite.svg"
TONE_ICONS = {
    "plain": "circle",
    "done": "circle-check",
    "info": "info-circle",
    "waiting": "clock",
    "refused": "circle-x",
}
PARTS = "ui/parts/"
FORMATS = (("xlsx", "Excel"), ("csv", "CSV"), ("parquet", "Parquet"))  # a list can be exported as

for written in (
    formats.number,
    formats.yuan,
    formats.cdate,
    formats.ctime,
    formats.idate,
    formats.itime,
    formats.listed,
    formats.masked,
):
    register.filter(written.__name__, written)


@cache
def icon_names() -> frozenset[str]:
    """Names in the sprite; tools/vendor_icons.py is where to add one."""
    found = SPRITE.read_text(encoding="utf-8").split('<symbol id="')[1:]
    return frozenset(part.split('"', 1)[0] for part in found)


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """`{% icon "home" %}`: decorative; with `label` it is read aloud; `size` is "" (1.25em), "lg" or "xl"."""
    if name not in icon_names():
        log.warning("no icon named %r in the sprite: add it to tools/vendor_icons.py", name)
        name = "point"
    href = f"{static('vendor/tabler-icons/sprite.svg')}#{name}"
    css = f"hm-icon hm-icon-{size}" if size else "hm-icon"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', css, href
    )


@register.filter
def message_tone(level: str) -> str:
    """Django's message levels as tones."""
    return {"success": "done", "warning": "waiting", "error": "refused"}.get(level, "info")


@register.filter
def tone_icon(tone: str) -> str:
    """The usual icon of a tone."""
    return TONE_ICONS.get(tone or "plain", "circle")


@register.inclusion_tag(PARTS + "state.html")
def state(word: Any, tone: str = "plain", icon: str = "") -> dict[str, Any]:
    """`{% state "等您确认" "waiting" %}` or `{% state some_State %}`: a word with icon and tone."""
    found = word if isinstance(word, State) else State(str(word), tone, icon)
    return {"state": found, "icon": found.icon or tone_icon(found.tone)}


@register.inclusion_tag(PARTS + "header.html", takes_context=True)
def header(
    context: Any, title: str, *, places: Any = (), lead: str = "", actions: Any = (), state: Any = None
) -> dict[str, Any]:
    """`{% header "监测户" places=places lead="…" actions=actions %}`: title, places above, actions."""
    return {
        "title": title,
        "places": places,
        "lead": lead,
        "actions": actions,
        "state": state,
        **_base(context),
    }


@register.inclusion_tag(PARTS + "action.html", takes_context=True)
def action(context: Any, action: Any, size: str = "") -> dict[str, Any]:
    """`{% action some_Action %}`: a button or link; a `post` one carries the CSRF token, goes out once."""
    return {"action": action, "size": size, **_base(context)}


@register.inclusion_tag(PARTS + "filters.html", takes_context=True)
def filters(context: Any, filters: list[Filter], saved: Any = (), search: str = "") -> dict[str, Any]:
    """`{% filters filters saved=views search="姓名" %}`: chips that change the query, without script."""
    query = _query(context)
    chips = [listing.chip(query, one) for one in filters]
    return {
        "chips": chips,
        "saved": saved,
        "search": search,
        "term": query.get("q", ""),
        "kept": listing.kept(query, "q"),
        "clear": listing.url(query, **dict.fromkeys([one.name for one in filters] + ["q"])),
        "any": any(chip.value for chip in chips) or query.get("q"),
    }


@register.inclusion_tag(PARTS + "table.html", takes_context=True)
def table(context: Any, table: Any, id: str = "table") -> dict[str, Any]:
    """`{% table some_Table %}`: a dense list with keyset pager, bulk bar, exports and its empty state."""
    query = _query(context)
    gone = listing.hidden(query, len(table.columns))
    shown = [column for index, column in enumerate(table.columns) if index not in gone]
    return {
        "table": table,
        "id": id,
        "heads": [listing.head(query, column) for column in shown],
        "choices": listing.choices(query, table.columns) if len(table.columns) > 4 else [],
        "lines": [
            (
                row,
                [
                    pair
                    for index, pair in enumerate(zip(table.columns, row.cells, strict=True))
                    if index not in gone
                ],
            )
            for row in table.rows
        ],
        "ticks": bool(table.bulk and table.rows),
        "before_url": listing.url(query, before=table.pager.before, after=None) if table.pager else "",
        "after_url": listing.url(query, after=table.pager.after, before=None) if table.pager else "",
        "export_url": context.get("export_url", "") if getattr(table, "export", "") else "",
        "export_key": uuid4(),
        "export_query": listing.url(query, hide=None)[1:] + getattr(table, "export_query", ""),
        "formats": FORMATS,
        **_base(context),
    }


@register.inclusion_tag(PARTS + "cell.html")
def cell(value: Any, column: Column) -> dict[str, Any]:
    """One value of a table as its column says."""
    shown, kind = listing.written(value, column)
    return {"value": shown, "kind": kind}


@register.inclusion_tag(PARTS + "steps.html")
def steps(steps: Any, label: str = "") -> dict[str, Any]:
    """`{% steps steps %}`: the way: done, current and next, with whose turn and date; upright on a phone."""
    return {"steps": steps, "label": label}


@register.inclusion_tag(PARTS + "marks.html")
def marks(marks: Any) -> dict[str, Any]:
    """`{% marks marks %}`: the guarantees as plain marks: icon, word, date."""
    return {"marks": marks}


@register.inclusion_tag(PARTS + "facts.html")
def facts(facts: Any) -> dict[str, Any]:
    """`{% facts facts %}`: named values with unit, source and date."""
    return {"facts": facts}


@register.inclusion_tag(PARTS + "letter.html", takes_context=True)
def letter(context: Any, letter: Any) -> dict[str, Any]:
    """`{% letter some_Letter %}`: a decision: 结果, 为什么, 依据, 怎样会改变, 不同意, 存证."""
    return {"letter": letter, **_base(context)}


@register.inclusion_tag(PARTS + "timeline.html")
def timeline(events: Any, label: str = "") -> dict[str, Any]:
    """`{% timeline events %}`: what happened, newest first as given."""
    return {"events": events, "label": label}


@register.inclusion_tag(PARTS + "income.html")
def income(income: Any) -> dict[str, Any]:
    """`{% income some_Income %}`: income as a stacked bar against the line."""
    return {"income": income, "bar": bars.stack(income)}


@register.inclusion_tag(PARTS + "stat.html")
def stat(stat: Any) -> dict[str, Any]:
    """`{% stat some_Stat %}`: one large figure with unit, period, as-of day and its marks."""
    value = stat.value if isinstance(stat.value, str) else formats.number(stat.value)
    return {"stat": stat, "value": value}


@register.inclusion_tag(PARTS + "tiles.html")
def tiles(tiles: Any) -> dict[str, Any]:
    """`{% tiles tiles %}`: services as large tiles, three in a row on a phone."""
    return {"tiles": tiles}


@register.inclusion_tag(PARTS + "waiting.html")
def waiting(items: Any) -> dict[str, Any]:
    """`{% waiting items %}`: what waits for the reader; says so when nothing does."""
    return {"items": items}


@register.inclusion_tag(PARTS + "progress.html", takes_context=True)
def progress(context: Any, progress: Any, id: str = "progress") -> dict[str, Any]:
    """`{% progress some_Progress %}`: a long work, asked again while it runs, that can be stopped."""
    share = bars.share(progress.done, progress.total)
    return {"progress": progress, "id": id, "share": share, **_base(context)}


@register.inclusion_tag(PARTS + "notice.html")
def notice(notice: Any) -> dict[str, Any]:
    """`{% notice some_Notice %}`: a public notice for A4; put it on ui/print.html."""
    return {"notice": notice}


@register.inclusion_tag(PARTS + "chart.html")
def chart(chart: Chart, id: str = "chart") -> dict[str, Any]:
    """`{% chart some_Chart id="trend" %}`: an ECharts figure with its data as a table for everyone else."""
    return {
        "chart": chart,
        "id": id,
        "data": bars.chart_data(chart),
        "rows": bars.chart_rows(chart),
        "gaps": bars.chart_has_gaps(chart),
    }


@register.inclusion_tag(PARTS + "empty.html", takes_context=True)
def empty(
    context: Any, title: str, hint: str = "", action: Any = None, icon: str = "inbox"
) -> dict[str, Any]:
    """`{% empty "没有待办" "新的待办会出现在这里" %}`: an empty list says what that means."""
    return {"title": title, "hint": hint, "action": action, "icon": icon, **_base(context)}


@register.inclusion_tag(PARTS + "message.html")
def message(text: str, tone: str = "info", hint: str = "") -> dict[str, Any]:
    """`{% message "没有连上登记库" "refused" hint="请稍后再试" %}`: what happened and what to do."""
    return {"text": text, "tone": tone, "hint": hint}


@register.inclusion_tag(PARTS + "loading.html")
def loading(rows: int = 3, label: str = "") -> dict[str, Any]:
    """`{% loading 5 %}`: keeps the place of what will come."""
    return {"rows": range(rows), "label": label}


@register.inclusion_tag(PARTS + "field.html")
def field(field: Any, unit: str = "", source: str = "", hint: str = "") -> dict[str, Any]:
    """`{% field form.income unit="元" source="民政低保库 2026-11-01" %}`: one form field."""
    return describe_field(field, unit, source, hint)


@register.inclusion_tag(PARTS + "fields.html")
def fields(form: Any) -> dict[str, Any]:
    """`{% fields form %}`: errors on top, then every field; reads `form.units` and `form.sources` by name."""
    return {"form": form}


@register.inclusion_tag(PARTS + "form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """`{% form_errors form %}`: the list on top, each line leading to its field."""
    return {"errors": describe_errors(form)}


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`{{ form.units|item:name }}`."""
    return (mapping or {}).get(key, "")


def _base(context: Any) -> dict[str, Any]:
    found = {"csrf_token": context.get("csrf_token"), "door": context.get("door", "")}
    return found | {"request": context.get("request")}


def _query(context: Any) -> Any:
    request = context.get("request")
    return request.GET if request is not None else {}
