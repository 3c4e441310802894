"""The viewer of every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huimin.core.access.scope import acting_as
from huimin.core.access.types import PUBLIC
from huimin.core.access.viewers import viewer_of


class ViewerMiddleware:
    """Set `request.viewer` and limit every read of the request to what that viewer may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        viewer = viewer_of(request.user) if request.user.is_authenticated else PUBLIC
        request.viewer = viewer  # type: ignore[attr-defined]
        with acting_as(viewer):
            return self.get_response(request)
