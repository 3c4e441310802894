"""`huimin rules versions` and `huimin rules text`: what the rule book keeps, taken out unchanged to be run on files.

Proposing and publishing are signatures of persons: they are done at the desk, signed in, and nowhere else.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from huimin.cli.frame import console, django, put, refusals
from huimin.cli.words import say

Rule = Annotated[
    str, typer.Argument(help=say("规则的名字，如 poverty.monitoring", "such as poverty.monitoring"))
]
Json = Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))]
STATES = {
    "in_force": say("现行", "in force"),
    "coming": say("将施行", "to come"),
    "past": say("已失效", "past"),
    "withdrawn": say("已撤回", "withdrawn"),
    "offered": say("随软件提供，未启用", "offered by the release"),
}


def versions(rule: Rule, json: Json = False) -> None:
    """Every version of a rule, the newest first."""
    with django("rules versions"), refusals(json):
        from huimin.core.rules import api

        found = api.versions(rule)
    if json:
        names = ("number", "state", "hash", "origin", "valid_from", "until", "basis", "note")
        put({"rule": rule, "versions": [{name: getattr(one, name) for name in names} for one in found]})
        return
    table = Table(box=None)
    heads = (
        say("版本", "version"),
        say("状态", "state"),
        say("施行", "from"),
        say("指纹", "hash"),
        say("依据", "basis"),
    )
    for head in (*heads, say("发布人", "published by")):
        table.add_column(head)
    for one in found:
        table.add_row(
            str(one.number or "—"), STATES[one.state], str(one.valid_from or ""), one.hash[:12], one.basis,
            one.publisher.label if one.publisher else say("随软件", "shipped"),
        )  # fmt: skip
    console.print(table)


def text(
    rule: Rule,
    number: Annotated[
        int, typer.Option(help=say("第几版，默认现行版", "which version, by default in force"))
    ] = 0,
    examples: Annotated[
        bool, typer.Option(help=say("输出试例（YAML）", "print its examples (YAML)"))
    ] = False,
) -> None:
    """The DMN of a version as it was published, on the output."""
    with django("rules text"), refusals(json=False):
        from huimin.core.rules import api

        found = api.version(rule, number)
    print(found.examples if examples else found.text, end="")
