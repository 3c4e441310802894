"""`huimin people match`: search an area for records that may be one person's, now and in this process."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from huimin.cli.frame import console, django, put, refusals
from huimin.cli.words import say

app = typer.Typer(help=say("人员登记", "the register of people"), no_args_is_help=True)


@app.callback()
def people() -> None:
    """人员登记。"""


@app.command(
    help=say("查找疑似重复的人员，供核对后合并", "find probable duplicates, for people to look at and merge")
)
def match(
    area: Annotated[
        str, typer.Option(help=say("区划代码，缺省为全部", "code of a division; without one, everywhere"))
    ] = "",
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """Exit code 0; the pairs found wait on the desk under 重复人员."""
    with django("people match"), refusals(json):
        from huimin.core.people import api as registry
        from huimin.core.places import api as places
        from huimin.kit.area import AreaCode, Level
        from huimin.kit.refusal import Refused

        if area:
            try:
                codes = [str(AreaCode.parse(area))]
            except ValueError:
                raise Refused(say(f"没有区划 {area}", f"no division {area}"), code="no_place") from None
        else:
            codes = [one.code for one in places.at_level(Level.PROVINCE)]
        started = time.monotonic()
        total = {"persons": 0, "pairs": 0, "fresh": 0, "gone": 0}
        for code in codes:
            found = registry.search(code)
            total = {name: total[name] + found[name] for name in total}
        seconds = round(time.monotonic() - started, 1)
    if json:
        put({**total, "seconds": seconds})
        return
    console.print(
        say(
            f"比对 {total['persons']:,} 人，疑似重复 {total['pairs']:,} 对，其中新发现 {total['fresh']:,} 对；{seconds} 秒",
            f"{total['persons']:,} people compared, {total['pairs']:,} pairs, {total['fresh']:,} of them new; {seconds} s",
        ),
        style="green",
    )
