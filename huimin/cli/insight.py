"""`huimin insight`: count the figures of places and periods from the snapshot, print a report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from huimin.cli.frame import USAGE, console, django, fail, put, refusals
from huimin.cli.words import say

app = typer.Typer(help=say("统计指标与报告", "figures and reports"), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
Service = Annotated[str, typer.Option(help=say("服务", "the service"))]


def counted(service: str, periods: list[str] | None, *, quiet: bool) -> Any:
    """Compute with a bar; what was done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from huimin.core.insight import api

    columns = (
        TextColumn(say("指标", "figures")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    if service not in {one.service for one in api.INDICATORS.values()}:
        known = "、".join(sorted({one.service for one in api.INDICATORS.values()}))
        fail(
            say(f"没有服务 {service} 的指标，有：{known}", f"no figures of {service}; there are: {known}"),
            code=USAGE,
        )
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        return api.compute(
            service,
            periods,
            lambda name, done, total: bar.update(task, description=name, completed=done, total=total),
        )


@app.command(
    help=say("从全量快照计算指标，按统计期保存", "count figures from the snapshot and keep them by period")
)
def compute(
    periods: Annotated[
        list[str] | None,
        typer.Argument(help=say("统计期：2025、2026Q3、2026-09", "periods: 2025, 2026Q3, 2026-09")),
    ] = None,
    service: Service = "poverty",
    json: Json = False,
) -> None:
    """Exit code 0; 1 where a period is none or has not begun, or there is no snapshot."""
    with django("insight compute"), refusals(json):
        done = counted(service, periods or None, quiet=json)
    if json:
        put({"ok": True, **asdict(done)})
    else:
        console.print(
            say(
                f"{len(done.periods)} 个统计期，{done.rows:,} 个数，快照第 {done.generation} 代；{done.seconds} 秒",
                f"{len(done.periods)} periods, {done.rows:,} figures, generation {done.generation}; {done.seconds} s",
            ),
            style="green",
        )


@app.command(help=say("定稿并打印一地一期的报告", "freeze a report of a place and a period, and print it"))
def report(
    area: Annotated[str, typer.Option(help=say("行政区划代码", "a division's code"))],
    period: Annotated[str, typer.Option(help=say("统计期", "the period"))],
    out: Annotated[Path, typer.Option(help=say("输出文件", "the file to write"))],
    format: Annotated[str, typer.Option(help="pdf, xlsx")] = "pdf",
    service: Service = "poverty",
    json: Json = False,
) -> None:
    """Exit code 0; 1 where the period was not computed. The same figures give the same bytes."""
    if format not in ("pdf", "xlsx"):
        fail(say("--format 应为 pdf 或 xlsx", "--format takes pdf or xlsx"), code=USAGE)
    with django("insight report"), refusals(json):
        from huimin.core.access.api import current
        from huimin.core.insight import api
        from huimin.kit.area import AreaCode

        try:
            code = AreaCode.parse(area).code
        except ValueError:
            fail(say(f"“{area}”不是行政区划代码", f"{area!r} is no division's code"), code=USAGE)
        made = api.freeze_report(current(), service=service, area=code, period=period)
        out.write_bytes(api.printed(made["report"], format))
    if json:
        put({"ok": True, "report": made["report"], "hash": made["hash"], "file": str(out)})
    else:
        console.print(f"{out} · {made['hash'][:16]}", style="green", markup=False)
