"""`huimin demo`: one command from nothing to a province one can click through."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from huimin.cli.frame import console, django, fail, put
from huimin.cli.serve import HOST, PORT, check_port, collect_static, run
from huimin.cli.words import say

Listener = Callable[[str, int, int], None]


DUPLICATES_IN = "620123000000"  # the county of the ready accounts


class Steps:
    """The steps of the preparation, each with a bar and its time."""

    def __init__(self, quiet: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=console, disable=quiet)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[Listener]:
        """One step; the listener it gives takes (stage, done, total)."""
        started = time.monotonic()
        task = self.bars.add_task(title, total=None)
        stages: dict[str, TaskID] = {}

        def listen(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = self.bars.add_task(f"  {title} {stage}", total=total)
            self.bars.update(stages[stage], completed=done, total=total)

        yield listen
        self.seconds[name] = round(time.monotonic() - started, 1)
        for stage in stages.values():
            self.bars.update(stage, visible=False)
        self.bars.update(task, total=1, completed=1)


def demo(
    people: Annotated[
        int, typer.Option(min=100, max=5_000_000, help=say("多少人", "how many people"))
    ] = 60_000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help=say("准备好后启动服务", "serve when ready"))
    ] = True,
    host: Annotated[str, typer.Option(help=say("监听的地址", "address to listen on"))] = HOST,
    port: Annotated[int, typer.Option(min=1, max=65535, help=say("端口", "port"))] = PORT,
    workers: Annotated[int, typer.Option(min=1, max=32, help=say("进程数", "processes"))] = 2,
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """准备演示省份并启动；再次运行沿用已有的数据。"""
    os.environ["HUIMIN_DEMO"] = "1"
    os.environ.setdefault("HUIMIN_TLS", "0")
    if serve:
        check_port(host, port)
    with django("demo"):
        result = prepare(people, quiet=json)
        if json:
            put(result)
        else:
            tell(result)
        if serve:
            from django.db import connections

            connections.close_all()
            run(host, port, workers, with_worker=True)


def prepare(people: int, *, quiet: bool = False) -> dict[str, Any]:
    """Bring the demo province about, reusing what is there; sizes and seconds by step."""
    from huimin.cli import staff
    from huimin.cli.database import bring_up_to_date
    from huimin.core.access.api import acting_as, load_accounts, system
    from huimin.core.people import api as registry
    from huimin.core.people.api import DENSE, load_people
    from huimin.core.places import api as places
    from huimin.kit.area import AreaCode, Level
    from huimin.kit.refusal import Refused
    from huimin.manifest import services

    started = time.monotonic()
    viewer, steps = system("demo"), Steps(quiet)
    with steps.bars:
        with steps.step("database", say("数据库", "database")):
            bring_up_to_date()
        with steps.step("divisions", say("甘肃行政区划", "divisions of Gansu")) as listen:
            province = str(AreaCode.parse("62"))
            if not places.exists(province):
                places.import_package(listen)
        with steps.step("people", say("人和户", "people")) as listen:
            had = registry.counts(province).persons
            try:
                if not had:
                    load_people(people, progress=listen, area=province)
            except Refused as refused:
                fail(str(refused))
        villages = [code for code in DENSE if places.exists(code)]
        with steps.step("staff", say("机构和账号", "offices and accounts")) as listen:
            with acting_as(viewer):
                lived_in = registry.populated(province)
            load_accounts(lived_in, villages, progress=listen, area=province)
        for label, service in services.items():
            if service.demo:
                with steps.step(label, str(service.title)) as listen:
                    service.demo.load(listen)
        with steps.step("duplicates", say("疑似重复人员", "probable duplicates")), acting_as(viewer):
            registry.plant_duplicates(viewer, key="demo", area=DUPLICATES_IN, seed=7)
            registry.search(DUPLICATES_IN, key="demo")
        work_out(steps, fresh=not had)
        with steps.step("citizen", say("居民账号", "the ready citizen")):
            citizen = staff.citizen(viewer, villages[0])
        with steps.step("static", say("静态文件", "static files")):
            collect_static()
    counted = registry.counts(province)
    return {
        "people": counted.persons,
        "households": counted.households,
        "villages": places.counts(province).get(Level.VILLAGE, 0),
        "reused": bool(had),
        "citizen": citizen,
        "seconds": round(time.monotonic() - started, 1),
        "steps": steps.seconds,
    }


def work_out(steps: Steps, *, fresh: bool) -> None:
    """What is worked out from everyone: the snapshot, the first population run, figures of every place."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.credentials import api as credentials
    from huimin.core.facts import api as facts
    from huimin.core.insight import api as insight
    from huimin.kit import clock
    from huimin.manifest import services

    viewer = system("demo")
    with steps.step("snapshot", say("全量快照", "snapshot of everyone")) as listen:
        facts.refresh(listen)
    with steps.step("population", say("全量认定", "everyone decided")) as listen:
        if fresh:
            decide_everyone(listen)
    with steps.step("insight", say("统计指标", "figures of every place")) as listen, acting_as(viewer):
        insight.load_sources(viewer)
        for label in services:
            periods = insight.due(label)
            insight.compute(label, periods, listen)
            for period in periods if services[label].assessments else ():
                insight.assess(label, period)
    with steps.step("roots", say("每日存证", "roots of decisions")), acting_as(viewer):
        credentials.close_due(clock.today() - timedelta(days=7))


def decide_everyone(listen: Listener) -> None:
    """The first population run, so that its pages and the snapshot are there."""
    from huimin.core.access.api import system
    from huimin.core.rules import api as rules

    for label in dict.fromkeys(file.service for file in rules.BOOK.values() if file.everyone):
        made = rules.run_population(system("demo"), key=f"first/{label}", service=label, fresh=False)
        rules.work(made["run"], lambda phase, done, total: listen(phase, done, total or 1))


def tell(result: dict[str, Any]) -> None:
    """The result for people."""
    console.print(
        say(
            f"{result['people']:,} 人，{result['households']:,} 户，{result['villages']:,} 个村；"
            f"{result['seconds']} 秒" + ("（沿用已有的数据）" if result["reused"] else ""),
            f"{result['people']:,} people, {result['households']:,} households, "
            f"{result['villages']:,} villages; "
            f"{result['seconds']} s" + (" (data of last time)" if result["reused"] else ""),
        ),
        style="green",
    )
    console.print(
        say(
            "登录页上点一下就能以居民、村、乡镇、县、省、审计或管理员进入。",
            "The sign-in page has ready accounts, from citizen to administrator: one press signs in.",
        )
    )
