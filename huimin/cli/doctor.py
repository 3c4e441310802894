"""`huimin doctor`: what this machine has, what is missing, and how to get it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from huimin.cli.frame import ENVIRONMENT, OK, PROBLEMS, console, put
from huimin.cli.words import say

DECISIONS = 200_000  # as many are computed again, the latest days first


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: state is ok, warning or missing; fix says how to get it."""

    name: str
    state: str
    found: str
    fix: str = ""


def doctor(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help=say("要用的端口", "the port to be used"))
    ] = 8000,
    dev: Annotated[
        bool, typer.Option("--dev", help=say("也检查开发所需", "look at what developers need too"))
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """检查运行条件。"""
    findings = [python(), memory(), disk(), secrets(), fonts(), port_free(port), *database()]
    if dev:
        findings += [browser(), chinese_fonts(), compiler_of_locks()]
    missing = [one for one in findings if one.state == "missing"]
    if json:
        put({"ok": not missing, "findings": [asdict(one) for one in findings]})
    else:
        marks = {"ok": "[green]✓[/]", "warning": "[yellow]·[/]", "missing": "[red]✗[/]"}
        for one in findings:
            console.print(marks[one.state], end=" ")
            console.print(f"{one.name}: {one.found}", markup=False)
            if one.fix and one.state != "ok":
                console.print(f"    {one.fix}", markup=False)
    broken = any(one.name in ("python", "database") for one in missing)
    raise typer.Exit(ENVIRONMENT if broken else PROBLEMS if missing else OK)


def var() -> Path:
    """Where the platform keeps its data."""
    return Path(os.environ.get("HUIMIN_VAR", "var")).resolve()


def python() -> Finding:
    """Python 3.11 or later."""
    found = sys.version.split()[0]
    return Finding("python", "ok", found)  # an older one does not get this far


def memory() -> Finding:
    """Two gigabytes for the demo."""
    try:
        mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        return Finding("memory", "warning", say("不知道", "unknown"))
    state = "ok" if mib >= 2000 else "warning"
    return Finding(
        "memory", state, f"{mib:,} MiB", say("演示建议 2 GB 以上", "2 GB or more is advised for the demo")
    )


def disk() -> Finding:
    """Two gigabytes free where the data lies."""
    folder = next((one for one in (var(), *var().parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(folder).free // 2**20
    where = f"{free:,} MiB {say('可用于', 'free in')} {var()}"
    if free < 500:
        return Finding(
            "disk",
            "missing",
            where,
            say("至少腾出 500 MB，或用 HUIMIN_VAR 换个地方", "free 500 MB or set HUIMIN_VAR"),
        )
    return Finding(
        "disk", "ok" if free >= 2000 else "warning", where, say("全省数据建议 2 GB", "2 GB is advised")
    )


def secrets() -> Finding:
    """Kept secrets that nobody else can read."""
    kept = sorted(var().glob("*.secret"))
    loose = [one.name for one in kept if stat.S_IMODE(one.stat().st_mode) & 0o077]
    if loose:
        names = ", ".join(loose)
        fix = f"chmod 600 {' '.join(str(var() / one) for one in loose)}"
        return Finding("secrets", "missing", say(f"别人能读：{names}", f"others can read: {names}"), fix)
    found = say(f"{len(kept)} 个，只有本用户能读", f"{len(kept)}, readable by this user only")
    return Finding("secrets", "ok", found if kept else say("首次启动时生成", "made at the first start"))


def fonts() -> Finding:
    """The faces that printed sheets are set in."""
    from huimin.ui.fonts import FONT_DIR

    found = sorted(one.name for one in Path(FONT_DIR).glob("*.?tf"))
    if not found:
        return Finding(
            "fonts",
            "missing",
            say("打印用字体不在", "the faces for printing are gone"),
            say("重新安装惠民", "install again"),
        )
    return Finding("fonts", "ok", f"{len(found)}: {', '.join(found)}")


def port_free(port: int) -> Finding:
    """Whether the port can be listened on."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            fix = say(
                f"停下占用它的程序，或用 --port {port + 1}", f"stop what uses it, or take --port {port + 1}"
            )
            return Finding("port", "warning", f"{port}: {error.strerror}", fix)
    return Finding("port", "ok", str(port))


def database() -> list[Finding]:
    """The server, its version, the migrations, the worker's heartbeat and effects that wait."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    try:
        import django

        django.setup()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
    except Exception as error:  # whatever it is, it belongs into the report
        text = str(error).strip().splitlines()
        fix = say(
            "运行 huimin migrate；用自己的 PostgreSQL 时检查 DATABASE_URL",
            "run `huimin migrate`; with your own PostgreSQL check DATABASE_URL",
        )
        return [Finding("database", "missing", f"{type(error).__name__}: {text[0] if text else ''}", fix)]
    kind = say("自带", "embedded") if connection.settings_dict.get("EMBEDDED") else "DATABASE_URL"
    state = "ok" if number >= 150000 else "missing"
    server = Finding(
        "database",
        state,
        f"PostgreSQL {number // 10000}.{number % 10000} ({kind})",
        say("需要 15 以上", "15 or later is needed"),
    )
    looks: list[Callable[[], Finding]] = [migrations, divisions, heartbeat, outbox, decisions]
    found = [server]
    for look in looks:
        found.append(look())
        if found[-1].name == "migrations" and found[-1].state != "ok":
            break
    return found


def migrations() -> Finding:
    """Whether the tables are those of this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if due:
        return Finding(
            "migrations", "missing", say(f"{due} 个没有应用", f"{due} not applied"), "huimin migrate"
        )
    return Finding("migrations", "ok", say("都已应用", "all applied"))


def divisions() -> Finding:
    """Whether places are known."""
    from huimin.core.places import api as places

    total = sum(places.counts().values())
    if not total:
        return Finding("divisions", "missing", say("还没有导入", "none"), "huimin import divisions")
    return Finding("divisions", "ok", f"{total:,}")


def heartbeat() -> Finding:
    """Whether a worker was heard of in the last two minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '2 minutes'"
        )
        alive = cursor.fetchone()[0]
    if alive:
        return Finding("worker", "ok", say(f"{alive} 个在工作", f"{alive} at work"))
    return Finding(
        "worker", "warning", say("没有在运行", "none at work"),
        say("huimin worker，或 huimin serve --with-worker", "huimin worker, or huimin serve --with-worker"),
    )  # fmt: skip


def outbox() -> Finding:
    """Effects that failed and wait."""
    from huimin.core.journal.api import waiting

    due, failed = waiting()
    state = "warning" if failed else "ok"
    text = say(f"{due} 件待送出，{failed} 件曾失败", f"{due} to be delivered, {failed} failed before")
    return Finding("outbox", state, text, say("原因见 journal_outgoing.error", "see journal_outgoing.error"))


def decisions() -> Finding:
    """The trees of closed days: their chain, and the latest ones computed again from the decisions."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.credentials import api as credentials
    from huimin.kit import clock

    with acting_as(system("doctor")):
        found = credentials.days(limit=30)
        if not found:
            fix = say(
                "huimin rules roots --close，或让 huimin worker 在夜里做",
                "huimin rules roots --close, or a worker at night",
            )
            return Finding("decisions", "warning", say("还没有封存过", "no day closed yet"), fix)
        flaws, read, looked = [one.text for one in credentials.verify_chain()], 0, 0
        for one in found:
            if read and read + one.count > DECISIONS:
                break
            report = credentials.verify_day(one.day)
            read, looked = read + report.count, looked + 1
            flaws += [f"{one.day} {flaw.decision} {flaw.text}" for flaw in report.flaws]
        late = (clock.today() - found[0].day).days - 1
    if flaws:
        fix = say("huimin rules verify-day 日期 看每一处", "huimin rules verify-day DATE lists each of them")
        return Finding("decisions", "missing", f"{len(flaws)}: {flaws[0]}", fix)
    text = say(
        f"封存到 {found[0].day}；重算 {looked} 天 {read:,} 份，都相符",
        f"closed until {found[0].day}; {read:,} decisions of {looked} days computed again, all as signed",
    )
    return Finding("decisions", "warning" if late else "ok", text, "huimin rules roots --close")


def browser() -> Finding:
    """Chromium for the journeys."""
    path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        "",
    )
    if path:
        return Finding("chromium", "ok", path)
    return Finding("chromium", "warning", say("没有", "none"), "apt-get install chromium fonts-noto-cjk")


def chinese_fonts() -> Finding:
    """Chinese faces for the browser."""
    import subprocess

    tool = shutil.which("fc-list")
    listed = (
        subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        if tool
        else ""
    )
    if listed.strip():
        return Finding("chinese fonts", "ok", listed.splitlines()[0])
    return Finding("chinese fonts", "warning", say("没有", "none"), "apt-get install fonts-noto-cjk")


def compiler_of_locks() -> Finding:
    """uv."""
    path = shutil.which("uv") or (str(Path(".tools/bin/uv")) if Path(".tools/bin/uv").exists() else "")
    return Finding("uv", "ok" if path else "warning", path or say("没有", "none"), "make dev")
