"""`huimin population`: the snapshot of the whole register that facts and rules are run on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli.frame import ENVIRONMENT, PROBLEMS, USAGE, console, django, fail, put
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.facts.types import Status
    from huimin.core.rules.types import PopulationRunView

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


@app.command(help=say("对所有人认定，写入变化", "decide everyone and keep what changed"))
def run(
    what: Annotated[
        str, typer.Argument(help=say("服务或规则，如 poverty", "a service or a rule, for example poverty"))
    ],
    dry: Annotated[
        bool, typer.Option("--dry-run", help=say("只计算，不写入", "work it out, write nothing"))
    ] = False,
    stale: Annotated[
        bool, typer.Option("--no-refresh", help=say("不先更新快照", "do not refresh the snapshot first"))
    ] = False,
    engine: Annotated[str, typer.Option(help="duckdb, spark")] = "duckdb",
    master: Annotated[
        str,
        typer.Option(
            help=say(
                "Spark 主节点，如 spark://host:7077；快照所在的文件夹要能被各节点读写",
                "Spark's master, for example spark://host:7077; its nodes must reach the snapshot's folder",
            )
        ),
    ] = "local[*]",
    json: Json = False,
) -> None:
    """Exit code 1 where the run failed or was stopped, 2 for an unknown service or engine."""
    from uuid import uuid4

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from huimin.kit.refusal import Refused

    if engine not in ("duckdb", "spark"):
        fail(say(f"没有这个引擎：{engine}", f"no such engine: {engine}"), "duckdb, spark", code=USAGE)
    chosen = master if engine == "spark" else ""
    with django("population run"):
        from huimin.core.access.api import become, system
        from huimin.core.rules import api as rules

        become(system("cli"))
        service, rule = (what.partition(".")[0], what if "." in what else "")
        if dry:
            try:
                found = tried(service, rule, fresh=not stale, master=chosen)
            except Refused as refused:
                fail(str(refused), code=PROBLEMS)
            put(found) if json else described(found)
            return
        names = {
            "refresh": say("快照", "snapshot"),
            "decide": say("认定", "deciding"),
            "write": say("写入", "writing"),
        }
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True, disable=json) as bar:
            task = bar.add_task("", total=None)
            try:
                made = rules.run_population(
                    system("cli"), key=str(uuid4()), service=service, rule=rule, fresh=not stale
                )
                rules.work(
                    made["run"],
                    master=chosen,
                    heard=lambda phase, done, total: bar.update(
                        task, description=names.get(phase, phase), completed=done, total=total or None
                    ),
                )
            except Refused as refused:
                fail(str(refused), code=USAGE if refused.code == "no_rule" else PROBLEMS)
        shown = rules.run(made["run"])
        result = figures(shown)
    put(result) if json else described(result)
    if shown.state != "done":
        fail(shown.error or say("已停止。", "Stopped."), code=PROBLEMS)


def tried(service: str, rule: str, *, fresh: bool, master: str = "") -> dict[str, Any]:
    """What a run would change, without keeping anything."""
    from django.conf import settings

    from huimin.core.facts import api
    from huimin.core.rules import api as rules
    from huimin.kit.area import AreaCode

    if fresh:
        api.refresh()
    files = [
        rules.rule_on(f.name)
        for f in rules.BOOK.values()
        if f.service == service and f.over == "facts" and (f.name == rule if rule else f.everyone)
    ]
    if not files:
        fail(
            say(f"没有可以全量认定的规则：{rule or service}", f"no rule for everyone: {rule or service}"),
            code=USAGE,
        )
    result: dict[str, Any] = {
        "state": "dry",
        "subjects": 0,
        "changed": 0,
        "newer": 0,
        "flows": [],
        "seconds": {},
    }
    with api.opened() as snapshot:
        for file in files:
            found = rules.compare(file, snapshot, AreaCode.parse(settings.PROVINCE), master)
            result["subjects"] += found.subjects
            result["changed"] += found.changed
            result["newer"] += found.newer
            result["flows"] += summed(found.flows)
            result["seconds"] |= found.seconds
        result |= {"generation": snapshot.generation, "as_of": snapshot.as_of}
    return result


def figures(run: PopulationRunView) -> dict[str, Any]:
    """A run as figures."""
    return {
        "run": str(run.id), "service": run.service, "state": run.state, "generation": run.generation, "as_of": run.as_of,
        "subjects": run.subjects, "changed": run.changed, "newer": run.newer, "placeless": run.placeless,
        "flows": summed(run.flows), "seconds": dict(run.seconds),
    }  # fmt: skip


def summed(flows: Any) -> list[dict[str, Any]]:
    """How many go from which outcome to which, over all counties."""
    found: dict[tuple[str, str, str], int] = {}
    for flow in flows:
        key = (flow.rule, flow.before, flow.after)
        found[key] = found.get(key, 0) + flow.count
    return [
        {"rule": rule, "before": before, "after": after, "count": count}
        for (rule, before, after), count in sorted(found.items())
    ]


def described(found: dict[str, Any]) -> None:
    """A run for people."""
    from rich.table import Table

    default = say("默认", "default")
    table = Table(say("规则", "rule"), say("原来", "before"), say("现在", "after"), box=None)
    table.add_column(say("对象", "subjects"), justify="right")
    for flow in found["flows"]:
        table.add_row(flow["rule"], flow["before"] or default, flow["after"] or default, f"{flow['count']:,}")
    if found["flows"]:
        console.print(table)
    seconds = ", ".join(f"{name} {value:.1f}" for name, value in found["seconds"].items() if "." not in name)
    console.print(
        say(
            f"认定 {found['subjects']:,} 个对象，变化 {found['changed']:,} 个，截至 {when(found['as_of'])}（{seconds} 秒）",
            f"{found['subjects']:,} decided, {found['changed']:,} changed, as of {when(found['as_of'])} ({seconds} s)",
        )
        if found["as_of"]
        else say("没有认定任何对象。", "Nobody was decided."),
        style="green" if found["state"] in ("done", "dry") else "yellow",
    )


@app.command(help=say("快照截至何时，有多少行", "as of when the snapshot is, and how many rows it has"))
def status(json: Json = False) -> None:
    """Exit code 3 where there is no snapshot yet."""
    with django("population status"):
        from huimin.core.facts import api
        from huimin.core.rules import api as rules

        found, last = api.status(), rules.runs(5)
        runs = [figures(one) | {"opened": one.opened, "actor": one.actor, "error": one.error} for one in last]
    if json:
        put({**(asdict(found) if found else {"generation": None}), "runs": runs})
    if found is None:
        fail(
            say("还没有快照。", "There is no snapshot yet."),
            say("先运行 huimin population refresh。", "Run `huimin population refresh` first."),
            code=ENVIRONMENT,
        )
    if not json:
        describe(found)
        for one in runs:
            console.print(
                f"{when(one['opened'])}  {one['service']}  {one['state']}  "
                + say(
                    f"认定 {one['subjects']:,}，变化 {one['changed']:,}，{one['actor']}",
                    f"{one['subjects']:,} decided, {one['changed']:,} changed, {one['actor']}",
                )
                + (f"  {one['error']}" if one["error"] else "")
            )


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
