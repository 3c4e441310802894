"""`huimin code key|issue|verify|conformance`: signed codes from files, without database or network."""

from __future__ import annotations

import datetime as dt
import json as js
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from huimin.cli.frame import OK, PROBLEMS, USAGE, console, fail, put
from huimin.cli.words import say

app = typer.Typer(help=say("签名二维码：签发与查验", "signed codes: issue and verify"), no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
MARKS = {"ok": ("✓", "green"), "bad": ("✗", "red"), "note": ("!", "yellow"), "none": ("·", "dim")}
STEPS = {
    "prefix": ("前缀", "prefix"),
    "base45": ("base45 编码", "base45"),
    "zlib": ("解压", "inflation"),
    "cose": ("签名结构", "the signed message's form"),
    "key": ("签名密钥在信任列表中", "the key is on the trust list"),
    "signature": ("签名", "signature"),
    "claims": ("签名内容", "what was signed"),
    "time": ("有效期", "time"),
    "usage": ("密钥可签此类内容", "the key may sign this"),
    "schema": ("内容符合格式", "the content's form"),
    "revoked": ("未被作废", "not revoked"),
    "values": ("代码在代码表中", "codes are in their lists"),
}


def read(path: Path) -> Any:
    """A JSON file; one that cannot be read ends the command."""
    try:
        return js.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        fail(say(f"{path} 读不懂：{error}", f"{path} cannot be read: {error}"), code=USAGE)


def moment(text: str) -> dt.datetime:
    """A moment given by hand, in Beijing where it names no zone; without one, now."""
    from huimin.kit import clock

    if not text:
        return clock.now()
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        fail(say(f"时间写法不对：{text}", f"no moment: {text}"), code=USAGE)
    return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)


@app.command(
    help=say("新建一把签名密钥，并写出公钥列表", "make a signing key, and the list of its public key")
)
def key(
    private: Annotated[Path, typer.Argument(help=say("私钥文件（PEM）", "the private key (PEM)"))],
    public: Annotated[Path, typer.Argument(help=say("公钥列表（JSON）", "the list of public keys (JSON)"))],
) -> None:
    """Exit code 0; 2 where a file is there already."""
    import os

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from huimin.core.credentials import proof

    for path in (private, public):
        if path.exists():
            fail(say(f"{path} 已经有了", f"{path} is there already"), code=USAGE)
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(pem)
    public.write_text(
        js.dumps({"keys": [proof.jwk_of(made.public_key())]}, indent=2) + "\n", encoding="utf-8"
    )
    console.print(f"{private} · {public}", style="green", markup=False)


@app.command(
    help=say("签发：完整证书 HC1，或 --display 展示码 HM1", "issue a certificate, or a display token")
)
def issue(
    content: Annotated[
        Path, typer.Argument(help=say("内容（JSON）", "the content (JSON)"), exists=True, dir_okay=False)
    ],
    key: Annotated[Path, typer.Option(help=say("私钥文件（PEM）", "private key (PEM)"), exists=True)],
    certificate: Annotated[
        Path | None, typer.Option(help=say("密钥的 X.509 证书", "the key's X.509 certificate"), exists=True)
    ] = None,
    display: Annotated[
        bool,
        typer.Option("--display", help=say("展示码，至多五分钟", "a display token, five minutes at most")),
    ] = False,
    seconds: Annotated[
        int, typer.Option(min=1, help=say("展示码有效秒数", "how long a display token lives, in seconds"))
    ] = 60,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help=say("证书有效天数", "how long a certificate holds, in days"))
    ] = 180,
    country: Annotated[str, typer.Option(help=say("签发国代码", "the issuer's country"))] = "CN",
    person: Annotated[
        str, typer.Option(help=say("24 位十六进制化名，用于整体作废", "pseudonym to revoke by, 24 digits"))
    ] = "",
    at: Annotated[str, typer.Option(help=say("签发时间，默认现在", "when issued; now unless given"))] = "",
    json: Json = False,
) -> None:
    """Prints the text of the code. Exit code 0; 2 where content or key do not make one."""
    from huimin.core.credentials import codes

    document, issued = read(content), moment(at)
    try:
        signer = codes.local_signer(key.read_bytes(), certificate.read_bytes() if certificate else None)
        if display:
            text = codes.token.issue(
                shown_of(document), signer, issued=issued, life=dt.timedelta(seconds=seconds)
            )
        else:
            text = codes.certificate.issue(
                document, signer, issued=issued, expires=issued + dt.timedelta(days=days), country=country,
                person=bytes.fromhex(person),
            )  # fmt: skip
    except ValueError as error:
        fail(say(f"不能签发：{error}", f"cannot be issued: {error}"), code=USAGE)
    if json:
        put({"ok": True, "code": text, "characters": len(text), "kid": signer.kid.hex()})
    else:
        print(text)


