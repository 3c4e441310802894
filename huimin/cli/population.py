"""`huimin population`: the snapshot of the whole register that facts and rules are run on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli.frame import ENVIRONMENT, PROBLEMS, console, django, fail, put
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.facts.types import Status

app = typer.Typer(
    help=say("全量：快照与全员计算", "everyone at once: the snapshot and what runs on it"),
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
REASONS = {
    "asked": ("按要求全部重读", "asked for"),
    "first": ("还没有快照", "there was no snapshot"),
    "other_database": ("数据库换了", "the database is another one"),
    "restored": ("数据库恢复过", "the database was restored"),
    "new_table": ("新加入的表", "the table is new"),
    "new_columns": ("列有变化", "the columns changed"),
    "truncated": ("表被清空或重写过", "the table was truncated or rewritten"),
    "files_missing": ("快照的文件不全", "files of the snapshot were missing"),
    "open_transaction": ("上次有事务一直没有结束", "a transaction stayed open all along"),
}


def reason(code: str) -> str:
    """Why a table was read from nothing, in the terminal's language."""
    return say(*REASONS.get(code, (code, code)))


@app.command(help=say("更新快照：只取变化的部分", "bring the snapshot up to date with what changed"))
def refresh(
    full: Annotated[
        bool, typer.Option("--full", help=say("全部重读", "read everything from nothing"))
    ] = False,
    json: Json = False,
) -> None:
    """Exit code 0; 1 where tables and declarations do not agree."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with django("population refresh"):
        from huimin.core.facts import api
        from huimin.core.facts.types import SnapshotError

        columns = (
            TextColumn(say("快照", "snapshot")),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        try:
            with Progress(*columns, console=console, transient=True, disable=json) as bar:
                task = bar.add_task("", total=None)
                done = api.refresh(
                    lambda table, n, total: bar.update(task, description=table, completed=n, total=total),
                    full,
                )
        except SnapshotError as error:
            fail(str(error), code=PROBLEMS)
    if json:
        put(asdict(done))
        return
    show(done.tables, {say("变化", "changed"): done.changed}, done.full)
    console.print(
        say(
            f"第 {done.generation} 代，截至 {when(done.as_of)}，用时 {done.seconds['whole']:.1f} 秒",
            f"generation {done.generation} as of {when(done.as_of)}, {done.seconds['whole']:.1f} s",
        ),
        style="green",
    )


@app.command(help=say("快照截至何时，有多少行", "as of when the snapshot is, and how many rows it has"))
def status(json: Json = False) -> None:
    """Exit code 3 where there is no snapshot yet."""
    with django("population status"):
        from huimin.core.facts import api

        found = api.status()
    if json:
        put(asdict(found) if found else {"generation": None})
    if found is None:
        fail(
            say("还没有快照。", "There is no snapshot yet."),
            say("先运行 huimin population refresh。", "Run `huimin population refresh` first."),
            code=ENVIRONMENT,
        )
    if not json:
        describe(found)


def describe(found: Status) -> None:
    """The status for people."""
    show(found.tables, {say("增量文件中", "in delta files"): found.pending}, found.full)
    mib = found.bytes / 2**20
    console.print(
        say(
            f"第 {found.generation} 代，截至 {when(found.as_of)}，{found.files:,} 个文件，{mib:,.1f} MiB",
            f"generation {found.generation} as of {when(found.as_of)}, {found.files:,} files, {mib:,.1f} MiB",
        )
    )
    if found.made_up:
        console.print(say("人造数据，不是登记库。", "Made up: not from a register."), style="yellow")


def show(rows: Any, more: dict[str, Any], full: Any) -> None:
    """A table of tables: rows, another count, and why it was read from nothing."""
    from rich.table import Table

    table = Table(say("表", "table"), box=None)
    for title in (say("行", "rows"), *more):
        table.add_column(title, justify="right")
    table.add_column(say("重读原因", "read from nothing because"))
    for name, count in rows.items():
        others = [f"{counts[name]:,}" if name in counts else "" for counts in more.values()]
        table.add_row(name, f"{count:,}", *others, reason(full[name]) if name in full else "")
    console.print(table)


def when(moment: Any) -> str:
    """A moment in Beijing, to the second."""
    from huimin.kit.clock import BEIJING

    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
