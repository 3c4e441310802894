"""`huimin export`: a list as a file, with the sight and the rights of an officer, leaving the same trace as his desk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer

from huimin.cli.frame import USAGE, console, django, fail, put, refusals
from huimin.cli.words import say


def export(
    list_name: Annotated[
        str, typer.Argument(metavar="LIST", help=say("名单，例如 poverty.enrolled", "which list"))
    ],
    file: Annotated[Path, typer.Argument(help=say("写到哪个文件", "the file to write"))],
    username: Annotated[str, typer.Option("--as", help=say("以谁的权限", "whose sight and rights"))],
    filter: Annotated[
        list[str] | None,
        typer.Option(
            "--filter", help=say("筛选，例如 kind=sudden，可重复", "narrow it: kind=sudden, repeatable")
        ),
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            help=say("xlsx、csv 或 parquet，默认按文件名", "xlsx, csv or parquet; by the file's name")
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """Exit code 0 when written, 1 when refused, 2 for an unknown list, account or format."""
    with django("export"), refusals(json):
        from huimin.core.access.api import account_of, viewer_of
        from huimin.core.exports import api as exports

        known = exports.EXPORTS.get(list_name)
        if known is None:
            names = ", ".join(exports.EXPORTS)
            fail(say(f"没有名单 {list_name}。", f"There is no list {list_name}."), names, code=USAGE)
        kind = format or file.suffix.removeprefix(".")
        if kind not in tuple(exports.Format):
            fail(say("格式应为 xlsx、csv 或 parquet。", "The format is xlsx, csv or parquet."), code=USAGE)
        pairs = [one.partition("=") for one in filter or ()]
        wrong = [name for name, _sign, _value in pairs if name not in known.filters]
        if wrong:
            hint = say("可以用：", "Known: ") + ", ".join(known.filters)
            fail(
                say(f"这个名单不能按 {wrong[0]} 筛选。", f"{list_name} has no filter {wrong[0]}."),
                hint,
                code=USAGE,
            )
        account = account_of(username)
        if account is None or not account.is_active:
            fail(say(f"没有用户名为 {username} 的账号。", f"There is no account {username}."), code=USAGE)
        viewer = viewer_of(account)
        run = UUID(
            exports.start(
                viewer, key=f"cli/{uuid4()}", list_name=list_name, format=kind,
                filters={name: value for name, _sign, value in pairs}, area=viewer.area,
            )["run"]
        )  # fmt: skip
        exports.work_off(run)
        with viewer.acting():
            made = exports.run_of(viewer, run)
        if made is None or made.state != "ready":
            fail(made.error if made and made.error else say("没有生成。", "It was not written."), code=1)
        exports.take(viewer, key=f"cli/{run}", run=run)
        file.write_bytes(b"")
        file.chmod(0o600)
        with exports.path_of(run, kind).open("rb") as source, file.open("wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
    if json:
        put({"list": list_name, "file": str(file), "rows": made.rows, "bytes": made.size})
    else:
        console.print(
            say(f"{made.rows:,} 行写入 {file}", f"{made.rows:,} rows written to {file}"), markup=False
        )
