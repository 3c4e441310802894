"""How each action of intake is called validly, and how a file is brought to where its chunks are stored."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from huimin.core.access.api import acting_as
from huimin.core.intake import api as intake
from huimin.core.intake.actions import working
from huimin.core.intake.models import ImportRun

Scene = tuple[Any, dict[str, Any]]


def arrived(world: Any, *, target: str = "people", text: str = "") -> UUID:
    """A file of one person, or `text`, at the door."""
    text = text or f"姓名,身份证号,村代码\n马桂花,{world.id_number()},{world.village}\n"
    return intake.receive(
        world.system,
        key=str(uuid4()),
        target=target,
        name="people.csv",
        source="公安局",
        parts=[text.encode()],
    )


def checked(world: Any, **more: Any) -> UUID:
    """A file that was checked."""
    run = arrived(world, **more)
    with acting_as(world.system):
        view = intake.run(world.system, run)
        assert view is not None
        intake.arrange(world.system, run=run, mapping=dict(view.mapping), mode="rows", defer=False)
        assert intake.work_off(run, world.system) == "checked", ImportRun.objects.get(id=run).error
    return run


def chunk_of(world: Any, run: UUID) -> dict[str, Any]:
    """What the action that stores the only chunk of a file is called with; the file is at hand from here on."""
    with acting_as(world.system):
        row = ImportRun.objects.get(id=run)
    work = working.work_of(row, world.system)

    def ready(number: int) -> Future[Any]:
        made: Future[Any] = Future()
        rows = working.read_chunk(work, number)
        made.set_result(work.target.prepare(work, rows) if work.target.prepare else rows)
        return made

    working._running.set((work, lambda: False, ready))
    return {
        "target": row.target,
        "file": row.digest,
        "rows": "0" * 64,
        "count": 1,
        "chunk": 0,
        "source": row.source,
    }


def open(world: Any) -> Scene:
    assert settings.MEDIA_ROOT
    return world.system, {
        "run": uuid4(), "target": "people", "name": "people.csv", "format": "csv", "size": 9, "digest": "0" * 64,
        "source": "公安局", "headings": ("姓名", "村代码"), "rows": 1, "area": world.county,
    }  # fmt: skip


def arrange(world: Any) -> Scene:
    return world.system, {
        "run": arrived(world), "mapping": {"姓名": "name", "身份证号": "id_number", "村代码": "division_code"}, "mode": "rows",
        "defer": False,
    }  # fmt: skip


def start(world: Any) -> Scene:
    return world.system, {"run": checked(world), "defer": False}


def stop(world: Any) -> Scene:
    run = checked(world)
    with acting_as(world.system):
        intake.start(world.system, run=run, defer=False)
    return world.system, {"run": run}


def resume(world: Any) -> Scene:
    _system, asked = stop(world)
    with acting_as(world.system):
        intake.stop(world.system, **asked)
    return world.system, {**asked, "defer": False}


def drop(world: Any) -> Scene:
    return world.system, {"run": checked(world)}
