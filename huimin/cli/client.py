"""`huimin account client`: let other departments' programs in and shut them out, where no keeper can sign in."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from huimin.cli.frame import USAGE, console, django, fail, put, refusals
from huimin.cli.words import say

app = typer.Typer(help=say("其他部门的接口程序", "other departments' programs"), no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
Id = Annotated[str, typer.Argument(help=say("程序的编号", "the client's id"))]


def number(text: str) -> UUID:
    """A client's id; anything else ends with 2."""
    try:
        return UUID(text)
    except ValueError:
        fail(say(f"{text} 不是程序的编号。", f"{text} is no client's id."), code=USAGE)


@app.command("open", help=say("开通一个程序，令牌只显示一次", "let a program in; its token is shown once"))
def open_(
    name: Annotated[str, typer.Argument(help=say("单位和系统", "department and program"))],
    area: Annotated[str, typer.Option(help=say("辖区的区划代码", "division it may see"))],
    scope: Annotated[
        list[str], typer.Option("--scope", help=say("范围，可重复", "what it may do, repeatable"))
    ],
    purpose: Annotated[str, typer.Option(help=say("查看居民信息的用途", "why it looks at people"))] = "check",
    json: Json = False,
) -> None:
    """Exit code 0 when opened, 1 when refused, 2 for an unknown division."""
    with django("account client"), refusals(json):
        from huimin.core.access import api as access
        from huimin.core.places import api as places
        from huimin.kit.area import AreaCode

        try:
            code = str(AreaCode.parse(area))
        except ValueError as wrong:
            fail(str(wrong), code=USAGE)
        if not places.exists(code):
            fail(say(f"没有代码为 {code} 的区划。", f"There is no division {code}."), code=USAGE)
        unknown = [one for one in scope if one not in access.SCOPES]
        if unknown:
            known = ", ".join(access.SCOPES)
            fail(say(f"没有范围 {unknown[0]}。", f"There is no scope {unknown[0]}."), known, code=USAGE)
        secret = access.secret_for(access.new_key())
        made = access.open_client(
            access.system("cli"), name=name, area=code, scopes=tuple(scope), purpose=purpose,
            secret_hash=access.hashed(secret),
        )  # fmt: skip
    tell(made["client"], access.token_of(made["client"], secret), json)


def tell(client: str, token: str, json: bool) -> None:
    """Print the token, this once."""
    if json:
        put({"client": client, "token": token})
        return
    print(token)
    console.print(
        say(
            "令牌只显示这一次，请用保密的方式交给对方。",
            "The token is shown this once. Hand it over in confidence.",
        ),
        style="yellow",
    )


@app.command("list", help=say("列出全部程序", "list every program"))
def list_(json: Json = False) -> None:
    """Those that are shut out too."""
    with django("account client"):
        from huimin.core.access.api import every_client

        rows: list[dict[str, Any]] = [
            {
                "client": str(one.id), "name": one.name, "area": one.area, "scopes": list(one.scopes), "open": one.open,
                "last_used": one.last_used,
            }
            for one in every_client()
        ]  # fmt: skip
    if json:
        put({"clients": rows})
        return
    for row in rows:
        mark = "" if row["open"] else say("（已停用）", " (closed)")
        print(f"{row['client']}\t{row['name']}{mark}\t{row['area']}\t{' '.join(row['scopes'])}")


@app.command(help=say("更换令牌，旧的立即失效", "give it another token; the one before ends at once"))
def renew(client: Id, json: Json = False) -> None:
    """Exit code 0 when changed, 1 where there is no such program or it is shut out."""
    with django("account client"), refusals(json):
        from huimin.core.access import api as access

        secret = access.secret_for(access.new_key())
        made = access.renew_client(
            access.system("cli"), client=number(client), secret_hash=access.hashed(secret)
        )
    tell(made["client"], access.token_of(made["client"], secret), json)


@app.command(help=say("停用一个程序", "shut a program out"))
def close(
    client: Id,
    reason: Annotated[str, typer.Option(help=say("理由，记入操作日志", "why, for the journal"))],
    json: Json = False,
) -> None:
    """Exit code 0 when closed, 1 where there is no such program."""
    with django("account client"), refusals(json):
        from huimin.core.access import api as access

        access.close_client(access.system("cli"), client=number(client), reason=reason)
    if json:
        put({"client": client, "open": False})
    else:
        console.print(say("已停用。", "Closed."))
