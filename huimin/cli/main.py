"""The huimin command. Modules are loaded when a command runs, so that `huimin --help` stays quick."""

from __future__ import annotations

import functools
from typing import Any

import typer

from huimin import __version__
from huimin.cli import (
    account,
    bench,
    client,
    code,
    database,
    demo,
    divisions,
    doctor,
    export,
    imports,
    insight,
    journal,
    people,
    places,
    population,
    rule_checks,
    rule_proofs,
    rule_reasons,
    rules,
    serve,
    versions,
    worker,
)
from huimin.cli.frame import django
from huimin.cli.words import say


@functools.wraps(divisions.import_divisions)
def divisions_with_django(*args: Any, **kwargs: Any) -> None:
    """The places part's command, with Django set up and the tables there."""
    with django("import divisions"):
        database.bring_up_to_date()
        divisions.import_divisions(*args, **kwargs)


app = typer.Typer(
    name="huimin",
    help=say("惠民：省级公共服务平台", "Huimin 惠民: the public-service platform of a province"),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
taking = typer.Typer(help=say("导入数据", "take data in"), no_args_is_help=True)
app.command(help=say("准备演示省份并启动：一条命令看到全部", "make the demo province and serve it"))(
    demo.demo
)
app.command(help=say("提供网页服务", "serve the pages"))(serve.serve)
app.command(help=say("处理后台任务", "do background work"))(worker.worker)
app.command(help=say("建立数据库并更新表结构", "make the database and bring it up to date"))(database.migrate)
app.command(help=say("检查运行条件：缺什么，怎么补", "say what is missing and how to get it"))(doctor.doctor)
taking.command("divisions", help=say("导入行政区划", "import administrative divisions"))(
    divisions_with_django
)
taking.command("people", help=say("导入人员", "import people, with their households"))(imports.import_people)
taking.command("households", help=say("导入户", "import households"))(imports.import_households)
taking.command("facts", help=say("导入户的收入、保障、风险等", "import facts about households"))(
    imports.import_facts
)
app.add_typer(taking, name="import")
account.app.add_typer(client.app, name="client")
app.add_typer(account.app, name="account")
app.command(help=say("导出名单", "take a list away as a file"))(export.export)
app.add_typer(people.app, name="people")
app.add_typer(places.app, name="divisions")
app.add_typer(population.app, name="population")
app.add_typer(insight.app, name="insight")
rules.app.command("versions", help=say("规则的各个版本", "the versions of a rule"))(versions.versions)
rules.app.command("text", help=say("输出规则某一版的 DMN", "print the DMN of a version"))(versions.text)
RULES = (rule_checks, rule_reasons, rule_proofs)  # each adds its commands to those of rules.py
app.add_typer(rules.app, name="rules")
app.add_typer(bench.app, name="bench")
app.add_typer(journal.app, name="journal")
app.add_typer(code.app, name="code")


def version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def huimin(
    version: bool = typer.Option(
        False, "--version", callback=version, is_eager=True, help=say("版本", "version")
    ),
) -> None:
    """惠民。"""


def main() -> None:
    """The entry point of the `huimin` script; interrupted by Ctrl-C it ends with 130."""
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
