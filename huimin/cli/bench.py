"""`huimin bench`: what measuring needs and a real register must never see."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from huimin.cli.frame import PROBLEMS, USAGE, console, django, fail, put
from huimin.cli.words import say

app = typer.Typer(help=say("测速用的人造数据", "made-up data for measuring"), no_args_is_help=True)
BYTES_A_PERSON = 150  # of Parquet, as it comes out


@app.callback()
def bench() -> None:
    """Made-up data for measuring."""


@app.command("make-people", help=say("造一个登记库的快照", "make up the snapshot of a register"))
def make_people(
    people: Annotated[int, typer.Option(min=1, help=say("多少人", "how many people"))] = 34_000_000,
    out: Annotated[
        Path | None,
        typer.Option(
            help=say("放在哪个文件夹，默认是快照的文件夹", "the folder, by default that of the snapshot"),
            file_okay=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """Households with profile, incomes, guarantees, risk and yesterday's decision, straight into the layout of the snapshot."""
    import shutil

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with django("bench make-people"):
        from django.conf import settings

        from huimin.core.facts import api
        from huimin.kit import clock
        from huimin.kit.refusal import Refused
        from huimin.services.poverty.demo import everyone

        if out is not None:
            settings.POPULATION = out.resolve()
        folder = Path(settings.POPULATION)
        folder.mkdir(parents=True, exist_ok=True)
        free, needed = shutil.disk_usage(folder).free, people * BYTES_A_PERSON
        if free < needed:
            gib = needed / 2**30
            fail(
                say(
                    f"{folder} 空间不够：约需 {gib:.1f} GiB",
                    f"{folder} has no room: about {gib:.1f} GiB are needed",
                ),
                code=USAGE,
            )
        total = len(everyone.counties(people)) + 1
        columns = (
            TextColumn(say("造数据", "making")),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(say("县", "counties")),
        )
        try:
            with Progress(*columns, console=console, transient=True, disable=json) as bar:
                task = bar.add_task("", total=total)
                shares = everyone.shares(people, clock.today())
                done = api.make_up(
                    shares, total, everyone.MACROS, lambda _t, n, _total: bar.update(task, completed=n)
                )
        except Refused as refusal:
            fail(
                say(
                    f"{folder} 里已有快照，请另选文件夹。",
                    f"{folder} holds a snapshot already: name another folder.",
                ),
                code=PROBLEMS if refusal.code == "not_empty" else USAGE,
            )
        found = api.status()
    assert found is not None
    if json:
        put({**asdict(done), "bytes": found.bytes, "files": found.files, "folder": str(folder)})
        return
    rows = sum(done.tables.values())
    console.print(
        say(
            f"{rows:,} 行，{found.bytes / 2**30:.2f} GiB，{done.seconds['whole']:.0f} 秒：{folder}",
            f"{rows:,} rows, {found.bytes / 2**30:.2f} GiB, {done.seconds['whole']:.0f} s: {folder}",
        ),
        style="green",
    )
