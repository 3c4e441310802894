"""Numbers of the drawn parts: positions of a stacked bar, shares of a progress, data of a chart."""

from __future__ import annotations

import math
from typing import Any

from huimin.ui import formats
from huimin.ui.parts import Chart, Income


def share(done: float, total: float | None) -> float | None:
    """Percent done, one decimal, or None when the total is not known."""
    if not total:
        return None
    return math.floor(min(done / total, 1.0) * 1000) / 10


def stack(income: Income) -> dict[str, Any]:
    """Segments in percent of the wider of income and line (and a tenth of air), and where the line is."""
    amounts = [max(float(part.amount or 0), 0.0) for part in income.parts]
    total, line = sum(amounts), float(income.line or 0)
    scale = max(total, line) * 1.1 or 1.0
    segments, at = [], 0.0
    for index, (part, amount) in enumerate(zip(income.parts, amounts, strict=True)):
        width = amount / scale * 100
        segments.append(
            {
                "label": part.label,
                "amount": part.amount,
                "x": f"{at:.3f}%",
                "width": f"{width:.3f}%",
                "shade": index % 6,
            }
        )
        at += width
    return {
        "segments": segments,
        "total": total,
        "gap": abs(total - line),
        "above": total >= line,
        "line_x": f"{line / scale * 100:.3f}%",
        "anchor": "end" if line / scale > 0.5 else "start",
        "label_dx": "-6" if line / scale > 0.5 else "6",
    }


def chart_data(chart: Chart) -> dict[str, Any]:
    """What charts.js reads from the page."""
    return {
        "kind": chart.kind,
        "label": chart.label,
        "unit": chart.unit,
        "categories": list(chart.categories),
        "series": [
            {"name": name, "values": [None if one is None else float(one) for one in values]}
            for name, values in chart.series.items()
        ],
        "target": None if chart.target is None else float(chart.target),
        "geojson": chart.geojson_url,
        "links": [{"source": a, "target": b, "value": float(value or 0)} for a, b, value in chart.links],
        "urls": dict(chart.urls),
    }


def chart_has_gaps(chart: Chart) -> bool:
    """Whether a map has areas without data, which are hatched."""
    return chart.kind == "map" and any(one is None for values in chart.series.values() for one in values)


def chart_rows(chart: Chart) -> dict[str, Any]:
    """The same figures as a table."""
    if chart.links:
        return {"heads": [], "rows": [[a, b, formats.number(value)] for a, b, value in chart.links]}
    rows = [
        [name, *(formats.number(values[index]) for values in chart.series.values())]
        for index, name in enumerate(chart.categories)
    ]
    return {"heads": list(chart.series), "rows": rows}
