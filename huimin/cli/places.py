"""`huimin divisions`: villages merged, divided, renamed by order, journaled; people keep the codes they were recorded with."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from huimin.cli.frame import USAGE, console, django, fail, put, refusals
from huimin.cli.words import say

app = typer.Typer(help=say("行政区划的变更", "changes of divisions"), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
On = Annotated[
    str, typer.Option(help=say("生效日期，如 2026-11-22", "the day it takes effect, as 2026-11-22"))
]
Document = Annotated[str, typer.Option(help=say("批复文件的名称和文号", "name and number of the order"))]


def day(text: str) -> date:
    """The day of an option; one that cannot be read ends the command with 2."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(
            say(f"日期应写作 2026-11-22，不是 {text}", f"A day is written 2026-11-22, not {text}"), code=USAGE
        )


def full(code: str) -> str:
    """The twelve digits of a code; one that is none ends the command with 2."""
    from huimin.kit.area import AreaCode

    try:
        return str(AreaCode.parse(code))
    except ValueError:
        fail(
            say(
                f"区划代码是 2、4、6、9 或 12 位数字，不是 {code}",
                f"A division's code has 2, 4, 6, 9 or 12 digits, not {code}",
            ),
            code=USAGE,
        )


def told(json: bool, result: dict[str, Any], zh: str, en: str) -> None:
    """The result for programs or for people."""
    if json:
        put(result)
    else:
        console.print(say(zh, en), style="green", markup=False)


@app.command(help=say("把几个村并入一个", "merge villages into one"))
def merge(
    codes: Annotated[list[str], typer.Argument(help=say("并入的村的代码", "codes of the villages that end"))],
    into: Annotated[str, typer.Option(help=say("并入哪个村", "code of the village that takes them in"))],
    on: On,
    document: Document,
    name: Annotated[
        str, typer.Option(help=say("新村的名称，或合并后的新名称", "name of a new village, or its new name"))
    ] = "",
    json: Json = False,
) -> None:
    """Exit code 0 when recorded, 1 where it is refused, 2 for a code or day that cannot be read."""
    sources, target, when = tuple(full(code) for code in codes), full(into), day(on)
    with django("divisions"), refusals(json):
        from huimin.core.access.api import merge_villages, system
        from huimin.core.places import api as places

        merge_villages(system("cli"), codes=sources, into=target, on=when, document=document, name=name)
        called = places.name_of(target, when)
    told(
        json,
        {"merged": sources, "into": target, "name": called, "on": on},
        f"自 {on} 起，{len(sources)} 个村并入 {called}（{target}）。",
        f"From {on} {len(sources)} villages are part of {called} ({target}).",
    )


@app.command(help=say("从一个村分出几个村民小组", "move villagers' groups of a village to another"))
def split(
    code: Annotated[str, typer.Argument(help=say("原来的村的代码", "code of the village they leave"))],
    into: Annotated[str, typer.Option(help=say("划入哪个村", "code of the village they go to"))],
    groups: Annotated[str, typer.Option(help=say("村民小组号，如 3,5", "numbers of the groups, as 3,5"))],
    on: On,
    document: Document,
    name: Annotated[str, typer.Option(help=say("新村的名称", "name of a new village"))] = "",
    json: Json = False,
) -> None:
    """Exit code 0 when recorded, 1 where it is refused, 2 for a code, day or number that cannot be read."""
    source, target, when = full(code), full(into), day(on)
    try:
        numbers = tuple(int(one) for one in groups.replace("，", ",").split(","))
    except ValueError:
        fail(
            say(f"--groups 应写作 3,5，不是 {groups}", f"--groups takes numbers as 3,5, not {groups}"),
            code=USAGE,
        )
    with django("divisions"), refusals(json):
        from huimin.core.access.api import split_village, system
        from huimin.core.places import api as places

        split_village(
            system("cli"), code=source, into=target, name=name, groups=numbers, on=when, document=document
        )
        called = places.name_of(target, when)
    told(
        json,
        {"from": source, "into": target, "name": called, "groups": numbers, "on": on},
        f"自 {on} 起，{source} 的 {groups} 组划入 {called}（{target}）。",
        f"From {on} groups {groups} of {source} belong to {called} ({target}).",
    )


@app.command(help=say("区划更名，旧名仍可查到", "rename a division; the old name stays known"))
def rename(
    code: Annotated[str, typer.Argument(help=say("区划代码", "code of the division"))],
    name: Annotated[str, typer.Argument(help=say("新名称", "the new name"))],
    on: On,
    document: Document,
    json: Json = False,
) -> None:
    """Exit code 0 when recorded, 1 where it is refused, 2 for a code or day that cannot be read."""
    which, when = full(code), day(on)
    with django("divisions"), refusals(json):
        from huimin.core.access.api import rename_division, system

        rename_division(system("cli"), code=which, name=name, on=when, document=document)
    told(
        json,
        {"code": which, "name": name, "on": on},
        f"自 {on} 起，{which} 名为 {name}。",
        f"From {on} {which} is called {name}.",
    )


@app.command(help=say("一个区划在某天的样子和它的变更", "a division on a day, and its changes"))
def show(
    code: Annotated[str, typer.Argument(help=say("区划代码", "code of the division"))],
    on: Annotated[str, typer.Option(help=say("哪一天，默认今天", "the day; by default today"))] = "",
    json: Json = False,
) -> None:
    """Exit code 0, 1 for a division that is not known."""
    which, when = full(code), day(on) if on else None
    with django("divisions"), refusals(json):
        from huimin.core.places import api as places

        place = places.division(which, when)
        found: dict[str, Any] = {
            "code": which, "name": place.name, "path": places.path_of(which, when), "level": int(place.level),
            "stands": places.exists(which, when), "from": place.valid_from, "until": place.valid_to,
            "successors": places.successors(which, when), "records": [asdict(s) for s in places.spans(which, when)],
            "changes": [
                {
                    "kind": one.kind, "on": one.on, "from": one.from_code, "to": one.to_code, "groups": one.groups,
                    "old_name": one.old_name, "new_name": one.new_name, "document": one.document,
                }
                for one in places.changes_of(which)
            ],
        }  # fmt: skip
    if json:
        put(found)
        return
    stands = say("现有", "stands") if found["stands"] else say("不存在或已撤销", "does not stand")
    print(f"{which} {' '.join(found['path'])} ({stands})")
    if found["successors"] and tuple(found["successors"]) != (which,):
        print(say("现为 ", "now ") + " ".join(found["successors"]))
    for one in found["changes"]:
        groups = " " + ",".join(map(str, one["groups"])) if one["groups"] else ""
        print(
            f"{one['on']} {one['kind']} {one['from']} → {one['to']}{groups} "
            f"{one['old_name']} → {one['new_name']} {one['document']}"
        )
