"""`huimin rules explain|diff`: why an outcome came out, what would have to be different, and what two versions differ in.

Both need nothing but files. `explain --decision ID` and `diff --register` read the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from huimin.cli.frame import OK, PROBLEMS, USAGE, console, django, fail, put
from huimin.cli.rule_checks import registered, shown
from huimin.cli.rules import Json, app, decision_of, evaluated, exact, facts_of, load, read_yaml
from huimin.cli.words import say
from huimin.kit import clock

if TYPE_CHECKING:
    from huimin.core.rules.lang import Alternative, Evaluation, Model
    from huimin.core.rules.lang.analysis import Difference

WORDS = {
    "=": ("为", "is"), "<": ("低于", "under"), "<=": ("不高于", "at most"), ">": ("高于", "over"), ">=": ("不低于", "at least"),
}  # fmt: skip
ARTICLES = ("依据", "条款", "article")


@app.command(
    help=say("说明一组事实得出什么，为什么，怎样会不同", "say what comes out, why, and what would change it")
)
def explain(
    file: Annotated[
        Path | None, typer.Argument(help=say("DMN 文件", "DMN file"), exists=True, dir_okay=False)
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", "-f", help=say("名=值，可多次", "name=value, may be repeated")),
    ] = None,
    given: Annotated[
        Path | None,
        typer.Option(
            "--facts", "--given", help=say("事实的 YAML 或 JSON 文件", "facts as YAML or JSON"), exists=True
        ),
    ] = None,
    decision: Annotated[
        str,
        typer.Option(
            help=say(
                "决策的名字；不给文件时是登记册里决定的编号",
                "the decision's name; without a file, its id in the register",
            )
        ),
    ] = "",
    today: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("哪一天", "on which day"))
    ] = None,
    json: Json = False,
) -> None:
    """Exit code 0; 1 where the rule has problems."""
    if file is None:
        kept(decision, json)
        return
    model, problems = load(file)
    if model is None or problems:
        for one in problems:
            console.print(f"{one['place']}: {one['message']}", markup=False)
        raise typer.Exit(PROBLEMS)
    facts = facts_of(read_yaml(given) or {}) if given else {}
    facts |= dict(named(text) for text in fact or [])
    name = decision_of(model, file, decision)
    day = today.date() if today else clock.today()
    found = evaluated(model, name, facts, day)
    others = alternatives(model, name, facts, day)
    if json:
        put(as_json(found) | {"otherwise": [as_change(each) for each in others]})
    else:
        show(model, found, others)


def named(text: str) -> tuple[str, Any]:
    """A fact written name=value; the value is read as YAML."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals:
        fail(say(f"--fact 应写作 名=值，而不是 {text}", f"--fact takes name=value, not {text}"), code=USAGE)
    return name.strip(), exact(yaml.safe_load(value))


def alternatives(
    model: Model, decision: str, facts: Mapping[str, Any], day: dt.date
) -> tuple[Alternative, ...]:
    """What would have to be different, at noon of a day in Beijing."""
    from huimin.core.rules import lang
    from huimin.kit.clock import BEIJING

    noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)
    return lang.what_if(model, decision, facts, today=day, now=noon)


def kept(text: str, json: bool) -> None:
    """Explains a decision of the register by its own facts and version, worked out again step by step."""
    try:
        id = UUID(text)
    except ValueError:
        fail(
            say(
                "请给出 DMN 文件，或用 --decision 给出决定的编号。",
                "Give a DMN file, or the id of a decision by --decision.",
            ),
            code=USAGE,
        )
    with django("rules explain"):
        from huimin.core.rules import api as rules

        decision = rules.decision(id)
        if decision is None:
            fail(say(f"没有编号为 {id} 的决定", f"there is no decision {id}"), code=USAGE)
        found = rules.decided_again(decision)
        model = rules.rule_hashed(decision.rule, decision.version).model
        changes = [
            {
                "outcome": change.outcome,
                "conditions": [
                    {
                        "label": c.title,
                        "operator": c.operator,
                        "bound": c.bound,
                        "unit": c.unit,
                        "upto": c.upto,
                    }
                    for c in change.conditions
                ],
            }
            for change in decision.changes
        ]
        known = [
            {
                "name": f.name,
                "title": f.title,
                "value": f.value,
                "unit": f.unit,
                "source": f.source,
                "at": f.at,
            }
            for f in decision.facts
        ]
        if json:
            more = {
                "id": decision.id,
                "rule": decision.rule,
                "version": decision.version,
                "as_of": decision.as_of,
            }
            put(as_json(found) | more | {"known": known, "otherwise": changes})
            return
        show(model, found, ())
        for change in changes:
            told = say("，", ", ").join(condition_words(each) for each in change["conditions"])
            console.print(
                say(f"如果 {told}，则 {change['outcome']}", f"if {told}: {change['outcome']}"), markup=False
            )
        for each in known:
            when = f" {each['at']}" if each["at"] else ""
            console.print(
                f"  {each['title']} = {each['value']} {each['unit']} ({each['source']}{when})", markup=False
            )


