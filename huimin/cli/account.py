"""`huimin account`: the first administrator, and accounts where nobody can sign in to keep them."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from huimin.cli.frame import USAGE, console, django, fail, put, refusals
from huimin.cli.words import say

app = typer.Typer(help=say("账号", "accounts"), no_args_is_help=True)
Username = Annotated[str, typer.Argument(help=say("用户名", "username"))]
Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help=say("从标准输入读一行密码，不提示", "read the password as one line of standard input"),
    ),
]


def ask_password(from_stdin: bool, username: str) -> str:
    """A password, asked for twice without showing it or read from standard input; one that is too weak ends with 2."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt(say("密码", "Password"), hide_input=True, err=True)
        again = typer.prompt(say("再输一次", "Once more"), hide_input=True, err=True)
        if again != password:
            fail(say("两次输入的密码不一样。", "The two passwords differ."), code=USAGE)
    try:
        validate_password(password)
    except ValidationError as weak:
        fail(" ".join(weak.messages), code=USAGE)
    if password == username:
        fail(say("密码不能和用户名一样。", "The password must differ from the username."), code=USAGE)
    return password


def known(username: str) -> Any:
    """The account of that name; without one the command ends with 2."""
    from huimin.core.access.api import account_of

    account = account_of(username)
    if account is None:
        fail(
            say(f"没有用户名为 {username} 的账号。", f"There is no account {username}."),
            say("huimin account list 列出全部。", "`huimin account list` lists them."),
            code=USAGE,
        )
    return account


@app.command(
    help=say("开立系统管理员（第一个也由此开立）", "open an administrator of the platform, the first one too")
)
def admin(
    username: Username,
    name: Annotated[str, typer.Option(help=say("显示的姓名", "the name that is shown"))] = "系统管理员",
    office: Annotated[str, typer.Option(help=say("所在机构", "his office"))] = "系统管理",
    area: Annotated[
        str,
        typer.Option(
            help=say("机构的区划代码，默认为本省", "division of the office; by default the province")
        ),
    ] = "",
    password_stdin: FromStdin = False,
    json: Json = False,
) -> None:
    """Exit code 0 when opened, 1 where the name is taken, 2 for a weak password or an unknown division."""
    with django("account"), refusals(json):
        from django.conf import settings
        from django.contrib.auth.validators import UnicodeUsernameValidator
        from django.core.exceptions import ValidationError

        from huimin.core.access.api import open_admin, system
        from huimin.core.places import api as places
        from huimin.kit.area import AreaCode

        try:
            UnicodeUsernameValidator()(username)
            code = str(AreaCode.parse(area or settings.PROVINCE))
        except ValidationError as wrong:
            fail(" ".join(wrong.messages), code=USAGE)
        except ValueError as wrong:
            fail(str(wrong), code=USAGE)
        if not places.exists(code):
            fail(
                say(f"没有代码为 {code} 的区划。", f"There is no division {code}."),
                say("先运行 huimin import divisions。", "Run `huimin import divisions` first."),
                code=USAGE,
            )
        password = ask_password(password_stdin, username)
        made = open_admin(
            system("cli"), username=username, name=name, password=password, office=office, area=code
        )
    if json:
        put({"username": username, **made})
        return
    console.print(
        say(
            f"已开立系统管理员 {username}，首次登录时设置两步验证。",
            f"Administrator {username} opened. A second factor is set up at the first sign-in.",
        ),
        style="green",
        markup=False,
    )


@app.command(
    "list", help=say("列出工作人员和管理员的账号", "list the accounts of officers and administrators")
)
def list_(json: Json = False) -> None:
    """Citizens' accounts are left out."""
    with django("account"):
        from huimin.core.access.api import posts_of_staff

        rows: list[dict[str, Any]] = [
            {
                "username": account.username, "name": str(account), "active": account.is_active,
                "administrator": account.is_superuser, "last_login": account.last_login,
                "posts": [
                    {
                        "office": post.office, "area": post.area, "title": post.title, "since": post.start,
                        "roles": [f"{one.service}.{one.role}@{one.area}" for one in post.roles],
                    }
                    for post in posts
                ],
            }
            for account, posts in posts_of_staff()
        ]  # fmt: skip
    if json:
        put({"accounts": rows})
        return
    for row in rows:
        mark = "" if row["active"] else say("（已停用）", " (closed)")
        roles = [role for post in row["posts"] for role in post["roles"]]
        offices = "，".join(post["office"] for post in row["posts"])
        print(f"{row['username']}\t{row['name']}{mark}\t{offices}\t{' '.join(roles)}")
    console.print(say(f"{len(rows):,} 个账号", f"{len(rows):,} accounts"))


@app.command(help=say("设置密码，旧密码的登录随即失效", "set a password; sessions under the old one end"))
def password(username: Username, password_stdin: FromStdin = False, json: Json = False) -> None:
    """Exit code 0 when set, 2 where there is no such account or the password is weak."""
    with django("account"), refusals(json):
        from huimin.core.access.api import set_password, system

        account = known(username)
        set_password(system("cli"), account=account.pk, password=ask_password(password_stdin, username))
    if json:
        put({"username": username})
    else:
        console.print(say(f"已为 {username} 设置密码。", f"Password of {username} set."), markup=False)


@app.command(help=say("停用账号，做过的事都保留", "close an account; what it did stays"))
def close(
    username: Username,
    reason: Annotated[str, typer.Option(help=say("理由，记入操作日志", "why, for the journal"))],
    json: Json = False,
) -> None:
    """Exit code 0 when closed, 2 where there is no such account."""
    if not reason.strip():
        fail(say("请用 --reason 写明理由。", "Say why with --reason."), code=USAGE)
    with django("account"), refusals(json):
        from huimin.core.access.api import close_account, system

        close_account(system("cli"), account=known(username).pk, reason=reason.strip())
    if json:
        put({"username": username, "active": False})
    else:
        console.print(say(f"已停用 {username}。", f"{username} closed."), markup=False)
