"""`{% load atlas %}`: maps, trends and bars for those who decide. Shapes are in huimin/ui/atlas.py."""

from __future__ import annotations

from typing import Any

from django import template

from huimin.ui.atlas import Atlas, Panel, Trend, atlas_data, panel_data, trend_data

register = template.Library()
PARTS = "ui/parts/"


@register.inclusion_tag(PARTS + "atlas.html")
def atlas(atlas: Atlas) -> dict[str, Any]:
    """`{% atlas some_Atlas %}`: the places as a map, or as tiles where they have no outlines, with the legend."""
    return atlas_data(atlas)


@register.inclusion_tag(PARTS + "trend.html")
def trend(trend: Trend) -> dict[str, Any]:
    """`{% trend some_Trend %}`: one figure over time, with the target, and as a table."""
    return trend_data(trend)


@register.inclusion_tag(PARTS + "panel.html")
def panel(panel: Panel) -> dict[str, Any]:
    """`{% panel some_Panel %}`: one small multiple: bars as shares of its sum."""
    return panel_data(panel)
