"""`huimin rules check|test`: what is wrong with rules before they decide about anyone, and whether their examples hold.

`check --register` counts the people of the register's snapshot in each gap and overlap: that alone needs the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli.frame import OK, PROBLEMS, console, django, fail, put
from huimin.cli.rules import (
    Example,
    Files,
    Json,
    app,
    decision_of,
    evaluated,
    examples,
    load,
    rule_files,
)  # fmt: skip
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.rules.lang import Evaluation, Model
    from huimin.core.rules.lang.analysis import Coverage, Finding, TableReport
Found = list[dict[str, Any]]
Register = Annotated[
    bool,
    typer.Option(
        "--register",
        help=say(
            "数出登记在册的户落在每个空缺和重叠里", "count who of the register stands in each gap and overlap"
        ),
    ),
]


@app.command(
    help=say(
        "检查规则文件：写法、空缺、重叠、用不到的行", "find problems, gaps, overlaps, rows that never count"
    )
)
def check(files: Files = None, register: Register = False, json: Json = False) -> None:
    """Exit code 1 where a file has a problem, a gap (for known facts), an overlap, or a row that never counts."""
    paths = rule_files(files)
    problems: Found = []
    findings: Found = []
    tables: Found = []
    for path in paths:
        model, wrong = load(path)
        problems += wrong
        if model is None or wrong or not model.decisions:
            continue
        problems += everyone(path, model)
        found, reports = analysed(path, model, register)
        findings += found
        tables += reports
    ok = not problems and not any(one["wrong"] for one in findings)
    if json:
        put(
            {
                "ok": ok, "files": [str(path) for path in paths], "problems": problems, "findings": findings,
                "tables": tables,
            }
        )  # fmt: skip
    else:
        show(problems, findings, tables)
        count = len(problems) + sum(one["wrong"] for one in findings)
        console.print(
            say(f"检查 {len(paths)} 个文件，{count} 处问题", f"{len(paths)} files, {count} problems"),
            style="green" if ok else "red",
        )
    raise typer.Exit(OK if ok else PROBLEMS)


def everyone(path: Path, model: Model) -> Found:
    """What keeps a rule from being run on everyone at once."""
    from huimin.core.rules.lang import lower

    return [
        {"file": str(path), "place": str(one.place), "code": one.code, "message": one.message}
        for one in lower.check(model, decision_of(model, path))
    ]


def analysed(path: Path, model: Model, register: bool) -> tuple[Found, Found]:
    """What the tables of a rule leave open or say twice, and how far each was followed."""
    from huimin.core.rules import lang

    if not register:
        made = lang.analyse(model)
        return [as_json(path, one) for one in made.findings], [report(path, one) for one in made.tables]
    with django("rules check"):
        from huimin.core.rules import api as rules

        file = registered(path)
        with_facts = rules.analysis_of(file)
        try:
            counted = rules.standings(file, with_facts.findings)
        except LookupError:
            fail(
                say("还没有全体数据快照。", "There is no population snapshot yet."),
                say("先运行 huimin population refresh。", "Run `huimin population refresh` first."),
            )
        findings = [
            as_json(path, one) | {"people": stood.people, "counties": dict(stood.counties)}
            for one, stood in zip(with_facts.findings, counted, strict=True)
        ]
        return findings, [report(path, one) for one in with_facts.tables]


def registered(path: Path) -> Any:
    """The rule of the register that a file is, or would be a version of: the same path, else the same file name."""
    from huimin.core.rules import api as rules

    known = list(rules.BOOK.values())
    same = [one for one in known if one.path.resolve() == path.resolve()]
    same = same or [one for one in known if one.path.name == path.name]
    if len(same) != 1:
        names = "、".join(one.name for one in known)
        fail(
            say(
                f"{path.name} 不是登记的规则，有：{names}",
                f"{path.name} is no rule of the register; there are: {names}",
            )
        )
    return same[0].as_written(path.read_text(encoding="utf-8"))


def as_json(path: Path, one: Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {
        "file": str(path), "kind": one.kind, "decision": one.decision, "rows": list(one.rows), "wrong": one.wrong,
        "missing": one.missing, "sure": one.sure, "where": {each.column: each.test for each in one.regions},
        "example": None if one.facts is None else dict(one.facts), "message": one.message, "said": sentence(one),
    }  # fmt: skip


def report(path: Path, one: TableReport) -> dict[str, Any]:
    """How far a table was followed, for programs."""
    return {
        "file": str(path), "decision": one.decision, "policy": one.policy, "rows": one.rows,
        "combinations": one.combinations, "exact": one.exact,
        "doubts": [{"name": each.name, "why": each.why} for each in one.doubts],
    }  # fmt: skip


def sentence(one: Finding) -> str:
    """A finding in the terminal's language."""
    rows = "、".join(map(str, one.rows))
    first, last = (str(row) for row in (one.rows[0], one.rows[-1])) if one.rows else ("", "")
    zh = {
        "gap": f"没有一行管：{one.where}",
        "overlap": f"第 {rows} 行都符合：{one.where}；唯一命中时没有结果",
        "conflict": f"第 {rows} 行都符合，结果不同：{one.where}",
        "never": f"第 {rows} 行永远不会符合",
        "masked": f"第 {rows} 行永远轮不到：前面的行都先符合",
        "duplicate": f"第 {rows} 行相同",
        "subsumed": f"第 {first} 行可以不要：第 {last} 行已经管到",
        "mergeable": f"第 {rows} 行结果相同，可以合成一行",
        "more": f"至少还有 {one.params.get('count', '')} 处空缺没有列出",
    }
    return say(zh.get(one.kind, one.message), one.message)


