"""The leaders' page: a place's figure on the map, drilled down from the province to a village and to the rows behind it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.core.places import api as places
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.portal.insight import reach
from huimin.portal.insight.asked import DESK, Asked, read
from huimin.portal.insight.origin import origin, part_of
from huimin.portal.insight.pages import shown
from huimin.portal.insight.picture import whole


@require_safe
def page(request: HttpRequest, service: str) -> HttpResponse:
    """The picture of a place; a step of the map asks for the picture alone."""
    return shown(request, service, DESK)


@require_safe
def figure(request: HttpRequest, service: str) -> HttpResponse:
    """Where a figure comes from."""
    return render(request, "portal/insight/desk_figure.html", origin(request, known(request, service)))


@require_safe
def rows(request: HttpRequest, service: str) -> HttpResponse:
    """The rows behind a figure: the service's own list within the viewer's area, a refusal in words outside it."""
    asked = known(request, service)
    viewer = request.viewer  # type: ignore[attr-defined]
    if not reach.reaches(viewer, asked):
        name = places.division(asked.area, asked.on).name
        raise NotAllowed(reach.refusal(viewer, whole(request), asked, name), code="rows_outside")
    _part, found = part_of(asked, request.GET.get("by", "")[:60])
    url = reach.rows_url(asked, found)
    if not url:
        raise NotFound(_("这个数没有明细列表。"), code="no_rows")
    return HttpResponseRedirect(url)


def known(request: HttpRequest, service: str) -> Asked:
    """What the address asks for, where figures have been computed."""
    asked = read(request, service, DESK)
    if asked is None:
        raise NotFound(_("还没有计算过统计指标。"), code="not_computed")
    return asked
