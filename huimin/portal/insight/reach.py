"""From a figure to the rows behind it: within the viewer's area a link, outside it a reason in words."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer, within
from huimin.core.insight.types import Figure
from huimin.portal.insight.asked import Asked


def rows_url(asked: Asked, figure: Figure | None) -> str:
    """The list of rows behind a figure as its indicator names it, or "" where it names none."""
    route, _mark, query = asked.indicator.rows.partition("?")
    if not route or figure is None:
        return ""
    filled = []
    for pair in query.split("&") if query else []:
        name, _is, text = pair.partition("=")
        said = text.format(area=asked.area, on=(figure.known_on or asked.on).isoformat(), by=figure.by)
        if said:
            filled.append((name, said))
    return reverse(route) + ("?" + urlencode(filled) if filled else "")


def reaches(viewer: Viewer, asked: Asked) -> bool:
    """Whether the viewer sees people of the service in this place."""
    return within(viewer.spans(asked.service), asked.area)


def refusal(viewer: Viewer, whole: Viewer, asked: Asked, place: str) -> str:
    """Why the rows of a place are not shown to this viewer."""
    if not reaches(viewer, asked) and reaches(whole, asked):
        return _("您现在只看一部分辖区。要看%(place)s的明细，先在页面上方选“看全部辖区”。") % {"place": place}
    return _(
        "%(place)s不在您的辖区：这里只有公布的数字，看不到户和人。要核对明细，请找当地或上一级的帮扶部门。"
    ) % {"place": place}
