"""`huimin serve`: the pages, with granian; the worker beside it where asked."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from huimin.cli.frame import USAGE, console, django, fail
from huimin.cli.words import say

HOST, PORT = "127.0.0.1", 8000
STOP_SECONDS = 15


def serve(
    host: Annotated[str, typer.Option(help=say("监听的地址", "address to listen on"))] = HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help=say("端口", "port"))] = PORT,
    workers: Annotated[
        int, typer.Option(min=0, help=say("进程数，0 按处理器数", "processes, 0: by processors"))
    ] = 0,
    with_worker: Annotated[
        bool, typer.Option("--with-worker/--no-worker", help=say("同时启动后台任务", "start the worker too"))
    ] = False,
) -> None:
    """提供网页服务。"""
    check_port(host, port)
    with django("serve"):
        from django.db import connections

        from huimin.cli.database import bring_up_to_date

        bring_up_to_date()
        collect_static()
        connections.close_all()
        run(host, port, workers or min(os.cpu_count() or 1, 4), with_worker=with_worker)


def check_port(host: str, port: int) -> None:
    """End the command with advice where the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        fail(
            say(f"没有权限使用端口 {port}", f"port {port} is not ours to take"),
            say("换一个 1024 以上的端口：--port 8000", "take one above 1024: --port 8000"),
            code=USAGE,
        )
    except OSError as error:
        fail(
            say(
                f"{host}:{port} 不能使用：{error.strerror}", f"{host}:{port} cannot be used: {error.strerror}"
            ),
            say(
                f"也许另一个惠民正在运行。停下它，或者换一个端口：--port {port + 1}",
                f"Perhaps another Huimin is running. Stop it, or take another port: --port {port + 1}",
            ),
        )


def fingerprint() -> str:
    """A hash over the names, sizes and times of all static files."""
    from django.contrib.staticfiles.finders import get_finders

    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            found.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def collect_static() -> bool:
    """Gather and compress the static files where one has changed; whether it was done."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    with console.status(say("整理静态文件", "gathering static files")):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)
    return True


@contextmanager
def worker_beside(wanted: bool) -> Iterator[None]:
    """The worker as a child of this process; it ends with it."""
    if not wanted:
        yield
        return
    child = subprocess.Popen([sys.executable, "-m", "huimin.cli.main", "worker"], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def run(host: str, port: int, workers: int, *, with_worker: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; the embedded database is held meanwhile."""
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ.setdefault("HUIMIN_POOL", "1")
    connection.ensure_connection()  # this process holds the embedded server until the last
    connection.close()
    server = Granian(
        "huimin.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=max(2, min(os.cpu_count() or 1, 8)),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    server.on_startup(
        lambda: console.print(
            say(
                f"惠民已启动：http://{shown}:{port}/    按 Ctrl-C 停止",
                f"Huimin is at http://{shown}:{port}/    Ctrl-C stops it",
            )
        )
    )
    with worker_beside(with_worker):
        server.serve()
    console.print(say("已停止", "stopped"))
