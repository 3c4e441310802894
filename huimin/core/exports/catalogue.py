"""The lists that can be exported, by name."""

from __future__ import annotations

from huimin.core.access.api import Viewer
from huimin.core.exports.types import Export
from huimin.kit.registry import Registry

EXPORTS: Registry[Export] = Registry("export")


def register_export(export: Export) -> None:
    """Add a list; raise LookupError where its name is taken, or where it names a column twice."""
    names = [column.name for column in export.columns]
    if len(set(names)) < len(names):
        raise LookupError(f"export {export.name}: a column is named twice")
    EXPORTS.add(export.name, export)


def offered(name: str, viewer: Viewer) -> str:
    """The list's name where the viewer may take it away, else "": what a page gives its table as `export`."""
    export = EXPORTS.get(name)
    return name if export is not None and export.open_to(viewer) else ""