def show(problems: Found, findings: Found, tables: Found) -> None:
    """Everything that was found, for people."""
    for one in problems:
        console.print(f"{one['file']}: {one['place']}: {one['message']}", markup=False)
    for one in findings:
        hint = "" if one["wrong"] else say("（提示）", "(hint) ")
        console.print(
            f"{one['file']}: {one['decision']}: {hint}{one['said']}",
            markup=False,
            style=None if one["wrong"] else "dim",
        )
        if one["example"]:
            facts = ", ".join(f"{name}={shown(value)}" for name, value in one["example"].items())
            console.print(say(f"    例如 {facts}", f"    for example {facts}"), markup=False, style="dim")
        if one.get("people") is not None:
            console.print(
                say(f"    登记在册的有 {one['people']} 户", f"    {one['people']} of the register"),
                markup=False,
            )
    for one in tables:
        for each in one["doubts"]:
            console.print(
                say(
                    f"{one['file']}: {one['decision']}: “{each['name']}”用在 {each['why']} 里，没有逐一算清，只报查到的",
                    f"{one['file']}: {one['decision']}: '{each['name']}' is used in {each['why']}, which is not followed "
                    "exactly; what was found is real, more may be there",
                ),
                markup=False, style="yellow",
            )  # fmt: skip


def shown(value: Any) -> str:
    """A value as FEEL writes it."""
    from huimin.core.rules.lang.text import shown as written

    return written(value)


# Examples


@app.command(
    "test",
    help=say(
        "运行规则旁的试例，看哪些行没有试例", "run the examples beside the rules; show rows without one"
    ),
)
def run_examples(files: Files = None, json: Json = False) -> None:
    """Exit code 1 where an example comes out otherwise, or a rule has problems; a row without an example is told."""
    ran, wrong, covered = 0, [], []
    for path in rule_files(files):
        model, problems = load(path)
        if model is None or problems:
            wrong += [
                {"file": str(path), "case": one["place"], "message": one["message"]} for one in problems
            ]
            continue
        cases = list(examples(path, decision_of(model, path)))
        found = [evaluated(model, one.decision, one.given, one.today) for one in cases]
        ran += len(cases)
        wrong += [
            failure(one, each) for one, each in zip(cases, found, strict=True) if each.outcome != one.expect
        ]
        covered.append(reached(path, model, cases, found))
    missed = [row for one in covered for row in one["missed"]]
    if json:
        put({"ok": not wrong, "examples": ran, "failed": wrong, "coverage": covered})
    else:
        for failed in wrong:
            console.print(f"{failed['file']}: {failed['case']}: {failed['message']}", markup=False)
        for one in covered:
            for row in one["missed"]:
                words = say(
                    f"{one['file']}: {row['decision']} 第 {row['row']} 行没有试例：{row['text']}",
                    f"{one['file']}: {row['decision']}, row {row['row']} has no example: {row['text']}",
                )
                console.print(words, markup=False, style="yellow")
        rows = sum(one["rows"] for one in covered)
        console.print(
            say(
                f"{ran} 个试例，{len(wrong)} 处不符；{rows} 行中 {rows - len(missed)} 行有试例",
                f"{ran} examples, {len(wrong)} failures; {rows - len(missed)} of {rows} rows have one",
            ),
            style="red" if wrong else "green",
        )
    raise typer.Exit(PROBLEMS if wrong else OK)


def failure(one: Example, found: Evaluation) -> dict[str, Any]:
    """An example that came out otherwise."""
    return {
        "file": str(one.file), "number": one.number, "case": one.case, "expected": one.expect, "found": found.outcome,
        "message": say(f"应为 {one.expect}，实为 {found.outcome}", f"expected {one.expect}, found {found.outcome}"),
    }  # fmt: skip


def reached(
    path: Path, model: Model, cases: Sequence[Example], found: Sequence[Evaluation]
) -> dict[str, Any]:
    """Which rows of a rule its examples reach."""
    from huimin.core.rules.lang.analysis import coverage

    made: Coverage = coverage(model, decision_of(model, path), found)
    return {
        "file": str(path), "rows": len(made.rows), "reached": made.reached,
        "missed": [{"decision": row.decision, "row": row.row, "text": row.text} for row in made.missed],
        "by_row": [
            {"decision": row.decision, "row": row.row, "examples": [cases[at].number for at in row.examples]}
            for row in made.rows
        ],
    }  # fmt: skip
