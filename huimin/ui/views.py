"""The living style page: every component with believable data, so that it can be looked at."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huimin.ui import gallery_data as data
from huimin.ui import gallery_doors as doors

SHELLS = ("citizen", "letter", "form", "desk", "dossier", "open", "auth", "print")


def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page of the desk; ?rows=0|1|many changes the table."""
    rows = request.GET.get("rows", "many")
    context = doors.desk() | data.components() | {"table": data.table(rows), "shells": SHELLS}
    return render(request, "ui/gallery.html", context)


def shell(request: HttpRequest, shell: str) -> HttpResponse:
    """One shell with a page as it will be used."""
    if shell not in SHELLS:
        raise Http404
    context = doors.door(shell) | data.components()
    if shell in ("form", "auth"):
        context["form"] = doors.form(shell, wrong="wrong" in request.GET)
    if shell == "desk":
        context["table"] = data.table(request.GET.get("rows", "many"))
    return render(request, f"ui/gallery/{shell}.html", context)


def panel(request: HttpRequest) -> HttpResponse:
    """A fragment for the side panel."""
    if request.method == "POST":
        return HttpResponse(status=204, headers={"HX-Trigger": "row-done"})
    return render(request, "ui/gallery/panel.html", data.components())


def progress(request: HttpRequest) -> HttpResponse:
    """The progress block as its poll URL answers; a POST stops it."""
    state = "stopped" if request.method == "POST" else "running"
    return render(request, "ui/gallery/progress.html", {"one": data.progress(state)})


def error(request: HttpRequest, code: int) -> HttpResponse:
    """An error page."""
    if code not in (400, 403, 404, 500):
        raise Http404
    return render(request, f"{code}.html", status=code)
