"""Where the snapshot lies: Parquet by county, a manifest for each generation, leases that keep files in place.

    <POPULATION>/000012.json                        the manifest: renamed into place when all its files are there
    <POPULATION>/<table>/000010/county=620123/...    the base of a table, or one folder without counties
    <POPULATION>/<table>/000012.parquet             what changed since the base: rows as they are now, keys that are gone

A reader holds a shared lock on the manifest it reads by. A generation goes when a newer one is there and nobody reads it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings

FORMAT = 1
COUNTY = 6  # digits of a division's code that name its county


@dataclass
class Part:
    """Files of a table, by their path below the folder of the snapshot."""

    path: str
    rows: int
    bytes: int
    files: int
    gone: int = 0  # keys in a delta that are no rows any more


@dataclass
class Held:
    """A table in a generation."""

    columns: dict[str, str]
    key: str
    rows: int
    base: Part
    delta: Part | None = None
    filenode: int = 0  # changes when the table is truncated or rewritten
    mode: str = "whole"


@dataclass
class Manifest:
    """A generation: what it holds, as of when, and what the next refresh starts from."""

    generation: int
    as_of: str
    database: dict[str, str]
    tables: dict[str, Held]
    marks: list[dict[str, Any]] = field(default_factory=list)
    xmin: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        """When the register was read."""
        return datetime.fromisoformat(self.as_of)

    def parts(self) -> Iterator[Part]:
        """Every part its tables are read from."""
        for table in self.tables.values():
            yield table.base
            if table.delta:
                yield table.delta


def home() -> Path:
    """The folder of the snapshot."""
    return Path(settings.POPULATION)


def manifest_path(generation: int) -> Path:
    """Where the manifest of a generation is."""
    return home() / f"{generation:06d}.json"


def generations() -> list[int]:
    """The generations that are there, oldest first."""
    return sorted(int(path.stem) for path in home().glob("[0-9]*.json") if path.stem.isdigit())


def loaded(text: str) -> Manifest:
    """A manifest from its text."""
    data = json.loads(text)
    tables = {}
    for name, table in data.pop("tables").items():
        base, delta = Part(**table.pop("base")), table.pop("delta")
        tables[name] = Held(**table, base=base, delta=Part(**delta) if delta else None)
    return Manifest(**data, tables=tables)


def latest() -> Manifest | None:
    """The manifest of the latest generation that this program can read, or None."""
    for generation in reversed(generations()):
        try:
            found = json.loads(manifest_path(generation).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        if found.get("format") == FORMAT:
            return loaded(json.dumps(found))
    return None


def publish(manifest: Manifest) -> None:
    """Make a generation the latest: its manifest is written aside and renamed into place."""
    place = manifest_path(manifest.generation)
    aside = place.with_suffix(".writing")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(place)


@contextmanager
def leased(generation: int | None = None) -> Iterator[Manifest | None]:
    """The manifest of a generation (the latest by default) whose files stay until the block ends; None: not there."""
    while True:
        if generation is None:
            newest = latest()
            asked = newest.generation if newest else None
        else:
            asked = generation
        if asked is None:
            yield None
            return
        try:
            file = manifest_path(asked).open(encoding="utf-8")
        except FileNotFoundError:
            if generation is None:
                continue
            yield None
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            if not stands(file, manifest_path(asked)):
                continue
            yield loaded(file.read())
            return


def stands(file: IO[str], path: Path) -> bool:
    """Whether the open file is still the one under that path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def clear() -> None:
    """Remove generations that nobody reads but the latest, and files that belong to none; under the lock of refreshing."""
    newest = latest()
    for generation in generations():
        if newest is not None and generation < newest.generation:
            retire(manifest_path(generation))
    kept = [
        loaded(text)
        for text in (manifest_path(g).read_text(encoding="utf-8") for g in generations())
        if readable(text)
    ]
    clear_spills()
    used = {home() / part.path for manifest in kept for part in manifest.parts()}
    for path in home().glob("*.writing"):
        path.unlink(missing_ok=True)
    for folder in (path for path in home().iterdir() if path.is_dir() and path.name != "temp"):
        for path in folder.iterdir():
            if path not in used:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def clear_spills() -> None:
    """Remove what processes that are gone had spilled."""
    for folder in (home() / "temp").glob("*-*"):
        process = folder.name.partition("-")[0]
        if not Path("/proc", process).exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)


def readable(text: str) -> bool:
    """Whether this program knows the format of a manifest."""
    return bool(json.loads(text).get("format") == FORMAT)


def retire(path: Path) -> None:
    """Remove a manifest unless somebody reads by it."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        path.unlink()


def whole(part: Part) -> bool:
    """Whether all the files of a part are there in their size."""
    return measured(home() / part.path) == (part.files, part.bytes)


def measured(path: Path) -> tuple[int, int]:
    """How many Parquet files a path holds, and their bytes."""
    files = [path] if path.is_file() else list(path.rglob("*.parquet"))
    return len(files), sum(file.stat().st_size for file in files)


@contextmanager
def refreshing() -> Iterator[None]:
    """Hold the lock of refreshing: one at a time, others wait."""
    home().mkdir(
        mode=0o700, parents=True, exist_ok=True
    )  # birth dates and places: for the platform's user only
    with (home() / "refresh.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
