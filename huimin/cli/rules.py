"""`huimin rules`: check rule files, run their examples, explain one outcome. No database, no Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli.frame import OK, PROBLEMS, USAGE, console, fail, put
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.rules.lang import Evaluation, Model
    from huimin.core.rules.lang.tck import Report

app = typer.Typer(help=say("规则：检查、试例、解释", "rules: check, test, explain"), no_args_is_help=True)
Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help=say("DMN 文件或文件夹，默认所有服务的规则", "DMN files or folders, by default every service's")
    ),
]
Json = Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))]


def rule_files(asked: list[Path] | None) -> list[Path]:
    """The files asked for, or those of every service."""
    if not asked:
        from huimin.config.services import SERVICES

        specs = [find_spec(name) for name in SERVICES]
        asked = [Path(spec.origin).parent / "rules" for spec in specs if spec and spec.origin]
        asked = [folder for folder in asked if folder.is_dir()]
    found: list[Path] = []
    for path in asked:
        if not path.exists():
            fail(say(f"没有这个文件：{path}", f"no such file: {path}"), code=USAGE)
        found += sorted(path.rglob("*.dmn")) if path.is_dir() else [path]
    if not found:
        fail(say("没有找到 .dmn 文件", "no .dmn file found"), code=USAGE)
    return found


def load(path: Path) -> tuple[Model | None, list[dict[str, Any]]]:
    """A rule with its problems; None where it cannot be read."""
    from huimin.core.rules import lang

    try:
        model = lang.load(path)
        problems = lang.check(model)
    except lang.RuleError as error:
        model, problems = None, list(error.problems)
    return model, [
        {"file": str(path), "place": str(one.place), "code": one.code, "message": one.message}
        for one in problems
    ]


@app.command(help=say("检查规则文件", "find what is wrong with rule files"))
def check(files: Files = None, json: Json = False) -> None:
    """Exit code 1 where a file has a problem."""
    paths = rule_files(files)
    problems = [problem for path in paths for problem in everything_wrong(path)]
    if json:
        put({"ok": not problems, "files": [str(path) for path in paths], "problems": problems})
    else:
        for one in problems:
            console.print(f"{one['file']}: {one['place']}: {one['message']}", markup=False)
        console.print(
            say(
                f"检查 {len(paths)} 个文件，{len(problems)} 处问题",
                f"{len(paths)} files, {len(problems)} problems",
            ),
            style="red" if problems else "green",
        )
    raise typer.Exit(PROBLEMS if problems else OK)


def everything_wrong(path: Path) -> list[dict[str, Any]]:
    """What is wrong with a rule; where nothing is, what keeps it from being run on everyone at once."""
    model, problems = load(path)
    if model is None or problems or not model.decisions:
        return problems
    from huimin.core.rules.lang import lower

    names = [decision.name for decision in model.decisions]
    found = lower.check(model, path.stem if path.stem in names else names[-1])
    return [
        {"file": str(path), "place": str(one.place), "code": one.code, "message": one.message}
        for one in found
    ]


# Examples


@dataclass(frozen=True)
class Example:
    """One example of a rule: a sentence, the facts, what should come out."""

    file: Path
    number: int
    case: str
    given: dict[str, Any]
    expect: Any
    today: dt.date
    decision: str


def examples(path: Path, default: str) -> Iterator[Example]:
    """The examples beside a rule file, in `<rule>.cases.yaml`; none where there is no such file."""
    beside = path.with_name(f"{path.stem}.cases.yaml")
    if not beside.exists():
        return
    for number, one in enumerate(read_yaml(beside) or [], start=1):
        if not isinstance(one, dict) or not {"case", "given", "expect"} <= one.keys():
            fail(
                say(
                    f"{beside} 第 {number} 例：应有 case、given、expect 三项",
                    f"{beside}, example {number}: it takes case, given and expect",
                ),
                code=USAGE,
            )
        yield Example(
            beside,
            number,
            str(one["case"]),
            facts_of(one["given"]),
            exact(one["expect"]),
            one.get("today") or dt.date.today(),  # the day of whoever runs it, where it does not matter
            str(one.get("decision") or default),
        )


def read_yaml(path: Path) -> Any:
    """A YAML file; one that cannot be read ends the command."""
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(say(f"{path} 读不懂：{error}", f"{path} cannot be read: {error}"), code=USAGE)


def exact(value: Any) -> Any:
    """A value from YAML or JSON as rules take it: numbers without binary fractions."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, dict):
        return {str(name): exact(one) for name, one in value.items()}
    return value


