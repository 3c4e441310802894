"""`huimin rules rederive|roots|prove|verify-day|keys`: decisions that anybody can make again, and the trees they stand in.

`rederive` needs a file and nothing else: no database, no settings.
"""

from __future__ import annotations

import datetime as dt
import json as js
import re
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from huimin.cli.frame import OK, PROBLEMS, USAGE, console, django, fail, put, refusals
from huimin.cli.rules import app
from huimin.cli.words import say

Json = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))]
Out = Annotated[Path | None, typer.Option(help=say("写入文件", "write to a file"), dir_okay=False)]
STATES = {"ok": ("✓", "green"), "bad": ("✗", "red"), "none": ("·", "yellow")}
HEX = re.compile(r"[0-9a-fA-F]{64}")


@app.command(help=say("凭存证文件重新推导一份决定", "derive a decision again from its certificate"))
def rederive(
    file: Annotated[
        Path, typer.Argument(help=say("存证文件", "the certificate"), exists=True, dir_okay=False)
    ],
    keys: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "公布的公钥 keys.json；不给就用文件里的公钥",
                "the published keys.json; without it the key in the file is used",
            ),
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    root: Annotated[
        str,
        typer.Option(
            help=say("公布的树根：64 位十六进制，或公布的文件", "the published root: 64 digits, or its file")
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Exit code 0 where it comes out the same and all of it holds, 1 where something does not, 2 for no certificate."""
    from huimin.core.credentials import proof

    document = read(file)
    listed = read(keys).get("keys") if keys else None
    if keys and not isinstance(listed, list):
        fail(say(f"{keys} 不是公钥列表", f"{keys} is no list of keys"), code=USAGE)
    report = proof.check(document, keys=listed, root=root_of(root))
    if report.checks[0].state == "bad":
        what = report.checks[0].reason or report.checks[0].found
        fail(
            say(f"{file} 不是决定存证：{what}", f"{file} is no certificate of a decision: {what}"), code=USAGE
        )
    if json:
        put(as_json(report, listed is not None))
    else:
        show(report, listed is not None)
    raise typer.Exit(OK if report.ok else PROBLEMS)


def read(path: Path) -> Any:
    """A JSON file; one that cannot be read ends the command."""
    from huimin.core.credentials import proof

    try:
        found = proof.parse(path.read_bytes())
    except proof.NotCanonicalError as error:
        fail(say(f"{path} 读不懂：{error}", f"{path} cannot be read: {error}"), code=USAGE)
    if not isinstance(found, dict):
        fail(say(f"{path} 应是一个 JSON 对象", f"{path} should hold a JSON object"), code=USAGE)
    return found


def root_of(text: str) -> Any:
    """A root given as digits, or as the file that was published."""
    if not text or HEX.fullmatch(text):
        return text
    path = Path(text)
    if not path.is_file():
        fail(
            say(
                f"--root 应为 64 位十六进制或文件，而不是 {text}",
                f"--root takes 64 hexadecimal digits or a file, not {text}",
            ),
            code=USAGE,
        )
    return read(path)


def as_json(report: Any, published: bool) -> dict[str, Any]:
    """A report for programs."""
    return {
        "ok": report.ok, "same": report.same, "outcome": report.outcome, "decided": report.decision.get("outcome"),
        "decision": report.decision.get("id"), "rule": report.decision.get("rule"),
        "version": report.decision.get("version"), "leaf": report.leaf, "key": report.kid, "key_published": published,
        "checks": [vars(one) for one in report.checks],
    }  # fmt: skip


def show(report: Any, published: bool) -> None:
    """A report for people: what was decided, each check, the verdict."""
    decision = report.decision
    console.print(f"{decision['rule']} · {decision['as_of']} · {decision['id']}", markup=False)
    for one in decision["facts"]:
        console.print(f"  {one.get('title', one['name'])}: {value_of(one)}", style="dim", markup=False)
    for one in report.checks:
        mark, style = STATES[one.state]
        console.print(mark, style=style, end=" ")
        console.print(words(one), markup=False)
    if report.kid:
        console.print(
            say(f"公钥指纹 {report.kid}", f"key {report.kid}")
            + (
                ""
                if published
                else say(
                    "：取自文件本身，请与公布的指纹核对，或用 --keys",
                    ": taken from the file itself; compare it with the published one, or give --keys",
                )
            ),
            markup=False,
        )
    console.print(say(f"存证指纹 {report.leaf}", f"leaf {report.leaf}"), markup=False)
    if report.same is None:
        console.print(
            say("没有重新推导：先要签名成立", "not derived again: the signature has to hold first"),
            style="red",
        )
    elif report.same:
        said = js.dumps(report.outcome, ensure_ascii=False)
        console.print(say(f"结果相同：{said}", f"the same: {said}"), style="green", markup=False)
    else:
        then = js.dumps(decision["outcome"], ensure_ascii=False)
        now = js.dumps(report.outcome, ensure_ascii=False)
        console.print(
            say(f"结果不同：当时 {then}，推导 {now}", f"different: was {then}, derived {now}"),
            style="red",
            markup=False,
        )


def value_of(fact: Any) -> str:
    """A fact's value for reading, with unit, source and day."""
    value = fact.get("value")
    shown = (
        value["text"] if isinstance(value, dict) and "text" in value else js.dumps(value, ensure_ascii=False)
    )
    more = " ".join(str(fact.get(name) or "") for name in ("unit", "source", "at"))
    return f"{shown} {more}".strip()


CHECKS = {
    "form": ("文件形式", "the file's form"),
    "signature": ("签名", "signature"),
    "rule": ("规则文本就是所说的版本", "the rule's text is the version named"),
    "facts": ("事实齐全", "every fact is there"),
    "outcome": ("结果", "outcome"),
    "rows": ("命中的行", "rows that matched"),
    "articles": ("条款出自命中的行", "articles come from those rows"),
    "inclusion": ("在当天的存证树中", "in the tree of its day"),
    "statement": ("当天的树根有签名", "the root of the day is signed"),
    "root": ("与公布的树根一致", "the root is the one published"),
}


def words(check: Any) -> str:
    """A check in words, with what was wrong."""
    text = say(*CHECKS[check.name])
    if check.state == "none":
        return say(
            f"{text}：文件里还没有证明，当天封存后重新下载",
            f"{text}: no proof in the file yet; download it again after its day was closed",
        )
    if check.state == "ok":
        return text
    if check.expected is not None or check.found is not None:
        return say(
            f"{text}：应为 {check.expected}，实为 {check.found}",
            f"{text}: expected {check.expected}, found {check.found}",
        )
    return f"{text}: {check.reason}"


# With the database


@app.command(
    help=say("列出每天的存证树根，或封存到昨天", "list the roots of days, or close the days that are over")
)
def roots(
    close: Annotated[
        bool, typer.Option("--close", help=say("先封存已过的每一天", "first close every day that is over"))
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help=say("多少天", "how many days"))] = 30,
    json: Json = False,
) -> None:
    """Exit code 0."""
    with django("rules roots"), refusals(json):
        from huimin.core.credentials import api as credentials

        done = credentials.close_due() if close else []
        found = credentials.days(limit=limit)
    if json:
        put({"ok": True, "closed": done, "roots": [signed_root(one) for one in found]})
        return
    for one in found:
        console.print(f"{one.day} {one.count:>9,} {one.root}", markup=False)
    if not found:
        console.print(say("还没有封存过；用 --close 封存到昨天", "nothing is closed yet; use --close"))


def signed_root(day: Any) -> dict[str, Any]:
    """A day as it is published."""
    return {"statement": dict(day.statement), "signature": day.signature}


@app.command(help=say("一份决定的存证：文件，或只要包含证明", "a decision's certificate, or its proof alone"))
def prove(
    decision: Annotated[str, typer.Argument(help=say("决定的编号", "the decision's id"))],
    out: Out = None,
    only_proof: Annotated[
        bool, typer.Option("--proof", help=say("只要包含证明", "the proof of inclusion alone"))
    ] = False,
) -> None:
    """Exit code 0; 1 where there is no such decision, or its day is not closed and only the proof is asked for."""
    try:
        id = UUID(decision)
    except ValueError:
        fail(say(f"“{decision}”不是决定的编号", f"{decision!r} is no id of a decision"), code=USAGE)
    with django("rules prove"):
        from huimin.core.credentials import api as credentials

        made = credentials.certificate(id)
        proven = credentials.inclusion(id)
    if made is None:
        fail(say("没有这份决定", "there is no such decision"), code=PROBLEMS)
    if only_proof and proven is None:
        fail(
            say("这一天还没有封存", "its day is not closed yet"),
            say(
                "次日零时后封存；或 huimin rules roots --close",
                "it is closed after midnight; or huimin rules roots --close",
            ),
            code=PROBLEMS,
        )
    content = made.content
    if only_proof and proven is not None:
        content = (js.dumps({"leaf": proven.leaf, **proven.document()}, ensure_ascii=False) + "\n").encode()
    if out:
        out.write_bytes(content)
        console.print(f"{out} · {made.leaf}", style="green", markup=False)
    else:
        print(content.decode(), end="")


@app.command("verify-day", help=say("按现有数据重算一天的存证树", "compute a day's tree again from the data"))
def verify_day(
    day: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help=say("哪一天", "which day"))],
    json: Json = False,
) -> None:
    """Exit code 0 where the day holds, 1 where a decision was changed or removed, or the day was not closed."""
    with django("rules verify-day"):
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from huimin.core.credentials import api as credentials

        columns = (TextColumn(say("重算", "computing")), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True, disable=json) as bar:
            task = bar.add_task("", total=None)
            try:
                report = credentials.verify_day(
                    day.date(), lambda done, total: bar.update(task, completed=done, total=total)
                )
            except LookupError:
                if json:
                    put({"ok": False, "day": day.date(), "error": "not_closed"})
                    raise typer.Exit(PROBLEMS) from None
                fail(say(f"{day.date()} 没有封存", f"{day.date()} was not closed"), code=PROBLEMS)
        chain = credentials.verify_chain()
    flaws = [*report.flaws, *chain]
    if json:
        put(
            {"ok": not flaws, "day": report.day, "count": report.count, "flaws": [vars(one) for one in flaws]}
        )
    else:
        for one in flaws:
            console.print(f"{one.decision} {one.text}".strip(), markup=False)
        text = (
            say(f"{len(flaws)} 处不符", f"{len(flaws)} places do not hold")
            if flaws
            else say(f"核验通过：{report.count:,} 份决定", f"the day holds: {report.count:,} decisions")
        )
        console.print(text, style="red" if flaws else "green")
    raise typer.Exit(PROBLEMS if flaws else OK)


@app.command(
    help=say("公布用的公钥列表，或换一把签名密钥", "the list of keys to publish, or a new signing key")
)
def keys(
    renew: Annotated[
        bool,
        typer.Option("--renew", help=say("停用现有密钥，换一把新的", "end the key in use, make a new one")),
    ] = False,
    out: Out = None,
) -> None:
    """Exit code 0."""
    with django("rules keys"):
        from huimin.core.access.api import current
        from huimin.core.credentials import api as credentials

        if renew:
            credentials.renew_key(current())
        text = js.dumps(credentials.key_list(), indent=2) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
