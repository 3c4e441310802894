"""Divisions: what every program needs to name a place. And who is asking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from huimin.core.access.api import Kind
from huimin.core.places import api as places
from huimin.core.places.types import Place
from huimin.kit.area import NATION, AreaCode, Level
from huimin.portal.api import shapes
from huimin.portal.api.door import viewer_of
from huimin.portal.api.operations import Cursor, Limit, On, Router, Text, read
from huimin.portal.api.shapes import Code

router = Router(tags=["divisions"])


def division_of(one: Place) -> dict[str, Any]:
    """A division as programs read it."""
    return {
        "code": one.code, "name": one.name, "level": int(one.level), "parent": one.parent or None,
        "valid_from": one.valid_from, "valid_to": one.valid_to,
    }  # fmt: skip


@read(
    router, "/divisions", "", shapes.Page[shapes.Division], gettext_noop("行政区划"),
    gettext_noop("parent 的下一级，不填为本省；或按 text（名称、拼音）查找。按代码排列。"),
)  # fmt: skip
def list_divisions(
    request: HttpRequest, parent: Code | None = None, text: Text = "", on: On = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Any:  # fmt: skip
    """The divisions below one, or those a text means."""
    top = parent or str(AreaCode.parse(settings.PROVINCE))
    if text.strip():
        found = tuple(places.search(text, within=top, limit=min(limit, 100)))
        return {"items": [division_of(one) for one in found], "next": None}
    below = () if top != str(NATION) and AreaCode(top).level >= Level.VILLAGE else places.children(top, on)
    rest = [one for one in below if one.code > (cursor or "")]
    more = len(rest) > limit
    return {
        "items": [division_of(one) for one in rest[:limit]],
        "next": rest[limit - 1].code if more else None,
    }


@read(
    router, "/divisions/{str:code}", "", shapes.DivisionWithPath, gettext_noop("一个行政区划"),
    gettext_noop("带上级的名称；on 给出某一天时用当天的名称。"), missing=True,
)  # fmt: skip
def get_division(request: HttpRequest, code: Code, on: On = None) -> Any:
    """One division."""
    return {**division_of(places.division(code, on)), "path": list(places.path_of(code, on))}


@read(
    router,
    "/me",
    "",
    shapes.Me,
    gettext_noop("我是谁"),
    gettext_noop("这个令牌（或会话）的名称、辖区和范围。"),
)
def get_me(request: HttpRequest) -> Any:
    """Who is asking."""
    viewer = viewer_of(request)
    calls = getattr(request, "api_calls", None)
    return {
        "kind": "client" if viewer.kind is Kind.CLIENT else "officer", "name": viewer.label, "area": viewer.area,
        "area_name": places.names([viewer.area]).get(viewer.area, ""), "scopes": sorted(viewer.scopes),
        "calls_per_minute": calls.limit if calls else None,
    }  # fmt: skip