def shown_of(document: Any) -> Any:
    """What a display token is to say, from JSON: subject, colour, rules, sampled, name; raise ValueError."""
    from huimin.core.credentials import codes
    from huimin.kit import clock

    if not isinstance(document, dict) or not isinstance(document.get("colour"), str):
        raise ValueError(
            say("需要 colour（green、yellow、red）", "an object with `colour` (green, yellow, red) is needed")
        )
    sampled = document.get("sampled")
    when = dt.datetime.fromisoformat(sampled) if sampled else None
    if when is not None and when.tzinfo is None:
        when = when.replace(tzinfo=clock.BEIJING)
    subject = document.get("subject")
    return codes.Shown(
        subject=bytes.fromhex(subject) if subject else secrets.token_bytes(codes.token.SUBJECT),
        colour=document["colour"], rules=int(document.get("rules", 1)), sampled=when, name=str(document.get("name", "")),
    )  # fmt: skip


@app.command(help=say("查验一个码，不用网络和数据库", "verify a code, without network or database"))
def verify(
    text: Annotated[
        str, typer.Argument(help=say("码的文字；- 表示从标准输入读", "the code's text; - for input"))
    ],
    keys: Annotated[
        list[Path],
        typer.Option(help=say("信任的公钥或证书，可多次", "trusted keys; may be repeated"), exists=True),
    ],
    revoked: Annotated[
        Path | None, typer.Option(help=say("作废名单（JSON）", "the list of revoked codes"), exists=True)
    ] = None,
    at: Annotated[str, typer.Option(help=say("按哪个时间查验", "as of which moment"))] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help=say("代码不在代码表中也算不合格", "refuse codes in no value set"))
    ] = False,
    json: Json = False,
) -> None:
    """Exit code 0 where the code holds, 1 where it does not, 2 for files that cannot be read."""
    from huimin.core.credentials import codes

    found = sys.stdin.read(100_000).strip("\r\n") if text == "-" else text
    try:
        lists = [codes.trusted(path.read_bytes()) for path in keys]
        trust = codes.TrustList(one for each in lists for one in each.keys)
        gone = codes.Revoked.read(read(revoked)) if revoked else None
    except ValueError as error:
        fail(say(f"文件读不懂：{error}", f"a file cannot be read: {error}"), code=USAGE)
    report = codes.verify(found, trust, moment(at), revoked=gone, strict=strict)
    if json:
        put(
            {
                "ok": report.ok, "form": report.form, "kid": report.kid, "issuer": report.issuer,
                "issued": report.issued, "expires": report.expires, "content": report.content,
                "checks": [one._asdict() for one in report.checks],
            }
        )  # fmt: skip
    else:
        for one in report.checks:
            mark, style = MARKS[one.state]
            console.print(mark, style=style, end=" ")
            reason = f": {one.reason}" if one.reason else ""
            skipped = (
                say("（没有查：没给名单）", " (not checked: no list given)") if one.state == "none" else ""
            )
            console.print(say(*STEPS.get(one.name, (one.name, one.name))) + reason + skipped, markup=False)
        if report.content is not None:
            print(js.dumps(report.content, ensure_ascii=False, indent=2))
        verdict = say("有效", "valid") if report.ok else say("无效", "not valid")
        console.print(verdict, style="green" if report.ok else "red")
    raise typer.Exit(OK if report.ok else PROBLEMS)


@app.command(help=say("运行欧盟公开测试数据格式的文件夹", "run a folder of test data in the EU's layout"))
def conformance(
    folder: Annotated[Path, typer.Argument(help=say("文件夹", "the folder"), exists=True, file_okay=False)],
    json: Json = False,
) -> None:
    """Prints `N passed, M failed` and the assertions that failed. Exit code 0 where none did, 1 else, 2 without a case."""
    from huimin.core.credentials.codes import conformance as suite

    results = suite.run(folder)
    if not results.cases and not results.unreadable:
        fail(say(f"{folder} 里没有测试数据", f"{folder} holds no test data"), code=USAGE)
    bad = bool(results.failed or results.unreadable)
    if json:
        put(
            {
                "ok": not bad, "cases": results.cases, "passed": len(results.passed), "failed": len(results.failed),
                "unchecked": len(results.unchecked), "failures": [vars(one) for one in results.failed],
                "not_checked": [vars(one) for one in results.unchecked], "values": results.values,
                "unreadable": results.unreadable,
            }
        )  # fmt: skip
        raise typer.Exit(PROBLEMS if bad else OK)
    for one in results.failed:
        why = f": {one.reason}" if one.reason else ""
        print(f"{one.case} {one.name} expected {one.expected}, found {one.found}{why}")
    for name, reason in results.unreadable.items():
        print(f"{name} unreadable: {reason}")
    print(f"{len(results.passed)} passed, {len(results.failed)} failed")
    counted: dict[str, int] = {}
    for one in results.unchecked:
        counted[f"{one.name}: {one.reason}"] = counted.get(f"{one.name}: {one.reason}", 0) + 1
    for what, count in counted.items():
        console.print(
            say(f"未检查 {count} 项 {what}", f"{count} not checked, {what}"), style="yellow", markup=False
        )
    for name, values in results.values.items():
        console.print(
            say(f"代码不在代码表中：{name} ", f"codes in no value set: {name} ") + ", ".join(values),
            style="dim",
            markup=False,
        )
    raise typer.Exit(PROBLEMS if bad else OK)
