"""`huimin rules`: what its commands share (files, examples, facts), and the public test kit. No database, no Django.

The commands about trust in a rule are in rule_checks.py and rule_reasons.py, those about proofs in rule_proofs.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huimin.cli import overfile
from huimin.cli.frame import OK, PROBLEMS, USAGE, console, fail, put
from huimin.cli.words import say

if TYPE_CHECKING:
    from huimin.core.rules.lang import Evaluation, Model
    from huimin.core.rules.lang.tck import Report

app = typer.Typer(help=say("规则：检查、试例、解释", "rules: check, test, explain"), no_args_is_help=True)
app.command("run", help=say("对一个文件里的所有人运行规则", "run a rule over a file of people"))(overfile.run)
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
