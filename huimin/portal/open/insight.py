"""The public's picture of a service: the same figures with small ones withheld, and how each is counted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.kit.refusal import NotFound
from huimin.portal.insight.asked import OPEN, read
from huimin.portal.insight.origin import origin
from huimin.portal.insight.pages import shown


@require_safe
def page(request: HttpRequest, service: str) -> HttpResponse:
    """The picture of a place in published figures."""
    return shown(request, service, OPEN)


@require_safe
def figure(request: HttpRequest, service: str) -> HttpResponse:
    """Where a published figure comes from."""
    asked = read(request, service, OPEN)
    if asked is None:
        raise NotFound(_("还没有计算过统计指标。"), code="not_computed")
    return render(request, "portal/insight/open_figure.html", origin(request, asked))
