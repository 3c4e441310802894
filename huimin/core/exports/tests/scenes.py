"""How each action of exports is called validly: see tests/conformance/test_killed.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from huimin.core.exports import actions
from huimin.core.exports import api as exports
from huimin.core.exports.models import ExportRun
from huimin.core.exports.queries import folder

LIST = {"list_name": "poverty.notices", "format": "csv", "filters": {}}


def run(world: Any, state: str = "running", **more: Any) -> ExportRun:
    """A run of the system's own."""
    started = exports.start(world.system, key=str(uuid4()), **LIST, area=world.county)
    row: ExportRun = ExportRun.objects.get(id=UUID(started["run"]))
    for name, value in {"state": state, **more}.items():
        setattr(row, name, value)
    row.save()
    if state == "ready":
        exports.path_of(row.id, "csv").write_text("a")
    return row


def start(world: Any) -> Any:
    ExportRun.objects.filter(state="running").update(state="stopped")  # so many at a time, and no more
    return world.system, {**LIST, "area": world.county}


def stop(world: Any) -> Any:
    return world.system, {"run": run(world).id}


def resume(world: Any) -> Any:
    return world.system, {"run": run(world, "stopped").id}


def take(world: Any) -> Any:
    return world.system, {"run": run(world, "ready").id}


def finish(world: Any) -> Any:
    row = run(world, attempt=uuid4())
    part = folder() / f"{row.id}.{row.attempt}.part"
    part.write_text("a")
    return world.system, {"run": row.id, "attempt": row.attempt, "rows": 1, "part": str(part)}


def expire(world: Any) -> Any:
    from huimin.kit import clock

    run(world, "ready", expires=clock.now() - timedelta(days=1))
    assert actions.KEPT
    return world.system, {}
