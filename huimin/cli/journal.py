"""`huimin journal verify`: whether one row of the journal was changed, removed, added or moved."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from huimin.cli.frame import OK, PROBLEMS, USAGE, console, django, fail, put
from huimin.cli.words import say

app = typer.Typer(help=say("操作日志", "the journal"), no_args_is_help=True)


@app.command(help=say("核验整条哈希链", "verify the whole hash chain"))
def verify(
    expect: Annotated[
        str,
        typer.Option(
            help=say("先前记下的末条指纹，必须还在链上", "a head hash noted earlier; it must still be there")
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """Exit code 0 where the chain holds, 1 where it does not."""
    if expect and not re.fullmatch(r"[0-9a-f]{64}", expect):
        fail(
            say("--expect 应为 64 位十六进制指纹", "--expect takes a hash of 64 hexadecimal digits"),
            code=USAGE,
        )
    with django("journal verify"):
        from huimin.core.journal.api import verify as walk

        columns = (TextColumn(say("核验", "verifying")), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True, disable=json) as bar:
            task = bar.add_task("", total=None)
            report = walk(lambda done, total: bar.update(task, completed=done, total=total), expect=expect)
    if json:
        put({"ok": report.ok, **asdict(report)})
    elif report.ok:
        console.print(
            say(f"核验通过：{report.checked:,} 条", f"the journal holds: {report.checked:,} entries"),
            style="green",
        )
        print(report.head)
    else:
        for problem in report.problems:
            console.print(
                say(f"第 {problem.seq} 条：{problem.text}", f"entry {problem.seq}: {problem.text}"),
                markup=False,
            )
        console.print(
            say(f"核验没有通过：{len(report.problems)} 处", f"{len(report.problems)} places do not hold"),
            style="red",
        )
    raise typer.Exit(OK if report.ok else PROBLEMS)
