"""The door of exports: declare lists, ask for files, take them away."""

from huimin.core.exports.actions import (
    AT_ONCE,
    KEPT,
    finish,
    resume,
    run_id,
    start,
    stop,
    take,
    work_off,
    write_at_once,
)
from huimin.core.exports.catalogue import EXPORTS, offered, register_export
from huimin.core.exports.paging import pages
from huimin.core.exports.queries import path_of, run_of, runs_of
from huimin.core.exports.types import Column, Export, Filters, Format, Kind, Run
from huimin.core.exports.writing import safe

__all__ = [
    "AT_ONCE",
    "EXPORTS",
    "KEPT",
    "RIGHTS",
    "Column",
    "Export",
    "Filters",
    "Format",
    "Kind",
    "Run",
    "finish",
    "offered",
    "pages",
    "path_of",
    "register_export",
    "resume",
    "run_id",
    "run_of",
    "runs_of",
    "safe",
    "start",
    "stop",
    "take",
    "work_off",
    "write_at_once",
]
RIGHTS = frozenset({start.name, stop.name, resume.name, take.name})
"""The rights of whoever may take lists away; for the roles of manifests. Which lists, each list says itself."""