def as_json(found: Evaluation) -> dict[str, Any]:
    """An evaluation for programs."""
    return {
        "decision": found.decision,
        "outcome": found.outcome,
        "matched": [{"decision": m.decision, "row": m.row, **m.annotations} for m in found.matched],
        "articles": articles(found),
        "facts": dict(found.used),
        "failed": [
            {
                "decision": decided.decision, "row": row.row, "column": row.failed.label, "test": row.failed.text,
                "value": row.failed.value,
            }
            for decided in found.trace for table in decided.tables for row in table.rows if row.failed is not None
        ],
        "diagnostics": [str(one) for one in found.diagnostics],
    }  # fmt: skip


def articles(found: Evaluation) -> list[str]:
    """The articles of law that the rows that decided name, each once."""
    told = [m.annotations.get(name, "") for m in found.matched for name in ARTICLES]
    return [text for text in dict.fromkeys(told) if text]


def as_change(one: Alternative) -> dict[str, Any]:
    """What would give another outcome, for programs."""
    return {
        "outcome": one.outcome,
        "fewest": one.fewest,
        "conditions": [
            {
                "name": c.name, "label": c.label, "unit": c.unit, "was": c.was, "value": c.value, "operator": c.operator,
                "bound": c.bound, "upto": c.upto,
            }
            for c in one.conditions
        ],
    }  # fmt: skip


def show(model: Model, found: Evaluation, others: tuple[Alternative, ...]) -> None:
    """An evaluation for people: outcome, rows and articles, why rows before did not hit, facts, what would change it."""
    from rich.table import Table

    from huimin.core.rules.lang.analysis import notes

    console.print(f"{found.decision} = {shown(found.outcome)}", style="bold", markup=False)
    for matched in found.matched:
        told = " ".join(f"{name}: {text}" for name, text in matched.annotations.items() if text)
        console.print(
            say(
                f"  {matched.decision} 第 {matched.row} 行 {told}",
                f"  {matched.decision}, row {matched.row} {told}",
            ),
            markup=False,
        )
    for decided in found.trace:
        for table in decided.tables:
            for row in table.rows:
                if row.failed is not None:
                    cell = f"{row.failed.label} {row.failed.text}"
                    value = shown(row.failed.value)
                    words = say(
                        f"  {decided.decision} 第 {row.row} 行不合：{cell}，实为 {value}",
                        f"  {decided.decision}, row {row.row} fails: {cell}, is {value}",
                    )
                    console.print(words, style="dim", markup=False)
    known = notes(model)
    names = {each.key: each for each in model.inputs}
    facts = Table(say("事实", "fact"), say("名称", "called"), say("值", "value"), box=None)
    for name, value in found.used.items():
        facts.add_row(name, known.label(names[name]) if name in names else "", shown(value))
    console.print(facts)
    for other in others:
        told = say("，", ", ").join(
            condition_words(as_change(other)["conditions"][at]) for at in range(len(other.conditions))
        )
        said = shown(other.outcome)
        console.print(say(f"如果 {told}，则 {said}", f"if {told}: {said}"), markup=False)
    for diagnostic in found.diagnostics:
        console.print(str(diagnostic), style="yellow", markup=False)


def condition_words(one: Mapping[str, Any]) -> str:
    """One condition in the terminal's language."""
    ends = [(one["operator"], one["bound"]), *([one["upto"]] if one["upto"] else [])]
    unit = f" {one['unit']}" if one["unit"] else ""
    told = [f"{say(*WORDS[sign])} {shown(bound)}{unit}" for sign, bound in ends]
    return f"{one['label']} {say('且', ' and ').join(told)}"


# Differences


