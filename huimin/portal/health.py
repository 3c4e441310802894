"""Whether the server and its database answer: for load balancers and `huimin doctor`."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 with `{"ok": true}`, or 503 where the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False}, status=503)
    return JsonResponse({"ok": True, "database": True})


def icon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this on pages that name no icon of their own."""
    return HttpResponseRedirect(staticfiles_storage.url("huimin/mark.svg"))
