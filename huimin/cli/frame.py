"""What every command stands on: exit codes, the console, Django where it is needed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console

from huimin.cli.words import chinese, say

OK, PROBLEMS, USAGE, ENVIRONMENT = 0, 1, 2, 3
console = Console(stderr=True, highlight=False)


def fail(message: str, hint: str = "", *, code: int = ENVIRONMENT) -> NoReturn:
    """Say on the error stream what is wrong and what to do, and end with the exit code."""
    console.print(message, style="red", markup=False)
    if hint:
        console.print(hint, markup=False)
    raise typer.Exit(code)


def put(result: dict[str, Any]) -> None:
    """One JSON line on the output, for programs."""
    print(json.dumps(result, ensure_ascii=False, default=str))


@contextmanager
def django(duty: str) -> Iterator[None]:
    """Django set up, the platform itself as the viewer; a database that does not answer ends the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django as framework
    from django.db.utils import OperationalError

    from huimin.config.postgres.cluster import ClusterError

    try:
        framework.setup()
        from huimin.core.access.api import acting_as, system

        with acting_as(system(duty)):
            yield
    except ClusterError as error:
        fail(str(error), say("运行 huimin doctor 看缺什么。", "Run `huimin doctor` to see what is missing."))
    except OperationalError as error:
        fail(
            say(f"数据库没有应答：{error}", f"The database does not answer: {error}"),
            say(
                "检查 DATABASE_URL；没有设置时会用 HUIMIN_VAR 里自带的数据库。先运行 huimin migrate。",
                "Check DATABASE_URL (or HUIMIN_VAR, the embedded server). Run `huimin migrate` first.",
            ),
        )


@contextmanager
def refusals(json: bool) -> Iterator[None]:
    """What the platform refuses said in the terminal's language, or as one JSON line; the command ends with 1."""
    from django.utils.translation import override

    from huimin.kit.refusal import Refused

    with override("zh-hans" if chinese() else "en"):
        try:
            yield
        except Refused as refusal:
            if json:
                named = {name: str(text) for name, text in refusal.fields.items()}
                put({"error": str(refusal), "code": refusal.code, "fields": named})
                raise typer.Exit(PROBLEMS) from refusal
            fail(str(refusal), code=PROBLEMS)
