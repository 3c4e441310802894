"""The command as a program: run in a process of its own, as its users do."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def huimin(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Run `huimin …` in a folder of its own; returns the finished process with its texts."""

    def run(*arguments: str, lang: str = "en", seconds: int = 280, **environment: str) -> Any:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("HUIMIN_", "DJANGO_"))
        }
        env = {
            **kept,
            "HUIMIN_VAR": str(tmp_path / "var"),
            "HUIMIN_LANG": lang,
            "COLUMNS": "200",
            **environment,
        }
        command = [sys.executable, "-m", "huimin.cli.main", *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=seconds, check=False)

    yield run
    mark = hashlib.sha256(str((tmp_path / "var" / "postgres").resolve()).encode()).hexdigest()[:12]
    shutil.rmtree(
        f"/var/tmp/huimin-{mark}", ignore_errors=True
    )  # where root keeps what other users cannot reach
