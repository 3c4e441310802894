"""The officer's first page: what waits for him in all services, by deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.api import Viewer
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.manifest import Task, services
from huimin.ui.parts import Filter

LIMIT = 200
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """A task with its place in words."""

    task: Task
    place: str
    late: int


@dataclass(frozen=True)
class Section:
    """Tasks whose deadlines lie in the same stretch of days."""

    title: object
    tone: str
    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        """How many things, where one line may stand for several."""
        return sum(line.task.count for line in self.lines)


def todo(request: HttpRequest) -> HttpResponse:
    """The work list; `?kind=` shows one kind only."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not any(held.service in services for held in viewer.held):
        if viewer.holds("*", "auditor"):
            return redirect("portal:audit")
        if viewer.admin:
            return redirect("admin:index")
    tasks = waiting(viewer)
    kinds = Counter[str]()
    for task in tasks:
        kinds[str(task.group)] += task.count
    kind = request.GET.get("kind", "")
    shown = [task for task in tasks if not kind or str(task.group) == kind]
    context = {
        "sections": sections(shown, clock.today()),
        "total": sum(task.count for task in shown),
        "late": sum(task.count for task in shown if task.due and task.due < clock.today()),
        "filters": [Filter("kind", _("类别"), [(name, f"{name} {count}") for name, count in kinds.items()])],
        "today": clock.today(),
        "more": len(tasks) >= LIMIT,
    }
    return render(request, "portal/desk/todo.html", context)


def waiting(viewer: Viewer) -> list[Task]:
    """What waits in every service, the earliest deadline first, those without one last."""
    found = [
        task
        for label, service in services.items()
        if service.tasks and any(held.service == label for held in viewer.held)
        for task in service.tasks(viewer, LIMIT)
    ]
    return sorted(
        found,
        key=lambda task: (task.due or date.max, not task.urgent, str(task.group), task.area, task.title),
    )


STRETCHES = (
    (gettext_lazy("已过期限"), "refused"),
    (gettext_lazy("今天"), "waiting"),
    (gettext_lazy("七天内"), "info"),
    (gettext_lazy("以后"), "plain"),
    (gettext_lazy("没有期限"), "plain"),
)


def stretch(due: date | None, today: date) -> int:
    """Which of the STRETCHES a deadline lies in."""
    if due is None:
        return 4
    if due < today:
        return 0
    if due == today:
        return 1
    return 2 if due <= today + SOON else 3


def sections(tasks: Iterable[Task], today: date) -> list[Section]:
    """Tasks by the stretch of their deadline, without empty ones."""
    tasks = list(tasks)
    names = places.names({task.area for task in tasks if task.area})
    found: list[list[Line]] = [[] for _stretch in STRETCHES]
    for task in tasks:
        late = (today - task.due).days if task.due and task.due < today else 0
        found[stretch(task.due, today)].append(Line(task, names.get(task.area, ""), late))
    return [Section(*named, tuple(lines)) for named, lines in zip(STRETCHES, found, strict=True) if lines]
