"""`huimin import people|households|facts FILE`: a file checked, its bad rows kept, its good rows in."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from huimin.cli.frame import ENVIRONMENT, OK, PROBLEMS, USAGE, console, django, fail, put
from huimin.cli.words import chinese, say

SHOWN = 20
File = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        readable=True,
        help=say("CSV、Excel 或 Parquet 文件", "a CSV, Excel or Parquet file"),
    ),
]
Mode = Annotated[
    str,
    typer.Option(
        help=say(
            "whole：有一行不对就整份不导入；rows：好的行导入，有误的行另存",
            "whole: any bad row refuses the file; rows: good rows go in, bad ones are kept",
        )
    ),
]
Differ = Annotated[
    str,
    typer.Option(
        help=say(
            "与登记不一致的行：report 列为有误；propose 作为待核实数据；update 以文件为准",
            "rows that differ from the register: report as bad, propose a change, update",
        )
    ),
]
Source = Annotated[
    str,
    typer.Option(
        help=say("数据来源，列的对应按来源记住", "where it comes from; columns are remembered by it")
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", help=say("表头=项目，可多次", "heading=column, may be repeated; heading= leaves it out")
    ),
]
Dry = Annotated[bool, typer.Option("--dry-run", help=say("只检查，不导入", "check only"))]
Bad = Annotated[Path | None, typer.Option(help=say("有误的行存到哪个文件", "where to put the bad rows"))]
As = Annotated[
    str, typer.Option("--as", help=say("以哪个账号的权限导入", "import with the rights of this account"))
]
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]


def import_people(
    file: File,
    mode: Mode = "whole",
    source: Source = "",
    map: Map = None,
    differ: Differ = "report",
    dry_run: Dry = False,
    bad: Bad = None,
    as_: As = "",
    json: Json = False,
) -> None:
    """导入人员；填了户编号和与户主关系的，同时登记户和成员。"""
    take("people", file, mode, source, map, differ, dry_run, bad, as_, json)


def import_households(
    file: File,
    mode: Mode = "whole",
    source: Source = "",
    map: Map = None,
    dry_run: Dry = False,
    bad: Bad = None,
    as_: As = "",
    json: Json = False,
) -> None:
    """导入户；户主须已登记。"""
    take("households", file, mode, source, map, "report", dry_run, bad, as_, json)


def import_facts(
    file: File,
    table: Annotated[
        str, typer.Option(help=say("哪一类，如 poverty.income", "which table, such as poverty.income"))
    ],
    mode: Mode = "whole",
    source: Source = "",
    map: Map = None,
    differ: Differ = "report",
    dry_run: Dry = False,
    bad: Bad = None,
    as_: As = "",
    json: Json = False,
) -> None:
    """导入户的收入、保障、风险等。"""
    take(table, file, mode, source, map, differ, dry_run, bad, as_, json)


def viewer_named(name: str) -> Any:
    """The viewer of an account, or the platform itself where none is named; an unknown one ends the command with 2."""
    from huimin.core.access.api import account_of, system, viewer_of

    if not name:
        return system("import")
    account = account_of(name)
    if account is None or not account.is_active:
        fail(say(f"没有账号“{name}”", f"There is no account {name!r}"), code=USAGE)
    return viewer_of(account)


def mapped(given: list[str] | None) -> dict[str, str]:
    """`heading=column` of the options."""
    pairs = {}
    for one in given or []:
        heading, sign, column = one.rpartition("=")
        if not sign or not heading:
            fail(
                say(f"--map 应写作 表头=项目，不是 {one}", f"--map is heading=column, not {one}"), code=USAGE
            )
        pairs[heading.strip()] = column.strip()
    return pairs


@contextmanager
def bars(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage."""
    titles = {"check": say("检查", "checking"), "import": say("导入", "importing")}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet) as progress:
        tasks: dict[str, Any] = {}

        def listen(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(titles.get(stage, stage), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield listen


def take(
    target: str,
    file: Path,
    mode: str,
    source: str,
    given: list[str] | None,
    differ: str,
    dry: bool,
    bad: Path | None,
    name: str,
    json: bool,
) -> None:
    """Take one file in, or go on with it where it broke off; exit code 0 all in, 1 some rows bad, 2 usage, 3 environment."""
    chosen = mapped(given)
    started = time.monotonic()
    with django("import"):
        from django.utils.translation import override

        from huimin.core.access.api import acting_as
        from huimin.core.intake import api as intake
        from huimin.kit.refusal import Refused

        viewer = viewer_named(name)
        with acting_as(viewer), override("zh-hans" if chinese() else "en"):
            try:
                with bars(json) as listen:
                    run = _carried(
                        viewer, target, file, mode, source or file.stem, chosen, differ, dry, listen
                    )
            except Refused as refusal:
                if json:
                    named = {field: str(text) for field, text in refusal.fields.items()}
                    put({"error": str(refusal), "code": refusal.code, "fields": named})
                    raise typer.Exit(USAGE) from refusal
                fail(str(refusal), code=USAGE)
            view = intake.run(viewer, run)
            assert view is not None
            kept = intake.bad_file(view)
            if kept is not None and not dry and bad is None:
                bad = file.with_name(f"{file.stem}.bad{kept.suffix}")
            if kept is not None and bad is not None:
                shutil.copyfile(kept, bad)
                bad.chmod(0o600)
            _tell(
                view,
                intake.problems(view, SHOWN),
                bad if kept is not None else None,
                time.monotonic() - started,
                dry,
                json,
            )
            if dry:
                intake.drop(viewer, key=str(uuid4()), run=run)
            if view.state == "failed":
                raise typer.Exit(ENVIRONMENT)
            raise typer.Exit(PROBLEMS if view.bad else OK)


def _carried(
    viewer: Any,
    target: str,
    file: Path,
    mode: str,
    source: str,
    chosen: dict[str, str],
    differ: str,
    dry: bool,
    listen: Callable[[str, int, int], None],
) -> UUID:
    from huimin.core.intake import api as intake

    run: UUID = intake.receive(
        viewer, key=str(uuid4()), target=target, name=file.name, source=source, path=file
    )
    fresh = intake.run(viewer, run)
    assert fresh is not None
    mapping = {**fresh.mapping, **chosen}
    before = None
    if not dry:
        used = {heading: mapping.get(heading, "") for heading in fresh.headings}
        before = intake.unfinished(
            viewer, target=target, digest=intake.digest(file), mapping=used, mode=mode, differ=differ
        )
    if before is not None:
        intake.drop(viewer, key=str(uuid4()), run=run)
        intake.resume(viewer, key=str(uuid4()), run=before, defer=False)
        intake.work_off(before, viewer, listen)
        return before
    try:
        intake.arrange(
            viewer, key=str(uuid4()), run=run, mapping=mapping, mode=mode, differ=differ, defer=False
        )
    except BaseException:
        intake.drop(viewer, key=str(uuid4()), run=run)
        raise
    state = intake.work_off(run, viewer, listen)
    checked = intake.run(viewer, run)
    if dry or state != "checked" or checked is None or (mode == "whole" and checked.bad):
        return run
    intake.start(viewer, key=str(uuid4()), run=run, defer=False)
    intake.work_off(run, viewer, listen)
    return run


def _tell(view: Any, problems: Any, bad: Path | None, seconds: float, dry: bool, json: bool) -> None:
    from huimin.core.intake import api as intake

    result = {
        **intake.outcome(view),
        "dry_run": dry,
        "bad_file": str(bad) if bad else "",
        "seconds": round(seconds, 1),
    }
    if json:
        shown = [{"row": p.row, "column": p.title, "value": p.value, "reason": p.reason} for p in problems]
        put({**result, "first_problems": shown})
        return
    if problems:
        table = Table(say("行", "row"), say("列", "column"), say("内容", "value"), say("原因", "reason"))
        for one in problems:
            table.add_row(str(one.row), one.title, one.value, one.reason)
        console.print(table)
    if view.state == "failed":
        console.print(view.error, style="red", markup=False)
    refused = view.mode == "whole" and view.bad and not view.done
    console.print(
        say(
            f"读取 {view.total:,} 行：{'可导入' if dry or refused else '导入'} {view.good if dry or refused else view.done:,}，"
            f"未变 {view.unchanged:,}，有误 {view.bad:,}；用时 {seconds:.1f} 秒",
            f"{view.total:,} rows read: {view.good if dry or refused else view.done:,} "
            f"{'could go in' if dry or refused else 'in'}, {view.unchanged:,} unchanged, {view.bad:,} bad; {seconds:.1f} s",
        ),
        style="yellow" if view.bad else "green",
        markup=False,
    )
    if refused:
        console.print(
            say("整份导入：有行有误，什么都没有导入。", "As a whole: some rows are bad, nothing went in."),
            markup=False,
        )
    if bad:
        console.print(
            say(
                f"有误的行在 {bad}，更正后再导入这个文件即可。",
                f"The bad rows are in {bad}: correct them and import that file.",
            ),
            markup=False,
        )