def facts_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by name."""
    return {str(name): exact(value) for name, value in given.items()}


def decision_of(model: Model, path: Path, asked: str = "") -> str:
    """The decision to ask: the one named, the one named like the file, else the last."""
    names = [one.name for one in model.decisions]
    if asked:
        if asked not in names:
            known = "、".join(names)
            fail(
                say(f"没有决策“{asked}”，有：{known}", f"no decision {asked!r}; there are: {known}"),
                code=USAGE,
            )
        return asked
    return path.stem if path.stem in names else names[-1]


def evaluated(model: Model, decision: str, facts: Mapping[str, Any], today: dt.date) -> Evaluation:
    """One decision for one subject at noon of a day in Beijing."""
    from huimin.core.rules import lang
    from huimin.kit.clock import BEIJING

    noon = dt.datetime(today.year, today.month, today.day, 12, tzinfo=BEIJING)
    return lang.evaluate(model, decision, facts, now=noon, today=today)


@app.command("test", help=say("运行规则旁的试例", "run the examples beside the rules"))
def run_examples(files: Files = None, json: Json = False) -> None:
    """Exit code 1 where an example comes out otherwise, or a rule has problems."""
    ran, wrong = 0, []
    for path in rule_files(files):
        model, problems = load(path)
        if model is None or problems:
            wrong += [
                {"file": str(path), "case": one["place"], "message": one["message"]} for one in problems
            ]
            continue
        for one in examples(path, decision_of(model, path)):
            ran += 1
            found = evaluated(model, one.decision, one.given, one.today)
            if found.outcome != one.expect:
                wrong.append(
                    {
                        "file": str(one.file),
                        "number": one.number,
                        "case": one.case,
                        "expected": one.expect,
                        "found": found.outcome,
                        "message": say(
                            f"应为 {one.expect}，实为 {found.outcome}",
                            f"expected {one.expect}, found {found.outcome}",
                        ),
                    }
                )
    if json:
        put({"ok": not wrong, "examples": ran, "failed": wrong})
    else:
        for failed in wrong:
            console.print(f"{failed['file']}: {failed['case']}: {failed['message']}", markup=False)
        console.print(
            say(f"{ran} 个试例，{len(wrong)} 处不符", f"{ran} examples, {len(wrong)} failures"),
            style="red" if wrong else "green",
        )
    raise typer.Exit(PROBLEMS if wrong else OK)


# Explanation


@app.command(help=say("说明一组事实得出什么，为什么", "say what comes out of some facts, and why"))
def explain(
    file: Annotated[Path, typer.Argument(help=say("DMN 文件", "DMN file"), exists=True, dir_okay=False)],
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", "-f", help=say("名=值，可多次", "name=value, may be repeated")),
    ] = None,
    given: Annotated[
        Path | None, typer.Option(help=say("事实的 YAML 或 JSON 文件", "facts as YAML or JSON"), exists=True)
    ] = None,
    decision: Annotated[str, typer.Option(help=say("决策的名字", "the decision's name"))] = "",
    today: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("哪一天", "on which day"))
    ] = None,
    json: Json = False,
) -> None:
    """Exit code 0; 1 where the rule has problems."""
    model, problems = load(file)
    if model is None or problems:
        for one in problems:
            console.print(f"{one['place']}: {one['message']}", markup=False)
        raise typer.Exit(PROBLEMS)
    facts = facts_of(read_yaml(given) or {}) if given else {}
    facts |= dict(named(text) for text in fact or [])
    name = decision_of(model, file, decision)
    found = evaluated(model, name, facts, today.date() if today else dt.date.today())
    if json:
        put(as_json(found))
    else:
        show(found)


def named(text: str) -> tuple[str, Any]:
    """A fact written name=value; the value is read as YAML."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals:
        fail(say(f"--fact 应写作 名=值，而不是 {text}", f"--fact takes name=value, not {text}"), code=USAGE)
    return name.strip(), exact(yaml.safe_load(value))


