"""`huimin worker`: background work, from the queue inside the database."""

from __future__ import annotations

from typing import Annotated

import typer

from huimin.cli.frame import console, django
from huimin.cli.words import say


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=32, help=say("同时做几件", "jobs at a time"))] = 2,
) -> None:
    """处理后台任务：送出已提交的事务的效果，定时清扫。"""
    from django.core.management import call_command

    with django("worker"):
        from django.db import connection

        connection.ensure_connection()  # starts the embedded server, which the worker's own driver would not
        connection.close()
        console.print(say("后台任务已启动，按 Ctrl-C 停止", "worker started, Ctrl-C stops it"))
        call_command(
            "procrastinate", "worker", concurrency=concurrency, shutdown_graceful_timeout=10, verbosity=0
        )
