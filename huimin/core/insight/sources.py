"""The documents whose totals come with the package: statements with their sentences, kept as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from huimin.core.access.api import Viewer
from huimin.core.insight.actions import keep_reported, kept_totals
from huimin.kit.area import NATION

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Document:
    """A document: its name, its date where it has one, and the totals it states."""

    file: str
    name: str
    published: date | None
    totals: tuple[dict[str, Any], ...]


def documents() -> list[Document]:
    """The documents of the package, by file."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        totals = tuple({**one, "value": str(one["value"])} for one in data["totals"])
        found.append(Document(path.name, data["document"], data["published"], totals))
    return found


def load_sources(viewer: Viewer) -> int:
    """Keep what the documents state and is not kept yet; how many totals that were."""
    kept, made = kept_totals(), 0
    for one in documents():
        fresh = [
            total
            for total in one.totals
            if (one.name, total["title"], total["place"], str(total["period"])) not in kept
        ]
        if fresh:
            keep_reported(
                viewer, area=NATION.code, document=one.name, published=one.published, totals=fresh
            )  # fmt: skip
            made += len(fresh)
    return made