def as_json(found: Evaluation) -> dict[str, Any]:
    """An evaluation for programs."""
    return {
        "decision": found.decision,
        "outcome": found.outcome,
        "matched": [{"decision": m.decision, "row": m.row, **m.annotations} for m in found.matched],
        "facts": dict(found.used),
        "diagnostics": [str(one) for one in found.diagnostics],
    }


def show(found: Evaluation) -> None:
    """An evaluation for people: the outcome, the rows that decided, why others did not, the facts."""
    from rich.table import Table

    console.print(f"{found.decision} = {found.outcome}", style="bold", markup=False)
    for matched in found.matched:
        notes = " ".join(f"{name}: {text}" for name, text in matched.annotations.items() if text)
        console.print(
            say(
                f"  {matched.decision} 第 {matched.row} 行 {notes}",
                f"  {matched.decision}, row {matched.row} {notes}",
            ),
            markup=False,
        )
    for decided in found.trace:
        for table in decided.tables:
            for row in table.rows:
                if row.failed is not None:
                    cell = f"{row.failed.label} {row.failed.text}"
                    words = say(
                        f"  {decided.decision} 第 {row.row} 行不合：{cell}，实为 {row.failed.value}",
                        f"  {decided.decision}, row {row.row} fails: {cell}, is {row.failed.value}",
                    )
                    console.print(words, style="dim", markup=False)
    facts = Table(say("事实", "fact"), say("值", "value"), box=None)
    for name, value in found.used.items():
        facts.add_row(name, str(value))
    console.print(facts)
    for diagnostic in found.diagnostics:
        console.print(str(diagnostic), style="yellow", markup=False)


# The public test kit


@app.command(help=say("运行公开的 DMN 一致性测试集", "run the public DMN test kit"))
def tck(
    folder: Annotated[
        Path,
        typer.Argument(
            help=say("测试集、某一级或某一个测试的文件夹", "the kit, one level of it, or one test"),
            exists=True,
            file_okay=False,
        ),
    ],
    json: Json = False,
) -> None:
    """Exit code 1 where a case fails or none is found."""
    from huimin.core.rules.lang import tck as kit

    report = kit.run(folder)
    if not report.cases:
        fail(say(f"{folder} 里没有测试", f"no test case in {folder}"), code=USAGE)
    if json:
        put(kit_as_json(report))
    else:
        for case in report.cases:
            if not case.passed:
                console.print(f"{case.id}: {case.reason}", markup=False, style="dim", highlight=False)
        # These lines are read by programs too: they are the same in every language.
        for level in report.levels:
            figures = report.of(level).figures()
            for name, what in (("all", level), ("expecting a value", f"{level} expecting a value")):
                passed, count = figures[name]
                print(f"{what}: {passed} passed, {count - passed} failed")
    raise typer.Exit(OK if all(case.passed for case in report.cases) else PROBLEMS)


def kit_as_json(report: Report) -> dict[str, Any]:
    """A run of the test kit for programs: the figures of each level and every case."""
    return {
        "ok": all(case.passed for case in report.cases),
        "levels": {
            level: {
                name: {"passed": passed, "failed": count - passed}
                for name, (passed, count) in report.of(level).figures().items()
            }
            for level in report.levels
        },
        "cases": [
            {
                "id": case.id,
                "level": case.level,
                "passed": case.passed,
                "expects_value": case.expects_value,
                "reason": case.reason,
            }
            for case in report.cases
        ],
    }