@app.command(help=say("说明两个版本有什么不同", "say in what two versions of a rule differ"))
def diff(
    old: Annotated[
        Path, typer.Argument(help=say("原来的 DMN 文件", "the old DMN file"), exists=True, dir_okay=False)
    ],
    new: Annotated[
        Path, typer.Argument(help=say("新的 DMN 文件", "the new DMN file"), exists=True, dir_okay=False)
    ],
    register: Annotated[
        bool,
        typer.Option(
            "--register",
            help=say("算出登记在册的谁会进、出、改变", "count who of the register comes in, leaves, changes"),
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Exit code 0 where they say the same, 1 where something can decide otherwise."""
    from huimin.core.rules.lang.analysis import differences

    models = []
    for path in (old, new):
        model, problems = load(path)
        if model is None or problems:
            for one in problems:
                console.print(f"{path}: {one['place']}: {one['message']}", markup=False)
            raise typer.Exit(USAGE)
        models.append(model)
    found = differences(*models)
    flows = flowed(old, new) if register else None
    if json:
        told = [{**vars(one), "message": one.message, "decides": one.decides} for one in found]
        put({"same": not found, "differences": told, **({} if flows is None else {"register": flows})})
    else:
        for each in found:
            console.print(sentence(each), markup=False, style=None if each.decides else "dim")
        if not found:
            console.print(say("两个版本没有不同。", "The two versions say the same."), style="green")
        if flows is not None:
            show_flows(flows)
    raise typer.Exit(PROBLEMS if any(one.decides for one in found) else OK)


def flowed(old: Path, new: Path) -> dict[str, Any]:
    """Who of the register is decided otherwise, by county."""
    with django("rules diff"):
        from huimin.core.rules import api as rules

        rule = registered(new)
        try:
            made = rules.compared(rule.as_written(old.read_text(encoding="utf-8")), rule)
        except LookupError:
            fail(
                say("还没有全体数据快照。", "There is no population snapshot yet."),
                say("先运行 huimin population refresh。", "Run `huimin population refresh` first."),
            )
        return {"subjects": made.subjects, "as_of": made.as_of, "flows": made.flows}


def show_flows(found: Mapping[str, Any]) -> None:
    """Who comes in, leaves and changes, for people."""
    from rich.table import Table

    table = Table(
        say("区县", "county"), say("原来", "before"), say("以后", "after"), say("数量", "count"), box=None
    )
    for flow in found["flows"]:
        table.add_row(flow["county"], flow["before"] or "-", flow["after"] or "-", str(flow["count"]))
    total = sum(flow["count"] for flow in found["flows"])
    console.print(
        say(
            f"登记在册 {found['subjects']}，{total} 会改变",
            f"{found['subjects']} in the register, {total} would change",
        )
    )
    if total:
        console.print(table)


def sentence(one: Difference) -> str:
    """A difference in the terminal's language."""
    name, before, after = one.element, one.before or "无", one.after or "无"
    zh = {
        "name": f"规则改名为“{after}”，原为“{before}”",
        "input_added": f"新读入“{name}”",
        "input_removed": f"不再读入“{name}”",
        "added": f"新增“{name}”：{after}",
        "removed": f"去掉“{name}”：{before}",
        "type": f"“{name}”的类型由 {before} 改为 {after}",
        "logic": f"“{name}”换了决定的办法",
        "constant": f"“{name}”里的 {before} 改为 {after}",
        "expression": f"“{name}”由 {before} 改为 {after}",
        "requires": f"“{name}”改为依据 {after}，不再依据 {before}",
        "policy": f"“{name}”的命中策略由 {before} 改为 {after}",
        "column_added": f"“{name}”新增一列“{one.column}”",
        "column_removed": f"“{name}”去掉一列“{one.column}”",
        "column": f"“{name}”的“{one.column}”列由 {before} 改为 {after}",
        "default": f"“{name}”没有行符合时的结果由 {before} 改为 {after}",
        "values": f"“{name}”的“{one.column}”可取的值由 {before} 改为 {after}",
        "row_added": f"“{name}”新增第 {one.row} 行：{after}",
        "row_removed": f"“{name}”去掉原第 {one.before_row} 行：{before}",
        "row_moved": f"“{name}”原第 {one.before_row} 行移到第 {one.row} 行",
        "cell": f"“{name}”第 {one.row} 行“{one.column}”由 {before} 改为 {after}",
        "output": f"“{name}”第 {one.row} 行的结果由 {before} 改为 {after}",
        "note": f"“{name}”第 {one.row} 行的{one.column}由“{before}”改为“{after}”",
        "text": f"“{name}”的说明改为：{after}",
    }
    return say(zh.get(one.kind, one.message), one.message)
