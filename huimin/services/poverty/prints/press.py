"""Typeset a template with data; the data reach it as JSON and are never read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from huimin.ui.fonts import FONT_DIR

FOLDER = Path(__file__).resolve().parent
TEMPLATES = ("handbook", "card", "board")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template (handbook, card or board) with this data."""
    return bytes(typst.compile(str(source(template)), format="pdf", **settings(data)))


def pages(template: str, data: Mapping[str, Any]) -> int:
    """How many pages it takes, before anything is printed."""
    found = json.loads(
        typst.query(str(source(template)), "<pages>", field="value", one=True, **settings(data))
    )
    return int(found)


def source(template: str) -> Path:
    """The file of a template; raise LookupError for any other name."""
    if template not in TEMPLATES:
        raise LookupError(f"no paper {template!r}")
    return FOLDER / f"{template}.typ"


def settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """Our fonts and nothing of the machine's; the data as one JSON text."""
    return {
        "root": str(FOLDER),
        "font_paths": [str(FONT_DIR)],
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False, default=str)},
    }
